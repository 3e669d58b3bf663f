//! What a name was most likely meant to be.

use crate::source::{EntryKind, RelPath, Sources};

/// How much alike two names must be, from 0 to 1 (Jaro and Winkler): one letter more, less or changed.
const ALIKE: f64 = 0.85;
/// The shortest name that tells what is meant when a word is added to it, in bytes.
const MIN_WORD: usize = 5;
/// The longest name that is compared, in bytes.
const MAX_NAME_BYTES: usize = 64;
/// How deep folders are looked through.
const MAX_DEPTH: usize = 4;
/// The most folders that are looked through.
const MAX_FOLDERS: usize = 200;

/// The name that is most like another, where it is much like it.
pub(super) fn nearest<'n>(
    wanted: &str,
    names: impl IntoIterator<Item = &'n str>,
) -> Option<&'n str> {
    if wanted.len() > MAX_NAME_BYTES {
        return None;
    }
    let lower = wanted.to_lowercase();
    let scored =
        names.into_iter().filter(|n| *n != wanted && n.len() <= MAX_NAME_BYTES).map(|name| {
            let other = name.to_lowercase();
            let alike = strsim::jaro_winkler(&lower, &other);
            (if is_longer(&lower, &other) { alike.max(ALIKE) } else { alike }, name)
        });
    let best = scored.max_by(|a, b| a.0.total_cmp(&b.0))?;
    (best.0 >= ALIKE).then_some(best.1)
}

/// Whether one name is the other with a word before or behind it: `docker-entrypoint.sh` and `entrypoint.sh`.
fn is_longer(a: &str, b: &str) -> bool {
    let (short, long) = if a.len() < b.len() { (a, b) } else { (b, a) };
    let ends = |rest: Option<&str>, at_start: bool| {
        rest.is_some_and(|rest| match at_start {
            true => rest.ends_with(['-', '_', '.']),
            false => rest.starts_with(['-', '_']),
        })
    };
    short.len() >= MIN_WORD
        && (ends(long.strip_suffix(short), true) || ends(long.strip_prefix(short), false))
}

/// What has a name in a folder, or the name most like it.
pub(super) fn entry_like(sources: &Sources<'_>, missing: &RelPath) -> Option<RelPath> {
    let folder = missing.parent();
    let list = sources.list(&folder);
    let there = list.iter().filter(|(_, kind)| matches!(kind, EntryKind::File | EntryKind::Folder));
    let name = nearest(missing.file_name(), there.map(|(name, _)| name.as_str()))?;
    folder.join(name)
}

/// Files below a folder for which a test holds, nearest first.
pub(super) fn files_below(
    sources: &Sources<'_>,
    folder: &RelPath,
    is_meant: impl Fn(&str) -> bool,
) -> Vec<RelPath> {
    let mut found = Vec::new();
    let mut open = vec![folder.clone()];
    let mut looked = 0;
    for _ in 0..MAX_DEPTH {
        let mut next = Vec::new();
        for folder in open {
            looked += 1;
            if looked > MAX_FOLDERS {
                return found;
            }
            for (name, kind) in sources.list(&folder).iter() {
                let Some(path) = folder.join(name) else { continue };
                let skipped = name.starts_with('.')
                    || matches!(name.as_str(), "node_modules" | "venv" | "site-packages");
                match kind {
                    EntryKind::File if is_meant(name) => found.push(path),
                    EntryKind::Folder if !skipped => next.push(path),
                    _ => {}
                }
            }
        }
        open = next;
    }
    found
}

/// The only one of several.
pub(super) fn only<T>(mut all: Vec<T>) -> Option<T> {
    if all.len() == 1 { all.pop() } else { None }
}
