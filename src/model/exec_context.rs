//! Where a command runs: which files are there and which variables are set.

use super::django::EnvAnswer;
use crate::source::{RelPath, Span, Unknown};

/// What stands at a path inside a container or a build stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PathLookup {
    /// A file or folder of the project, by way of `COPY` or a bind mount.
    Host(RelPath),
    /// Something an instruction made there.
    Made(Span),
    /// Surely nothing.
    Missing,
    /// Not known, and why.
    Unknown(Unknown),
}

/// A container, or a stage while it is being built.
pub trait ExecContext {
    /// What stands at an absolute path.
    fn find(&self, path: &str) -> PathLookup;
    /// A variable of the process that is started there.
    fn env(&self, name: &str) -> EnvAnswer;
    /// The text of a file of the project, with its places.
    fn text(&self, path: &RelPath) -> Option<crate::source::Text>;
    /// The names in a folder of the project, where they can be looked up.
    fn names(&self, folder: &RelPath) -> Vec<String> {
        let _ = folder;
        Vec::new()
    }
}
