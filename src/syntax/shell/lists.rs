//! Lists of commands, what joins them, and what stands where no command can.

use super::blanks::{Stops, is_meta, name_len};
use super::read::ShellReader;
use super::*;
use crate::finding::{Quote, prose};
use std::ops::Range;

impl ShellReader<'_> {
    /// Commands up to the end or a closing word that this list or one around it waits for.
    pub(super) fn list(&mut self, stops: Stops) -> List {
        let outer = self.wanted;
        self.wanted = outer | stops;
        let mut items: Vec<Item> = Vec::new();
        let mut joined = Joined::Then;
        let mut open: Option<Range<usize>> = None;
        let mut first = 0;
        loop {
            self.skip_space();
            let start = self.at;
            if self.at >= self.end {
                break;
            }
            if let Some((stop, len)) = self.closer() {
                if self.wanted.has(stop) {
                    break;
                }
                self.stray(len);
                continue;
            }
            if matches!(self.byte(), Some(b';' | b'&' | b'|')) && self.redirect_len().is_none() {
                let len = if self.starts("&&") || self.starts("||") { 2 } else { 1 };
                self.stray(len);
                continue;
            }
            let item = self.item(joined);
            if self.at == start {
                self.stray(self.char_len());
                continue;
            }
            let compound = !matches!(item.command, Command::Simple(_) | Command::Opaque);
            if joined == Joined::Then {
                first = items.len();
            }
            items.push(item);
            open = None;
            if compound {
                self.expect_end();
            }
            joined = self.connector(&mut open);
            if joined == Joined::Then && open.is_some() {
                // `&`: the whole and-or list before it goes to the background.
                items.iter_mut().skip(first).for_each(|item| item.background = true);
                open = None;
            }
        }
        if let Some(range) = open {
            let operator = Quote::code(self.text.get(range.clone()).unwrap_or_default());
            self.error(range, prose!("no command after `{}`", operator), "");
        }
        self.wanted = outer;
        List { items }
    }

    /// Reports and passes something that has no business here.
    fn stray(&mut self, len: usize) {
        let range = self.at..(self.at + len).min(self.end);
        let what = self.text.get(range.clone()).unwrap_or_default().to_owned();
        let help = match what.as_str() {
            "fi" => "there is no open `if` here",
            "done" | "do" => "there is no open `for`, `while` or `until` here",
            "then" | "else" | "elif" => "there is no open `if` here, or its `then` is missing",
            "esac" => "there is no open `case` here",
            "}" => "there is no open `{` here",
            ")" => "there is no open `(` here",
            _ => "",
        };
        self.error(range.clone(), prose!("unexpected `{}`", Quote::code(&what)), help);
        self.at = range.end;
        // The `;` after a stray `fi` is its own.
        self.skip_blanks();
        if !matches!(what.as_str(), ";" | "&" | "|") && self.starts(";") && self.closer().is_none()
        {
            self.at += 1;
        }
    }

    /// Reports a word right after a compound command (`fi echo`), where only an operator may stand.
    fn expect_end(&mut self) {
        self.skip_blanks();
        let word = self
            .rest()
            .iter()
            .position(|b| is_meta(*b) || matches!(b, b'\r' | b'"' | b'\'' | b'`'))
            .unwrap_or(self.rest().len());
        let operator =
            self.byte().is_none_or(|b| is_meta(b) && b != b'(') || self.break_len(self.at) > 0;
        if !operator && self.closer().is_none() {
            self.error(
                self.at..self.at + word.max(1),
                "a word right after the end of a compound command",
                "write `;` or a line break between them",
            );
        }
    }

    /// What joins the next command to the one just read. `open` becomes the operator's place for
    /// those that need a command after them, and for `&`, which comes with [`Joined::Then`].
    fn connector(&mut self, open: &mut Option<Range<usize>>) -> Joined {
        self.skip_blanks();
        let (joined, len) = if self.starts("&&") {
            (Joined::And, 2)
        } else if self.starts("||") {
            (Joined::Or, 2)
        } else if self.starts("|&") {
            (Joined::Pipe, 2)
        } else if self.starts("|") {
            (Joined::Pipe, 1)
        } else if self.starts("&") {
            (Joined::Then, 1)
        } else {
            if self.starts(";") && self.closer().is_none() {
                self.at += 1;
            }
            return Joined::Then;
        };
        *open = Some(self.at..self.at + len);
        self.at += len;
        joined
    }

    /// One command with the words that may stand before it.
    fn item(&mut self, joined: Joined) -> Item {
        let start = self.at;
        let (mut negated, mut background) = (false, false);
        self.last = start;
        loop {
            match self.keyword() {
                "!" => negated = !negated,
                // `time` measures a pipeline; with an option of its own it is the program of that name.
                "time" if self.word_after(4).is_some_and(|w| !w.starts_with('-') || w == "-p") => {
                    if self.word_after(4) == Some("-p") {
                        self.pass(4);
                        self.pass(2);
                        continue;
                    }
                }
                "coproc" => background = true,
                _ => break,
            }
            let word = self.keyword();
            self.pass(word.len());
            if word == "coproc" {
                self.skip_coprocess_name();
            }
        }
        let mut redirects = Vec::new();
        let command = self.command(&mut redirects);
        Item {
            joined,
            negated,
            background,
            command,
            redirects,
            span: self.text.span_of(start..self.last),
        }
    }

    /// Passes the name in `coproc NAME { …; }`.
    fn skip_coprocess_name(&mut self) {
        let name = name_len(self.rest());
        let known = matches!(self.keyword(), "if" | "while" | "until" | "for" | "select" | "case");
        if name > 0
            && !known
            && self
                .word_after(name)
                .is_some_and(|w| matches!(w, "{" | "(" | "if" | "while" | "until" | "for" | "case"))
        {
            self.pass(name);
        }
    }

    /// Passes `len` bytes and the blanks after them.
    fn pass(&mut self, len: usize) {
        self.at = (self.at + len).min(self.end);
        self.last = self.at;
        self.skip_blanks();
    }
}
