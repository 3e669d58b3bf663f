//! What to blank after an error, so that the rest of the file can be read.
//!
//! Bytes are replaced by spaces one for one; line breaks stay.

use super::page::{Line, Page, byte};
use std::ops::Range;

/// What an error spoils.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Blank {
    /// The line that holds this offset; what is wrong begins there.
    Line(usize),
    /// The line that holds this offset, and those after it that are indented with tabs as well.
    Tabs(usize),
    /// The line that holds this offset, with all items of the list it belongs to.
    Items(usize),
    /// The lines of the collection whose bracket stands at this offset.
    Bracket(usize),
}

/// The body with the spoiled part blanked, and that part; `None` when nothing is left to blank.
pub(super) fn repair(page: &Page<'_>, blank: &Blank) -> Option<(String, Range<usize>)> {
    let body = page.body;
    let range = match *blank {
        Blank::Line(at) => line(body, at),
        Blank::Tabs(at) => tabs(body, at),
        Blank::Items(at) => {
            let first = Line::containing(body, at);
            first.content..block(body, first, true)
        }
        Blank::Bracket(at) => bracket(body, at).0,
    };
    // What was blanked before and still fails lies in a line above.
    let range = if visible(body, &range) { range } else { line_above(body, range.start)? };
    let mut bytes = body.as_bytes().to_vec();
    for b in bytes.get_mut(range.clone())? {
        if !matches!(b, b'\n' | b'\r') {
            *b = b' ';
        }
    }
    Some((String::from_utf8(bytes).ok()?, range))
}

/// Where every indented line is indented with tabs alone, the body with a space for each such tab:
/// the structure is then clear, and one error says it all. `None` if there are no such lines.
pub(super) fn untab(body: &str) -> Option<String> {
    let mut bytes = body.as_bytes().to_vec();
    let mut next = Some(Line::containing(body, 0));
    while let Some(line) = next {
        next = line.following(body);
        let indent = bytes.get_mut(line.start..line.content)?;
        if line.is_blank() {
            continue;
        }
        if indent.contains(&b' ') {
            return None;
        }
        indent.fill(b' ');
    }
    String::from_utf8(bytes).ok().filter(|next| next != body)
}

fn visible(body: &str, range: &Range<usize>) -> bool {
    body.get(range.clone()).is_some_and(|s| s.bytes().any(|b| !b.is_ascii_whitespace()))
}

fn line_above(body: &str, at: usize) -> Option<Range<usize>> {
    let end = body.get(..at)?.trim_ascii_end().len();
    (end > 0).then(|| {
        let line = Line::containing(body, end - 1);
        line.content..line.end
    })
}

/// Where the lines that belong to `line` end: those indented deeper, and with `items` also the
/// list items that are indented as far.
fn block(body: &str, line: Line, items: bool) -> usize {
    let mut end = line.end;
    let mut next = line.following(body);
    while let Some(child) = next {
        if !child.is_blank() {
            if child.indent() < line.indent()
                || (child.indent() == line.indent() && !(items && child.is_item(body)))
            {
                break;
            }
            end = child.end;
        }
        next = child.following(body);
    }
    end
}

/// The line of an error. Where a key opens it, the value alone goes, so that lines below still
/// belong to the key; else they go with it, because they would join what stands above.
fn line(body: &str, at: usize) -> Range<usize> {
    let line = Line::containing(body, at);
    match key_end(body, line, at) {
        Some(colon) if visible(body, &(colon..line.end)) => colon..line.end,
        _ => {
            // `key:` may have its list right below, indented as far as itself.
            let opens =
                body.get(..line.end).is_some_and(|s| s.ends_with(':')) && !line.is_item(body);
            line.content..block(body, line, opens)
        }
    }
}

fn tabs(body: &str, at: usize) -> Range<usize> {
    let first = Line::containing(body, at);
    let tabbed = |line: &Line| body.get(line.start..line.content).is_some_and(|s| s.contains('\t'));
    let last =
        std::iter::successors(Some(first), |line| line.following(body).filter(tabbed)).last();
    first.content..last.map_or(first.end, |l| l.end)
}

/// The byte after the colon of the key that opens the line, if it lies before `at`.
pub(super) fn key_end(body: &str, line: Line, at: usize) -> Option<usize> {
    (line.content..at.min(line.end))
        .find(|i| byte(body, *i) == b':' && byte(body, i + 1).is_ascii_whitespace())
        .map(|i| i + 1)
}

/// The lines of the collection that opens at `at` (its key left out), and whether they end with a
/// closing bracket on a line of its own. It ends where a line is indented no deeper than the
/// opening one.
pub(super) fn bracket(body: &str, at: usize) -> (Range<usize>, bool) {
    let first = Line::containing(body, at);
    let start = key_end(body, first, at).unwrap_or(first.content);
    let mut end = first.end;
    let mut next = first.following(body);
    while let Some(line) = next {
        if !line.is_blank() {
            let closing = matches!(byte(body, line.content), b']' | b'}');
            if closing || line.indent() > first.indent() {
                end = line.end;
            }
            if line.indent() <= first.indent() {
                return (start..end, closing);
            }
        }
        next = line.following(body);
    }
    (start..end, false)
}

/// The outermost bracket that opens in `range` and is not closed there. The parser holds a bracket
/// back until it knows that it is no key, and may fail before that.
pub(super) fn open_bracket(body: &str, range: Range<usize>) -> Option<usize> {
    let mut open: Vec<usize> = Vec::new();
    let mut quote = None;
    // Whether a value may start here; inside a plain value a bracket is text.
    let mut fresh = true;
    let mut last = b' ';
    for at in range {
        let b = byte(body, at);
        let spaced = last.is_ascii_whitespace();
        match (quote, b) {
            (Some(q), _) if b == q && q != b'#' && last != b'\\' => quote = None,
            (Some(b'#'), b'\n' | b'\r') => quote = None,
            (Some(_), _) => {}
            (None, b'#') if spaced => quote = Some(b),
            (None, b'"' | b'\'') if fresh => quote = Some(b),
            (None, b'[' | b'{') if fresh || !open.is_empty() => open.push(at),
            (None, b']' | b'}') => drop(open.pop()),
            _ => {}
        }
        fresh = match b {
            b' ' | b'\t' => fresh || matches!(last, b':' | b'-' | b'?'),
            b'\n' | b'\r' => true,
            _ => !open.is_empty() && matches!(b, b',' | b'[' | b'{' | b':'),
        };
        last = b;
    }
    open.first().copied()
}
