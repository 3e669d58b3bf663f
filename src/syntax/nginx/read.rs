//! Reading: from words and signs to nested directives.

use super::lexer::{Lexer, Token, Word};
use super::*;
use crate::finding::{Prose, Quote, prose};

/// The most characters of a word that a message repeats: enough to find it by.
const MAX_SHOWN_CHARS: usize = 40;

/// Blocks inside each other that are read.
const MAX_DEPTH: usize = 64;
/// Errors noted per file; a foreign file would have one on every line.
const MAX_ERRORS: usize = 100;

pub(super) fn read(text: &Text) -> Config {
    let mut reader = NginxReader {
        lexer: Lexer::new(text),
        words: Vec::new(),
        open: Vec::new(),
        buried: 0,
        out: Config::default(),
    };
    while reader.step() {}
    reader.out
}

/// A block that is being read.
struct Frame {
    /// The directive it belongs to; none for a `{` that follows nothing.
    directive: Option<Directive>,
    /// The byte of its `{`, for the error when it is not closed.
    at: usize,
}

struct NginxReader<'t> {
    lexer: Lexer<'t>,
    /// The directive that is being read.
    words: Vec<Word>,
    open: Vec<Frame>,
    /// Blocks open below the deepest one that is read.
    buried: usize,
    out: Config,
}

impl NginxReader<'_> {
    /// Takes one token; `false` at the end of the file.
    fn step(&mut self) -> bool {
        let token = self.lexer.next(self.words.is_empty());
        for (start, end, message, help) in std::mem::take(&mut self.lexer.errors) {
            self.error(start, end, message, help);
        }
        match token {
            Token::Word(word) => self.word(word),
            Token::Semicolon(at) if self.words.is_empty() => {
                if self.buried == 0 {
                    self.error(at, at + 1, "`;` after nothing", "remove it");
                }
            }
            Token::Semicolon(_) => self.end_directive(),
            Token::Open(at) => self.open(at),
            Token::Close(at) => self.close(at),
            Token::End => {
                self.finish();
                return false;
            }
        }
        true
    }

    fn word(&mut self, word: Word) {
        if self.buried > 0 {
            return;
        }
        if word.starts_line
            && !self.words.is_empty()
            && !self.in_free_block()
            && names::is_known(&word.text)
        {
            self.missing_end();
        }
        self.words.push(word);
    }

    fn in_free_block(&self) -> bool {
        self.open
            .last()
            .and_then(|f| f.directive.as_ref())
            .is_some_and(|d| names::holds_any_names(&d.name))
    }

    /// The directive being read has neither `;` nor `{`.
    fn missing_end(&mut self) {
        let (Some(name), Some(last)) = (self.words.first(), self.words.last()) else { return };
        let (start, end) = (name.start, last.end);
        // In a file that is none of nginx's the words run on over many lines: the first one is enough to see.
        let shown_to = self.lexer.line_end(start).clamp(name.end, end.max(name.end));
        let shown: String =
            name.text.chars().take(MAX_SHOWN_CHARS).flat_map(char::escape_debug).collect();
        if names::is_block(&name.text, self.words.len() - 1) {
            self.error(
                start,
                shown_to,
                prose!("no { after `{}`", Quote::code(&shown)),
                "open its block with `{`",
            );
            self.open(end);
        } else {
            self.error(
                start,
                shown_to,
                prose!("no ; after `{}`", Quote::code(&shown)),
                "end the directive with `;`",
            );
            self.end_directive();
        }
    }

    /// The words read so far as a directive.
    fn directive(&mut self) -> Option<Directive> {
        let span = self.lexer.span(self.words.first()?.start, self.words.last()?.end);
        let mut words = std::mem::take(&mut self.words).into_iter().map(|w| w.text);
        Some(Directive { name: words.next()?, args: words.collect(), block: None, span })
    }

    fn end_directive(&mut self) {
        if let Some(directive) = self.directive() {
            self.put(directive);
        }
    }

    /// Adds a finished directive to the innermost block that has a directive of its own.
    fn put(&mut self, directive: Directive) {
        match self.open.iter_mut().rev().find_map(|f| f.directive.as_mut()) {
            Some(parent) => parent.block.get_or_insert_default().push(directive),
            None => self.out.directives.push(directive),
        }
    }

    fn open(&mut self, at: usize) {
        if self.buried > 0 {
            self.buried += 1;
            return;
        }
        if self.words.is_empty() {
            self.error(at, at + 1, "`{` after nothing", "write the name of the block before it");
        }
        let directive = self.directive().map(|d| Directive { block: Some(Vec::new()), ..d });
        if let Some(lua) = directive.as_ref().filter(|d| d.name.ends_with("_by_lua_block")) {
            let span = lua.span;
            let closed = self.lexer.skip_lua();
            directive.into_iter().for_each(|d| self.put(d));
            if !closed {
                self.push_error(
                    SyntaxError::new(span, "the Lua block is never closed")
                        .help("close it with `}`"),
                );
            }
        } else if self.open.len() >= MAX_DEPTH {
            self.error(
                at,
                at + 1,
                prose!(
                    "blocks are nested more than {} deep; what is deeper is not read",
                    MAX_DEPTH
                ),
                "check the braces before this place",
            );
            directive.into_iter().for_each(|d| self.put(d));
            self.buried = 1;
        } else {
            self.open.push(Frame { directive, at });
        }
    }

    fn close(&mut self, at: usize) {
        if self.buried > 0 {
            self.buried -= 1;
            return;
        }
        if !self.words.is_empty() {
            self.missing_end();
        }
        match self.open.pop() {
            Some(Frame { directive, .. }) => directive.into_iter().for_each(|d| self.put(d)),
            None => self.error(
                at,
                at + 1,
                "`}` closes nothing",
                "remove it, or look for a `{` that is missing before it",
            ),
        }
    }

    fn finish(&mut self) {
        if !self.words.is_empty() {
            self.missing_end();
        }
        while let Some(Frame { directive, at }) = self.open.pop() {
            let help = "add a `}`; nginx expects one before the end of the file";
            match directive {
                Some(directive) => {
                    let name: String = directive
                        .name
                        .chars()
                        .take(MAX_SHOWN_CHARS)
                        .flat_map(char::escape_debug)
                        .collect();
                    self.push_error(
                        SyntaxError::new(
                            directive.span,
                            prose!("the block of `{}` is never closed", Quote::code(&name)),
                        )
                        .help(help),
                    );
                    self.put(directive);
                }
                None => self.error(at, at + 1, "this block is never closed", help),
            }
        }
    }

    fn error(&mut self, start: usize, end: usize, message: impl Into<Prose>, help: &'static str) {
        self.push_error(SyntaxError::new(self.lexer.span(start, end), message).help(help));
    }

    fn push_error(&mut self, error: SyntaxError) {
        match self.out.errors.len() {
            0..MAX_ERRORS => self.out.errors.push(error),
            MAX_ERRORS => self.out.errors.push(SyntaxError::new(
                error.span,
                "more errors follow; only the first 100 are listed",
            )),
            _ => {}
        }
    }
}
