//! The project that a page's example changes.

use super::page::PageWriter;

include!(concat!(env!("OUT_DIR"), "/example_bases.rs"));

/// What a page writes before the name of the project that its example changes.
const BASE: &str = "Base: `fixtures/bases/";

/// Writes the files of the example's project that the example leaves as they are. Nothing where the example changes no
/// project, because it is then whole already.
pub(super) fn unchanged_files(page: &str, title: &str, writer: &mut PageWriter) {
    let Some((_, example)) = page.split_once("\n## Example\n") else { return };
    let Some((_, rest)) = example.split_once(BASE) else { return };
    let Some((_, files)) =
        rest.split_once('`').and_then(|(name, _)| BASES.iter().find(|b| b.0 == name))
    else {
        return;
    };
    let changed = |path: &str| {
        example.lines().any(|line| {
            line.strip_prefix('`')
                .and_then(|l| l.split_once('`'))
                .is_some_and(|(file, _)| file == path)
        })
    };
    let unchanged: Vec<_> = files.iter().filter(|(path, _)| !changed(path)).collect();
    if unchanged.is_empty() {
        return;
    }
    writer.heading(title);
    for (path, text) in unchanged {
        writer.paragraph(&if text.trim().is_empty() {
            format!("`{path}` (empty)")
        } else {
            format!("`{path}`:")
        });
        if !text.trim().is_empty() {
            writer.code(text, false);
        }
    }
}
