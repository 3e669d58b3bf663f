//! Values behind the sign that assigns them, without quotes: `KEY: v`, `KEY=v`.

use super::scan::{Around, Named, Values, of_name};
use super::{blank, harmless, run, run_back, word};
use crate::facts::runs_with;
use std::ops::Range;

/// Bytes in which an operator of code is looked for.
const MAX_CODE: usize = 400;

impl Values<'_> {
    /// Keeps a value, whatever it is.
    pub(super) fn mask(&mut self, range: Range<usize>) {
        if range.start < range.end {
            self.done = self.done.max(range.end);
            self.found.push(range);
        }
    }

    /// Looks at what is assigned; `at` is behind the sign.
    pub(super) fn assigned(&mut self, named: &Named, at: usize) {
        let mut at = self.blanks(at);
        if self.slice(at..at + 2) == b"**" {
            at = self.blanks(at + 2);
        }
        let line = self.line_end(at);
        if at >= line || self.slice(at..line) == b"\\" {
            self.below(named, at >= line);
            return;
        }
        if named.colon
            && let Some(end) = harmless::annotation(self.text, at)
        {
            self.done = end;
            if self.byte(end) == Some(b'=') {
                self.assigned(&Named { colon: false, ..named.clone() }, end + 1);
            }
            return;
        }
        // `SECRET_KEY = SECRET = "v"`
        let chained = run(self.text, at, word);
        let sign = self.blanks(chained);
        if !named.colon && chained > at && self.byte(sign) == Some(b'=') && sign > chained {
            if self.byte(sign + 1) != Some(b'=') {
                self.assigned(named, sign + 1);
            }
            return;
        }
        if named.colon {
            at = self.properties(at);
            if at >= line {
                self.below(named, true);
                return;
            }
            match self.byte(at) {
                Some(b'*') => {
                    let end = run(self.text, at + 1, of_name);
                    let alias = self.slice(at + 1..end);
                    if end == line && self.anchored(alias) {
                        self.done = line;
                        return;
                    }
                }
                Some(b'|' | b'>') => {
                    let rest = run(self.text, at + 1, |b| matches!(b, b'+' | b'-' | b'0'..=b'9'));
                    let next = self.blanks(rest);
                    if next >= line || self.byte(next) == Some(b'#') && next > rest {
                        self.block(named);
                        return;
                    }
                }
                _ => {}
            }
        }
        self.value(named, at);
    }

    /// What stands behind the anchor and the tag of a YAML value. One that nothing follows is a value by mistake.
    fn properties(&mut self, mut at: usize) -> usize {
        for _ in 0..4 {
            if !matches!(self.byte(at), Some(b'&' | b'!')) {
                break;
            }
            let end = run(self.text, at, |b| !b.is_ascii_whitespace());
            let next = self.blanks(end);
            let line = self.line_end(at);
            if next >= line && (self.slice(at..at + 2) != b"!!") {
                self.mask(at + 1..end);
                return line;
            }
            at = next;
        }
        at
    }

    fn value(&mut self, named: &Named, at: usize) {
        let prefix = |b: u8| matches!(b.to_ascii_lowercase(), b'r' | b'b' | b'u' | b'f');
        let letters = run(self.text, at, prefix);
        let quote = |b: Option<u8>| matches!(b, Some(b'"' | b'\''));
        if quote(self.byte(at))
            || self.slice(at..at + 2) == b"\\\""
            || letters > at && letters - at <= 2 && quote(self.byte(letters))
        {
            self.string(at, named);
            return;
        }
        match self.byte(at) {
            Some(b'(' | b'[' | b'{') if !self.text[at..].starts_with(b"{{") => {
                self.bracket(at, named);
            }
            Some(_) if self.code_starts(at) => {
                let whole = named.around == Around::Line || self.targets(named);
                self.done = self.walk(at, !whole, false);
            }
            Some(_) if named.around == Around::Word && !named.colon => self.shell_word(at, named),
            Some(_) => self.plain(at, named),
            None => {}
        }
    }

    /// Whether code begins that reads a secret or works it out.
    fn code_starts(&mut self, at: usize) -> bool {
        let line = self.line_end(at);
        let end = run(self.text, at, |b| word(b) || b == b'.');
        let rest = self.slice(at..line);
        if harmless::code(rest) {
            return true;
        }
        let first = self.byte(at).is_some_and(|b| b.is_ascii_alphabetic() || b == b'_');
        let opens = matches!(self.byte(end), Some(b'(' | b'['));
        let closes = matches!(rest.last(), Some(b')' | b']' | b',' | b'(' | b'[' | b'{' | b'}'));
        if !first || end == at {
            return false;
        }
        let near = rest.get(..rest.len().min(MAX_CODE)).unwrap_or_default();
        let joins =
            [&b" or "[..], b" if ", b" + "].iter().any(|w| near.windows(w.len()).any(|r| r == *w));
        let named = self.slice(at..end).contains(&b'_');
        let quotes = near.iter().any(|b| matches!(b, b'"' | b'\''));
        let opens = opens && harmless::called(rest, end - at);
        opens && (closes || joins) || joins && named && quotes
    }

    /// Where a value without quotes ends.
    fn limit(&mut self, at: usize, named: &Named) -> usize {
        let line = self.line_end(at);
        let quote = match named.around {
            Around::Quoted(quote) => Some(quote),
            Around::Word => self.open_quote(named.name.start),
            _ => None,
        };
        if let Some(end) = quote.and_then(|quote| self.closing(at, quote, line)) {
            return end;
        }
        let closers = |b: u8| matches!(b, b'}' | b']' | b')' | b',');
        match named.around {
            Around::Key | Around::Inline => run_back(&self.text[..line], line, closers).max(at),
            _ => line,
        }
    }

    /// Where a quote closes what is in it: something that can follow a text follows it.
    pub(super) fn closing(&mut self, at: usize, quote: u8, line: usize) -> Option<usize> {
        let (known, range, place) = &self.closed;
        let holds = *known == quote && range.contains(&at) && range.end == line.max(1);
        if holds && place.is_none_or(|place| place >= at) {
            return *place;
        }
        let place = (at..line).find(|i| {
            let next = self.byte(i + 1);
            self.text[*i] == quote
                && (i + 1 >= line
                    || next.is_none_or(|b| {
                        b.is_ascii_whitespace()
                            || matches!(b, b',' | b']' | b'}' | b')' | b';' | b'|')
                    }))
        });
        self.closed = (quote, at..line.max(1), place);
        place
    }

    /// A value without quotes that goes on to the end of its line, or to what can only be the next one.
    pub(super) fn plain(&mut self, at: usize, named: &Named) {
        let limit = self.limit(at, named);
        // A comment belongs to a value that is shown, and may be a part of one that is not.
        let comment = (at + 1..limit)
            .find(|i| self.text[*i] == b'#' && blank(self.text[*i - 1]))
            .filter(|_| !matches!(named.around, Around::Quoted(_)));
        let next = self.next_value(at, comment.unwrap_or(limit), named);
        let comment = comment.filter(|c| *c == next);
        let mut stop = if comment.is_some() { limit } else { next };
        let end = next;
        let shown = at + self.slice(at..end).trim_ascii_end().len();
        let value = self.slice(at..shown);
        let harmless = match (value.first(), value.get(1)) {
            (Some(b'#'), next) => next.is_none_or(|b| blank(*b)),
            _ => harmless::bare(value) || !self.password && harmless::number(value),
        };
        if harmless && !value.contains(&b'$') {
            self.done = self.done.max(shown);
            return;
        }
        let masked = self.segments(at..shown, 0);
        if masked && let Some(comment) = comment {
            self.comment(comment, stop);
        } else if !masked {
            stop = shown;
        }
        self.done = self.done.max(stop);
        if masked && named.colon && matches!(named.around, Around::Line | Around::Key) {
            self.folded(named);
        }
    }

    /// A comment behind a secret. What it asks of this program stays.
    pub(super) fn comment(&mut self, at: usize, end: usize) {
        let text = self.slice(at..end);
        let start = self.blanks(at + 1);
        if self.slice(start..end).starts_with(b"compose-doctor:") {
            let close = text.iter().position(|b| *b == b']').map_or(end, |i| at + i + 1);
            self.mask(self.blanks(close)..end);
        } else {
            self.mask(start..end);
        }
    }

    /// The end of the value where the next one begins on its line.
    fn next_value(&mut self, at: usize, limit: usize, named: &Named) -> usize {
        let sign = |b: Option<u8>| matches!(b, Some(b':' | b'='));
        for i in at..limit {
            match self.text[i] {
                b',' => {
                    let next = self.blanks(i + 1);
                    let quote = usize::from(matches!(self.byte(next), Some(b'"' | b'\'')));
                    let end = run(self.text, next + quote, of_name);
                    let close = end + usize::from(matches!(self.byte(end), Some(b'"' | b'\'')));
                    if end > next + quote && end < limit && sign(self.byte(close)) {
                        return i;
                    }
                }
                b' ' if !named.colon => {
                    let rest = self.slice(i + 1..limit);
                    if [&b"&& "[..], b"|| ", b"| "].iter().any(|o| rest.starts_with(o)) {
                        return i;
                    }
                    let end = run(self.text, i + 1, |b| {
                        b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_'
                    });
                    let capital = self.byte(i + 1).is_some_and(|b| b.is_ascii_uppercase());
                    if capital && end > i + 1 && self.byte(end) == Some(b'=') {
                        return i;
                    }
                    let program = run(self.text, i + 1, of_name);
                    let name = std::str::from_utf8(self.slice(i + 1..program));
                    if name.is_ok_and(runs_with) && self.byte(program).is_none_or(blank) {
                        return i;
                    }
                }
                _ => {}
            }
        }
        limit
    }

    /// A word as a shell takes it: quotes join, white space ends.
    pub(super) fn shell_word(&mut self, at: usize, named: &Named) {
        let limit = self.limit(at, named);
        let mut end = at;
        let query = self.slice(0..named.name.start).ends_with(b"?")
            || self.slice(0..named.name.start).ends_with(b"&");
        let joins = |b: u8| b.is_ascii_whitespace() || matches!(b, b'&' | b'|' | b'>');
        while end < limit {
            match self.text[end] {
                b'\\' => end += 2,
                b'"' | b'\'' => end = self.literal(end, 1, limit).1.max(end + 1),
                b'$' if matches!(self.byte(end + 1), Some(b'(' | b'{')) => {
                    end = self.reference_end(end, end..limit).unwrap_or(end + 1);
                }
                b'`' => end = self.reference_end(end, end..limit).unwrap_or(limit),
                b' ' | b'\t' | b';' => break,
                b'&' | b'|' | b'>' if query || self.byte(end + 1).is_none_or(joins) => break,
                _ => end += 1,
            }
        }
        let end = end.min(limit);
        let trimmed = run_back(&self.text[..end], end, |b| matches!(b, b')' | b']' | b',' | b'}'));
        let end = trimmed.max(at + 1).min(end);
        let whole = self.slice(at..end);
        let quoted =
            whole.len() > 1 && matches!(whole, [a, .., b] if a == b && matches!(a, b'"' | b'\''));
        let value = at + usize::from(quoted)..end - usize::from(quoted);
        let shown = self.slice(value.clone());
        let plain = harmless::bare(shown) && !shown.contains(&b'$');
        if !plain && (self.password || !harmless::number(shown)) {
            self.segments(value, 0);
        }
        self.done = self.done.max(end);
    }
}
