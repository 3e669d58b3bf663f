//! Functions that the project wrote itself: their definitions and their calls.

use super::evaluator::Evaluator;
use super::expressions::with_reads;
use super::frame::Frame;
use super::join::join_returns;
use super::object::{Args, Bound, Function, FunctionBody, Object, Role};
use super::statements::Flow;
use super::{Value, ValueKind, operators};
use crate::source::{Reason, Span, Unknown};
use crate::syntax::python::{Expr, ExprKind, Lambda, StmtKind};
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::rc::{Rc, Weak};

/// Calls in calls.
const MAX_CALLS: usize = 16;

/// The names that a body has bound, and the types that are written with them.
pub(super) struct Bindings {
    /// The names.
    pub(super) names: HashMap<String, Bound>,
    /// Types as they are written, in order.
    pub(super) annotations: Vec<(String, Expr)>,
}

impl Evaluator<'_> {
    /// `def name(…): …` with its decorators.
    pub(super) fn define(&mut self, stmt: &StmtKind) {
        let StmtKind::Function { name, params, rest, keywords, decorators, suspends, body } = stmt
        else {
            return;
        };
        let params = params.iter().map(|(n, d)| (n.clone(), d.as_ref().map(|d| self.eval(d))));
        let params = params.collect();
        let mut role = Role::Method;
        let mut around = Vec::new();
        for decorator in decorators {
            let called = match &decorator.kind {
                ExprKind::Call { func, .. } => Some(self.eval(func)),
                _ => None,
            };
            let of_package = called.as_ref().is_some_and(|f| f.outside().is_some());
            let object = match called.filter(|_| of_package) {
                Some(called) => called,
                None => self.eval(decorator),
            };
            match object.outside().map(|n| n.rsplit('.').next().unwrap_or(n)) {
                Some("property" | "cached_property" | "classproperty") => role = Role::Property,
                Some("staticmethod") => role = Role::Static,
                Some("classmethod") => role = Role::Class,
                Some("lru_cache" | "cache" | "wraps" | "override") => {}
                _ => around.push((object, decorator.span)),
            }
        }
        let function = Function {
            params,
            rest: rest.clone(),
            keywords: keywords.clone(),
            body: FunctionBody::Statements(body.clone()),
            module: self.frame.module,
            enclosing: self.enclosing(),
            role,
            suspends: *suspends,
            owner: RefCell::new(Weak::new()),
        };
        let mut object = Object::Function(Rc::new(function));
        for (decorator, span) in around.into_iter().rev() {
            object = self.call(&decorator, &Args::of_positional(vec![object], span));
        }
        self.uncertain = None;
        self.bind(&name.value, object, name.span);
    }

    /// `lambda …: body`
    pub(super) fn lambda(&mut self, lambda: &Lambda) -> Object {
        let params = lambda.params.iter();
        let params = params.map(|(n, d)| (n.clone(), d.as_ref().map(|d| self.eval(d))));
        Object::Function(Rc::new(Function {
            params: params.collect(),
            rest: lambda.rest.clone(),
            keywords: lambda.keywords.clone(),
            body: FunctionBody::Expression(lambda.body.clone()),
            module: self.frame.module,
            enclosing: self.enclosing(),
            role: Role::Method,
            suspends: false,
            owner: RefCell::new(Weak::new()),
        }))
    }

    /// The names that a function made here sees beside its own and the module's.
    fn enclosing(&self) -> Option<Rc<HashMap<String, Bound>>> {
        let outer = self.frame.enclosing.clone();
        let own = self.frame.locals.as_ref().filter(|_| !self.frame.class);
        let temporary = self.frame.temporary.iter();
        let span = self.here();
        let mut names = outer.as_deref().cloned().unwrap_or_default();
        names.extend(
            own.into_iter().flat_map(|(_, n)| n.iter().map(|(k, b)| (k.clone(), b.clone()))),
        );
        names.extend(temporary.map(|(name, object)| {
            (name.clone(), Bound { object: object.clone(), name_span: span, uncertain: None })
        }));
        (!names.is_empty()).then(|| Rc::new(names))
    }

    /// Runs something with names of its own; returns those too.
    pub(super) fn in_call<T>(
        &mut self,
        module: usize,
        locals: BTreeMap<String, Object>,
        prepare: impl FnOnce(&mut Frame),
        work: impl FnOnce(&mut Self) -> T,
    ) -> (T, Bindings) {
        self.calls += 1;
        let span = self.here();
        let uncertain = self.uncertain.clone();
        let bound = |object| Bound { object, name_span: span, uncertain: uncertain.clone() };
        let locals: HashMap<String, Bound> =
            locals.into_iter().map(|(name, object)| (name, bound(object))).collect();
        let mut frame = Frame::new(module, Some((self.calls, locals)));
        prepare(&mut frame);
        let outer = std::mem::replace(&mut self.frame, frame);
        let out = work(self);
        let inner = std::mem::replace(&mut self.frame, outer);
        let names = inner.locals.map(|(_, names)| names).unwrap_or_default();
        (out, Bindings { names, annotations: inner.annotations })
    }

    /// Calls a local function. Its result stands where the outermost call stands.
    pub(super) fn call_function(&mut self, function: &Rc<Function>, args: &Args) -> Object {
        let unknown =
            |why: Unknown| Object::from(Value::unknown(why, args.span).with_reads(&args.reads()));
        if self.call_depth >= MAX_CALLS {
            return unknown(Reason::Limit("functions in functions").into());
        }
        if let Some(why) = &args.open {
            return unknown(why.clone());
        }
        if function.suspends {
            return unknown(Unknown::at(Reason::NotEvaluated("a generator"), args.span));
        }
        let outermost = self.call_site.is_none();
        self.call_site.get_or_insert(args.span);
        let locals = self.parameters(function, args);
        if self.pending.is_some() {
            if outermost {
                self.call_site = None;
            }
            return unknown(Unknown::at(Reason::Raises, args.span));
        }
        self.call_depth += 1;
        let uncertain = self.uncertain.clone();
        let may_leave = self.may_leave.take();
        let enclosing = function.enclosing.clone();
        let frame = |frame: &mut Frame| {
            frame.enclosing = enclosing;
            frame.function = Some(function.clone());
        };
        let (mut object, _) = self.in_call(function.module, locals, frame, |m| {
            m.uncertain.clone_from(&uncertain);
            let mut result = match &function.body {
                FunctionBody::Expression(body) => m.eval(body),
                FunctionBody::Statements(body) => match m.run(body) {
                    Flow::Return(object) => object,
                    Flow::Next | Flow::Break | Flow::Continue => {
                        Object::plain(ValueKind::None, args.span)
                    }
                    // An error on one of several ways: settings that load went another one.
                    Flow::Raise(_) if !m.frame.returned.is_empty() => {
                        let fork = m.frame.fork(args.span);
                        let rest = m.frame.returned.split_off(1);
                        m.frame.returned.pop().map_or_else(
                            || Object::unknown(Reason::Raises, args.span),
                            |first| join_returns(&first, &rest, args.span, &fork),
                        )
                    }
                    Flow::Raise(failure) => {
                        m.pending.get_or_insert(failure);
                        Object::unknown(Reason::Raises, args.span)
                    }
                    Flow::Stop => Object::unknown(Reason::Limit("work"), args.span),
                },
            };
            let earlier = std::mem::take(&mut m.frame.returned);
            if !earlier.is_empty() {
                let fork = m.frame.fork(args.span);
                result = join_returns(&result, &earlier, args.span, &fork);
            }
            m.doubt(uncertain);
            let control = std::mem::take(&mut m.frame.control);
            with_reads(result, &control)
        });
        self.may_leave = may_leave;
        self.call_depth -= 1;
        if outermost {
            self.call_site = None;
        }
        if let Object::Value(value) = &mut object {
            Rc::make_mut(value).span = args.span;
        }
        object
    }

    /// What a call gives to each parameter.
    fn parameters(&mut self, function: &Function, args: &Args) -> BTreeMap<String, Object> {
        let mut locals = BTreeMap::new();
        for (index, (name, default)) in function.params.iter().enumerate() {
            let given = match &function.rest {
                Some((before, _)) if index >= *before => args.named(name),
                _ => args.get(index, name),
            };
            let object = match (given, default) {
                (Some(given), _) => given.clone(),
                (None, Some(default)) => default.clone(),
                (None, None) => {
                    let message = format!("missing 1 required positional argument: '{name}'");
                    let why = self.failed("TypeError", message, args.span);
                    Object::unknown(why, args.span)
                }
            };
            locals.insert(name.clone(), object);
        }
        for object in locals.values() {
            if let Object::Value(value) = object {
                self.hold(value);
            }
        }
        let values = |objects: Vec<&Object>| -> Vec<Value> {
            objects.into_iter().map(|o| (*o.value(args.span)).clone()).collect()
        };
        match &function.rest {
            Some((before, name)) => {
                let items = values(args.positional.iter().skip(*before).collect());
                let list = Value::new(ValueKind::List { items, open: None }, args.span);
                locals.insert(name.clone(), self.sane(list).into());
            }
            None if args.positional.len() > function.params.len() => {
                self.failed("TypeError", "too many positional arguments", args.span);
            }
            None => {}
        }
        let more = args.named.iter().filter(|(n, _)| !function.params.iter().any(|(p, _)| p == n));
        let more: Vec<_> = more.cloned().collect();
        match &function.keywords {
            Some(name) => {
                let mut dict = empty_dict(args.span);
                for (key, object) in more {
                    let value = (*object.value(args.span)).clone();
                    operators::set_entry(&mut dict, &Value::text(key, args.span), value);
                }
                locals.insert(name.clone(), self.sane(dict).into());
            }
            None => {
                if let Some((name, _)) = more.first() {
                    let message = format!("got an unexpected keyword argument '{name}'");
                    self.failed("TypeError", message, args.span);
                }
            }
        }
        locals
    }
}

/// `{}`
pub(super) fn empty_dict(span: Span) -> Value {
    Value::new(ValueKind::Dict { entries: Vec::new(), open: None }, span)
}
