//! Expressions.

use super::conditions::boolean;
use super::evaluator::{Evaluator, MAX_BYTES};
use super::object::{Args, Function, FunctionBody, Object};
use super::operators;
use super::{Cast, EnvRead, Value, ValueKind};
use crate::source::{Reason, Span, Text, Unknown};
use crate::syntax::python::{BinOp, Expr, ExprKind, FPart};
use std::rc::Rc;

impl Evaluator<'_> {
    /// What an expression is.
    pub(super) fn eval(&mut self, expr: &Expr) -> Object {
        self.deeper(|m| m.eval_kind(expr))
            .unwrap_or_else(|| Object::unknown(Reason::Limit("work"), expr.span))
    }

    /// An expression as a value.
    pub(super) fn value(&mut self, expr: &Expr) -> Rc<Value> {
        self.eval(expr).value(expr.span)
    }

    fn eval_kind(&mut self, expr: &Expr) -> Object {
        let span = expr.span;
        match &expr.kind {
            ExprKind::Name(name) => self.name(name, span),
            ExprKind::Str(text) => Object::plain(ValueKind::Str(text.clone()), span),
            ExprKind::Int(int) => Object::plain(ValueKind::Int(*int), span),
            ExprKind::Float(float) => Object::plain(ValueKind::Float(*float), span),
            ExprKind::Bool(b) => Object::plain(ValueKind::Bool(*b), span),
            ExprKind::None => Object::plain(ValueKind::None, span),
            ExprKind::List(items) | ExprKind::Tuple(items) | ExprKind::Set(items) => {
                self.list(items, span)
            }
            ExprKind::Dict(entries) => self.dict(entries, span),
            ExprKind::Attribute(value, name) => {
                let receiver = self.eval(value);
                self.attribute(&receiver, &name.value, span)
            }
            ExprKind::Call { func, args, keywords } => {
                let function = self.eval(func);
                let args = self.args(args, keywords, span);
                self.call(&function, &args)
            }
            ExprKind::Subscript(value, index) => {
                let receiver = self.eval(value);
                let index = self.eval(index);
                self.subscript(&receiver, &index, span)
            }
            ExprKind::Binary(left, op, right) => {
                let (left, right) = (self.value(left), self.value(right));
                self.binary(&left, *op, &right, span).into()
            }
            ExprKind::Compare(left, rest) => self.compare(left, rest, span),
            ExprKind::BoolOp(and, parts) => self.bool_op(*and, parts, span),
            ExprKind::Not(_) => {
                let mut reads = Vec::new();
                let truth = self.test(expr, &mut reads);
                boolean(truth, span).with_reads(&reads).into()
            }
            ExprKind::Negative(value) => self.negative(value, span),
            ExprKind::IfExp(body, test, otherwise) => {
                self.if_expression(body, test, otherwise, span)
            }
            ExprKind::FString(parts) => self.f_string(parts, span),
            ExprKind::Comprehension { element, target, iterable, conditions, simple } => {
                self.comprehension(element, target, iterable, conditions, *simple, span)
            }
            ExprKind::Lambda(params, body) => {
                let params = params.iter().map(|p| (p.clone(), None)).collect();
                let body = FunctionBody::Expression((**body).clone());
                Object::Function(Rc::new(Function {
                    params,
                    rest: None,
                    body,
                    module: self.frame.module,
                }))
            }
            ExprKind::Walrus(name, value) => {
                let object = self.eval(value);
                self.bind(&name.value, object.clone(), name.span);
                object
            }
            ExprKind::Slice => Object::unknown(Reason::NotEvaluated("a slice"), span),
            ExprKind::Starred(_) | ExprKind::Other => {
                Object::unknown(Reason::NotEvaluated("this expression"), span)
            }
        }
    }

    fn name(&mut self, name: &str, span: Span) -> Object {
        if let Some((_, object)) = self.frame.temporary.iter().rev().find(|(n, _)| n == name) {
            return object.clone();
        }
        if let Some(bound) = self.lookup(name) {
            let (object, uncertain) = (bound.object.clone(), bound.uncertain.clone());
            self.doubt(uncertain);
            return object;
        }
        match name {
            "__file__" | "__name__" => self.module_attribute(self.frame.module, name, span),
            "bool" | "int" | "str" | "float" | "list" | "tuple" | "set" | "frozenset" | "dict"
            | "len" | "map" | "filter" | "sorted" | "any" | "all" | "min" | "max" | "open"
            | "globals" | "locals" | "vars" | "exec" | "eval" | "isinstance" | "print"
            | "getattr" | "reversed" => Object::Outside(format!("builtins.{name}").into()),
            _ => Object::unknown(Reason::UnboundName(name.to_owned()), span),
        }
    }

    /// Items, `*rest` included.
    fn list(&mut self, exprs: &[Expr], span: Span) -> Object {
        let (mut items, mut open, mut reads) = (Vec::new(), None, Vec::new());
        for expr in exprs {
            if let ExprKind::Starred(inner) = &expr.kind {
                let value = self.value(inner);
                reads.extend_from_slice(&value.reads);
                if value.items().is_none() || value.is_open() {
                    open.get_or_insert_with(|| operators::why_value(&value));
                }
                items.extend_from_slice(value.items().unwrap_or_default());
            } else {
                let value = self.value(expr);
                items.push(self.copied(&value));
            }
            if !self.work(1) {
                break;
            }
        }
        self.sane(Value::new(ValueKind::List { items, open }, span).with_reads(&reads)).into()
    }

    fn dict(&mut self, exprs: &[(Option<Expr>, Expr)], span: Span) -> Object {
        let mut dict = Value::new(ValueKind::Dict { entries: Vec::new(), open: None }, span);
        for (key, value) in exprs {
            let value = self.value(value);
            match key {
                Some(key) => {
                    let key = self.value(key);
                    let value = self.copied(&value);
                    operators::set_entry(&mut dict, &key, value);
                }
                None => operators::merge(&mut dict, &value),
            }
            if !self.work(1) {
                break;
            }
        }
        self.sane(dict).into()
    }

    /// Arguments, `*rest` and `**rest` taken apart where they are known.
    fn args(
        &mut self,
        exprs: &[Expr],
        keywords: &[(Option<crate::source::Spanned<String>>, Expr)],
        span: Span,
    ) -> Args {
        let mut args = Args::of_positional(Vec::new(), span);
        for expr in exprs {
            if let ExprKind::Starred(inner) = &expr.kind {
                let value = self.value(inner);
                if value.items().is_none() || value.is_open() {
                    args.open.get_or_insert_with(|| operators::why_value(&value));
                }
                args.positional
                    .extend(value.items().unwrap_or_default().iter().cloned().map(Object::from));
            } else {
                args.positional.push(self.eval(expr));
            }
        }
        for (name, expr) in keywords {
            let object = self.eval(expr);
            match (name, object.known().map(|v| &v.kind)) {
                (Some(name), _) => args.named.push((name.value.clone(), object)),
                (None, Some(ValueKind::Dict { entries, open })) => {
                    args.open = args.open.take().or_else(|| open.clone());
                    args.named.extend(
                        entries
                            .iter()
                            .filter_map(|(k, v)| Some((k.as_str()?.to_owned(), v.clone().into()))),
                    );
                }
                (None, _) => {
                    args.open.get_or_insert_with(|| object.why(expr.span));
                }
            }
        }
        args
    }

    fn negative(&mut self, expr: &Expr, span: Span) -> Object {
        let value = self.value(expr);
        let kind = match value.kind {
            ValueKind::Int(int) => int.checked_neg().map(ValueKind::Int),
            ValueKind::Float(float) => Some(ValueKind::Float(-float)),
            _ => None,
        };
        let kind = kind.unwrap_or_else(|| ValueKind::Unknown(operators::why_value(&value)));
        Value::new(kind, span).with_reads(&value.reads).into()
    }

    fn f_string(&mut self, parts: &[FPart], span: Span) -> Object {
        let mut text = Text::empty(span);
        let mut reads = Vec::new();
        let mut unknown = None;
        for part in parts {
            match part {
                FPart::Literal(literal) => text.push_text(literal),
                FPart::Value { value, plain } => {
                    let value = self.value(value);
                    reads.extend_from_slice(&value.reads);
                    match operators::to_text(&value).filter(|_| *plain) {
                        Some(part) if text.as_str().len() + part.as_str().len() <= MAX_BYTES => {
                            text.push_text(&part)
                        }
                        Some(_) => {
                            unknown =
                                unknown.or_else(|| Some(Unknown::at(Reason::Limit("a text"), span)))
                        }
                        None => unknown = unknown.or(Some(operators::why_value(&value))),
                    }
                }
            }
        }
        let kind = unknown.map_or(ValueKind::Str(text), ValueKind::Unknown);
        self.sane(Value::new(kind, span).with_reads(&reads)).into()
    }

    fn comprehension(
        &mut self,
        element: &Expr,
        target: &Expr,
        iterable: &Expr,
        conditions: &[Expr],
        simple: bool,
        span: Span,
    ) -> Object {
        let source = self.value(iterable);
        let ExprKind::Name(name) = &target.kind else { return unknown_loop(&source, span) };
        let (true, Some(items)) = (simple, source.items()) else {
            return unknown_loop(&source, span);
        };
        let (mut out, mut open) = (Vec::new(), source.open().cloned());
        let mut reads = source.reads.clone();
        for item in items {
            if !self.work(1) {
                open.get_or_insert(Unknown::at(Reason::Limit("work"), span));
                break;
            }
            self.frame.temporary.push((name.clone(), item.clone().into()));
            let kept = conditions
                .iter()
                .map(|c| self.test(c, &mut reads))
                .try_fold(true, |all, t| t.map(|t| all && t));
            match kept {
                Ok(true) => {
                    let value = self.value(element);
                    out.push(self.copied(&value));
                }
                Ok(false) => {}
                Err(why) => {
                    open.get_or_insert(why);
                }
            }
            self.frame.temporary.pop();
        }
        self.sane(Value::new(ValueKind::List { items: out, open }, span).with_reads(&reads)).into()
    }

    /// `left op right`
    pub(super) fn binary(&mut self, left: &Value, op: BinOp, right: &Value, span: Span) -> Value {
        let kind = operators::binary(left, op, right, span);
        let value = Value::new(kind, span).with_reads(&left.reads).with_reads(&right.reads);
        self.sane(value)
    }

    /// Says what the reads of a value were made into.
    pub(super) fn recast(&mut self, mut value: Value, cast: Cast) -> Value {
        for read in value.reads.iter_mut().filter(|r| r.cast == Cast::Raw) {
            read.cast = cast;
        }
        for read in &value.reads {
            self.note_read(read);
        }
        value
    }
}

fn unknown_loop(source: &Value, span: Span) -> Object {
    let why = source.why().unwrap_or(Reason::NotEvaluated("a loop of this form").into());
    Value::unknown(why, span).with_reads(&source.reads).into()
}

/// An object with more variables behind it.
pub(super) fn with_reads(object: Object, reads: &[EnvRead]) -> Object {
    match object {
        Object::Value(mut value) if !reads.is_empty() => {
            Rc::make_mut(&mut value).add_reads(reads);
            Object::Value(value)
        }
        other => other,
    }
}
