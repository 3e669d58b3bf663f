//! References to values, which are no secret themselves: `${KEY}`, `$(command)`, `{{ name }}`; and their defaults, which
//! may be one.

use super::scan::Values;
use super::{blank, harmless, run, run_back, word};
use std::ops::Range;

/// References inside of references that are looked into.
const MAX_DEPTH: usize = 12;
/// Bytes of a name at least that can be a value by mistake.
const MIN_NAME: usize = 6;
/// Bytes of a reference at most.
const MAX_REFERENCE: usize = 512;

impl Values<'_> {
    /// Masks what is no reference; whether anything was.
    pub(super) fn segments(&mut self, range: Range<usize>, depth: usize) -> bool {
        let (mut at, mut start, mut masked) = (range.start, range.start, false);
        while at < range.end {
            match self.reference_end(at, range.clone()) {
                Some(end) => {
                    masked |= self.segment(start..at);
                    masked |= self.inside_reference(at..end, depth);
                    at = end;
                    start = end;
                }
                None => at += 1,
            }
        }
        masked | self.segment(start..range.end)
    }

    /// What stands between references: signs by themselves are no secret.
    fn segment(&mut self, range: Range<usize>) -> bool {
        let text = self.slice(range.clone());
        let from = range.start + text.len() - text.trim_ascii_start().len();
        let to = from + text.trim_ascii().len();
        let secret = self.slice(from..to).iter().any(|b| b.is_ascii_alphanumeric() || *b >= 0x80);
        if secret {
            self.mask(from..to);
        }
        secret
    }

    /// The end of a reference that begins at `at`.
    pub(super) fn reference_end(&self, at: usize, range: Range<usize>) -> Option<usize> {
        let rest = self.slice(at..range.end.min(at + MAX_REFERENCE));
        let close = |open: u8, close: u8, from: usize| {
            let mut depth = 0_usize;
            for (i, b) in rest.iter().enumerate().skip(from) {
                if *b == open {
                    depth += 1;
                } else if *b == close {
                    depth = depth.checked_sub(1)?;
                    if depth == 0 {
                        return Some(at + i + 1);
                    }
                }
            }
            None
        };
        match rest {
            [b'{', b'{', ..] => close(b'{', b'}', 0),
            [b'$', b'{', ..] => close(b'{', b'}', 1),
            [b'$', b'$', b'{', ..] => close(b'{', b'}', 2),
            [b'$', b'(', ..] => close(b'(', b')', 1),
            [b'$', b'$', b'(', ..] => close(b'(', b')', 2),
            [b'%', b'(', ..] => close(b'(', b')', 1),
            [b'`', more @ ..] => more.iter().position(|b| *b == b'`').map(|i| at + i + 2),
            [b'$', ..] => {
                let name = run(self.text, at, |b| b == b'$');
                let end = run(self.text, name, word).min(range.end);
                let apart = at == range.start
                    || !self.text[at - 1].is_ascii_alphanumeric() && self.text[at - 1] != b'$';
                (apart && name - at <= 2 && harmless::variable(self.slice(name..end)))
                    .then_some(end)
            }
            _ => None,
        }
    }

    /// What a reference holds itself: the default of `${KEY:-v}`, the words of `$(echo v)`.
    fn inside_reference(&mut self, range: Range<usize>, depth: usize) -> bool {
        let open = run(self.text, range.start, |b| b == b'$');
        match self.byte(open) {
            Some(b'{') if self.byte(open + 1) != Some(b'{') && open > range.start => {
                self.default(open + 1, range.end - 1, depth)
            }
            Some(b'(' | b'`') => {
                let inner = self.slice(open + 1..range.end - 1);
                let word = run(inner, 0, |b| !blank(b));
                // A word alone is a value in the wrong quotes.
                let alone = word == inner.len() && self.byte(open) == Some(b'`');
                let echoes = matches!(&inner[..word], b"echo" | b"printf");
                let from = if alone { 0 } else { word };
                (alone || echoes) && self.segments(open + 1 + from..range.end - 1, depth + 1)
            }
            _ => false,
        }
    }

    /// The default of a reference whose name begins at `at`. A message, as of `${KEY:?set it}`, is none.
    fn default(&mut self, at: usize, end: usize, depth: usize) -> bool {
        if depth > MAX_DEPTH {
            self.mask(at..end);
            return true;
        }
        let name = run(self.text, at, word);
        // `${v}`: a value that was taken for a name.
        let inner = self.slice(at..name);
        if name == end && depth == 0 && inner.len() >= MIN_NAME && harmless::no_variable(inner) {
            self.mask(at..name);
            return true;
        }
        let colon = name + usize::from(self.byte(name) == Some(b':'));
        if name >= end {
            return false;
        }
        let from = match self.byte(colon) {
            Some(b'?') => return false,
            Some(b'-' | b'=' | b'+') => colon + 1,
            _ => colon.max(name),
        };
        let from = self.blanks(from).min(end);
        let text = self.slice(from..end).trim_ascii_end();
        let quote = matches!(text, [b'"' | b'\'', .., b'"' | b'\'']);
        let value = from + usize::from(quote)..from + text.len() - usize::from(quote);
        let shown = self.slice(value.clone());
        let harmless = !shown.contains(&b'$') && harmless::bare(shown)
            || !self.password && harmless::number(shown);
        !harmless && self.segments(value, depth + 1)
    }

    /// `${KEY…` with its name telling, wherever it stands.
    pub(super) fn reference(&mut self, at: usize, line: usize) {
        match self.reference_end(at, at..line) {
            Some(end) => {
                self.inside_reference(at..end, 0);
                self.done = self.done.max(end);
            }
            None => {
                let closers = |b: u8| matches!(b, b'"' | b'\'' | b'}' | b',' | b']' | b')');
                let end = run_back(&self.text[..line], line, closers).max(at + 2);
                self.default(at + 2, end, 0);
                self.done = self.done.max(end);
            }
        }
    }
}
