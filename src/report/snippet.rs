//! What is shown of a file for one finding: the lines around its labels, masked, made visible and
//! cut to the width, with each label's range moved to where its text now stands.

use super::place::{Places, ShownFile};
use super::safe::{Guard, SafeText, escape};
use super::wrap::{columns, wrap};
use crate::finding::{Finding, Label};
use crate::source::{FileId, Position};
use std::ops::Range;
use std::rc::Rc;
use unicode_width::UnicodeWidthChar;

/// A label over more lines than this underlines its first line only.
const MOST_MARKED_LINES: usize = 4;
/// A window is not joined beyond this many lines.
const MOST_LINES: usize = 12;
/// Columns that a label's text should have before it is broken; a line is cut at its left for it.
const ROOM: usize = 24;
/// The same in a line that is cut at its left anyway.
const MORE_ROOM: usize = 44;
/// Tab stops.
const TAB: usize = 4;

/// Consecutive lines of one file with their labels; or a file as such, with no line at all.
#[derive(Debug, Default)]
pub(super) struct Window {
    /// The file's path.
    pub(super) path: SafeText,
    /// Where the primary label is, or else the first; `None` for the file as such.
    pub(super) at: Option<Position>,
    /// The 1-based number of the first line.
    pub(super) first_line: usize,
    /// The 1-based number of the last line.
    pub(super) last_line: usize,
    /// The lines, each with a line break.
    pub(super) text: String,
    /// The labels, by place.
    pub(super) marks: Vec<Mark>,
}

/// A label in a window.
#[derive(Debug)]
pub(super) struct Mark {
    /// Bytes of the window's text.
    pub(super) range: Range<usize>,
    /// Its text, broken into lines; none when it has no text.
    pub(super) text: Vec<SafeText>,
    /// Whether it is the finding's primary label.
    pub(super) primary: bool,
}

/// A label with its lines worked out.
struct Spot {
    file: Rc<ShownFile>,
    range: Range<usize>,
    lines: Range<usize>,
    text: SafeText,
    primary: bool,
    whole: bool,
}

/// The windows of a finding: the file of the primary label first, and in it the primary label's.
pub(super) fn windows(finding: &Finding, places: &Places<'_>, guard: &Guard, width: usize) -> Vec<Window> {
    let mut spots: Vec<(usize, Spot)> = Vec::new();
    let mut order: Vec<FileId> = Vec::new();
    for (index, label) in finding.labels.iter().enumerate() {
        let id = label.span.file;
        let rank = order.iter().position(|o| *o == id).unwrap_or_else(|| {
            order.push(id);
            order.len() - 1
        });
        let spot = spot(label, index == 0, places, guard);
        match spots.iter_mut().find(|(r, s)| *r == rank && s.range == spot.range && s.whole == spot.whole) {
            // Two labels on the same place are drawn as one.
            Some((_, same)) if !spot.text.is_empty() && same.text != spot.text => {
                if !same.text.is_empty() {
                    same.text.push_own("; ");
                }
                same.text.push(&spot.text);
            }
            Some(_) => {}
            None => spots.push((rank, spot)),
        }
    }
    spots.sort_by_key(|(rank, s)| (*rank, !s.whole, s.range.start, s.range.end));
    let room = width.saturating_sub(6).max(24);
    let mut groups: Vec<(usize, Vec<Spot>)> = Vec::new();
    for (rank, spot) in spots {
        match groups.last_mut() {
            Some((r, group)) if *r == rank && joins(group, &spot, room) => group.push(spot),
            _ => groups.push((rank, vec![spot])),
        }
    }
    groups.sort_by_key(|(rank, group)| (*rank, !group.iter().any(|s| s.primary)));
    let digits = groups.iter().map(|(_, g)| last_line(g).to_string().len()).max().unwrap_or(1);
    groups.iter().map(|(_, group)| window(group, width.saturating_sub(digits + 4).max(24))).collect()
}

fn spot(label: &Label, primary: bool, places: &Places<'_>, guard: &Guard) -> Spot {
    let file = places.file(label.span);
    let whole = label.span.start == 0 && label.span.end == 0;
    let start = file.clamp(label.span.start);
    let end = file.clamp(label.span.end).max(start);
    // A block that ends with its line break would reach into the next line.
    let end = start + file.text()[start..end].trim_end().len();
    let first = file.line_of(start);
    let last = file.line_of(end);
    let (end, last) = if last - first >= MOST_MARKED_LINES { (file.line(first).end.max(start), first) } else { (end, last) };
    Spot { range: start..end, lines: first..last + 1, text: guard.line(&label.text), primary, whole, file }
}

fn last_line(group: &[Spot]) -> usize {
    group.iter().map(|s| s.lines.end).max().unwrap_or(1)
}

/// Whether a spot is drawn in the same window: near enough, and not at the far end of a long line.
fn joins(group: &[Spot], next: &Spot, room: usize) -> bool {
    let first = group.iter().map(|s| s.lines.start).min().unwrap_or(0);
    let last = last_line(group);
    if next.whole || group.iter().any(|s| s.whole) {
        return next.whole && group.iter().all(|s| s.whole);
    }
    if next.lines.start > last + 1 || next.lines.end - first > MOST_LINES {
        return false;
    }
    let same_line: Vec<_> = group.iter().filter(|s| s.lines.contains(&next.lines.start)).collect();
    let line = next.file.line(next.lines.start);
    same_line.is_empty() || line.len() <= room || same_line.iter().all(|s| next.range.end - s.range.start <= room / 2)
}

fn window(group: &[Spot], avail: usize) -> Window {
    let Some(lead) = group.iter().find(|s| s.primary).or_else(|| group.first()) else { return Window::default() };
    let file = &lead.file;
    let mut out = Window { path: file.path.clone(), ..Window::default() };
    if lead.whole {
        let text = wrap(&lead.text, avail, avail);
        out.marks.push(Mark { range: 0..0, text, primary: lead.primary });
        return out;
    }
    let start = u32::try_from(lead.range.start).unwrap_or(u32::MAX);
    let lines = group.iter().map(|s| s.lines.start).min().unwrap_or(0)..last_line(group);
    out.at = Some(file.position(start));
    (out.first_line, out.last_line) = (lines.start + 1, lines.end);
    // The lines that show where a label of several lines begins and ends take room at the left.
    let tall = group.iter().filter(|s| s.lines.len() > 1).count();
    let avail = if tall > 0 { avail.saturating_sub(tall + 3).max(20) } else { avail };
    let mut ranges: Vec<(usize, usize, usize)> = group.iter().map(|_| (0, 0, 0)).collect();
    for line in lines {
        let here: Vec<&Spot> = group.iter().filter(|s| s.lines.len() == 1 && s.lines.start == line).collect();
        let shown = Line::new(file, file.line(line), &here, avail);
        for (spot, range) in group.iter().zip(&mut ranges) {
            if spot.lines.start == line {
                range.0 = out.text.len() + shown.place(spot.range.start);
                range.2 = shown.middle(&spot.range);
            }
            if spot.lines.end == line + 1 {
                range.1 = out.text.len() + shown.place(spot.range.end);
            }
        }
        out.text.push_str(&shown.text);
        out.text.push('\n');
    }
    for (spot, (start, end, middle)) in group.iter().zip(ranges) {
        let room = if spot.lines.len() > 1 { avail.saturating_sub(6) } else { avail.saturating_sub(middle + 4) }.max(16);
        let text = if spot.text.is_empty() { Vec::new() } else { wrap(&spot.text, room, room) };
        out.marks.push(Mark { range: start..end.max(start), text, primary: spot.primary });
    }
    out
}

/// A character of the file and how it is shown.
struct Cell {
    at: usize,
    shown: String,
    wide: usize,
}

/// A line as it is shown.
struct Line {
    text: String,
    /// Offsets in the file and in `text`, ascending.
    map: Vec<(usize, usize)>,
}

impl Line {
    fn new(file: &ShownFile, line: Range<usize>, spots: &[&Spot], avail: usize) -> Self {
        let keep =
            spots.iter().map(|s| s.range.start).min().unwrap_or(line.start)..spots.iter().map(|s| s.range.end).max().unwrap_or(line.start);
        // Of a line of a megabyte only the neighbourhood is looked at.
        let near = (line.start).max(keep.start.saturating_sub(avail * 4));
        let near = file.clamp(u32::try_from(near).unwrap_or(u32::MAX)).max(line.start);
        let far = file.clamp(u32::try_from((keep.start + avail * 8).min(line.end)).unwrap_or(u32::MAX)).clamp(near, line.end);
        let cells = cells(file, near..far);
        let before = |offset: usize| cells.iter().take_while(|c| c.at < offset).map(|c| c.wide).sum::<usize>();
        let total: usize = cells.iter().map(|c| c.wide).sum();
        let mut shift = 0;
        for spot in spots {
            let start = before(spot.range.start);
            let end = before(spot.range.end).max(start + 1).min(start + avail.saturating_sub(4));
            let text = columns(spot.text.as_str());
            let more = usize::from(end < total || far < line.end);
            let hanging = |room: usize| if text == 0 { 0 } else { usize::midpoint(start, end) + 5 + text.min(room) };
            let mut need = (end + more).max(hanging(ROOM)).saturating_sub(avail);
            if need > 0 || near > line.start {
                need = need.max(hanging(MORE_ROOM).saturating_sub(avail));
            }
            shift = shift.max(need.min(start.saturating_sub(2)));
        }
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
    fn place(&self, offset: usize) -> usize {
        let index = self.map.partition_point(|(at, _)| *at < offset);
        self.map.get(index).map_or(self.text.len(), |(_, place)| *place)
    }

    /// The column from which the text of a label hangs.
    fn middle(&self, range: &Range<usize>) -> usize {
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
            '[' if text[..at - range.start].ends_with("##") => "\\x5b".to_owned(),
            _ => escape(c)
                .unwrap_or_else(|| if c.width().unwrap_or(0) == 0 && cells.is_empty() { "\u{25cc}".to_owned() } else { c.to_string() }),
        };
        let wide = columns(&shown);
        column += wide;
        cells.push(Cell { at, shown, wide });
    }
    cells
}
