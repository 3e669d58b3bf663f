//! What is known when it is not known which way was taken.

use super::object::{Bound, Object};
use super::{EnvRead, Value, ValueKind, operators};
use crate::source::{Span, Unknown};
use std::rc::Rc;

/// One result for all ways a call may go.
pub(super) fn join_returns(first: &Object, rest: &[Object], span: Span, why: &Unknown) -> Object {
    if rest.iter().all(|o| o.same(first)) {
        return first.clone();
    }
    let values: Vec<_> = std::iter::once(first).chain(rest).map(|o| o.value(span)).collect();
    join_values(&values.iter().map(|v| &**v).collect::<Vec<_>>(), span, why).into()
}

/// One value for several: tuples of the same length item by item, of lists what all of them have.
fn join_values(values: &[&Value], span: Span, why: &Unknown) -> Value {
    let unknown = Value::unknown(why.clone(), span);
    let Some((first, rest)) = values.split_first() else { return unknown };
    if rest.iter().all(|v| operators::same(first, v) == Some(true)) {
        return (*first).clone();
    }
    let lists: Option<Vec<&[Value]>> = values.iter().map(|v| v.items()).collect();
    let mut joined = match lists {
        // Only short ones are tuples that are taken apart again.
        Some(lists)
            if lists.iter().all(|l| l.len() == lists[0].len() && l.len() <= 8)
                && !values.iter().any(|v| v.is_open()) =>
        {
            let items = (0..lists[0].len()).map(|i| {
                join_values(&lists.iter().filter_map(|l| l.get(i)).collect::<Vec<_>>(), span, why)
            });
            Value::new(ValueKind::List { items: items.collect(), open: None }, span)
        }
        Some(lists) => {
            let mut items = lists[0].to_vec();
            keep_common(&mut items, &lists);
            Value::new(ValueKind::List { items, open: Some(why.clone()) }, span)
        }
        None => unknown,
    };
    for value in values {
        joined.add_reads(&value.reads);
    }
    joined
}

/// Only what every list has is surely there.
fn keep_common(items: &mut Vec<Value>, lists: &[&[Value]]) {
    if items.len().saturating_mul(lists.iter().map(|l| l.len()).sum()) > 1_000_000 {
        items.clear();
    }
    items.retain(|item| {
        lists.iter().all(|list| list.iter().any(|other| operators::same(other, item) == Some(true)))
    });
}

/// What a name is bound to after several ways, each with whether it bound the name.
pub(super) fn join(
    ways: &[(bool, Option<&Bound>)],
    reads: &[EnvRead],
    why: &Rc<Unknown>,
) -> Option<Bound> {
    let bounds: Vec<&Bound> = ways.iter().filter_map(|(_, b)| *b).collect();
    let (first, rest) = bounds.split_first()?;
    let everywhere = bounds.len() == ways.len();
    if everywhere && rest.iter().all(|b| b.object.same(&first.object)) {
        let uncertain = bounds.iter().find_map(|b| b.uncertain.clone());
        return Some(Bound { uncertain, ..(*bounds.last()?).clone() });
    }
    // The last that was assigned, rather one that is known.
    let assigned = || ways.iter().rev().filter(|(changed, _)| *changed).filter_map(|(_, b)| *b);
    let is_known = |b: &&Bound| b.object.known().is_none_or(Value::is_known);
    let last = assigned().find(is_known).or_else(|| assigned().next()).unwrap_or(first);
    let mut joined = Bound { uncertain: Some(why.clone()), ..last.clone() };
    if let Object::Value(value) = &last.object {
        let mut value = (**value).clone();
        if let ValueKind::List { items, open } = &mut value.kind {
            let others: Vec<&[Value]> = bounds
                .iter()
                .map(|b| b.object.known().and_then(Value::items).unwrap_or_default())
                .collect();
            keep_common(items, &others);
            open.get_or_insert_with(|| (**why).clone());
            // Where one way only adds to what the others have, that much is sure, and that there may be more is told.
            let least = others.iter().map(|o| o.len()).min();
            let sure = everywhere && bounds.iter().all(|b| b.uncertain.is_none());
            if sure && !items.is_empty() && least == Some(items.len()) {
                joined.uncertain = None;
            }
        }
        value.add_reads(reads);
        joined.object = value.into();
    }
    Some(joined)
}
