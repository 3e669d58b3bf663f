//! What comes before what.

use super::object::Object;
use super::operators::{number, same};
use super::value::Form;
use super::{Value, ValueKind};

/// Whether `<` between two values is an error.
pub(super) fn unordered(left: &Object, right: &Object) -> bool {
    let kind = |o: &Object| match o.known().map(|v| &v.kind) {
        Some(ValueKind::None) => Some(0),
        Some(ValueKind::Str(_)) => Some(1),
        Some(ValueKind::Int(_) | ValueKind::Float(_) | ValueKind::Bool(_)) => Some(2),
        Some(ValueKind::Dict { .. }) => Some(3),
        _ => None,
    };
    match (kind(left), kind(right)) {
        (Some(a), Some(b)) => a != b || a == 0 || a == 3,
        _ => false,
    }
}

/// How two values compare, where that is known.
pub(super) fn order(a: &Value, b: &Value) -> Option<std::cmp::Ordering> {
    match (&a.kind, &b.kind) {
        (ValueKind::Str(a), ValueKind::Str(b)) => Some(a.resolved()?.cmp(b.resolved()?)),
        (ValueKind::List { items: x, open: None }, ValueKind::List { items: y, open: None })
            if a.form == b.form && a.form != Form::Set =>
        {
            for (x, y) in x.iter().zip(y) {
                match same(x, y)? {
                    true => {}
                    false => return order(x, y),
                }
            }
            Some(x.len().cmp(&y.len()))
        }
        _ => number(a)?.partial_cmp(&number(b)?),
    }
}
