//! Functions that Python has by itself: `str`, `int`, `dict`, `map` and the like.

use super::env_readers::Maker;
use super::evaluator::Evaluator;
use super::object::{Args, Object};
use super::operators::{self, truth};
use super::{Cast, Value, ValueKind};
use crate::source::{Reason, Span, Unknown};
use std::rc::Rc;

impl Evaluator<'_> {
    /// A function of Python's own.
    pub(super) fn builtin(&mut self, name: &str, args: &Args) -> Object {
        let span = args.span;
        let Some(first) = args.positional.first() else {
            return match name {
                "list" | "tuple" | "set" | "frozenset" => {
                    Object::plain(ValueKind::List { items: Vec::new(), open: None }, span)
                }
                "dict" => self.make_dict(None, args),
                "str" => Value::text("", span).into(),
                "bool" => Object::plain(ValueKind::Bool(false), span),
                "globals" | "locals" | "vars" => Object::Namespace,
                _ => self.unknown_call(name, args),
            };
        };
        let value = first.value(span);
        let reads = args.reads();
        if let Some(method) = name.strip_prefix("str.") {
            let rest = Args::of_positional(args.positional[1..].to_vec(), span);
            return self.method(&value, method, &rest);
        }
        let unknown =
            || Object::from(Value::unknown(operators::why_value(&value), span).with_reads(&reads));
        match name {
            "bool" => {
                let cast = if matches!(value.kind, ValueKind::Str(_) | ValueKind::Unknown(_)) {
                    Cast::BoolOfText
                } else {
                    Cast::Other
                };
                let made = truth(&value).map_or_else(
                    || Value::unknown(operators::why_value(&value), span),
                    |t| Value::new(ValueKind::Bool(t), span),
                );
                let made = made.with_reads(&reads);
                // A boolean default that applies says the text would have gone through `bool` too.
                self.recast(
                    made,
                    if reads.iter().any(|r| r.cast == Cast::Raw) { Cast::BoolOfText } else { cast },
                )
                .into()
            }
            "int" => self.int(&value, span),
            "float" => self.made_number(&value, span),
            "str" => operators::to_text(&value).map_or_else(unknown, |text| {
                Value::new(ValueKind::Str(text), span).with_reads(&reads).into()
            }),
            "list" | "tuple" | "set" | "frozenset" | "sorted" | "reversed" => match &value.kind {
                ValueKind::List { .. } => {
                    Object::Value(Rc::new(Value { span: value.span, ..(*value).clone() }))
                }
                _ => unknown(),
            },
            "dict" => self.make_dict(Some(&value), args),
            "len" => match &value.kind {
                ValueKind::Str(text) if text.is_resolved() => {
                    Object::plain(ValueKind::Int(text.as_str().chars().count() as i64), span)
                }
                ValueKind::List { items, open: None } => {
                    Object::plain(ValueKind::Int(items.len() as i64), span)
                }
                ValueKind::Dict { entries, open: None } => {
                    Object::plain(ValueKind::Int(entries.len() as i64), span)
                }
                _ => unknown(),
            },
            "map" | "filter" => self.map(name == "filter", first, args),
            "any" | "all" => {
                let truths: Option<Vec<bool>> = value
                    .items()
                    .filter(|_| !value.is_open())
                    .and_then(|i| i.iter().map(truth).collect());
                let kind = truths.map(|t| {
                    ValueKind::Bool(if name == "any" {
                        t.contains(&true)
                    } else {
                        !t.contains(&false)
                    })
                });
                kind.map_or_else(unknown, |kind| Value::new(kind, span).with_reads(&reads).into())
            }
            "exec" | "eval" => {
                self.open.get_or_insert(Unknown::at(Reason::Call(name.to_owned()), span));
                self.unknown_call(name, args)
            }
            _ => self.unknown_call(name, args),
        }
    }

    fn int(&mut self, value: &Value, span: Span) -> Object {
        let kind = match value.kind {
            ValueKind::Bool(b) => ValueKind::Int(i64::from(b)),
            ValueKind::Float(float) if float.abs() < 9e15 => ValueKind::Int(float as i64),
            ValueKind::Str(_) => self.make(value, &Maker::Int, span).kind,
            ValueKind::Int(_) | ValueKind::Unknown(_) => value.kind.clone(),
            _ => ValueKind::Unknown(Unknown::at(Reason::NotA("a number"), span)),
        };
        let made = Value::new(kind, span).with_reads(&value.reads);
        self.recast(made, Cast::Int).into()
    }

    fn made_number(&mut self, value: &Value, span: Span) -> Object {
        let kind = match value.kind {
            ValueKind::Int(int) => ValueKind::Float(int as f64),
            ValueKind::Str(_) => self.make(value, &Maker::Float, span).kind,
            ValueKind::Float(_) | ValueKind::Unknown(_) => value.kind.clone(),
            _ => ValueKind::Unknown(Unknown::at(Reason::NotA("a number"), span)),
        };
        let made = Value::new(kind, span).with_reads(&value.reads);
        self.recast(made, Cast::Other).into()
    }

    /// `dict(base, name=value)`
    fn make_dict(&mut self, base: Option<&Value>, args: &Args) -> Object {
        let mut dict =
            Value::new(ValueKind::Dict { entries: Vec::new(), open: args.open.clone() }, args.span);
        if let Some(base) = base {
            operators::merge(&mut dict, base);
        }
        for (name, object) in &args.named {
            let value = object.value(args.span);
            let value = self.copied(&value);
            operators::set_entry(&mut dict, &Value::text(name.clone(), args.span), value);
        }
        self.sane(dict).into()
    }

    /// `map(function, items)` and `filter(function, items)`
    fn map(&mut self, filter: bool, function: &Object, args: &Args) -> Object {
        let source = args.positional.get(1).map(|o| o.value(args.span));
        let Some((source, items)) = source.as_ref().and_then(|s| Some((s, s.items()?))) else {
            let why = args.positional.get(1).map_or_else(|| args.why(), |o| o.why(args.span));
            return Value::unknown(why, args.span).with_reads(&args.reads()).into();
        };
        let none = function.known().is_some_and(|f| f.kind == ValueKind::None);
        let (mut out, mut open) = (Vec::new(), source.open().cloned());
        for item in items {
            if !self.work(1) {
                open.get_or_insert(Unknown::at(Reason::Limit("work"), args.span));
                break;
            }
            let made = if none {
                Rc::new(item.clone())
            } else {
                self.call(function, &Args::of_positional(vec![item.clone().into()], args.span))
                    .value(args.span)
            };
            match (filter, truth(&made)) {
                (true, Some(true)) => out.push(self.copied(item)),
                (true, Some(false)) => {}
                (true, None) => {
                    open.get_or_insert_with(|| operators::why_value(&made));
                }
                (false, _) => out.push(self.copied(&made)),
            }
        }
        self.sane(
            Value::new(ValueKind::List { items: out, open }, args.span).with_reads(&source.reads),
        )
        .into()
    }
}
