//! Statements.

use super::evaluator::Evaluator;
use super::frame::{Change, Journal};
use super::join::{join, join_returns};
use super::object::{Bound, Function, FunctionBody, Object};
use super::{EnvRead, Value, ValueKind};
use crate::source::{Reason, Span, Unknown};
use crate::syntax::python::{Expr, ExprKind, Stmt, StmtKind};
use std::collections::BTreeMap;
use std::rc::Rc;

/// How a block of statements ended.
#[derive(Clone)]
pub(super) enum Flow {
    /// At its end.
    Next,
    /// `return`
    Return(Object),
    /// An error at this place.
    Raise(Span),
    /// Cut short by a limit.
    Stop,
}

impl Evaluator<'_> {
    /// Runs a module's statements. An error that nothing guards is noted, and the rest is evaluated all
    /// the same, since other findings need it; in a module that may not be loaded it ends the module.
    pub(super) fn run_module(&mut self, body: &[Stmt]) -> Flow {
        for stmt in body {
            match self.statement(stmt) {
                Flow::Next | Flow::Return(_) => {}
                Flow::Raise(span)
                    if self.trying == 0 && self.maybe == 0 && self.error.is_none() =>
                {
                    if self.lenient == 0 {
                        self.raises.get_or_insert(span);
                    }
                }
                ended => return ended,
            }
        }
        Flow::Next
    }

    /// Runs statements until one ends the block.
    pub(super) fn run(&mut self, body: &[Stmt]) -> Flow {
        for stmt in body {
            match self.statement(stmt) {
                Flow::Next => {}
                ended => return ended,
            }
        }
        Flow::Next
    }

    fn statement(&mut self, stmt: &Stmt) -> Flow {
        let flow = self.deeper(|m| m.statement_kind(stmt)).unwrap_or(Flow::Stop);
        if std::mem::take(&mut self.raised) && matches!(flow, Flow::Next) {
            return Flow::Raise(stmt.span);
        }
        flow
    }

    fn statement_kind(&mut self, stmt: &Stmt) -> Flow {
        match &stmt.kind {
            StmtKind::Assign(targets, value) => self.assign_all(targets, value),
            StmtKind::AugAssign(target, op, value) => {
                self.augment(target, *op, value, stmt.span);
                Flow::Next
            }
            StmtKind::Expr(expr) => {
                if !self.mutating_call(expr) {
                    self.eval(expr);
                }
                Flow::Next
            }
            StmtKind::If(branches, otherwise) => self.if_(branches, otherwise),
            StmtKind::Try { body, handlers, otherwise, finally } => {
                self.try_(body, handlers, otherwise, finally)
            }
            StmtKind::Import(names) => self.import(names, stmt.span),
            StmtKind::ImportFrom { level, module, names } => {
                self.import_from(*level, module, names, stmt.span)
            }
            StmtKind::Function { name, params, rest, body } => {
                let body = FunctionBody::Statements(body.clone());
                let function = Function {
                    params: params.clone(),
                    rest: rest.clone(),
                    body,
                    module: self.frame.module,
                };
                self.uncertain = None;
                self.bind(&name.value, Object::Function(Rc::new(function)), name.span);
                Flow::Next
            }
            StmtKind::Class { name, bases, body } => {
                self.class(&name.value, name.span, bases.is_empty(), body);
                Flow::Next
            }
            StmtKind::Maybe(body) => {
                let why = Unknown::at(Reason::Condition, stmt.span);
                self.alternatives(&[body], false, &[], why)
            }
            StmtKind::With(items, body) => {
                for (context, target) in items {
                    self.eval(context);
                    if let Some(target) = target {
                        let why = Reason::NotEvaluated("what `with` opens");
                        self.assign(target, Object::unknown(why, context.span));
                    }
                }
                self.run(body)
            }
            StmtKind::Return(value) => {
                let none = Object::plain(ValueKind::None, stmt.span);
                Flow::Return(value.as_ref().map_or(none, |v| self.eval(v)))
            }
            StmtKind::Raise => Flow::Raise(stmt.span),
            StmtKind::Other => Flow::Next,
        }
    }

    fn assign_all(&mut self, targets: &[Expr], value: &Expr) -> Flow {
        self.uncertain = None;
        let object = self.eval(value);
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
            ExprKind::Starred(inner) => {
                let why = Reason::NotEvaluated("the rest of an unpacked list");
                self.assign(inner, Object::unknown(why, target.span))
            }
            _ => {}
        }
    }

    fn unpack(&mut self, parts: &[Expr], object: &Object) {
        let value = object.known().filter(|v| !v.is_open());
        let items = value.and_then(Value::items).filter(|items| items.len() == parts.len());
        for (index, part) in parts.iter().enumerate() {
            let item = items.and_then(|items| items.get(index)).cloned();
            let unknown =
                || Value::unknown(object.why(part.span), part.span).with_reads(object.reads());
            self.assign(part, item.unwrap_or_else(unknown).into());
        }
    }

    fn class(&mut self, name: &str, span: Span, plain: bool, body: &[Stmt]) {
        self.uncertain = None;
        let object = if plain {
            let (_, names) = self.in_call(self.frame.module, BTreeMap::new(), |m| m.run(body));
            Object::Class(Rc::new(names))
        } else {
            Object::unknown(Reason::NotAValue("a class with bases"), span)
        };
        self.uncertain = None;
        self.bind(name, object, span);
    }

    fn if_(&mut self, branches: &[(Expr, Vec<Stmt>)], otherwise: &[Stmt]) -> Flow {
        let mut possible: Vec<&[Stmt]> = Vec::new();
        let mut reads = Vec::new();
        let mut why = None;
        for (test, body) in branches {
            match self.test(test, &mut reads) {
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
    fn decided_by(&mut self, reads: &[EnvRead]) {
        if self.frame.locals.is_some() && self.frame.control.len() < 64 {
            self.frame.control.extend_from_slice(reads);
        }
    }

    fn try_(
        &mut self,
        body: &[Stmt],
        handlers: &[Vec<Stmt>],
        otherwise: &[Stmt],
        finally: &[Stmt],
    ) -> Flow {
        let before = std::mem::take(&mut self.imported_outside);
        let place = body.first().map_or_else(|| self.here(), |s| s.span);
        let why = Unknown::at(Reason::Installed, place);
        let flow = if handlers.is_empty() {
            self.run(body)
        } else {
            self.trying += 1;
            let (flow, changes) = self.branch(|m| {
                m.maybe -= 1;
                let flow = m.run(body);
                m.maybe += 1;
                flow
            });
            self.trying -= 1;
            match flow {
                // What was bound before the error stays bound.
                Flow::Raise(_) => {
                    self.apply(&changes);
                    let bodies: Vec<&[Stmt]> = handlers.iter().map(Vec::as_slice).collect();
                    if let [only] = bodies[..] {
                        self.run(only)
                    } else {
                        self.alternatives(&bodies, true, &[], why)
                    }
                }
                // Whether the package is installed is not for the settings to say.
                Flow::Next if self.imported_outside && changes.iter().any(is_setting) => {
                    let mut possible: Vec<&[Stmt]> = handlers.iter().map(Vec::as_slice).collect();
                    possible.push(body);
                    self.alternatives(&possible, true, &[], why)
                }
                flow => {
                    self.apply(&changes);
                    if matches!(flow, Flow::Next) { self.run(otherwise) } else { flow }
                }
            }
        };
        self.imported_outside |= before;
        match self.run(finally) {
            Flow::Next => flow,
            ended => ended,
        }
    }

    fn apply(&mut self, changes: &[Change]) {
        for ((scope, name), _, new) in changes {
            self.set(*scope, name, new.clone());
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
                Flow::Raise(span) => {
                    raised = Some(span);
                    continue;
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
            (true, true, Some(span)) => Flow::Raise(span),
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

fn is_setting(change: &Change) -> bool {
    super::evaluator::is_upper(&change.0.1)
}
