//! Paths on the machine that Compose runs on.

use super::Frame;
use crate::source::RelPath;

/// A path as Compose resolves it: an absolute one stays as it is written, `~` is the home folder, and any
/// other starts at its base below the root. What was joined is cleaned.
pub(super) fn absolute(frame: &Frame<'_>, base: &RelPath, text: &str) -> String {
    if let (Some(rest), Some(home)) = (text.strip_prefix('~'), frame.home) {
        let path = clean(&format!("{home}/{rest}"));
        return if path.starts_with('/') {
            path
        } else {
            clean(&format!("{}/{base}/{path}", frame.root))
        };
    }
    if text.starts_with('/') || is_windows(text) {
        return text.to_owned();
    }
    clean(&format!("{}/{base}/{text}", frame.root))
}

/// `C:\…`, `C:/…` and `\\server\…`, which are absolute to Compose wherever it runs.
fn is_windows(text: &str) -> bool {
    matches!(text.as_bytes(), [_, b':', b'\\' | b'/', ..] | [b'\\', b'\\', _, ..])
}

/// Without `.`, `..` and doubled slashes.
fn clean(path: &str) -> String {
    let rooted = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
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
