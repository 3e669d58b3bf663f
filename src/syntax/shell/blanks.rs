//! Blanks, comments, line ends, reserved words and brackets: looking ahead without reading.

use super::read::ShellReader;

/// A set of closing words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stops(u16);

impl Stops {
    /// No closing word: the list goes to the end.
    pub(super) const NONE: Self = Self(0);
    /// `then`
    pub(super) const THEN: Self = Self(1);
    /// `elif`
    pub(super) const ELIF: Self = Self(2);
    /// `else`
    pub(super) const ELSE: Self = Self(4);
    /// `fi`
    pub(super) const FI: Self = Self(8);
    /// `do`
    pub(super) const DO: Self = Self(16);
    /// `done`
    pub(super) const DONE: Self = Self(32);
    /// `esac`
    pub(super) const ESAC: Self = Self(64);
    /// `}`
    pub(super) const BRACE: Self = Self(128);
    /// `)`
    pub(super) const PAREN: Self = Self(256);
    /// `;;`, `;&`, `;;&`
    pub(super) const ARM: Self = Self(512);

    /// Whether the sets share a word.
    pub(super) fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

impl std::ops::BitOr for Stops {
    type Output = Self;
    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// Whether a byte ends an unquoted word wherever it stands.
pub(super) fn is_meta(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b';' | b'&' | b'|' | b'<' | b'>' | b'(' | b')')
}

/// Bytes of the name (`[A-Za-z_][A-Za-z0-9_]*`) that `bytes` start with.
pub(super) fn name_len(bytes: &[u8]) -> usize {
    match bytes.first() {
        Some(b) if b.is_ascii_alphabetic() || *b == b'_' => bytes
            .iter()
            .position(|b| !b.is_ascii_alphanumeric() && *b != b'_')
            .unwrap_or(bytes.len()),
        _ => 0,
    }
}

impl<'t> ShellReader<'t> {
    /// The byte at `at`, `None` from the end on.
    pub(super) fn byte_at(&self, at: usize) -> Option<u8> {
        if at < self.end { self.text.as_bytes().get(at).copied() } else { None }
    }

    /// The next byte.
    pub(super) fn byte(&self) -> Option<u8> {
        self.byte_at(self.at)
    }

    /// The unread rest.
    pub(super) fn rest(&self) -> &'t [u8] {
        self.rest_at(self.at)
    }

    /// The rest from `at` on.
    pub(super) fn rest_at(&self, at: usize) -> &'t [u8] {
        self.text.as_bytes().get(at..self.end).unwrap_or_default()
    }

    /// Whether the rest starts with `what`.
    pub(super) fn starts(&self, what: &str) -> bool {
        self.rest().starts_with(what.as_bytes())
    }

    /// Bytes of the next character.
    pub(super) fn char_len(&self) -> usize {
        self.text.get(self.at..).and_then(|s| s.chars().next()).map_or(1, char::len_utf8)
    }

    /// Bytes of a line break at `at`: 0 for none. A carriage return at the very end counts as one.
    pub(super) fn break_len(&self, at: usize) -> usize {
        match (self.byte_at(at), self.byte_at(at + 1)) {
            (Some(b'\n'), _) | (Some(b'\r'), None) => 1,
            (Some(b'\r'), Some(b'\n')) => 2,
            _ => 0,
        }
    }

    /// Where the line that holds `at` ends, its line break left out.
    pub(super) fn line_end(&self, at: usize) -> usize {
        let rest = self.rest_at(at);
        match rest.iter().position(|b| *b == b'\n') {
            Some(0) => at,
            Some(len) if rest.get(len - 1) == Some(&b'\r') => at + len - 1,
            Some(len) => at + len,
            None => self.end,
        }
    }

    /// Passes spaces, tabs, continued lines and a comment. Stops before a line break.
    pub(super) fn skip_blanks(&mut self) {
        loop {
            match self.byte() {
                Some(b' ' | b'\t') => self.at += 1,
                Some(b'\\') if self.break_len(self.at + 1) > 0 => {
                    self.at += 1 + self.break_len(self.at + 1)
                }
                Some(b'#') => self.skip_comment(),
                _ => break,
            }
        }
    }

    /// Passes everything to the end of the line.
    pub(super) fn skip_comment(&mut self) {
        let end = self.line_end(self.at);
        let comment = self.text.get(self.at..end).unwrap_or_default();
        if let Some((marker, found)) = &mut self.wanted_comments
            && comment.trim_start_matches(['#', ' ', '\t']).starts_with(*marker)
        {
            found.insert((self.at, end));
        }
        self.at = end;
    }

    /// Passes blanks, comments and line breaks, and the bodies of here-documents.
    pub(super) fn skip_space(&mut self) {
        loop {
            self.skip_blanks();
            let len = self.break_len(self.at);
            if len == 0 {
                break;
            }
            self.at = match self.bodies {
                Some((line, resume)) if self.at >= line && self.at < resume => resume.min(self.end),
                _ => self.at + len,
            };
        }
    }

    /// The word at the next byte if it could be a reserved word: unquoted and cut off on both sides.
    pub(super) fn keyword(&self) -> &'t str {
        let rest = self.rest();
        let len = rest
            .iter()
            .take(9)
            .position(|b| !matches!(b, b'a'..=b'z' | b'{' | b'}' | b'!' | b'[' | b']'));
        let len = len.unwrap_or(rest.len().min(9));
        let end = self.at + len;
        let cut = self.byte_at(end).is_none_or(is_meta) || self.break_len(end) > 0;
        let continued = self.byte_at(end) == Some(b'\\') && self.break_len(end + 1) > 0;
        if cut || continued { self.text.as_str().get(self.at..end).unwrap_or_default() } else { "" }
    }

    /// Takes a reserved word, if it is the next one.
    pub(super) fn eat(&mut self, word: &str) -> bool {
        let found = self.keyword() == word;
        if found {
            self.at += word.len();
            self.last = self.at;
        }
        found
    }

    /// The unquoted word after `len` bytes and blanks on the same line; `None` where an operator or the end follows.
    pub(super) fn word_after(&self, len: usize) -> Option<&'t str> {
        let rest = self.rest_at(self.at + len);
        let start = rest.iter().position(|b| !matches!(b, b' ' | b'\t'))?;
        let word = rest.get(start..)?;
        let end = word.iter().position(|b| is_meta(*b) || *b == b'\r').unwrap_or(word.len());
        // A subshell may follow `time` or `coproc` too.
        let end = if word.first() == Some(&b'(') { 1 } else { end };
        let start = self.at + len + start;
        self.text.as_str().get(start..start + end).filter(|w| !w.is_empty())
    }

    /// The closing word at the next byte and its length.
    pub(super) fn closer(&self) -> Option<(Stops, usize)> {
        match self.byte()? {
            b')' => return Some((Stops::PAREN, 1)),
            b';' if self.starts(";;&") => return Some((Stops::ARM, 3)),
            b';' if self.starts(";;") || self.starts(";&") && !self.starts(";&>") => {
                return Some((Stops::ARM, 2));
            }
            _ => {}
        }
        let word = self.keyword();
        let stop = match word {
            "then" => Stops::THEN,
            "elif" => Stops::ELIF,
            "else" => Stops::ELSE,
            "fi" => Stops::FI,
            "do" => Stops::DO,
            "done" => Stops::DONE,
            "esac" => Stops::ESAC,
            "}" => Stops::BRACE,
            _ => return None,
        };
        Some((stop, word.len()))
    }

    /// Where the bracket `close` stands that ends what starts at `from`, quotes and brackets between
    /// counted. Used where the content is not read, so it neither recurses nor knows commands.
    pub(super) fn balanced(&self, from: usize, close: u8) -> Option<usize> {
        let mut open = vec![close];
        let mut at = from;
        while let Some(byte) = self.byte_at(at) {
            let top = *open.last()?;
            match byte {
                b'\\' => at += 1,
                b'\'' if top != b'"' => {
                    at += 1 + self.rest_at(at + 1).iter().position(|b| *b == b'\'')?
                }
                _ if byte == top => {
                    open.pop();
                    if open.is_empty() {
                        return Some(at);
                    }
                }
                b'"' | b'`' => open.push(byte),
                b'$' if self.byte_at(at + 1) == Some(b'(') => {
                    open.push(b')');
                    at += 1;
                }
                b'$' if self.byte_at(at + 1) == Some(b'{') => {
                    open.push(b'}');
                    at += 1;
                }
                b'(' if top == b')' => open.push(b')'),
                b'[' if top == b']' => open.push(b']'),
                _ => {}
            }
            at += 1;
        }
        None
    }

    /// Where the `))` stands that ends the arithmetic that starts at `from`; `None` where it is no
    /// arithmetic but two parentheses. A failed look is paid from the patience.
    pub(super) fn arithmetic_end(&mut self, from: usize) -> Option<usize> {
        if self.patience == 0 {
            return None;
        }
        let end = self.balanced(from, b')');
        match end {
            Some(end) if self.byte_at(end + 1) == Some(b')') => Some(end),
            _ => {
                self.patience =
                    self.patience.saturating_sub(end.unwrap_or(self.end).saturating_sub(from) + 1);
                None
            }
        }
    }
}
