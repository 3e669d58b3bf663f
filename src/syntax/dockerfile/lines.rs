//! Lines, and logical lines put together from continued ones.

use crate::source::{SourceFile, Span, Text};

/// A line as it stands in the file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line<'a> {
    /// Offset of the first byte.
    pub(super) start: usize,
    /// The line without its line break (`\n`, `\r\n`).
    pub(super) text: &'a str,
    /// Offset of the byte after the line break.
    pub(super) next: usize,
}

/// Walks through the lines of a file once.
#[derive(Debug)]
pub(super) struct Lines<'a> {
    file: &'a SourceFile,
    at: usize,
}

/// An instruction's line with the continued lines joined.
#[derive(Debug)]
pub(super) struct Logical {
    /// The joined text without white space at both ends. Continuation characters, line breaks,
    /// comments and empty lines are left out; every other byte stands where it was written.
    pub(super) text: Text,
    /// Empty lines between continued ones.
    pub(super) empty: Vec<Span>,
}

impl<'a> Lines<'a> {
    /// The lines after the byte order mark.
    pub(super) fn new(file: &'a SourceFile) -> Self {
        Self { file, at: file.bom() }
    }

    /// The file that is read.
    pub(super) fn file(&self) -> &'a SourceFile {
        self.file
    }

    /// Where the next line starts.
    pub(super) fn offset(&self) -> usize {
        self.at
    }

    /// The next line without taking it.
    pub(super) fn peek(&self) -> Option<Line<'a>> {
        let rest = self.file.text.get(self.at..).filter(|rest| !rest.is_empty())?;
        let len = rest.find('\n').map_or(rest.len(), |i| i + 1);
        let text = rest.get(..len)?.trim_end_matches(['\r', '\n']);
        Some(Line { start: self.at, text, next: self.at + len })
    }

    /// Takes the next line.
    pub(super) fn take(&mut self) -> Option<Line<'a>> {
        let line = self.peek()?;
        self.at = line.next;
        Some(line)
    }

    /// Joins the next instruction's lines (Dockerfile reference: "Format", "escape"): comments and
    /// empty lines in front of it are passed over, those in between are left out, since both would
    /// otherwise end the instruction. `None` at the end of the file.
    pub(super) fn logical(&mut self, escape: char) -> Option<Logical> {
        let first = loop {
            let line = self.take()?;
            if !is_blank_or_comment(line.text) {
                break line;
            }
        };
        let mut text =
            Text::empty(Span::new(self.file.id, first.start, first.start + first.text.len()));
        let mut empty = Vec::new();
        let mut line = first;
        loop {
            let kept = continued(line.text, escape);
            text.push_verbatim(kept.unwrap_or(line.text), line.start);
            if kept.is_none() {
                break;
            }
            // The instruction goes on with the next line that says something.
            let next = loop {
                let Some(next) = self.take() else { break None };
                if next.text.trim().is_empty() {
                    empty.push(Span::new(self.file.id, next.start, next.start + next.text.len()));
                } else if !is_comment(next.text) {
                    break Some(next);
                }
            };
            match next {
                Some(next) => line = next,
                None => break,
            }
        }
        Some(Logical { text: text.trim(), empty })
    }
}

/// Whether the line is a comment: `#` may have white space in front, but nothing else.
pub(super) fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with('#')
}

fn is_blank_or_comment(line: &str) -> bool {
    line.trim().is_empty() || is_comment(line)
}

/// The line up to its continuation character; `None` where the line ends the instruction.
///
/// Blanks behind the character do not matter. A doubled one is a character, not a continuation.
fn continued(line: &str, escape: char) -> Option<&str> {
    let kept = line.trim_end_matches([' ', '\t']).strip_suffix(escape)?;
    (!kept.ends_with(escape)).then_some(kept)
}
