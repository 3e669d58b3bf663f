//! Files without a disk.

use super::files::MAX_NAMES;
use super::{Entry, EntryKind, Files, ReadError, RelPath};
use std::collections::BTreeMap;
use std::path::Path;

/// The most links that one path may lead through, as on Linux.
const MAX_LINKS: usize = 40;

/// Files in memory: examples on rule pages, tests, fuzzing.
#[derive(Default)]
pub struct MemoryFiles {
    entries: BTreeMap<RelPath, Held>,
    modes: BTreeMap<RelPath, bool>,
    has_links: bool,
}

/// What is held at a path.
enum Held {
    File(Vec<u8>),
    /// A folder that is there even if nothing is in it.
    Folder,
    /// A link, with its target as written.
    Link(String),
}

impl MemoryFiles {
    /// No files.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a file; a path that leaves the root is left out.
    pub fn add(&mut self, path: &str, bytes: impl Into<Vec<u8>>) {
        self.hold(path, Held::File(bytes.into()));
    }

    /// Adds a folder, which may stay empty.
    pub fn add_folder(&mut self, path: &str) {
        self.hold(path, Held::Folder);
    }

    /// Adds a link to a target, which is read from the folder that holds the link.
    pub fn add_link(&mut self, path: &str, target: &str) {
        self.hold(path, Held::Link(target.to_owned()));
        self.has_links = true;
    }

    fn hold(&mut self, path: &str, what: Held) {
        if let Some(path) = RelPath::new(path) {
            self.entries.insert(path, what);
        }
    }

    /// Says whether a file has an execute bit; that of others is not known.
    pub fn set_executable(&mut self, path: &str, executable: bool) {
        if let Some(path) = RelPath::new(path) {
            self.modes.insert(path, executable);
        }
    }

    /// The paths of all files, sorted.
    pub fn paths(&self) -> impl Iterator<Item = &RelPath> {
        self.entries.iter().filter(|(_, held)| matches!(held, Held::File(_))).map(|(path, _)| path)
    }

    /// The path with every link followed, as a disk does it. A link that leads nowhere leads out.
    fn resolve(&self, path: &RelPath) -> Result<RelPath, ReadError> {
        if self.has_links { self.follow(path, &mut 0) } else { Ok(path.clone()) }
    }

    fn follow(&self, path: &RelPath, links: &mut usize) -> Result<RelPath, ReadError> {
        if path.is_root() {
            return Ok(path.clone());
        }
        let folder = self.follow(&path.parent(), links)?;
        let real = folder.join(path.file_name()).ok_or(ReadError::Outside)?;
        let Some(Held::Link(target)) = self.entries.get(&real) else { return Ok(real) };
        *links += 1;
        if *links > MAX_LINKS {
            return Err(ReadError::Outside);
        }
        let target = folder.join(target).ok_or(ReadError::Outside)?;
        match self.follow(&target, links)? {
            real if self.kind_of(&real) == EntryKind::Missing => Err(ReadError::Outside),
            real => Ok(real),
        }
    }

    /// Whether a path is a link to something that is not there.
    fn leads_nowhere(&self, path: &RelPath, links: usize) -> bool {
        let Some(Held::Link(target)) = self.entries.get(path) else {
            return links > 0 && self.kind_of(path) == EntryKind::Missing;
        };
        let target = path.parent().join(target);
        links < MAX_LINKS && target.is_some_and(|target| self.leads_nowhere(&target, links + 1))
    }

    /// What is at a path that leads through no link.
    fn kind_of(&self, path: &RelPath) -> EntryKind {
        match self.entries.get(path) {
            Some(Held::File(_)) => EntryKind::File,
            Some(Held::Folder) => EntryKind::Folder,
            _ if path.is_root() => EntryKind::Folder,
            _ if self
                .entries
                .keys()
                .any(|p| p.relative_to(path).is_some_and(|rest| !rest.is_empty())) =>
            {
                EntryKind::Folder
            }
            _ => EntryKind::Missing,
        }
    }

    /// The names in a folder with what is held there; `None` for a folder that only paths below it name.
    fn names(&self, folder: &RelPath) -> BTreeMap<&str, Option<&Held>> {
        let mut names = BTreeMap::new();
        for (path, held) in &self.entries {
            let Some(rest) = path.relative_to(folder).filter(|rest| !rest.is_empty()) else {
                continue;
            };
            match rest.split_once('/') {
                Some((name, _)) => names.entry(name).or_insert(None),
                None => names.entry(rest).or_insert(Some(held)),
            };
        }
        names
    }
}

impl Files for MemoryFiles {
    fn kind(&self, path: &RelPath) -> EntryKind {
        match self.resolve(path) {
            Ok(real) => self.kind_of(&real),
            Err(_) => EntryKind::Outside,
        }
    }

    fn read(&self, path: &RelPath, limit: u64) -> Result<Vec<u8>, ReadError> {
        let real = match self.resolve(path) {
            Err(ReadError::Outside) if self.leads_nowhere(path, 0) => {
                return Err(ReadError::Missing);
            }
            resolved => resolved?,
        };
        match self.entries.get(&real) {
            Some(Held::File(bytes)) if bytes.len() as u64 > limit => {
                Err(ReadError::TooLarge(limit))
            }
            Some(Held::File(bytes)) => Ok(bytes.clone()),
            _ if self.kind_of(&real) == EntryKind::Folder => Err(ReadError::NotAFile),
            _ => Err(ReadError::Missing),
        }
    }

    fn entries(&self, folder: &RelPath, most: usize) -> Result<Vec<Entry>, ReadError> {
        let real = self.resolve(folder)?;
        let entry = |(name, held): (&str, Option<&Held>)| Entry {
            name: Ok(name.to_owned()),
            folder: !matches!(held, Some(Held::File(_) | Held::Link(_))),
        };
        Ok(self.names(&real).into_iter().take(most).map(entry).collect())
    }

    fn list(&self, folder: &RelPath) -> Vec<(String, EntryKind)> {
        let Ok(real) = self.resolve(folder) else { return Vec::new() };
        let listed = |(name, held): (&str, Option<&Held>)| {
            let kind = match held {
                Some(Held::File(_)) => EntryKind::File,
                Some(Held::Link(_)) => self.kind(&real.join(name)?),
                Some(Held::Folder) | None => EntryKind::Folder,
            };
            Some((name.to_owned(), kind))
        };
        self.names(&real).into_iter().filter_map(listed).take(MAX_NAMES).collect()
    }

    fn executable(&self, path: &RelPath) -> Option<bool> {
        self.modes.get(&self.resolve(path).ok()?).copied()
    }

    fn disk_root(&self) -> Option<&Path> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(path: &str) -> RelPath {
        RelPath::new(path).unwrap_or_else(RelPath::root)
    }

    #[test]
    fn links_are_followed_inside_the_root_only() {
        let mut files = MemoryFiles::new();
        files.add("conf/site.conf", "x");
        files.set_executable("conf/site.conf", true);
        for (link, target) in [
            ("a", "conf"),
            ("conf/b", "site.conf"),
            ("deep/c", "../a/b"),
            ("gone", "nothing"),
            ("out", "../x"),
            ("absolute", "/conf"),
            ("loop", "loop"),
        ] {
            files.add_link(link, target);
        }
        for (at, kind) in [
            ("a", EntryKind::Folder),
            ("a/site.conf", EntryKind::File),
            ("a/none", EntryKind::Missing),
            ("gone/none", EntryKind::Outside),
            ("deep/c", EntryKind::File),
            ("conf/site.conf/x", EntryKind::Missing),
            ("gone", EntryKind::Outside),
            ("out", EntryKind::Outside),
            ("absolute", EntryKind::Outside),
            ("loop", EntryKind::Outside),
            ("none", EntryKind::Missing),
        ] {
            assert_eq!(files.kind(&path(at)), kind, "{at}");
        }
        assert_eq!(files.read(&path("deep/c"), 1), Ok(b"x".to_vec()));
        assert_eq!(files.executable(&path("deep/c")), Some(true));
        assert_eq!(files.read(&path("a"), 1), Err(ReadError::NotAFile));
        assert_eq!(files.read(&path("loop"), 1), Err(ReadError::Outside));
        assert_eq!(
            files.list(&path("a")),
            [("b".to_owned(), EntryKind::File), ("site.conf".to_owned(), EntryKind::File)]
        );
        let entries = files.entries(&RelPath::root(), 99).unwrap_or_default();
        let folders: Vec<_> =
            entries.iter().filter(|e| e.folder).filter_map(|e| e.name.as_deref().ok()).collect();
        assert_eq!(folders, ["conf", "deep"]);
    }

    #[test]
    fn a_folder_may_be_empty() {
        let mut files = MemoryFiles::new();
        files.add_folder("static/css");
        assert_eq!(files.kind(&path("static/css")), EntryKind::Folder);
        assert_eq!(files.list(&path("static")), [("css".to_owned(), EntryKind::Folder)]);
        assert!(files.list(&path("static/css")).is_empty());
        assert_eq!(files.paths().count(), 0);
    }
}
