//! How deep a file nests, measured before and after ruff reads it.
//!
//! ruff's parser grows its stack as it goes, but its tree is taken down by plain recursion: a file
//! of 200,000 minus signs would overflow the stack and abort the process, which nothing can catch.
//! So nesting is bounded from above, cheaply, over tokens: within one comma-separated stretch each
//! operator, keyword or bracket may put one level on top of what stands before it.

use ruff_python_ast::token::TokenKind;

/// Levels of a syntax tree that fit a thread's stack (2 MiB) in a debug build with room to spare.
const MAX_LEVELS: u32 = 2_000;
/// Brackets within brackets.
const MAX_BRACKETS: usize = 200;
/// `lambda`s in one logical line: their defaults nest across commas, so that commas do not reset them.
const MAX_LAMBDAS: u32 = 200;
/// Blocks within blocks.
const MAX_BLOCKS: u32 = 500;

/// What a token does to the nesting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// `(`, `[`, `{`
    Open,
    /// `)`, `]`, `}`
    Close,
    /// `,`: what follows stands beside what came before.
    Comma,
    /// An operator or a keyword.
    Nest,
    /// `lambda`
    Lambda,
    /// The end of a logical line, also `;`.
    End,
    /// A block begins.
    Indent,
    /// A block ends.
    Dedent,
    /// A name, a number, a string.
    Flat,
}

impl Step {
    /// What a token of ruff's does.
    pub(super) fn of_token(kind: TokenKind) -> Self {
        match kind {
            TokenKind::Lpar
            | TokenKind::Lsqb
            | TokenKind::Lbrace
            | TokenKind::FStringStart
            | TokenKind::TStringStart => Self::Open,
            TokenKind::Rpar
            | TokenKind::Rsqb
            | TokenKind::Rbrace
            | TokenKind::FStringEnd
            | TokenKind::TStringEnd => Self::Close,
            TokenKind::Comma => Self::Comma,
            TokenKind::Lambda => Self::Lambda,
            TokenKind::Newline | TokenKind::Semi => Self::End,
            TokenKind::Indent => Self::Indent,
            TokenKind::Dedent => Self::Dedent,
            kind if kind.is_operator() || kind.is_keyword() => Self::Nest,
            _ => Self::Flat,
        }
    }
}

/// The stretch since the last comma, and the deepest one of the same bracket.
#[derive(Default, Clone, Copy)]
struct Level {
    now: u32,
    most: u32,
}

/// Adds up the steps of a file.
#[derive(Default)]
pub(super) struct Gauge {
    /// Open brackets around `here`.
    stack: Vec<Level>,
    here: Level,
    lambdas: u32,
    blocks: u32,
}

impl Gauge {
    /// Takes one token; `false` when the file nests too deeply there.
    pub(super) fn step(&mut self, step: Step) -> bool {
        match step {
            Step::Flat => return true,
            Step::Open => {
                self.stack.push(std::mem::take(&mut self.here));
                return self.stack.len() <= MAX_BRACKETS;
            }
            Step::Close => {
                // A closing bracket too many closes nothing.
                if let Some(outer) = self.stack.pop() {
                    let inner = self.here.now.max(self.here.most);
                    self.here =
                        Level { now: outer.now.saturating_add(inner).saturating_add(1), ..outer };
                }
            }
            Step::Comma => {
                self.here = Level { now: 0, most: self.here.most.max(self.here.now) };
                return true;
            }
            Step::Nest => self.here.now += 1,
            Step::Lambda => {
                self.here.now += 1;
                self.lambdas += 1;
            }
            Step::End => {
                self.stack.clear();
                self.here = Level::default();
                self.lambdas = 0;
                return true;
            }
            Step::Indent => self.blocks += 1,
            Step::Dedent => self.blocks = self.blocks.saturating_sub(1),
        }
        self.here.now <= MAX_LEVELS && self.lambdas <= MAX_LAMBDAS && self.blocks <= MAX_BLOCKS
    }
}

/// Where the text nests too deeply, found without parsing; an estimate that ruff's own tokens confirm later.
///
/// Strings and comments are passed over. An f-string counts as a string: what nests inside is small
/// or, when it is not, found afterwards.
pub(super) fn too_deep(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut gauge = Gauge::default();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let start = at;
        at += 1;
        let step = match byte {
            b'(' | b'[' | b'{' => Step::Open,
            b')' | b']' | b'}' => Step::Close,
            b',' => Step::Comma,
            b';' => Step::End,
            b'\n' | b'\r' if gauge.stack.is_empty() => Step::End,
            b'\\' => {
                // A continued line: its break ends nothing.
                at += usize::from(bytes.get(at) == Some(&b'\r'));
                at += usize::from(bytes.get(at) == Some(&b'\n'));
                Step::Flat
            }
            b'#' => {
                at += bytes[at..]
                    .iter()
                    .position(|b| *b == b'\n' || *b == b'\r')
                    .unwrap_or(bytes.len() - at);
                Step::Flat
            }
            b'"' | b'\'' => {
                at = string_end(bytes, start);
                Step::Flat
            }
            b'a'..=b'z' | b'A'..=b'Z' | b'_' | b'0'..=b'9' | 0x80.. => {
                at += bytes[at..]
                    .iter()
                    .position(|b| !(b.is_ascii_alphanumeric() || *b == b'_' || *b >= 0x80))
                    .unwrap_or(bytes.len() - at);
                word(&bytes[start..at])
            }
            b'.' | b'+' | b'-' | b'*' | b'/' | b'%' | b'~' | b'&' | b'|' | b'^' | b'<' | b'>'
            | b'=' | b':' | b'@' | b'!' => Step::Nest,
            _ => Step::Flat,
        };
        if !gauge.step(step) {
            return Some(start);
        }
    }
    None
}

fn word(word: &[u8]) -> Step {
    match word {
        b"lambda" => Step::Lambda,
        b"if" | b"else" | b"not" | b"await" | b"yield" | b"and" | b"or" | b"in" | b"is"
        | b"for" => Step::Nest,
        _ => Step::Flat,
    }
}

/// The byte after the string that begins with a quote at `start`. A string that is not closed ends with
/// its line (with the file when it has three quotes).
fn string_end(bytes: &[u8], start: usize) -> usize {
    let quote = bytes[start];
    let triple = bytes[start..].starts_with(&[quote; 3]);
    let mut at = start + if triple { 3 } else { 1 };
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 1,
            b'\n' if !triple => return at,
            b if b == quote && !triple => return at + 1,
            b if b == quote && bytes[at..].starts_with(&[quote; 3]) => return at + 3,
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}
