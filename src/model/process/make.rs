//! `make`: a target with what it needs, each line of its recipe in a shell of its own (GNU make manual, 5 "Recipes").

use super::follow::Follower;
use super::makefile::{Makefile, Rule};
use super::output::absolute;
use super::params::Value;
use super::state::{Shell, Status};
use crate::model::django::EnvAnswer;
use crate::model::path;
use crate::source::{Reason, Text, Unknown};
use std::collections::{BTreeMap, BTreeSet};

/// How deep targets may need each other, and variables stand in each other.
const MAX_DEPTH: usize = 24;

impl Follower<'_> {
    /// `make [-C folder] [-f file] [NAME=value] [target …]`
    pub(super) fn make(&mut self, argv: &[Text], sh: &mut Shell) -> Status {
        let (mut goals, mut given) = (Vec::new(), BTreeMap::new());
        let mut folder = sh.workdir.clone();
        let mut file = None;
        let mut at = 1;
        while let Some(word) = argv.get(at) {
            let Some(text) = word.resolved() else { return self.not_here(word) };
            match text {
                "-C" | "--directory" => {
                    at += 1;
                    folder = argv.get(at).and_then(|w| absolute(w.resolved()?, sh));
                }
                "-f" | "--file" | "--makefile" => {
                    at += 1;
                    file = argv.get(at).cloned();
                }
                "-j" | "--jobs" if argv.get(at + 1).is_some_and(|n| n.parse::<u32>().is_ok()) => {
                    at += 1;
                }
                _ if text.starts_with("-C") => folder = absolute(&text[2..], sh),
                _ if text.starts_with('-') => {}
                _ => match text.split_once('=') {
                    Some((name, _)) => {
                        let name = name.trim_end_matches(':');
                        given.insert(
                            name.to_owned(),
                            word.slice(text.find('=').unwrap_or(0) + 1..text.len()),
                        );
                    }
                    None => goals.push(word.clone()),
                },
            }
            at += 1;
        }
        let Some(folder) = folder else { return self.unknown_at(Reason::WorkingFolder, &argv[0]) };
        let named = match &file {
            Some(file) => vec![file.as_str().to_owned()],
            None => ["GNUmakefile", "makefile", "Makefile"].map(str::to_owned).to_vec(),
        };
        let found = named.iter().map(|n| path::join(&folder, n)).find(|at| {
            matches!(
                self.find(at, sh),
                super::files::Found::Host(_) | super::files::Found::Written(_)
            )
        });
        let at = found.unwrap_or_else(|| path::join(&folder, "Makefile"));
        let by = file.as_ref().unwrap_or(&argv[0]).clone();
        let Some((host, text)) = self.read_file(&at, &by, sh) else { return Status::UNKNOWN };
        let mut make = Makefile::read(&text);
        for (name, value) in given {
            make.defaults.remove(&name);
            make.vars.insert(name, value);
        }
        if goals.is_empty() {
            match &make.first {
                Some(first) => goals.push(Text::derived(first.clone(), argv[0].span())),
                None => return self.unknown_at(Reason::NotFollowed("make".into()), &argv[0]),
            }
        }
        self.stack.push(host);
        let mut inner = sh.child();
        inner.workdir = Some(folder);
        let mut done = BTreeSet::new();
        let mut status = Status::SUCCEEDS;
        for goal in &goals {
            status = self.target(&make, goal, &mut done, 0, &mut inner);
            if status == Status::FALSE || inner.gone.is_some() {
                break;
            }
        }
        self.stack.pop();
        self.end_child(inner, sh);
        status
    }

    /// A target, after those that it needs.
    fn target(
        &mut self,
        make: &Makefile,
        goal: &Text,
        done: &mut BTreeSet<String>,
        depth: usize,
        sh: &mut Shell,
    ) -> Status {
        let name = goal.as_str();
        if !done.insert(name.to_owned()) {
            return Status::SUCCEEDS;
        }
        let there = sh.workdir.as_deref().is_some_and(|w| {
            matches!(self.find(&path::join(w, name), sh), super::files::Found::Host(_))
        });
        let Some(rule) = make.rules.get(name) else {
            if there {
                return Status::SUCCEEDS;
            }
            return self.unknown_at(Reason::NotFollowed(format!("make {name}")), goal);
        };
        if rule.open || depth >= MAX_DEPTH || there && !make.phony.contains(name) {
            return self.unknown_at(Reason::NotFollowed(format!("make {name}")), goal);
        }
        for need in &rule.needs {
            let need = if need.contains('$') {
                let text = Text::derived(need.clone(), goal.span());
                self.make_text(make, &text, (name, rule), 0, sh)
            } else {
                Text::derived(need.clone(), goal.span())
            };
            for part in need.split_whitespace() {
                let part = need.slice_of(part);
                let status = self.target(make, &part, done, depth + 1, sh);
                if status == Status::FALSE || sh.gone.is_some() {
                    return status;
                }
            }
        }
        for line in &rule.recipe {
            let line = line.trim();
            let start = line.len() - line.trim_start_matches(['@', '-', '+', ' ', '\t']).len();
            let ignores = line[..start].contains('-');
            let line = line.slice(start..line.len());
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let line = self.make_text(make, &line, (name, rule), 0, sh);
            let mut child = self.child_shell(sh, self.place.shell(), false);
            child.args = Default::default();
            for (name, value) in make.vars.iter().filter(|(n, _)| !make.defaults.contains(*n)) {
                // Only exported variables reach the recipe's shell, and those that were there before.
                if self.place.env(name) != EnvAnswer::Unset {
                    child.set(name, value.clone());
                }
            }
            let status = self.child_line(&line, child, sh);
            if sh.gone.is_some() || status == Status::FALSE && !ignores {
                return status;
            }
        }
        Status::SUCCEEDS
    }

    /// A text with the variables of make put in.
    fn make_text(
        &mut self,
        make: &Makefile,
        text: &Text,
        (target, rule): (&str, &Rule),
        depth: usize,
        sh: &Shell,
    ) -> Text {
        let mut out = Text::empty(text.span());
        let mut from = 0;
        while let Some(at) = text.as_str()[from..].find('$').map(|i| from + i) {
            out.push_text(&text.slice(from..at));
            let rest = &text.as_str()[at + 1..];
            let (name, length) = match rest.as_bytes().first() {
                Some(open @ (b'(' | b'{')) => {
                    let close = if *open == b'(' { ')' } else { '}' };
                    match rest.find(close) {
                        Some(end) => (&rest[1..end], end + 2),
                        None => ("", 1),
                    }
                }
                Some(_) => {
                    let c = rest.chars().next().map_or(0, char::len_utf8);
                    (&rest[..c], c + 1)
                }
                None => ("", 1),
            };
            let place = text.span_of(at..at + length);
            from = at + length;
            let own = self.place.env(name);
            let set = make
                .vars
                .get(name)
                .filter(|_| !make.defaults.contains(name) || own == EnvAnswer::Unset);
            match (name, set) {
                ("$", _) => out.push_derived("$", place),
                ("@", _) => out.push_derived(target, place),
                ("<", _) => out.push_derived(rule.needs.first().map_or("", String::as_str), place),
                ("^", _) => out.push_derived(&rule.needs.join(" "), place),
                ("MAKE", None) => out.push_derived("make", place),
                (_, Some(value)) if depth < MAX_DEPTH => {
                    let value = self.make_text(make, &value.clone(), (target, rule), depth + 1, sh);
                    out.push_text(&value.seen_at(place));
                }
                (name, _) if name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') => {
                    match self.lookup(name, place, sh) {
                        Value::Set(value) => out.push_text(&value.seen_at(place)),
                        Value::Unset => {}
                        Value::Unknown(why) => out.push_unresolved(why, place),
                    }
                }
                (name, _) => {
                    let what = Reason::NotFollowed(format!("$({name})"));
                    out.push_unresolved(Unknown::at(what, place), place);
                }
            }
        }
        out.push_text(&text.slice(from..text.len()));
        out
    }
}
