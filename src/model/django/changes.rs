//! What the methods that change a list, set or dict do.

use super::evaluator::MAX_ITEMS;
use super::value::Form;
use super::{Value, ValueKind, operators};
use crate::source::{Reason, Unknown};
use std::collections::BTreeSet;
use std::rc::Rc;

/// An error's class and words.
pub(super) type Raised = (&'static str, String);

/// Where a key leads.
enum Under {
    /// To the entry or item of this number.
    At(usize),
    /// Nowhere: an error.
    Missing(Raised),
    /// To an entry that is not seen, of something that is not known anyway.
    Unseen,
    /// It is not known where.
    Anywhere(Unknown),
}

fn under(value: &Value, key: &Value) -> Under {
    match &value.kind {
        ValueKind::Dict { entries, open } => {
            let mut unsure = (!key.is_known()).then(|| operators::why_value(key));
            let mut at = None;
            for (index, (k, _)) in entries.iter().enumerate().rev() {
                match operators::same(k, key) {
                    Some(true) => {
                        at = Some(index);
                        break;
                    }
                    Some(false) => {}
                    None => unsure = unsure.or_else(|| k.why()),
                }
            }
            match (at, unsure, open) {
                (Some(at), None, _) => Under::At(at),
                (None, None, None) => {
                    let shown = operators::repr(key).unwrap_or_default();
                    Under::Missing(("KeyError", shown))
                }
                // A new entry of an open dict is changed, and no other.
                (None, None, Some(_)) => Under::Unseen,
                (_, Some(why), _) => Under::Anywhere(why),
            }
        }
        ValueKind::List { items, open: None } => match key.kind {
            ValueKind::Int(at) => match super::slices::place(at, items.len()) {
                Some(at) => Under::At(at),
                None => Under::Missing(("IndexError", "list index out of range".to_owned())),
            },
            _ => Under::Anywhere(operators::why_value(key)),
        },
        ValueKind::List { open: Some(why), .. } => Under::Anywhere(why.clone()),
        _ => Under::Unseen,
    }
}

/// Whether a value or one on the way to what stands under the keys is held elsewhere too.
pub(super) fn is_shared(value: &Value, keys: &[Rc<Value>], shared: &BTreeSet<u32>) -> bool {
    if shared.contains(&value.identity) {
        return true;
    }
    let Some((key, rest)) = keys.split_first() else { return false };
    let Under::At(at) = under(value, key) else { return false };
    let inner = match &value.kind {
        ValueKind::Dict { entries, .. } => entries.get(at).map(|(_, v)| v),
        ValueKind::List { items, .. } => items.get(at),
        _ => None,
    };
    inner.is_some_and(|inner| is_shared(inner, rest, shared))
}

/// What stands under the keys. Where that is not known, whatever may hold it is not known any more; where there surely
/// is none, the error is given.
pub(super) fn value_at<'v>(
    value: &'v mut Value,
    keys: &[Rc<Value>],
) -> Result<&'v mut Value, Option<Raised>> {
    let Some((key, rest)) = keys.split_first() else { return Ok(value) };
    let at = match under(value, key) {
        Under::At(at) => at,
        Under::Missing(raised) => return Err(Some(raised)),
        Under::Unseen => return Err(None),
        Under::Anywhere(why) => {
            value.kind = ValueKind::Unknown(why.or_at(value.span));
            return Err(None);
        }
    };
    let found = match &mut value.kind {
        ValueKind::Dict { entries, .. } => entries.get_mut(at).map(|(_, v)| v),
        ValueKind::List { items, .. } => items.get_mut(at),
        _ => None,
    };
    value_at(found.ok_or(None)?, rest)
}

pub(super) fn change_list(
    list: &mut Value,
    method: &str,
    first: Option<Value>,
    second: Option<&Rc<Value>>,
) {
    let mut reads = Vec::new();
    let span = list.span;
    let ValueKind::List { items, open } = &mut list.kind else { return };
    match (method, first) {
        _ if items.len() >= MAX_ITEMS => {
            open.get_or_insert(Unknown::at(Reason::Limit("items of a list"), span));
        }
        ("append" | "add", Some(value)) => items.push(value),
        ("insert", Some(at)) => {
            let Some(value) = second else { return };
            let len = items.len();
            let at = match at.kind {
                ValueKind::Int(at) if at < 0 => {
                    len.saturating_sub(usize::try_from(at.unsigned_abs()).unwrap_or(len))
                }
                ValueKind::Int(at) => usize::try_from(at).unwrap_or(len).min(len),
                // `X.insert(X.index("a") + 1, …)` of something that may not be there.
                _ => {
                    open.get_or_insert_with(|| operators::why_value(&at));
                    len
                }
            };
            items.insert(at, (**value).clone());
        }
        ("extend" | "update", Some(value)) => {
            reads.clone_from(&value.reads);
            match &value.kind {
                ValueKind::List { items: more, open: why } => {
                    if let Some(why) = why {
                        open.get_or_insert_with(|| why.clone());
                    }
                    items.extend_from_slice(more);
                }
                ValueKind::Dict { entries, open: None } => {
                    items.extend(entries.iter().map(|(k, _)| k.clone()));
                }
                _ => {
                    open.get_or_insert_with(|| operators::why_value(&value));
                }
            }
        }
        ("remove" | "discard", Some(value)) if value.is_known() => {
            let mut unsure = None;
            let found = items.iter().position(|i| match operators::same(i, &value) {
                Some(same) => same,
                None => {
                    unsure = i.why();
                    false
                }
            });
            if let Some(at) = found {
                items.remove(at);
            }
            if let Some(why) = unsure {
                open.get_or_insert(why);
            }
        }
        ("clear", None) => {
            items.clear();
            *open = None;
        }
        ("pop", None) if open.is_none() => {
            items.pop();
        }
        ("pop", Some(Value { kind: ValueKind::Int(at), .. })) if open.is_none() => {
            if let Some(at) = super::slices::place(at, items.len()) {
                items.remove(at);
            }
        }
        ("reverse", None) => items.reverse(),
        ("sort", None)
            if items
                .windows(2)
                .all(|pair| matches!(pair, [a, b] if operators::order(a, b).is_some())) =>
        {
            items.sort_by(|a, b| operators::order(a, b).unwrap_or(std::cmp::Ordering::Equal));
        }
        // Something was taken out, and it is not known what: nothing is surely there.
        (_, value) => {
            items.clear();
            let why = value.as_ref().and_then(Value::why);
            let call = || Unknown::at(Reason::Call(format!("list.{method}")), span);
            open.get_or_insert(why.unwrap_or_else(call));
        }
    }
    list.add_reads(&reads);
    if list.form == Form::Set {
        *list = operators::without_doubles(list.clone());
    }
}

pub(super) fn change_dict(
    dict: &mut Value,
    method: &str,
    first: Option<Value>,
    second: Option<&Rc<Value>>,
) {
    match (method, first) {
        ("update", Some(other)) => match pairs(&other) {
            Some(pairs) => {
                pairs.into_iter().for_each(|(k, v)| operators::set_entry(dict, &k, v));
            }
            None => operators::merge(dict, &other),
        },
        ("setdefault", Some(key)) => match operators::contains(dict, &key) {
            Some(true) => {}
            Some(false) => {
                let none = Value::new(ValueKind::None, key.span);
                let value = second.map_or(none, |value| (**value).clone());
                operators::set_entry(dict, &key, value);
            }
            None => {
                let unknown = Value::unknown(operators::why_value(dict), key.span);
                operators::set_entry(dict, &key, unknown);
            }
        },
        ("pop", Some(key)) if key.is_known() => {
            if let ValueKind::Dict { entries, .. } = &mut dict.kind {
                entries.retain(|(k, _)| operators::same(k, &key) == Some(false));
            }
        }
        ("__setitem__", Some(key)) => {
            if let Some(value) = second {
                operators::set_entry(dict, &key, (**value).clone());
            }
        }
        ("clear", None) => {
            if let ValueKind::Dict { entries, open } = &mut dict.kind {
                entries.clear();
                *open = None;
            }
        }
        ("update", None) => {}
        (_, given) => {
            let call = || Unknown::at(Reason::Call(format!("dict.{method}")), dict.span);
            let why = given.as_ref().and_then(Value::why).unwrap_or_else(call);
            if let ValueKind::Dict { entries, open } = &mut dict.kind {
                entries.clear();
                open.get_or_insert(why);
            }
        }
    }
}

/// `[(key, value), …]` as what it puts into a dict.
pub(super) fn pairs(value: &Value) -> Option<Vec<(Value, Value)>> {
    let ValueKind::List { items, open: None } = &value.kind else { return None };
    let pair = |item: &Value| match item.items()? {
        [key, value] if !item.is_open() => Some((key.clone(), value.clone())),
        _ => None,
    };
    items.iter().map(pair).collect()
}

/// A set without items that are equal.
pub(super) fn without_doubles(mut set: Value) -> Value {
    if let ValueKind::List { items, open } = &mut set.kind {
        let mut kept: Vec<Value> = Vec::new();
        for item in items.drain(..) {
            let mut doubt = None;
            let double = kept.iter().any(|k| match operators::same(k, &item) {
                Some(same) => same,
                None => {
                    doubt = k.why().or_else(|| item.why());
                    false
                }
            });
            if let Some(why) = doubt {
                open.get_or_insert(why);
            }
            if !double {
                kept.push(item);
            }
            if kept.len() > 500 {
                break;
            }
        }
        *items = kept;
    }
    set
}
