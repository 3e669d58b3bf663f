//! String literals as [`Text`]s: what stands verbatim keeps its place byte for byte.
//! Escapes: Python reference, "Escape sequences".

use super::lower::Lower;
use crate::source::{Span, Text};
use ruff_python_ast::{StringFlags, StringLiteral};
use ruff_text_size::TextRange;

impl Lower<'_> {
    /// The parts of an implicitly concatenated literal, joined.
    pub(super) fn string<'p>(
        &self,
        range: TextRange,
        parts: impl Iterator<Item = &'p StringLiteral>,
    ) -> Text {
        let mut text = Text::empty(self.span(range));
        for part in parts {
            let start = part.range.start() + part.flags.opener_len();
            let end = part.range.end() - part.flags.closer_len();
            let inner = if start <= end { TextRange::new(start, end) } else { part.range };
            self.push(&mut text, inner, &part.value, part.flags.prefix().is_raw());
        }
        text
    }

    /// Appends `value`, which is written at `range` with escapes (unless `raw`) or without.
    pub(super) fn push(&self, text: &mut Text, range: TextRange, value: &str, raw: bool) {
        let written = self.text.get(std::ops::Range::<usize>::from(range)).unwrap_or_default();
        let start = self.base + usize::from(range.start());
        if written == value && !value.contains('\r') {
            text.push_verbatim(value, start);
            return;
        }
        let mut walk = Walk { written, value, start, text: Text::empty(text.span()) };
        // Where the walk does not arrive at ruff's value, the value is taken as a whole.
        if walk.run(raw) {
            text.push_text(&walk.text);
        } else {
            text.push_derived(value, self.span(range));
        }
    }
}

/// Goes along the written literal and its value at once.
struct Walk<'t> {
    written: &'t str,
    value: &'t str,
    start: usize,
    text: Text,
}

impl Walk<'_> {
    fn run(&mut self, raw: bool) -> bool {
        let (mut at, mut done) = (0, 0);
        while at < self.written.len() {
            let rest = &self.written[at..];
            let same = rest
                .bytes()
                .position(|b| matches!(b, b'\\' | b'\r' | b'{' | b'}'))
                .unwrap_or(rest.len());
            if same > 0 {
                if !self.value[done..].starts_with(&rest[..same]) {
                    return false;
                }
                self.text.push_verbatim(&rest[..same], self.start + at);
                (at, done) = (at + same, done + same);
                continue;
            }
            let written = escape_len(rest, raw);
            let left = &self.value[done..];
            // A line break in a value is `\n` to Python, whatever it is in the file (ruff keeps it).
            if let broken @ ("\r\n" | "\r") = &rest[..written] {
                if !left.starts_with(broken) {
                    return false;
                }
                self.text.push_derived(
                    "\n",
                    Span::new(self.text.span().file, self.start + at, self.start + at + written),
                );
                (at, done) = (at + written, done + written);
                continue;
            }
            // `\` before a line break stands for nothing.
            let value = match &rest[..written] {
                "\\\n" | "\\\r\n" | "\\\r" if !raw => "",
                one if one.len() == 1 => one,
                "{{" if left.starts_with("{{") => "{{",
                "}}" if left.starts_with("}}") => "}}",
                unknown if raw || left.starts_with(unknown) && !is_escape(unknown) => unknown,
                _ => left.chars().next().map_or("", |c| &left[..c.len_utf8()]),
            };
            if !left.starts_with(value) {
                return false;
            }
            let src = Span::new(self.text.span().file, self.start + at, self.start + at + written);
            if value == &rest[..written] {
                self.text.push_verbatim(value, self.start + at);
            } else {
                self.text.push_derived(value, src);
            }
            (at, done) = (at + written, done + value.len());
        }
        done == self.value.len()
    }
}

/// Bytes of the escape (or brace, or line break) that `rest` begins with.
fn escape_len(rest: &str, raw: bool) -> usize {
    let bytes = rest.as_bytes();
    let next = bytes.get(1).copied();
    let digits = |from: usize, most: usize, ok: fn(&u8) -> bool| {
        bytes.iter().skip(from).take(most).take_while(|b| ok(b)).count()
    };
    let len = match (bytes.first(), next) {
        (Some(b'\r'), Some(b'\n')) | (Some(b'{'), Some(b'{')) | (Some(b'}'), Some(b'}')) => 2,
        (Some(b'\\'), Some(_)) if raw => 1,
        (Some(b'\\'), Some(b'\r')) if bytes.get(2) == Some(&b'\n') => 3,
        (Some(b'\\'), Some(b'x')) => 2 + digits(2, 2, u8::is_ascii_hexdigit),
        (Some(b'\\'), Some(b'u')) => 2 + digits(2, 4, u8::is_ascii_hexdigit),
        (Some(b'\\'), Some(b'U')) => 2 + digits(2, 8, u8::is_ascii_hexdigit),
        (Some(b'\\'), Some(b'0'..=b'7')) => 1 + digits(1, 3, |b| matches!(b, b'0'..=b'7')),
        (Some(b'\\'), Some(b'N')) if bytes.get(2) == Some(&b'{') => {
            rest.find('}').map_or(2, |end| end + 1)
        }
        (Some(b'\\'), Some(_)) => 1 + rest[1..].chars().next().map_or(0, char::len_utf8),
        _ => 1,
    };
    len.min(rest.len())
}

/// Whether Python resolves this backslash sequence (others stay as they are written).
fn is_escape(sequence: &str) -> bool {
    matches!(
        sequence.as_bytes().get(1),
        Some(
            b'\\'
                | b'\''
                | b'"'
                | b'a'
                | b'b'
                | b'f'
                | b'n'
                | b'r'
                | b't'
                | b'v'
                | b'x'
                | b'u'
                | b'U'
                | b'N'
                | b'0'..=b'7'
        )
    )
}
