//! Block scalars (`|`, `>`): the value again, with the place of every byte.
//!
//! YAML 1.2.2, 8.1. The parser's span begins at the content, so the header is found by looking
//! back from there over the line.

use super::Style;
use super::page::{Page, break_len, byte, is_blank, line_start};
use crate::source::Text;
use std::ops::Range;

/// What happens to the line breaks at the end.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Chomp {
    Strip,
    Clip,
    Keep,
}

/// `|` or `>` and its indicators.
struct Header {
    at: usize,
    /// The byte after the last indicator.
    end: usize,
    chomp: Chomp,
}

/// The text of the block scalar whose content the parser puts at `range`, and the range from its
/// header to its last visible byte. The header lies at `floor` or after.
pub(super) fn text(
    page: &Page<'_>,
    range: Range<usize>,
    floor: usize,
    style: Style,
    value: &str,
) -> (Text, Range<usize>) {
    let body = page.body;
    let Some(header) = header(body, range.start, floor, style) else {
        return (Text::derived(value, page.span(range.clone())), range);
    };
    let after = header.end..header.end;
    if value.trim_matches('\n').is_empty() {
        return (Text::derived(value, page.span(after)), header.at..header.end);
    }
    let mut walk = Walk {
        page,
        indent: range.start - line_start(body, range.start),
        seen: range.start,
        out: Text::empty(page.span(after)),
    };
    walk.read(header.end, range.end, style, header.chomp);
    let content = range.start..walk.seen.max(range.start);
    let text = if walk.out.as_str() == value {
        walk.out
    } else {
        Text::derived(value, page.span(content.clone()))
    };
    (text.with_span(page.span(content.clone())), header.at..content.end)
}

/// Finds the header of the content at `content`.
fn header(body: &str, content: usize, floor: usize, style: Style) -> Option<Header> {
    let start = line_start(body, content);
    let indented = body.get(start..content)?.bytes().all(|b| b == b' ');
    let above = body.get(..start)?.trim_end_matches([' ', '\t', '\n', '\r']);
    let line = line_start(body, above.len()).max(floor);
    let mark = if style == Style::Literal { b'|' } else { b'>' };
    let found = (line..above.len()).filter(|_| indented).find_map(|at| header_at(body, at, mark));
    // Without any content the parser names the header itself.
    found.or_else(|| header_at(body, content, mark))
}

/// The header at `at`, if the rest of the line is one (YAML 1.2.2, 8.1.1).
fn header_at(body: &str, at: usize, mark: u8) -> Option<Header> {
    let before = body.get(..at)?.chars().next_back().unwrap_or('\n');
    if byte(body, at) != mark || !matches!(before, ' ' | '\t' | '\n' | '\r' | '\u{feff}') {
        return None;
    }
    let mut end = at + 1;
    let mut chomp = Chomp::Clip;
    for _ in 0..2 {
        match byte(body, end) {
            b'-' => chomp = Chomp::Strip,
            b'+' => chomp = Chomp::Keep,
            b'1'..=b'9' => {}
            _ => break,
        }
        end += 1;
    }
    let mut rest = end;
    while is_blank(byte(body, rest)) {
        rest += 1;
    }
    let over =
        break_len(body, rest) > 0 || rest >= body.len() || (byte(body, rest) == b'#' && rest > end);
    over.then_some(Header { at, end, chomp })
}

struct Walk<'p, 'a> {
    page: &'p Page<'a>,
    /// Columns that are no content.
    indent: usize,
    /// The byte after the last one that can be seen.
    seen: usize,
    out: Text,
}

impl Walk<'_, '_> {
    /// Reads the lines after the header until `end`, where the parser stopped.
    fn read(&mut self, header: usize, end: usize, style: Style, chomp: Chomp) {
        let body = self.page.body;
        let (mut at, _) = self.line_end(header);
        at += break_len(body, at);
        // The break of the last content line, and those of the empty lines after it.
        let mut ended: Option<Range<usize>> = None;
        let mut empty: Vec<Range<usize>> = Vec::new();
        let mut spaced = false;
        while at < end {
            let limit = at + self.indent;
            while at < limit && byte(body, at) == b' ' {
                at += 1;
            }
            let line_break = break_len(body, at);
            if line_break > 0 {
                empty.push(at..at + line_break);
                at += line_break;
                continue;
            }
            if at < limit || at >= end {
                break;
            }
            // Folded lines join, but not next to a line that starts with white space.
            let blank = is_blank(byte(body, at));
            if let Some(last) = ended.take() {
                let fold = style == Style::Folded && !spaced && !blank;
                if fold && empty.is_empty() {
                    self.out.push_derived(" ", self.page.span(last));
                } else if !fold {
                    self.page.push_break(&mut self.out, last);
                }
            }
            self.breaks(&mut empty);
            spaced = blank;
            let (stop, seen) = self.line_end(at);
            self.page.push(&mut self.out, at..stop);
            if seen > at {
                self.seen = seen;
            }
            let line_break = break_len(body, stop);
            at = stop + line_break;
            if line_break == 0 {
                break;
            }
            ended = Some(stop..at);
        }
        if chomp != Chomp::Strip
            && let Some(last) = ended
        {
            self.page.push_break(&mut self.out, last);
        }
        if chomp == Chomp::Keep {
            self.breaks(&mut empty);
        }
    }

    fn breaks(&mut self, empty: &mut Vec<Range<usize>>) {
        for line_break in empty.drain(..) {
            self.page.push_break(&mut self.out, line_break);
        }
    }

    /// Where the line holding `at` ends, with and without white space at its end.
    fn line_end(&self, at: usize) -> (usize, usize) {
        let rest = self.page.body.get(at..).unwrap_or_default();
        let line = rest.split(['\n', '\r']).next().unwrap_or_default();
        (at + line.len(), at + line.trim_end_matches([' ', '\t']).len())
    }
}
