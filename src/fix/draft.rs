//! A file that is being changed: what is left of its text, and what was written instead.

use crate::source::{SourceFile, Span};
use std::ops::Range;
use std::sync::Arc;

/// A file with changes that are not written yet. Places of the file as it was read stay meaningful.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    original: Arc<SourceFile>,
    parts: Vec<Part>,
    current: SourceFile,
}

/// A run of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    /// These bytes of the original.
    Kept(Range<usize>),
    /// Something new.
    New(String),
}

impl Part {
    fn len(&self) -> usize {
        match self {
            Self::Kept(range) => range.len(),
            Self::New(text) => text.len(),
        }
    }
}

impl Draft {
    pub(super) fn new(original: Arc<SourceFile>) -> Self {
        let current = original.with_text(original.text.clone());
        Self { parts: vec![Part::Kept(0..original.text.len())], original, current }
    }

    /// The file with the changes so far.
    pub(super) fn file(&self) -> &SourceFile {
        &self.current
    }

    /// The file as it was read.
    pub(super) fn original(&self) -> &SourceFile {
        &self.original
    }

    /// The text with the changes so far.
    pub(super) fn text(&self) -> &str {
        &self.current.text
    }

    /// Whether nothing has changed.
    pub(super) fn is_unchanged(&self) -> bool {
        self.current.text == self.original.text
    }

    /// Where a place of the original is now; `None` where a change took its start or its end.
    pub(super) fn now(&self, span: Span) -> Option<Span> {
        let range = span.range();
        let start = self.moved(range.start)?;
        if range.is_empty() {
            return Some(Span::new(span.file, start, start));
        }
        Some(Span::new(span.file, start, self.moved(range.end - 1)? + 1))
    }

    fn moved(&self, offset: usize) -> Option<usize> {
        let mut at = 0;
        for part in &self.parts {
            if let Part::Kept(range) = part
                && (range.contains(&offset)
                    || offset == range.end && offset == self.original.text.len())
            {
                return Some(at + offset - range.start);
            }
            at += part.len();
        }
        None
    }

    /// Replaces bytes of the current text.
    pub(super) fn replace(&mut self, range: Range<usize>, with: &str) {
        let mut parts = Vec::with_capacity(self.parts.len() + 2);
        let mut at = 0;
        let mut with = Some(with);
        for part in self.parts.drain(..) {
            let own = at..at + part.len();
            at = own.end;
            let before = own.start..own.end.min(range.start);
            let after = own.start.max(range.end)..own.end;
            let cut = |piece: Range<usize>| match &part {
                Part::Kept(kept) => {
                    let start = kept.start + piece.start - own.start;
                    Part::Kept(start..start + piece.len())
                }
                Part::New(text) => Part::New(
                    text.get(piece.start - own.start..piece.end - own.start)
                        .unwrap_or_default()
                        .to_owned(),
                ),
            };
            if before.start < before.end {
                parts.push(cut(before));
            }
            if own.end >= range.start
                && let Some(with) = with.take_if(|_| own.end > range.start || range.is_empty())
            {
                parts.push(Part::New(with.to_owned()));
            }
            if after.start < after.end {
                parts.push(cut(after));
            }
        }
        if let Some(with) = with {
            parts.push(Part::New(with.to_owned()));
        }
        parts.retain(|p| p.len() > 0);
        self.parts = parts;
        let mut text = String::with_capacity(self.current.text.len() + 64);
        for part in &self.parts {
            match part {
                Part::Kept(range) => text.push_str(&self.original.text[range.clone()]),
                Part::New(new) => text.push_str(new),
            }
        }
        self.current = self.original.with_text(text.into());
    }

    /// The changes, as ranges of the original with what replaces them, in order.
    pub(super) fn edits(&self) -> Vec<(Range<usize>, String)> {
        let mut edits: Vec<(Range<usize>, String)> = Vec::new();
        let mut at = 0;
        let mut new = String::new();
        for part in &self.parts {
            match part {
                Part::New(text) => new.push_str(text),
                Part::Kept(range) => {
                    if at < range.start || !new.is_empty() {
                        edits.push((at..range.start, std::mem::take(&mut new)));
                    }
                    at = range.end;
                }
            }
        }
        if at < self.original.text.len() || !new.is_empty() {
            edits.push((at..self.original.text.len(), new));
        }
        edits
    }

    /// The file with these changes and those of another draft of it; `None` where they touch.
    pub(super) fn beside(&self, other: &Self) -> Option<Self> {
        let mut edits = self.edits();
        edits.extend(other.edits());
        edits.sort_by_key(|(range, _)| (range.start, range.end));
        let apart = edits.windows(2).all(|w| matches!(w, [(a, _), (b, _)] if a.end < b.start));
        if !apart {
            return None;
        }
        let mut draft = Self::new(self.original.clone());
        draft.parts.clear();
        let mut text = String::with_capacity(self.current.text.len() + 64);
        let mut at = 0;
        let end = self.original.text.len();
        for (range, new) in edits.into_iter().chain([(end..end, String::new())]) {
            draft.parts.push(Part::Kept(at..range.start));
            text.push_str(self.original.text.get(at..range.start)?);
            text.push_str(&new);
            draft.parts.push(Part::New(new));
            at = range.end;
        }
        draft.parts.retain(|p| p.len() > 0);
        draft.current = self.original.with_text(text.into());
        Some(draft)
    }

    /// What ends a line in this file.
    fn line_break(&self) -> &'static str {
        let first = self.original.text.find('\n');
        if first.is_some_and(|at| self.original.text[..at].ends_with('\r')) { "\r\n" } else { "\n" }
    }

    /// The start of the line that holds a byte.
    pub(super) fn line_start(&self, at: usize) -> usize {
        let text = self.text();
        let bom = self.current.bom();
        text[..at.min(text.len())].rfind('\n').map_or(bom.min(text.len()), |i| i + 1)
    }

    /// The end of the line that holds a byte, its break left out.
    pub(super) fn line_end(&self, at: usize) -> usize {
        let text = self.text();
        let at = at.min(text.len());
        let end = text[at..].find('\n').map_or(text.len(), |i| at + i);
        if end > at && text[..end].ends_with('\r') { end - 1 } else { end }
    }

    /// The white space in front of the line that holds a byte.
    pub(super) fn indent(&self, at: usize) -> String {
        let line = &self.text()[self.line_start(at)..];
        line[..line.len() - line.trim_start_matches([' ', '\t']).len()].to_owned()
    }

    /// Replaces bytes by text whose lines are joined by `\n`.
    pub(super) fn write(&mut self, range: Range<usize>, with: &str) {
        let with =
            if self.line_break() == "\n" { with.to_owned() } else { with.replace('\n', "\r\n") };
        self.replace(range, &with);
    }

    /// Adds whole lines below the line that holds a byte. A file that ends without a line break still does.
    pub(super) fn add_below(&mut self, at: usize, lines: &str) {
        let end = self.line_end(at);
        self.write(end..end, &format!("\n{lines}"));
    }

    /// Adds whole lines above the line that holds a byte.
    pub(super) fn add_above(&mut self, at: usize, lines: &str) {
        let start = self.line_start(at);
        self.write(start..start, &format!("{lines}\n"));
    }

    /// Adds a line at the end of the file.
    pub(super) fn add_at_end(&mut self, line: &str) {
        let end = self.text().len();
        let body = &self.text()[self.current.bom()..];
        let ends = body.is_empty() || body.ends_with('\n');
        // The last line of a file has no break in some files; one that is added keeps it so.
        let with = if ends { format!("{line}\n") } else { format!("\n{line}") };
        self.write(end..end, &with);
    }

    /// Removes the lines that hold these bytes, and an empty line that would stay at the start or double.
    pub(super) fn remove_lines(&mut self, range: Range<usize>) {
        let text = self.text();
        let start = self.line_start(range.start);
        let end = self.line_end(range.end.saturating_sub(1).max(range.start));
        let mut after = text[end..].find('\n').map_or(text.len(), |i| end + i + 1);
        let next = &text[after..];
        let blank = next.find('\n').filter(|i| next[..*i].trim().is_empty());
        let above = text[..start].trim_end_matches([' ', '\t']);
        if let Some(blank) = blank
            && (start == self.current.bom() || above.ends_with("\n\n") || above.ends_with("\n\r\n"))
        {
            after += blank + 1;
        }
        // The last line goes with the break before it where it had none of its own.
        let start = if after == text.len() && end == after && start > 0 {
            text[..start].trim_end_matches(['\n', '\r']).len().max(self.line_start(start - 1))
        } else {
            start
        };
        self.replace(start..after, "");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{FileId, MemoryFiles, Sources};

    fn draft(text: &str) -> Draft {
        let files = MemoryFiles::new();
        Draft::new(Sources::new(&files).add("x", text))
    }

    #[test]
    fn edits_are_in_places_of_the_original() {
        let mut d = draft("one two three");
        d.replace(4..7, "2");
        d.replace(0..0, "zero ");
        assert_eq!(d.text(), "zero one 2 three");
        let id = d.original().id;
        let now = |d: &Draft, a, b| d.now(Span::new(id, a, b)).map(Span::range);
        assert_eq!(now(&d, 8, 13), Some(11..16));
        assert_eq!(now(&d, 4, 7), None, "it is replaced");
        assert_eq!(now(&d, 0, 13), Some(5..16), "what it holds may change");
        assert_eq!(d.edits(), [(0..0, "zero ".to_owned()), (4..7, "2".to_owned())]);
        d.replace(9..10, "II");
        assert_eq!(d.text(), "zero one II three");
        assert_eq!(d.edits()[1], (4..7, "II".to_owned()));
        d.replace(17..17, "!");
        assert_eq!(d.edits()[2], (13..13, "!".to_owned()));
        assert_eq!(FileId(0), id);
    }

    #[test]
    fn lines_keep_their_endings() {
        for (text, added, removed) in [
            ("a\nb\n", "a\nnew\nb\n", "b\n"),
            ("a\r\nb\r\n", "a\r\nnew\r\nb\r\n", "b\r\n"),
            ("a\nb", "a\nnew\nb", "b"),
            ("a", "a\nnew", ""),
            ("\u{feff}a\r\nb", "\u{feff}a\r\nnew\r\nb", "\u{feff}b"),
            ("a\n\nb\n", "a\nnew\n\nb\n", "b\n"),
        ] {
            let mut d = draft(text);
            let at = text.find('a').unwrap_or_default();
            d.add_below(at, "new");
            assert_eq!(d.text(), added);
            let mut d = draft(text);
            d.remove_lines(at..at + 1);
            assert_eq!(d.text(), removed);
        }
        let mut d = draft("a\nb");
        d.remove_lines(2..3);
        assert_eq!(d.text(), "a");
        let mut d = draft("a\nb");
        d.add_at_end("c");
        assert_eq!(d.text(), "a\nb\nc");
        let mut d = draft("");
        d.add_at_end("c");
        assert_eq!(d.text(), "c\n");
    }
}
