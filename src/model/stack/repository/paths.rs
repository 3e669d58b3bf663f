//! Paths of files as people see them.

use super::Repository;
use crate::source::{RelPath, Span};

impl<'s> Repository<'s> {
    /// The path of a file for a message.
    pub fn path(&self, span: Span) -> RelPath {
        self.stack.sources.file(span.file).path.clone()
    }

    /// The file's name for a message.
    pub fn file_name(&self, span: Span) -> String {
        self.path(span).file_name().to_owned()
    }

    /// A path as whoever checks sees it: from the checked folder, where it lies below it.
    pub fn shown(&self, path: &RelPath) -> String {
        path.below(&self.stack.checked)
            .filter(|rest| !rest.is_empty())
            .map_or_else(|| path.to_string(), str::to_owned)
    }
}
