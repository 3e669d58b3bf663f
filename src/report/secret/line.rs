//! Where values end that no quote closes.
//!
//! A hostile line has a hundred thousand names in it. What was found out for one of them is kept
//! for the next, so that a line is not read to its end once for each.

use super::{blank, run, space};
use std::ops::Range;

/// The ends that were found last.
#[derive(Debug, Default)]
pub(super) struct Ends {
    line: Kept,
    value: Kept,
    word: Kept,
}

/// An answer that holds for every place of a range.
#[derive(Debug, Default)]
struct Kept {
    holds: Range<usize>,
    end: usize,
}

impl Kept {
    fn get(&self, at: usize) -> Option<usize> {
        self.holds.contains(&at).then_some(self.end)
    }

    fn keep(&mut self, holds: Range<usize>, end: usize) -> usize {
        *self = Self { holds, end };
        end
    }
}

impl Ends {
    /// The end of a value that goes on to the end of its line.
    pub(super) fn line(&mut self, text: &[u8], at: usize) -> usize {
        self.line.get(at).unwrap_or_else(|| {
            let end = run(text, at, |b| b != b'\n');
            self.line.keep(at..end, trimmed(text, at, end))
        })
    }

    /// The same in YAML, where ` #` begins a comment.
    pub(super) fn value(&mut self, text: &[u8], at: usize) -> usize {
        self.value.get(at).unwrap_or_else(|| {
            let rest = text.get(at..).unwrap_or_default();
            let comment =
                |(index, b): (usize, &u8)| *b == b'#' && index > 0 && blank(rest[index - 1]);
            let end = rest
                .iter()
                .enumerate()
                .position(|(i, b)| *b == b'\n' || comment((i, b)))
                .map_or(text.len(), |i| at + i);
            self.value.keep(at..end, trimmed(text, at, end))
        })
    }

    /// The end of a value that white space ends, as in a shell.
    pub(super) fn word(&mut self, text: &[u8], at: usize) -> usize {
        self.word.get(at).unwrap_or_else(|| {
            let mut end = at;
            while text.get(end).is_some_and(|b| !space(*b)) {
                let escaped = text[end] == b'\\'
                    && text.get(end + 1).is_some_and(|b| *b != b'\n' && *b != b'\r');
                end += 1 + usize::from(escaped);
            }
            self.word.keep(at..end, trimmed(text, at, end))
        })
    }
}

/// The end without blanks and without what closes brackets and quotes around a value.
fn trimmed(text: &[u8], at: usize, end: usize) -> usize {
    let value = text.get(at..end).unwrap_or_default().trim_ascii_end();
    at + value
        .iter()
        .rposition(|b| !matches!(b, b'"' | b'\'' | b',' | b')' | b']' | b';'))
        .map_or(0, |last| last + 1)
}
