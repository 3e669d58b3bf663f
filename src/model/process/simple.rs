//! Simple commands: assignments, words, and what the first word is (POSIX shell, 2.9.1).

use super::compounds::restore;
use super::follow::Follower;
use super::state::{Jump, Shell, Status};
use crate::source::{Reason, Span, Text, Unknown};
use crate::syntax::shell::{Command, Part, Script, Simple, Word};
use std::rc::Rc;

/// Builtins after which an assignment in front stays (POSIX shell, 2.14).
const SPECIAL: [&str; 8] = ["export", "readonly", "eval", ".", "source", "set", "unset", "exec"];
/// How often aliases are put in for one command.
const MAX_ALIASES: usize = 8;

impl Follower<'_> {
    /// A simple command with its redirects.
    pub(super) fn simple(&mut self, simple: &Simple, span: Span, sh: &mut Shell) -> Status {
        if let Some(simple) = with_aliases(simple, sh) {
            return self.with_redirects(&simple, span, sh);
        }
        self.with_redirects(simple, span, sh)
    }

    fn with_redirects(&mut self, simple: &Simple, span: Span, sh: &mut Shell) -> Status {
        if simple.redirects.is_empty() {
            return self.bare(simple, span, sh);
        }
        let first = simple.words.first().and_then(Word::literal);
        let apart =
            first.is_some_and(|name| !sh.functions.contains_key(&name) && !is_builtin(&name));
        let run = &mut |follower: &mut Self, sh: &mut Shell| follower.bare(simple, span, sh);
        self.redirected(&simple.redirects, apart, sh, run)
    }

    fn bare(&mut self, simple: &Simple, span: Span, sh: &mut Shell) -> Status {
        (self.substituted, self.guessed) = (None, None);
        if simple.words.is_empty() {
            for (name, value) in &simple.assignments {
                self.assign(name, value, sh);
            }
            return self.substituted.take().unwrap_or(Status::TRUE);
        }
        // What `"$@"` brings stands where it was given, not where the script passes it on.
        let passed_on = simple
            .words
            .iter()
            .any(|w| w.variable().is_some_and(|v| v.name == "@" || v.name == "*"));
        let place = (!passed_on).then_some(span);
        let first = simple.words.first().and_then(Word::literal);
        if let Some("export" | "local" | "declare" | "typeset" | "readonly") = first.as_deref() {
            return self.declare(first.as_deref().unwrap_or_default(), &simple.words[1..], sh);
        }
        let words = self.argv(&simple.words, sh);
        if sh.gone.is_some() {
            return Status::FALSE;
        }
        if words.is_empty() {
            return self.substituted.take().unwrap_or(Status::TRUE);
        }
        if simple.assignments.is_empty() {
            return self.words(&words, place, span, sh);
        }
        let before = sh.clone();
        for (name, value) in &simple.assignments {
            self.assign(name, value, sh);
            sh.export(name);
        }
        let special = words.first().is_some_and(|w| SPECIAL.contains(&w.as_str()));
        let status = self.words(&words, place, span, sh);
        if !special {
            simple.assignments.iter().for_each(|(name, _)| restore(name, &before, sh));
            sh.exported = before.exported;
        }
        status
    }

    /// A command whose words are expanded.
    pub(super) fn words(
        &mut self,
        words: &[Text],
        place: Option<Span>,
        span: Span,
        sh: &mut Shell,
    ) -> Status {
        let Some(first) = words.first() else { return Status::TRUE };
        if let Some(why) = first.why() {
            if program_name(first).is_some() {
                return self.run(words, place, sh);
            }
            return self.unknown(why);
        }
        if first.is_empty() {
            // The shell finds no command of this name.
            return Status::FALSE;
        }
        match sh.functions.get(first.as_str()).cloned() {
            Some(Some(body)) => return self.call(&body, words[1..].to_vec(), span, sh),
            Some(None) => return self.unknown_at(Reason::Condition, first),
            None => {}
        }
        if let Some(status) = self.builtin(words, place, sh) {
            return status;
        }
        if (sh.around.captured || self.is_read())
            && let Some(status) = self.tool(words, sh)
        {
            return status;
        }
        let exec = std::mem::replace(&mut sh.around.exec, false);
        let status = self.run(words, place, sh);
        sh.around.exec = exec;
        status
    }

    /// `export`, `local`, `declare`, `typeset`, `readonly`.
    fn declare(&mut self, how: &str, words: &[Word], sh: &mut Shell) -> Status {
        for word in words {
            let literal = match word.parts.first() {
                Some(Part::Literal { text, .. }) => text.clone(),
                // `export $NAME=value`, `export $(cat .env)`: which variables these are is not known.
                _ => {
                    for field in self.fields(word, sh) {
                        match (field.why(), field.split_once('=')) {
                            (None, Some((name, _))) => {
                                let value = field.slice(name.len() + 1..field.len());
                                sh.set(name, value);
                                sh.export(name);
                            }
                            (Some(why), _) => {
                                sh.open = Some(Rc::new(why));
                            }
                            _ => {}
                        }
                    }
                    continue;
                }
            };
            if literal.starts_with('-') || literal.starts_with('+') {
                continue;
            }
            let end = literal.find('=').unwrap_or(literal.len());
            let name = literal.slice(0..end);
            let plain = name.trim_end_matches('+').to_owned();
            if plain.is_empty() || !plain.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
                continue;
            }
            if how != "export"
                && how != "readonly"
                && let Some(frame) = self.locals.last_mut()
            {
                frame.push(plain.clone());
            }
            if how == "export" || words.iter().any(|w| w.raw.as_str() == "-x") {
                sh.export(&plain);
            }
            if end == literal.len() && word.parts.len() == 1 {
                if how == "local" || !self.locals.is_empty() && how != "export" && how != "readonly"
                {
                    sh.unset(&plain);
                }
                continue;
            }
            let rest = literal.slice((end + 1).min(literal.len())..literal.len());
            let mut parts = word.parts.clone();
            if rest.is_empty() && parts.len() > 1 {
                parts.remove(0);
            } else if let Some(first) = parts.first_mut() {
                *first = Part::Literal { text: rest, quoted: false };
            }
            let value = Word { raw: word.raw.clone(), parts };
            self.assign(&plain, &value, sh);
        }
        Status::TRUE
    }

    /// `exec …`
    pub(super) fn exec(&mut self, words: &[Text], place: Option<Span>, sh: &mut Shell) -> Status {
        let mut rest = &words[1..];
        while let Some(word) = rest.first() {
            match word.as_str() {
                "--" => {
                    rest = &rest[1..];
                    break;
                }
                "-a" => rest = rest.get(2..).unwrap_or_default(),
                "-c" | "-l" | "-cl" => rest = &rest[1..],
                _ => break,
            }
        }
        if rest.is_empty() {
            return Status::TRUE;
        }
        let around = sh.around;
        sh.around.exec = !around.captured || !self.is_read();
        let mut status = match rest[0].why() {
            Some(why) if program_name(&rest[0]).is_none() => self.unknown(why),
            _ if rest[0].is_empty() => Status::FALSE,
            _ => self.run(rest, place, sh),
        };
        sh.around.exec = around.exec;
        if status == Status::FALSE {
            sh.gone = Some(Jump::Exit { failing: true });
        } else if sh.gone.is_none() {
            sh.gone = Some(Jump::Exit { failing: false });
        }
        sh.execed = true;
        sh.status = Some(status);
        status.assumed |= status.ok == Some(true);
        status
    }

    /// Reads a text as a line of the same shell.
    pub(super) fn line(&mut self, text: &Text, sh: &mut Shell) -> Status {
        if self.stack.len() >= super::follow::MAX_DEPTH {
            return self.unknown_at(Reason::Limit("lines in lines"), text);
        }
        if let Some(why) = text.why() {
            sh.open = Some(Rc::new(why.clone()));
            return self.unknown(why);
        }
        self.charge(text.len());
        self.stack.push(crate::source::RelPath::root());
        let status = self.list(&Script::read(text).body, sh);
        self.stack.pop();
        status
    }
}

/// The name of the program that a word names, where the end of its path is known.
pub(super) fn program_name(word: &Text) -> Option<Text> {
    if word.is_resolved() {
        let from = word.rfind('/').map_or(0, |at| at + 1);
        return Some(word.slice(from..word.len()));
    }
    let from = word.rfind('/')? + 1;
    let name = word.slice(from..word.len());
    (name.is_resolved() && !name.is_empty()).then_some(name)
}

/// The command with its aliases put in (POSIX shell, 2.3.1).
fn with_aliases(simple: &Simple, sh: &Shell) -> Option<Simple> {
    if sh.aliases.is_empty() {
        return None;
    }
    let mut now = simple.clone();
    let mut used: Vec<String> = Vec::new();
    while used.len() < MAX_ALIASES {
        let Some([Part::Literal { text, quoted: false }]) =
            now.words.first().map(|w| w.parts.as_slice())
        else {
            break;
        };
        let name = text.as_str().to_owned();
        let Some(value) = sh.aliases.get(&name).filter(|_| !used.contains(&name)) else { break };
        let script = Script::read(value);
        let [item] = script.body.items.as_slice() else { break };
        let Command::Simple(inner) = &item.command else { break };
        let mut words = inner.words.clone();
        words.extend(now.words.drain(1..));
        let mut assignments = inner.assignments.clone();
        assignments.append(&mut now.assignments);
        now = Simple { words, assignments, redirects: now.redirects };
        used.push(name);
    }
    (!used.is_empty()).then_some(now)
}

/// Several words as one line.
pub(super) fn joined(words: &[Text], span: Span) -> Text {
    let mut line = Text::empty(words.first().map_or(span, Text::span));
    for (i, word) in words.iter().enumerate() {
        if i > 0 {
            line.push_derived(" ", word.span());
        }
        line.push_text(word);
    }
    line
}

/// Why the value of a variable is not known that a program sets.
pub(super) fn set_by(what: &'static str, span: Span) -> Unknown {
    Unknown::at(Reason::ShellForm(what), span)
}

/// Whether the shell runs a command of this name itself.
fn is_builtin(name: &str) -> bool {
    const NAMES: [&str; 48] = [
        ".",
        ":",
        "[",
        "alias",
        "bg",
        "break",
        "builtin",
        "cd",
        "command",
        "complete",
        "continue",
        "declare",
        "dirs",
        "disown",
        "echo",
        "enable",
        "eval",
        "exec",
        "exit",
        "export",
        "false",
        "fg",
        "getopts",
        "hash",
        "jobs",
        "let",
        "local",
        "mapfile",
        "popd",
        "printf",
        "pushd",
        "pwd",
        "read",
        "readarray",
        "readonly",
        "return",
        "set",
        "shift",
        "shopt",
        "source",
        "test",
        "times",
        "trap",
        "true",
        "type",
        "typeset",
        "umask",
        "unset",
    ];
    NAMES.contains(&name) || matches!(name, "ulimit" | "unalias" | "wait" | "kill")
}
