//! Whether a file still reads as it did: fixes that are right one by one may not be so together.

use crate::source::{SourceFile, Span};
use crate::syntax::comments::Language;
use crate::syntax::yaml::{NodeKind, Yaml};
use std::collections::BTreeSet;

/// The text of a file with edits made, which do not overlap.
pub(super) fn edited(file: &SourceFile, edits: &[(Span, String)]) -> String {
    let mut edits: Vec<&(Span, String)> = edits.iter().collect();
    edits.sort_by_key(|(span, _)| span.start);
    let mut text = String::with_capacity(file.text.len() + 256);
    let mut at = 0;
    for (span, new) in edits {
        text.push_str(file.text.get(at..span.range().start).unwrap_or_default());
        text.push_str(new);
        at = span.range().end;
    }
    text.push_str(file.text.get(at..).unwrap_or_default());
    text
}

/// Whether edits leave a file with more faults of its language than it has: two of them may set the same key.
pub(super) fn breaks(file: &SourceFile, edits: &[(Span, String)]) -> bool {
    if Language::of_name(file.path.file_name()) != Language::Yaml {
        return false;
    }
    faults(&file.with_text(edited(file, edits).into())) > faults(file)
}

/// How many errors and repeated keys a YAML file has.
fn faults(file: &SourceFile) -> usize {
    let yaml = Yaml::read(file);
    let repeated = yaml.nodes().map(|node| {
        let NodeKind::Mapping(pairs) = &node.kind else { return 0 };
        let names = pairs.iter().filter_map(|(key, _)| Some(yaml.scalar(*key)?.0.as_str()));
        let mut seen = BTreeSet::new();
        names.filter(|name| !seen.insert(*name)).count()
    });
    yaml.errors.len() + repeated.sum::<usize>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{MemoryFiles, Sources};

    #[test]
    fn two_edits_that_set_one_key_do_not_go_together() {
        let files = MemoryFiles::new();
        let file = Sources::new(&files).add("compose.yaml", "a:\n  B: 1\n  C: 2\n");
        let edit = |start, end, text: &str| (Span::new(file.id, start, end), text.to_owned());
        let (rename, insert) = (edit(5, 6, "D"), edit(17, 17, "  D: 3\n"));
        assert!(!breaks(&file, std::slice::from_ref(&rename)));
        assert!(!breaks(&file, std::slice::from_ref(&insert)));
        assert!(breaks(&file, &[insert, rename]));
        assert!(breaks(&file, &[edit(3, 4, "\t")]), "an error");
    }
}
