//! The text under the reader, and its lines.

use super::SyntaxError;
use crate::finding::Prose;
use crate::source::{FileId, Span, Text};
use std::ops::Range;

/// A file's text as it was written and as it is parsed in this round. Offsets count from the byte
/// order mark's end; only [`Page::span`] knows about the mark.
pub(super) struct Page<'a> {
    pub(super) file: FileId,
    /// Bytes of the byte order mark.
    pub(super) base: usize,
    /// As it stands in the file.
    pub(super) written: &'a str,
    /// As it is parsed: the same length, with guilty lines blanked.
    pub(super) body: &'a str,
}

impl Page<'_> {
    /// The place of a range of the text in the file. The spaces that stand for a blanked character
    /// map to the whole of it.
    pub(super) fn span(&self, range: Range<usize>) -> Span {
        let (mut start, mut end) =
            (range.start.min(self.written.len()), range.end.min(self.written.len()));
        while !self.written.is_char_boundary(start) {
            start -= 1;
        }
        while !self.written.is_char_boundary(end) {
            end += 1;
        }
        Span::new(self.file, self.base + start, self.base + end)
    }

    /// An error at a range of the text.
    pub(super) fn error(
        &self,
        at: Range<usize>,
        message: impl Into<Prose>,
        help: Option<Prose>,
    ) -> SyntaxError {
        let error = SyntaxError::new(self.span(at), message);
        match help {
            Some(help) => error.help(help),
            None => error,
        }
    }

    /// Appends the parsed bytes at `range`: verbatim, unless they were blanked.
    pub(super) fn push(&self, text: &mut Text, range: Range<usize>) {
        let Some(parsed) = self.body.get(range.clone()) else { return };
        if self.written.get(range.clone()) == Some(parsed) {
            text.push_verbatim(parsed, self.base + range.start);
        } else {
            text.push_derived(parsed, self.span(range));
        }
    }

    /// Appends one line feed for the line break at `range`, which may be a CRLF.
    pub(super) fn push_break(&self, text: &mut Text, range: Range<usize>) {
        if self.body.get(range.clone()) == Some("\n") {
            self.push(text, range);
        } else {
            text.push_derived("\n", self.span(range));
        }
    }
}

/// The byte at `at`, or 0 past the end (a NUL ends YAML text as well).
pub(super) fn byte(text: &str, at: usize) -> u8 {
    text.as_bytes().get(at).copied().unwrap_or(0)
}

/// Whether a byte is a space or a tab.
pub(super) fn is_blank(b: u8) -> bool {
    matches!(b, b' ' | b'\t')
}

/// Length of the line break at `at`: CRLF, LF or CR (YAML 1.2.2, 5.4); 0 where there is none.
pub(super) fn break_len(text: &str, at: usize) -> usize {
    match (byte(text, at), byte(text, at + 1)) {
        (b'\r', b'\n') => 2,
        (b'\r' | b'\n', _) => 1,
        _ => 0,
    }
}

/// The first offset from `at` that holds no space or tab.
pub(super) fn skip_blanks(text: &str, mut at: usize) -> usize {
    while is_blank(byte(text, at)) {
        at += 1;
    }
    at
}

/// Where the line holding `at` starts.
pub(super) fn line_start(text: &str, at: usize) -> usize {
    let before = text.as_bytes().get(..at).unwrap_or(text.as_bytes());
    before.iter().rposition(|b| matches!(b, b'\n' | b'\r')).map_or(0, |i| i + 1)
}

/// A line, its break left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Line {
    /// First byte.
    pub(super) start: usize,
    /// First byte that is no space or tab.
    pub(super) content: usize,
    /// The byte after the last, white space at the end left out.
    pub(super) end: usize,
    /// Where the next line starts.
    pub(super) next: usize,
}

impl Line {
    /// The line that holds `at`.
    pub(super) fn containing(text: &str, at: usize) -> Self {
        let start = line_start(text, at.min(text.len()));
        let rest = text.as_bytes().get(start..).unwrap_or_default();
        let stop =
            start + rest.iter().position(|b| matches!(b, b'\n' | b'\r')).unwrap_or(rest.len());
        let line = text.get(start..stop).unwrap_or_default();
        let end = start + line.trim_end_matches([' ', '\t']).len();
        Self {
            start,
            content: skip_blanks(text, start).min(end).max(start),
            end,
            next: stop + break_len(text, stop),
        }
    }

    /// The next line, if there is one.
    pub(super) fn following(self, text: &str) -> Option<Self> {
        (self.next < text.len()).then(|| Self::containing(text, self.next))
    }

    /// Whether it holds only white space.
    pub(super) fn is_blank(self) -> bool {
        self.content >= self.end
    }

    /// Its indentation in bytes.
    pub(super) fn indent(self) -> usize {
        self.content - self.start
    }

    /// Whether it is an item of a list: `- …`.
    pub(super) fn is_item(self, text: &str) -> bool {
        is_item(text, self.content)
    }
}

/// Whether a list item's dash stands at `at`.
pub(super) fn is_item(text: &str, at: usize) -> bool {
    byte(text, at) == b'-' && matches!(byte(text, at + 1), b' ' | b'\t' | b'\n' | b'\r' | 0)
}
