//! Help that shows what is applied: the file's name, then its new lines.

use super::draft::Draft;
use super::resolve::Written;
use crate::finding::{Cure, Own, Prose, Quote, prose};
use crate::source::{FileId, RelPath, Span};
use std::ops::Range;

/// The most new lines that are shown of a place.
const MAX_LINES: usize = 25;

/// Lines of a file that change.
#[derive(Debug, PartialEq, Eq)]
struct Hunk {
    /// The lines of the file as it is, counted from 0; none for lines that are added before the first of them.
    old: Range<usize>,
    new: Vec<Line>,
}

/// A line that is shown.
#[derive(Debug, PartialEq, Eq)]
struct Line {
    text: String,
    /// Which of its bytes the file has already: their offset in the line, and where they are in the file.
    kept: Vec<(usize, Range<usize>)>,
}

impl Line {
    fn new(text: &str) -> Self {
        Self { text: text.to_owned(), kept: Vec::new() }
    }
}

/// Bytes of a file with what replaces them.
type Edits = Vec<(Range<usize>, String)>;

/// The help of a cure.
pub(super) fn shown(cure: &Cure, written: &Written, folder: &RelPath) -> Prose {
    let mut help = prose!("{}:", cure.lead);
    places(&mut help, written, folder);
    also(&mut help, cure);
    help
}

/// The help of a cure whose command another finding shows.
pub(super) fn beside(
    cure: &Cure,
    rest: Option<&Written>,
    first: &'static str,
    folder: &RelPath,
) -> Prose {
    let mut help = prose!("{}; the command shown for `{}` has it", cure.lead, Own(first));
    if let Some(rest) = rest {
        help.push(&Own(", with this:"));
        places(&mut help, rest, folder);
    }
    also(&mut help, cure);
    help
}

fn also(help: &mut Prose, cure: &Cure) {
    if !cure.also.is_empty() {
        help.push(&prose!("\n{}", cure.also));
    }
}

fn places(help: &mut Prose, written: &Written, folder: &RelPath) {
    for draft in written.drafts.values() {
        let path = relative(&draft.original().path, folder);
        for hunk in hunks(draft) {
            help.push(&heading(&path, &hunk));
            lines(help, &hunk.new, Some(draft.original().id));
        }
    }
    for (path, text) in &written.new_files {
        help.push(&prose!("\n{}, a new file:", Quote::path(&relative(path, folder))));
        lines(help, &text.lines().map(Line::new).collect::<Vec<_>>(), None);
    }
}

fn heading(path: &str, hunk: &Hunk) -> Prose {
    let path = Quote::path(path);
    let (first, last) = (hunk.old.start + 1, hunk.old.end);
    match (hunk.old.len(), hunk.new.is_empty()) {
        (0, _) if hunk.old.start == 0 => prose!("\n{}, at the start:", path),
        (0, _) => prose!("\n{}, below line {}:", path, hunk.old.start),
        (1, true) => prose!("\n{}: delete line {}", path, first),
        (_, true) => prose!("\n{}: delete lines {} to {}", path, first, last),
        (1, false) => prose!("\n{}, line {}:", path, first),
        (_, false) => prose!("\n{}, lines {} to {}:", path, first, last),
    }
}

fn lines(help: &mut Prose, new: &[Line], file: Option<FileId>) {
    for line in new.iter().take(MAX_LINES) {
        let quote = Quote::code(line.text.trim_end());
        let quote = match file {
            Some(file) => {
                let place =
                    |(at, r): &(usize, Range<usize>)| (*at, Span::new(file, r.start, r.end));
                quote.or_at(Span::whole(file)).made_of(line.kept.iter().map(place).collect())
            }
            None => quote,
        };
        help.push(&prose!("\n    {}", quote));
    }
    let more = new.len().saturating_sub(MAX_LINES);
    if more > 0 {
        help.push(&prose!("\n    # and {} more lines", more));
    }
}

/// The lines that change, each with what it becomes.
fn hunks(draft: &Draft) -> Vec<Hunk> {
    let text = &draft.original().text;
    // In bytes, because the last byte of a range may be in the middle of a character.
    let line_of = |at: usize| text.as_bytes().iter().take(at).filter(|b| **b == b'\n').count();
    let starts: Vec<usize> =
        std::iter::once(0).chain(text.match_indices('\n').map(|(i, _)| i + 1)).collect();
    let line_start = |line: usize| starts.get(line).copied().unwrap_or(text.len());
    let mut grouped: Vec<(Range<usize>, Edits)> = Vec::new();
    for (range, new) in draft.edits() {
        // From the line of its first byte to that of its last.
        let first = line_of(range.start);
        let last = line_of(range.end.saturating_sub(1).max(range.start)) + 1;
        match grouped.last_mut() {
            Some((lines, edits)) if lines.end > first => {
                lines.end = lines.end.max(last);
                edits.push((range, new));
            }
            _ => grouped.push((first..last, vec![(range, new)])),
        }
    }
    let hunk = |(old, edits): (Range<usize>, Edits)| {
        let (start, end) = (line_start(old.start), line_start(old.end));
        let mut after = String::new();
        let mut kept: Vec<(usize, Range<usize>)> = Vec::new();
        let mut at = start;
        for (range, new) in edits {
            kept.push((after.len(), at..range.start));
            after.push_str(text.get(at..range.start).unwrap_or_default());
            after.push_str(&new);
            at = range.end;
        }
        kept.push((after.len(), at.min(end)..end));
        after.push_str(text.get(at.min(end)..end).unwrap_or_default());
        let before: Vec<&str> = text[start..end].lines().collect();
        let whole = after;
        let after: Vec<&str> = whole.lines().collect();
        let same = before.iter().zip(&after).take_while(|(a, b)| a == b).count();
        let most = before.len().min(after.len()) - same;
        let tail = before
            .iter()
            .rev()
            .zip(after.iter().rev())
            .take(most)
            .take_while(|(a, b)| a == b)
            .count();
        let first = old.start + same;
        Hunk {
            old: first..(old.start + before.len()).saturating_sub(tail).max(first),
            new: after[same..after.len() - tail].iter().map(|l| line(&whole, l, &kept)).collect(),
        }
    };
    grouped.into_iter().map(hunk).filter(|h| !h.new.is_empty() || !h.old.is_empty()).collect()
}

/// A line of a text, with what of it is kept.
fn line(whole: &str, line: &str, kept: &[(usize, Range<usize>)]) -> Line {
    let shown = line.trim_start_matches('\u{feff}');
    let start = shown.as_ptr() as usize - whole.as_ptr() as usize;
    let cut = |(at, file): &(usize, Range<usize>)| {
        let from = (*at).max(start);
        let to = (at + file.len()).min(start + shown.len());
        (from < to).then(|| (from - start, file.start + from - at..file.start + to - at))
    };
    Line { text: shown.to_owned(), kept: kept.iter().filter_map(cut).collect() }
}

/// A path as it is seen from the checked folder.
fn relative(path: &RelPath, folder: &RelPath) -> String {
    let mut folder = folder.clone();
    let mut up = String::new();
    loop {
        match path.relative_to(&folder) {
            Some(rest) => return up + rest,
            None => {
                up.push_str("../");
                folder = folder.parent();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{MemoryFiles, Sources};

    #[test]
    fn whole_lines_are_shown() {
        let files = MemoryFiles::new();
        let file = Sources::new(&files).add("compose.yaml", "a: 1\nb: 2\nc: 3\n");
        let hunk = |change: &dyn Fn(&mut Draft)| {
            let mut draft = Draft::new(file.clone());
            change(&mut draft);
            hunks(&draft)
                .iter()
                .map(|h| {
                    format!("{}|{}", heading("f", h).unmasked().trim(), {
                        let new: Vec<&str> = h.new.iter().map(|l| l.text.as_str()).collect();
                        new.join("/")
                    })
                })
                .collect::<Vec<_>>()
        };
        assert_eq!(hunk(&|d| d.replace(3..4, "9")), ["f, line 1:|a: 9"]);
        assert_eq!(hunk(&|d| d.add_below(0, "x: 1\ny: 2")), ["f, below line 1:|x: 1/y: 2"]);
        assert_eq!(hunk(&|d| d.add_above(0, "x: 1")), ["f, at the start:|x: 1"]);
        assert_eq!(hunk(&|d| d.add_at_end("x: 1")), ["f, below line 3:|x: 1"]);
        assert_eq!(hunk(&|d| d.remove_lines(5..6)), ["f: delete line 2|"]);
        assert_eq!(hunk(&|d| d.remove_lines(0..6)), ["f: delete lines 1 to 2|"]);
        assert_eq!(
            hunk(&|d| {
                d.replace(13..14, "8");
                d.replace(3..4, "9");
            }),
            ["f, line 1:|a: 9", "f, line 3:|c: 8"]
        );
    }
}
