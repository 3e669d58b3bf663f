//! What fixes would change, as a unified diff. Secrets are masked here as everywhere, so a diff with one in it is to be
//! read, not applied.

use super::RenderOptions;
use super::guard::{Guard, MASK};
use super::paint::{Paint, Style};
use super::safe::SafeText;
use crate::finding::Report;
use crate::source::{RelPath, SourceFile, Sources};
use std::ops::Range;

/// Lines around a change.
const CONTEXT: usize = 3;
/// The most lines, old by new, that are compared for what they share; beyond, the whole middle is one change.
const MAX_COMPARED: usize = 4_000_000;

/// A file with its text before, where it existed, and after.
pub struct Changed<'c> {
    /// The file.
    pub path: &'c RelPath,
    /// Its text before.
    pub before: Option<&'c str>,
    /// Its text after.
    pub after: &'c str,
}

/// A line of a diff.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Line {
    /// In both: its number before and after, counted from 0.
    Same(usize, usize),
    Old(usize),
    New(usize),
}

/// The diff of each file. `report` and `sources` are those of the files as they are.
pub fn diff(
    report: &Report,
    sources: &Sources<'_>,
    files: &[Changed<'_>],
    options: RenderOptions,
) -> SafeText {
    let guard = Guard::new(report, sources);
    let mut out = SafeText::new();
    for file in files {
        one(&mut out, file, &guard, sources.known(file.path).as_deref(), options);
    }
    out
}

fn one(
    out: &mut SafeText,
    file: &Changed<'_>,
    guard: &Guard<'_>,
    source: Option<&SourceFile>,
    options: RenderOptions,
) {
    let paint = Paint(options.color);
    let path = guard.path(file.path);
    let before = file.before.unwrap_or("");
    let mut head = SafeText::own("--- ");
    match file.before {
        Some(_) => head.push(&path),
        None => head.push_own("/dev/null"),
    };
    head.push_own("\n+++ ").push(&path);
    paint.put(out, Style::Bold, &head);
    out.push_own("\n");
    let (old, new) = (split(before), split(file.after));
    let masked = (
        source.map_or_else(|| guard.ranges_of_text(before), |file| guard.ranges(file.id, before)),
        guard.ranges_of_text(file.after),
    );
    let olds: Vec<&str> = old.iter().map(|r| &before[r.clone()]).collect();
    let news: Vec<&str> = new.iter().map(|r| &file.after[r.clone()]).collect();
    let all = compared(&olds, &news);
    for hunk in hunks(&all) {
        let count = |is: fn(&Line) -> bool| hunk.iter().filter(|l| is(l)).count();
        let lines = (count(|l| !matches!(l, Line::New(_))), count(|l| !matches!(l, Line::Old(_))));
        let first = |of: fn(&Line) -> Option<usize>| hunk.iter().find_map(of).map_or(0, |n| n + 1);
        let starts = (
            first(|l| match l {
                Line::Same(a, _) | Line::Old(a) => Some(*a),
                Line::New(_) => None,
            }),
            first(|l| match l {
                Line::Same(_, b) | Line::New(b) => Some(*b),
                Line::Old(_) => None,
            }),
        );
        let mut head = SafeText::own("@@ -");
        head.push_number(starts.0).push_own(",").push_number(lines.0);
        head.push_own(" +").push_number(starts.1).push_own(",").push_number(lines.1);
        head.push_own(" @@");
        paint.put(out, Style::Cyan, &head);
        out.push_own("\n");
        for line in hunk {
            let (sign, text, style) = match line {
                Line::Same(a, _) => (" ", shown(&old[*a], before, &masked.0), None),
                Line::Old(a) => ("-", shown(&old[*a], before, &masked.0), Some(Style::Red)),
                Line::New(b) => ("+", shown(&new[*b], file.after, &masked.1), Some(Style::Green)),
            };
            let mut whole = SafeText::own(sign);
            whole.push(&text);
            match style {
                Some(style) => paint.put(out, style, &whole),
                None => {
                    out.push(&whole);
                }
            }
            out.push_own("\n");
            let whole = match line {
                Line::Same(a, _) | Line::Old(a) => olds[*a],
                Line::New(b) => news[*b],
            };
            if !whole.ends_with('\n') {
                out.push_own("\\ No newline at end of file\n");
            }
        }
    }
}

/// A line of a text, without what must not be shown of it.
fn shown(range: &Range<usize>, text: &str, masked: &[Range<usize>]) -> SafeText {
    let mut line = String::new();
    let mut at = range.start;
    let first = masked.partition_point(|m| m.end <= range.start);
    let touching = masked.get(first..).unwrap_or_default().iter();
    for secret in touching.take_while(|m| m.start < range.end) {
        line.push_str(text.get(at..secret.start.max(at)).unwrap_or_default());
        line.push_str(MASK);
        at = secret.end.clamp(at, range.end);
    }
    line.push_str(text.get(at..range.end).unwrap_or_default());
    SafeText::outside(line.trim_end_matches(['\n', '\r']))
}

fn split(text: &str) -> Vec<Range<usize>> {
    let mut at = 0;
    text.split_inclusive('\n')
        .map(|line| {
            let start = at;
            at += line.len();
            start..at
        })
        .collect::<Vec<_>>()
}

/// The lines of both, in order, with as many in common as there are.
fn compared(old: &[&str], new: &[&str]) -> Vec<Line> {
    let same = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let rest = old.len().min(new.len()) - same;
    let tail =
        old.iter().rev().zip(new.iter().rev()).take(rest).take_while(|(a, b)| a == b).count();
    let (a, b) = (&old[same..old.len() - tail], &new[same..new.len() - tail]);
    let mut lines: Vec<Line> = (0..same).map(|i| Line::Same(i, i)).collect();
    if a.len().saturating_mul(b.len()) > MAX_COMPARED {
        lines.extend((0..a.len()).map(|i| Line::Old(same + i)));
        lines.extend((0..b.len()).map(|i| Line::New(same + i)));
    } else {
        // The length of what is common from each pair of lines on.
        let width = b.len() + 1;
        let mut common = vec![0_u32; (a.len() + 1) * width];
        for i in (0..a.len()).rev() {
            for j in (0..b.len()).rev() {
                common[i * width + j] = if a[i] == b[j] {
                    common[(i + 1) * width + j + 1] + 1
                } else {
                    common[(i + 1) * width + j].max(common[i * width + j + 1])
                };
            }
        }
        let (mut i, mut j) = (0, 0);
        while i < a.len() || j < b.len() {
            if i < a.len() && j < b.len() && a[i] == b[j] {
                lines.push(Line::Same(same + i, same + j));
                (i, j) = (i + 1, j + 1);
            } else if j == b.len()
                || i < a.len() && common[(i + 1) * width + j] >= common[i * width + j + 1]
            {
                lines.push(Line::Old(same + i));
                i += 1;
            } else {
                lines.push(Line::New(same + j));
                j += 1;
            }
        }
    }
    lines.extend((0..tail).map(|i| Line::Same(old.len() - tail + i, new.len() - tail + i)));
    lines
}

fn hunks(lines: &[Line]) -> Vec<&[Line]> {
    let changes: Vec<usize> = lines
        .iter()
        .enumerate()
        .filter(|(_, l)| !matches!(l, Line::Same(..)))
        .map(|(i, _)| i)
        .collect();
    let mut all: Vec<Range<usize>> = Vec::new();
    for at in changes {
        let around = at.saturating_sub(CONTEXT)..(at + CONTEXT + 1).min(lines.len());
        match all.last_mut() {
            Some(last) if around.start <= last.end => last.end = around.end,
            _ => all.push(around),
        }
    }
    all.into_iter().filter_map(|range| lines.get(range)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::MemoryFiles;

    #[test]
    fn a_diff_is_what_patch_reads() {
        let files = MemoryFiles::new();
        let sources = Sources::new(&files);
        let before = "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\nk";
        sources.add("x", before);
        let after = "a\nB\nc\nd\ne\nf\ng\nh\ni\nj\nk\nl";
        let path = RelPath::new("x").unwrap_or_else(RelPath::root);
        let changed = [
            Changed { path: &path, before: Some(before), after },
            Changed { path: &path, before: None, after: "new\n" },
        ];
        let options = RenderOptions { color: false, width: 80 };
        let out = diff(&Report::default(), &sources, &changed, options);
        assert_eq!(
            out.as_str(),
            "--- x\n+++ x\n@@ -1,5 +1,5 @@\n a\n-b\n+B\n c\n d\n e\n@@ -8,4 +8,5 @@\n h\n i\n j\n-k\n\\ No newline at end of file\n+k\n+l\n\\ No newline at end of file\n--- /dev/null\n+++ x\n@@ -0,0 +1,1 @@\n+new\n"
        );
    }
}
