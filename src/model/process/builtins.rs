//! Commands that the shell runs itself (POSIX shell, 2.14; Bash manual, 4): they change what comes after.

use super::How;
use super::follow::Follower;
use super::output::absolute;
use super::simple::{joined, set_by};
use super::state::{Jump, Shell, Status};
use crate::model::path;
use crate::source::{Known, Reason, Span, Text, Unknown};
use std::rc::Rc;

impl Follower<'_> {
    /// Does what a builtin command does; `None` where it is none of these.
    pub(super) fn builtin(
        &mut self,
        words: &[Text],
        place: Option<Span>,
        sh: &mut Shell,
    ) -> Option<Status> {
        let first = words.first()?;
        let span = first.span();
        Some(match first.as_str() {
            ":" | "true" => Status::TRUE,
            "false" => Status::FALSE,
            "[" | "test" => self.test_builtin(words, sh),
            "echo" | "printf" => {
                self.prints(words, sh);
                Status::TRUE
            }
            "cd" | "pushd" => self.cd(words, sh),
            "popd" => self.popd(first, sh),
            "pwd" => {
                match &sh.workdir {
                    Some(folder) => {
                        let text = Text::derived(format!("{folder}\n"), span);
                        self.print(&text, sh);
                    }
                    None => self.print_unknown(span),
                }
                Status::TRUE
            }
            "shift" => {
                let by = words.get(1).map_or(Some(1), |n| n.parse().ok());
                let args = Rc::make_mut(&mut sh.args);
                match by {
                    Some(by) if args.iter().take(by).all(|a| !a.is_unresolved()) => {
                        if by > args.len() {
                            return Some(Status::FALSE);
                        }
                        args.drain(..by);
                        Status::TRUE
                    }
                    _ => {
                        *args = vec![Text::unresolved(Reason::ShellForm("`shift`"), span)];
                        Status::TRUE
                    }
                }
            }
            "set" => self.set(words, sh),
            "unset" => {
                for word in words[1..].iter().filter(|w| !w.starts_with('-')) {
                    match (word.resolved(), words[1].as_str()) {
                        (Some(name), "-f") => {
                            Rc::make_mut(&mut sh.functions).remove(name);
                        }
                        (Some(name), _) => sh.unset_name(name),
                        (None, _) => sh.open = word.why().map(Rc::new),
                    }
                }
                Status::TRUE
            }
            "read" | "mapfile" | "readarray" => self.read(words, sh),
            "getopts" => self.getopts(words, sh),
            "let" => {
                self.guessed = None;
                let mut status = Status::UNKNOWN;
                for word in &words[1..] {
                    status = self.arithmetic_status(word, sh);
                }
                status
            }
            "return" => self.leaves(words, Jump::Return, sh),
            "exit" => self.leaves(words, Jump::Exit { failing: false }, sh),
            "break" | "continue" => {
                let levels = words.get(1).and_then(|n| n.parse().ok()).unwrap_or(1).max(1);
                sh.gone = Some(match first.as_str() {
                    "break" => Jump::Break(levels),
                    _ => Jump::Continue(levels),
                });
                Status::TRUE
            }
            "trap" => self.trap(words, sh),
            "eval" => {
                let line = joined(&words[1..], span);
                self.line(&line, sh)
            }
            "source" | "." => match words.get(1) {
                Some(file) => self.source(file, &words[2..], sh),
                None => Status::FALSE,
            },
            "exec" => self.exec(words, place, sh),
            "command" | "builtin" => self.by_command(words, place, sh),
            "type" | "hash" | "which" => {
                self.print_unknown(span);
                Status::UNKNOWN
            }
            "wait" | "fg" => self.wait(sh),
            "alias" => {
                for word in &words[1..] {
                    if let Some(at) = word.find('=') {
                        let value = word.slice(at + 1..word.len());
                        Rc::make_mut(&mut sh.aliases).insert(word[..at].to_owned(), value);
                    }
                }
                Status::TRUE
            }
            "unalias" => {
                sh.aliases = Rc::default();
                Status::TRUE
            }
            "umask" | "ulimit" | "shopt" | "jobs" | "bg" | "disown" | "times" | "enable"
            | "complete" => Status::SUCCEEDS,
            _ => return None,
        })
    }

    fn cd(&mut self, words: &[Text], sh: &mut Shell) -> Status {
        let pushes = words[0].as_str() == "pushd";
        let target = words[1..].iter().find(|w| !w.starts_with('-') || w.as_str() == "-");
        let old = sh.workdir.clone();
        let Some(target) = target else {
            // Home, or what is on the stack.
            sh.workdir = None;
            return Status::SUCCEEDS;
        };
        let status = match target.resolved() {
            Some("-") => {
                let before = sh.vars.get("OLDPWD").and_then(|w| w.resolved()).map(str::to_owned);
                sh.workdir = before;
                Status::SUCCEEDS
            }
            Some("") => return Status::TRUE,
            Some(word) => match absolute(word, sh) {
                Some(at) if self.is_missing(&at, sh) => return Status::FALSE,
                at => {
                    sh.workdir = at.map(|at| path::join("/", &at));
                    Status::SUCCEEDS
                }
            },
            None => {
                sh.workdir = None;
                Status::SUCCEEDS
            }
        };
        let known = |folder: Option<String>| match folder {
            Some(folder) => Text::derived(folder, target.span()),
            None => Text::unresolved(Reason::WorkingFolder, target.span()),
        };
        if pushes {
            let folder = known(old.clone());
            let folders = Rc::make_mut(&mut sh.arrays).entry("DIRSTACK".to_owned()).or_default();
            folders.push(folder);
        }
        sh.set("OLDPWD", known(old));
        status
    }

    fn popd(&mut self, first: &Text, sh: &mut Shell) -> Status {
        let folders = Rc::make_mut(&mut sh.arrays).entry("DIRSTACK".to_owned()).or_default();
        let folder = folders.pop();
        sh.workdir = folder.as_ref().and_then(|f| f.resolved()).map(str::to_owned);
        if folder.is_none() {
            self.print_unknown(first.span());
            return Status::FALSE;
        }
        Status::TRUE
    }

    fn set(&mut self, words: &[Text], sh: &mut Shell) -> Status {
        let mut at = 1;
        while let Some(word) = words.get(at) {
            match word.as_str() {
                "--" => {
                    sh.args = Rc::new(words[at + 1..].to_vec());
                    return Status::TRUE;
                }
                "-" => {}
                option if option.len() > 1 && option.starts_with(['-', '+']) => {
                    let on = option.starts_with('-');
                    if option.ends_with('o') {
                        match words.get(at + 1).map(Text::as_str) {
                            Some("errexit") => sh.around.failing.errexit = on,
                            Some("pipefail") => sh.pipefail = on,
                            Some("allexport") => sh.allexport = on,
                            Some("nounset") => sh.nounset = on,
                            _ => {}
                        }
                        at += 1;
                    }
                    if is_flag_e(option) {
                        sh.around.failing.errexit = on;
                    }
                    if !option.starts_with("--") && option.contains('a') {
                        sh.allexport = on;
                    }
                    if !option.starts_with("--") && option.contains('u') {
                        sh.nounset = on;
                    }
                }
                _ => {
                    sh.args = Rc::new(words[at..].to_vec());
                    return Status::TRUE;
                }
            }
            at += 1;
        }
        Status::TRUE
    }

    /// `read`: a line of what stands in standard input, where that is known.
    fn read(&mut self, words: &[Text], sh: &mut Shell) -> Status {
        let span = words[0].span();
        let mut names: Vec<&Text> = Vec::new();
        let mut at = 1;
        while let Some(word) = words.get(at) {
            match word.as_str() {
                "-p" | "-t" | "-n" | "-N" | "-d" | "-u" | "-i" => at += 1,
                w if w.starts_with('-') => {}
                _ => names.push(word),
            }
            at += 1;
        }
        let plain = words[0].as_str() == "read"
            && !words
                .iter()
                .any(|w| w.starts_with("-d") || w.starts_with("-a") || w.starts_with("-n"));
        let line = match sh.stdin.as_deref() {
            Some(Known::Known(text)) if plain => {
                if text.is_empty() {
                    for name in &names {
                        sh.set(name, Text::empty(span));
                    }
                    return Status::FALSE;
                }
                let end = text.find('\n').unwrap_or(text.len());
                let rest = text.slice((end + 1).min(text.len())..text.len());
                let line = text.slice(0..end);
                sh.stdin = Some(Rc::new(Known::Known(rest)));
                Some(line)
            }
            _ => None,
        };
        let Some(mut line) = line else {
            for name in names {
                let value = Text::unresolved(set_by("what `read` gets", span), span);
                sh.set(name, value);
            }
            return Status::UNKNOWN;
        };
        let separators = sh.vars.get("IFS").map_or(" \t\n", |t| t.as_str()).to_owned();
        for (i, name) in names.iter().enumerate() {
            let start =
                line.len() - line.trim_start_matches(|c: char| separators.contains(c)).len();
            line = line.slice(start..line.len());
            let last = i + 1 == names.len();
            let end = match last {
                true => line.trim_end_matches(|c: char| separators.contains(c)).len(),
                false => line.find(|c: char| separators.contains(c)).unwrap_or(line.len()),
            };
            let value = line.slice(0..end);
            line = line.slice(end..line.len());
            sh.set(name, value);
        }
        Status::TRUE
    }

    /// `return n`, `exit n`.
    fn leaves(&mut self, words: &[Text], jump: Jump, sh: &mut Shell) -> Status {
        let status = match words.get(1) {
            None => sh.status.unwrap_or(Status::TRUE),
            Some(word) => match word.resolved().and_then(|w| w.trim().parse::<i64>().ok()) {
                Some(number) => {
                    let status = Status::known(number == 0);
                    match self.guessed.take() {
                        Some(_) => Status { assumed: true, ..status },
                        None => status,
                    }
                }
                None => Status::UNKNOWN,
            },
        };
        // A status that is passed on is that of a failure, where a condition led here.
        let given = words.len() > 1 && status.ok.is_none() && sh.around.conditional;
        let failing = status == Status::FALSE || given;
        sh.status = Some(status);
        sh.gone = Some(match jump {
            Jump::Exit { .. } => Jump::Exit { failing },
            jump => jump,
        });
        status
    }

    fn trap(&mut self, words: &[Text], sh: &mut Shell) -> Status {
        let at_exit = |w: &Text| matches!(w.as_str(), "EXIT" | "0" | "exit");
        if words.len() > 2 && words[2..].iter().any(at_exit) {
            sh.at_exit = match words[1].as_str() {
                "-" | "" => None,
                _ => Some(words[1].clone()),
            };
        }
        Status::TRUE
    }

    /// `command name …`, `command -v name`.
    fn by_command(&mut self, words: &[Text], place: Option<Span>, sh: &mut Shell) -> Status {
        let mut rest = &words[1..];
        while let Some(word) = rest.first().filter(|w| w.starts_with('-')) {
            if word.contains('v') || word.contains('V') {
                self.print_unknown(word.span());
                return Status::UNKNOWN;
            }
            rest = &rest[1..];
        }
        if rest.is_empty() {
            return Status::TRUE;
        }
        match self.builtin(rest, place, sh) {
            Some(status) => status,
            None => self.run(rest, place, sh),
        }
    }

    /// `wait`: what runs in the background goes on until it is stopped, or is done from here on.
    fn wait(&mut self, sh: &mut Shell) -> Status {
        for step in self.process.steps.iter_mut().filter(|s| s.background) {
            step.awaited = true;
        }
        if sh.serves_behind && !sh.around.background {
            sh.gone = Some(Jump::Blocked);
        }
        Status::SUCCEEDS
    }

    /// `. file`, `source file`.
    fn source(&mut self, file: &Text, args: &[Text], sh: &mut Shell) -> Status {
        // A virtual environment sets PATH and names itself.
        if file.ends_with("bin/activate") {
            let reason =
                Unknown::at(Reason::ShellForm("what the virtual environment sets"), file.span());
            sh.set("PATH", Text::unresolved(reason.clone(), file.span()));
            sh.set("VIRTUAL_ENV", Text::unresolved(reason, file.span()));
            return Status::SUCCEEDS;
        }
        if let Some(why) = file.why() {
            sh.open = Some(Rc::new(why.clone()));
            return self.unknown(why);
        }
        let given =
            (!args.is_empty()).then(|| std::mem::replace(&mut sh.args, Rc::new(args.to_vec())));
        let status = self.script_file(file, &[], sh, How::Sourced);
        if let Some(outer) = given {
            sh.args = outer;
        }
        status.unwrap_or_else(|| {
            let reason = Unknown::at(Reason::FileElsewhere(file.as_str().to_owned()), file.span());
            sh.open = Some(Rc::new(reason));
            Status::UNKNOWN
        })
    }
}

/// Whether an argument of `set` or a shell is a bundle of flags with `e` in it.
pub(super) fn is_flag_e(word: &str) -> bool {
    let flags = word.strip_prefix(['-', '+']).unwrap_or("");
    !flags.is_empty() && flags.contains('e') && flags.bytes().all(|b| b.is_ascii_alphabetic())
}
