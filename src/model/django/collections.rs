//! Lists, sets and dicts that functions of Python's own make of others.

use super::changes::pairs;
use super::evaluator::Evaluator;
use super::object::{Args, Object};
use super::operators::{self, truth};
use super::value::Form;
use super::{Value, ValueKind};
use crate::source::{Reason, Span, Unknown};
use std::rc::Rc;

impl Evaluator<'_> {
    /// `sum`, `min`, `max`, `abs`, `round` of whole numbers.
    pub(super) fn of_numbers(&mut self, name: &str, args: &Args) -> Object {
        let span = args.span;
        let objects = match &args.positional[..] {
            [only] if matches!(name, "sum" | "min" | "max") => {
                let (items, open) = self.iterate(only, span);
                if let Some(why) = open {
                    return Value::unknown(why, span).with_reads(&args.reads()).into();
                }
                items
            }
            all => all.to_vec(),
        };
        let ints: Option<Vec<i64>> = objects
            .iter()
            .map(|o| match o.known()?.kind {
                ValueKind::Int(int) => Some(int),
                _ => None,
            })
            .collect();
        let made = ints.filter(|_| args.named.is_empty()).and_then(|ints| match name {
            "sum" => ints.iter().try_fold(0i64, |a, b| a.checked_add(*b)),
            "min" => ints.iter().min().copied(),
            "max" => ints.iter().max().copied(),
            "abs" => ints.first()?.checked_abs(),
            _ => ints.first().copied(),
        });
        match made {
            Some(made) => Value::new(ValueKind::Int(made), span).with_reads(&args.reads()).into(),
            None => self.unknown_call(name, args),
        }
    }

    /// `list(items)`, `tuple(items)`, `set(items)`; the order of a set is not known.
    pub(super) fn make_list(&mut self, name: &str, from: &Object, span: Span) -> Object {
        let form = match name {
            "list" => Form::List,
            "tuple" => Form::Tuple,
            _ => Form::Set,
        };
        let source = from.value(span);
        let unordered = source.form == Form::Set
            && form != Form::Set
            && source.items().is_some_and(|items| items.len() > 1 || source.is_open());
        if unordered {
            let why = Unknown::at(Reason::NotEvaluated("the order of a set"), span);
            return Value::unknown(why, span).with_reads(from.reads()).into();
        }
        let (items, open) = self.iterate(from, span);
        let items = items.iter().map(|o| (*o.value(span)).clone()).collect();
        // A list made of a list shows the place where that is written.
        let place = if source.items().is_some() { source.span } else { span };
        let list = Value::list(form, items, open, place).with_reads(from.reads());
        let list = if form == Form::Set { operators::without_doubles(list) } else { list };
        self.sane(list).into()
    }

    /// `sorted(items)`, `reversed(items)`
    pub(super) fn in_order(&mut self, backwards: bool, from: &Object, args: &Args) -> Object {
        let span = args.span;
        let (items, open) = self.iterate(from, span);
        let mut items: Vec<Value> = items.iter().map(|o| (*o.value(span)).clone()).collect();
        let unknown =
            |why: Unknown| Object::from(Value::unknown(why, span).with_reads(from.reads()));
        if let Some(why) = open {
            return unknown(why);
        }
        if backwards {
            items.reverse();
        } else {
            let plain = args.named("key").is_none();
            let reverse = args.named("reverse").map(|o| truth(&o.value(span)));
            let comparable = items
                .windows(2)
                .all(|pair| matches!(pair, [a, b] if operators::order(a, b).is_some()));
            if !plain || !comparable || reverse == Some(None) {
                return unknown(Unknown::at(Reason::NotEvaluated("this order"), span));
            }
            items.sort_by(|a, b| operators::order(a, b).unwrap_or(std::cmp::Ordering::Equal));
            if reverse == Some(Some(true)) {
                items.reverse();
            }
        }
        let list = Value::list(Form::List, items, None, span).with_reads(from.reads());
        self.sane(list).into()
    }

    /// `zip(a, b)`, `enumerate(a, start)`
    pub(super) fn zip(&mut self, enumerate: bool, args: &Args) -> Object {
        let span = args.span;
        let mut columns: Vec<Vec<Object>> = Vec::new();
        let mut open = None;
        let given = if enumerate { 1 } else { args.positional.len() };
        for object in args.positional.iter().take(given) {
            let (items, why) = self.iterate(object, span);
            open = open.or(why);
            columns.push(items);
        }
        let start = match args.get(1, "start").filter(|_| enumerate).map(|o| o.value(span)) {
            None => 0,
            Some(value) => match value.kind {
                ValueKind::Int(start) => start,
                _ => return self.unknown_call("enumerate", args),
            },
        };
        if let Some(why) = open {
            return Value::unknown(why, span).with_reads(&args.reads()).into();
        }
        let len = columns.iter().map(Vec::len).min().unwrap_or(0);
        let rows = (0..len).map(|at| {
            let mut row: Vec<Value> = Vec::new();
            if enumerate {
                row.push(Value::new(ValueKind::Int(start.saturating_add(at as i64)), span));
            }
            let cells = columns.iter().filter_map(|c| c.get(at));
            row.extend(cells.map(|o| (*o.value(span)).clone()));
            Value::list(Form::Tuple, row, None, span)
        });
        let list = Value::list(Form::List, rows.collect(), None, span).with_reads(&args.reads());
        self.sane(list).into()
    }

    /// `dict(base, name=value)`
    pub(super) fn make_dict(&mut self, base: Option<&Object>, args: &Args) -> Object {
        let mut dict =
            Value::new(ValueKind::Dict { entries: Vec::new(), open: args.open.clone() }, args.span);
        if let Some(base) = base {
            if base.outside().is_some_and(super::environment::is_environ) {
                return Object::Outside("os.environ()".into());
            }
            let base = base.value(args.span);
            match pairs(&base) {
                Some(pairs) => {
                    dict.add_reads(&base.reads);
                    pairs.into_iter().for_each(|(k, v)| operators::set_entry(&mut dict, &k, v));
                }
                None => operators::merge(&mut dict, &base),
            }
        }
        for (name, object) in &args.named {
            let value = object.value(args.span);
            let value = self.copied(&value);
            operators::set_entry(&mut dict, &Value::text(name.clone(), args.span), value);
        }
        self.sane(dict).into()
    }

    /// `map(function, items)` and `filter(function, items)`
    pub(super) fn map(&mut self, filter: bool, function: &Object, args: &Args) -> Object {
        let Some(source) = args.positional.get(1).filter(|_| args.positional.len() == 2) else {
            return self.unknown_call("map", args);
        };
        let (items, open) = self.iterate(source, args.span);
        let items: Vec<Value> = items.iter().map(|o| (*o.value(args.span)).clone()).collect();
        let none = function.known().is_some_and(|f| f.kind == ValueKind::None);
        let (mut out, mut open) = (Vec::new(), open);
        for item in &items {
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
        self.sane(Value::list(Form::List, out, open, args.span).with_reads(source.reads())).into()
    }
}
