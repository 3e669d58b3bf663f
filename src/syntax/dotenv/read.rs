//! Reading, byte for byte as Compose v2 does it (checked against Docker Compose 2.40.3).
//!
//! Compose gives up at the first mistake in a file. This reader notes it and goes on with the next
//! line, so that one run shows every mistake and the names that are still good.

use super::*;
use crate::finding::{Prose, Quote, prose};

/// The most characters of a word that a message repeats: enough to find it by.
const MAX_SHOWN_CHARS: usize = 40;

/// Errors noted per file; a binary or foreign file would have one on every line.
const MAX_ERRORS: usize = 100;

pub(super) fn read(text: &Text) -> EnvFile {
    let mut reader = EnvFileReader {
        text,
        s: text.as_str(),
        at: 0,
        unclosed: [false; 2],
        out: EnvFile::default(),
    };
    while reader.statement() {
        reader.assignment();
    }
    reader.out
}

struct EnvFileReader<'t> {
    text: &'t Text,
    /// The same text as a string.
    s: &'t str,
    /// Bytes read so far.
    at: usize,
    /// Whether `'` and `"` are known not to be closed in the rest of the file: it is searched once.
    unclosed: [bool; 2],
    out: EnvFile,
}

impl<'t> EnvFileReader<'t> {
    /// Goes to the start of the next statement. Comments count only here: `A="x" # c` has one
    /// because a new statement may start right behind a closing quote.
    fn statement(&mut self) -> bool {
        loop {
            self.at += skipped(self.rest(), char::is_whitespace);
            match self.rest().as_bytes().first() {
                None => return false,
                Some(b'#') => self.at = self.line_end(),
                Some(_) => return true,
            }
        }
    }

    /// `[export] NAME=value`, `NAME: value` or `NAME`, and moves behind it.
    fn assignment(&mut self) {
        if let Some(after) = self.rest().strip_prefix("export")
            && after.starts_with(['\t', '\n', '\x0c', '\r', ' '])
        {
            self.at += "export".len() + skipped(after, is_blank);
            if self.at == self.s.len() {
                let place = self.at - after.len() - "export".len();
                return self.error(
                    place,
                    self.at,
                    "nothing follows `export`",
                    "add `NAME=value` or remove the line",
                );
            }
        }
        let start = self.at;
        let Some((end, sign)) = self.name_end() else { return };
        let name = self.part(start..end).trim_end();
        let named = start..start + name.len();
        let usable = if name.contains(' ') {
            self.error(
                named.start,
                named.end,
                prose!("a variable name cannot contain a space: `{}`", short(name)),
                STOPS,
            );
            false
        } else if name.is_empty() && sign != '\n' {
            self.error(
                start,
                end + 1,
                prose!("no variable name before `{}`", sign),
                "write a name; Compose makes a variable without one",
            );
            false
        } else {
            !name.is_empty()
        };
        self.at = end + 1;
        let value = if sign == '\n' {
            None
        } else {
            let Some(value) = self.value() else { return };
            Some(value)
        };
        if usable {
            let (value, interpolated, to) =
                value.map_or((None, false, named.end), |v| (Some(v.text), v.interpolated, v.end));
            let span = self.text.span_of(named.start..to);
            self.out.entries.push(Entry {
                name: self.text.slice(named),
                value,
                interpolated,
                span,
            });
        }
    }

    /// Where the name ends, and the sign that ends it: `=`, `:` or a line break.
    fn name_end(&mut self) -> Option<(usize, char)> {
        let start = self.at;
        for (offset, c) in self.rest().char_indices() {
            let place = start + offset;
            match c {
                '=' | ':' | '\n' => return Some((place, c)),
                '_' | '.' | '-' | '[' | ']' => {}
                c if c.is_alphanumeric() || is_blank(c) => {}
                c => {
                    self.error(
                        place,
                        place + c.len_utf8(),
                        prose!("a variable name cannot contain {}", Quote::code(&shown(c))),
                        STOPS,
                    );
                    self.at = self.line_end();
                    return None;
                }
            }
        }
        // Compose 2.40.3 then sets a variable without a name to this text.
        let name = self.rest().trim_end();
        let message = prose!(
            "`{}` at the very end of the file, without a line break, is not taken as a name",
            short(name)
        );
        let error = SyntaxError::new(self.text.span_of(start..start + name.len()), message);
        self.out.nameless =
            Some(error.help("end the line with a line break, or write `NAME=value`"));
        self.at = self.s.len();
        None
    }

    /// The value after `=` or `:`, or nothing after an error.
    fn value(&mut self) -> Option<Value> {
        let sign_end = self.at;
        self.at += skipped(self.rest(), is_blank);
        match self.rest().as_bytes().first() {
            Some(quote @ (b'\'' | b'"')) => self.quoted(*quote),
            _ => Some(self.unquoted(sign_end)),
        }
    }

    /// A value up to the end of its line or to ` #`. Only a space counts before `#`, not a tab, and
    /// not the spaces after `=`: `A= # c` gives `# c`.
    fn unquoted(&mut self, sign_end: usize) -> Value {
        let start = self.at;
        let end = self.line_end();
        let line = self.part(start..end);
        let line = line.split_once(" #").map_or(line, |(value, _)| value).trim_end();
        let range = if line.is_empty() { sign_end..sign_end } else { start..start + line.len() };
        self.at = end;
        Value { end: range.end, text: self.text.slice(range), interpolated: true }
    }

    /// A value between quotes, over as many lines as it takes.
    fn quoted(&mut self, quote: u8) -> Option<Value> {
        let (open, bytes) = (self.at, self.s.as_bytes());
        let known = usize::from(quote == b'"');
        let mut value = Text::empty(self.text.span());
        let (mut run, mut i) = (open + 1, open + 1);
        while let Some(byte) = bytes.get(i).filter(|_| !self.unclosed[known]) {
            if *byte == quote {
                value.push_text(&self.text.slice(run..i));
                self.at = i + 1;
                let span = self.text.span_of(open..self.at);
                return Some(Value {
                    text: value.with_span(span),
                    interpolated: quote == b'"',
                    end: self.at,
                });
            }
            if *byte != b'\\' {
                i += 1;
                continue;
            }
            let Some(escape) = escape(bytes.get(i + 1..).unwrap_or_default(), quote) else {
                i += 2;
                continue;
            };
            value.push_text(&self.text.slice(run..i));
            run = match escape {
                Escape::Drop => i + 1,
                Escape::DropZero => {
                    value.push_text(&self.text.slice(i..i + 1));
                    i + 2
                }
                Escape::Is(c, len) => {
                    value.push_derived(c.encode_utf8(&mut [0; 4]), self.text.span_of(i..i + len));
                    i + len
                }
                Escape::Dollar => {
                    value.push_derived("$$", self.text.span_of(i..i + 2));
                    i + 2
                }
            };
            // What follows a dropped backslash is itself neither an escape nor the end.
            i = run.max(i + 2);
        }
        self.unclosed[known] = true;
        let end = self.line_end();
        let end = open + self.part(open..end).trim_end().len();
        self.error(
            open,
            end,
            prose!("this {} is never closed", char::from(quote)),
            "close it, or put the whole value into the other kind of quotes",
        );
        self.at = self.line_end();
        None
    }

    /// The bytes `range` of the file.
    fn part(&self, range: std::ops::Range<usize>) -> &'t str {
        self.s.get(range).unwrap_or_default()
    }

    /// What is not read yet.
    fn rest(&self) -> &'t str {
        self.part(self.at..self.s.len())
    }

    /// Where the current line ends, its line break not included.
    fn line_end(&self) -> usize {
        self.rest().find('\n').map_or(self.s.len(), |i| self.at + i)
    }

    fn error(&mut self, start: usize, end: usize, message: impl Into<Prose>, help: &'static str) {
        let span = self.text.span_of(start..end);
        match self.out.errors.len() {
            0..MAX_ERRORS => self.out.errors.push(SyntaxError::new(span, message).help(help)),
            MAX_ERRORS => self
                .out
                .errors
                .push(SyntaxError::new(span, "more errors follow; only the first 100 are listed")),
            _ => {}
        }
    }
}

/// The advice for a mistake that makes Compose refuse the file.
const STOPS: &str =
    "Compose refuses the whole file; names take letters, digits, `_`, `.`, `-`, `[` and `]`";

/// A value that was read.
struct Value {
    text: Text,
    interpolated: bool,
    /// The byte after the value, with its quotes.
    end: usize,
}

/// What a backslash between quotes does.
enum Escape {
    /// Only the backslash goes: `\\`, `\"`.
    Drop,
    /// Only the zero goes: an octal escape that is none, such as `\09`.
    DropZero,
    /// The whole escape, so many bytes long, stands for a character.
    Is(char, usize),
    /// `\$` becomes `$$`, which interpolation turns into a `$`.
    Dollar,
}

/// What a backslash before `after` does; `None` where it stays, with whatever follows it.
fn escape(after: &[u8], quote: u8) -> Option<Escape> {
    let first = *after.first()?;
    if first == quote {
        return Some(Escape::Drop);
    }
    if quote == b'\'' {
        return None;
    }
    Some(match first {
        b'\\' => Escape::Drop,
        b'$' => Escape::Dollar,
        b'n' => Escape::Is('\n', 2),
        b'r' => Escape::Is('\r', 2),
        b't' => Escape::Is('\t', 2),
        b'a' => Escape::Is('\x07', 2),
        b'b' => Escape::Is('\x08', 2),
        b'f' => Escape::Is('\x0c', 2),
        b'v' => Escape::Is('\x0b', 2),
        b'0' => octal(after.get(1..4).unwrap_or_default())
            .map_or(Escape::DropZero, |c| Escape::Is(c, 5)),
        _ => return None,
    })
}

/// The character that three octal digits stand for.
fn octal(digits: &[u8]) -> Option<char> {
    if digits.len() != 3 {
        return None;
    }
    let mut number = 0_u32;
    for digit in digits {
        number = number * 8 + u32::from(digit.checked_sub(b'0').filter(|d| *d < 8)?);
    }
    u8::try_from(number).ok().map(char::from)
}

/// White space that does not end a line, as Compose counts it.
fn is_blank(c: char) -> bool {
    matches!(c, '\t' | '\x0b' | '\x0c' | '\r' | ' ' | '\u{85}' | '\u{a0}')
}

/// Bytes of leading characters that `skip` accepts.
fn skipped(s: &str, skip: impl Fn(char) -> bool) -> usize {
    s.len() - s.trim_start_matches(skip).len()
}

/// A piece of the file for a message: its first characters, on one line.
fn short(s: &str) -> Quote {
    Quote::value(&s.chars().take(MAX_SHOWN_CHARS).map(shown).collect::<String>())
}

/// A character for a message: one that cannot be seen is given by its number.
fn shown(c: char) -> String {
    if c.is_control() || c == '\u{feff}' { c.escape_debug().to_string() } else { c.to_string() }
}
