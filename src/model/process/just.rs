//! `just`: a recipe with those that it needs (just manual).

use super::StepKind;
use super::follow::Follower;
use super::makefile::{Makefile, Rule, logical_lines};
use super::state::{Jump, Shell, Status};
use crate::model::exec_context::Dialect;
use crate::model::path;
use crate::source::{Reason, Span, Text, Unknown};
use std::collections::{BTreeMap, BTreeSet};

/// How deep recipes may need each other.
const MAX_DEPTH: usize = 24;

impl Follower<'_> {
    /// `just [recipe [argument …]]`
    pub(super) fn just(&mut self, argv: &[Text], span: Span, sh: &mut Shell) -> Status {
        self.step(StepKind::Other, argv, span, sh);
        let step = self.process.steps.len().saturating_sub(1);
        let Some(folder) = sh.workdir.clone() else {
            return self.unknown_at(Reason::WorkingFolder, &argv[0]);
        };
        let there = |at: &String| matches!(self.find(at, sh), super::files::Found::Host(_));
        let names = ["justfile", "Justfile", ".justfile"];
        let at = names.map(|n| path::join(&folder, n)).into_iter().find(there);
        let at = at.unwrap_or_else(|| path::join(&folder, "justfile"));
        let Some((host, text)) = self.read_file(&at, &argv[0], sh) else { return Status::UNKNOWN };
        let file = justfile(&text);
        let words: Vec<&Text> = argv[1..].iter().filter(|w| !w.starts_with('-')).collect();
        let goal = match words.first() {
            Some(goal) => (*goal).clone(),
            None => match &file.first {
                Some(first) => Text::derived(first.clone(), argv[0].span()),
                None => return self.unknown_at(Reason::NotFollowed("just".into()), &argv[0]),
            },
        };
        self.stack.push(host);
        let mut inner = self.inside(step, sh);
        inner.around.in_shell = true;
        let given: Vec<Text> = words.into_iter().skip(1).cloned().collect();
        let mut done = BTreeSet::new();
        let status = self.just_recipe(&file, &goal, &given, &mut done, 0, &mut inner);
        self.stack.pop();
        if inner.gone == Some(Jump::Blocked) {
            sh.gone = inner.gone;
        }
        status
    }

    fn just_recipe(
        &mut self,
        file: &Makefile,
        goal: &Text,
        given: &[Text],
        done: &mut BTreeSet<String>,
        depth: usize,
        sh: &mut Shell,
    ) -> Status {
        if !done.insert(goal.as_str().to_owned()) {
            return Status::SUCCEEDS;
        }
        let Some(rule) = file.rules.get(goal.as_str()).filter(|_| depth < MAX_DEPTH) else {
            return self.unknown_at(Reason::NotFollowed(format!("just {goal}")), goal);
        };
        for need in &rule.needs {
            let need = Text::derived(need.clone(), goal.span());
            let status = self.just_recipe(file, &need, &[], done, depth + 1, sh);
            if status == Status::FALSE || sh.gone.is_some() {
                return status;
            }
        }
        let mut vars = file.vars.clone();
        for (at, (name, default)) in rule.parameters.iter().enumerate() {
            let value = given.get(at).cloned().or_else(|| default.clone());
            let unknown = || Text::unresolved(Reason::NotGiven(name.clone()), goal.span());
            vars.insert(name.clone(), value.unwrap_or_else(unknown));
        }
        if rule.recipe.first().is_some_and(|l| l.trim_start().starts_with("#!")) {
            let mut whole = Text::empty(goal.span());
            for line in &rule.recipe {
                whole.push_text(&just_text(&vars, line));
                whole.push_derived("\n", line.span());
            }
            let child = self.child_shell(sh, Dialect::Unknown, false);
            return self.child_line(&whole, child, sh);
        }
        for line in &rule.recipe {
            let line = line.trim();
            let start = line.len() - line.trim_start_matches(['@', '-']).len();
            let line = just_text(&vars, &line.slice(start..line.len()));
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let child = self.child_shell(sh, self.place.shell(), false);
            let status = self.child_line(&line, child, sh);
            if sh.gone.is_some() || status == Status::FALSE && start == 0 {
                return status;
            }
        }
        Status::SUCCEEDS
    }
}

/// `{{ name }}` stands for a variable or a parameter.
fn just_text(vars: &BTreeMap<String, Text>, text: &Text) -> Text {
    let mut out = Text::empty(text.span());
    let mut from = 0;
    while let Some(at) = text.as_str()[from..].find("{{").map(|i| from + i) {
        let Some(end) = text.as_str()[at..].find("}}").map(|i| at + i) else { break };
        out.push_text(&text.slice(from..at));
        let (name, place) = (text.as_str()[at + 2..end].trim(), text.span_of(at..end + 2));
        match vars.get(name) {
            Some(value) => out.push_text(&value.seen_at(place)),
            None => {
                let what = Reason::NotFollowed(format!("{{{{ {name} }}}}"));
                out.push_unresolved(Unknown::at(what, place), place);
            }
        }
        from = end + 2;
    }
    out.push_text(&text.slice(from..text.len()));
    out
}

/// Recipes and variables of a justfile.
fn justfile(text: &Text) -> Makefile {
    let mut file = Makefile::default();
    let mut current: Option<String> = None;
    for line in logical_lines(text) {
        if line.starts_with([' ', '\t']) {
            if let Some(rule) = current.as_ref().and_then(|name| file.rules.get_mut(name)) {
                rule.recipe.push(line.trim());
            }
            continue;
        }
        let plain = line.trim();
        if plain.is_empty() || plain.starts_with(['#', '[']) || plain.starts_with("set ") {
            continue;
        }
        if let Some(at) = plain.find(":=") {
            let name = plain[..at].trim().trim_start_matches("export ").trim();
            let value = plain.slice(at + 2..plain.len()).trim();
            let quoted =
                value.len() > 1 && value.starts_with(['"', '\'']) && value.ends_with(['"', '\'']);
            let value = match quoted {
                true => value.slice(1..value.len() - 1),
                false => Text::unresolved(Reason::NotFollowed(name.to_owned()), value.span()),
            };
            file.vars.insert(name.to_owned(), value);
            continue;
        }
        let Some(at) = plain.find(':') else { continue };
        let mut head = plain[..at].split_whitespace();
        let Some(name) = head.next().map(|n| n.trim_start_matches('@').to_owned()) else {
            continue;
        };
        let parameters = head.map(|p| {
            let p = p.trim_start_matches(['*', '+', '$']);
            match p.split_once('=') {
                Some((name, value)) => {
                    let value = plain.slice_of(value.trim_matches(['"', '\'']));
                    (name.to_owned(), Some(value))
                }
                None => (p.to_owned(), None),
            }
        });
        let rest = plain[at + 1..].split('#').next().unwrap_or("");
        let rule = Rule {
            needs: rest.split_whitespace().filter(|n| *n != "&&").map(str::to_owned).collect(),
            parameters: parameters.collect(),
            ..Rule::default()
        };
        file.first.get_or_insert(name.clone());
        file.rules.insert(name.clone(), rule);
        current = Some(name);
    }
    file
}
