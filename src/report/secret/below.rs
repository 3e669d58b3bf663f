//! Values on the lines below their names, and in sentences.

use super::scan::{Around, Named, Values, of_name};
use super::{blank, harmless, run, space};
use crate::facts::{between, of_sentence};
use std::ops::Range;

/// The most lines of a value.
const MAX_LINES: usize = 200;
/// Keys below the name of a secret that hold the secret itself.
const HOLDING: [&[u8]; 6] = [b"value", b"content", b"default", b"data", b"text", b"stringdata"];

impl Values<'_> {
    /// Columns of the white space that begins a line. A dash of a list counts as such where `dashes` are.
    fn indent(&self, line: &Range<usize>) -> usize {
        run(self.text, line.start, blank) - line.start
    }

    /// The line after one, without its break.
    fn next_line(&self, line: &Range<usize>) -> Option<Range<usize>> {
        let start = (line.end < self.text.len()).then_some(line.end + 1)?;
        Some(start..run(self.text, start, |b| b != b'\n'))
    }

    /// A block of text: each line that is further in.
    pub(super) fn block(&mut self, named: &Named) {
        let first = self.line(named.name.start);
        let indent = self.indent(&first);
        let mut line = first;
        for _ in 0..MAX_LINES {
            let Some(next) = self.next_line(&line) else { break };
            let text = self.slice(next.clone());
            let shown = text.trim_ascii();
            if !shown.is_empty() {
                if self.indent(&next) <= indent {
                    break;
                }
                let start = next.start + text.len() - text.trim_ascii_start().len();
                self.mask(start..start + shown.len());
            }
            line = next;
        }
    }

    /// The lines that go on with a value: further in, and no entry of their own.
    pub(super) fn folded(&mut self, named: &Named) {
        let first = self.line(named.name.start);
        self.lines_below(first, false);
    }

    /// What stands below a name that nothing follows on its line. `empty`, or a `\` joins the lines.
    pub(super) fn below(&mut self, named: &Named, empty: bool) {
        let first = self.line(named.name.start);
        if !empty {
            let mut line = first;
            for _ in 0..MAX_LINES {
                let Some(next) = self.next_line(&line) else { break };
                let at = self.blanks(next.start);
                let end = self.line_end(at);
                let goes_on = end > at && self.text[end - 1] == b'\\';
                let inner = Named { around: Around::Line, colon: false, ..named.clone() };
                if matches!(self.byte(at), Some(b'"' | b'\'')) {
                    self.string(at, &inner);
                } else {
                    self.plain(at, &inner);
                }
                line = next;
                if !goes_on {
                    break;
                }
            }
            return;
        }
        let item = self.slice(first.clone()).trim_ascii_start().starts_with(b"- ");
        if named.colon || item {
            self.lines_below(first, named.colon);
        }
    }

    fn lines_below(&mut self, first: Range<usize>, lists: bool) {
        let indent = self.indent(&first);
        let mut line = first;
        for _ in 0..MAX_LINES {
            let Some(next) = self.next_line(&line) else { break };
            line = next.clone();
            let text = self.slice(next.clone());
            let shown = text.trim_ascii();
            if shown.is_empty() {
                continue;
            }
            let item = shown.starts_with(b"- ");
            let deeper = self.indent(&next) > indent;
            if !(deeper || lists && item && self.indent(&next) == indent) || shown[0] == b'#' {
                break;
            }
            let mut at = next.start + text.len() - text.trim_ascii_start().len();
            if item {
                at = self.blanks(at + 1);
            }
            if !self.line_below(at) {
                break;
            }
        }
    }

    /// A line of a value, or an entry that holds it; whether it goes on.
    fn line_below(&mut self, at: usize) -> bool {
        let line = self.line_end(at);
        let quote = usize::from(matches!(self.byte(at), Some(b'"' | b'\'')));
        let name = run(self.text, at + quote, of_name);
        let close = name + usize::from(quote > 0 && self.byte(name) == self.byte(at));
        let sign = self.blanks(close);
        let entry = name > at + quote
            && self.byte(sign) == Some(b':')
            && self.byte(sign + 1).is_none_or(space);
        if entry {
            let lower = self.slice(at + quote..name).to_ascii_lowercase();
            if HOLDING.contains(&lower.as_slice()) {
                let named = Named { name: at..name, around: Around::Line, colon: true };
                self.assigned(&named, sign + 1);
            } else if lower == b"environment" && !self.names_variable(self.blanks(sign + 1)) {
                // A secret of Compose that is a variable's: its name, or the value by mistake.
                let (word, _) = self.word_of_sentence(self.blanks(sign + 1));
                if word.end <= line {
                    self.mask(word);
                }
            }
            return false;
        }
        let text = self.slice(at..line);
        let inner = text
            .iter()
            .rposition(|b| !matches!(b, b'"' | b'\'' | b',' | b'}' | b']' | b')'))
            .map_or(0, |i| i + 1);
        let from = run(text, 0, |b| matches!(b, b'"' | b'\''));
        if inner <= from {
            return false;
        }
        if !harmless::bare(&text[from..inner]) {
            self.segments(at + from..at + inner, 0);
        }
        true
    }

    /// What follows a name that ends its line.
    pub(super) fn end_of_line(&mut self, named: &Named, closed: usize, option: bool) {
        let first = self.line(named.name.start);
        let Some(next) = self.next_line(&first) else { return };
        let text = self.slice(next.clone());
        let shown = text.trim_ascii();
        let mut at = next.start + text.len() - text.trim_ascii_start().len();
        if option {
            if shown.starts_with(b"- ") {
                at = self.blanks(at + 1);
                let end = self.line_end(at);
                if self.byte(at) != Some(b'-') || end == at + 1 {
                    self.segments(at..end, 0);
                }
            } else if !shown.is_empty() {
                self.word_below(named, at);
            }
            return;
        }
        let before = self.slice(first.start..named.name.start).trim_ascii();
        let section = before == b"[" && self.slice(named.name.end..closed).contains(&b']');
        let sign = run(self.text, at, of_name);
        let value = self.blanks(sign);
        if section && matches!(self.byte(value), Some(b'=' | b':')) {
            let lower = self.slice(at..sign).to_ascii_lowercase();
            if HOLDING.contains(&lower.as_slice()) {
                let inner = Named { name: at..sign, around: Around::Line, colon: false };
                self.assigned(&inner, value + 1);
            }
            return;
        }
        let capitals = !self.slice(named.name.clone()).iter().any(u8::is_ascii_lowercase);
        if !capitals || named.around != Around::Line || before.starts_with(b"-") {
            return;
        }
        // `? KEY` and `: v` on the next line; a name without a colon, and its value below it.
        if shown.starts_with(b": ") {
            let end = self.line_end(at);
            self.segments(self.blanks(at + 1)..end, 0);
        } else if !shown.is_empty()
            && !shown
                .iter()
                .any(|b| blank(*b) || matches!(b, b':' | b'=' | b'(' | b')' | b'{' | b'}'))
        {
            let end = self.line_end(at);
            self.segments(at..end, 0);
        }
    }

    /// The word of a sentence at `at` without its quotes, and whether it is one of a sentence that gives nothing away.
    pub(super) fn word_of_sentence(&self, at: usize) -> (Range<usize>, bool) {
        let from = run(self.text, at, |b| matches!(b, b'"' | b'\'' | b'`' | b'*' | b'('));
        let end = run(self.text, from, |b| !space(b) && !matches!(b, b'"' | b'\'' | b'`' | b'<'));
        let word = self.slice(from..end);
        let shown = word
            .iter()
            .rposition(|b| !matches!(b, b'.' | b',' | b':' | b';' | b')' | b'*'))
            .map_or(0, |i| i + 1);
        let lower = word.get(..shown).unwrap_or_default().to_ascii_lowercase();
        let plain = std::str::from_utf8(&lower).is_ok_and(|w| of_sentence(w) || between(w));
        (from..from + shown, plain || shown == 0)
    }

    /// `the password is v`
    pub(super) fn spoken(&mut self, at: usize) {
        let at = self.after_genitive(at).unwrap_or(at);
        let (first, _) = self.word_of_sentence(at);
        let lower = self.slice(first.clone()).to_ascii_lowercase();
        if !std::str::from_utf8(&lower).is_ok_and(between) {
            return;
        }
        let next = self.blanks(run(self.text, first.end, |b| matches!(b, b':' | b'`' | b'*')));
        let (value, plain) = self.word_of_sentence(next);
        if !plain && !value.is_empty() && !harmless::bare(self.slice(value.clone())) {
            self.segments(value, 0);
        }
    }
}
