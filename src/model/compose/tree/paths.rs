//! Paths as a Compose file writes them.

use crate::source::RelPath;

/// A path without `.`, `..` and doubled slashes.
pub(crate) fn clean(path: &str) -> String {
    let rooted = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|p| *p != "..") => {
                parts.pop();
            }
            ".." if rooted => {}
            part => parts.push(part),
        }
    }
    match (rooted, parts.is_empty()) {
        (true, _) => format!("/{}", parts.join("/")),
        (false, true) => ".".into(),
        (false, false) => parts.join("/"),
    }
}

/// The path below the root that a path written in `folder` leads to; `None` when it leads out of the root.
pub(crate) fn in_root(folder: &RelPath, written: &str, root: Option<&str>) -> Option<RelPath> {
    match root {
        Some(root) if written.starts_with('/') => {
            RelPath::new(clean(written).strip_prefix(root)?.trim_start_matches('/'))
        }
        _ => folder.join(written),
    }
}
