//! Directories on disk, listed.
#![allow(clippy::unwrap_used, reason = "a test that fails may panic")]

use super::*;

/// A new directory for one test.
fn directory(name: &str) -> PathBuf {
    let path = std::env::temp_dir().join(format!("compose-doctor-{name}-{}", std::process::id()));
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).unwrap();
    path
}

#[test]
fn a_directory_is_listed_once_and_its_links_are_not_followed() {
    let root = directory("listed");
    fs::write(root.join("a"), "").unwrap();
    fs::create_dir_all(root.join("b/c")).unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink(root.join("b"), root.join("d")).unwrap();
    let files = DiskFiles::new(&root).unwrap();
    let mut entries = files.entries(&RelPath::root(), 10).unwrap();
    entries.sort_by(|a, b| a.name.cmp(&b.name));
    let links = usize::from(cfg!(unix));
    assert_eq!(
        entries.iter().map(|e| e.folder).collect::<Vec<_>>(),
        [false, true, false][..2 + links]
    );
    let kinds = [EntryKind::File, EntryKind::Folder, EntryKind::Folder];
    let names = ["a", "b", "d"].map(str::to_owned).into_iter().zip(kinds);
    assert_eq!(files.list(&RelPath::root()), names.take(2 + links).collect::<Vec<_>>());
    fs::write(root.join("e"), "").unwrap();
    assert_eq!(
        files.list(&RelPath::root()).len(),
        2 + links,
        "a run sees one state of a directory"
    );
    assert_eq!(files.entries(&RelPath::root(), 1).unwrap().len(), 1);
    assert_eq!(files.entries(&RelPath::new("a").unwrap(), 1), Err(ReadError::Missing));
    assert_eq!(files.entries(&RelPath::new("f").unwrap(), 1), Err(ReadError::Missing));
    fs::remove_dir_all(root).unwrap();
}

#[test]
fn part_of_a_directory_is_not_taken_for_all_of_it() {
    let root = directory("part");
    for name in ["a", "b", "c"] {
        fs::write(root.join(name), "").unwrap();
    }
    let files = DiskFiles::new(&root).unwrap();
    assert_eq!(files.entries(&RelPath::root(), 2).unwrap().len(), 2);
    assert_eq!(files.list(&RelPath::root()).len(), 3);
    fs::remove_dir_all(root).unwrap();
}

#[cfg(unix)]
#[test]
fn a_link_in_the_place_of_a_directory_is_not_walked() {
    let root = directory("replaced");
    fs::create_dir_all(root.join("b/c")).unwrap();
    std::os::unix::fs::symlink(root.join("b"), root.join("d")).unwrap();
    assert_eq!(walk(&root.join("b")).map(Iterator::count), Ok(1));
    assert_eq!(walk(&root.join("d")).map(Iterator::count), Err(ReadError::Missing));
    fs::remove_dir_all(root).unwrap();
}
