//! Files in memory.

use super::RelPath;
use super::files::{Entry, EntryKind, Files, ReadError};
use std::collections::BTreeMap;
use std::path::Path;

/// Files in memory: examples on rule pages, tests, fuzzing.
#[derive(Default)]
pub struct MemoryFiles {
    files: BTreeMap<RelPath, Vec<u8>>,
    modes: BTreeMap<RelPath, bool>,
}

impl MemoryFiles {
    /// No files.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a file; a path that leaves the root is left out.
    pub fn add(&mut self, path: &str, bytes: impl Into<Vec<u8>>) {
        if let Some(path) = RelPath::new(path) {
            self.files.insert(path, bytes.into());
        }
    }

    /// Says whether a file has an execute bit; that of others is not known.
    pub fn set_executable(&mut self, path: &str, executable: bool) {
        if let Some(path) = RelPath::new(path) {
            self.modes.insert(path, executable);
        }
    }

    /// All paths, sorted.
    pub fn paths(&self) -> impl Iterator<Item = &RelPath> {
        self.files.keys()
    }
}

impl Files for MemoryFiles {
    fn kind(&self, path: &RelPath) -> EntryKind {
        if self.files.contains_key(path) {
            EntryKind::File
        } else if path.is_root() || self.files.keys().any(|p| p.below(path).is_some()) {
            EntryKind::Folder
        } else {
            EntryKind::Missing
        }
    }

    fn read(&self, path: &RelPath, limit: u64) -> Result<Vec<u8>, ReadError> {
        match self.files.get(path) {
            Some(bytes) if bytes.len() as u64 > limit => Err(ReadError::TooLarge(limit)),
            Some(bytes) => Ok(bytes.clone()),
            None if self.kind(path) == EntryKind::Folder => Err(ReadError::NotAFile),
            None => Err(ReadError::Missing),
        }
    }

    fn entries(&self, folder: &RelPath, most: usize) -> Result<Vec<Entry>, ReadError> {
        let entry = |(name, kind)| Entry { name: Ok(name), folder: kind == EntryKind::Folder };
        Ok(self.list(folder).into_iter().take(most).map(entry).collect())
    }

    fn list(&self, folder: &RelPath) -> Vec<(String, EntryKind)> {
        let mut names: Vec<(String, EntryKind)> = Vec::new();
        for path in self.files.keys() {
            let Some(rest) = path.below(folder).filter(|r| !r.is_empty()) else { continue };
            let (name, kind) = match rest.split_once('/') {
                Some((name, _)) => (name, EntryKind::Folder),
                None => (rest, EntryKind::File),
            };
            names.push((name.to_owned(), kind));
        }
        names.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        names.dedup();
        names
    }

    fn executable(&self, path: &RelPath) -> Option<bool> {
        self.modes.get(path).copied()
    }

    fn disk_root(&self) -> Option<&Path> {
        None
    }
}
