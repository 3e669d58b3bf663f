//! Requirements that say where a package lies instead of what it is called: URLs, version control
//! and local paths (pip documentation, "Requirement Specifiers" and "VCS Support").

use super::*;
use std::ops::Range;

/// A place to install from.
pub(super) struct Location {
    /// Where in the line the name stands: in `#egg=name` or in the file name of a wheel.
    pub(super) name: Option<Range<usize>>,
    /// Normalised extras.
    pub(super) extras: Vec<String>,
}

/// Endings that make pip take a word for a file.
const ARCHIVES: [&str; 7] = [".whl", ".zip", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".tar"];

/// Takes a requirement for a location, where it is one.
pub(super) fn location_of_line(line: &Text) -> Option<Location> {
    let s = line.as_str();
    let word = s.split([' ', '\t', ';']).next().unwrap_or_default();
    if !is_reference(word) || names_url(word) {
        return None;
    }
    let fragment = s.find('#').filter(|at| *at < word.len());
    let egg = fragment.and_then(|at| word.get(at..)?.find("egg=").map(|i| at + i + "egg=".len()));
    let named = |start: usize| {
        let name = pep508::name(s.get(start..)?)?;
        Some(start + name.start..start + name.end)
    };
    let egg = egg.and_then(named);
    let wheel = || {
        let path = word.get(..fragment.unwrap_or(word.len()))?;
        let path = path.split('?').next()?;
        let file = path.rfind(['/', '\\']).map_or(0, |i| i + 1);
        if !path.ends_with(".whl") {
            return None;
        }
        // name-version-….whl; a `-` in the name is written `_`.
        let name = path.get(file..)?.split('-').next()?;
        (!name.is_empty() && pep508::name(name)?.end == name.len())
            .then_some(file..file + name.len())
    };
    let name = egg.or_else(wheel);
    let extras =
        name.as_ref().and_then(|n| pep508::extras(s, n.end)).map_or_else(Vec::new, |(e, _)| e);
    Some(Location { name, extras })
}

/// Whether a word is a URL or a path rather than a name.
fn is_reference(word: &str) -> bool {
    let word = word.split([' ', '\t', ';']).next().unwrap_or_default();
    let path = word.split(['[', '#']).next().unwrap_or_default();
    let drive =
        |b: &[u8]| matches!(b, [letter, b':', b'\\' | b'/', ..] if letter.is_ascii_alphabetic());
    word.contains("://")
        || path.starts_with("file:")
        || path.starts_with(['.', '/', '~'])
        || drive(path.as_bytes())
        || path.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_') && is_path(path)
}

/// Whether a word is `name@URL`, which names a package.
fn names_url(word: &str) -> bool {
    let after = pep508::name(word)
        .and_then(|n| pep508::extras(word, n.end))
        .and_then(|(_, at)| word.get(at..)?.strip_prefix('@'));
    after.is_some_and(is_url)
}

/// Whether what follows `name @` is a URL, or a variable that pip puts one in for.
pub(super) fn is_url(text: &str) -> bool {
    let word = text.split([' ', '\t', ';']).next().unwrap_or_default();
    word.contains("://") || word.starts_with("file:") || word.starts_with("${")
}

fn is_path(word: &str) -> bool {
    let lower = word.to_ascii_lowercase();
    let plain = !word.contains(['{', '<', '>', '=', '%', '@']);
    plain && (word.contains(['/', '\\']) || ARCHIVES.iter().any(|a| lower.ends_with(a)))
}
