//! The only door to the file system.

use super::RelPath;
use std::collections::HashMap;
use std::fs::{self, File, FileType, OpenOptions};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use walkdir::{DirEntry, WalkDir};

/// What stands at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryKind {
    /// Nothing.
    Missing,
    /// A regular file (or a link to one inside the root).
    File,
    /// A folder (or a link to one inside the root).
    Folder,
    /// A pipe, socket or device: never opened.
    Special,
    /// A link that leads out of the root, to itself, or nowhere: never followed.
    Outside,
}

/// Why a file could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReadError {
    /// Nothing stands there (the project's mistake or none at all).
    Missing,
    /// A folder, pipe, socket or device stands there (the project's mistake).
    NotAFile,
    /// The path or a link in it leaves the checked root (the project's mistake, maybe hostile).
    Outside,
    /// Larger than the limit, in bytes (ours: we do not analyse files of that size).
    TooLarge(u64),
    /// Not UTF-8 from this byte on (the project's mistake).
    NotUtf8(usize),
    /// A NUL byte at this offset: a binary file (the project's mistake).
    Binary(usize),
    /// The operating system refused (the machine's).
    Denied(String),
    /// More entries than this lie in the checked folder (ours: we do not look at so many).
    TooManyEntries(usize),
    /// More names than this lie in one folder (ours).
    TooManyNames(usize),
    /// More lines than this in a file that says what is ignored (ours).
    TooManyLines(usize),
    /// A folder deeper than this (ours).
    TooDeep(usize),
    /// The name is not UTF-8 (the project's; nothing in a Compose file can name it).
    NameNotUtf8,
}

/// What lies in a folder, links not followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its name; where that is not UTF-8, what can be shown of it.
    pub name: Result<String, String>,
    /// Whether it is a folder; a link to one is none.
    pub folder: bool,
}

/// Files below one root: on disk, in memory, or (later) an editor's unsaved text over the disk.
pub trait Files: Sync {
    /// What stands at `path`, links followed as long as they stay inside the root.
    fn kind(&self, path: &RelPath) -> EntryKind;
    /// The bytes of a regular file of at most `limit` bytes.
    ///
    /// # Errors
    /// [`ReadError`] says why not; never `NotUtf8` or `Binary`.
    fn read(&self, path: &RelPath, limit: u64) -> Result<Vec<u8>, ReadError>;
    /// At most `most` entries of a folder, in no order, links not followed.
    ///
    /// # Errors
    /// [`ReadError`] says why the folder cannot be looked into.
    fn entries(&self, folder: &RelPath, most: usize) -> Result<Vec<Entry>, ReadError>;
    /// At most [`MAX_NAMES`] names in a folder with what they are, sorted; empty where there is no folder.
    fn list(&self, folder: &RelPath) -> Vec<(String, EntryKind)>;
    /// Whether a file's mode says it can be executed; `None` where modes mean nothing.
    fn executable(&self, path: &RelPath) -> Option<bool>;
    /// The folder on disk, where there is one.
    fn disk_root(&self) -> Option<&Path>;
}

/// The most names that are read from one folder.
pub(super) const MAX_NAMES: usize = 10_000;

/// Files on disk below a root that is never left.
pub struct DiskFiles {
    root: PathBuf,
    /// The real paths of folders that were asked for: most questions are about a few folders, and each answer
    /// takes a look at every part of a path.
    folders: RwLock<HashMap<RelPath, Result<PathBuf, ReadError>>>,
    /// What directories hold: the search for Compose files lists each, and some are asked for again.
    listings: RwLock<HashMap<RelPath, Listing>>,
}

/// The names in a directory, as in [`Entry::name`], and what each is, links not followed.
type Listing = Arc<[(Result<String, String>, FileType)]>;

/// The most directories whose names are remembered, and the most names of one of them: about 5 MB together.
const MAX_LISTINGS: usize = 1_000;
const MAX_REMEMBERED: usize = 100;

impl DiskFiles {
    /// Opens `root`.
    ///
    /// # Errors
    /// When the folder cannot be resolved.
    pub fn new(root: &Path) -> std::io::Result<Self> {
        let root = fs::canonicalize(root)?;
        Ok(Self { root, folders: RwLock::default(), listings: RwLock::default() })
    }

    /// The real path, only where it lies inside the root.
    fn resolve(&self, path: &RelPath) -> Result<PathBuf, ReadError> {
        if path.is_root() {
            return Ok(self.root.clone());
        }
        let real = self.folder(&path.parent())?.join(path.file_name());
        match fs::symlink_metadata(&real) {
            Ok(found) if !found.is_symlink() => Ok(real),
            Ok(_) => self.follow(path),
            Err(e)
                if matches!(
                    e.kind(),
                    std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory
                ) =>
            {
                Err(ReadError::Missing)
            }
            Err(_) => self.follow(path),
        }
    }

    /// The real path of a folder, remembered.
    fn folder(&self, path: &RelPath) -> Result<PathBuf, ReadError> {
        if path.is_root() {
            return Ok(self.root.clone());
        }
        if let Some(known) = self.folders.read().unwrap_or_else(PoisonError::into_inner).get(path) {
            return known.clone();
        }
        let real = self.follow(path);
        self.folders
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(path.clone(), real.clone());
        real
    }

    /// The names of a directory: all of them, or `most`.
    fn listing(&self, folder: &RelPath, most: usize) -> Result<Listing, ReadError> {
        let known = self.listings.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = known.get(folder) {
            return Ok(known.clone());
        }
        drop(known);
        let name = |e: &DirEntry| match e.file_name().to_str() {
            Some(name) => Ok(name.to_owned()),
            None => Err(e.file_name().to_string_lossy().into_owned()),
        };
        let entries = walk(&self.resolve(folder)?)?.take(most).flatten();
        let listing: Listing = entries.map(|e| (name(&e), e.file_type())).collect();
        if listing.len() < most.min(MAX_REMEMBERED) {
            let mut known = self.listings.write().unwrap_or_else(PoisonError::into_inner);
            if known.len() < MAX_LISTINGS {
                known.insert(folder.clone(), listing.clone());
            }
        }
        Ok(listing)
    }

    /// Whether a path is a link, or leads through one, to something that is not there.
    fn leads_nowhere(&self, path: &RelPath) -> bool {
        let real = fs::canonicalize(self.root.join(path.as_str()));
        real.is_err_and(|e| e.kind() == std::io::ErrorKind::NotFound)
    }

    /// The real path with every link followed.
    fn follow(&self, path: &RelPath) -> Result<PathBuf, ReadError> {
        let joined = self.root.join(path.as_str());
        match fs::canonicalize(&joined) {
            Ok(real) if real.starts_with(&self.root) => Ok(real),
            Ok(_) => Err(ReadError::Outside),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                // A dangling link stands there but leads nowhere.
                if fs::symlink_metadata(&joined).is_ok() {
                    Err(ReadError::Outside)
                } else {
                    Err(ReadError::Missing)
                }
            }
            Err(e) if e.kind() == std::io::ErrorKind::PermissionDenied => {
                Err(ReadError::Denied("permission denied".into()))
            }
            Err(e) if e.kind() == std::io::ErrorKind::NotADirectory => Err(ReadError::Missing),
            // Too many levels of links, a name too long and the like.
            Err(_) => Err(ReadError::Outside),
        }
    }
}

/// Whether a file that was just opened lies below `root`: a link may have taken the place of a folder above it since
/// the path was looked at. Linux tells the path of what is open (proc_pid_fd(5)); elsewhere the path must still lead
/// to the same file.
#[cfg(unix)]
fn inside(root: &Path, real: &Path, file: &File) -> bool {
    use std::os::fd::AsRawFd;
    use std::os::unix::fs::MetadataExt;
    if let Ok(open) = fs::read_link(format!("/proc/self/fd/{}", file.as_raw_fd())) {
        return open.starts_with(root);
    }
    let same = |a: &fs::Metadata, b: &fs::Metadata| (a.dev(), a.ino()) == (b.dev(), b.ino());
    let Ok(now) = fs::canonicalize(real) else { return false };
    now.starts_with(root)
        && matches!((fs::symlink_metadata(&now), file.metadata()), (Ok(a), Ok(b)) if same(&a, &b))
}

#[cfg(not(unix))]
fn inside(root: &Path, real: &Path, _: &File) -> bool {
    fs::canonicalize(real).is_ok_and(|now| now.starts_with(root))
}

/// Opens without waiting for a writer and without following, should a pipe or a link have taken the file's place
/// since it was looked at.
fn open(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.custom_flags(libc::O_NONBLOCK | libc::O_NOCTTY | libc::O_NOFOLLOW);
    }
    options.open(path)
}

/// The entries of one directory, in no order. No link is followed, not even where `folder` has become one since it was
/// resolved.
///
/// # Errors
/// [`ReadError::Missing`] where there is no directory, else [`ReadError::Denied`].
fn walk(
    folder: &Path,
) -> Result<impl Iterator<Item = walkdir::Result<DirEntry>> + use<>, ReadError> {
    let error = |e: &walkdir::Error| match e.io_error().map(std::io::Error::kind) {
        Some(std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory) => {
            ReadError::Missing
        }
        Some(kind) => ReadError::Denied(kind.to_string()),
        None => ReadError::Denied(std::io::ErrorKind::Other.to_string()),
    };
    let mut walk = WalkDir::new(folder)
        .max_depth(1)
        .follow_links(false)
        .follow_root_links(false)
        .into_iter()
        .peekable();
    // The walk yields the directory itself first; whether it can be read shows in what comes next.
    match walk.next() {
        Some(Ok(own)) if own.file_type().is_dir() => {}
        Some(Err(why)) => return Err(error(&why)),
        Some(Ok(_)) | None => return Err(ReadError::Missing),
    }
    match walk.peek() {
        Some(Err(why)) if why.depth() == 0 => Err(error(why)),
        _ => Ok(walk),
    }
}

impl Files for DiskFiles {
    fn kind(&self, path: &RelPath) -> EntryKind {
        match self.resolve(path) {
            Ok(real) => match fs::metadata(real) {
                Ok(m) if m.is_file() => EntryKind::File,
                Ok(m) if m.is_dir() => EntryKind::Folder,
                Ok(_) => EntryKind::Special,
                Err(_) => EntryKind::Missing,
            },
            Err(ReadError::Outside) => EntryKind::Outside,
            Err(_) => EntryKind::Missing,
        }
    }

    fn read(&self, path: &RelPath, limit: u64) -> Result<Vec<u8>, ReadError> {
        let denied = |e: std::io::Error| ReadError::Denied(e.kind().to_string());
        let real = match self.resolve(path) {
            // What reads a file finds nothing behind a link that leads nowhere.
            Err(ReadError::Outside) if self.leads_nowhere(path) => return Err(ReadError::Missing),
            resolved => resolved?,
        };
        if !fs::metadata(&real).map_err(denied)?.is_file() {
            return Err(ReadError::NotAFile);
        }
        let file = open(&real).map_err(denied)?;
        if !inside(&self.root, &real, &file) {
            return Err(ReadError::Outside);
        }
        let meta = file.metadata().map_err(denied)?;
        if !meta.is_file() {
            return Err(ReadError::NotAFile);
        }
        if meta.len() > limit {
            return Err(ReadError::TooLarge(limit));
        }
        let mut bytes = Vec::with_capacity(usize::try_from(meta.len()).unwrap_or(0));
        // One byte over the limit is asked for, so that a file that grows meanwhile is noticed.
        file.take(limit + 1).read_to_end(&mut bytes).map_err(denied)?;
        if bytes.len() as u64 > limit {
            return Err(ReadError::TooLarge(limit));
        }
        Ok(bytes)
    }

    fn entries(&self, folder: &RelPath, most: usize) -> Result<Vec<Entry>, ReadError> {
        let listing = self.listing(folder, most)?;
        let entries = listing.iter().take(most);
        Ok(entries
            .map(|(name, kind)| Entry { name: name.clone(), folder: kind.is_dir() })
            .collect())
    }

    fn list(&self, folder: &RelPath) -> Vec<(String, EntryKind)> {
        let Ok(listing) = self.listing(folder, MAX_NAMES) else { return Vec::new() };
        let mut names: Vec<_> = listing
            .iter()
            .take(MAX_NAMES)
            .filter_map(|(name, kind)| {
                let name = name.clone().ok()?;
                let kind = match kind {
                    t if t.is_file() => EntryKind::File,
                    t if t.is_dir() => EntryKind::Folder,
                    t if t.is_symlink() => self.kind(&folder.join(&name)?),
                    _ => EntryKind::Special,
                };
                Some((name, kind))
            })
            .collect();
        names.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        names
    }

    fn executable(&self, path: &RelPath) -> Option<bool> {
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(self.resolve(path).ok()?).ok()?.permissions().mode();
            Some(mode & 0o111 != 0)
        }
        #[cfg(not(unix))]
        {
            let _ = path;
            None
        }
    }

    fn disk_root(&self) -> Option<&Path> {
        Some(&self.root)
    }
}

#[cfg(test)]
#[path = "files_tests.rs"]
mod tests;
