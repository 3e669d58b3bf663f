//! Folders that git fetches from elsewhere, which are empty in a plain clone (gitmodules(5)).

use crate::source::{EntryKind, Limit, Reason, RelPath, Sources, Span, Unknown};

/// Why nothing can be said of a path that is missing: it is in a submodule that is not checked out, or may be, where
/// `.gitmodules` cannot be read.
pub(in crate::model) fn submodule(sources: &Sources<'_>, missing: &RelPath) -> Option<Unknown> {
    let mut folder = missing.clone();
    while !folder.is_root() {
        folder = folder.parent();
        let Some(file) = folder.join(".gitmodules") else { continue };
        if sources.kind(&file) != EntryKind::File {
            continue;
        }
        let Ok(file) = sources.read(&file, Limit::Code) else {
            return Some(Reason::FileUnreadable(file.as_str().to_owned()).into());
        };
        if file.text.trim().is_empty() {
            return Some(Reason::FileEmpty(file.path.as_str().to_owned()).into());
        }
        let mut start = 0;
        for line in file.text.split_inclusive('\n') {
            let at = start + line.len() - line.trim_start().len();
            start += line.len();
            let written = line.trim().strip_prefix("path").map(str::trim_start);
            let Some(named) = written.and_then(|w| w.strip_prefix('=')) else { continue };
            let named = named.trim().trim_matches('"');
            if folder.join(named).is_some_and(|sub| missing.relative_to(&sub).is_some()) {
                let place = Span::new(file.id, at, at + line.trim().len());
                return Some(Unknown::at(Reason::Submodule(named.to_owned()), place));
            }
        }
        return None;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::MemoryFiles;

    #[test]
    fn a_folder_may_be_fetched_apart() {
        let mut files = MemoryFiles::new();
        files.add(
            "app/.gitmodules",
            "[submodule \"tools\"]\n\tpath = lib/tools\n\turl = ../tools\n",
        );
        let sources = Sources::new(&files);
        let why = |at: &str| {
            let path = RelPath::root().join(at).expect("a path");
            submodule(&sources, &path).map(|why| why.reason)
        };
        let tools = Some(Reason::Submodule("lib/tools".to_owned()));
        assert_eq!(why("app/lib/tools/wait.sh"), tools);
        assert_eq!(why("app/lib/tools"), tools);
        for other in ["app/lib/toolset/wait.sh", "app/wait.sh", "lib/tools/wait.sh"] {
            assert_eq!(why(other), None, "{other}");
        }
    }
}
