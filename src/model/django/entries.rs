//! Entries of dicts.

use super::operators::{same, why_value};
use super::{Value, ValueKind};
use crate::source::{Reason, Unknown};

/// Entries of a dict; more are not looked through for a key.
pub(super) const MAX_ENTRIES: usize = 2_000;

/// `dict[key] = value`
pub(super) fn set_entry(dict: &mut Value, key: &Value, value: Value) {
    let ValueKind::Dict { entries, open } = &mut dict.kind else { return };
    if !key.is_known() {
        let why = why_value(key);
        for (_, value) in entries.iter_mut() {
            *value = Value::unknown(why.clone(), value.span);
        }
        open.get_or_insert(why);
        return;
    }
    if entries.len() >= MAX_ENTRIES {
        open.get_or_insert_with(|| Unknown::at(Reason::Limit("entries of a dict"), value.span));
        return;
    }
    // Strings are by far the most frequent keys; a long dict of them must not be walked by `same`.
    let found = entries.iter_mut().find(|(k, _)| match (k.as_str(), key.as_str()) {
        (Some(a), Some(b)) => a == b,
        (None, None) => same(k, key) == Some(true),
        _ => false,
    });
    match found {
        Some((_, old)) => *old = value,
        None => entries.push((key.clone(), value)),
    }
}

/// `dict.update(other)`: what may be overridden by something unknown is not known any more.
pub(super) fn merge(dict: &mut Value, other: &Value) {
    dict.add_reads(&other.reads);
    let why = match &other.kind {
        ValueKind::Dict { open, .. } => open.clone(),
        _ => Some(why_value(other)),
    };
    if let (Some(why), ValueKind::Dict { entries, open }) = (&why, &mut dict.kind) {
        for (_, value) in entries.iter_mut() {
            *value = Value::unknown(why.clone(), value.span).with_reads(&value.reads);
        }
        open.get_or_insert_with(|| why.clone());
    }
    if let ValueKind::Dict { entries, .. } = &other.kind {
        for (key, value) in entries {
            set_entry(dict, key, value.clone());
        }
    }
}
