//! Compound commands (POSIX shell, 2.9.4; Bash manual, 3.2.5).

use super::blanks::Stops;
use super::read::ShellReader;
use super::words::Mode;
use super::{ArmEnd, CaseArm, Command, List, Part, Redirect, Word};
use crate::finding::{Own, Quote, prose};
use crate::source::Text;
use std::ops::Range;

impl ShellReader<'_> {
    /// A command. Redirects of a compound command go to `redirects`.
    pub(super) fn command(&mut self, redirects: &mut Vec<Redirect>) -> Command {
        let start = self.at;
        let word = self.keyword();
        let known = matches!(
            word,
            "if" | "while" | "until" | "for" | "select" | "case" | "{" | "function" | "[["
        );
        if !known && self.byte() != Some(b'(') {
            return self.simple();
        }
        if !self.enter() {
            self.leave();
            return Command::Opaque;
        }
        let open = start..start + word.len().max(1);
        self.at = open.end;
        self.last = self.at;
        let command = match word {
            "if" => self.if_command(open),
            "while" | "until" => self.while_command(open, word == "until"),
            "for" | "select" => self.for_command(open, word == "select"),
            "case" => self.case_command(open),
            "function" => self.function_keyword(),
            "[[" => self.test_command(open),
            "{" => Command::Group(self.enclosed(open, Stops::BRACE, "}")),
            _ => self.parenthesis(open),
        };
        self.leave();
        self.skip_blanks();
        while self.redirect(redirects) {
            self.skip_blanks();
        }
        command
    }

    /// Commands up to `close`, which is taken.
    fn enclosed(&mut self, open: Range<usize>, stops: Stops, close: &'static str) -> List {
        let list = self.body(open.clone(), stops);
        let found = if close == ")" { self.starts(")") } else { self.keyword() == close };
        if found {
            self.at += close.len();
            self.last = self.at;
        } else {
            self.missing(open, close);
        }
        list
    }

    /// Commands after an opening word, of which there must be one.
    fn body(&mut self, open: Range<usize>, stops: Stops) -> List {
        let errors = self.errors.len();
        let list = self.list(stops);
        if list.items.is_empty() && self.errors.len() == errors && self.at < self.end {
            let word = Quote::code(self.text.get(open.clone()).unwrap_or_default());
            self.error(
                open,
                prose!("no command after `{}`", word),
                "write `:` for a command that does nothing; a comment is none",
            );
        }
        list
    }

    fn missing(&mut self, open: Range<usize>, close: &'static str) {
        let word = Quote::code(self.text.get(open.clone()).unwrap_or_default());
        self.error(open, prose!("`{}` is never closed with `{}`", word, Own(close)), "");
    }

    /// The place of a reserved word that was just taken.
    fn taken(&self, word: &str) -> Range<usize> {
        self.at.saturating_sub(word.len())..self.at
    }

    fn if_command(&mut self, open: Range<usize>) -> Command {
        let mut arms = Vec::new();
        let mut otherwise = None;
        let mut arm = open.clone();
        let bodies = Stops::ELIF | Stops::ELSE | Stops::FI;
        let mut complete = true;
        loop {
            let condition = self.body(arm.clone(), bodies | Stops::THEN);
            let body = if self.eat("then") {
                self.body(self.taken("then"), bodies)
            } else {
                complete = false;
                let word = Quote::code(self.text.get(arm.clone()).unwrap_or_default());
                self.error(arm, prose!("`{}` without `then`", word), "write `if condition; then`");
                List::default()
            };
            arms.push((condition, body));
            if self.eat("elif") {
                arm = self.taken("elif");
                continue;
            }
            if self.eat("else") {
                otherwise = Some(self.body(self.taken("else"), Stops::FI));
            }
            break;
        }
        if !self.eat("fi") && complete {
            self.missing(open, "fi");
        }
        Command::If { arms, otherwise }
    }

    fn while_command(&mut self, open: Range<usize>, until: bool) -> Command {
        let condition = self.body(open.clone(), Stops::DO | Stops::DONE);
        let body = self.repeated(open);
        Command::While { until, condition, body }
    }

    /// `do … done`, or `{ … }`, which Bash takes as well.
    fn repeated(&mut self, open: Range<usize>) -> List {
        if self.eat("do") {
            let body = self.body(self.taken("do"), Stops::DONE);
            if !self.eat("done") {
                self.missing(open, "done");
            }
            return body;
        }
        if self.eat("{") {
            return self.enclosed(self.taken("{"), Stops::BRACE, "}");
        }
        let word = Quote::code(self.text.get(open.clone()).unwrap_or_default());
        self.error(
            open,
            prose!("`{}` without `do`", word),
            "write `do` on the next line, or after a `;`",
        );
        self.eat("done");
        List::default()
    }

    fn for_command(&mut self, open: Range<usize>, select: bool) -> Command {
        self.skip_blanks();
        if self.starts("((") {
            let inner = self.at + 2;
            if let Some(end) = self.arithmetic_end(inner) {
                let header = self.text.slice(inner..end);
                let words = self.arithmetic(inner, end);
                self.separator();
                let body = self.repeated(open);
                return Command::ForArithmetic { header, words, body };
            }
        }
        let name: Text = self.word(Mode::Command).raw;
        if name.is_empty() {
            self.error(open.clone(), "`for` without a variable", "write `for name in words; do`");
        }
        self.skip_space();
        let mut words = None;
        if self.eat("in") {
            let words = words.get_or_insert_with(Vec::new);
            loop {
                self.skip_blanks();
                let at = self.at;
                let word = self.word(Mode::Command);
                if self.at == at {
                    break;
                }
                words.push(word);
            }
        }
        self.separator();
        let body = self.repeated(open);
        Command::For { name, words, select, body }
    }

    /// Takes `;` and line breaks.
    fn separator(&mut self) {
        self.skip_blanks();
        if self.starts(";") && !self.starts(";;") {
            self.at += 1;
        }
        self.skip_space();
    }

    fn case_command(&mut self, open: Range<usize>) -> Command {
        self.skip_blanks();
        let word = self.word(Mode::Command);
        self.skip_space();
        let mut arms = Vec::new();
        if !self.eat("in") {
            self.error(open, "`case` without `in`", "write `case word in`");
            return Command::Case { word, arms };
        }
        let outer = self.wanted;
        self.wanted = outer | Stops::ESAC;
        let mut closed = false;
        loop {
            self.skip_space();
            if self.eat("esac") {
                closed = true;
                break;
            }
            if self.at >= self.end {
                break;
            }
            let start = self.at;
            let closer = self.closer();
            let Some(patterns) = self.patterns() else {
                if closer.is_some_and(|(stop, _)| outer.has(stop)) {
                    // The words belong to the command around: this one lacks its `esac`.
                    self.at = start;
                    break;
                }
                self.error(
                    start..self.at.max(start + 1).min(self.end),
                    "a pattern of `case` without `)`",
                    "write `pattern) commands ;;`",
                );
                self.at = self.line_end(self.at).max(start + 1);
                continue;
            };
            let body = self.list(Stops::ARM | Stops::ESAC);
            let end = match self.closer() {
                Some((Stops::ARM, 3)) => ArmEnd::TestsNext,
                Some((Stops::ARM, _)) if self.starts(";&") => ArmEnd::RunsNext,
                _ => ArmEnd::Done,
            };
            arms.push(CaseArm { patterns, body, end });
            match self.closer() {
                Some((Stops::ARM, len)) => self.at += len,
                Some((Stops::ESAC, _)) => {}
                _ => break,
            }
        }
        self.wanted = outer;
        if !closed {
            self.missing(open, "esac");
        }
        Command::Case { word, arms }
    }

    /// `[(] pattern | pattern )`
    fn patterns(&mut self) -> Option<Vec<Word>> {
        if self.starts("(") {
            self.at += 1;
        }
        let mut patterns = Vec::new();
        loop {
            self.skip_blanks();
            patterns.push(self.word(Mode::Command));
            self.skip_blanks();
            match self.byte() {
                Some(b'|') => self.at += 1,
                Some(b')') => {
                    self.at += 1;
                    return Some(patterns);
                }
                _ => return None,
            }
        }
    }

    /// `( … )` or `(( … ))`.
    fn parenthesis(&mut self, open: Range<usize>) -> Command {
        if self.starts("(")
            && let Some(end) = self.arithmetic_end(open.end + 1)
        {
            let text = self.text.slice(open.end + 1..end);
            return Command::Arithmetic { text, words: self.arithmetic(open.end + 1, end) };
        }
        Command::Subshell(self.enclosed(open, Stops::PAREN, ")"))
    }

    /// The words of `(( … ))`, which stand at `inner..end`.
    fn arithmetic(&mut self, inner: usize, end: usize) -> Vec<Word> {
        self.at = inner;
        let outer = std::mem::replace(&mut self.end, end);
        let mut words = Vec::new();
        while let Some(byte) = self.byte() {
            if byte.is_ascii_whitespace() {
                self.at += 1;
            } else {
                let at = self.at;
                words.push(self.word(Mode::Arithmetic));
                self.at = self.at.max(at + 1);
            }
        }
        self.end = outer;
        self.at = (end + 2).min(outer);
        self.last = self.at;
        words
    }

    /// `[[ … ]]`: words, with `&&`, `||`, `!`, `(`, `)`, `<` and `>` as words of their own.
    fn test_command(&mut self, open: Range<usize>) -> Command {
        Command::Test(
            self.closed(open.clone(), "close it with ` ]]`", |r| r.test_words(open.clone())),
        )
    }

    fn test_words(&mut self, open: Range<usize>) -> (Vec<Word>, bool) {
        let mut words: Vec<Word> = Vec::new();
        loop {
            self.skip_space();
            if self.eat("]]") {
                return (words, true);
            }
            let at = self.at;
            let regex = words.last().is_some_and(|w| w.raw.as_str() == "=~");
            let operator = match self.byte() {
                None => return (words, false),
                Some(b'&' | b'|') if self.starts("&&") || self.starts("||") => 2,
                Some(b'(' | b')' | b'<' | b'>') if !regex => 1,
                _ => 0,
            };
            if operator > 0 {
                self.at += operator;
                let raw = self.text.slice(at..self.at);
                words.push(Word {
                    parts: vec![Part::Literal { text: raw.clone(), quoted: false }],
                    raw,
                });
                continue;
            }
            words.push(self.word(if regex { Mode::Regex } else { Mode::Test }));
            if self.at == at {
                // `;`, `&` or `|`: the test ended before it, whatever its brackets say.
                words.pop();
                self.missing(open, "]]");
                return (words, true);
            }
        }
    }
}
