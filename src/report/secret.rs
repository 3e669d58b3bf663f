//! What looks like a secret in a line of text, whatever the language.
//!
//! The model marks the secrets it knows of. This is the net below it: a snippet may show a line the
//! model did not understand. It rather masks too much: a masked word costs a glance, a printed
//! password has to be changed.
//!
//! It is written without regular expressions: compiling them took longer than the whole rest of a
//! run. Each reader below looks at a byte a bounded number of times, also in one endless line.

mod address;
mod below;
mod beside;
mod harmless;
mod marked;
mod quoted;
mod reference;
mod scan;
mod shape;
mod spoken;
mod value;

use std::ops::Range;

/// Ranges that look like secrets by their own shape, sorted, not overlapping.
pub(super) fn tokens(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    shape::find(text, &mut found);
    address::find(text, &mut found);
    merge(found)
}

/// Ranges that look like secrets in a source file, sorted, not overlapping. `known` are the ranges
/// that are secrets for sure, sorted: where one begins, it also says where the secret ends.
pub(super) fn ranges(text: &str, known: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut found = scan::Values::new(text).find();
    let first = found.len();
    shape::find(text, &mut found);
    beside::after_tokens(text, first, &mut found);
    address::find(text, &mut found);
    spoken::find(text, &mut found);
    beside::find(text, &mut found);
    found.extend(known.iter().filter(|k| k.start < k.end && k.end <= text.len()).cloned());
    merge(found)
}

/// What stands in for a secret inside a text.
pub(super) const MASK: &str = "••••••";

/// The text with each range replaced; the ranges are sorted.
pub(super) fn masked(text: &str, ranges: &[Range<usize>]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for range in ranges {
        out.push_str(text.get(at..range.start.max(at)).unwrap_or_default());
        out.push_str(MASK);
        at = range.end.max(at);
    }
    out.push_str(text.get(at..).unwrap_or_default());
    out
}

/// Whether a value that is set to the name of a secret is none.
pub(super) fn harmless(value: &str) -> bool {
    let value = value.trim_matches(['"', '\'']).as_bytes();
    harmless::bare(value) && !value.contains(&b'$') || harmless::refers_only(value)
}

/// Sorted and joined.
pub(super) fn merge(mut found: Vec<Range<usize>>) -> Vec<Range<usize>> {
    found.sort_unstable_by_key(|r| (r.start, r.end));
    let mut out: Vec<Range<usize>> = Vec::with_capacity(found.len());
    for range in found {
        match out.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => out.push(range),
        }
    }
    out
}

/// Whether `word`, which is in lower case, stands at `at` in any case.
fn has(text: &[u8], at: usize, word: &str) -> bool {
    text.get(at..at + word.len()).is_some_and(|t| t.eq_ignore_ascii_case(word.as_bytes()))
}

/// The end of the run of bytes from `at` on that are `of` a kind.
fn run(text: &[u8], at: usize, of: impl Fn(u8) -> bool) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    at + rest.iter().position(|b| !of(*b)).unwrap_or(rest.len())
}

/// The start of the run of bytes before `at` that are `of` a kind.
fn run_back(text: &[u8], at: usize, of: impl Fn(u8) -> bool) -> usize {
    text.get(..at).unwrap_or_default().iter().rposition(|b| !of(*b)).map_or(0, |last| last + 1)
}

/// A letter, digit or underscore.
fn word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// A space or tab.
fn blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

/// Whether it can hardly be a word of a sentence: digits or signs are among its letters, or so many consonants in a row as
/// no word has.
fn unlike_word(text: &[u8]) -> bool {
    const LEAST: usize = 6;
    const CONSONANTS: usize = 5;
    let text = text.trim_ascii();
    let sign =
        |b: &u8| matches!(b, b'!' | b'@' | b'#' | b'$' | b'%' | b'^' | b'&' | b'*' | b'+' | b'=');
    let letters = text.iter().filter(|b| b.is_ascii_alphabetic()).count();
    let consonant = |b: &u8| b.is_ascii_alphabetic() && !b"aeiouyAEIOUY".contains(b);
    let inner = text.get(1..).unwrap_or_default();
    text.len() >= LEAST
        && letters > 0
        && text.is_ascii()
        && !text.iter().any(|b| space(*b))
        && (inner.iter().any(|b| b.is_ascii_digit() || sign(b))
            || text.windows(CONSONANTS).any(|w| w.iter().all(consonant)))
}

/// White space, line breaks too.
fn space(byte: u8) -> bool {
    byte.is_ascii_whitespace()
}
