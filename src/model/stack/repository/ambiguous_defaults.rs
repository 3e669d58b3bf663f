//! Compose files of one folder of which Compose takes only the first by itself.

use super::Repository;
use crate::facts::{FileKind, file_names};
use crate::source::{EntryKind, FileId, Limit, RelPath, SourceFile};
use std::sync::Arc;

/// A file of a name that Compose looks for by itself.
#[derive(Debug, Clone)]
pub struct DefaultFile {
    pub path: RelPath,
    /// The file, for a label.
    pub file: FileId,
    /// Whether it holds the same as the one that Compose takes.
    pub same: bool,
}

/// Files of one folder that Compose looks for by itself, of which it takes one.
#[derive(Debug, Clone)]
pub struct AmbiguousDefaults {
    pub taken: DefaultFile,
    /// Those that are not.
    pub ignored: Vec<DefaultFile>,
}

impl Repository<'_> {
    /// Where the folder of the stack's first file has more than one file that Compose looks for by itself:
    /// default files, and overrides beside one.
    pub fn ambiguous_defaults(&self) -> Vec<AmbiguousDefaults> {
        let Some(first) = self.stack.project.files.first() else { return Vec::new() };
        let folder = first.path.parent();
        let there = |kind: FileKind| -> Vec<Arc<SourceFile>> {
            let paths = file_names(kind)
                .iter()
                .filter_map(|n| folder.join(n))
                .filter(|p: &RelPath| self.stack.sources.kind(p) == EntryKind::File);
            paths.filter_map(|p| self.stack.sources.read(&p, Limit::Config).ok()).collect()
        };
        let bases = there(FileKind::Compose);
        // Of a stack whose files are all named by hand, nothing is looked for.
        if !bases.iter().any(|b| b.path == first.path) {
            return Vec::new();
        }
        let mut all = Vec::new();
        for files in [bases, there(FileKind::Override)].into_iter().filter(|f| f.len() > 1) {
            let mut files = files.iter().map(|file| DefaultFile {
                path: file.path.clone(),
                file: file.id,
                same: file.body().trim().as_str() == files[0].body().trim().as_str(),
            });
            if let Some(taken) = files.next() {
                all.push(AmbiguousDefaults { taken, ignored: files.collect() });
            }
        }
        all
    }
}
