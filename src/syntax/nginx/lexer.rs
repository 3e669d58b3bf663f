//! Words and signs, cut as nginx's own configuration reader cuts them.
//!
//! A quote counts only at the start of a word; `{` ends a word unless it follows `$`; `}` and `#`
//! inside a word are part of it; a backslash keeps the next byte from having a meaning.

use super::template::Marks;
use super::*;
use crate::finding::{Prose, prose};

/// What the lexer found.
pub(super) enum Token {
    /// A name or an argument.
    Word(Word),
    /// `;` at this byte.
    Semicolon(usize),
    /// `{` at this byte.
    Open(usize),
    /// `}` at this byte.
    Close(usize),
    /// The end of the file.
    End,
}

/// A name or an argument.
pub(super) struct Word {
    /// Without quotes, with escapes resolved.
    pub(super) text: Text,
    /// First byte, a quote included.
    pub(super) start: usize,
    /// The byte after the last.
    pub(super) end: usize,
    /// Whether it is the first on its line, written without quotes.
    pub(super) starts_line: bool,
}

/// Reads tokens from a text.
pub(super) struct Lexer<'t> {
    text: &'t Text,
    s: &'t str,
    at: usize,
    marks: Marks,
    /// Whether `'` and `"` are known not to be closed in the rest of the file: it is searched once.
    unclosed: [bool; 2],
    /// Mistakes found since they were last taken: first byte, byte after the last, message, advice.
    pub(super) errors: Vec<(usize, usize, Prose, &'static str)>,
}

impl<'t> Lexer<'t> {
    pub(super) fn new(text: &'t Text) -> Self {
        Self {
            text,
            s: text.as_str(),
            at: 0,
            marks: Marks::default(),
            unclosed: [false; 2],
            errors: Vec::new(),
        }
    }

    /// The place of the bytes `start..end`.
    pub(super) fn span(&self, start: usize, end: usize) -> Span {
        self.text.span_of(start..end)
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.s.as_bytes().get(at).copied()
    }

    /// Where the line of the byte `at` ends, its line break not included.
    pub(super) fn line_end(&self, at: usize) -> usize {
        self.s.get(at..).and_then(|r| r.find('\n')).map_or(self.s.len(), |i| at + i)
    }

    /// The next token. `first` tells that a directive starts here.
    pub(super) fn next(&mut self, first: bool) -> Token {
        let mut starts_line = self.at == 0;
        loop {
            let at = self.at;
            match self.byte(at) {
                None => return Token::End,
                Some(b'\n') => {
                    starts_line = true;
                    self.at += 1;
                }
                Some(b' ' | b'\t' | b'\r') => self.at += 1,
                Some(b'#') => self.at = self.line_end(at),
                Some(b'{' | b'<') if self.skips_mark(first) => {}
                Some(b'{') if self.marks.mark_at(self.s, at).is_none_or(|m| !m.value) => {
                    self.at += 1;
                    return Token::Open(at);
                }
                Some(b'}') => {
                    self.at += 1;
                    return Token::Close(at);
                }
                Some(b';') => {
                    self.at += 1;
                    return Token::Semicolon(at);
                }
                Some(quote @ (b'"' | b'\'')) => return Token::Word(self.quoted(quote)),
                Some(_) => return Token::Word(self.plain(starts_line)),
            }
        }
    }

    /// Goes past a template mark that leaves no word behind: a statement of the template language, or a
    /// value on a line of its own, which stands for whole directives.
    fn skips_mark(&mut self, first: bool) -> bool {
        // `{#` after arguments is a block that starts with a comment.
        if !first && self.s.get(self.at..).is_some_and(|r| r.starts_with("{#")) {
            return false;
        }
        let Some(mark) = self.marks.mark_at(self.s, self.at) else { return false };
        if mark.value {
            let rest =
                self.s.get(mark.end..).unwrap_or_default().trim_start_matches([' ', '\t', '\r']);
            if !first || !(rest.is_empty() || rest.starts_with('\n')) {
                return false;
            }
        }
        self.at = mark.end;
        true
    }

    /// A word without quotes.
    fn plain(&mut self, starts_line: bool) -> Word {
        let start = self.at;
        let mut after_dollar = false;
        while let Some(byte) = self.byte(self.at) {
            match byte {
                b' ' | b'\t' | b'\r' | b'\n' | b';' => break,
                b'{' if after_dollar => {
                    self.at += 1;
                    continue;
                }
                b'{' | b'<' => match self.marks.mark_at(self.s, self.at).filter(|m| m.value) {
                    Some(mark) => self.at = mark.end,
                    None if byte == b'{' => break,
                    None => self.at += 1,
                },
                b'\\' => self.at += 2,
                _ => self.at += 1,
            }
            after_dollar = byte == b'$';
        }
        self.at = self.boundary(self.at);
        Word { text: self.unescaped(start, self.at), start, end: self.at, starts_line }
    }

    /// A word in quotes.
    fn quoted(&mut self, quote: u8) -> Word {
        let open = self.at;
        let known = usize::from(quote == b'"');
        let mut i = open + 1;
        while let Some(byte) = self.byte(i).filter(|_| !self.unclosed[known]) {
            match byte {
                b'\\' => i += 2,
                b if b == quote => {
                    self.at = i + 1;
                    self.check_gap(open);
                    let text = self.unescaped(open + 1, i).with_span(self.span(open, i + 1));
                    return Word { text, start: open, end: i + 1, starts_line: false };
                }
                // A template mark may have strings of its own.
                b'{' | b'<' => i = self.marks.mark_at(self.s, i).map_or(i + 1, |m| m.end),
                _ => i += 1,
            }
        }
        self.unclosed[known] = true;
        // Read on as if it had been closed before the `;` of its line.
        let line = self.s.get(open..self.line_end(open)).unwrap_or_default();
        let len = line.get(1..).and_then(|l| l.rfind(';')).map_or(line.trim_end().len(), |i| i + 1);
        self.at = open + len;
        let quote = char::from(quote);
        self.errors.push((
            open,
            self.at,
            prose!("this {} is never closed", quote),
            "close it, or write \\ before it if it belongs to the value",
        ));
        let text = self.unescaped(open + 1, self.at).with_span(self.span(open, self.at));
        Word { text, start: open, end: self.at, starts_line: false }
    }

    /// nginx wants white space, `;`, `{` or `)` behind a closing quote.
    fn check_gap(&mut self, open: usize) {
        let next = self.s.get(self.at..).and_then(|r| r.chars().next());
        if let Some(c) =
            next.filter(|c| !matches!(c, ' ' | '\t' | '\r' | '\n' | ';' | '{' | ')' | '}'))
        {
            let message = prose!("`{}` directly behind a closing quote", c);
            self.errors.push((
                open,
                self.at + c.len_utf8(),
                message,
                "put white space or `;` between them, or the whole argument into quotes",
            ));
        }
    }

    /// The bytes `start..end` with `\"`, `\'`, `\\`, `\t`, `\r` and `\n` resolved; other backslashes stay.
    fn unescaped(&self, start: usize, end: usize) -> Text {
        let raw = self.s.get(start..end).unwrap_or_default();
        if !raw.contains('\\') {
            return self.text.slice(start..end);
        }
        let mut out = Text::empty(self.span(start, end));
        let (mut run, mut i) = (start, start);
        while i + 1 < end {
            let (Some(b'\\'), Some(escaped)) = (self.byte(i), self.byte(i + 1)) else {
                i += 1;
                continue;
            };
            let control = match escaped {
                b'"' | b'\'' | b'\\' => None,
                b't' => Some("\t"),
                b'r' => Some("\r"),
                b'n' => Some("\n"),
                _ => {
                    i += 2;
                    continue;
                }
            };
            out.push_text(&self.text.slice(run..i));
            run = i + 1;
            if let Some(control) = control {
                out.push_derived(control, self.span(i, i + 2));
                run = i + 2;
            }
            i += 2;
        }
        out.push_text(&self.text.slice(run..end));
        out
    }

    /// The end of the file, or of the character that a backslash stood before.
    fn boundary(&self, at: usize) -> usize {
        (at..self.s.len()).find(|i| self.s.is_char_boundary(*i)).unwrap_or(self.s.len())
    }

    /// Goes past the Lua code up to the `}` that closes its block; `false` where there is none.
    ///
    /// Braces in one-line strings and in `--` comments do not count.
    pub(super) fn skip_lua(&mut self) -> bool {
        let mut depth = 1_usize;
        // For `'` and `"`: before which byte its line is known to hold no end of a string.
        let mut lacking = [0; 2];
        while let Some(byte) = self.byte(self.at) {
            let at = self.at;
            self.at += 1;
            match byte {
                b'{' => depth += 1,
                b'}' => depth -= 1,
                b'-' if self.byte(self.at) == Some(b'-') => self.at = self.line_end(self.at),
                b'\'' | b'"' => {
                    let known = &mut lacking[usize::from(byte == b'"')];
                    if at >= *known {
                        match string_end(self.s.as_bytes(), at, byte) {
                            Ok(end) => self.at = end,
                            Err(line_end) => *known = line_end,
                        }
                    }
                }
                _ => {}
            }
            if depth == 0 {
                return true;
            }
        }
        false
    }
}

/// The byte after the quote that closes the one at `open`, or the end of the line without one.
fn string_end(bytes: &[u8], open: usize, quote: u8) -> Result<usize, usize> {
    let mut i = open + 1;
    while let Some(byte) = bytes.get(i) {
        match byte {
            b'\n' => break,
            b'\\' => i += 2,
            b if *b == quote => return Ok(i + 1),
            _ => i += 1,
        }
    }
    Err(i.min(bytes.len()))
}
