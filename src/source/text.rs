//! Strings that know where they were written.

use super::{FileId, Span};
use std::ops::Range;

/// A run of a [`Text`] and the place it came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece {
    /// Byte offset of the run in the text.
    pub at: u32,
    /// Its length in bytes in the text.
    pub len: u32,
    /// The place it came from.
    pub src: Span,
    /// Whether the run stands in the file byte for byte. Where it does not (an escape, a folded
    /// line break, an interpolated variable), every byte of the run maps to the whole of `src`.
    pub verbatim: bool,
}

/// A string whose every byte knows where it was written.
///
/// YAML scalars, Dockerfile arguments put together from continued lines, shell words and Python
/// strings are all `Text`s, so a shell word inside a Compose `command:` inside a block scalar
/// still has its own place. Nothing is ever found by searching the file again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    text: String,
    pieces: Vec<Piece>,
    /// Where the text as a whole stands (with quotes, where it is quoted); also its place when empty.
    span: Span,
}

impl Text {
    /// An empty text at `span`, to be filled with the `push` methods.
    pub fn empty(span: Span) -> Self {
        Self { text: String::new(), pieces: Vec::new(), span }
    }

    /// A text that stands byte for byte at `start..` of `file`.
    pub fn verbatim(file: FileId, start: usize, text: &str) -> Self {
        let span = Span::new(file, start, start + text.len());
        let mut whole = Self::empty(span);
        whole.push_verbatim(text, span.start as usize);
        whole
    }

    /// A text that is written differently at `span` (or only implied by it).
    pub fn derived(text: impl Into<String>, span: Span) -> Self {
        let text = text.into();
        let mut whole = Self::empty(span);
        whole.push_derived(&text, span);
        whole
    }

    /// Appends text that stands byte for byte at `start..` of this text's file.
    pub fn push_verbatim(&mut self, text: &str, start: usize) {
        if text.is_empty() {
            return;
        }
        let src = Span::new(self.span.file, start, start + text.len());
        if let Some(last) = self.pieces.last_mut()
            && last.verbatim
            && last.src.file == src.file
            && last.src.end == src.start
        {
            last.len += src.end - src.start;
            last.src.end = src.end;
        } else {
            self.pieces.push(Piece {
                at: self.len32(),
                len: src.end - src.start,
                src,
                verbatim: true,
            });
        }
        self.text.push_str(text);
    }

    /// Appends text that came from `src` but reads differently there.
    pub fn push_derived(&mut self, text: &str, src: Span) {
        if text.is_empty() {
            return;
        }
        let len = u32::try_from(text.len()).unwrap_or(u32::MAX);
        self.pieces.push(Piece { at: self.len32(), len, src, verbatim: false });
        self.text.push_str(text);
    }

    /// Appends another text with its places.
    pub fn push_text(&mut self, other: &Self) {
        let shift = self.len32();
        self.pieces.extend(other.pieces.iter().map(|p| Piece { at: p.at + shift, ..*p }));
        self.text.push_str(&other.text);
    }

    fn len32(&self) -> u32 {
        u32::try_from(self.text.len()).unwrap_or(u32::MAX)
    }

    /// The string.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether the string is empty.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Where the text as a whole stands.
    pub fn span(&self) -> Span {
        self.span
    }

    /// The same text with another place for the whole (for a value with its quotes).
    pub fn with_span(mut self, span: Span) -> Self {
        self.span = span;
        self
    }

    /// The runs it is made of, in order.
    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// The place of the bytes `range` of the string (clamped to it).
    pub fn span_of(&self, range: Range<usize>) -> Span {
        let start = self.locate(range.start);
        if range.end <= range.start {
            return Span { end: start.start, ..start };
        }
        let end = self.locate(range.end - 1);
        Span {
            file: start.file,
            start: start.start,
            end: if end.file == start.file { end.end.max(start.start) } else { start.end },
        }
    }

    /// The place of one byte of the string, one byte wide where it stands verbatim.
    fn locate(&self, offset: usize) -> Span {
        let offset = u32::try_from(offset).unwrap_or(u32::MAX);
        let index = self.pieces.partition_point(|p| p.at + p.len <= offset);
        match self.pieces.get(index) {
            Some(p) if p.verbatim => {
                let start = p.src.start + offset.saturating_sub(p.at);
                Span { file: p.src.file, start, end: start + 1 }
            }
            Some(p) => p.src,
            None => match self.pieces.last() {
                Some(p) => Span { start: p.src.end, ..p.src },
                None => Span { start: self.span.end, ..self.span },
            },
        }
    }

    /// The bytes `range` of the string as a text of their own, with their places.
    ///
    /// The range is clamped to the string and to character boundaries.
    pub fn slice(&self, range: Range<usize>) -> Self {
        let mut start = range.start.min(self.text.len());
        let mut end = range.end.clamp(start, self.text.len());
        while !self.text.is_char_boundary(start) {
            start -= 1;
        }
        while !self.text.is_char_boundary(end) {
            end -= 1;
        }
        let end = end.max(start);
        let mut out = Self::empty(self.span_of(start..end));
        let (from, to) = (start as u32, end as u32);
        let first = self.pieces.partition_point(|p| p.at + p.len <= from);
        for p in self.pieces[first..].iter().take_while(|p| p.at < to) {
            let a = p.at.max(from);
            let b = (p.at + p.len).min(to);
            if a >= b {
                continue;
            }
            let src = if p.verbatim {
                Span {
                    file: p.src.file,
                    start: p.src.start + (a - p.at),
                    end: p.src.start + (b - p.at),
                }
            } else {
                p.src
            };
            out.pieces.push(Piece { at: a - from, len: b - a, src, verbatim: p.verbatim });
        }
        out.text.push_str(&self.text[start..end]);
        out
    }

    /// The text without white space at both ends.
    pub fn trim(&self) -> Self {
        let start = self.text.len() - self.text.trim_start().len();
        self.slice(start..start + self.text.trim().len())
    }
}

impl std::fmt::Display for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::ops::Deref for Text {
    type Target = str;
    fn deref(&self) -> &str {
        &self.text
    }
}
