//! Files as output needs them: where an offset is, and which bytes must not be shown.
//!
//! Lines and columns are looked up in tables, so that ten thousand findings in one long line cost
//! no more than the line is long.

use super::guard::Guard;
use super::safe::SafeText;
use crate::source::{FileId, Position, RelPath, SourceFile, Sources, Span};
use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;

/// Bytes between two entries of the table of characters.
const STEP: usize = 512;

/// A file that is about to be shown.
pub(super) struct ShownFile {
    file: Arc<SourceFile>,
    /// How it is named in output.
    pub(super) path: SafeText,
    /// How it is named in data.
    pub(super) exact: String,
    /// First byte of each line.
    starts: Vec<usize>,
    /// How many characters begin before each multiple of [`STEP`] bytes.
    chars: Vec<usize>,
    masked: Vec<Range<usize>>,
}

impl ShownFile {
    fn new(file: Arc<SourceFile>, guard: &Guard<'_>) -> Self {
        let bytes = file.text.as_bytes();
        let mut starts = vec![file.bom()];
        let mut chars = Vec::with_capacity(bytes.len() / STEP + 1);
        let mut count = 0;
        for (at, byte) in bytes.iter().enumerate() {
            if at % STEP == 0 {
                chars.push(count);
            }
            count += usize::from((*byte as i8) >= -0x40);
            if *byte == b'\n' {
                starts.push(at + 1);
            }
        }
        if bytes.len().is_multiple_of(STEP) {
            chars.push(count);
        }
        let path = guard.path(&file.path);
        let exact = guard.relative(&file.path);
        let masked = guard.ranges(file.id, &file.text);
        Self { file, path, exact, starts, chars, masked }
    }

    /// Its path below the root.
    pub(super) fn below_root(&self) -> &RelPath {
        &self.file.path
    }

    pub(super) fn text(&self) -> &str {
        &self.file.text
    }

    /// The offset, moved back into the text and to the start of a character.
    pub(super) fn clamp(&self, offset: u32) -> usize {
        let mut offset =
            (offset as usize).clamp(self.file.bom(), self.text().len().max(self.file.bom()));
        while !self.text().is_char_boundary(offset) {
            offset -= 1;
        }
        offset
    }

    /// The 0-based line of an offset.
    pub(super) fn line_of(&self, offset: usize) -> usize {
        self.starts.partition_point(|s| *s <= offset).saturating_sub(1)
    }

    /// The bytes of a 0-based line without its line break.
    pub(super) fn line(&self, line: usize) -> Range<usize> {
        let len = self.text().len();
        let start = self.starts.get(line).copied().unwrap_or(len);
        let end = self.starts.get(line + 1).map_or(len, |e| e - 1);
        let end = if self.text()[start..end.max(start)].ends_with('\r') { end - 1 } else { end };
        start..end.max(start)
    }

    /// How many characters begin before `offset`.
    fn chars_before(&self, offset: usize) -> usize {
        let block = (offset / STEP).min(self.chars.len().saturating_sub(1));
        let from = block * STEP;
        let rest = self.text().as_bytes().get(from..offset).unwrap_or_default();
        self.chars.get(block).copied().unwrap_or(0)
            + rest.iter().filter(|b| (**b as i8) >= -0x40).count()
    }

    /// Line and column as a person counts.
    pub(super) fn position(&self, offset: u32) -> Position {
        let offset = self.clamp(offset);
        let line = self.line_of(offset);
        let start = self.starts.get(line).copied().unwrap_or(0);
        let column = self.chars_before(offset) - self.chars_before(start.min(offset)) + 1;
        Position { line: line as u32 + 1, column: u32::try_from(column).unwrap_or(u32::MAX) }
    }

    /// Where a label begins, and the character after its last; `None` for the file as such. White space at the
    /// end is left off: a block that ends with its line break would reach into the next line.
    pub(super) fn region(&self, span: Span) -> Option<Range<Position>> {
        if span.start == 0 && span.end == 0 {
            return None;
        }
        let start = self.clamp(span.start);
        let end = start
            + self.text().get(start..self.clamp(span.end)).unwrap_or_default().trim_end().len();
        Some(self.position(span.start)..self.position(u32::try_from(end).unwrap_or(u32::MAX)))
    }

    /// Where the masked bytes lie that touch `range`, in order.
    pub(super) fn masked(&self, range: Range<usize>) -> impl Iterator<Item = &Range<usize>> {
        let all = &self.masked;
        let first = all.partition_point(|m| m.end <= range.start);
        all[first..].iter().take_while(move |m| m.start < range.end)
    }
}

/// The files of a report, each prepared once.
pub(super) struct Places<'r> {
    sources: &'r Sources<'r>,
    guard: &'r Guard<'r>,
    files: RefCell<HashMap<FileId, Rc<ShownFile>>>,
}

impl<'r> Places<'r> {
    pub(super) fn new(sources: &'r Sources<'r>, guard: &'r Guard<'_>) -> Self {
        Self { sources, guard, files: RefCell::default() }
    }

    /// The file a span lies in.
    pub(super) fn file(&self, span: Span) -> Rc<ShownFile> {
        let mut files = self.files.borrow_mut();
        files
            .entry(span.file)
            .or_insert_with(|| Rc::new(ShownFile::new(self.sources.file(span.file), self.guard)))
            .clone()
    }
}
