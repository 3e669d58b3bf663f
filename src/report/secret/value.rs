//! Values that stand after names that hold secrets.

use super::line::Ends;
use super::{blank, harmless, has, name, run, run_back, space, word};
use crate::facts::telling_bytes;
use std::ops::Range;

/// `${A:-${B:-x}}` is followed so deep.
const MAX_DEPTH: usize = 8;

/// Reads the values of a text.
pub(super) struct Values<'t> {
    pub(super) text: &'t [u8],
    known: &'t [Range<usize>],
    ends: Ends,
    /// Whether the name is that of a password, not of a key or token.
    password: bool,
    /// The value that was found last; names in it are part of it.
    last: Range<usize>,
    found: Vec<Range<usize>>,
}

/// A quote that opens a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Quote {
    byte: u8,
    /// `\"`, as in JSON that stands in a text itself.
    escaped: bool,
}

impl Quote {
    fn len(self) -> usize {
        1 + usize::from(self.escaped)
    }
}

impl<'t> Values<'t> {
    pub(super) fn new(text: &'t str, known: &'t [Range<usize>]) -> Self {
        Self {
            text: text.as_bytes(),
            known,
            ends: Ends::default(),
            password: false,
            last: 0..0,
            found: Vec::new(),
        }
    }

    /// The values, by the place of their names.
    pub(super) fn find(mut self) -> Vec<Range<usize>> {
        let telling = telling_bytes();
        for at in 0..self.text.len() {
            // Most bytes are done with here.
            if telling[usize::from(self.text[at])]
                && !self.last.contains(&at)
                && let Some((end, password)) = name::end(self.text, at)
            {
                self.password = password;
                self.look_after_name(at, end);
            }
        }
        self.found
    }

    pub(super) fn byte(&self, at: usize) -> Option<u8> {
        self.text.get(at).copied()
    }

    pub(super) fn blanks(&self, at: usize) -> usize {
        run(self.text, at, blank)
    }

    /// Looks at what follows the name at `start..end`.
    fn look_after_name(&mut self, start: usize, end: usize) {
        let quote = self.quote(end);
        let closed = end + quote.map_or(0, Quote::len);
        let bracket = closed + usize::from(self.byte(closed) == Some(b']'));
        let next = self.blanks(bracket);
        match self.byte(next) {
            Some(b',') if quote.is_some() => self.argument(start, next + 1),
            Some(b')') if quote.is_some() => self.fallback(next + 1),
            Some(b'-' | b':' | b'=') if next == end && self.expands(start, end) => {
                self.default(end)
            }
            Some(b':' | b'=' | b'?' | b'+' | b'!') => self.assigned(start, end, closed, next),
            Some(_) if bracket > closed => self.fallback(bracket),
            Some(_) if next > end && quote.is_none() => self.spaced(start, next),
            _ => {}
        }
    }

    /// `os.environ["KEY"] or "x"`, `env("KEY") or "x"`.
    fn fallback(&mut self, at: usize) {
        let or = self.blanks(at);
        if or > at && has(self.text, or, "or ") {
            let value = self.blanks(or + 2);
            self.quoted(value, false);
        }
    }

    /// `KEY = "v"`, `KEY: v`, `KEY=v`. `closed` is behind the quote of the name, `at` where the sign stands.
    fn assigned(&mut self, start: usize, end: usize, closed: usize, at: usize) {
        let sign = match (self.byte(at), self.byte(at + 1)) {
            (Some(b':' | b'?' | b'+' | b'!' | b'='), Some(b'=')) | (Some(b'='), Some(b'>')) => 2,
            (Some(b':' | b'='), _) => 1,
            _ => return,
        };
        let colon = sign == 1 && self.byte(at) == Some(b':');
        let value = self.blanks(at + sign);
        let bracket = self.byte(value) == Some(b'(')
            || self.byte(value) == Some(b'[') && end >= 9 && has(self.text, end - 9, "fallbacks");
        if bracket {
            let inner = run(self.text, value + 1, space);
            if self.quoted(inner, true) {
                return;
            }
        }
        if self.quoted(value, false) {
            return;
        }
        // In Make, `KEY ?= v` and `KEY := v` take the rest of the line.
        let make = sign == 2 && matches!(self.byte(at), Some(b':' | b'?'));
        if colon && at == closed && value > at + 1 {
            self.yaml(value);
        } else if make {
            self.rest(value);
        } else if sign == 1 && !colon && at == end && value == at + 1 {
            self.environment(start, value);
        }
    }

    /// `KEY: v`. Quotes were looked for before.
    fn yaml(&mut self, at: usize) {
        if let Some(end) = harmless::annotation(self.text, at) {
            if self.byte(end) == Some(b'=') {
                let value = self.blanks(end + 1);
                self.quoted(value, false);
            }
            return;
        }
        // A list, a mapping, an alias, a tag, a text below, a comment.
        let other =
            matches!(self.byte(at), Some(b'[' | b'{' | b'*' | b'&' | b'!' | b'|' | b'>' | b'#'));
        if !other && !self.elsewhere(at) {
            let end = self.ends.value(self.text, at);
            self.bare(at..end);
        }
    }

    /// `KEY=v`: on a line of its own, in an item that quotes close, or as a word among others.
    fn environment(&mut self, start: usize, at: usize) {
        if self.elsewhere(at) {
            return;
        }
        let first = run_back(self.text, start, |b| word(b) || matches!(b, b'.' | b'-'));
        let quote =
            first.checked_sub(1).and_then(|q| self.byte(q)).filter(|q| matches!(q, b'"' | b'\''));
        let before = first - usize::from(quote.is_some());
        let item = run_back(self.text, before, blank);
        let dash =
            item < before && item > 0 && self.text[item - 1] == b'-' && self.line_starts(item - 1);
        let export = item < before
            && item >= 6
            && has(self.text, item - 6, "export")
            && self.line_starts(item - 6);
        // The script of `["sh", "-c", "KEY=v run"]` is no item of its own.
        let listed = || match item.checked_sub(1).and_then(|i| self.byte(i)) {
            Some(b'[') => true,
            Some(b',') => {
                !self.text[..item - 1].ends_with(b"c\"") && !self.text[..item - 1].ends_with(b"c'")
            }
            _ => false,
        };
        let end = match quote {
            Some(quote) if dash || listed() => {
                Some(run(self.text, at, |b| b != quote && b != b'\n'))
            }
            // A line that was put out of use by a `#` is read as the line it was.
            None if self.commented(before) => Some(self.ends.line(self.text, at)),
            None if dash || export || self.line_starts(before) => {
                // What reads the file may take ` #` for a part of the value. A switch with a comment is none.
                let end = self.ends.value(self.text, at);
                if self.harmless(at..end, harmless::bare) {
                    return;
                }
                Some(self.ends.line(self.text, at))
            }
            _ => None,
        };
        match end {
            Some(end) => self.bare(at..end),
            None => self.word(at),
        }
    }

    /// Whether a few words at most stand between a `#` that begins the line and `at`.
    fn commented(&self, at: usize) -> bool {
        const FAR: usize = 40;
        let line = self.text.get(at.saturating_sub(FAR)..at).unwrap_or_default();
        let line = line.rsplit(|b| *b == b'\n').next().unwrap_or_default();
        let starts = line.len() < FAR.min(at) || line.len() == at;
        starts && line.trim_ascii_start().starts_with(b"#")
    }

    /// Whether only blanks stand before `at` on its line.
    fn line_starts(&self, at: usize) -> bool {
        let start = run_back(self.text, at, blank);
        start == 0 || self.text[start - 1] == b'\n' || self.text[..start] == *b"\xef\xbb\xbf"
    }

    /// What follows a name after white space: `ENV KEY v`, `--password v`.
    fn spaced(&mut self, start: usize, at: usize) {
        let first = run_back(self.text, start, |b| word(b) || b == b'-');
        if self.byte(first) == Some(b'-') {
            if self.byte(at) != Some(b'-') && !self.quoted(at, false) && !self.elsewhere(at) {
                self.word(at);
            }
            return;
        }
        let before = run_back(self.text, first, blank);
        let dockerfile = before < first
            && before >= 3
            && ["ENV", "ARG"].iter().any(|i| has(self.text, before - 3, i));
        if dockerfile && self.line_starts(before - 3) && !self.quoted(at, false) {
            self.rest(at);
        }
    }

    /// The rest of the line.
    fn rest(&mut self, at: usize) {
        if !self.elsewhere(at) {
            let end = self.ends.line(self.text, at);
            self.bare(at..end);
        }
    }

    fn word(&mut self, at: usize) {
        let end = self.ends.word(self.text, at);
        self.bare(at..end);
    }

    /// Whether the value only says where the secret is. What it has for a default is found.
    fn elsewhere(&mut self, at: usize) -> bool {
        let elsewhere = harmless::elsewhere(self.text, at);
        let open = at + usize::from(self.text[at..].starts_with(b"$$"));
        if elsewhere && self.text[open..].starts_with(b"${") {
            self.default(run(self.text, open + 2, word));
        }
        elsewhere
    }

    /// Whether the name is that of `${KEY:-v}`.
    fn expands(&self, start: usize, end: usize) -> bool {
        let sign = end + usize::from(self.byte(end) == Some(b':'));
        let first = run_back(self.text, start, word);
        matches!(self.byte(sign), Some(b'-' | b'=')) && self.text[..first].ends_with(b"${")
    }

    /// The default of `${KEY:-v}` and `${KEY:=v}`, where `at` is behind the name.
    fn default(&mut self, mut at: usize) {
        for _ in 0..MAX_DEPTH {
            let sign = at + usize::from(self.byte(at) == Some(b':'));
            let start = sign + 1;
            if !matches!(self.byte(sign), Some(b'-' | b'=')) || self.byte(start) == Some(b'}') {
                return;
            }
            if !self.text[start..].starts_with(b"${") {
                if !harmless::elsewhere(self.text, start) {
                    let end = run(self.text, start, |b| b != b'}' && b != b'\n');
                    self.bare(
                        start
                            ..start
                                + self
                                    .text
                                    .get(start..end)
                                    .unwrap_or_default()
                                    .trim_ascii_end()
                                    .len(),
                    );
                }
                return;
            }
            at = run(self.text, start + 2, word);
        }
    }

    fn quote(&self, at: usize) -> Option<Quote> {
        match (self.byte(at), self.byte(at + 1)) {
            (Some(byte @ (b'"' | b'\'')), _) => Some(Quote { byte, escaped: false }),
            (Some(b'\\'), Some(byte @ (b'"' | b'\''))) => Some(Quote { byte, escaped: true }),
            _ => None,
        }
    }

    /// Takes the text in quotes at `at`, which may have `r`, `b`, `u` and `f` before it, and the texts
    /// that follow at once. In brackets they may be on lines of their own. `false` when there is none.
    pub(super) fn quoted(&mut self, at: usize, brackets: bool) -> bool {
        let mut next = at;
        let mut any = false;
        let mut taken = None;
        loop {
            let prefix = |b: &u8| matches!(b.to_ascii_lowercase(), b'r' | b'b' | b'u' | b'f');
            let letters = self
                .text
                .get(next..)
                .unwrap_or_default()
                .iter()
                .take(2)
                .take_while(|b| prefix(b))
                .count();
            let Some(quote) = self.quote(next + letters) else { break };
            any = true;
            let (value, after) = self.closed(next + letters, quote);
            // An unclosed text reaches to the end of the line; nothing follows it.
            let closed = after > value.end;
            let empty = value.is_empty();
            let harmless = self.harmless(value.clone(), harmless::quoted);
            if harmless {
                self.elsewhere(value.start);
            } else {
                self.push(value);
                // All of them together, so that names in the first are not read again.
                taken = Some(at..after.max(self.last.end));
            }
            if !closed || harmless && !empty {
                break;
            }
            next = run(self.text, after, |b| blank(b) || brackets && (space(b) || b == b','));
        }
        self.last = taken.unwrap_or_else(|| self.last.clone());
        any
    }

    /// What the quotes hold and where it goes on behind them. A quote that nothing closes holds the
    /// rest of the line, or with three of them the rest of the text.
    fn closed(&self, at: usize, quote: Quote) -> (Range<usize>, usize) {
        let triple = [quote.byte; 3];
        if !quote.escaped && self.text[at..].starts_with(&triple) {
            let start = at + 3;
            let end = self.text[start..].windows(3).position(|w| w == triple);
            return end.map_or((start..self.text.len(), self.text.len()), |e| {
                (start..start + e, start + e + 3)
            });
        }
        let start = at + quote.len();
        let mut end = start;
        while let Some(byte) = self.byte(end) {
            let escape = byte == b'\\' && !matches!(self.byte(end + 1), None | Some(b'\n' | b'\r'));
            match byte {
                b'\n' => break,
                _ if escape && quote.escaped && self.byte(end + 1) == Some(quote.byte) => {
                    return (start..end, end + 2);
                }
                _ if escape => end += 2,
                _ if byte == quote.byte => return (start..end, end + usize::from(!quote.escaped)),
                _ => end += 1,
            }
        }
        let line = self.text.get(start..end).unwrap_or_default().trim_ascii_end().len();
        (start..start + line, start + line)
    }

    /// A value without quotes.
    fn bare(&mut self, value: Range<usize>) {
        if !self.harmless(value.clone(), harmless::bare) {
            self.push(value);
        }
    }

    fn harmless(&self, value: Range<usize>, by: fn(&[u8]) -> bool) -> bool {
        self.text.get(value).is_none_or(|v| by(v) || !self.password && harmless::number(v))
    }

    /// Keeps a value, unless it is known better where it ends.
    fn push(&mut self, value: Range<usize>) {
        if value.is_empty() {
            return;
        }
        let next = self.known.partition_point(|k| k.start + 1 < value.start);
        // The known span of a value may have its quotes in it.
        match self.known.get(next) {
            Some(known) if known.start <= value.start + 1 && known.end > value.start => {
                self.last = known.clone()
            }
            _ => {
                self.last = value.clone();
                self.found.push(value);
            }
        }
    }
}
