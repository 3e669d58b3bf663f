//! Methods of lists, sets and dicts that change nothing.

use super::evaluator::Evaluator;
use super::object::{Args, Object};
use super::operators;
use super::value::Form;
use super::{Value, ValueKind};
use crate::source::Reason;
use crate::syntax::python::BinOp;

impl Evaluator<'_> {
    /// Methods of lists, tuples and sets that change nothing.
    pub(super) fn list_method(&mut self, value: &Value, name: &str, args: &Args) -> Object {
        let span = args.span;
        let ValueKind::List { items, open } = &value.kind else {
            return self.unknown_call(name, args);
        };
        let first = args.positional.first().map(|o| o.value(span));
        match (name, first) {
            ("copy", _) => {
                let copy = Value { identity: 0, ..value.clone() };
                self.sane(copy).into()
            }
            ("index", Some(item)) if open.is_none() => {
                for (at, other) in items.iter().enumerate() {
                    match operators::same(other, &item) {
                        Some(true) => return Object::plain(ValueKind::Int(at as i64), span),
                        Some(false) => {}
                        None => return Object::unknown(operators::why_value(other), span),
                    }
                }
                let shown = operators::repr(&item).unwrap_or_default();
                let why = self.failed("ValueError", format!("{shown} is not in list"), span);
                Object::unknown(why, span)
            }
            ("count", Some(item)) if open.is_none() => {
                let all: Option<Vec<bool>> =
                    items.iter().map(|i| operators::same(i, &item)).collect();
                match all {
                    Some(all) => {
                        let count = all.iter().filter(|same| **same).count();
                        Object::plain(ValueKind::Int(count as i64), span)
                    }
                    None => Object::unknown(operators::why_value(value), span),
                }
            }
            ("union" | "difference" | "intersection", Some(other)) if value.form == Form::Set => {
                let (more, why) = self.iterate(&Object::Value(other.clone()), span);
                let other = more.iter().map(|o| (*o.value(span)).clone()).collect();
                let other = Value::list(Form::Set, other, why, span);
                if args.positional.len() > 1 {
                    return self.unknown_call(name, args);
                }
                if name == "intersection" {
                    let common: Option<Vec<Value>> = items
                        .iter()
                        .filter_map(|i| match operators::contains(&other, i) {
                            Some(true) => Some(Some(i.clone())),
                            Some(false) => None,
                            None => Some(None),
                        })
                        .collect();
                    return match common.filter(|_| open.is_none()) {
                        Some(items) => self.sane(Value::list(Form::Set, items, None, span)).into(),
                        None => self.unknown_call(name, args),
                    };
                }
                let op = if name == "union" { BinOp::BitOr } else { BinOp::Sub };
                self.binary(value, op, &other, span).into()
            }
            ("__contains__", Some(item)) => match operators::contains(value, &item) {
                Some(found) => Object::plain(ValueKind::Bool(found), span),
                None => Object::unknown(operators::why_value(value), span),
            },
            _ => {
                let reads: Vec<_> = value.reads.iter().cloned().chain(args.reads()).collect();
                let why = value.why().unwrap_or(Reason::Call(format!("list.{name}")).into());
                Value::unknown(why, span).with_reads(&reads).into()
            }
        }
    }

    /// Methods of dicts that change nothing.
    pub(super) fn dict_method(&mut self, value: &Value, name: &str, args: &Args) -> Object {
        let span = args.span;
        let reads: Vec<_> = value.reads.iter().cloned().chain(args.reads()).collect();
        let ValueKind::Dict { entries, open } = &value.kind else {
            return self.unknown_call(name, args);
        };
        let list = |items: Vec<Value>| Value::list(Form::List, items, open.clone(), span);
        let first = args.positional.first().map(|o| o.value(span));
        match (name, first) {
            ("copy", _) => {
                let copy = Value { identity: 0, ..value.clone() };
                self.sane(copy).into()
            }
            ("keys", _) => self.sane(list(entries.iter().map(|(k, _)| k.clone()).collect())).into(),
            ("values", _) => {
                self.sane(list(entries.iter().map(|(_, v)| v.clone()).collect())).into()
            }
            ("items", _) => {
                let pairs = entries
                    .iter()
                    .map(|(k, v)| Value::list(Form::Tuple, vec![k.clone(), v.clone()], None, span));
                self.sane(list(pairs.collect())).into()
            }
            ("get" | "__getitem__", Some(key)) => match operators::contains(value, &key) {
                Some(true) => self.item(value, &Object::Value(key), span).with_reads(&reads).into(),
                Some(false) if name == "get" => {
                    let none = Value::new(ValueKind::None, span);
                    let default = args
                        .get(1, "default")
                        .map_or(none, |default| (*default.value(span)).clone());
                    default.with_reads(&reads).into()
                }
                Some(false) => self.item(value, &Object::Value(key), span).into(),
                None => {
                    let why = open.clone().or_else(|| key.why());
                    let why = why.unwrap_or_else(|| operators::why_value(value));
                    Value::unknown(why, span).with_reads(&reads).into()
                }
            },
            _ => {
                let why = value.why().unwrap_or(Reason::Call(format!("dict.{name}")).into());
                Value::unknown(why, span).with_reads(&reads).into()
            }
        }
    }
}
