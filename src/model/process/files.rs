//! Files as a process sees them: those of the container, and those that it made or removed before.

use super::follow::Follower;
use super::state::{FileState, Shell};
use crate::model::exec_context::PathLookup;
use crate::model::path;
use crate::source::{Reason, RelPath, Text, Unknown};

/// What stands at a path.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Found {
    /// A file or folder of the project.
    Host(RelPath),
    /// A file that the process wrote, with what stands in it.
    Written(Text),
    /// Something that an instruction or the process made.
    Made,
    /// Nothing, as far as the project shows.
    Missing,
    /// The process removed it.
    Removed,
    /// Not known.
    Unknown(Unknown),
}

impl Follower<'_> {
    /// What stands at an absolute path.
    pub(super) fn find(&self, at: &str, sh: &Shell) -> Found {
        let below = |folder: &str| path::relative_to(at, folder).is_some();
        if let Some(state) = sh.files.get(at) {
            match state {
                FileState::Content(text) => return Found::Written(text.clone()),
                FileState::Made => return Found::Made,
                FileState::Gone => return Found::Removed,
                FileState::Unknown => return Found::Unknown(Reason::Condition.into()),
            }
        }
        let removed = sh.files.iter().any(|(f, s)| *s == FileState::Gone && below(f));
        match self.place.find(at) {
            PathLookup::Host(_) if removed => Found::Removed,
            PathLookup::Host(file) => Found::Host(file),
            PathLookup::Made(_) => Found::Made,
            PathLookup::Missing => Found::Missing,
            PathLookup::Unknown(why) => Found::Unknown(why),
        }
    }

    /// Whether surely nothing stands at a path: it is missing in a folder of the project that nothing else fills.
    pub(super) fn is_missing(&self, at: &str, sh: &Shell) -> bool {
        match self.find(at, sh) {
            Found::Removed => true,
            Found::Missing => {
                let folder = path::parent(at);
                let under = |f: &String| path::relative_to(f, at).is_some();
                let made = sh.files.keys().any(under);
                let above =
                    sh.workdir.as_deref().is_some_and(|w| path::relative_to(w, at).is_some());
                let host = match self.find(folder, sh) {
                    Found::Host(host) => self.place.text(&host).is_none(),
                    _ => false,
                };
                host && folder != "/" && !made && !above
            }
            _ => false,
        }
    }

    /// The names in a folder; `None` where not all of them are known.
    pub(super) fn names_in(&self, folder: &str, sh: &Shell) -> Option<Vec<String>> {
        let mut names = match self.find(folder, sh) {
            Found::Host(host) => self.place.entries(&host)?,
            Found::Made if sh.files.contains_key(folder) => Vec::new(),
            _ => return None,
        };
        // What the container leaves out of the folder, or has from elsewhere.
        names.retain(|n| matches!(self.find(&path::join(folder, n), sh), Found::Host(_)));
        for (at, state) in sh.files.iter() {
            if path::parent(at) == folder && !matches!(state, FileState::Gone) {
                let name = at.rsplit('/').next().unwrap_or("").to_owned();
                if !names.contains(&name) {
                    names.push(name);
                }
            }
        }
        Some(names)
    }
}
