//! Where a command runs: which files are there and which variables are set.

use super::django::{EnvAnswer, FileAnswer};
use crate::source::{Reason, RelPath, Span, Unknown};

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

/// Which shell reads a script.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Dialect {
    /// It is not known which.
    #[default]
    Unknown,
    /// Bash.
    Bash,
    /// dash, the `/bin/sh` of Debian and Ubuntu.
    Dash,
    /// The shell of busybox, the `/bin/sh` of Alpine.
    Ash,
}

/// A container, or a stage while it is being built.
pub trait ExecContext {
    /// What stands at an absolute path.
    fn find(&self, path: &str) -> PathLookup;
    /// Whether a file that is missing at an absolute path would come there, if the checkout had it: people keep some
    /// files out of git.
    fn may_come(&self, path: &str) -> bool {
        let _ = path;
        true
    }
    /// What settings find at an absolute path.
    fn file(&self, path: &str) -> FileAnswer {
        match self.find(path) {
            PathLookup::Host(host) => FileAnswer::Found(host),
            PathLookup::Missing if self.may_come(path) => FileAnswer::Untracked,
            PathLookup::Missing => FileAnswer::Missing,
            PathLookup::Made(place) => FileAnswer::Unknown(Unknown::at(Reason::MadeByRun, place)),
            PathLookup::Unknown(why) => FileAnswer::Unknown(why),
        }
    }
    /// A variable of the process that is started there.
    fn env(&self, name: &str) -> EnvAnswer;
    /// The text of a file of the project, with its places.
    fn text(&self, path: &RelPath) -> Option<crate::source::Text>;
    /// The names of folders in a folder of the project, where they can be looked up.
    fn names(&self, folder: &RelPath) -> Vec<String> {
        let _ = folder;
        Vec::new()
    }
    /// The names of everything in a folder of the project; `None` where it is no folder or not known.
    fn entries(&self, folder: &RelPath) -> Option<Vec<String>> {
        let _ = folder;
        None
    }
    /// Which shell `/bin/sh` is.
    fn shell(&self) -> Dialect {
        Dialect::Unknown
    }
    /// Whether the file of the project that stands at a path may be executed.
    fn executable(&self, path: &str, file: &RelPath) -> Option<bool> {
        let _ = (path, file);
        None
    }
}
