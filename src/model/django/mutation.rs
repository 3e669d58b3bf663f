//! Changes to lists and dicts that a name holds: `X.append(…)`, `X["a"]["b"] = …`, `X += …`.

use super::changes::{change_dict, change_list, is_shared, value_at};
use super::evaluator::Evaluator;
use super::failure::Cause;
use super::frame::Scope;
use super::object::{Bound, Object};
use super::value::Form;
use super::{Value, ValueKind, operators};
use crate::source::{Span, Unknown};
use crate::syntax::python::{BinOp, Expr, ExprKind};
use std::rc::Rc;

/// Keys under keys.
const MAX_KEYS: usize = 16;

/// The name at the root of `X["a"]["b"]` and the keys after it.
fn place(expr: &Expr) -> Option<(&str, Span, Vec<&Expr>)> {
    let mut keys = Vec::new();
    let mut expr = expr;
    while let ExprKind::Subscript(value, key) = &expr.kind {
        keys.push(&**key);
        expr = value;
        if keys.len() > MAX_KEYS {
            return None;
        }
    }
    keys.reverse();
    match &expr.kind {
        ExprKind::Name(name) => Some((name, expr.span, keys)),
        _ => None,
    }
}

impl Evaluator<'_> {
    /// Changes what a name (and keys under it) holds; `false` where the target has another shape.
    fn change(&mut self, target: &Expr, work: impl FnOnce(&mut Value)) -> bool {
        let Some((name, span, keys)) = place(target) else { return false };
        let keys: Vec<Rc<Value>> = keys.into_iter().map(|key| self.value(key)).collect();
        // A loop variable of a comprehension is changed by nothing that is evaluated.
        let Some(bound) = self.lookup(name) else { return true };
        let (object, name_span, uncertain) =
            (bound.object.clone(), bound.name_span, bound.uncertain.clone());
        let Object::Value(mut value) = object else { return true };
        let seen_elsewhere = is_shared(&value, &keys, &self.shared);
        let inner = Rc::make_mut(&mut value);
        let mut changed = None;
        match value_at(inner, &keys) {
            Ok(found) => {
                work(found);
                changed = (found.identity != 0).then(|| found.clone());
            }
            Err(Some((kind, message))) if !self.holds_unknown(name) => {
                self.fail(kind, message, Cause::Value, target.span);
            }
            Err(_) => {}
        }
        if let (true, Some(changed)) = (seen_elsewhere, &changed) {
            let changed: &Value = changed;
            self.shared.insert(changed.identity);
        }
        let whole = self.sane(Rc::unwrap_or_clone(value));
        // A change keeps the place of the name, an assignment has its own.
        let name_span = if keys.is_empty() { span } else { name_span };
        self.uncertain.clone_from(&uncertain);
        match self.scope_of(name) {
            Some(scope) => {
                let bound = Bound { object: whole.into(), name_span, uncertain };
                self.set(scope, name, Some(bound));
                if let Some(changed) = changed {
                    self.spread(&changed, (scope, name));
                }
            }
            // A name of a function around: only what else holds the same list sees the change.
            None => {
                if let Some(changed) = changed {
                    self.shared.insert(changed.identity);
                    self.spread(&changed, (self.scope(), ""));
                }
            }
        }
        true
    }

    fn holds_unknown(&self, name: &str) -> bool {
        self.lookup(name).is_some_and(|b| b.uncertain.is_some())
    }

    /// Whose name it is: the call's, or the module's.
    fn scope_of(&self, name: &str) -> Option<Scope> {
        let local = self.frame.locals.as_ref().is_some_and(|(_, names)| names.contains_key(name));
        let module =
            self.modules.get(self.frame.module).is_some_and(|m| m.names.contains_key(name));
        let enclosing = self.frame.enclosing.as_ref().is_some_and(|names| names.contains_key(name));
        if local && !self.frame.global.contains(name) {
            Some(self.scope())
        } else if module && !enclosing {
            Some(Scope::Module(self.frame.module))
        } else {
            None
        }
    }

    /// Something was changed in a way that is not followed: what a name (and keys under it) holds is not known.
    pub(super) fn blur(&mut self, target: &Expr, why: &Unknown) {
        let why = why.clone();
        self.change(target, move |found| {
            (found.kind, found.truth) = (ValueKind::Unknown(why), None);
        });
    }

    /// `X["a"]["b"] = object`
    pub(super) fn assign_item(&mut self, target: &Expr, object: &Object) {
        let ExprKind::Subscript(holder, key) = &target.kind else { return };
        let key = self.value(key);
        let value = object.value(target.span);
        let held = self.eval(holder);
        match &held {
            Object::Outside(name) if &**name == "os.environ" => {
                match key.as_str() {
                    Some(name) => self.set_variable(name.to_owned(), value),
                    None => self.hidden = Some(operators::why_value(&key)),
                }
                return;
            }
            Object::Namespace => return self.bind_in_namespace(&key, object, target.span),
            Object::Value(held) if held.items().is_some() && held.form == Form::Tuple => {
                let message = "'tuple' object does not support item assignment";
                self.failed("TypeError", message, target.span);
                return;
            }
            Object::Value(held)
                if matches!(
                    held.kind,
                    ValueKind::None | ValueKind::Bool(_) | ValueKind::Int(_)
                ) || matches!(held.kind, ValueKind::Str(_)) && held.form == Form::List =>
            {
                let kind = operators::type_name(held);
                let message = format!("'{kind}' object does not support item assignment");
                self.failed("TypeError", message, target.span);
                return;
            }
            _ => {}
        }
        self.hold(&value);
        let (key, value) = (key, (*value).clone());
        let set = move |found: &mut Value| match &mut found.kind {
            ValueKind::Dict { .. } => operators::set_entry(found, &key, value),
            ValueKind::List { items, open } => {
                let index = match (&key.kind, &open) {
                    (ValueKind::Int(at), None) => super::slices::place(*at, items.len()),
                    _ => None,
                };
                match index.and_then(|i| items.get_mut(i)) {
                    Some(item) => *item = value,
                    None => {
                        items.clear();
                        open.get_or_insert_with(|| operators::why_value(&key));
                    }
                }
            }
            _ => {}
        };
        match &held {
            // `X.setdefault("a", {})["b"] = object`
            Object::Value(held) if place(holder).is_none() && held.identity != 0 => {
                let mut changed = (**held).clone();
                set(&mut changed);
                let changed = self.sane(changed);
                self.shared.insert(changed.identity);
                self.spread(&changed, (self.scope(), ""));
            }
            _ => {
                self.change(holder, set);
            }
        }
    }

    /// `del X["a"]`
    pub(super) fn delete_item(&mut self, target: &Expr) {
        let ExprKind::Subscript(holder, key) = &target.kind else { return };
        let held = self.eval(holder);
        let key = self.value(key);
        if held.outside() == Some("os.environ") {
            if let Some(name) = key.as_str() {
                self.environ.insert(name.to_owned(), None);
            }
            return;
        }
        if let Object::Value(value) = &held {
            self.item(value, &Object::Value(key.clone()), target.span);
        }
        self.change(holder, move |found| match &mut found.kind {
            ValueKind::Dict { .. } => change_dict(found, "pop", Some((*key).clone()), None),
            ValueKind::List { items, open: None } if matches!(key.kind, ValueKind::Int(_)) => {
                if let ValueKind::Int(at) = key.kind
                    && let Some(at) = super::slices::place(at, items.len())
                {
                    items.remove(at);
                }
            }
            _ => found.kind = ValueKind::Unknown(operators::why_value(&key)),
        });
    }

    /// `target op= value`
    pub(super) fn augment(&mut self, target: &Expr, op: BinOp, value: &Expr, span: Span) {
        self.uncertain = None;
        let right = self.value(value);
        match &target.kind {
            ExprKind::Name(_) | ExprKind::Subscript(..) | ExprKind::Attribute(..) => {
                let left = self.value(target);
                if self.pending.is_some() && !self.is_certain() {
                    return;
                }
                // A list is extended by whatever a loop can take, and stays the same list.
                let extends = left.items().is_some() && left.form == Form::List && op == BinOp::Add;
                let result = if extends {
                    let mut list = (*left).clone();
                    change_list(&mut list, "extend", Some((*right).clone()), None);
                    Value { span, ..self.sane(list).with_reads(&right.reads) }
                } else if left.items().is_some() && left.form == Form::Set && op == BinOp::BitOr {
                    let mut set = (*left).clone();
                    change_list(&mut set, "update", Some((*right).clone()), None);
                    self.sane(set)
                } else {
                    self.binary(&left, op, &right, span)
                };
                if self.pending.is_some() && !self.is_certain() {
                    return;
                }
                let shared = result.clone();
                match &target.kind {
                    ExprKind::Name(name) => {
                        self.bind(name, result.into(), target.span);
                        if let Some(scope) = self.scope_of(name) {
                            self.spread(&shared, (scope, name));
                        }
                    }
                    ExprKind::Subscript(..) => self.assign_item(target, &result.into()),
                    _ => self.assign_attribute(target, &result.into()),
                }
            }
            _ => {}
        }
    }

    /// `X.append(…)` and the like with what it returns; `None` where the call is another one.
    pub(super) fn mutating_call(
        &mut self,
        func: &Expr,
        args: &[Expr],
        keywords: &[(Option<crate::source::Spanned<String>>, Expr)],
        span: Span,
    ) -> Option<Object> {
        let ExprKind::Attribute(holder, method) = &func.kind else { return None };
        let method = method.value.as_str();
        if !MUTATING.contains(&method) {
            return None;
        }
        // Only what holds a list or dict: `os.environ.setdefault` is a call like any other.
        let by_name = place(holder).is_some_and(|(name, ..)| {
            matches!(self.lookup(name).map(|b| &b.object), Some(Object::Value(_)))
        });
        let object = self.eval(holder);
        let holds = |v: &Value| matches!(v.kind, ValueKind::List { .. } | ValueKind::Dict { .. });
        let held = match &object {
            Object::Value(value) if holds(value) => value.clone(),
            // Not evaluated twice: it may change something itself.
            _ => {
                let function = self.attribute(&object, method, func.span);
                let args = self.args(args, keywords, span);
                return Some(self.call(&function, &args));
            }
        };
        if held.form == Form::Tuple {
            let message = format!("'tuple' object has no attribute '{method}'");
            let why = self.failed("AttributeError", message, span);
            return Some(Object::unknown(why, span));
        }
        let before = self.uncertain.take();
        let mut values: Vec<Rc<Value>> = Vec::new();
        for arg in args {
            let value = self.value(arg);
            self.hold(&value);
            values.push(value);
        }
        let named: Vec<_> =
            keywords.iter().map(|(name, value)| (name.clone(), self.value(value))).collect();
        if self.pending.is_some() && !self.is_certain() {
            return Some(Object::plain(ValueKind::None, span));
        }
        let uncertain = before.or(self.uncertain.take());
        let result = self.result_of(&held, method, &values, span);
        let work = |found: &mut Value| {
            let first = values.first().map(|v| (**v).clone());
            match &mut found.kind {
                ValueKind::List { .. } => change_list(found, method, first, values.get(1)),
                ValueKind::Dict { .. } => {
                    change_dict(found, method, first, values.get(1));
                    for (name, value) in &named {
                        match name {
                            Some(name) => operators::set_entry(
                                found,
                                &Value::text(name.value.clone(), name.span),
                                (**value).clone(),
                            ),
                            None => operators::merge(found, value),
                        }
                    }
                }
                _ => {}
            }
        };
        if by_name {
            self.change(holder, work);
        } else if held.identity != 0 {
            let mut changed = (*held).clone();
            work(&mut changed);
            let changed = self.sane(changed);
            self.shared.insert(changed.identity);
            self.spread(&changed, (self.scope(), ""));
        }
        self.doubt(uncertain);
        Some(result)
    }

    /// What a call that changes a list or dict returns, and the error it raises where what it takes out is not there.
    fn result_of(&mut self, held: &Value, method: &str, given: &[Rc<Value>], span: Span) -> Object {
        let none = Object::plain(ValueKind::None, span);
        match (&held.kind, method, given) {
            (ValueKind::List { items, open: None }, "pop", []) => match items.last() {
                Some(last) => last.clone().into(),
                None => {
                    let why = self.failed("IndexError", "pop from empty list", span);
                    Object::unknown(why, span)
                }
            },
            (ValueKind::List { .. }, "pop", [at, ..]) => {
                self.item(held, &Object::Value(at.clone()), span).into()
            }
            (ValueKind::List { .. }, "remove", [item, ..]) => {
                if operators::contains(held, item) == Some(false) {
                    self.failed("ValueError", "list.remove(x): x not in list", span);
                }
                none
            }
            (ValueKind::Dict { .. }, "pop", [key]) => {
                self.item(held, &Object::Value(key.clone()), span).into()
            }
            (ValueKind::Dict { .. }, "pop" | "setdefault", [key, default]) => {
                match operators::contains(held, key) {
                    Some(true) => self.item(held, &Object::Value(key.clone()), span).into(),
                    Some(false) => Object::Value(default.clone()),
                    None => Object::unknown(operators::why_value(held), span),
                }
            }
            (_, "pop" | "popitem" | "setdefault", _) => {
                Object::unknown(operators::why_value(held), span)
            }
            _ => none,
        }
    }
}

/// Methods that change a list, set or dict.
const MUTATING: [&str; 17] = [
    "append",
    "insert",
    "extend",
    "remove",
    "update",
    "setdefault",
    "add",
    "pop",
    "clear",
    "discard",
    "sort",
    "reverse",
    "popitem",
    "difference_update",
    "intersection_update",
    "symmetric_difference_update",
    "__setitem__",
];
