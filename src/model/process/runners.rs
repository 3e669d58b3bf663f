//! Programs that run what a file of theirs says, or a line they are given: `supervisord`, `honcho`, `make`, `su -c`,
//! `eval`. And branches that nobody enters.

use super::follow::{Cx, Follower};
use super::{LeftOut, classify};
use crate::model::budget::Budget;
use crate::model::exec_context::PathLookup;
use crate::model::path;
use crate::source::{Reason, Text};
use crate::syntax::ini::Ini;
use crate::syntax::shell::{Command, List, Script};

impl Follower<'_> {
    /// Charges the folder's budget; nothing more is followed where it is exhausted.
    pub(super) fn charge(&mut self, bytes: usize) {
        if !Budget::charge(bytes) {
            self.left = 0;
        }
    }

    /// Commands of `supervisord -c file`.
    pub(super) fn supervisor(&mut self, argv: &[Text], cx: &mut Cx) {
        let file = super::option(argv, "-c").or_else(|| super::option(argv, "--configuration"));
        let path = file.as_ref().map_or("/etc/supervisord.conf", |f| f.as_str());
        let path = path::join(cx.workdir.as_deref().unwrap_or("/"), path);
        let PathLookup::Host(file) = self.place.find(&path) else {
            return self.unknown_at(Reason::FileElsewhere(path), &argv[0]);
        };
        let Some(text) = self.place.text(&file) else {
            return self.unknown_at(Reason::FileUnreadable(path), &argv[0]);
        };
        if self.stack.contains(&file) {
            return self.unknown_at(Reason::RunsItself(path), &argv[0]);
        }
        self.charge(text.len());
        self.stack.push(file);
        let entries = Ini::read(&text, '=').entries;
        for entry in &entries {
            if self.left == 0 {
                break;
            }
            if entry.section.starts_with("program:") && entry.key.as_str() == "command" {
                let words = crate::model::compose::split_words(&entry.value);
                let of = |key: &str| {
                    entries
                        .iter()
                        .find(|e| e.section == entry.section && e.key.as_str() == key)
                        .map(|e| &e.value)
                };
                let mut inner = Cx { background: true, ..cx.clone() };
                if let Some(folder) = of("directory") {
                    inner.workdir = (!folder.contains('%'))
                        .then(|| path::join(cx.workdir.as_deref().unwrap_or("/"), folder));
                }
                inner.conditional |= of("autostart").is_some_and(|v| v.as_str() == "false");
                self.run(&words, Some(entry.value.span()), &mut inner);
            }
            if entry.section == "include" {
                let reason = Reason::NotFollowed("supervisord's [include]".to_owned());
                self.unknown_at(reason, &entry.value);
            }
        }
        self.stack.pop();
    }

    /// `honcho start [-f file] [process …]`: the lines `name: command` of a Procfile.
    pub(super) fn procfile(&mut self, argv: &[Text], cx: &mut Cx) {
        let Some(at) = argv.iter().position(|w| w.as_str() == "start") else {
            return self.unknown_at(Reason::NotFollowed("honcho".to_owned()), &argv[0]);
        };
        let named = super::option(argv, "-f").or_else(|| super::option(argv, "--procfile"));
        let path = path::join(
            cx.workdir.as_deref().unwrap_or("/"),
            named.as_ref().map_or("Procfile", |f| f.as_str()),
        );
        let PathLookup::Host(file) = self.place.find(&path) else {
            return self.unknown_at(Reason::FileElsewhere(path), &argv[0]);
        };
        let Some(text) = self.place.text(&file) else {
            return self.unknown_at(Reason::FileUnreadable(path), &argv[0]);
        };
        if self.stack.contains(&file) {
            return self.unknown_at(Reason::RunsItself(path), &argv[0]);
        }
        self.charge(text.len());
        self.stack.push(file);
        let mut wanted: Vec<&str> = Vec::new();
        let mut words = argv[at + 1..].iter().map(|w| w.as_str());
        while let Some(word) = words.next() {
            match word {
                "-f" | "--procfile" | "-e" | "--env" | "-d" | "--app-root" | "-p" | "--port" => {
                    words.next();
                }
                w if w.starts_with('-') => {}
                w => wanted.push(w),
            }
        }
        let mut from = 0;
        for line in text.as_str().split_inclusive('\n') {
            let start = from;
            from += line.len();
            let Some((name, _)) = line
                .split_once(':')
                .filter(|(n, _)| !n.is_empty() && !n.trim_start().starts_with('#'))
            else {
                continue;
            };
            if !wanted.is_empty() && !wanted.contains(&name.trim()) {
                continue;
            }
            if self.left == 0 {
                break;
            }
            let command = text.slice(start + name.len() + 1..start + line.len()).trim();
            let mut inner = Cx { background: true, in_shell: true, ..cx.clone() };
            self.list(&Script::read(&command).body, &mut inner);
        }
        self.stack.pop();
    }

    /// `su user -c "line"`, `runuser -u user -- command`.
    pub(super) fn as_user(&mut self, argv: &[Text], cx: &mut Cx) {
        if let Some(line) = super::option(argv, "-c").or_else(|| super::option(argv, "--command")) {
            if let Some(why) = line.why() {
                return self.unknown(why);
            }
            // A login shell starts in the home of its user.
            let login = argv.iter().any(|w| matches!(w.as_str(), "-" | "-l" | "--login"));
            let workdir = cx.workdir.clone().filter(|_| !login);
            let mut inner = Cx { in_shell: true, workdir, exec: false, ..cx.clone() };
            self.list(&Script::read(&line).body, &mut inner);
            cx.ended |= inner.ended && !cx.conditional;
            return;
        }
        match argv.iter().position(|w| w.as_str() == "--") {
            Some(at) if at + 1 < argv.len() => self.run(&argv[at + 1..], None, cx),
            _ => self.unknown_at(Reason::NotFollowed("su".to_owned()), &argv[0]),
        }
    }

    /// `eval` reads its arguments, joined by blanks, as a line of the same shell.
    pub(super) fn eval(&mut self, argv: &[Text], cx: &mut Cx) {
        let words = &argv[1..];
        if let Some(why) = words.iter().find_map(Text::why) {
            return self.unknown(why);
        }
        if self.stack.len() >= super::follow::MAX_DEPTH {
            return self.unknown_at(Reason::Limit("lines in lines"), &argv[0]);
        }
        let mut line = Text::empty(words.first().map_or_else(|| argv[0].span(), Text::span));
        for (i, word) in words.iter().enumerate() {
            if i > 0 {
                line.push_derived(" ", word.span());
            }
            line.push_text(word);
        }
        self.list(&Script::read(&line).body, cx);
    }

    /// `make target`: the recipe of a target that stands in the Makefile of the folder, without variables of make.
    pub(super) fn make(&mut self, argv: &[Text], cx: &mut Cx) {
        let goal = match &argv[1..] {
            [goal] if goal.is_resolved() && !goal.starts_with('-') && !goal.contains('=') => goal,
            _ => return self.unknown_at(Reason::NotFollowed("make".to_owned()), &argv[0]),
        };
        let Some(workdir) = cx.workdir.clone() else {
            return self.unknown_at(Reason::WorkingFolder, &argv[0]);
        };
        let path = path::join(&workdir, "Makefile");
        let PathLookup::Host(file) = self.place.find(&path) else {
            return self.unknown_at(Reason::FileElsewhere(path), &argv[0]);
        };
        let Some(text) = self.place.text(&file) else {
            return self.unknown_at(Reason::FileUnreadable(path), &argv[0]);
        };
        if self.stack.contains(&file) {
            return self.unknown_at(Reason::RunsItself(path), &argv[0]);
        }
        let (mut from, mut inside, mut found) = (0, false, false);
        let mut inner = Cx { in_shell: true, exec: false, ..cx.clone() };
        self.charge(text.len());
        self.stack.push(file);
        for line in text.as_str().split_inclusive('\n') {
            let start = from;
            from += line.len();
            if let Some(recipe) = line.strip_prefix('\t').filter(|_| inside) {
                let skipped = recipe.len() - recipe.trim_start_matches(['@', '-', '+', ' ']).len();
                let command = text.slice(start + 1 + skipped..start + line.len()).trim();
                // Each line has a shell of its own, and make replaces its variables first.
                if command.contains('$') || command.ends_with('\\') {
                    self.unknown_at(Reason::NotFollowed("the recipe".to_owned()), &command);
                    continue;
                }
                let mut one = inner.clone();
                self.list(&Script::read(&command).body, &mut one);
                inner.ended |= one.ended;
            } else if let Some((targets, before)) =
                line.split_once(':').filter(|_| !line.starts_with(['\t', ' ', '#', '.']))
            {
                inside = targets.split_whitespace().any(|t| t == goal.as_str())
                    && !before.starts_with('=');
                found |= inside;
                if inside && !before.split('#').next().unwrap_or("").trim().is_empty() {
                    let line = text.slice(start..start + line.trim_end().len());
                    self.unknown_at(
                        Reason::NotFollowed("a target that needs others".into()),
                        &line,
                    );
                }
            } else if !line.trim().is_empty() {
                inside &= line.starts_with('#');
            }
        }
        self.stack.pop();
        cx.ended |= inner.ended && !cx.conditional;
        if !found {
            self.unknown_at(Reason::NotFollowed(format!("make {goal}")), goal);
        }
    }

    /// Notes a branch that is left out because the variable it asks for is set nowhere:
    /// `if [ "$DATABASE" = "postgres" ]`.
    pub(super) fn leave_out(&mut self, condition: &List, body: &List, cx: &Cx) {
        let [item] = condition.items.as_slice() else { return };
        let words = match &item.command {
            Command::Simple(simple) => &simple.words[..],
            Command::Test(words) => &words[..],
            _ => return,
        };
        let words: Vec<_> = words
            .iter()
            .filter(|w| !matches!(w.literal().as_deref(), Some("[" | "]" | "test")))
            .collect();
        let [left, operator, right] = words.as_slice() else { return };
        let (Some(variable), Some("=" | "=="), Some(wanted)) =
            (left.variable(), operator.literal().as_deref(), right.literal())
        else {
            return;
        };
        let plain = variable.operator.is_empty()
            && variable.name.bytes().next().is_some_and(|b| b.is_ascii_uppercase());
        let unset = !cx.vars.contains_key(&variable.name)
            && self.place.env(&variable.name) == crate::model::django::EnvAnswer::Unset;
        if item.negated || !plain || !unset || wanted.is_empty() || cx.conditional {
            return;
        }
        let named = |w: &crate::syntax::shell::Word| {
            w.literal()
                .is_some_and(|l| matches!(l.as_str(), "nc" | "pg_isready" | "wait-for-it.sh"))
        };
        for step in body.simple_commands() {
            let argv = self.argv(&step.command.words, cx);
            let waits = step.command.words.iter().any(named)
                && (step.context.in_loop || step.context.in_condition);
            let migrates =
                classify::is_management(&argv) && argv.iter().any(|w| w.as_str() == "migrate");
            if waits || migrates {
                self.process.left_out.push(LeftOut {
                    variable: variable.name.clone(),
                    wanted,
                    span: item.span,
                    body: step.item.span,
                    waits,
                });
                return;
            }
        }
    }
}
