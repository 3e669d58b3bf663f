//! Calls of functions that the project wrote itself.

use super::evaluator::Evaluator;
use super::expressions::with_reads;
use super::frame::Frame;
use super::join::join_returns;
use super::object::{Args, Bound, Function, FunctionBody, Object};
use super::statements::Flow;
use super::{Value, ValueKind};
use crate::source::{Reason, Unknown};
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

/// Calls in calls.
const MAX_CALLS: usize = 16;

impl Evaluator<'_> {
    /// Runs something with names of its own; returns those too.
    pub(super) fn in_call<T>(
        &mut self,
        module: usize,
        locals: BTreeMap<String, Object>,
        work: impl FnOnce(&mut Self) -> T,
    ) -> (T, BTreeMap<String, Object>) {
        self.calls += 1;
        let span = self.here();
        let bound = |object| Bound { object, name_span: span, uncertain: None };
        let locals: HashMap<String, Bound> =
            locals.into_iter().map(|(name, object)| (name, bound(object))).collect();
        let frame = Frame::new(module, Some((self.calls, locals)));
        let outer = std::mem::replace(&mut self.frame, frame);
        let out = work(self);
        let inner = std::mem::replace(&mut self.frame, outer);
        let names = inner.locals.map(|(_, names)| names).unwrap_or_default();
        (out, names.into_iter().map(|(name, bound)| (name, bound.object)).collect())
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
        let outermost = self.call_site.is_none();
        self.call_site.get_or_insert(args.span);
        let mut locals = BTreeMap::new();
        for (index, (name, default)) in function.params.iter().enumerate() {
            let given = match &function.rest {
                Some((before, _)) if index >= *before => args.named(name),
                _ => args.get(index, name),
            };
            let given = given.cloned();
            let object = match (given, default) {
                (Some(given), _) => given,
                (None, Some(default)) => self.eval(default),
                (None, None) => Object::unknown(Reason::NotGiven(name.clone()), args.span),
            };
            locals.insert(name.clone(), object);
        }
        if let Some((before, name)) = &function.rest {
            let items = args
                .positional
                .iter()
                .skip(*before)
                .map(|o| (*o.value(args.span)).clone())
                .collect();
            let list = self.sane(Value::new(ValueKind::List { items, open: None }, args.span));
            locals.insert(name.clone(), list.into());
        }
        self.call_depth += 1;
        let uncertain = self.uncertain.clone();
        let (mut object, _) = self.in_call(function.module, locals, |m| {
            m.uncertain.clone_from(&uncertain);
            let mut result = match &function.body {
                FunctionBody::Expression(body) => m.eval(body),
                FunctionBody::Statements(body) => match m.run(body) {
                    Flow::Return(object) => object,
                    Flow::Next => Object::plain(ValueKind::None, args.span),
                    // An error on one of several ways: settings that load went another one.
                    Flow::Raise(_) if !m.frame.returned.is_empty() => {
                        let fork = m.frame.fork(args.span);
                        let rest = m.frame.returned.split_off(1);
                        m.frame.returned.pop().map_or_else(
                            || Object::unknown(Reason::Raises, args.span),
                            |first| join_returns(&first, &rest, args.span, &fork),
                        )
                    }
                    Flow::Raise(_) => {
                        m.failed_call(args);
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
        self.call_depth -= 1;
        if outermost {
            self.call_site = None;
        }
        if let Object::Value(value) = &mut object {
            Rc::make_mut(value).span = args.span;
        }
        object
    }

    /// An error surely ends this call.
    fn failed_call(&mut self, args: &Args) {
        if self.trying > 0 {
            self.raised = true;
        } else if self.maybe == 0 && self.lenient == 0 {
            self.raises.get_or_insert(self.call_site.unwrap_or(args.span));
        }
    }
}
