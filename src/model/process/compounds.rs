//! Compound commands: branches, groups, functions, and which of them surely run.

use super::failing::Failing;
use super::follow::{Follower, Guess, MAX_DEPTH};
use super::patterns::Pattern;
use super::state::{Jump, Maybe, Shell, Status};
use crate::source::{Reason, RelPath, Span, Text, Unknown};
use crate::syntax::shell::{ArmEnd, CaseArm, Command, Item, List, Word};
use std::rc::Rc;

impl Follower<'_> {
    /// A command without its redirects.
    pub(super) fn command(&mut self, item: &Item, sh: &mut Shell) -> Status {
        match &item.command {
            Command::Simple(simple) => self.simple(simple, item.span, sh),
            Command::Group(list) => self.list(list, sh),
            Command::Subshell(list) => self.subshell(list, sh),
            Command::If { arms, otherwise } => self.arms(arms, otherwise.as_ref(), sh, item.span),
            Command::While { until, condition, body } => {
                self.repeat(*until, condition, body, sh, item.span)
            }
            Command::For { name, words, select, body } => {
                self.each(name, words.as_deref(), *select, body, sh, item.span)
            }
            Command::ForArithmetic { header, body, .. } => {
                self.counted(header, body, sh, item.span)
            }
            Command::Case { word, arms } => {
                self.guessed = None;
                let value = self.text(word, sh);
                let value = match self.guessed.take() {
                    Some(Guess::Unset) => Text::unresolved(Reason::Condition, word.span()),
                    _ => value,
                };
                self.case(arms, &value, false, sh, item.span)
            }
            Command::Function { name, body } => {
                let body = Some(Rc::new(body.clone()));
                Rc::make_mut(&mut sh.functions).insert(name.as_str().to_owned(), body);
                Status::TRUE
            }
            Command::Test(words) => self.double_brackets(words, sh),
            Command::Arithmetic { text, .. } => {
                self.guessed = None;
                self.arithmetic_status(text, sh)
            }
            Command::Opaque => Status::UNKNOWN,
        }
    }

    /// `( … )`
    fn subshell(&mut self, list: &List, sh: &mut Shell) -> Status {
        let mut child = sh.child();
        child.around.exec = false;
        let status = self.whole_script(list, &mut child);
        self.end_child(child, sh);
        status
    }

    /// What a condition runs. Its failure is an answer.
    pub(super) fn condition(&mut self, condition: &List, sh: &mut Shell) -> Status {
        let around = sh.around;
        sh.around.asking = true;
        sh.around.failing = Failing::default();
        let status = self.list(condition, sh);
        sh.around = around;
        status
    }

    /// `if`, from one of its arms on.
    fn arms(
        &mut self,
        arms: &[(List, List)],
        otherwise: Option<&List>,
        sh: &mut Shell,
        place: Span,
    ) -> Status {
        let Some(((condition, body), rest)) = arms.split_first() else {
            return otherwise.map_or(Status::TRUE, |body| self.list(body, sh));
        };
        let left_out = self.unset_condition(condition, sh);
        let status = self.condition(condition, sh);
        if sh.gone.is_some() {
            return status;
        }
        match (status.ok, status.assumed) {
            (Some(true), false) => self.list(body, sh),
            (Some(false), false) => {
                if let Some((variable, wanted)) = left_out {
                    self.leave_out(condition, body, variable, wanted, sh);
                }
                self.arms(rest, otherwise, sh, place)
            }
            (Some(true), true) => {
                let mut failed = sh.clone();
                failed.around.conditional = true;
                let ran = self.list(body, sh);
                self.arms(rest, otherwise, &mut failed, place);
                if sh.gone.is_some() && sh.shadow.is_none() && failed.gone.is_none() {
                    sh.shadow = Some(Box::new(failed));
                }
                ran.after(status)
            }
            (Some(false), true) => {
                let mut failed = sh.clone();
                failed.around.conditional = true;
                self.list(body, &mut failed);
                self.arms(rest, otherwise, sh, place).after(status)
            }
            (None, _) => {
                let (mut yes, mut no) = (sh.clone(), sh.clone());
                yes.around.conditional = true;
                no.around.conditional = true;
                let ran = self.list(body, &mut yes);
                let other = self.arms(rest, otherwise, &mut no, place);
                sh.meet(vec![yes, no], place);
                if ran == other { ran } else { Status::UNKNOWN }
            }
        }
    }

    /// `case`, from one of its arms on. `running`: the arm before goes on into this one.
    fn case(
        &mut self,
        arms: &[CaseArm],
        value: &Text,
        running: bool,
        sh: &mut Shell,
        place: Span,
    ) -> Status {
        let Some((arm, rest)) = arms.split_first() else { return Status::TRUE };
        let matches = if running { Some(true) } else { self.any_matches(&arm.patterns, value, sh) };
        match matches {
            Some(true) => self.arm(arm, rest, value, sh, place),
            Some(false) => self.case(rest, value, false, sh, place),
            None => {
                let (mut yes, mut no) = (sh.clone(), sh.clone());
                yes.around.conditional = true;
                no.around.conditional = true;
                let ran = self.arm(arm, rest, value, &mut yes, place);
                let other = self.case(rest, value, false, &mut no, place);
                sh.meet(vec![yes, no], place);
                if ran == other { ran } else { Status::UNKNOWN }
            }
        }
    }

    fn arm(
        &mut self,
        arm: &CaseArm,
        rest: &[CaseArm],
        value: &Text,
        sh: &mut Shell,
        place: Span,
    ) -> Status {
        let status = self.list(&arm.body, sh);
        if sh.gone.is_some() || arm.end == ArmEnd::Done {
            return status;
        }
        self.case(rest, value, arm.end == ArmEnd::RunsNext, sh, place)
    }

    fn any_matches(&mut self, patterns: &[Word], value: &Text, sh: &mut Shell) -> Option<bool> {
        let mut sure = true;
        for word in patterns {
            let field = self.unsplit(word, sh);
            // `*` fits whatever it is.
            let all = matches!(field.runs.as_slice(), [(text, false)] if text.as_str() == "*");
            let fits = match (Pattern::of_field(&field), value.resolved()) {
                _ if all => Some(true),
                (Some(pattern), Some(value)) => Some(pattern.matches(value)),
                _ => None,
            };
            if fits == Some(true) {
                return Some(true);
            }
            sure &= fits.is_some();
        }
        sure.then_some(false)
    }

    /// Calls a function of the script.
    pub(super) fn call(
        &mut self,
        body: &List,
        args: Vec<Text>,
        span: Span,
        sh: &mut Shell,
    ) -> Status {
        if self.stack.len() >= MAX_DEPTH {
            let why = Unknown::at(Reason::Limit("functions that call each other"), span);
            return self.unknown(why);
        }
        let outer = std::mem::replace(&mut sh.args, Rc::new(args));
        let before = sh.clone();
        let maybe = std::mem::take(&mut sh.maybe);
        let around = sh.around;
        sh.around.conditional = before.is_conditional();
        sh.around.exec = false;
        self.stack.push(RelPath::root());
        self.locals.push(Vec::new());
        let mut status = self.list(body, sh);
        let names = self.locals.pop().unwrap_or_default();
        self.stack.pop();
        if sh.gone == Some(Jump::Return) {
            sh.gone = None;
            status = sh.status.unwrap_or(status);
            if sh.shadow.take().is_some() {
                status.assumed |= status.ok.is_some();
            }
        }
        let several = sh.maybe.returns;
        sh.status = Some(status);
        sh.land(span, |jump| jump == Jump::Return);
        if several {
            status = sh.status.unwrap_or(Status::UNKNOWN);
        }
        for name in names {
            restore(&name, &before, sh);
        }
        sh.args = outer;
        let errexit = sh.around.failing.errexit;
        sh.around = around;
        sh.around.failing.errexit = errexit;
        let inner = std::mem::replace(&mut sh.maybe, maybe);
        sh.maybe.exits |= inner.exits;
        sh.maybe.blocks |= inner.blocks;
        sh.maybe.fails |= inner.fails;
        sh.maybe.jumped.extend(inner.jumped);
        status
    }
}

/// Gives a name the value that it had in another shell.
pub(super) fn restore(name: &str, before: &Shell, sh: &mut Shell) {
    match before.vars.get(name) {
        Some(value) => {
            let array = before.arrays.get(name).cloned();
            sh.set(name, value.clone());
            if let Some(values) = array {
                Rc::make_mut(&mut sh.arrays).insert(name.to_owned(), values);
            }
        }
        None => {
            Rc::make_mut(&mut sh.vars).remove(name);
            Rc::make_mut(&mut sh.arrays).remove(name);
            if before.unset.contains_key(name) {
                Rc::make_mut(&mut sh.unset).insert(name.to_owned(), ());
            } else {
                Rc::make_mut(&mut sh.unset).remove(name);
            }
        }
    }
}

impl Maybe {
    /// What a loop's own jumps leave behind it: nothing of `break` and `continue`.
    pub(super) fn after_loop(&mut self, before: &Self) {
        (self.skips, self.breaks) = (before.skips, before.breaks);
    }
}
