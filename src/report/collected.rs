//! Values that are secret in one place, which are looked for in what is printed of others.

use super::secret::MASK;
use crate::facts::{common_words, hidden_name, runs_with};
use crate::finding::Report;
use regex::Regex;
use std::collections::BTreeSet;

/// From this length on, a value that is not a plain word gives itself away wherever it stands.
pub(super) const TELLING: usize = 8;
/// More distinct secrets than this, or more bytes of them, are not searched for in sentences: the pattern that finds
/// them takes a hundred times their room.
const MAX_VALUES: usize = 2_000;
const MAX_VALUE_BYTES: usize = 192 * 1024;

/// Values that are searched for in what is printed.
pub(super) struct Collected<'r> {
    /// Words that are names of the project, and words of every sentence: `paperless` is no secret beside a service
    /// called `paperless-worker`.
    plain: BTreeSet<&'r str>,
    values: BTreeSet<String>,
    room: usize,
}

impl<'r> Collected<'r> {
    pub(super) fn new(report: &'r Report) -> Self {
        let mut plain: BTreeSet<&str> = common_words().collect();
        for name in report.stacks.iter().flat_map(|s| &s.services) {
            let parts = name.split(['-', '_', '.']);
            plain.extend(parts.filter(|p| p.chars().all(char::is_alphabetic)));
            plain.insert(name);
        }
        Self { plain, values: BTreeSet::new(), room: MAX_VALUE_BYTES }
    }

    pub(super) fn add(&mut self, text: &str, least: usize) {
        let fits = text.len() <= self.room.min(512) && self.values.len() < MAX_VALUES;
        let word = self.plain.contains(text) || runs_with(text) || hidden_name(text);
        if fits && text.chars().count() >= least && !word && self.values.insert(text.to_owned()) {
            self.room -= text.len();
        }
    }

    /// The pattern of all, and that of those that give themselves away wherever they stand.
    pub(super) fn patterns(self) -> (Option<Regex>, Option<Regex>) {
        let mut values: Vec<_> = self.values.into_iter().collect();
        // The longest first, so that a secret which begins with another is masked whole.
        values.sort_by_key(|v| std::cmp::Reverse(v.len()));
        let telling: Vec<_> = values.iter().filter(|v| is_telling(v)).cloned().collect();
        (any_of(&values), any_of(&telling))
    }
}

/// Whether a value gives itself away wherever it stands: it is no word and no name, such as that of a variable, of a
/// package or of a host.
fn is_telling(value: &str) -> bool {
    let of_name = |c: char| c.is_alphabetic() || matches!(c, '_' | '-' | '.' | '/' | ' ');
    value.len() >= TELLING
        && value.contains(|c: char| !of_name(c))
        && value.contains(char::is_alphanumeric)
        && !hidden_name(value)
}

fn any_of(values: &[String]) -> Option<Regex> {
    let pattern = values.iter().map(|v| regex::escape(v)).collect::<Vec<_>>().join("|");
    if values.is_empty() {
        None
    } else {
        regex::RegexBuilder::new(&pattern).size_limit(64 << 20).build().ok()
    }
}

/// Masks the values where they stand as words: `pop_pw` in `DB_PASSWORD=pop_pw`, not in `pop_pwa`.
pub(super) fn mask_words(values: &Regex, text: &str) -> String {
    let word = |c: char| c.is_alphanumeric() || c == '_';
    values
        .replace_all(text, |found: &regex::Captures<'_>| {
            let Some(hit) = found.get(0) else { return String::new() };
            let (before, after) = (&text[..hit.start()], &text[hit.end()..]);
            let inside = before.chars().next_back().is_some_and(word)
                && hit.as_str().starts_with(word)
                || after.chars().next().is_some_and(word) && hit.as_str().ends_with(word);
            // A short plain word is a part of a path or of a service's name more often than a secret: `plane-db`.
            let joint = |c: Option<char>, next: Option<char>| {
                matches!(c, Some('-' | '.' | '/')) && next.is_some_and(word)
            };
            let (mut back, mut on) = (before.chars().rev(), after.chars());
            let part = joint(back.next(), back.next()) || joint(on.next(), on.next());
            let inside = inside || part && hit.as_str().chars().all(char::is_alphabetic);
            // A long value gives itself away even inside a word.
            if inside && hit.len() < TELLING { hit.as_str().to_owned() } else { MASK.to_owned() }
        })
        .into_owned()
}
