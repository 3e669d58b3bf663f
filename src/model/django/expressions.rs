//! Expressions.

use super::conditions::boolean;
use super::evaluator::Evaluator;
use super::failure::Cause;
use super::object::{Args, Object};
use super::operators;
use super::value::Form;
use super::{Cast, EnvRead, Value, ValueKind};
use crate::source::{Reason, Span};
use crate::syntax::python::{BinOp, Expr, ExprKind};
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
            ExprKind::List(items) => self.list(Form::List, items, span),
            ExprKind::Tuple(items) => self.list(Form::Tuple, items, span),
            ExprKind::Set(items) => self.list(Form::Set, items, span),
            ExprKind::Dict(entries) => self.dict(entries, span),
            ExprKind::Attribute(value, name) => {
                let receiver = self.eval(value);
                self.attribute(&receiver, &name.value, span)
            }
            ExprKind::Call { func, args, keywords } => {
                if let Some(object) = self.mutating_call(func, args, keywords, span) {
                    return object;
                }
                let function = self.eval(func);
                if self.asks_import_spec(&function, args) {
                    return self.import_spec(args, span);
                }
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
                // The opposite of a text's truth: what `False` in the variable does is another matter.
                let mut value = boolean(truth, span).with_reads(&reads);
                for read in &mut value.reads {
                    if matches!(read.cast, Cast::Raw | Cast::BoolOfText) {
                        read.cast = Cast::Other;
                    }
                }
                value.into()
            }
            ExprKind::Negative(value) => self.negative(value, span),
            ExprKind::IfExp(body, test, otherwise) => {
                self.if_expression(body, test, otherwise, span)
            }
            ExprKind::FString(parts) => self.f_string(parts, span),
            ExprKind::Comprehension { makes, element, clauses } => {
                self.comprehension(makes, element, clauses, span)
            }
            ExprKind::Lambda(lambda) => self.lambda(lambda),
            ExprKind::Walrus(name, value) => {
                let object = self.eval(value);
                self.bind(&name.value, object.clone(), name.span);
                object
            }
            ExprKind::Slice(value, bounds) => self.slice(value, bounds, span),
            ExprKind::Positive(value) => self.eval(value),
            ExprKind::Starred(_) | ExprKind::Other => {
                Object::unknown(Reason::NotEvaluated("this expression"), span)
            }
        }
    }

    /// What a name stands for.
    pub(super) fn name(&mut self, name: &str, span: Span) -> Object {
        if let Some((_, object)) = self.frame.temporary.iter().rev().find(|(n, _)| n == name) {
            return object.clone();
        }
        if let Some(bound) = self.lookup(name) {
            let (object, uncertain) = (bound.object.clone(), bound.uncertain.clone());
            self.doubt(uncertain);
            return object;
        }
        match name {
            "__file__" | "__name__" | "__package__" | "__doc__" => {
                self.module_attribute(self.frame.module, name, span)
            }
            name if super::stdlib::is_builtin(name) => {
                Object::Outside(format!("builtins.{name}").into())
            }
            _ if self.open.is_some() => Object::unknown(Reason::UnboundName(name.to_owned()), span),
            _ => {
                let message = format!("name '{name}' is not defined");
                self.fail("NameError", message, Cause::Name(name.to_owned()), span);
                Object::unknown(Reason::UnboundName(name.to_owned()), span)
            }
        }
    }

    /// Items, `*rest` included.
    fn list(&mut self, form: Form, exprs: &[Expr], span: Span) -> Object {
        let (mut items, mut open, mut reads) = (Vec::new(), None, Vec::new());
        for expr in exprs {
            if let ExprKind::Starred(inner) = &expr.kind {
                let object = self.eval(inner);
                reads.extend_from_slice(object.reads());
                let (more, why) = self.iterate(&object, inner.span);
                items.extend(more.iter().map(|o| (*o.value(span)).clone()));
                open = open.or(why);
            } else {
                let value = self.value(expr);
                items.push(self.copied(&value));
            }
            if !self.work(1) {
                break;
            }
        }
        let list = Value::list(form, items, open, span).with_reads(&reads);
        let list = if form == Form::Set { operators::without_doubles(list) } else { list };
        self.sane(list).into()
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
    pub(super) fn args(
        &mut self,
        exprs: &[Expr],
        keywords: &[(Option<crate::source::Spanned<String>>, Expr)],
        span: Span,
    ) -> Args {
        let mut args = Args::of_positional(Vec::new(), span);
        for expr in exprs {
            if let ExprKind::Starred(inner) = &expr.kind {
                let object = self.eval(inner);
                let (items, why) = self.iterate(&object, inner.span);
                args.open = args.open.take().or(why);
                args.positional.extend(items);
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

    /// `left op right`
    pub(super) fn binary(&mut self, left: &Value, op: BinOp, right: &Value, span: Span) -> Value {
        let kind = match operators::misfit(left, op, right) {
            Some((kind, message)) => ValueKind::Unknown(self.failed(kind, message, span)),
            None => operators::binary(left, op, right, span),
        };
        let form = match (&left.kind, &right.kind) {
            (ValueKind::List { .. } | ValueKind::Path(_), _) => left.form,
            (_, ValueKind::List { .. } | ValueKind::Path(_)) => right.form,
            _ => Form::List,
        };
        let value = Value { form, ..Value::new(kind, span) }
            .with_reads(&left.reads)
            .with_reads(&right.reads);
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
