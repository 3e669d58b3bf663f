//! Statements.

use super::evaluator::Evaluator;
use super::failure::{Cause, Failure};
use super::frame::Journal;
use super::join::{join, join_returns};
use super::object::{Bound, Object};
use super::{EnvRead, Value, ValueKind};
use crate::source::{Reason, Unknown};
use crate::syntax::python::{Expr, ExprKind, Stmt, StmtKind};
use std::rc::Rc;

/// How a block of statements ended.
#[derive(Clone)]
pub(super) enum Flow {
    /// At its end.
    Next,
    /// `return`
    Return(Object),
    /// An error.
    Raise(Rc<Failure>),
    /// `break`
    Break,
    /// `continue`
    Continue,
    /// Cut short by a limit.
    Stop,
}

impl Evaluator<'_> {
    /// Runs statements until one ends the block. Where an error surely ends the loading it is noted, and the rest is
    /// evaluated all the same, since other findings need it.
    pub(super) fn run(&mut self, body: &[Stmt]) -> Flow {
        for (index, stmt) in body.iter().enumerate() {
            match self.statement(stmt) {
                Flow::Next => {}
                Flow::Raise(failure) if self.is_certain() => {
                    self.record(&failure);
                    if matches!(stmt.kind, StmtKind::Raise(_)) {
                        return Flow::Next;
                    }
                }
                ended => return ended,
            }
            // Perhaps the loop was left or its next round begun.
            if let Some(why) = self.may_leave.clone()
                && let Some(rest) = body.get(index + 1..).filter(|rest| !rest.is_empty())
                && index + 1 < body.len()
            {
                self.may_leave = None;
                let flow = self.alternatives(&[rest], false, &[], why.clone());
                self.may_leave.get_or_insert(why);
                return flow;
            }
        }
        Flow::Next
    }

    fn statement(&mut self, stmt: &Stmt) -> Flow {
        self.uncertain = None;
        let flow = self.deeper(|m| m.statement_kind(stmt)).unwrap_or(Flow::Stop);
        match self.pending.take() {
            Some(failure) if !matches!(flow, Flow::Stop | Flow::Raise(_)) => Flow::Raise(failure),
            _ => flow,
        }
    }

    fn statement_kind(&mut self, stmt: &Stmt) -> Flow {
        match &stmt.kind {
            StmtKind::Assign(targets, value) => self.assign_all(targets, value),
            StmtKind::AugAssign(target, op, value) => {
                self.augment(target, *op, value, stmt.span);
                Flow::Next
            }
            StmtKind::Expr(expr) => {
                self.eval(expr);
                Flow::Next
            }
            StmtKind::Annotated { target, annotation, value } => {
                self.annotate(target, annotation);
                match value {
                    Some(value) => self.assign_all(std::slice::from_ref(target), value),
                    None => Flow::Next,
                }
            }
            StmtKind::If(branches, otherwise) => self.if_(branches, otherwise),
            StmtKind::Try { body, handlers, otherwise, finally } => {
                self.try_(body, handlers, otherwise, finally)
            }
            StmtKind::Import(names) => self.import(names, stmt.span),
            StmtKind::ImportFrom { level, module, names } => {
                self.import_from(*level, module, names, stmt.span)
            }
            StmtKind::Function { .. } => {
                self.define(&stmt.kind);
                Flow::Next
            }
            StmtKind::Class { name, bases, decorators, body } => {
                self.class(name, bases, decorators, body);
                Flow::Next
            }
            StmtKind::For { target, iterable, body, otherwise } => {
                self.for_(target, iterable, body, otherwise)
            }
            StmtKind::While { test, body, otherwise } => self.while_(test, body, otherwise),
            StmtKind::Match(subject, cases) => self.match_(subject, cases),
            StmtKind::With(items, body) => self.with(items, body),
            StmtKind::Return(value) => {
                let none = Object::plain(ValueKind::None, stmt.span);
                Flow::Return(value.as_ref().map_or(none, |v| self.eval(v)))
            }
            StmtKind::Raise(error) => self.raise(error.as_ref(), stmt.span),
            StmtKind::Assert(test, message) => {
                if self.test(test, &mut Vec::new()) == Ok(false) {
                    let message = message.as_ref().map(|m| self.value(m));
                    let text = message.and_then(|m| super::operators::to_text(&m));
                    let text = text.map_or_else(String::new, |t| t.without_unresolved());
                    self.fail("AssertionError", text, Cause::Raised, stmt.span);
                }
                Flow::Next
            }
            StmtKind::Delete(targets) => {
                targets.iter().for_each(|t| self.delete(t));
                Flow::Next
            }
            StmtKind::Global(names) => {
                self.frame.global.extend(names.iter().cloned());
                Flow::Next
            }
            StmtKind::Break => Flow::Break,
            StmtKind::Continue => Flow::Continue,
            StmtKind::Other => Flow::Next,
        }
    }

    fn assign_all(&mut self, targets: &[Expr], value: &Expr) -> Flow {
        self.uncertain = None;
        let object = self.eval(value);
        if self.pending.is_some() && !self.is_certain() {
            return Flow::Next;
        }
        for target in targets {
            self.assign(target, object.clone());
        }
        Flow::Next
    }

    /// Binds an object to a target of any shape.
    pub(super) fn assign(&mut self, target: &Expr, object: Object) {
        match &target.kind {
            ExprKind::Name(name) => self.bind(name, object, target.span),
            ExprKind::Tuple(parts) | ExprKind::List(parts) => self.unpack(parts, &object),
            ExprKind::Subscript(..) => self.assign_item(target, &object),
            ExprKind::Attribute(..) => self.assign_attribute(target, &object),
            ExprKind::Slice(holder, _) => {
                let why = Unknown::at(Reason::NotEvaluated("a slice"), target.span);
                self.blur(holder, &why);
            }
            ExprKind::Starred(inner) => self.assign(inner, object),
            _ => {}
        }
    }

    /// `a, *b = object`
    fn unpack(&mut self, parts: &[Expr], object: &Object) {
        let span = parts.first().map_or_else(|| self.here(), |p| p.span);
        let (items, open) = self.iterate(object, span);
        let star = parts.iter().position(|p| matches!(p.kind, ExprKind::Starred(_)));
        let fits = match star {
            Some(_) => items.len() + 1 >= parts.len(),
            None => items.len() == parts.len(),
        };
        if let (false, None) = (fits, &open) {
            let words = if items.len() < parts.len() { "not enough" } else { "too many" };
            self.failed("ValueError", format!("{words} values to unpack"), span);
        }
        let known = fits && open.is_none();
        let more = items.len().saturating_sub(parts.len() - usize::from(star.is_some()));
        let mut at = 0;
        for (index, part) in parts.iter().enumerate() {
            let unknown = |m: &Self| {
                let _ = m;
                let why = open.clone().unwrap_or(Unknown::at(Reason::Raises, part.span));
                Object::from(Value::unknown(why, part.span).with_reads(object.reads()))
            };
            let item = match (known, star == Some(index)) {
                (false, _) => unknown(self),
                (true, false) => {
                    at += 1;
                    items.get(at - 1).cloned().unwrap_or_else(|| unknown(self))
                }
                (true, true) => {
                    let rest = items.iter().skip(at).take(more);
                    let rest = rest.map(|o| (*o.value(part.span)).clone()).collect();
                    at += more;
                    let list = Value::new(ValueKind::List { items: rest, open: None }, part.span);
                    self.sane(list).into()
                }
            };
            self.assign(part, item);
        }
    }

    /// `del name`, `del name[key]`
    fn delete(&mut self, target: &Expr) {
        match &target.kind {
            ExprKind::Name(name) => {
                if self.lookup(name).is_none() {
                    self.eval(target);
                } else if !self.frame.global.contains(name) {
                    let scope = self.scope();
                    self.set(scope, name, None);
                }
            }
            ExprKind::Subscript(..) => self.delete_item(target),
            ExprKind::Tuple(parts) | ExprKind::List(parts) => {
                parts.iter().for_each(|p| self.delete(p));
            }
            ExprKind::Slice(holder, _) => {
                let why = Unknown::at(Reason::NotEvaluated("a slice"), target.span);
                self.blur(holder, &why);
            }
            _ => {}
        }
    }

    fn if_(&mut self, branches: &[(Expr, Vec<Stmt>)], otherwise: &[Stmt]) -> Flow {
        let mut possible: Vec<&[Stmt]> = Vec::new();
        let mut reads = Vec::new();
        let mut why = None;
        for (test, body) in branches {
            let truth = if why.is_none() {
                self.test(test, &mut reads)
            } else {
                self.perhaps(|m| m.test(test, &mut reads))
            };
            if !self.goes_on() {
                return Flow::Next;
            }
            match truth {
                Ok(true) => {
                    let Some(why) = why else {
                        self.decided_by(&reads);
                        return self.run(body);
                    };
                    possible.push(body);
                    return self.alternatives(&possible, true, &reads, why);
                }
                Ok(false) => {}
                Err(_) => {
                    why.get_or_insert(Unknown::at(Reason::Condition, test.span));
                    possible.push(body);
                }
            }
        }
        self.decided_by(&reads);
        let Some(why) = why else { return self.run(otherwise) };
        possible.push(otherwise);
        self.alternatives(&possible, true, &reads, why)
    }

    /// Which way a call goes depends on these variables, so its result does too.
    pub(super) fn decided_by(&mut self, reads: &[EnvRead]) {
        if self.frame.locals.is_some() && self.frame.control.len() < 64 {
            self.frame.control.extend_from_slice(reads);
        }
    }

    /// Runs blocks of which one will run (or, unless `all`, none), and joins what they bind. Which one hangs on what is
    /// not known.
    pub(super) fn alternatives(
        &mut self,
        bodies: &[&[Stmt]],
        all: bool,
        reads: &[EnvRead],
        why: Unknown,
    ) -> Flow {
        let why = Rc::new(why);
        let mut ends: Vec<Journal> = Vec::new();
        let mut before = Journal::new();
        let mut returned: Vec<Object> = Vec::new();
        let mut raised = None;
        self.decided_by(reads);
        let span = bodies.iter().find_map(|b| b.first()).map_or(self.here(), |s| s.span);
        for body in bodies {
            let (flow, changes) = self.branch(|m| m.run(body));
            match flow {
                Flow::Stop => return Flow::Stop,
                // Settings that load do not go this way.
                Flow::Raise(failure) => {
                    raised = Some(failure);
                    continue;
                }
                // The loop is left, or its next round begun, on this way only.
                Flow::Break | Flow::Continue => {
                    self.may_leave.get_or_insert_with(|| (*why).clone());
                }
                Flow::Return(object) => {
                    returned.push(object);
                    continue;
                }
                Flow::Next => {}
            }
            let mut after = Journal::new();
            for (key, old, new) in changes {
                before.entry(key.clone()).or_insert(old);
                after.insert(key, new);
            }
            ends.push(after);
        }
        if !all {
            ends.push(Journal::new());
        }
        for (key, old) in &before {
            let ways: Vec<(bool, Option<&Bound>)> = ends
                .iter()
                .map(|after| {
                    after.get(key).map_or((false, old.as_ref()), |new| (true, new.as_ref()))
                })
                .collect();
            let joined = join(&ways, reads, &why);
            self.set(key.0, &key.1, joined);
        }
        match (returned.is_empty(), ends.is_empty(), raised) {
            (true, true, Some(failure)) => Flow::Raise(failure),
            (false, true, _) => {
                let rest = returned.split_off(1);
                returned.pop().map_or(Flow::Next, |first| {
                    Flow::Return(join_returns(&first, &rest, span, &why))
                })
            }
            // The other ways go on; what they return is joined with this at the end of the call.
            (false, false, _) => {
                self.frame.fork.get_or_insert_with(|| (*why).clone());
                self.frame.returned.append(&mut returned);
                self.frame.returned.truncate(16);
                Flow::Next
            }
            (true, ..) => Flow::Next,
        }
    }
}
