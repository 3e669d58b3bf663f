//! Finding the files that a run starts from.

use super::{Files, RelPath};
use ignore::{WalkBuilder, WalkState};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What a walk over the checked folder found.
#[derive(Debug, Default)]
pub struct Discovery {
    /// Every file whose name the caller asked for, sorted.
    pub files: Vec<RelPath>,
    /// Set when the walk stopped at [`MOST_ENTRIES`].
    pub truncated: bool,
}

/// The most entries a walk looks at.
const MOST_ENTRIES: usize = 200_000;
/// The deepest folder a walk enters.
const DEEPEST: usize = 32;
/// Folders that hold other people's code, or a tool's own state.
const FOREIGN: [&str; 9] = [".git", "node_modules", "venv", ".venv", "site-packages", "__pycache__", ".tox", ".mypy_cache", "target"];

/// Walks `folder` without following links, skipping what git ignores, and keeps the files whose
/// name `wanted` accepts.
pub fn discover(files: &dyn Files, folder: &RelPath, wanted: &(dyn Fn(&str) -> bool + Sync)) -> Discovery {
    match files.disk_root() {
        Some(root) => walk(root, folder, wanted),
        None => list(files, folder, wanted),
    }
}

fn walk(root: &std::path::Path, folder: &RelPath, wanted: &(dyn Fn(&str) -> bool + Sync)) -> Discovery {
    let found = Mutex::new(Vec::new());
    let seen = AtomicUsize::new(0);
    let mut walker = WalkBuilder::new(root.join(folder.as_str()));
    walker
        .hidden(false)
        .follow_links(false)
        .max_depth(Some(DEEPEST))
        .require_git(false)
        .git_global(false)
        .git_exclude(false)
        .parents(false)
        .threads(2)
        .filter_entry(|e| !e.file_type().is_some_and(|t| t.is_dir()) || !e.file_name().to_str().is_some_and(|n| FOREIGN.contains(&n)));
    walker.build_parallel().run(|| {
        Box::new(|entry| {
            if seen.fetch_add(1, Ordering::Relaxed) >= MOST_ENTRIES {
                return WalkState::Quit;
            }
            if let Ok(entry) = entry
                && !entry.file_type().is_some_and(|t| t.is_dir())
                && entry.file_name().to_str().is_some_and(wanted)
                && let Some(path) = entry.path().strip_prefix(root).ok().and_then(|p| p.to_str()).and_then(RelPath::new)
            {
                found.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(path);
            }
            WalkState::Continue
        })
    });
    let mut files = found.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    files.sort();
    Discovery { files, truncated: seen.into_inner() >= MOST_ENTRIES }
}

/// The same over files in memory.
fn list(files: &dyn Files, folder: &RelPath, wanted: &(dyn Fn(&str) -> bool + Sync)) -> Discovery {
    let mut found = Vec::new();
    let mut open = vec![folder.clone()];
    while let Some(folder) = open.pop() {
        for (name, kind) in files.list(&folder) {
            let Some(path) = folder.join(&name) else { continue };
            match kind {
                super::EntryKind::Folder if !FOREIGN.contains(&name.as_str()) => open.push(path),
                super::EntryKind::File if wanted(&name) => found.push(path),
                _ => {}
            }
        }
    }
    found.sort();
    Discovery { files: found, truncated: false }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that fails may panic")]
mod tests {
    use super::super::MemoryFiles;
    use super::*;

    #[test]
    fn memory_files_are_walked_without_foreign_folders() {
        let mut files = MemoryFiles::new();
        files.add("a/compose.yaml", "");
        files.add("node_modules/x/compose.yaml", "");
        files.add("a/other.txt", "");
        let found = discover(&files, &RelPath::root(), &|n| n == "compose.yaml");
        assert_eq!(found.files, [RelPath::new("a/compose.yaml").unwrap()]);
    }
}
