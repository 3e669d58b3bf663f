//! Comprehensions.

use super::evaluator::Evaluator;
use super::functions::empty_dict;
use super::object::Object;
use super::operators;
use super::value::Form;
use super::{EnvRead, Value, ValueKind};
use crate::source::{Reason, Span, Unknown};
use crate::syntax::python::{Clause, Expr, ExprKind, Makes};

/// A comprehension under way.
struct Making {
    value: Value,
    reads: Vec<EnvRead>,
}

impl Evaluator<'_> {
    /// `[element for target in iterable if condition …]`
    pub(super) fn comprehension(
        &mut self,
        makes: &Makes,
        element: &Expr,
        clauses: &[Clause],
        span: Span,
    ) -> Object {
        let value = match makes {
            Makes::List => Value::list(Form::List, Vec::new(), None, span),
            Makes::Set => Value::list(Form::Set, Vec::new(), None, span),
            Makes::Dict(_) => empty_dict(span),
        };
        let mut making = Making { value, reads: Vec::new() };
        self.clause(makes, element, clauses, &mut making);
        let mut value = making.value.with_reads(&making.reads);
        if matches!(makes, Makes::Set) {
            value = operators::without_doubles(value);
        }
        self.sane(value).into()
    }

    fn clause(&mut self, makes: &Makes, element: &Expr, clauses: &[Clause], making: &mut Making) {
        let Some((clause, rest)) = clauses.split_first() else {
            return self.make_item(makes, element, making);
        };
        let source = self.eval(&clause.iterable);
        making.reads.extend_from_slice(source.reads());
        let (items, open) = self.iterate(&source, clause.iterable.span);
        if let Some(why) = open {
            reopen(&mut making.value, why);
        }
        for item in items {
            if !self.work(1) {
                reopen(&mut making.value, Unknown::at(Reason::Limit("work"), element.span));
                return;
            }
            let before = self.frame.temporary.len();
            self.bind_temporary(&clause.target, &item);
            let mut kept = Ok(true);
            for condition in &clause.conditions {
                match self.test(condition, &mut making.reads) {
                    Ok(true) => {}
                    Ok(false) => {
                        kept = Ok(false);
                        break;
                    }
                    Err(why) => kept = Err(why),
                }
            }
            match kept {
                Ok(true) => self.clause(makes, element, rest, making),
                Ok(false) => {}
                Err(why) => reopen(&mut making.value, why),
            }
            self.frame.temporary.truncate(before);
        }
    }

    fn make_item(&mut self, makes: &Makes, element: &Expr, making: &mut Making) {
        if let Makes::Dict(key) = makes {
            let key = self.value(key);
            let value = self.value(element);
            let value = self.copied(&value);
            operators::set_entry(&mut making.value, &key, value);
            return;
        }
        let value = self.value(element);
        let value = self.copied(&value);
        if let ValueKind::List { items, .. } = &mut making.value.kind {
            items.push(value);
        }
    }

    /// Binds the loop variable of a comprehension, which nothing outside sees.
    fn bind_temporary(&mut self, target: &Expr, item: &Object) {
        match &target.kind {
            ExprKind::Name(name) => self.frame.temporary.push((name.clone(), item.clone())),
            ExprKind::Tuple(parts) | ExprKind::List(parts) => {
                let (items, _) = self.iterate(item, target.span);
                let fits = items.len() == parts.len();
                for (index, part) in parts.iter().enumerate() {
                    let found = items.get(index).filter(|_| fits).cloned();
                    let unknown = || Object::unknown(item.why(part.span), part.span);
                    self.bind_temporary(part, &found.unwrap_or_else(unknown));
                }
            }
            _ => {}
        }
    }
}

fn reopen(value: &mut Value, why: Unknown) {
    if let ValueKind::List { open, .. } | ValueKind::Dict { open, .. } = &mut value.kind {
        open.get_or_insert(why);
    }
}
