//! Compound commands: branches, loops, functions, and which of them surely run.

use super::failing::Failing;
use super::follow::{Cx, Follower};
use super::{Program, classify, tests_of_shell, wait};
use crate::source::{Reason, Text};
use crate::syntax::shell::{Command, Item, List, Word};
use std::rc::Rc;

/// The longest list that a `for` is followed through item by item.
const MAX_ITEMS: usize = 16;

impl Follower<'_> {
    fn branch(&mut self, list: &List, cx: &mut Cx) {
        let mut inner = Cx { conditional: true, ..cx.clone() };
        self.list(list, &mut inner);
        // A variable that one branch sets is not known afterwards.
        if Rc::ptr_eq(&inner.vars, &cx.vars) {
            return;
        }
        for (name, value) in inner.vars.iter() {
            if cx.vars.get(name) != Some(value) {
                let value = Text::unresolved(Reason::Condition, value.span());
                Rc::make_mut(&mut cx.vars).insert(name.clone(), value);
            }
        }
    }

    pub(super) fn item(&mut self, item: &Item, cx: &mut Cx) {
        match &item.command {
            Command::Simple(simple) => self.simple(simple, item.span, cx),
            Command::Group(list) => self.list(list, cx),
            Command::Subshell(list) => {
                let mut inner = cx.clone();
                self.list(list, &mut inner);
            }
            Command::If { arms, otherwise } => {
                for (condition, body) in arms {
                    match tests_of_shell::truth(
                        condition,
                        &|w| self.fields(w, cx),
                        self.place,
                        cx.workdir.as_deref(),
                    ) {
                        Some(true) => return self.list(body, cx),
                        Some(false) => self.leave_out(condition, body, cx),
                        None => {
                            self.condition(condition, cx);
                            self.branch(body, cx);
                            // From here on every arm is only possible.
                            let mut rest = Cx { conditional: true, ..cx.clone() };
                            for (condition, body) in
                                arms.iter().skip_while(|(c, _)| !std::ptr::eq(c, condition)).skip(1)
                            {
                                self.condition(condition, &mut rest);
                                self.branch(body, &mut rest);
                            }
                            if let Some(body) = otherwise {
                                self.branch(body, &mut rest);
                            }
                            return;
                        }
                    }
                }
                if let Some(body) = otherwise {
                    self.list(body, cx);
                }
            }
            Command::While { condition, body, .. } => {
                if let Some((kind, words)) = wait::of_loop(condition, body, &|w| self.argv(w, cx)) {
                    if let Some(word) = words
                        .first()
                        .filter(|w| w.is_resolved() && !self.functions.contains_key(w.as_str()))
                    {
                        let (word, conditional) = (word.clone(), cx.conditional);
                        self.process.programs.push(Program { word, conditional, tried: true });
                    }
                    self.step(kind, &words, item.span, cx);
                }
                let mut inner = Cx { retried: true, ..cx.clone() };
                self.condition(condition, &mut inner);
                cx.workdir.clone_from(&inner.workdir);
                self.branch(body, &mut inner);
            }
            Command::For { name, words, body } => self.each(name, words, body, cx),
            Command::Case { word, arms } => {
                let value = self.argv(std::slice::from_ref(word), cx);
                let value = match value.as_slice() {
                    [v] => v.resolved().map(str::to_owned),
                    [] => Some(String::new()),
                    _ => None,
                };
                for (patterns, body) in arms {
                    match &value {
                        Some(value)
                            if patterns
                                .iter()
                                .any(|p| tests_of_shell::matches_pattern(p, value)) =>
                        {
                            return self.list(body, cx);
                        }
                        Some(_) => {}
                        None => self.branch(body, cx),
                    }
                }
            }
            Command::Function { name, body } => {
                self.functions.insert(name.as_str().to_owned(), Rc::new(body.clone()));
            }
            Command::Test(_) | Command::Opaque => {}
        }
    }

    /// `for`: a short list that is known is gone through item by item.
    fn each(&mut self, name: &Text, words: &[Word], body: &List, cx: &mut Cx) {
        let mut values: Vec<Text> = words.iter().flat_map(|w| self.fields(w, cx)).collect();
        let why = values.iter().find_map(Text::why);
        if why.is_some() || values.is_empty() || values.len() > MAX_ITEMS {
            let why = why.unwrap_or(Reason::Limit("items of a loop").into());
            values = vec![Text::unresolved(why, name.span())];
        }
        let retried = cx.retried;
        cx.retried = true;
        for value in values {
            Rc::make_mut(&mut cx.vars).insert(name.as_str().to_owned(), value);
            self.list(body, cx);
        }
        cx.retried = retried;
    }

    /// What a condition runs: `if ! nc -z db 5432` waits for nothing, but `until manage.py migrate` migrates.
    fn condition(&mut self, condition: &List, cx: &mut Cx) {
        let mut inner = cx.clone();
        // The failure of a condition is an answer.
        inner.failing = Failing::default();
        for item in &condition.items {
            if let Command::Simple(simple) = &item.command {
                let words = self.argv(&simple.words, &inner);
                if classify::is_management(&words) {
                    self.simple(simple, item.span, &mut inner);
                } else if words.first().is_some_and(|w| w.as_str() == "cd") {
                    // `until cd /app; do …`: it holds for what comes after.
                    self.builtin(simple, &words, cx);
                    inner.workdir.clone_from(&cx.workdir);
                }
            }
        }
    }
}
