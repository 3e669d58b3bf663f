//! Files with changes laid over them, for a look at what they would be.

use super::{Entry, EntryKind, Files, ReadError, RelPath};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Files of a base, some of them with other bytes, some of them new.
pub struct LayeredFiles<'b> {
    base: &'b dyn Files,
    changed: BTreeMap<RelPath, Vec<u8>>,
}

impl<'b> LayeredFiles<'b> {
    /// The files of `base`, with those of `changed` in the place of their own.
    pub fn new(base: &'b dyn Files, changed: BTreeMap<RelPath, Vec<u8>>) -> Self {
        Self { base, changed }
    }

    /// The files that are laid over the base.
    pub fn changed(&self) -> &BTreeMap<RelPath, Vec<u8>> {
        &self.changed
    }

    /// Names in a folder that the base may not have, with what they are.
    fn added(&self, folder: &RelPath) -> BTreeMap<&str, EntryKind> {
        let below = self.changed.keys().filter_map(|p| p.relative_to(folder));
        below
            .filter(|rest| !rest.is_empty())
            .map(|rest| match rest.split_once('/') {
                Some((name, _)) => (name, EntryKind::Folder),
                None => (rest, EntryKind::File),
            })
            .collect()
    }
}

impl Files for LayeredFiles<'_> {
    fn kind(&self, path: &RelPath) -> EntryKind {
        if self.changed.contains_key(path) {
            return EntryKind::File;
        }
        match self.base.kind(path) {
            EntryKind::Missing if !self.added(path).is_empty() => EntryKind::Folder,
            kind => kind,
        }
    }

    fn read(&self, path: &RelPath, limit: u64) -> Result<Vec<u8>, ReadError> {
        match self.changed.get(path) {
            Some(bytes) if bytes.len() as u64 > limit => Err(ReadError::TooLarge(limit)),
            Some(bytes) => Ok(bytes.clone()),
            None => self.base.read(path, limit),
        }
    }

    fn entries(&self, folder: &RelPath, most: usize) -> Result<Vec<Entry>, ReadError> {
        let added = self.added(folder);
        let mut entries = match self.base.entries(folder, most) {
            Err(ReadError::Missing) if !added.is_empty() => Vec::new(),
            other => other?,
        };
        let known: BTreeSet<String> = entries.iter().filter_map(|e| e.name.clone().ok()).collect();
        let new = added.into_iter().filter(|(name, _)| !known.contains(*name));
        entries.extend(new.map(|(name, kind)| Entry {
            name: Ok(name.to_owned()),
            folder: kind == EntryKind::Folder,
        }));
        entries.truncate(most);
        Ok(entries)
    }

    fn list(&self, folder: &RelPath) -> Vec<(String, EntryKind)> {
        let mut all: BTreeMap<String, EntryKind> = self.base.list(folder).into_iter().collect();
        for (name, kind) in self.added(folder) {
            all.entry(name.to_owned()).or_insert(kind);
        }
        all.into_iter().collect()
    }

    fn executable(&self, path: &RelPath) -> Option<bool> {
        match self.base.kind(path) {
            EntryKind::Missing if self.changed.contains_key(path) => Some(false),
            _ => self.base.executable(path),
        }
    }

    fn disk_root(&self) -> Option<&Path> {
        self.base.disk_root()
    }
}

#[cfg(test)]
mod tests {
    use super::super::MemoryFiles;
    use super::*;

    #[test]
    fn changes_cover_the_base() {
        let path = |p: &str| RelPath::new(p).unwrap_or_else(RelPath::root);
        let mut base = MemoryFiles::new();
        base.add("a", "1");
        base.add("b", "2");
        let changed = [("a", "one"), ("new/c", "3")].map(|(p, t)| (path(p), t.into()));
        let files = LayeredFiles::new(&base, changed.into());
        assert_eq!(files.read(&path("a"), 10), Ok(b"one".to_vec()));
        assert_eq!(files.read(&path("b"), 10), Ok(b"2".to_vec()));
        assert_eq!(files.read(&path("a"), 2), Err(ReadError::TooLarge(2)));
        assert_eq!(files.kind(&path("new")), EntryKind::Folder);
        assert_eq!(files.kind(&path("new/c")), EntryKind::File);
        assert_eq!(files.kind(&path("gone")), EntryKind::Missing);
        let names = |folder: &str| {
            let listed = files.list(&path(folder)).into_iter().map(|(n, _)| n).collect::<Vec<_>>();
            let entries = files.entries(&path(folder), 10).unwrap_or_default();
            let mut entries: Vec<_> = entries.into_iter().filter_map(|e| e.name.ok()).collect();
            entries.sort();
            assert_eq!(listed, entries);
            listed
        };
        assert_eq!(names(""), ["a", "b", "new"]);
        assert_eq!(names("new"), ["c"]);
    }
}
