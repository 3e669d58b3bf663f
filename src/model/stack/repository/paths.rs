//! Paths of files as people see them.

use super::Repository;
use crate::finding::Quote;
use crate::source::{EntryKind, RelPath, Span};

impl<'s> Repository<'s> {
    /// The folder from which paths of the Compose file start.
    pub fn project_folder(&self) -> &'s RelPath {
        &self.stack.project.folder
    }

    pub fn checked_folder(&self) -> &'s RelPath {
        &self.stack.checked
    }

    /// The Compose files of the stack, in the order they are laid over each other.
    pub fn compose_files(&self) -> impl Iterator<Item = &'s RelPath> + use<'s> {
        self.stack.project.files.iter().map(|f| &f.path)
    }

    /// How many of the stack's Compose files are laid over before the one that a place is in.
    pub fn layer(&self, span: Span) -> Option<usize> {
        self.stack.project.files.iter().position(|f| f.id == span.file)
    }

    /// What is at a path of the checkout.
    pub fn entry_kind(&self, path: &RelPath) -> EntryKind {
        self.stack.sources.kind(path)
    }

    /// The path of a file for a message.
    pub(super) fn path_of(&self, span: Span) -> RelPath {
        self.stack.sources.file(span.file).path.clone()
    }

    /// The file's name for a message.
    pub fn file_name(&self, span: Span) -> Quote {
        Quote::path(self.path_of(span).file_name())
    }

    /// A path as whoever checks sees it: from the checked folder, where it lies below it.
    pub fn display_path(&self, path: &RelPath) -> Quote {
        let below = path.relative_to(&self.stack.checked).filter(|rest| !rest.is_empty());
        below.map_or_else(|| Quote::path(path), Quote::path)
    }
}
