//! Values in quotes, and code that holds them.

use super::scan::{Around, Named, Values, of_name};
use super::{blank, harmless, run, run_back, space, word};
use std::ops::Range;

/// Lines, and bytes, of an expression in brackets that are looked at.
const MAX_LINES: usize = 60;
const MAX_BYTES: usize = 16 * 1024;
/// Lines in which the end of a text is looked for that its own line does not close.
const MAX_TEXT_LINES: usize = 40;
/// Bytes before an argument in which its function is looked for.
const NEAR: usize = 80;
/// Words of code that are no value.
const KEYWORDS: [&[u8]; 12] = [
    b"true", b"false", b"null", b"none", b"or", b"and", b"if", b"else", b"not", b"in", b"is",
    b"for",
];

impl Values<'_> {
    /// The content of a text in quotes, with where it goes on behind it. One that is not closed before `limit` reaches
    /// to there. `width` is the number of bytes of its quote: `\"` has two.
    pub(super) fn literal(&self, at: usize, width: usize, limit: usize) -> (Range<usize>, usize) {
        let quote = self.text[at + width - 1];
        let start = at + width;
        let mut end = start;
        while end < limit {
            let byte = self.text[end];
            if byte == b'\\' {
                if width == 2 && self.byte(end + 1) == Some(quote) {
                    return (start..end, end + 2);
                }
                end += 2;
            } else if byte == quote {
                return (start..end, end + 1);
            } else {
                end += 1;
            }
        }
        let end = limit.max(start).min(self.text.len());
        (start..end, end)
    }

    /// Takes texts in quotes from `at` on, which may have letters before them, and what belongs to them.
    pub(super) fn string(&mut self, at: usize, named: &Named) {
        let line = self.line_end(at);
        let letters = run(self.text, at, |b| b.is_ascii_alphabetic());
        let width = 1 + usize::from(self.byte(letters) == Some(b'\\'));
        let Some(quote) = self.byte(letters + width - 1) else { return };
        if width == 1 && self.text[letters..].starts_with(&[quote; 3]) {
            self.triple(letters, quote);
            return;
        }
        let (mut content, mut after) = self.literal(letters, width, line);
        let closed = after > content.end;
        if !closed {
            self.open_text(content, quote, named);
            return;
        }
        // What follows at once cannot: the quote was a part of the value.
        if width == 1
            && self.byte(after).is_some_and(|b| {
                word(b)
                    || b >= 0x80
                    || matches!(b, b'$' | b'!' | b'@' | b'/' | b'*' | b'^' | b'?' | b'~' | b'&')
            })
        {
            let end = self.closing(after, quote, line).unwrap_or(line);
            content = content.start..end;
            after = (end + 1).min(line);
            self.mask(content);
        } else {
            self.text_value(content);
        }
        self.done = self.done.max(after);
        self.behind(after, named);
    }

    /// What stands behind a text that was taken.
    fn behind(&mut self, after: usize, named: &Named) {
        let line = self.line_end(after);
        let next = self.blanks(after);
        match self.byte(next) {
            Some(b'"' | b'\'') => self.string(next, named),
            Some(b'#') if next > after => self.comment(next, line),
            Some(b'+' | b'%' | b'.') => {
                self.done = self.walk(next, named.around != Around::Line, false)
            }
            Some(b',') if self.targets(named) => self.done = self.walk(next, false, false),
            Some(b) if next > after && next < line && (b.is_ascii_alphabetic() || b >= 0x80) => {
                self.operator(next, named);
                let end = run(self.text, next, word);
                let assigns = self.byte(end) == Some(b'=');
                if self.done <= next && named.around == Around::Line && !assigns {
                    self.mask(next..line);
                }
            }
            _ => {}
        }
    }

    /// Whether several names are assigned at once: `SECRET_KEY, DEBUG = "v", True`.
    pub(super) fn targets(&mut self, named: &Named) -> bool {
        let line = self.line(named.name.start);
        let before = self.slice(line.start..named.name.start);
        let near = before.len() < 200;
        near && before.contains(&b',') && before.iter().all(|b| word(*b) || blank(*b) || *b == b',')
    }

    /// A text over lines in three quotes.
    fn triple(&mut self, at: usize, quote: u8) {
        let start = at + 3;
        let rest = self.slice(start..self.text.len());
        let end =
            rest.windows(3).position(|w| w == [quote; 3]).map_or(self.text.len(), |i| start + i);
        self.text_value(start..end);
        self.done = self.done.max((end + 3).min(self.text.len()));
    }

    /// A text that its line does not close: the lines up to the quote belong to it, if there is one.
    fn open_text(&mut self, content: Range<usize>, quote: u8, named: &Named) {
        let mut end = content.end;
        for _ in 0..MAX_TEXT_LINES {
            if end >= self.text.len() {
                break;
            }
            let next = run(self.text, end, |b| b != b'\n') + 1;
            let stop = run(self.text, next, |b| b != b'\n');
            if let Some(i) = self.slice(next..stop).iter().position(|b| *b == quote) {
                let before = self.slice(next..next + i);
                // Where names follow, the quote is one of theirs.
                if before.iter().any(|b| matches!(b, b':' | b'=')) {
                    break;
                }
                self.mask(content.start..next + i);
                return;
            }
            if self.slice(next..stop).iter().any(|b| matches!(b, b'=')) {
                break;
            }
            end = stop;
        }
        let closers = |b: u8| matches!(b, b',' | b')' | b']' | b'}');
        let end = match named.around {
            Around::Key | Around::Inline => {
                run_back(&self.text[..content.end], content.end, closers)
            }
            _ => content.end,
        };
        self.mask(content.start..end.max(content.start));
    }

    /// The content of a text: what only says where the secret is stays.
    fn text_value(&mut self, content: Range<usize>) -> bool {
        let value = self.slice(content.clone());
        if value.is_empty() {
            return false;
        }
        let refers = value.contains(&b'$') || value.contains(&b'{');
        let harmless = harmless::quoted(value) || !self.password && harmless::number(value);
        if harmless && !refers {
            return false;
        }
        // Names in braces are those of a format.
        if harmless && !value.contains(&b'$') || harmless::format(value) {
            return false;
        }
        self.segments(content, 0)
    }

    /// An operator behind a value or a name, `or`, `if`, `+`, with what it joins.
    pub(super) fn operator(&mut self, at: usize, named: &Named) {
        let end = run(self.text, at, word);
        let joins =
            matches!(self.slice(at..end), b"or" | b"if" | b"and" | b"else" | b"in" | b"not");
        if joins || self.slice(at..at + 2) == b"??" || self.slice(at..at + 2) == b"||" {
            self.done =
                self.walk(end.max(at + 1), named.around != Around::Line, false).max(self.done);
        }
    }

    /// The arguments of a call; `at` is its bracket.
    pub(super) fn call(&mut self, at: usize) {
        self.done = self.walk(at, true, false).max(self.done);
    }

    /// A list, tuple or mapping as the value.
    pub(super) fn bracket(&mut self, at: usize, named: &Named) {
        let line = self.line_end(at);
        let alone = self.blanks(at + 1) >= line;
        let before = self.found.len();
        let end = self.walk(at, true, true);
        if end > at {
            self.done = self.done.max(end);
            // What follows at once is a part of the value.
            self.operator(self.blanks(end), named);
            return;
        }
        // It is never closed: a value that begins with a bracket.
        self.found.truncate(before);
        if !alone {
            self.plain(at, named);
        }
    }

    /// Takes texts in an expression from `at` on up to its end: the end of the line, a comma where `commas` end it, or
    /// the bracket that closes what is around. With `bare`, words without quotes too. Where it begins with a bracket
    /// that nothing closes, `at`.
    pub(super) fn walk(&mut self, at: usize, commas: bool, bare: bool) -> usize {
        let (mut next, mut depth, mut lines) = (at, 0_usize, 0);
        let limit = self.text.len().min(at + MAX_BYTES);
        while next < limit {
            match self.text[next] {
                b'\n' if depth == 0 => return next,
                b'\n' => {
                    lines += 1;
                    if lines > MAX_LINES {
                        break;
                    }
                    next += 1;
                }
                b'#' if next == at || blank(self.text[next - 1]) => {
                    if depth == 0 {
                        return next;
                    }
                    next = run(self.text, next, |b| b != b'\n');
                }
                b'\\' if matches!(self.byte(next + 1), Some(b'\n' | b'\r')) => {
                    next = run(self.text, next + 1, space);
                }
                b'"' | b'\'' => next = self.text_in_code(next, 1),
                b'\\' if matches!(self.byte(next + 1), Some(b'"' | b'\'')) => {
                    next = self.text_in_code(next, 2);
                }
                b'(' | b'[' | b'{' => {
                    depth += 1;
                    next += 1;
                }
                b')' | b']' | b'}' => {
                    if depth == 0 {
                        return next;
                    }
                    depth -= 1;
                    next += 1;
                    if depth == 0 && bare {
                        return next;
                    }
                }
                b',' if depth == 0 && commas => return next,
                b';' if depth == 0 => return next,
                b if blank(b) || b == b'\r' || b == b',' => next += 1,
                b'$' if matches!(self.byte(next + 1), Some(b'{' | b'(')) => {
                    let line = self.line_end(next);
                    let end = self.done;
                    self.reference(next, line);
                    next = self.done.max(next + 1);
                    self.done = self.done.max(end);
                }
                _ if bare => next = self.bare_word(next),
                _ => next = run(self.text, next, word).max(next + 1),
            }
        }
        if bare { at } else { next }
    }

    /// A word among the items of a list or mapping.
    fn bare_word(&mut self, at: usize) -> usize {
        let ends = |b: u8| space(b) || matches!(b, b',' | b']' | b'}' | b')' | b'"' | b'\'');
        let name = run(self.text, at, of_name);
        let sign = self.blanks(name);
        let code = matches!(self.byte(name), Some(b'(' | b'['))
            && harmless::called(self.slice(at..self.text.len()), name - at);
        let key = matches!(self.byte(sign), Some(b':' | b'='))
            && self
                .byte(sign + 1)
                .is_none_or(|b| space(b) || matches!(b, b'"' | b'\'' | b'[' | b'{'));
        if name > at && (code || key) {
            return sign.max(name) + usize::from(key);
        }
        // Brackets that open inside of the word close inside of it.
        let (mut end, mut depth) = (at, 0_usize);
        while let Some(byte) = self.byte(end) {
            match byte {
                b'(' | b'[' | b'{' if end > at => depth += 1,
                b')' | b']' | b'}' if depth > 0 => depth -= 1,
                b if ends(b) => break,
                _ => {}
            }
            end += 1;
        }
        let end = end.max(at + 1);
        let value = self.slice(at..end);
        let keyword = KEYWORDS.iter().any(|k| value.eq_ignore_ascii_case(k));
        if !keyword && !harmless::bare(value) && (self.password || !harmless::number(value)) {
            self.segments(at..end, 0);
        }
        end
    }

    /// A text in code: the key of an entry and the name of a variable stay.
    fn text_in_code(&mut self, at: usize, width: usize) -> usize {
        let quote = self.text[at + width - 1];
        if width == 1 && self.text[at..].starts_with(&[quote; 3]) {
            let from = self.done;
            self.triple(at, quote);
            let end = self.done;
            self.done = from.max(end);
            return end.max(at + 3);
        }
        let line = self.line_end(at);
        let (content, after) = self.literal(at, width, line);
        let value = self.slice(content.clone());
        let next = run(self.text, after, space);
        let key = self.byte(next) == Some(b':');
        let capitals = value.len() > 2
            && value.iter().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || *b == b'_');
        let before = run_back(self.text, at, space);
        let opened = before > 0 && matches!(self.text[before - 1], b'(' | b'[');
        let variable = capitals && opened && matches!(self.byte(next), Some(b')' | b']' | b','));
        if !key && !variable {
            self.text_value(content);
        }
        after.max(at + 1)
    }

    /// Looks at what follows a name and a comma: the default of a call, the item behind an option.
    pub(super) fn after_comma(&mut self, named: &Named, at: usize, quoted: bool, option: bool) {
        let value = run(self.text, at, space);
        let first = named.name.start;
        if quoted && option {
            match self.byte(value) {
                Some(b'"' | b'\'') => self.done = self.text_in_code(value, 1).max(self.done),
                Some(b'\\') => self.done = self.text_in_code(value, 2).max(self.done),
                Some(b) if of_name(b) && b != b'-' => self.done = self.bare_word(value),
                _ => {}
            }
        } else if quoted && self.called(first) {
            self.done = self.walk(value, false, false).max(self.done);
        } else if !quoted && (named.around == Around::Line || self.opens_line(first)) {
            let line = self.line_end(first);
            let rest = self.slice(at..line);
            let capitals = !self.slice(named.name.clone()).iter().any(u8::is_ascii_lowercase);
            match rest.iter().position(|b| *b == b'=') {
                Some(sign) => self.done = self.walk(at + sign + 1, false, false).max(self.done),
                None if capitals && value < line && !rest.ends_with(b",") => {
                    self.plain(value, named)
                }
                None => {}
            }
        }
    }

    /// Whether nothing but a bracket stands before it on its line: `(SECRET_KEY, DEBUG) = …`.
    fn opens_line(&mut self, first: usize) -> bool {
        let line = self.line(first);
        self.slice(line.start..first).trim_ascii() == b"("
    }

    /// Whether the text in quotes that begins at `first` is the first argument of a call. Without a name before the
    /// bracket it is a tuple, such as the fields of a form.
    fn called(&self, first: usize) -> bool {
        let Some(text) = first.checked_sub(1).and_then(|quote| self.text.get(..quote)) else {
            return false;
        };
        let text = text.strip_suffix(b"\\").unwrap_or(text);
        let open = run_back(text, text.len(), space);
        // `setattr(settings, 'SECRET_KEY', 'v')`
        let near = &text[open.saturating_sub(NEAR)..open];
        if near.ends_with(b",") && near.windows(8).any(|w| w == b"setattr(") {
            return true;
        }
        let name = open.checked_sub(1).filter(|bracket| text[*bracket] == b'(');
        let name = name.map(|end| run_back(text, end, blank));
        name.and_then(|end| end.checked_sub(1)).is_some_and(|last| word(text[last]))
    }
}
