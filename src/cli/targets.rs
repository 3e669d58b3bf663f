//! From the paths on the command line to a root for reading and folders to check.

use super::output::about_path;
use super::suggest;
use crate::finding::{Quote, prose};
use crate::report::SafeText;
use crate::source::{DiskFiles, RelPath};
use std::path::{Component, Path, PathBuf};

/// A folder to check, and the Compose files that were named in it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) folder: RelPath,
    /// `None`: all of the folder.
    pub(super) only: Option<Vec<RelPath>>,
}

/// What was asked for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Targets {
    /// Nothing outside this folder is opened.
    pub(super) root: PathBuf,
    /// The folder that printed paths are relative to.
    pub(super) folder: RelPath,
    /// What to check, in the order named.
    pub(super) all: Vec<Target>,
}

/// Resolves the paths.
///
/// The root is the git work tree that holds a path, because a build context or env file may lie
/// above the checked folder; without git it is the folder itself. Several paths share the smallest
/// folder that holds all their roots.
pub(super) fn resolve(paths: &[PathBuf]) -> Result<Targets, SafeText> {
    let mut real = Vec::new();
    for path in paths {
        real.push(existing(path)?);
    }
    let root = real
        .iter()
        .map(|(p, file)| root_of(p, *file))
        .reduce(|a, b| common(&a, &b))
        .unwrap_or_default();
    let mut all: Vec<Target> = Vec::new();
    for (path, file) in &real {
        let below = path.strip_prefix(&root).ok().and_then(below_root);
        let Some(below) = below else { return Err(about_path(path, "is not UTF-8")) };
        if !file {
            all.push(Target { folder: below, only: None });
            continue;
        }
        let folder = below.parent();
        match all.iter_mut().find(|t| t.folder == folder && t.only.is_some()) {
            Some(Target { only: Some(only), .. }) => only.push(below),
            _ => all.push(Target { folder, only: Some(vec![below]) }),
        }
    }
    let folders: Vec<RelPath> =
        all.iter().filter(|t| t.only.is_none()).map(|t| t.folder.clone()).collect();
    // What lies in a folder that is checked as a whole is not checked again.
    let mut seen = Vec::new();
    all.retain(|t| {
        let again = seen.contains(&(t.folder.clone(), t.only.is_some()));
        seen.push((t.folder.clone(), t.only.is_some()));
        let held = folders.iter().any(|f| {
            t.folder.relative_to(f).is_some_and(|rest| t.only.is_some() || !rest.is_empty())
        });
        !again && !held
    });
    let mut folder = all.first().map_or_else(RelPath::root, |t| t.folder.clone());
    for target in &all {
        while target.folder.relative_to(&folder).is_none() {
            folder = folder.parent();
        }
    }
    Ok(Targets { root, folder, all })
}

/// The path with `/`, on Windows too.
pub(super) fn below_root(path: &Path) -> Option<RelPath> {
    let parts: Option<Vec<&str>> = path.components().map(|c| c.as_os_str().to_str()).collect();
    RelPath::new(&parts?.join("/"))
}

/// Whether a path of the project leads out of it: whoever opens a pull request makes the links, and a checkout that
/// is told to be checked is not leave to read what lies elsewhere. A path that is named absolutely, or with `..`, was
/// chosen by who calls.
#[allow(clippy::disallowed_methods, reason = "the command line is where paths come in")]
fn leads_out(path: &Path, real: &Path) -> bool {
    let plain = path.components().all(|c| matches!(c, Component::Normal(_) | Component::CurDir));
    let Ok(here) = std::fs::canonicalize(".") else { return false };
    let project = work_tree(&here);
    plain && project.is_some_and(|root| !real.starts_with(root))
}

/// The real path, and whether it is a file.
#[allow(
    clippy::disallowed_methods,
    reason = "the command line is where paths come in; files are read through `source`"
)]
fn existing(path: &Path) -> Result<(PathBuf, bool), SafeText> {
    let Ok(real) = std::fs::canonicalize(path) else {
        let mut text = about_path(path, "does not exist");
        let parent =
            path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
        let siblings: Vec<String> = std::fs::read_dir(parent)
            .map(|entries| {
                entries
                    .take(MAX_NAMES)
                    .flatten()
                    .filter_map(|e| e.file_name().into_string().ok())
                    .collect()
            })
            .unwrap_or_default();
        if let Some(name) = path.file_name().and_then(|n| n.to_str()) {
            suggest::did_you_mean(&mut text, name, siblings.iter().map(String::as_str));
        }
        return Err(text);
    };
    if leads_out(path, &real) {
        return Err(about_path(
            path,
            "is a link that leads out of the project; name the place itself",
        ));
    }
    match std::fs::metadata(&real) {
        Ok(m) if m.is_dir() => Ok((real, false)),
        Ok(m) if m.is_file() => Ok((real, true)),
        _ => Err(about_path(path, "is neither a folder nor a regular file")),
    }
}

/// The real path of what exists.
#[allow(clippy::disallowed_methods, reason = "the command line is where paths come in")]
pub(super) fn real(path: &Path) -> Option<PathBuf> {
    std::fs::canonicalize(path).ok()
}

/// The most names beside a path that is not there which are compared with it.
const MAX_NAMES: usize = 10_000;
/// Bytes of the largest file that is read because the command line names it.
const MAX_NAMED: u64 = 1024 * 1024;

/// The text of a file that the command line names, wherever it lies.
#[allow(
    clippy::disallowed_methods,
    reason = "whoever calls named this file; the files of a project are read through `source`"
)]
pub(super) fn read_named(path: &Path) -> std::io::Result<String> {
    use std::io::{Error, ErrorKind};
    let about = std::fs::metadata(path)?;
    if !about.is_file() {
        return Err(Error::new(ErrorKind::InvalidInput, "it is not a regular file"));
    }
    if about.len() > MAX_NAMED {
        return Err(Error::new(ErrorKind::FileTooLarge, "it is larger than 1 MiB"));
    }
    std::fs::read_to_string(path)
}

/// The git work tree that holds a path, or else the folder.
pub(super) fn root_of(path: &Path, file: bool) -> PathBuf {
    let folder = if file { path.parent().unwrap_or(path) } else { path };
    work_tree(folder).unwrap_or(folder).to_path_buf()
}

/// The git work tree that holds a folder. A `.git` further up that belongs to another user is none, as for git itself:
/// in `/tmp` anyone can make one, and what lies there is not the project.
#[allow(
    clippy::disallowed_methods,
    reason = "the root is found before there is anything to read through"
)]
fn work_tree(folder: &Path) -> Option<&Path> {
    let found = folder.ancestors().find(|f| f.join(".git").exists())?;
    (found == folder || is_trusted(&found.join(".git"), folder)).then_some(found)
}

/// Whether what lies above a folder belongs to who owns the folder, who runs the program, or the system.
#[cfg(unix)]
#[allow(
    clippy::disallowed_methods,
    reason = "the root is found before there is anything to read through"
)]
fn is_trusted(above: &Path, folder: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let owner = |path: &Path| std::fs::metadata(path).ok().map(|found| found.uid());
    let Some(of) = owner(above) else { return false };
    // The folder of a process belongs to who runs it.
    of == 0 || Some(of) == owner(folder) || Some(of) == owner(Path::new("/proc/self"))
}

#[cfg(not(unix))]
fn is_trusted(_: &Path, _: &Path) -> bool {
    true
}

/// The smallest folder that holds both.
pub(super) fn common(a: &Path, b: &Path) -> PathBuf {
    a.ancestors().find(|f| b.starts_with(f)).map_or_else(PathBuf::new, Path::to_path_buf)
}

/// The files below a root.
///
/// # Errors
/// What to say where the folder cannot be opened.
pub(super) fn open_files(root: &Path) -> Result<DiskFiles, SafeText> {
    DiskFiles::new(root).map_err(|why| {
        SafeText::plain(&prose!("the folder cannot be opened: {}", Quote::value(&why.to_string())))
    })
}
