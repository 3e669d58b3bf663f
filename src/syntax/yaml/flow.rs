//! Plain and quoted scalars: the value again, with the place of every byte.
//!
//! YAML 1.2.2, 6.5 (line folding) and 7.3 (flow scalar styles).

use super::Style;
use super::page::{Page, break_len, byte, is_blank, skip_blanks};
use crate::source::Text;
use std::ops::Range;

/// The text of the scalar at `range` (quotes included), which reads `value`.
pub(super) fn text(page: &Page<'_>, range: Range<usize>, style: Style, value: &str) -> Text {
    let inner = match style {
        Style::Single | Style::Double => {
            range.start + 1..range.end.saturating_sub(1).max(range.start + 1)
        }
        _ => range.clone(),
    };
    let mut walk = Walk {
        page,
        at: inner.start,
        run: inner.start,
        end: inner.end,
        style,
        out: Text::empty(page.span(range.clone())),
    };
    // The value the parser read is what counts; should the walk differ, the places are coarse.
    match walk.read() {
        Some(()) if walk.out.as_str() == value => walk.out,
        _ => Text::derived(value, page.span(range)),
    }
}

struct Walk<'p, 'a> {
    page: &'p Page<'a>,
    at: usize,
    /// Start of the bytes that stand as they read and were not pushed yet.
    run: usize,
    end: usize,
    style: Style,
    out: Text,
}

impl Walk<'_, '_> {
    fn read(&mut self) -> Option<()> {
        let body = self.page.body;
        while self.at < self.end {
            let (b, next) = (byte(body, self.at), byte(body, self.at + 1));
            match b {
                b' ' | b'\t' | b'\n' | b'\r' => self.white(),
                b'\'' if self.style == Style::Single && next == b'\'' => self.replace("'", 2),
                b'\\' if self.style == Style::Double => {
                    let line_break = break_len(body, self.at + 1);
                    if line_break > 0 {
                        self.flush();
                        self.at += 1 + line_break;
                        self.lines();
                    } else {
                        let (c, len) = escape(body.get(self.at + 1..self.end)?)?;
                        self.replace(c.encode_utf8(&mut [0; 4]), 1 + len);
                    }
                }
                _ => self.at += 1,
            }
        }
        self.flush();
        Some(())
    }

    fn flush(&mut self) {
        self.page.push(&mut self.out, self.run..self.at.min(self.end));
        self.run = self.at;
    }

    fn replace(&mut self, text: &str, len: usize) {
        self.flush();
        self.out.push_derived(text, self.page.span(self.at..self.at + len));
        self.at += len;
        self.run = self.at;
    }

    /// White space: kept inside a line; with a line break, folded.
    fn white(&mut self) {
        let body = self.page.body;
        let after = skip_blanks(body, self.at).min(self.end);
        let line_break = break_len(body, after);
        if line_break == 0 || after >= self.end {
            self.at = after;
            return;
        }
        self.flush();
        let from = self.at;
        self.at = after + line_break;
        if !self.lines() {
            self.out.push_derived(" ", self.page.span(from..self.at));
        }
    }

    /// Leading white space of a line that goes on, and empty lines, each of which is a line feed.
    /// Says whether there were any.
    fn lines(&mut self) -> bool {
        let mut any = false;
        while self.at < self.end {
            let line_break = break_len(self.page.body, self.at);
            if line_break > 0 {
                self.page.push_break(&mut self.out, self.at..self.at + line_break);
                self.at += line_break;
                any = true;
            } else if is_blank(byte(self.page.body, self.at)) {
                self.at += 1;
            } else {
                break;
            }
        }
        self.run = self.at;
        any
    }
}

/// The character that an escape stands for (the text after the backslash), and its length
/// (YAML 1.2.2, 5.7).
fn escape(rest: &str) -> Option<(char, usize)> {
    let plain = match rest.chars().next()? {
        '0' => '\0',
        'a' => '\x07',
        'b' => '\x08',
        't' | '\t' => '\t',
        'n' => '\n',
        'v' => '\x0b',
        'f' => '\x0c',
        'r' => '\r',
        'e' => '\x1b',
        c @ (' ' | '"' | '/' | '\\') => c,
        'N' => '\u{85}',
        '_' => '\u{a0}',
        'L' => '\u{2028}',
        'P' => '\u{2029}',
        'x' => return hex(rest, 2),
        'u' => return hex(rest, 4).or_else(|| surrogates(rest)),
        'U' => return hex(rest, 8),
        _ => return None,
    };
    Some((plain, 1))
}

fn digits(rest: &str, count: usize) -> Option<u32> {
    u32::from_str_radix(rest.get(1..1 + count)?, 16).ok()
}

fn hex(rest: &str, count: usize) -> Option<(char, usize)> {
    Some((char::from_u32(digits(rest, count)?)?, 1 + count))
}

/// A character outside the basic plane as JSON writes it: `\ud83d\ude00`.
fn surrogates(rest: &str) -> Option<(char, usize)> {
    let high = digits(rest, 4)?;
    let low = digits(rest.get(5..)?.strip_prefix('\\').filter(|r| r.starts_with('u'))?, 4)?;
    let pair = [u16::try_from(high).ok()?, u16::try_from(low).ok()?];
    let c = char::decode_utf16(pair).next()?.ok()?;
    Some((c, 11))
}
