//! Compose files of one folder of which Compose takes only the first by itself.

use super::Repository;
use crate::facts::{FileKind, file_names};
use crate::source::{EntryKind, Limit, RelPath, SourceFile};
use std::sync::Arc;

/// Files of one folder that Compose looks for by itself, of which it takes one.
#[derive(Debug, Clone)]
pub struct Rivals {
    /// The one that is taken.
    pub taken: Arc<SourceFile>,
    /// Those that are not.
    pub ignored: Vec<Arc<SourceFile>>,
}

impl<'s> Repository<'s> {
    /// Where the folder of the stack's first file has more than one file that Compose looks for by itself:
    /// default files, and overrides beside one.
    pub fn rivals(&self) -> Vec<Rivals> {
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
        for mut files in [bases, there(FileKind::Override)].into_iter().filter(|f| f.len() > 1) {
            let taken = files.remove(0);
            all.push(Rivals { taken, ignored: files });
        }
        all
    }
}
