//! Words: literals, quotes and what stands between them (POSIX shell, 2.2 "Quoting").

use super::blanks::{is_meta, name_len};
use super::read::ShellReader;
use super::{Part, Word};
use crate::source::Text;
use std::ops::Range;

/// Where a word stands, which decides where it ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// A command's word.
    Command,
    /// A word in an array's parentheses.
    Element,
    /// After an operator in `${ … }`, up to `}`.
    Argument {
        /// In double quotes.
        quoted: bool,
        /// Single quotes are plain characters (`"${a:-it's}"`).
        plain_quotes: bool,
    },
    /// In `[[ … ]]`.
    Test,
    /// After `=~` in `[[ … ]]`, where brackets belong to the word.
    Regex,
    /// In `(( … ))`, up to a blank.
    Arithmetic,
}

/// The parts of a word while it is read.
#[derive(Default)]
pub(super) struct Parts {
    bits: Vec<Bit>,
    /// Quotes were seen, so that the word is there even when it is empty.
    quotes: bool,
}

enum Bit {
    Literal(Literal),
    Part(Part),
}

struct Literal {
    text: Text,
    range: Range<usize>,
    quoted: bool,
}

impl Parts {
    /// The literal that ends the word so far, or a new one. Quoted and unquoted ones stay apart: only the latter are
    /// split, and patterns.
    fn literal(&mut self, whole: &Text, range: Range<usize>, quoted: bool) -> Option<&mut Text> {
        let joins = matches!(self.bits.last(), Some(Bit::Literal(last)) if last.quoted == quoted);
        if !joins {
            let text = Text::empty(whole.span_of(range.start..range.start));
            self.bits.push(Bit::Literal(Literal { text, range: range.clone(), quoted }));
        }
        let Some(Bit::Literal(last)) = self.bits.last_mut() else { return None };
        last.range.end = range.end;
        Some(&mut last.text)
    }

    /// Adds text as it stands.
    pub(super) fn plain(&mut self, whole: &Text, range: Range<usize>, quoted: bool) {
        if range.is_empty() {
            return;
        }
        if let Some(text) = self.literal(whole, range.clone(), quoted) {
            text.push_text(&whole.slice(range));
        }
    }

    /// Adds text that is written differently at `range`.
    pub(super) fn derived(&mut self, whole: &Text, range: Range<usize>, escape: &str) {
        let span = whole.span_of(range.clone());
        if let Some(text) = self.literal(whole, range, true) {
            text.push_derived(escape, span);
        }
    }

    /// Adds something that is not a literal.
    pub(super) fn push(&mut self, part: Part) {
        self.bits.push(Bit::Part(part));
    }

    /// Adds what stood in quotes.
    fn append(&mut self, whole: &Text, inner: Self) {
        self.quotes = true;
        for bit in inner.bits {
            match bit {
                Bit::Literal(Literal { text: more, range, quoted }) => {
                    if let Some(text) = self.literal(whole, range, quoted) {
                        text.push_text(&more);
                    }
                }
                Bit::Part(_) => self.bits.push(bit),
            }
        }
    }

    fn finish(self, whole: &Text, range: Range<usize>) -> Vec<Part> {
        if self.bits.is_empty() && self.quotes {
            return vec![Part::Literal { text: Text::empty(whole.span_of(range)), quoted: true }];
        }
        let part = |bit| match bit {
            Bit::Literal(Literal { text, range, quoted }) => {
                Part::Literal { text: text.with_span(whole.span_of(range)), quoted }
            }
            Bit::Part(part) => part,
        };
        self.bits.into_iter().map(part).collect()
    }
}

/// The body of a here-document as a word.
pub(super) fn document(body: &Text) -> Word {
    let mut reader = ShellReader::new(body);
    let (parts, _) = reader.in_double_quotes(true);
    Word { parts: parts.finish(body, 0..body.len()), raw: body.clone() }
}

impl ShellReader<'_> {
    /// Reads a word; it may be empty, where none stands.
    pub(super) fn word(&mut self, mode: Mode) -> Word {
        let start = self.at;
        let mut parts = Parts::default();
        // Open parentheses of a pattern (`@(a|b)`) or regular expression, which belong to the word.
        let mut groups = 0_u32;
        while let Some(byte) = self.byte() {
            match byte {
                b'\\' => self.backslash(&mut parts, mode),
                b'\'' if !matches!(mode, Mode::Argument { plain_quotes: true, .. }) => {
                    self.single_quoted(&mut parts)
                }
                b'"' => self.double_quoted(&mut parts),
                b'$' => {
                    self.dollar(&mut parts, matches!(mode, Mode::Argument { quoted: true, .. }))
                }
                b'`' => {
                    self.backquoted(&mut parts, matches!(mode, Mode::Argument { quoted: true, .. }))
                }
                b'<' | b'>'
                    if self.byte_at(self.at + 1) == Some(b'(')
                        && matches!(mode, Mode::Command | Mode::Element) =>
                {
                    self.process(&mut parts);
                }
                b'(' if mode == Mode::Command && self.opens_array(start) => {
                    let values = self.array();
                    parts.push(Part::Array(values));
                }
                b'(' if self.opens_group(mode, start, groups) => {
                    groups += 1;
                    self.run(&mut parts, 1);
                }
                b')' if groups > 0 => {
                    groups -= 1;
                    self.run(&mut parts, 1);
                }
                // `[[ … ]]` may go on over lines.
                _ if groups > 0
                    && (matches!(mode, Mode::Test | Mode::Regex)
                        || self.break_len(self.at) == 0) =>
                {
                    self.run(&mut parts, self.plain_len());
                }
                _ if self.ends(byte, mode) => break,
                _ => self.run(&mut parts, self.plain_len()),
            }
        }
        let raw = self.text.slice(start..self.at);
        if self.at > start {
            self.last = self.at;
        }
        Word { parts: parts.finish(self.text, start..self.at), raw }
    }

    /// Adds the next `len` bytes as they are.
    fn run(&mut self, parts: &mut Parts, len: usize) {
        let end = (self.at + len).min(self.end);
        parts.plain(self.text, self.at..end, false);
        self.at = end;
    }

    /// Bytes from here that mean nothing to any mode, at least one character.
    fn plain_len(&self) -> usize {
        let first = self.char_len();
        let special =
            |b: &u8| is_meta(*b) || matches!(b, b'\\' | b'\'' | b'"' | b'$' | b'`' | b'}' | b'\r');
        let rest = self.rest_at(self.at + first);
        first + rest.iter().position(special).unwrap_or(rest.len())
    }

    /// Whether an unquoted byte ends the word.
    fn ends(&self, byte: u8, mode: Mode) -> bool {
        let next = self.byte_at(self.at + 1);
        match mode {
            Mode::Argument { .. } => byte == b'}',
            _ if self.break_len(self.at) > 0 => true,
            Mode::Arithmetic => matches!(byte, b' ' | b'\t'),
            Mode::Command | Mode::Element => is_meta(byte),
            // One `|` belongs to a regular expression, two end it.
            Mode::Regex => {
                matches!(byte, b' ' | b'\t' | b';')
                    || byte == b'&'
                    || byte == b'|' && next == Some(b'|')
            }
            Mode::Test => is_meta(byte),
        }
    }

    /// Whether `(` here opens a group that belongs to the word: `@(a|b)`, or in a regular expression.
    fn opens_group(&self, mode: Mode, start: usize, groups: u32) -> bool {
        let before =
            self.at.checked_sub(1).filter(|at| *at >= start).and_then(|at| self.byte_at(at));
        match mode {
            Mode::Regex => true,
            _ if groups > 0 => true,
            Mode::Command | Mode::Element | Mode::Test => {
                matches!(before, Some(b'?' | b'*' | b'+' | b'@' | b'!'))
            }
            Mode::Arithmetic | Mode::Argument { .. } => false,
        }
    }

    /// Whether the word so far is `NAME=` or `NAME+=`, as in `declare -a NAME=(…)`.
    fn opens_array(&self, start: usize) -> bool {
        let word = self.text.as_bytes().get(start..self.at).unwrap_or_default();
        word.ends_with(b"=")
            && matches!(word.get(name_len(word)..), Some(b"=" | b"+="))
            && name_len(word) > 0
    }

    /// `\x` outside of double quotes: the character itself; a continued line: nothing.
    fn backslash(&mut self, parts: &mut Parts, mode: Mode) {
        let at = self.at;
        let line = self.break_len(at + 1);
        if line > 0 {
            self.at += 1 + line;
            return;
        }
        self.at += 1;
        let quoted = matches!(mode, Mode::Argument { quoted: true, .. });
        let Some(next) = self.byte() else {
            parts.plain(self.text, at..self.at, false);
            return;
        };
        let end = self.at + self.char_len();
        let from =
            if quoted && !matches!(next, b'$' | b'`' | b'"' | b'\\' | b'}') { at } else { self.at };
        parts.plain(self.text, from..end, true);
        self.at = end.min(self.end);
    }

    /// `'…'`: everything stands for itself.
    fn single_quoted(&mut self, parts: &mut Parts) {
        let open = self.at..self.at + 1;
        self.at += 1;
        let range = self.closed(open, "close it with `'`", |r| {
            let start = r.at;
            let len = r.rest().iter().position(|b| *b == b'\'');
            let end = len.map_or(r.end, |len| start + len);
            r.at = (end + 1).min(r.end);
            (start..end, len.is_some())
        });
        parts.quotes = true;
        parts.plain(self.text, range, true);
    }

    /// `"…"`: `$`, `` ` `` and some backslashes keep their meaning.
    pub(super) fn double_quoted(&mut self, parts: &mut Parts) {
        let open = self.at..self.at + 1;
        self.at += 1;
        let inner = self.closed(open, "close it with `\"`", |r| r.in_double_quotes(false));
        parts.append(self.text, inner);
    }

    /// Up to the closing quote, which a here-document does not have.
    fn in_double_quotes(&mut self, document: bool) -> (Parts, bool) {
        let mut parts = Parts::default();
        while let Some(byte) = self.byte() {
            match byte {
                b'"' if !document => {
                    self.at += 1;
                    return (parts, true);
                }
                b'$' => self.dollar(&mut parts, true),
                b'`' => self.backquoted(&mut parts, true),
                b'\\' if self.break_len(self.at + 1) > 0 => {
                    self.at += 1 + self.break_len(self.at + 1)
                }
                b'\\' => {
                    let next = self.byte_at(self.at + 1);
                    let escape = matches!(next, Some(b'$' | b'`' | b'\\'))
                        || next == Some(b'"') && !document;
                    let start = self.at + usize::from(escape);
                    self.at = (start + 1).min(self.end);
                    parts.plain(self.text, start..self.at, true);
                }
                _ => {
                    let special =
                        |b: &u8| matches!(b, b'$' | b'`' | b'\\') || *b == b'"' && !document;
                    let len = self.rest().iter().position(special);
                    let end = len.map_or(self.end, |len| self.at + len);
                    parts.plain(self.text, self.at..end, true);
                    self.at = end;
                }
            }
        }
        (parts, false)
    }

    /// `$'…'`: a C string (Bash, 3.1.2.4). Stands at the `$`.
    pub(super) fn ansi_quoted(&mut self, parts: &mut Parts) {
        let open = self.at..self.at + 2;
        self.at += 2;
        let inner = self.closed(open, "close it with `'`", |r| {
            let mut parts = Parts::default();
            while let Some(byte) = r.byte() {
                match byte {
                    b'\'' => {
                        r.at += 1;
                        return (parts, true);
                    }
                    b'\\' => {
                        let start = r.at;
                        let (text, len) = super::escapes::read(r.rest());
                        r.at = (start + len.max(1)).min(r.end);
                        match text {
                            Some(text) => parts.derived(r.text, start..r.at, &text),
                            None => parts.plain(r.text, start..r.at, true),
                        }
                    }
                    _ => {
                        let len = r.rest().iter().position(|b| matches!(b, b'\'' | b'\\'));
                        let end = len.map_or(r.end, |len| r.at + len);
                        parts.plain(r.text, r.at..end, true);
                        r.at = end;
                    }
                }
            }
            (parts, false)
        });
        parts.append(self.text, inner);
    }
}
