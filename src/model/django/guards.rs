//! `try`, `with` and `raise`.

use super::ValueKind;
use super::evaluator::Evaluator;
use super::failure::{Cause, Failure, is_a};
use super::frame::Change;
use super::object::Object;
use super::operators::to_text;
use super::statements::Flow;
use crate::source::{Reason, Span, Unknown};
use crate::syntax::python::{Expr, ExprKind, Handler, Stmt};
use std::rc::Rc;

impl Evaluator<'_> {
    /// `raise error`: the error's class and words.
    pub(super) fn raise(&mut self, error: Option<&Expr>, span: Span) -> Flow {
        let Some(error) = error else {
            let again = self.handling.last().cloned();
            return Flow::Raise(again.unwrap_or_else(|| self.error("RuntimeError", "", span)));
        };
        let (class, message) = match &error.kind {
            ExprKind::Call { func, args, .. } => {
                let class = self.eval(func);
                let first = args.first().map(|a| self.eval(a));
                let text = first.and_then(|object| match object {
                    Object::Error(failure) => Some(failure.message.clone()),
                    object => to_text(&object.value(span)).map(|t| t.without_unresolved()),
                });
                (class, text.unwrap_or_default())
            }
            _ => (self.eval(error), String::new()),
        };
        if let Some(pending) = self.pending.take() {
            return Flow::Raise(pending);
        }
        let kind = match &class {
            Object::Outside(name) => name.rsplit('.').next().unwrap_or(name).to_owned(),
            Object::Class(class) => class.name.clone(),
            // `raise e` of an error that was caught.
            Object::Error(failure) => return Flow::Raise(failure.clone()),
            _ => "Exception".to_owned(),
        };
        Flow::Raise(self.error(&kind, &message, span))
    }

    fn error(&self, kind: &str, message: &str, span: Span) -> Rc<Failure> {
        Rc::new(Failure {
            kind: kind.to_owned(),
            message: message.to_owned(),
            span,
            site: self.call_site.unwrap_or(span),
            cause: Cause::Raised,
            reads: self.reads.len(),
        })
    }

    /// Whether an `except` catches an error of this class.
    fn catches(&mut self, handler: &Handler, kind: &str) -> Option<bool> {
        let Some(errors) = &handler.errors else { return Some(true) };
        self.is_one_of(errors, kind)
    }

    fn is_one_of(&mut self, errors: &Expr, kind: &str) -> Option<bool> {
        if let ExprKind::Tuple(parts) = &errors.kind {
            let mut all = Some(false);
            for part in parts {
                match self.is_one_of(part, kind) {
                    Some(true) => return Some(true),
                    Some(false) => {}
                    None => all = None,
                }
            }
            return all;
        }
        match self.eval(errors) {
            Object::Outside(name) => is_a(kind, name.rsplit('.').next().unwrap_or(&name)),
            // A class of the project's own catches only what the project raises.
            Object::Class(class) if class.name == kind => Some(true),
            Object::Class(_) => (is_a(kind, "Exception") == Some(true)).then_some(false),
            _ => None,
        }
    }

    pub(super) fn try_(
        &mut self,
        body: &[Stmt],
        handlers: &[Handler],
        otherwise: &[Stmt],
        finally: &[Stmt],
    ) -> Flow {
        if handlers.is_empty() {
            let flow = self.run(body);
            return match self.run(finally) {
                Flow::Next => flow,
                ended => ended,
            };
        }
        let imported = std::mem::take(&mut self.imported_outside);
        let may_raise = std::mem::take(&mut self.may_raise);
        let place = body.first().map_or_else(|| self.here(), |s| s.span);
        self.trying += 1;
        let (flow, changes) = self.branch(|m| {
            m.maybe -= 1;
            let flow = m.run(body);
            m.maybe += 1;
            flow
        });
        self.trying -= 1;
        let bodies = || handlers.iter().map(|h| h.body.as_slice()).collect::<Vec<_>>();
        let flow = match flow {
            // What was bound before the error stays bound.
            Flow::Raise(failure) => {
                self.apply(&changes);
                self.handle(&failure, handlers)
            }
            Flow::Next => {
                // Whether the package is installed is not for the settings to say.
                let catches =
                    |m: &mut Self, kind| handlers.iter().any(|h| m.catches(h, kind) != Some(false));
                let doubt = if self.imported_outside && catches(self, "ModuleNotFoundError") {
                    Some(Unknown::at(Reason::Installed, place))
                } else {
                    self.may_raise.take()
                };
                match doubt {
                    Some(why) if changes.iter().any(is_setting) || self.binds(&bodies()) => {
                        let mut possible = bodies();
                        let whole: Vec<Stmt> = body.iter().chain(otherwise).cloned().collect();
                        possible.push(&whole);
                        self.alternatives(&possible, true, &[], why)
                    }
                    _ => {
                        self.apply(&changes);
                        self.run(otherwise)
                    }
                }
            }
            flow => {
                self.apply(&changes);
                flow
            }
        };
        self.imported_outside |= imported;
        self.may_raise = may_raise.or(self.may_raise.take());
        match self.run(finally) {
            Flow::Next => flow,
            ended => ended,
        }
    }

    /// Whether blocks do anything but pass, print or raise.
    fn binds(&self, bodies: &[&[Stmt]]) -> bool {
        use crate::syntax::python::StmtKind;
        bodies.iter().flat_map(|b| b.iter()).any(|s| {
            !matches!(
                &s.kind,
                StmtKind::Other | StmtKind::Expr(_) | StmtKind::Raise(_) | StmtKind::Import(_)
            )
        })
    }

    /// Runs the handler of an error, or those of which one may be it.
    fn handle(&mut self, failure: &Rc<Failure>, handlers: &[Handler]) -> Flow {
        let mut possible: Vec<&Handler> = Vec::new();
        let mut surely = false;
        for handler in handlers {
            match self.catches(handler, &failure.kind) {
                Some(true) => {
                    possible.push(handler);
                    surely = true;
                    break;
                }
                Some(false) => {}
                None => possible.push(handler),
            }
        }
        if possible.is_empty() {
            return Flow::Raise(failure.clone());
        }
        self.handling.push(failure.clone());
        for handler in &possible {
            if let Some(name) = &handler.name {
                self.bind(&name.value, Object::Error(failure.clone()), name.span);
            }
        }
        let flow = match possible[..] {
            [only] if surely => self.run(&only.body),
            _ => {
                let bodies: Vec<&[Stmt]> = possible.iter().map(|h| h.body.as_slice()).collect();
                let why = Unknown::at(Reason::Raises, failure.span);
                self.alternatives(&bodies, surely, &[], why)
            }
        };
        self.handling.pop();
        flow
    }

    /// `with env.prefixed("NAME_"): body` of environs.
    fn prefixed(&mut self, context: &Expr, body: &[Stmt]) -> Option<Flow> {
        let ExprKind::Call { func, args, .. } = &context.kind else { return None };
        let ExprKind::Attribute(holder, method) = &func.kind else { return None };
        if method.value != "prefixed" {
            return None;
        }
        let Object::Reader(reader) = self.eval(holder) else { return None };
        let given = args.first().map(|a| self.value(a));
        let Some(more) = given.as_ref().and_then(|v| v.as_str()) else {
            self.hidden = Some(Unknown::at(Reason::VariableName, context.span));
            return Some(self.run(body));
        };
        let outer = reader.prefix.replace_with(|prefix| format!("{prefix}{more}"));
        let flow = self.run(body);
        reader.prefix.replace(outer);
        Some(flow)
    }

    fn apply(&mut self, changes: &[Change]) {
        for ((scope, name), _, new) in changes {
            self.set(*scope, name, new.clone());
        }
    }

    /// `with a as b, c: body`
    pub(super) fn with(&mut self, items: &[(Expr, Option<Expr>)], body: &[Stmt]) -> Flow {
        for (context, target) in items {
            if let ExprKind::Call { func, args, .. } = &context.kind
                && self.eval(func).outside() == Some("contextlib.suppress")
            {
                let errors = Expr { kind: ExprKind::Tuple(args.clone()), span: context.span };
                let handler = Handler { errors: Some(errors), name: None, body: Vec::new() };
                return self.try_(body, &[handler], &[], &[]);
            }
            if let Some(flow) = self.prefixed(context, body) {
                return flow;
            }
            let object = self.eval(context);
            if let Some(target) = target {
                let object = match object {
                    Object::File(_) => object,
                    // A file that is not known stays that.
                    Object::Value(value) if matches!(value.kind, ValueKind::Unknown(_)) => {
                        Object::Value(value)
                    }
                    _ => {
                        let why = Reason::NotEvaluated("what `with` opens");
                        Object::unknown(why, context.span)
                    }
                };
                self.assign(target, object);
            }
        }
        if !self.goes_on() {
            return Flow::Next;
        }
        self.run(body)
    }
}

fn is_setting(change: &Change) -> bool {
    super::evaluator::is_upper(&change.0.1)
}
