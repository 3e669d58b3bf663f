//! Patterns of the configuration (PCRE) as far as this program's engine reads them the same way.

use crate::source::{Reason, Unknown};
use regex::{Regex, RegexBuilder};

/// The size of a compiled pattern at most, in bytes.
const MAX_PATTERN: usize = 1 << 18;

/// A pattern; not known where it uses what this engine has not, such as a look ahead.
pub(super) fn compiled(pattern: &str, ignore_case: bool) -> Result<Regex, Unknown> {
    RegexBuilder::new(pattern)
        .case_insensitive(ignore_case)
        .size_limit(MAX_PATTERN)
        .build()
        .map_err(|_| Reason::NotEvaluated("a pattern").into())
}

/// The groups of a match, and those of them that have names.
pub(super) type Groups = (Vec<String>, Vec<(String, String)>);

/// What the groups of a pattern hold; `None` where it does not match.
pub(super) fn groups(pattern: &Regex, text: &str) -> Option<Groups> {
    let found = pattern.captures(text)?;
    let text = |i: usize| found.get(i).map_or("", |m| m.as_str()).to_owned();
    let all = (0..found.len()).map(text).collect();
    let named = pattern.capture_names().flatten();
    let named = named
        .map(|n| (n.to_owned(), found.name(n).map_or("", |m| m.as_str()).to_owned()))
        .collect();
    Some((all, named))
}
