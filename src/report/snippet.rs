//! What is shown of a file for one finding: the lines around its labels, masked, made visible and
//! cut to the width, with each label's range moved to where its text now stands.

use super::guard::Guard;
use super::line::Line;
use super::place::{Places, ShownFile};
use super::safe::SafeText;
use super::wrap::{balanced, columns};
use crate::finding::{Finding, Label};
use crate::source::{FileId, Position};
use std::ops::Range;
use std::rc::Rc;

/// A label over more lines than this underlines its first line only.
const MAX_MARKED_LINES: usize = 4;
/// So many lines between two labels are shown rather than left out.
const SMALL_GAP: usize = 2;
/// A label's text that has fewer columns at its right goes to the left if there are more.
const ROOM: usize = 24;
/// The same for a text that takes fewer lines at the left.
const MORE_ROOM: usize = 36;

/// All that is shown of one file.
#[derive(Debug, Default)]
pub(super) struct Snippet {
    /// The file's path.
    pub(super) path: SafeText,
    /// Where the file's first label in the order of the finding is; `None` for the file as such.
    pub(super) at: Option<Position>,
    /// What is said of the file as such.
    pub(super) about: Vec<Mark>,
    /// The lines with labels, from top to bottom.
    pub(super) windows: Vec<Window>,
    /// Columns at the left of each line for the marks of labels of several lines.
    pub(super) gutter: usize,
}

/// Consecutive lines of one file with their labels.
#[derive(Debug, Default)]
pub(super) struct Window {
    /// The 1-based number of the first line.
    pub(super) first_line: usize,
    /// The 1-based number of the last line.
    pub(super) last_line: usize,
    /// The lines, each with a line break.
    pub(super) text: String,
    /// The labels, by place.
    pub(super) marks: Vec<Mark>,
    /// The text of the only label of the last line, when it stands left of the label.
    pub(super) aside: Option<Aside>,
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

/// The text of a label that has more room at its left than at its right.
#[derive(Debug)]
pub(super) struct Aside {
    /// The text, broken into lines.
    pub(super) text: Vec<SafeText>,
    /// The column of the line at which the label is tied to its text.
    pub(super) middle: usize,
    /// Columns of the widest line of the text; at most `middle - 3`.
    pub(super) widest: usize,
    /// Whether it is the finding's primary label.
    pub(super) primary: bool,
}

/// A line of a window before it is put into one.
struct Row {
    number: usize,
    shown: Line,
    aside: Option<Aside>,
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

/// The files of a finding, each once and that of the primary label first.
pub(super) fn snippets(
    finding: &Finding,
    places: &Places<'_>,
    guard: &Guard<'_>,
    width: usize,
) -> Vec<Snippet> {
    let mut files: Vec<(FileId, Vec<Spot>)> = Vec::new();
    for (index, label) in finding.labels.iter().enumerate() {
        let spot = spot(label, index == 0, places, guard);
        let id = label.span.file;
        let Some((_, spots)) = files.iter_mut().find(|(f, _)| *f == id) else {
            files.push((id, vec![spot]));
            continue;
        };
        match spots.iter_mut().find(|s| s.range == spot.range && s.whole == spot.whole) {
            // Two labels on the same place are drawn as one.
            Some(same) if !spot.text.is_empty() && same.text != spot.text => {
                if !same.text.is_empty() {
                    same.text.push_own("; ");
                }
                same.text.push(&spot.text);
            }
            Some(_) => {}
            None => spots.push(spot),
        }
    }
    let last = files.iter().flat_map(|(_, spots)| spots).map(|s| s.lines.end).max().unwrap_or(1);
    let avail = width.saturating_sub(last.to_string().len() + 4).max(24);
    files.into_iter().map(|(_, spots)| snippet(spots, avail)).collect()
}

fn spot(label: &Label, primary: bool, places: &Places<'_>, guard: &Guard<'_>) -> Spot {
    let file = places.file(label.span);
    let whole = label.span.start == 0 && label.span.end == 0;
    let start = file.clamp(label.span.start);
    let end = file.clamp(label.span.end).max(start);
    // A block that ends with its line break would reach into the next line.
    let end = start + file.text()[start..end].trim_end().len();
    let first = file.line_of(start);
    let last = file.line_of(end);
    let (end, last) = if last - first >= MAX_MARKED_LINES {
        (file.line(first).end.max(start), first)
    } else {
        (end, last)
    };
    Spot {
        range: start..end,
        lines: first..last + 1,
        text: guard.line(&label.text),
        primary,
        whole,
        file,
    }
}

fn last_line(group: &[Spot]) -> usize {
    group.iter().map(|s| s.lines.end).max().unwrap_or(1)
}

fn snippet(mut spots: Vec<Spot>, avail: usize) -> Snippet {
    let Some(lead) = spots.first() else { return Snippet::default() };
    let mut out = Snippet { path: lead.file.path.clone(), ..Snippet::default() };
    if !lead.whole {
        out.at = Some(lead.file.position(u32::try_from(lead.range.start).unwrap_or(u32::MAX)));
    }
    spots.sort_by_key(|s| (!s.whole, s.range.start, s.range.end));
    let lines = spots.split_off(spots.partition_point(|s| s.whole));
    for spot in spots {
        out.about.push(Mark {
            range: 0..0,
            text: balanced(&spot.text, avail),
            primary: spot.primary,
        });
    }
    let mut groups: Vec<Vec<Spot>> = Vec::new();
    for spot in lines {
        match groups.last_mut() {
            Some(group) if joins(group, &spot, avail) => group.push(spot),
            _ => groups.push(vec![spot]),
        }
    }
    let tall = groups.iter().map(|g| gutter(g, 0..usize::MAX)).max().unwrap_or(0);
    out.gutter = if tall > 0 { tall + 3 } else { 0 };
    let avail = avail.saturating_sub(out.gutter).max(20);
    for group in &groups {
        let mut rows = rows(group, avail);
        while !rows.is_empty() {
            let count =
                rows.iter().position(|r| r.aside.is_some()).map_or(rows.len(), |last| last + 1);
            let rest = rows.split_off(count);
            out.windows.push(window(group, rows, tall, avail));
            rows = rest;
        }
    }
    out
}

/// Whether a spot is drawn in the same window: near enough, and not at the far end of a long line.
fn joins(group: &[Spot], next: &Spot, avail: usize) -> bool {
    if next.lines.start > last_line(group) + SMALL_GAP {
        return false;
    }
    let same_line: Vec<_> = group.iter().filter(|s| s.lines.contains(&next.lines.start)).collect();
    let line = next.file.line(next.lines.start);
    same_line.is_empty()
        || line.len() <= avail
        || same_line.iter().all(|s| next.range.end - s.range.start <= avail / 2)
}

/// The most labels of several lines that one of `lines` is part of; each is marked at the left.
fn gutter(group: &[Spot], lines: Range<usize>) -> usize {
    let tall = || group.iter().filter(|s| s.lines.len() > 1);
    let at = |line: usize| tall().filter(|s| s.lines.contains(&line)).count();
    // The number is highest at the start of one, or at the start of the lines.
    tall()
        .map(|s| s.lines.start)
        .chain([lines.start])
        .filter(|l| lines.contains(l))
        .map(at)
        .max()
        .unwrap_or(0)
}

fn rows(group: &[Spot], avail: usize) -> Vec<Row> {
    let Some(file) = group.first().map(|s| &s.file) else { return Vec::new() };
    let first = group.iter().map(|s| s.lines.start).min().unwrap_or(0);
    let mut rows = Vec::new();
    for number in first..last_line(group) {
        let touching: Vec<&Spot> = group.iter().filter(|s| s.lines.contains(&number)).collect();
        let here: Vec<_> = touching
            .iter()
            .filter(|s| s.lines.len() == 1)
            .map(|s| (s.range.clone(), columns(s.text.as_str())))
            .collect();
        let shown = Line::new(file, file.line(number), &here, avail);
        let aside = match touching[..] {
            [spot] if spot.lines.len() == 1 => aside(spot, shown.middle(&spot.range), avail),
            _ => None,
        };
        rows.push(Row { number, shown, aside });
    }
    rows
}

/// Puts a text to the left of its label where it would have to be broken into a narrow column.
fn aside(spot: &Spot, middle: usize, avail: usize) -> Option<Aside> {
    let right = avail.saturating_sub(middle + 4);
    let left = middle.saturating_sub(3);
    if right >= MORE_ROOM || columns(spot.text.as_str()) <= right || left <= right {
        return None;
    }
    let text = balanced(&spot.text, left);
    if right >= ROOM && text.len() >= balanced(&spot.text, right).len() {
        return None;
    }
    let widest = text.iter().map(|l| columns(l.as_str())).max().unwrap_or(0);
    (widest <= left).then_some(Aside { text, middle, widest, primary: spot.primary })
}

fn window(group: &[Spot], rows: Vec<Row>, tall: usize, avail: usize) -> Window {
    let first = rows.first().map_or(0, |r| r.number);
    let lines = first..first + rows.len();
    let mut out = Window { first_line: lines.start + 1, last_line: lines.end, ..Window::default() };
    // Every window of a file has its text in the same column.
    let indent = match gutter(group, lines.clone()) {
        0 if tall > 0 => tall + 3,
        here => tall - here.min(tall),
    };
    let within: Vec<&Spot> =
        group.iter().filter(|s| s.lines.start >= lines.start && s.lines.end <= lines.end).collect();
    let mut ranges: Vec<(usize, usize, usize)> = within.iter().map(|_| (0, 0, 0)).collect();
    for row in rows {
        out.text.extend(std::iter::repeat_n(' ', indent));
        for (spot, range) in within.iter().zip(&mut ranges) {
            if spot.lines.start == row.number {
                range.0 = out.text.len() + row.shown.place(spot.range.start);
                range.2 = row.shown.middle(&spot.range);
            }
            if spot.lines.end == row.number + 1 {
                range.1 = out.text.len() + row.shown.place(spot.range.end);
            }
        }
        out.text.push_str(&row.shown.text);
        out.text.push('\n');
        out.aside = row.aside;
    }
    for (spot, (start, end, middle)) in within.iter().zip(ranges) {
        let room = if spot.lines.len() > 1 {
            avail.saturating_sub(6)
        } else {
            avail.saturating_sub(middle + 4)
        }
        .max(16);
        let text = if spot.text.is_empty() { Vec::new() } else { balanced(&spot.text, room) };
        out.marks.push(Mark { range: start..end.max(start), text, primary: spot.primary });
    }
    out
}
