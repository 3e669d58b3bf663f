//! One line of a file as it is shown: masked, made visible and cut to the width.

use super::place::ShownFile;
use super::safe::escape;
use super::wrap::columns;
use std::ops::Range;
use unicode_width::UnicodeWidthChar;

/// Columns that the text of a label should have when it shares its line with others; the line is
/// cut at its left for it.
const ROOM: usize = 24;
/// The same in a line that is cut at its left anyway.
const MORE_ROOM: usize = 44;
/// Tab stops.
const TAB: usize = 4;

/// A character of the file and how it is shown.
struct Cell {
    at: usize,
    shown: String,
    wide: usize,
}

/// A line as it is shown.
pub(super) struct Line {
    /// The text without a line break.
    pub(super) text: String,
    /// Offsets in the file and in `text`, ascending.
    map: Vec<(usize, usize)>,
}

impl Line {
    /// The part of `line` that fits into `avail` columns and shows the labels, given by their ranges
    /// in the file and the columns of their texts.
    pub(super) fn new(
        file: &ShownFile,
        line: Range<usize>,
        labels: &[(Range<usize>, usize)],
        avail: usize,
    ) -> Self {
        let first = labels.iter().map(|(r, _)| r.start).min().unwrap_or(line.start);
        // Of a line of a megabyte only the neighbourhood is looked at.
        let near = (line.start).max(first.saturating_sub(avail * 4));
        let near = file.clamp(u32::try_from(near).unwrap_or(u32::MAX)).max(line.start);
        let far = file
            .clamp(u32::try_from((first + avail * 8).min(line.end)).unwrap_or(u32::MAX))
            .clamp(near, line.end);
        let cells = cells(file, near..far);
        let before = |offset: usize| {
            cells.iter().take_while(|c| c.at < offset).map(|c| c.wide).sum::<usize>()
        };
        let total: usize = cells.iter().map(|c| c.wide).sum();
        let mut shift = 0;
        for (range, text) in labels {
            let start = before(range.start);
            let end = before(range.end).max(start + 1);
            // The start of a long label is enough to see what it is about.
            let seen = end.min(start + avail / 2);
            let more = usize::from(seen < total || far < line.end);
            let middle = usize::midpoint(start, end.min(start + avail.saturating_sub(4)));
            let hanging = |room: usize| if *text == 0 { 0 } else { middle + 5 + room.min(*text) };
            let mut need = (seen + more).saturating_sub(avail);
            if need > 0 || near > line.start {
                need = need.max(hanging(MORE_ROOM).saturating_sub(avail));
            } else if labels.len() > 1 {
                need = hanging(ROOM).saturating_sub(avail);
            }
            shift = shift.max(need);
        }
        shift = shift.min(before(first).saturating_sub(2));
        Self::cut(&cells, shift, near > line.start, far < line.end, avail)
    }

    /// Leaves out `shift` columns at the left and what is too much at the right.
    fn cut(cells: &[Cell], shift: usize, more_left: bool, more_right: bool, avail: usize) -> Self {
        let mut out = Self { text: String::new(), map: Vec::new() };
        let mut first = 0;
        let mut left = 0;
        // The mark of the cut takes a column itself.
        while first < cells.len() && shift > 0 && left < shift + 1 {
            left += cells[first].wide;
            first += 1;
        }
        let mut used = 0;
        if more_left || cells[..first].iter().any(|c| c.shown.trim() != "") {
            out.text.push('…');
            used = 1;
        }
        let rest: usize = cells[first..].iter().map(|c| c.wide).sum();
        let limit = if used + rest > avail || more_right { avail.saturating_sub(1) } else { avail };
        for cell in &cells[first..] {
            if used + cell.wide > limit {
                out.map.push((cell.at, out.text.len()));
                out.text.push('…');
                return out;
            }
            out.map.push((cell.at, out.text.len()));
            out.text.push_str(&cell.shown);
            used += cell.wide;
        }
        if more_right {
            out.text.push('…');
        }
        out
    }

    /// Where the character at a file's offset stands in the text; the end for what is cut off there.
    pub(super) fn place(&self, offset: usize) -> usize {
        let index = self.map.partition_point(|(at, _)| *at < offset);
        self.map.get(index).map_or(self.text.len(), |(_, place)| *place)
    }

    /// The column from which the text of a label hangs.
    pub(super) fn middle(&self, range: &Range<usize>) -> usize {
        let (start, end) = (self.place(range.start), self.place(range.end));
        let from = columns(&self.text[..start]);
        usize::midpoint(from, (from + columns(&self.text[start..end.max(start)])).max(from + 1))
    }
}

fn cells(file: &ShownFile, range: Range<usize>) -> Vec<Cell> {
    let mut masks = file.masked(range.clone()).peekable();
    let mut cells = Vec::new();
    let mut column = 0;
    let text = &file.text()[range.clone()];
    for (at, c) in text.char_indices() {
        let at = range.start + at;
        while masks.next_if(|m| m.end <= at).is_some() {}
        let shown = match c {
            _ if masks.peek().is_some_and(|m| m.contains(&at)) => "•".to_owned(),
            '\t' => " ".repeat(TAB - column % TAB),
            // In a CI log this would be taken as a command wherever it stands.
            '[' if ["##", "##vso"]
                .iter()
                .any(|before| text[..at - range.start].ends_with(before)) =>
            {
                "\\x5b".to_owned()
            }
            _ => escape(c).unwrap_or_else(|| {
                if c.width().unwrap_or(0) == 0 && cells.is_empty() {
                    "\u{25cc}".to_owned()
                } else {
                    c.to_string()
                }
            }),
        };
        let wide = columns(&shown);
        column += wide;
        cells.push(Cell { at, shown, wide });
    }
    cells
}
