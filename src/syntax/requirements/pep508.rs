//! One requirement as PEP 508 writes it: `name[extra] >=1,<2 ; marker`, `name @ url ; marker`.

use super::*;
use crate::finding::{Quote, prose};
use std::ops::Range;

/// The most characters of a word that a message repeats: enough to find it by.
const MAX_SHOWN_CHARS: usize = 40;

/// What a line gave: a package, an error, or both where the name is clear and the rest is not.
#[derive(Default)]
pub(super) struct Parsed {
    pub(super) package: Option<Requirement>,
    pub(super) error: Option<SyntaxError>,
}

/// The longest operators first.
const OPERATORS: [&str; 8] = ["===", "~=", "==", "!=", "<=", ">=", "<", ">"];

/// Reads a trimmed line without comment.
pub(super) fn parse(line: &Text, group: Option<&str>) -> Parsed {
    let s = line.as_str();
    let Some(name) = name(s) else {
        return refuse(line, "this is not a requirement");
    };
    let Some((extras, at)) = extras(s, name.end) else {
        return refuse(line, "the `[` of the extras is never closed");
    };
    let rest = s.get(at..).unwrap_or_default();
    let at = at + rest.len() - rest.trim_start().len();
    let rest = rest.trim_start();
    if let Some(url) = rest.strip_prefix('@') {
        if !location::is_url(url.trim_start()) {
            return refuse(line, "there is no URL after `@`");
        }
        let marker = url.split_once(" ;").map_or("", |(_, m)| m.trim());
        return Parsed {
            package: Some(package(line, name, extras, String::new(), marker.to_owned(), group)),
            error: None,
        };
    }
    let (version, marker) = rest.split_once(';').map_or((rest, ""), |(v, m)| (v, m.trim()));
    let version = version.trim();
    let bare =
        version.strip_prefix('(').and_then(|v| v.strip_suffix(')')).unwrap_or(version).trim();
    match check(bare) {
        Ok(()) => Parsed {
            package: Some(package(line, name, extras, bare.to_owned(), marker.to_owned(), group)),
            error: None,
        },
        Err(help) => {
            // pip refuses the file, but which package is meant is clear where an operator follows the name.
            let clear = version.starts_with(['=', '<', '>', '~', '!', '^']);
            let package =
                clear.then(|| package(line, name, extras, String::new(), marker.to_owned(), group));
            let shown: String =
                version.chars().take(MAX_SHOWN_CHARS).flat_map(char::escape_debug).collect();
            let error = SyntaxError::new(
                line.span_of(at..at + version.len()),
                prose!("`{}` is not a version", Quote::value(&shown)),
            )
            .help(help);
            Parsed { package, error: Some(error) }
        }
    }
}

/// A package named by the bytes `name` of `line`.
pub(super) fn package(
    line: &Text,
    name: Range<usize>,
    extras: Vec<String>,
    version: String,
    marker: String,
    group: Option<&str>,
) -> Requirement {
    let written = line.slice(name);
    let span = line.span_of(0..line.len());
    Requirement {
        name: normalise(&written),
        written,
        extras,
        version,
        marker,
        group: group.map(str::to_owned),
        span,
    }
}

fn refuse(line: &Text, message: &'static str) -> Parsed {
    let error = SyntaxError::new(line.span_of(0..line.len()), message)
        .help("write `name`, `name==1.2` or `name @ URL`");
    Parsed { package: None, error: Some(error) }
}

/// The name at the start: letters, digits, `-`, `_`, `.`, with a letter or digit at both ends.
pub(super) fn name(s: &str) -> Option<Range<usize>> {
    let run = s
        .bytes()
        .position(|b| !(b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.')))
        .unwrap_or(s.len());
    let name = s.get(..run)?;
    let ends = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    (ends(name.chars().next()) && ends(name.chars().next_back())).then_some(0..run)
}

/// The normalised extras from `at`, and the byte after them; `None` where their bracket stays open.
pub(super) fn extras(s: &str, at: usize) -> Option<(Vec<String>, usize)> {
    let rest = s.get(at..).unwrap_or_default();
    let Some(inner) = rest.trim_start().strip_prefix('[') else { return Some((Vec::new(), at)) };
    let (list, after) = inner.split_once(']')?;
    let extras = list.split(',').map(str::trim).filter(|e| !e.is_empty()).map(normalise).collect();
    Some((extras, s.len() - after.len()))
}

/// Whether a version part is a list of `operator version`; if not, what to do.
fn check(version: &str) -> Result<(), &'static str> {
    let version = version.strip_suffix(',').unwrap_or(version);
    if version.is_empty() {
        return Ok(());
    }
    for clause in version.split(',') {
        let clause = clause.trim();
        let Some(number) = OPERATORS.iter().find_map(|o| clause.strip_prefix(o)) else {
            return Err(if clause.starts_with('=') {
                "write `==`"
            } else {
                "write an operator such as `==` or `>=` before the version"
            });
        };
        let number = number.trim();
        if number.is_empty() {
            return Err("write a version after the operator");
        }
        if !number
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '*' | '+' | '!' | '-' | '_'))
        {
            return Err("separate versions with `,` and start a marker with `;`");
        }
    }
    Ok(())
}
