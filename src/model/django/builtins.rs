//! Functions that Python has by itself: `str`, `int`, `dict`, `map` and the like.

use super::evaluator::Evaluator;
use super::failure::Cause;
use super::object::{Args, Object};
use super::operators::{self, truth};
use super::value::Form;
use super::{Cast, Value, ValueKind};
use crate::source::{Reason, Span, Unknown};

impl Evaluator<'_> {
    /// A function of Python's own.
    pub(super) fn builtin(&mut self, name: &str, args: &Args) -> Object {
        let span = args.span;
        if name == "super" {
            return self.super_(args);
        }
        if let Some(why) = &args.open {
            if matches!(name, "exec" | "eval") {
                self.may_bind(Unknown::at(Reason::Call(name.to_owned()), span));
            }
            if name != "dict" {
                return Value::unknown(why.clone(), span).with_reads(&args.reads()).into();
            }
        }
        let Some(first) = args.positional.first() else {
            return match name {
                "list" => Value::list(Form::List, Vec::new(), None, span).into(),
                "tuple" => Value::list(Form::Tuple, Vec::new(), None, span).into(),
                "set" | "frozenset" => Value::list(Form::Set, Vec::new(), None, span).into(),
                "dict" => self.make_dict(None, args),
                "str" => Value::text("", span).into(),
                "bool" => Object::plain(ValueKind::Bool(false), span),
                "int" => Object::plain(ValueKind::Int(0), span),
                "float" => Object::plain(ValueKind::Float(0.0), span),
                "print" => Object::plain(ValueKind::None, span),
                "globals" | "locals" | "vars" | "dir" => Object::Namespace,
                "exit" | "quit" => {
                    self.fail("SystemExit", "", Cause::Raised, span);
                    Object::unknown(Reason::Raises, span)
                }
                _ => self.unknown_call(name, args),
            };
        };
        if let Some(object) = self.about(name, first, args) {
            return object;
        }
        if let (Object::Error(failure), "str") = (first, name) {
            return Value::text(failure.message.clone(), span).into();
        }
        let value = first.value(span);
        let reads = args.reads();
        if let Some((kind, method)) = name.split_once('.') {
            let rest = Args::of_positional(args.positional[1..].to_vec(), span);
            return match (kind, method) {
                ("str" | "list" | "dict" | "set", _) => self.method(&value, method, &rest),
                _ => self.unknown_call(name, args),
            };
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
            "int" if args.positional.len() == 1 => self.int(&value, span),
            "float" => self.made_number(&value, span),
            "str" => operators::to_text(&value).map_or_else(unknown, |text| {
                Value::new(ValueKind::Str(text), span).with_reads(&reads).into()
            }),
            "repr" => operators::repr(&value)
                .map_or_else(unknown, |text| Value::text(text, span).with_reads(&reads).into()),
            "list" | "tuple" | "set" | "frozenset" => self.make_list(name, first, span),
            "sorted" | "reversed" => self.in_order(name == "reversed", first, args),
            "dict" => self.make_dict(Some(first), args),
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
                ValueKind::None | ValueKind::Int(_) | ValueKind::Bool(_) => {
                    let kind = operators::type_name(&value);
                    let why = self.failed(
                        "TypeError",
                        format!("object of type '{kind}' has no len()"),
                        span,
                    );
                    Object::unknown(why, span)
                }
                _ => unknown(),
            },
            "map" | "filter" => self.map(name == "filter", first, args),
            "any" | "all" => {
                let (items, open) = self.iterate(first, span);
                let any = name == "any";
                let mut kind = if open.is_none() { Some(!any) } else { None };
                let mut all_reads = reads.clone();
                for item in &items {
                    all_reads.extend_from_slice(item.reads());
                    match truth(&item.value(span)) {
                        Some(t) if t == any => {
                            kind = Some(any);
                            break;
                        }
                        Some(_) => {}
                        None => kind = None,
                    }
                }
                match kind {
                    Some(kind) => {
                        Value::new(ValueKind::Bool(kind), span).with_reads(&all_reads).into()
                    }
                    None => unknown(),
                }
            }
            "enumerate" | "zip" => self.zip(name == "enumerate", args),
            "range" => {
                let bounds: Option<Vec<i64>> = args
                    .positional
                    .iter()
                    .map(|o| match o.known()?.kind {
                        ValueKind::Int(int) => Some(int),
                        _ => None,
                    })
                    .collect();
                let (start, end) = match bounds.as_deref() {
                    Some([end]) => (0, *end),
                    Some([start, end]) => (*start, *end),
                    _ => return unknown(),
                };
                if end.saturating_sub(start) > super::evaluator::MAX_ITEMS as i64 {
                    return Object::unknown(Unknown::at(Reason::Limit("a range"), span), span);
                }
                let items = (start..end).map(|i| Value::new(ValueKind::Int(i), span)).collect();
                let list = Value::list(Form::List, items, None, span);
                self.sane(list).into()
            }
            "min" | "max" | "sum" | "abs" | "round" => self.of_numbers(name, args),
            "eval" if let Some(object) = self.evaluated(&value, args) => object,
            "exec" | "eval" => {
                self.may_bind(Unknown::at(Reason::Call(name.to_owned()), span));
                self.unknown_call(name, args)
            }
            "open" => self.open_file(args),
            "print" => Object::plain(ValueKind::None, span),
            "exit" | "quit" => {
                self.fail("SystemExit", "", Cause::Raised, span);
                Object::unknown(Reason::Raises, span)
            }
            "pow" => match (args.positional.first(), args.positional.get(1)) {
                (Some(a), Some(b)) if args.positional.len() == 2 => {
                    let (a, b) = (a.value(span), b.value(span));
                    self.binary(&a, crate::syntax::python::BinOp::Pow, &b, span).into()
                }
                _ => self.unknown_call(name, args),
            },
            _ => self.unknown_call(name, args),
        }
    }

    fn int(&mut self, value: &Value, span: Span) -> Object {
        let kind = match &value.kind {
            ValueKind::Bool(b) => ValueKind::Int(i64::from(*b)),
            ValueKind::Float(float) if float.abs() < 9e15 => ValueKind::Int(*float as i64),
            ValueKind::Str(text) => match text.resolved() {
                Some(text) => match python_int(text) {
                    Some(int) => ValueKind::Int(int),
                    None => {
                        let shown = operators::repr(value).unwrap_or_default();
                        let words = format!("invalid literal for int() with base 10: {shown}");
                        ValueKind::Unknown(self.failed("ValueError", words, span))
                    }
                },
                None => ValueKind::Unknown(operators::why_value(value)),
            },
            ValueKind::Int(_) | ValueKind::Unknown(_) => value.kind.clone(),
            ValueKind::None | ValueKind::List { .. } | ValueKind::Dict { .. } => {
                let words = format!(
                    "int() argument must be a string, a bytes-like object or a real number, not '{}'",
                    operators::type_name(value)
                );
                ValueKind::Unknown(self.failed("TypeError", words, span))
            }
            _ => ValueKind::Unknown(Unknown::at(Reason::NotA("a number"), span)),
        };
        if !value.is_known() {
            self.may_raise.get_or_insert_with(|| operators::why_value(value));
        }
        let made = Value::new(kind, span).with_reads(&value.reads);
        self.recast(made, Cast::Int).into()
    }

    fn made_number(&mut self, value: &Value, span: Span) -> Object {
        let kind = match &value.kind {
            ValueKind::Int(int) => ValueKind::Float(*int as f64),
            ValueKind::Bool(b) => ValueKind::Float(f64::from(u8::from(*b))),
            ValueKind::Str(text) => match text.resolved() {
                Some(text) => match text.trim().replace('_', "").parse() {
                    Ok(float) => ValueKind::Float(float),
                    Err(_) => {
                        let shown = operators::repr(value).unwrap_or_default();
                        let words = format!("could not convert string to float: {shown}");
                        ValueKind::Unknown(self.failed("ValueError", words, span))
                    }
                },
                None => ValueKind::Unknown(operators::why_value(value)),
            },
            ValueKind::Float(_) | ValueKind::Unknown(_) => value.kind.clone(),
            ValueKind::None => {
                let words = "float() argument must be a string or a real number, not 'NoneType'";
                ValueKind::Unknown(self.failed("TypeError", words, span))
            }
            _ => ValueKind::Unknown(Unknown::at(Reason::NotA("a number"), span)),
        };
        let made = Value::new(kind, span).with_reads(&value.reads);
        self.recast(made, Cast::Other).into()
    }
}

/// A whole number as `int` reads it.
pub(super) fn python_int(text: &str) -> Option<i64> {
    let text = text.trim();
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let fits = digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.ends_with(|c: char| c.is_ascii_digit())
        && !digits.contains("__");
    fits.then(|| text.replace('_', "").parse().ok()).flatten()
}
