//! Requirements files, line by line (pip documentation, "Requirements File Format").

use super::*;
use crate::finding::{Quote, prose};

/// The most characters of a word that a message repeats: enough to find it by.
const MAX_SHOWN_CHARS: usize = 40;

/// Reads a requirements file.
pub(super) fn read(body: &Text, out: &mut Requirements) {
    let mut line = None;
    let mut start = 0;
    let s = body.as_str();
    while start < s.len() {
        let end = s.get(start..).and_then(|r| r.find('\n')).map_or(s.len(), |i| start + i);
        let stop = if s.get(..end).is_some_and(|l| l.ends_with('\r')) {
            (end - 1).max(start)
        } else {
            end
        };
        let piece = s.get(start..stop).unwrap_or_default();
        // A backslash joins lines, but not at the end of a line that is only a comment.
        let goes_on = piece.ends_with('\\') && !piece.trim_start().starts_with('#');
        let kept = body.slice(start..if goes_on { stop - 1 } else { stop });
        let joined: &mut Text = line.get_or_insert_with(|| Text::empty(body.span_of(start..start)));
        joined.push_text(&kept);
        if !goes_on {
            logical(joined, out);
            line = None;
        }
        start = end + 1;
    }
    if let Some(line) = line {
        logical(&line, out);
    }
}

/// Reads a line that is put together.
fn logical(line: &Text, out: &mut Requirements) {
    let line = line.slice(0..comment(line)).trim();
    if line.is_empty() {
        return;
    }
    let s = line.as_str();
    if s.starts_with('-') {
        return option(&line, out);
    }
    if s.starts_with("{{") || s.starts_with("{%") || s.starts_with("{#") {
        let message = "a template mark is not a requirement";
        return out.error(
            SyntaxError::new(line.span_of(0..s.len()), message)
                .help("what it stands for cannot be known here"),
        );
    }
    // Options of one requirement: `--hash=…`, `--config-settings=…`.
    let end = s.find(" --").or_else(|| s.find("\t--")).unwrap_or(s.len());
    out.put_line(&line.slice(0..end), None);
}

/// Where the comment of a line starts: at `#` at its start or after white space.
pub(super) fn comment(line: &str) -> usize {
    let bytes = line.as_bytes();
    let starts = |i: usize| {
        bytes.get(i) == Some(&b'#')
            && (i == 0 || bytes.get(i - 1).is_some_and(u8::is_ascii_whitespace))
    };
    (0..bytes.len()).find(|i| starts(*i)).unwrap_or(bytes.len())
}

/// Options that take a value and name no package.
const WITH_VALUE: [&str; 10] = [
    "-c",
    "--constraint",
    "-i",
    "--index-url",
    "--extra-index-url",
    "-f",
    "--find-links",
    "--no-binary",
    "--only-binary",
    "--trusted-host",
];
/// Options without a value, and one whose value does not matter.
const WITHOUT_VALUE: [&str; 6] =
    ["--no-index", "--pre", "--prefer-binary", "--require-hashes", "--use-feature", "--pypi-url"];

/// Reads a line that starts with an option.
fn option(line: &Text, out: &mut Requirements) {
    let s = line.as_str();
    let long = s.starts_with("--");
    let cut = if long {
        s.find(['=', ' ', '\t']).unwrap_or(s.len())
    } else {
        s.char_indices().nth(2).map_or(s.len(), |(i, _)| i)
    };
    let name = s.get(..cut).unwrap_or_default();
    let value = s.get(cut..).unwrap_or_default();
    let value_start = s.len() - value.trim_start_matches(['=', ' ', '\t']).len();
    let value = unquoted(&line.slice(value_start..s.len()).trim());
    match name {
        "-r" | "--requirement" if value.is_empty() => {
            out.error(SyntaxError::new(
                line.span_of(0..s.len()),
                prose!("no file after `{}`", Quote::code(name)),
            ));
        }
        // A file that is fetched, or named by a variable, cannot be read from here.
        "-r" | "--requirement" if value.contains("://") || value.contains("${") => {
            out.incomplete = true
        }
        "-r" | "--requirement" => out.includes.push(value),
        "-e" | "--editable" if value.is_empty() => {
            out.error(SyntaxError::new(
                line.span_of(0..s.len()),
                prose!("no place after `{}`", Quote::code(name)),
            ));
        }
        "-e" | "--editable" => match location::location_of_line(&value) {
            Some(location::Location { name: Some(name), extras }) => {
                let span = line.span_of(0..s.len());
                out.put(Requirement {
                    span,
                    ..pep508::package(&value, name, extras, String::new(), String::new(), None)
                });
            }
            // A path to a project, or `name @ URL`.
            None if value.contains('@') => out.put_line(&value, None),
            _ => out.incomplete = true,
        },
        name if WITH_VALUE.contains(&name) || WITHOUT_VALUE.contains(&name) => {}
        name => {
            let shown: String =
                name.chars().take(MAX_SHOWN_CHARS).flat_map(char::escape_debug).collect();
            let error = SyntaxError::new(
                line.span_of(0..name.len()),
                prose!("`{}` is not an option of a requirements file", Quote::code(&shown)),
            );
            out.error(error.help("pip refuses it here"));
        }
    }
}

/// A value without the quotes around it.
fn unquoted(value: &Text) -> Text {
    let s = value.as_str();
    let quoted = |q: char| s.len() > 1 && s.starts_with(q) && s.ends_with(q);
    if quoted('"') || quoted('\'') { value.slice(1..s.len() - 1) } else { value.clone() }
}
