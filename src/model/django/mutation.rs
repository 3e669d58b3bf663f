//! Changes to lists and dicts that a name holds: `X.append(…)`, `X["a"]["b"] = …`, `X += …`.

use super::evaluator::{Evaluator, MAX_ITEMS};
use super::object::Object;
use super::{Value, ValueKind, operators};
use crate::source::{Reason, Span, Unknown};
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

/// What stands under the keys; where that is not a known dict or list, whatever holds it becomes open.
fn value_at<'v>(value: &'v mut Value, keys: &[Rc<Value>]) -> Option<&'v mut Value> {
    let Some((key, rest)) = keys.split_first() else { return Some(value) };
    let found = match &mut value.kind {
        ValueKind::Dict { entries, open } => {
            match entries.iter().rposition(|(k, _)| operators::same(k, key) == Some(true)) {
                Some(index) => entries.get_mut(index).map(|(_, v)| v),
                None => {
                    open.get_or_insert_with(|| operators::why_value(key));
                    None
                }
            }
        }
        ValueKind::List { items, open } => {
            let index = if let ValueKind::Int(index) = key.kind {
                usize::try_from(index).ok()
            } else {
                None
            };
            let index = index.filter(|i| *i < items.len());
            if index.is_none() {
                open.get_or_insert_with(|| operators::why_value(key));
            }
            index.and_then(|i| items.get_mut(i))
        }
        _ => None,
    };
    found.and_then(|found| value_at(found, rest))
}

impl Evaluator<'_> {
    /// Changes what a name (and keys under it) holds; `false` where the target has another shape.
    fn change(&mut self, target: &Expr, work: impl FnOnce(&mut Value)) -> bool {
        let Some((name, span, keys)) = place(target) else { return false };
        let keys: Vec<Rc<Value>> = keys.into_iter().map(|key| self.value(key)).collect();
        let Some(bound) = self.lookup(name) else { return true };
        let (object, name_span, uncertain) =
            (bound.object.clone(), bound.name_span, bound.uncertain.clone());
        let Object::Value(mut value) = object else { return true };
        self.uncertain = uncertain;
        let inner = Rc::make_mut(&mut value);
        if let Some(found) = value_at(inner, &keys) {
            work(found);
        }
        let changed = self.sane(Rc::unwrap_or_clone(value));
        self.bind(name, changed.into(), if keys.is_empty() { span } else { name_span });
        true
    }

    /// `X["a"]["b"] = object`
    pub(super) fn assign_item(&mut self, target: &Expr, object: &Object) {
        let ExprKind::Subscript(holder, key) = &target.kind else { return };
        let key = self.value(key);
        let value = object.value(target.span);
        if self.eval(holder).outside() == Some("os.environ") {
            if let Some(name) = key.as_str() {
                self.environ.insert(name.to_owned(), value);
            }
            return;
        }
        if matches!(&holder.kind, ExprKind::Call { func, .. } if matches!(func.dotted().as_deref(), Some("globals" | "locals" | "vars")))
        {
            let reason = Reason::NotEvaluated("a name that is bound through a mapping");
            self.open.get_or_insert(Unknown::at(reason, target.span));
            return;
        }
        let (key, value) = (key, (*value).clone());
        self.change(holder, move |found| match &mut found.kind {
            ValueKind::Dict { .. } => operators::set_entry(found, &key, value),
            ValueKind::List { items, open } => {
                let index = if let ValueKind::Int(index) = key.kind {
                    usize::try_from(index).ok()
                } else {
                    None
                };
                match index.and_then(|i| items.get_mut(i)) {
                    Some(item) => *item = value,
                    None => {
                        open.get_or_insert_with(|| operators::why_value(&key));
                    }
                }
            }
            _ => {}
        });
    }

    /// `target op= value`
    pub(super) fn augment(&mut self, target: &Expr, op: BinOp, value: &Expr, span: Span) {
        self.uncertain = None;
        let right = self.value(value);
        match &target.kind {
            ExprKind::Name(name) => {
                let left = self.value(target);
                let result = self.binary(&left, op, &right, span);
                self.bind(name, result.into(), target.span);
            }
            ExprKind::Subscript(..) => {
                let left = self.value(target);
                let result = self.binary(&left, op, &right, span);
                self.assign_item(target, &result.into());
            }
            _ => {}
        }
    }

    /// A statement `X.append(…)` and the like; `false` when the statement is another one.
    pub(super) fn mutating_call(&mut self, expr: &Expr) -> bool {
        let ExprKind::Call { func, args, keywords } = &expr.kind else { return false };
        let ExprKind::Attribute(holder, method) = &func.kind else { return false };
        let method = method.value.as_str();
        if !matches!(
            method,
            "append"
                | "insert"
                | "extend"
                | "remove"
                | "update"
                | "setdefault"
                | "add"
                | "pop"
                | "clear"
                | "discard"
        ) {
            return false;
        }
        // Only what a name of ours holds: `os.environ.setdefault` is a call like any other.
        if place(holder).is_none_or(|(name, ..)| {
            !matches!(self.lookup(name).map(|b| &b.object), Some(Object::Value(_)))
        }) {
            return false;
        }
        let before = self.uncertain.take();
        let values: Vec<Rc<Value>> = args.iter().map(|a| self.value(a)).collect();
        let named: Vec<_> =
            keywords.iter().map(|(name, value)| (name.clone(), self.value(value))).collect();
        let uncertain = before.or(self.uncertain.take());
        let changed = self.change(holder, |found| {
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
        });
        self.doubt(uncertain);
        changed
    }
}

fn change_list(list: &mut Value, method: &str, first: Option<Value>, second: Option<&Rc<Value>>) {
    let mut reads = Vec::new();
    let span = list.span;
    let ValueKind::List { items, open } = &mut list.kind else { return };
    match (method, first) {
        _ if items.len() >= MAX_ITEMS => {
            open.get_or_insert(Unknown::at(Reason::Limit("items of a list"), span));
        }
        ("append" | "add", Some(value)) => items.push(value),
        ("insert", Some(at)) => {
            let Some(value) = second else { return };
            let len = items.len();
            let at = match at.kind {
                ValueKind::Int(at) if at < 0 => {
                    len.saturating_sub(usize::try_from(at.unsigned_abs()).unwrap_or(len))
                }
                ValueKind::Int(at) => usize::try_from(at).unwrap_or(len).min(len),
                // `X.insert(X.index("a") + 1, …)` of something that may not be there.
                _ => len,
            };
            items.insert(at, (**value).clone());
        }
        ("extend" | "update", Some(value)) => {
            reads.clone_from(&value.reads);
            if value.items().is_none() || value.is_open() {
                open.get_or_insert_with(|| operators::why_value(&value));
            }
            items.extend_from_slice(value.items().unwrap_or_default());
        }
        ("remove" | "discard", Some(value)) if value.is_known() => {
            if let Some(at) = items.iter().position(|i| operators::same(i, &value) == Some(true)) {
                items.remove(at);
            }
        }
        ("clear", None) => items.clear(),
        ("pop", None) => {
            items.pop();
        }
        // Something was taken out, and it is not known what: nothing is surely there.
        (_, value) => {
            items.clear();
            let why = value.as_ref().and_then(Value::why);
            let call = || Unknown::at(Reason::Call(format!("list.{method}")), span);
            open.get_or_insert(why.unwrap_or_else(call));
        }
    }
    list.add_reads(&reads);
}

fn change_dict(dict: &mut Value, method: &str, first: Option<Value>, second: Option<&Rc<Value>>) {
    match (method, first) {
        ("update", Some(other)) => operators::merge(dict, &other),
        ("setdefault", Some(key)) => {
            let there = matches!(&dict.kind, ValueKind::Dict { entries, .. } if entries.iter().any(|(k, _)| operators::same(k, &key) == Some(true)));
            if let (false, Some(value)) = (there, second) {
                operators::set_entry(dict, &key, (**value).clone());
            }
        }
        ("pop", Some(key)) => {
            if let ValueKind::Dict { entries, .. } = &mut dict.kind {
                entries.retain(|(k, _)| operators::same(k, &key) == Some(false));
            }
        }
        ("clear", None) => {
            if let ValueKind::Dict { entries, open } = &mut dict.kind {
                entries.clear();
                *open = None;
            }
        }
        _ => {}
    }
}
