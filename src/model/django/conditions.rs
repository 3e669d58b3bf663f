//! Expressions that are true or false, and those that choose by one: `not`, `and`, `in`, `x if y else z`.

use super::evaluator::Evaluator;
use super::expressions::with_reads;
use super::join::join_returns;
use super::object::Object;
use super::operators::{self, truth};
use super::{Cast, EnvRead, Value, ValueKind};
use crate::source::{Reason, Span, Unknown};
use crate::syntax::python::{CmpOp, Expr, ExprKind};
use std::rc::Rc;

/// A boolean that may not be known.
pub(super) fn boolean(truth: Result<bool, Unknown>, span: Span) -> Value {
    truth.map_or_else(|why| Value::unknown(why, span), |t| Value::new(ValueKind::Bool(t), span))
}

/// An object as what it is compared by.
fn plain(object: &Object, span: Span) -> std::borrow::Cow<'_, Object> {
    if matches!(object, Object::Instance(_)) {
        let value = object.value(span);
        if value.is_known() {
            return std::borrow::Cow::Owned(Object::Value(value));
        }
    }
    std::borrow::Cow::Borrowed(object)
}

/// Why two values cannot be compared.
fn undecided(left: &Object, right: &Object, span: Span) -> Unknown {
    let why = |o: &Object| o.value(span).why();
    why(left).or_else(|| why(right)).unwrap_or(Unknown::at(Reason::Condition, span))
}

impl Evaluator<'_> {
    /// Whether a test holds, or why that is not known; the variables that decide it are added to `reads`.
    pub(super) fn test(&mut self, expr: &Expr, reads: &mut Vec<EnvRead>) -> Result<bool, Unknown> {
        let outer = self.uncertain.take();
        let truth = self
            .deeper(|m| m.test_kind(expr, reads))
            .unwrap_or_else(|| Err(Unknown::at(Reason::Limit("work"), expr.span)));
        // A name that may have another value decides nothing.
        let uncertain = std::mem::replace(&mut self.uncertain, outer);
        uncertain.map_or(truth, |why| Err(Rc::unwrap_or_clone(why)))
    }

    fn test_kind(&mut self, expr: &Expr, reads: &mut Vec<EnvRead>) -> Result<bool, Unknown> {
        match &expr.kind {
            ExprKind::Not(inner) => self.test(inner, reads).map(|t| !t),
            ExprKind::BoolOp(and, parts) => {
                // `unknown and False` is false all the same.
                let mut all = Ok(*and);
                for part in parts {
                    // Behind something unknown a part may not be looked at at all.
                    let truth = match &all {
                        Ok(_) => self.test(part, reads),
                        Err(_) => self.perhaps(|m| m.test(part, reads)),
                    };
                    match truth {
                        Ok(truth) if truth != *and => return Ok(truth),
                        Ok(_) => {}
                        Err(why) => all = all.and(Err(why)),
                    }
                }
                all
            }
            _ => {
                let object = self.eval(expr);
                reads.extend_from_slice(object.reads());
                match &object {
                    Object::Value(value) => truth(value).ok_or_else(|| object.why(expr.span)),
                    // Nothing has loaded the settings before they are chosen, or while they load.
                    Object::Outside(name)
                        if matches!(
                            &**name,
                            "typing.TYPE_CHECKING" | "django.conf.settings.configured"
                        ) =>
                    {
                        Ok(false)
                    }
                    Object::Outside(name)
                        if name.starts_with("builtins.") || name.ends_with("()") =>
                    {
                        Ok(true)
                    }
                    Object::Outside(_) | Object::Method(..) => Err(object.why(expr.span)),
                    Object::Instance(_) => match &*object.value(expr.span) {
                        value if value.is_known() => {
                            truth(value).ok_or_else(|| object.why(expr.span))
                        }
                        _ => Ok(true),
                    },
                    _ => Ok(true),
                }
            }
        }
    }

    pub(super) fn bool_op(&mut self, and: bool, parts: &[Expr], span: Span) -> Object {
        let mut reads: Vec<EnvRead> = Vec::new();
        for (index, part) in parts.iter().enumerate() {
            let object = self.eval(part);
            reads.extend_from_slice(object.reads());
            let truth = match &object {
                Object::Value(value) => truth(value),
                Object::Outside(_) | Object::Method(..) => None,
                _ => Some(true),
            };
            match truth {
                _ if index + 1 == parts.len() => return with_reads(object, &reads),
                Some(truth) if truth != and => return with_reads(object, &reads),
                Some(_) => {}
                None => {
                    let mut decided = Vec::new();
                    let rest = self.perhaps(|m| {
                        parts[index + 1..].iter().any(|p| m.test(p, &mut decided) == Ok(!and))
                    });
                    reads.append(&mut decided);
                    let is_test = matches!(part.kind, ExprKind::Compare(..) | ExprKind::Not(_));
                    let kind = if rest && is_test {
                        ValueKind::Bool(!and)
                    } else {
                        ValueKind::Unknown(object.why(part.span))
                    };
                    // `unknown and ""` is one or the other, both of them false.
                    let truth = rest.then_some(!and);
                    return Value { truth, ..Value::new(kind, span) }.with_reads(&reads).into();
                }
            }
        }
        Object::unknown(Reason::NotEvaluated("this expression"), span)
    }

    pub(super) fn if_expression(
        &mut self,
        body: &Expr,
        test: &Expr,
        otherwise: &Expr,
        span: Span,
    ) -> Object {
        let mut reads = Vec::new();
        match self.test(test, &mut reads) {
            Ok(true) => {
                let object = self.eval(body);
                with_reads(object, &reads)
            }
            Ok(false) => {
                let object = self.eval(otherwise);
                with_reads(object, &reads)
            }
            Err(_) => {
                let (body, otherwise) = self.perhaps(|m| (m.eval(body), m.eval(otherwise)));
                if body.same(&otherwise) {
                    return with_reads(body, &reads);
                }
                let why = Unknown::at(Reason::Condition, test.span);
                with_reads(join_returns(&body, &[otherwise], span, &why), &reads)
            }
        }
    }

    pub(super) fn compare(&mut self, left: &Expr, rest: &[(CmpOp, Expr)], span: Span) -> Object {
        let mut left = self.eval(left);
        let mut reads: Vec<EnvRead> = left.reads().to_vec();
        let mut all = Ok(true);
        for (op, right) in rest {
            let right = self.eval(right);
            reads.extend_from_slice(right.reads());
            if let Some(items) = right.known().and_then(Value::items) {
                reads.extend(items.iter().flat_map(|i| i.reads.iter().cloned()));
            }
            // Members of an enumeration are compared by what they are.
            let (left_value, right_value) = (plain(&left, span), plain(&right, span));
            let (left_side, right_side) = (left_value.as_ref(), right_value.as_ref());
            if let (CmpOp::In | CmpOp::NotIn, Some(Value { kind: ValueKind::None, .. })) =
                (op, right.known())
            {
                let words = "argument of type 'NoneType' is not iterable";
                self.failed("TypeError", words, span);
            }
            let outcome = match (op, right.outside()) {
                (CmpOp::In | CmpOp::NotIn, Some(name)) if super::environment::is_environ(name) => {
                    let (answer, read) = self.is_set(&left, span);
                    reads.extend(read);
                    answer.map(|a| a == (*op == CmpOp::In))
                }
                (CmpOp::In | CmpOp::NotIn, _) if matches!(right, Object::Namespace) => {
                    let has = match left.as_str() {
                        Some(name) => self.namespace_has(name, span),
                        None => Err(left.why(span)),
                    };
                    has.map(|has| has == (*op == CmpOp::In))
                }
                _ if matches!(op, CmpOp::Lt | CmpOp::LtE | CmpOp::Gt | CmpOp::GtE)
                    && operators::unordered(left_side, right_side) =>
                {
                    let words = "'<' not supported between instances of these types";
                    Err(self.failed("TypeError", words, span))
                }
                (CmpOp::Eq | CmpOp::NotEq | CmpOp::Is | CmpOp::IsNot, _)
                    if let Some(same) = self.same_member(&left, &right, span) =>
                {
                    Ok(same == matches!(op, CmpOp::Eq | CmpOp::Is))
                }
                _ => operators::compare(left_side, *op, right_side)
                    .ok_or_else(|| undecided(&left, &right, span)),
            };
            match outcome {
                Ok(false) => {
                    all = Ok(false);
                    break;
                }
                Ok(true) => {}
                Err(why) => all = all.and(Err(why)),
            }
            left = right;
        }
        let value = boolean(all, span).with_reads(&reads);
        self.recast(value, Cast::Bool).into()
    }
}
