//! The files of a plan on disk: whole or not at all, each as it was but for its bytes.

use crate::source::{RelPath, Sources};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::NamedTempFile;

/// Why nothing was written of a file.
#[derive(Debug)]
pub struct WriteError {
    /// The file.
    pub path: RelPath,
    /// Why.
    pub why: String,
    /// Files that were written before, and could not be written back.
    pub written: Vec<RelPath>,
}

/// A file that is ready to take the place of another.
struct Ready {
    path: RelPath,
    real: PathBuf,
    file: NamedTempFile,
    /// What must still be there; `None` for a new file.
    before: Option<Vec<u8>>,
}

/// What the name of a file begins and ends with until it takes its place.
const UNFINISHED: (&str, &str) = (".compose-doctor-", ".tmp");
/// How old such a file is when the run that wrote it is surely gone.
const MAX_RUN: Duration = Duration::from_secs(10 * 60);

/// Writes files below the root of `sources`. `before` are the bytes that each had when it was read; a file that has
/// others by now, or is reached through a link, stops everything before the first is written. Where a later one fails,
/// those before it get their old bytes back.
///
/// # Errors
/// [`WriteError`] names the file and the reason.
pub fn write(
    sources: &Sources<'_>,
    files: &BTreeMap<RelPath, Vec<u8>>,
    before: &BTreeMap<RelPath, Option<Vec<u8>>>,
) -> Result<(), WriteError> {
    let error = |path: &RelPath, written: &[RelPath], why: &io::Error| WriteError {
        path: path.clone(),
        why: why.to_string(),
        written: written.to_vec(),
    };
    let Some(root) = sources.files().disk_root() else { return Ok(()) };
    let mut ready = Vec::new();
    for (path, bytes) in files {
        let before = before.get(path).cloned().flatten();
        match prepare(root, path, bytes, before) {
            Ok(one) => ready.push(one),
            Err(why) => return Err(error(path, &[], &why)),
        }
    }
    let mut written: Vec<Written> = Vec::new();
    for one in ready {
        let path = one.path.clone();
        let done = Written {
            path: path.clone(),
            before: one.before.clone(),
            now: files.get(&path).cloned().unwrap_or_default(),
        };
        if let Err(why) = place(one) {
            let kept: Vec<RelPath> = written
                .into_iter()
                .rev()
                .filter_map(|w| restore(root, &w).is_err().then_some(w.path))
                .collect();
            return Err(error(&path, &kept, &why));
        }
        written.push(done);
    }
    Ok(())
}

/// A file that was written.
struct Written {
    path: RelPath,
    before: Option<Vec<u8>>,
    now: Vec<u8>,
}

/// Gives a file that was written its old bytes back.
fn restore(root: &Path, written: &Written) -> io::Result<()> {
    match &written.before {
        Some(old) => place(prepare(root, &written.path, old, Some(written.now.clone()))?),
        None => {
            let real = real_path(root, &written.path)?;
            unchanged(&real, Some(&written.now))?;
            fs::remove_file(real)
        }
    }
}

/// Removes what runs that were killed have left beside files of the project, also where nothing is to be written now.
pub fn remove_leftovers<'p>(sources: &Sources<'_>, files: impl Iterator<Item = &'p RelPath>) {
    let Some(root) = sources.files().disk_root() else { return };
    let folders: BTreeSet<RelPath> = files.map(RelPath::parent).collect();
    for folder in folders.iter().filter_map(|f| real_path(root, f).ok()) {
        if fs::symlink_metadata(&folder).is_ok_and(|found| found.is_dir()) {
            remove_unfinished(&folder);
        }
    }
}

/// Removes what a run that was killed has left in a folder.
pub fn remove_unfinished(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let Some(name) = name.to_str() else { continue };
        if !name.starts_with(UNFINISHED.0) || !name.ends_with(UNFINISHED.1) {
            continue;
        }
        let Ok(found) = fs::symlink_metadata(entry.path()) else { continue };
        let age = found.modified().ok().and_then(|at| at.elapsed().ok());
        if found.is_file() && age.is_some_and(|age| age > MAX_RUN) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// The real path of a file below the root; every folder above it is one, and no link.
fn real_path(root: &Path, path: &RelPath) -> io::Result<PathBuf> {
    let mut real = root.to_path_buf();
    let refused = |why: &str| Err(io::Error::other(why.to_owned()));
    let parent = path.parent();
    for part in parent.as_str().split('/').filter(|p| !p.is_empty()) {
        real.push(part);
        match fs::symlink_metadata(&real) {
            Ok(found) if found.is_dir() => {}
            Ok(found) if found.is_symlink() => return refused("its folder is a symbolic link"),
            Ok(_) => return refused("its folder is not a folder"),
            Err(why) => return Err(why),
        }
    }
    real.push(path.file_name());
    Ok(real)
}

/// Writes the new bytes beside the file, with its mode and owner.
fn prepare(
    root: &Path,
    path: &RelPath,
    bytes: &[u8],
    before: Option<Vec<u8>>,
) -> io::Result<Ready> {
    let real = real_path(root, path)?;
    let now = fs::symlink_metadata(&real);
    match (&now, &before) {
        (Ok(found), Some(_)) if found.is_file() => {}
        (Ok(found), Some(_)) if found.is_symlink() => {
            return Err(io::Error::other("it is a symbolic link"));
        }
        (Ok(_), Some(_)) => return Err(io::Error::other("it is not a regular file")),
        (Ok(_), None) => return Err(io::Error::other("it exists by now")),
        (Err(_), None) => {}
        (Err(why), Some(_)) => return Err(io::Error::new(why.kind(), "it is gone")),
    }
    #[cfg(unix)]
    if let Ok(found) = &now {
        use std::os::unix::fs::MetadataExt;
        if found.nlink() > 1 {
            return Err(io::Error::other("it has another name as well (a hard link)"));
        }
    }
    unchanged(&real, before.as_deref())?;
    let folder = real.parent().unwrap_or(root);
    remove_unfinished(folder);
    let (prefix, suffix) = UNFINISHED;
    let mut file = tempfile::Builder::new().prefix(prefix).suffix(suffix).tempfile_in(folder)?;
    file.write_all(bytes)?;
    let permissions = match &now {
        Ok(found) => {
            if found.permissions().readonly() {
                return Err(io::Error::new(io::ErrorKind::PermissionDenied, "it is read-only"));
            }
            keep_owner(&file, found)?;
            Some(found.permissions())
        }
        Err(_) => new_permissions(),
    };
    if let Some(permissions) = permissions {
        file.as_file().set_permissions(permissions)?;
    }
    file.as_file().sync_all()?;
    Ok(Ready { path: path.clone(), real, file, before })
}

/// Puts the new file in the place of the old one.
fn place(one: Ready) -> io::Result<()> {
    unchanged(&one.real, one.before.as_deref())?;
    match one.before {
        Some(_) => one.file.persist(&one.real).map_err(|e| e.error)?,
        None => one.file.persist_noclobber(&one.real).map_err(|e| e.error)?,
    };
    // The rename is kept when the folder is; where that cannot be asked for, the system does it in its time.
    if let Some(folder) = one.real.parent().and_then(|f| File::open(f).ok()) {
        let _ = folder.sync_all();
    }
    Ok(())
}

/// Fails where a file does not hold the bytes that were read.
fn unchanged(real: &Path, before: Option<&[u8]>) -> io::Result<()> {
    let Some(before) = before else { return Ok(()) };
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK);
    }
    let mut now = Vec::with_capacity(before.len());
    options.open(real)?.take(before.len() as u64 + 1).read_to_end(&mut now)?;
    if now == before { Ok(()) } else { Err(io::Error::other("it has changed since it was read")) }
}

/// Gives the new file the owner of the old one; nothing is written where that is not allowed.
#[cfg(unix)]
fn keep_owner(file: &NamedTempFile, old: &fs::Metadata) -> io::Result<()> {
    use std::os::unix::fs::MetadataExt;
    let new = file.as_file().metadata()?;
    if (new.uid(), new.gid()) == (old.uid(), old.gid()) {
        return Ok(());
    }
    std::os::unix::fs::fchown(file.as_file(), Some(old.uid()), Some(old.gid()))
}

#[cfg(not(unix))]
fn keep_owner(_: &NamedTempFile, _: &fs::Metadata) -> io::Result<()> {
    Ok(())
}

/// What a new file may be read by: everyone, as far as the process lets it.
#[cfg(unix)]
fn new_permissions() -> Option<fs::Permissions> {
    use std::os::unix::fs::PermissionsExt;
    Some(fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn new_permissions() -> Option<fs::Permissions> {
    None
}
