//! Values of Python code that a process runs: texts and lists of texts, as far as they are written out.

use super::follow::Follower;
use super::params::Value;
use super::state::Shell;
use crate::source::{Reason, Span, Text, Unknown};
use crate::syntax::python::{BinOp, Expr, ExprKind, FPart};
use std::collections::BTreeMap;

/// How deep expressions are looked into.
const MAX_DEPTH: usize = 24;

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum PyValue {
    Text(Text),
    List(Vec<Text>),
}

/// Names of a program and what they hold.
#[derive(Debug, Clone, Default)]
pub(super) struct PyNames {
    pub(super) values: BTreeMap<String, PyValue>,
    /// `sys.argv[1:]`
    pub(super) args: Vec<Text>,
    /// The text of the file, to tell `sys.argv[1:]` from other slices.
    pub(super) code: Option<Text>,
}

impl PyValue {
    /// The value with another one added, which may not be known.
    pub(super) fn plus(self, more: Option<Self>, place: Span) -> Self {
        match (self, more) {
            (Self::Text(mut a), Some(Self::Text(b))) => {
                a.push_text(&b);
                Self::Text(a)
            }
            (Self::Text(mut a), _) => {
                a.push_text(&unknown(place));
                Self::Text(a)
            }
            (Self::List(a), Some(Self::List(b))) => Self::List([a, b].concat()),
            (Self::List(mut a), _) => {
                a.push(unknown(place));
                Self::List(a)
            }
        }
    }

    fn with_span(self, span: Span) -> Self {
        match self {
            Self::Text(text) => Self::Text(text.with_span(span)),
            list => list,
        }
    }
}

impl PyNames {
    /// A string of the code; unresolved where something was put in that is not known.
    fn known(&self, text: &Text) -> Text {
        let holes = self.code.as_ref().and_then(Text::why);
        match holes.filter(|_| text.contains(Text::STAND_IN)) {
            Some(why) => Text::unresolved(why, text.span()),
            None => text.clone(),
        }
    }

    /// What stands in the code at a place.
    fn written(&self, span: Span) -> &str {
        let Some(code) = &self.code else { return "" };
        let start = code.pieces().first().map_or(0, |p| p.src.start);
        let from = span.start.saturating_sub(start) as usize;
        let to = span.end.saturating_sub(start) as usize;
        code.as_str().get(from..to).unwrap_or("")
    }
}

impl Follower<'_> {
    /// The value of an expression; `None` where it is not known.
    pub(super) fn py_value(&mut self, expr: &Expr, names: &PyNames, sh: &Shell) -> Option<PyValue> {
        self.py_at(expr, names, sh, 0)
    }

    /// The text of an expression; unresolved where it is not known.
    pub(super) fn py_text(&mut self, expr: &Expr, names: &PyNames, sh: &Shell) -> Text {
        match self.py_value(expr, names, sh) {
            Some(PyValue::Text(text)) => text,
            _ => Text::unresolved(Reason::NotEvaluated("this expression"), expr.span),
        }
    }

    fn py_at(&mut self, expr: &Expr, names: &PyNames, sh: &Shell, depth: usize) -> Option<PyValue> {
        if depth > MAX_DEPTH {
            return None;
        }
        let span = expr.span;
        match &expr.kind {
            ExprKind::Str(text) => Some(PyValue::Text(names.known(text))),
            ExprKind::Int(number) => Some(PyValue::Text(Text::derived(number.to_string(), span))),
            ExprKind::FString(parts) => {
                let mut all = Text::empty(span);
                for part in parts {
                    match part {
                        FPart::Literal(text) => all.push_text(&names.known(text)),
                        FPart::Value { value, conversion, format, written } => {
                            let plain = conversion.is_none() && format.is_empty() && !written;
                            match self.py_at(value, names, sh, depth + 1) {
                                Some(PyValue::Text(text)) if plain => {
                                    all.push_text(&text.seen_at(value.span))
                                }
                                _ => all.push_unresolved(
                                    Reason::NotEvaluated("this expression"),
                                    value.span,
                                ),
                            }
                        }
                    }
                }
                Some(PyValue::Text(all))
            }
            ExprKind::Name(name) => names.values.get(name).cloned(),
            ExprKind::Attribute(..) => match expr.dotted()?.as_str() {
                "sys.executable" => Some(PyValue::Text(Text::derived("python", span))),
                _ => None,
            },
            ExprKind::List(items) | ExprKind::Tuple(items) => {
                let mut all = Vec::new();
                for item in items {
                    match &item.kind {
                        ExprKind::Starred(inner) => match self.py_at(inner, names, sh, depth + 1) {
                            Some(PyValue::List(more)) => all.extend(more),
                            _ => all.push(unknown(item.span)),
                        },
                        _ => match self.py_at(item, names, sh, depth + 1) {
                            Some(PyValue::Text(text)) => all.push(text),
                            _ => all.push(unknown(item.span)),
                        },
                    }
                }
                Some(PyValue::List(all))
            }
            ExprKind::Binary(left, BinOp::Add, right) => {
                let left = self.py_at(left, names, sh, depth + 1)?;
                let more = self.py_at(right, names, sh, depth + 1);
                Some(left.plus(more, right.span).with_span(span))
            }
            ExprKind::BoolOp(false, all) => {
                all.iter().find_map(|e| match self.py_at(e, names, sh, depth + 1)? {
                    PyValue::Text(text) if text.is_empty() => None,
                    value => Some(value),
                })
            }
            ExprKind::Slice(..) => {
                (names.written(span) == "sys.argv[1:]").then(|| PyValue::List(names.args.clone()))
            }
            ExprKind::Subscript(holder, key) => match holder.dotted()?.as_str() {
                "os.environ" | "environ" => self.py_env(key.string()?, None, span, sh),
                _ => None,
            },
            ExprKind::Call { func, args, .. } => self.py_call(func, args, span, names, sh, depth),
            _ => None,
        }
    }

    fn py_call(
        &mut self,
        func: &Expr,
        args: &[Expr],
        span: Span,
        names: &PyNames,
        sh: &Shell,
        depth: usize,
    ) -> Option<PyValue> {
        let named = func.dotted().unwrap_or_default();
        match (named.as_str(), args) {
            ("os.environ.get" | "environ.get" | "os.getenv" | "getenv", [name, rest @ ..]) => {
                let default = match rest.first() {
                    Some(default) => self.py_at(default, names, sh, depth + 1),
                    None => None,
                };
                return self.py_env(name.string()?, default, span, sh);
            }
            ("shlex.split", [text]) => {
                let PyValue::Text(text) = self.py_at(text, names, sh, depth + 1)? else {
                    return None;
                };
                return Some(PyValue::List(crate::model::compose::split_words(&text)));
            }
            ("str" | "list", [one]) => return self.py_at(one, names, sh, depth + 1),
            _ => {}
        }
        let ExprKind::Attribute(holder, method) = &func.kind else { return None };
        match (method.value.as_str(), args) {
            ("split", []) => {
                let PyValue::Text(text) = self.py_at(holder, names, sh, depth + 1)? else {
                    return None;
                };
                let parts = text.split_whitespace().map(|part| text.slice_of(part));
                Some(PyValue::List(parts.collect()))
            }
            ("join", [list]) => {
                let PyValue::Text(by) = self.py_at(holder, names, sh, depth + 1)? else {
                    return None;
                };
                let PyValue::List(all) = self.py_at(list, names, sh, depth + 1)? else {
                    return None;
                };
                let mut line = Text::empty(span);
                for (i, item) in all.iter().enumerate() {
                    if i > 0 {
                        line.push_text(&by);
                    }
                    line.push_text(item);
                }
                Some(PyValue::Text(line))
            }
            _ => None,
        }
    }

    /// A variable of the environment.
    fn py_env(
        &mut self,
        name: &Text,
        default: Option<PyValue>,
        span: Span,
        sh: &Shell,
    ) -> Option<PyValue> {
        match self.lookup(name.resolved()?, span, sh) {
            Value::Set(text) => Some(PyValue::Text(text.seen_at(span))),
            Value::Unset => default,
            Value::Unknown(why) => Some(PyValue::Text(Text::unresolved(why, span))),
        }
    }
}

fn unknown(span: Span) -> Text {
    Text::unresolved(Unknown::at(Reason::NotEvaluated("this expression"), span), span)
}
