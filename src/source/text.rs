//! Strings that know where they were written.

use super::{FileId, Known, Reason, Span, Unknown};
use std::ops::Range;
use std::sync::Arc;

/// What stands in the string for a piece that is not known, so that offsets stay meaningful. It is never looked for:
/// a file may hold this character itself, and only the pieces say what is known.
const STAND_IN: &str = "\u{e000}";

/// A run of a [`Text`] and the place it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// Byte offset of the run in the text.
    pub at: u32,
    /// Its length in bytes in the text.
    pub len: u32,
    /// The place it came from.
    pub src: Span,
    /// How the run hangs together with that place.
    pub kind: PieceKind,
}

/// How a run of a text hangs together with the place it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PieceKind {
    /// It stands in the file byte for byte.
    Verbatim,
    /// It reads differently there (an escape, a folded line break, an interpolated variable): every byte of the run
    /// maps to the whole of [`Piece::src`].
    Derived,
    /// It is not known what stands there, and why.
    Unresolved(Arc<Unknown>),
}

impl Piece {
    /// Whether the run stands in the file byte for byte.
    pub fn verbatim(&self) -> bool {
        self.kind == PieceKind::Verbatim
    }

    /// Why it is not known; `None` for one that is.
    pub fn unknown(&self) -> Option<&Unknown> {
        match &self.kind {
            PieceKind::Unresolved(why) => Some(why),
            PieceKind::Verbatim | PieceKind::Derived => None,
        }
    }
}

/// A string whose every byte knows where it was written.
///
/// YAML scalars, Dockerfile arguments put together from continued lines, shell words and Python
/// strings are all `Text`s, so a shell word inside a Compose `command:` inside a block scalar
/// still has its own place. Nothing is ever found by searching the file again.
///
/// A text may be known in part: the host of a database URL whose password is a variable that nothing sets. What is not
/// known is an [unresolved](PieceKind::Unresolved) piece.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    text: String,
    pieces: Vec<Piece>,
    /// Where the text as a whole stands (with quotes, where it is quoted); also its place when empty.
    span: Span,
}

impl Text {
    /// What stands in the string for a piece that is not known, for what reads a text as code.
    pub(crate) const STAND_IN: &'static str = STAND_IN;

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

    /// A text that is written at `span` and of which nothing is known.
    pub fn unresolved(why: impl Into<Unknown>, span: Span) -> Self {
        let mut whole = Self::empty(span);
        whole.push_unresolved(why, span);
        whole
    }

    /// Appends text that stands byte for byte at `start..` of this text's file.
    pub fn push_verbatim(&mut self, text: &str, start: usize) {
        if text.is_empty() {
            return;
        }
        let src = Span::new(self.span.file, start, start + text.len());
        if let Some(last) = self.pieces.last_mut()
            && last.verbatim()
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
                kind: PieceKind::Verbatim,
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
        self.pieces.push(Piece { at: self.len32(), len, src, kind: PieceKind::Derived });
        self.text.push_str(text);
    }

    /// Appends something that is written at `src` and not known.
    pub fn push_unresolved(&mut self, why: impl Into<Unknown>, src: Span) {
        let kind = PieceKind::Unresolved(Arc::new(why.into()));
        let at = self.len32();
        self.text.push_str(STAND_IN);
        self.pieces.push(Piece { at, len: self.len32() - at, src, kind });
    }

    /// Appends another text with its places.
    pub fn push_text(&mut self, other: &Self) {
        let shift = self.len32();
        self.pieces.extend(other.pieces.iter().map(|p| Piece { at: p.at + shift, ..p.clone() }));
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
            Some(p) if p.verbatim() => {
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
            let src = if p.verbatim() {
                Span {
                    file: p.src.file,
                    start: p.src.start + (a - p.at),
                    end: p.src.start + (b - p.at),
                }
            } else {
                p.src
            };
            out.pieces.push(Piece { at: a - from, len: b - a, src, kind: p.kind.clone() });
        }
        out.text.push_str(&self.text[start..end]);
        out
    }

    /// The same text as it is seen at `span`, where a variable puts it: every piece maps to that place, and what is not
    /// known stays so.
    pub fn seen_at(&self, span: Span) -> Self {
        let mut out = Self { text: self.text.clone(), pieces: Vec::new(), span };
        for piece in &self.pieces {
            match (&piece.kind, out.pieces.last_mut()) {
                (PieceKind::Unresolved(why), _) => {
                    // What is set somewhere and put in here is unknown where it is set.
                    let why = (**why).clone().or_at(piece.src);
                    let kind = PieceKind::Unresolved(Arc::new(why));
                    out.pieces.push(Piece { src: span, kind, ..*piece });
                }
                (_, Some(last)) if last.kind == PieceKind::Derived => last.len += piece.len,
                _ => out.pieces.push(Piece { src: span, kind: PieceKind::Derived, ..*piece }),
            }
        }
        out
    }

    /// Whether all of it is known.
    pub fn is_resolved(&self) -> bool {
        self.pieces.iter().all(|p| p.unknown().is_none())
    }

    /// Whether nothing of it is known.
    pub fn is_unresolved(&self) -> bool {
        !self.pieces.is_empty() && self.pieces.iter().all(|p| p.unknown().is_some())
    }

    /// Why not all of it is known: the first piece that is not, at the place where it is put in unless it has its own.
    pub fn why(&self) -> Option<Unknown> {
        self.pieces.iter().find_map(|p| Some(p.unknown()?.clone().or_at(p.src)))
    }

    /// The string, where all of it is known.
    pub fn resolved(&self) -> Option<&str> {
        self.is_resolved().then_some(self.as_str())
    }

    /// The text where all of it is known, else one of which nothing is known.
    pub fn whole_or_nothing(self) -> Self {
        match self.why() {
            Some(why) => Self::unresolved(why, self.span),
            None => self,
        }
    }

    /// As a value that is known as far as the pieces are.
    pub fn known(self) -> Known<Self> {
        match self.why() {
            None => Known::Known(self),
            Some(why) if self.is_unresolved() => Known::Unknown(why),
            Some(why) => Known::Partly(self, why),
        }
    }

    /// Whether it starts with something that is not known.
    pub fn starts_unresolved(&self) -> bool {
        self.pieces.first().is_some_and(|p| p.unknown().is_some())
    }

    /// Whether it ends with something that is not known.
    pub fn ends_unresolved(&self) -> bool {
        self.pieces.last().is_some_and(|p| p.unknown().is_some())
    }

    /// The string without what is not known: what Compose puts in where a variable is not set is nothing.
    pub fn without_unresolved(&self) -> String {
        let known = self.pieces.iter().filter(|p| p.unknown().is_none());
        known.filter_map(|p| self.text.get(p.at as usize..(p.at + p.len) as usize)).collect()
    }

    /// Whether it surely is not empty, though it may not be known what it is.
    pub fn is_surely_filled(&self) -> bool {
        self.pieces.iter().any(|p| match p.unknown() {
            Some(why) => matches!(why.reason, Reason::MustBeSet(_)),
            None => p.len > 0,
        })
    }

    /// Whether two texts are the same; `None` where that hangs on what is not known.
    pub fn same(&self, other: &Self) -> Option<bool> {
        if self.is_resolved() && other.is_resolved() {
            return Some(self.text == other.text);
        }
        let unknown = |t: &Self| -> Vec<(u32, Reason)> {
            let reasons = t.pieces.iter().filter_map(|p| Some((p.at, p.unknown()?.reason.clone())));
            let plain = reasons.map(|(at, reason)| match reason {
                Reason::MustBeSet(name) => (at, Reason::NotSet(name)),
                other => (at, other),
            });
            plain.collect()
        };
        // A variable has one value, wherever it is put in.
        let named = |all: &[(u32, Reason)]| all.iter().all(|(_, r)| matches!(r, Reason::NotSet(_)));
        let (own, others) = (unknown(self), unknown(other));
        if self.text == other.text && own == others && named(&own) {
            return Some(true);
        }
        let differs = |a: &str, b: &str| !a.starts_with(b) && !b.starts_with(a);
        let (a, b) = (self.head(), other.head());
        let short =
            |t: &Self, head: &str, against: &str| t.is_resolved() && head.len() < against.len();
        let ruled_out = differs(a, b) || short(self, a, b) || short(other, b, a);
        ruled_out.then_some(false)
    }

    /// The bytes of `part`, which is borrowed from this text's string, with their places; empty for any other string.
    pub fn slice_of(&self, part: &str) -> Self {
        let start = (part.as_ptr() as usize).wrapping_sub(self.text.as_ptr() as usize);
        let end = start.saturating_add(part.len());
        if end > self.text.len() {
            return Self::empty(self.span);
        }
        self.slice(start..end)
    }

    /// What is known of its start.
    pub fn head(&self) -> &str {
        let end = self.pieces.iter().find(|p| p.unknown().is_some()).map(|p| p.at as usize);
        end.and_then(|end| self.text.get(..end)).unwrap_or(&self.text)
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
