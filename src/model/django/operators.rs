//! Operators on values. Everything here is a function of its arguments.

use super::evaluator::{MAX_BYTES, MAX_ITEMS, MAX_NODES, weight};
use super::object::Object;
use super::{Value, ValueKind, paths};
use crate::source::{Reason, Span, Text, Unknown};
use crate::syntax::python::{BinOp, CmpOp};

/// Entries of a dict; more are not looked through for a key.
const MAX_ENTRIES: usize = 2_000;

/// Whether Python takes the value for true.
pub(super) fn truth(value: &Value) -> Option<bool> {
    Some(match &value.kind {
        ValueKind::None => false,
        ValueKind::Bool(b) => *b,
        ValueKind::Int(int) => *int != 0,
        ValueKind::Float(float) => *float != 0.0,
        // What is not known may be nothing, but not what stands beside it.
        ValueKind::Str(text) if text.is_unresolved() => return None,
        ValueKind::Str(text) => !text.is_empty(),
        ValueKind::Path(_) => true,
        ValueKind::List { items, open: Some(_) } if items.is_empty() => return None,
        ValueKind::Dict { entries, open: Some(_) } if entries.is_empty() => return None,
        ValueKind::List { items, .. } => !items.is_empty(),
        ValueKind::Dict { entries, .. } => !entries.is_empty(),
        ValueKind::Partly(text) => !text.head().is_empty(),
        ValueKind::Unknown(_) => return None,
    })
}

fn number(value: &Value) -> Option<f64> {
    match value.kind {
        ValueKind::Bool(b) => Some(f64::from(u8::from(b))),
        // Exact below 2^53, which no setting reaches.
        ValueKind::Int(int) => Some(int as f64),
        ValueKind::Float(float) => Some(float),
        _ => None,
    }
}

/// Whether two values are equal, as `==` sees it.
pub(super) fn same(a: &Value, b: &Value) -> Option<bool> {
    match (&a.kind, &b.kind) {
        (ValueKind::Unknown(_), _) | (_, ValueKind::Unknown(_)) => None,
        (ValueKind::Str(a), ValueKind::Str(b)) => a.same(b),
        (ValueKind::Path(a), ValueKind::Path(b)) => Some(a == b),
        // A path object is no string, but strings of paths look the same to a setting.
        (ValueKind::Path(path), ValueKind::Str(text))
        | (ValueKind::Str(text), ValueKind::Path(path)) => {
            (path != text.resolved()?).then_some(false)
        }
        (ValueKind::List { items: a, open: None }, ValueKind::List { items: b, open: None }) => {
            if a.len() != b.len() {
                return Some(false);
            }
            a.iter().zip(b).try_fold(true, |all, (a, b)| same(a, b).map(|s| all && s))
        }
        (
            ValueKind::Dict { entries: a, open: None },
            ValueKind::Dict { entries: b, open: None },
        ) => {
            if a.len() != b.len() {
                return Some(false);
            }
            // The order matters little and both are mostly written in the same one.
            let pairs = a
                .iter()
                .zip(b)
                .try_fold(true, |all, (a, b)| Some(all && same(&a.0, &b.0)? && same(&a.1, &b.1)?));
            pairs.filter(|same| *same)
        }
        (
            ValueKind::List { .. } | ValueKind::Dict { .. },
            ValueKind::List { .. } | ValueKind::Dict { .. },
        ) => None,
        _ => match (number(a), number(b)) {
            (Some(a), Some(b)) => Some(a == b),
            _ => Some(std::mem::discriminant(&a.kind) == std::mem::discriminant(&b.kind)),
        },
    }
}

/// `left op right`, where that is known.
pub(super) fn compare(left: &Object, op: CmpOp, right: &Object) -> Option<bool> {
    // The command line is that of a server: no test run.
    if [left, right].iter().any(|o| o.outside().is_some_and(|n| n.starts_with("sys.argv"))) {
        return match op {
            CmpOp::Eq | CmpOp::In => Some(false),
            CmpOp::NotEq | CmpOp::NotIn => Some(true),
            _ => None,
        };
    }
    let (Some(a), Some(b)) = (left.known(), right.known()) else {
        let known = |o: &Object| matches!(o.known().map(|v| &v.kind), Some(ValueKind::None));
        return match op {
            // A function, module or reader is not None.
            CmpOp::Is if known(right) && left.outside().is_none() => Some(false),
            CmpOp::IsNot if known(right) && left.outside().is_none() => Some(true),
            _ => None,
        };
    };
    match op {
        CmpOp::Eq | CmpOp::Is => same(a, b),
        CmpOp::NotEq | CmpOp::IsNot => same(a, b).map(|s| !s),
        CmpOp::In => contains(b, a),
        CmpOp::NotIn => contains(b, a).map(|c| !c),
        CmpOp::Lt => order(a, b).map(std::cmp::Ordering::is_lt),
        CmpOp::LtE => order(a, b).map(std::cmp::Ordering::is_le),
        CmpOp::Gt => order(a, b).map(std::cmp::Ordering::is_gt),
        CmpOp::GtE => order(a, b).map(std::cmp::Ordering::is_ge),
    }
}

fn order(a: &Value, b: &Value) -> Option<std::cmp::Ordering> {
    match (&a.kind, &b.kind) {
        (ValueKind::Str(a), ValueKind::Str(b)) => Some(a.resolved()?.cmp(b.resolved()?)),
        _ => number(a)?.partial_cmp(&number(b)?),
    }
}

/// `item in container`
fn contains(container: &Value, item: &Value) -> Option<bool> {
    if !item.is_known() {
        return None;
    }
    let any = |mut items: Box<dyn Iterator<Item = &Value> + '_>, open: bool| {
        let mut all_known = !open;
        let found = items.any(|i| match same(i, item) {
            Some(same) => same,
            None => {
                all_known = false;
                false
            }
        });
        if found { Some(true) } else { all_known.then_some(false) }
    };
    match &container.kind {
        ValueKind::Str(text) => {
            let found = text.as_str().contains(item.as_str()?);
            (found || text.is_resolved()).then_some(found)
        }
        ValueKind::List { items, open } => any(Box::new(items.iter()), open.is_some()),
        ValueKind::Dict { entries, open } => {
            any(Box::new(entries.iter().map(|(k, _)| k)), open.is_some())
        }
        _ => None,
    }
}

/// `str(value)`
pub(super) fn to_text(value: &Value) -> Option<Text> {
    let text = match &value.kind {
        ValueKind::Str(text) | ValueKind::Partly(text) => return Some(text.clone()),
        ValueKind::None => "None".to_owned(),
        ValueKind::Bool(b) => if *b { "True" } else { "False" }.to_owned(),
        ValueKind::Int(int) => int.to_string(),
        ValueKind::Float(float) => format!("{float:?}"),
        ValueKind::Path(path) => path.clone(),
        ValueKind::List { .. } | ValueKind::Dict { .. } | ValueKind::Unknown(_) => return None,
    };
    Some(Text::derived(text, value.span))
}

/// Why a value is not known; of one that is known, that what is made of it is not evaluated.
pub(super) fn why_value(value: &Value) -> Unknown {
    let use_of_it = || Unknown::at(Reason::NotEvaluated("what is made of it"), value.span);
    value.why().unwrap_or_else(use_of_it)
}

/// `left op right` as a kind.
pub(super) fn binary(left: &Value, op: BinOp, right: &Value, span: Span) -> ValueKind {
    let known = match op {
        BinOp::Add => add(left, right, span),
        BinOp::Sub => subtract(left, right),
        BinOp::Mult => multiply(left, right).or_else(|| multiply(right, left)),
        BinOp::Div => divide(left, right),
        BinOp::Mod => modulo(left, right, span),
        BinOp::BitOr => union(left, right),
        BinOp::Other => None,
    };
    known.unwrap_or_else(|| {
        let parts = [left, right];
        let unknown = parts.iter().find(|v| !v.is_known());
        let operator = || Unknown::at(Reason::NotEvaluated("this operator"), span);
        ValueKind::Unknown(unknown.map_or_else(operator, |v| why_value(v)))
    })
}

fn add(left: &Value, right: &Value, span: Span) -> Option<ValueKind> {
    Some(match (&left.kind, &right.kind) {
        (ValueKind::Str(a), ValueKind::Str(b)) => {
            if a.as_str().len() + b.as_str().len() > MAX_BYTES {
                return None;
            }
            let mut text = Text::empty(span);
            text.push_text(a);
            text.push_text(b);
            ValueKind::Str(text)
        }
        (ValueKind::List { items: a, open: x }, ValueKind::List { items: b, open: y }) => {
            if a.len() + b.len() > MAX_ITEMS {
                return None;
            }
            ValueKind::List {
                items: a.iter().chain(b).cloned().collect(),
                open: x.clone().or_else(|| y.clone()),
            }
        }
        // What is known of a sum of lists is surely in it.
        (ValueKind::List { items, .. }, ValueKind::Unknown(why))
        | (ValueKind::Unknown(why), ValueKind::List { items, .. }) => {
            ValueKind::List { items: items.clone(), open: Some(why.clone()) }
        }
        // django-environ's `Path` is joined by `+`.
        (ValueKind::Path(path), ValueKind::Str(text)) => {
            ValueKind::Path(paths::join(path, text.resolved()?))
        }
        (ValueKind::Int(a), ValueKind::Int(b)) => ValueKind::Int(a.checked_add(*b)?),
        _ => ValueKind::Float(float(left)? + float(right)?),
    })
}

fn float(value: &Value) -> Option<f64> {
    match value.kind {
        ValueKind::Bool(_) => None,
        _ => number(value),
    }
}

fn subtract(left: &Value, right: &Value) -> Option<ValueKind> {
    match (&left.kind, &right.kind) {
        // django-environ's `Path` goes up by `-`.
        (ValueKind::Path(path), ValueKind::Int(up)) => Some(ValueKind::Path(
            (0..(*up).clamp(0, 64)).fold(path.clone(), |path, _| paths::parent(&path).to_owned()),
        )),
        (ValueKind::Int(a), ValueKind::Int(b)) => a.checked_sub(*b).map(ValueKind::Int),
        _ => Some(ValueKind::Float(float(left)? - float(right)?)),
    }
}

fn multiply(left: &Value, right: &Value) -> Option<ValueKind> {
    match (&left.kind, &right.kind) {
        (ValueKind::Int(a), ValueKind::Int(b)) => a.checked_mul(*b).map(ValueKind::Int),
        (ValueKind::Str(text), ValueKind::Int(times)) => {
            let times = usize::try_from(*times).unwrap_or(0);
            // Measured before it is made: `"x" * 10**10` must not be.
            (text.resolved()?.len().checked_mul(times)? <= MAX_BYTES)
                .then(|| ValueKind::Str(Text::derived(text.as_str().repeat(times), left.span)))
        }
        (ValueKind::List { items, open }, ValueKind::Int(times)) => {
            let times = usize::try_from(*times).unwrap_or(0);
            let fits = items.len().checked_mul(times)? <= MAX_ITEMS
                && weight(left).checked_mul(times)? <= MAX_NODES;
            fits.then(|| ValueKind::List {
                items: items.iter().cycle().take(items.len() * times).cloned().collect(),
                open: open.clone(),
            })
        }
        _ => Some(ValueKind::Float(float(left)? * float(right)?)),
    }
}

fn divide(left: &Value, right: &Value) -> Option<ValueKind> {
    match (&left.kind, &right.kind) {
        (ValueKind::Path(path), _) => Some(ValueKind::Path(paths::join(path, right.as_str()?))),
        _ => {
            let by = float(right).filter(|by| *by != 0.0)?;
            Some(ValueKind::Float(float(left)? / by))
        }
    }
}

/// `%`: of numbers, or the formatting of a string with `%s` and `%d`.
fn modulo(left: &Value, right: &Value, span: Span) -> Option<ValueKind> {
    match (&left.kind, &right.kind) {
        (ValueKind::Int(a), ValueKind::Int(b)) => a.checked_rem_euclid(*b).map(ValueKind::Int),
        (ValueKind::Str(format), _) => {
            let single = std::slice::from_ref(right);
            let mut values = right.items().unwrap_or(single).iter();
            let mut text = Text::empty(span);
            let mut rest = 0;
            while let Some(at) = format.as_str()[rest..].find('%').map(|at| rest + at) {
                text.push_text(&format.slice(rest..at));
                let verb = format.as_str()[at + 1..].chars().next()?;
                match verb {
                    '%' => text.push_text(&format.slice(at..at + 1)),
                    's' | 'd' => text.push_text(&to_text(values.next()?)?),
                    '(' => {
                        let end = at + format.as_str()[at..].find(")s")?;
                        text.push_text(&to_text(right.entry(&format.as_str()[at + 2..end])?)?);
                        rest = end + 2;
                        continue;
                    }
                    _ => return None,
                }
                if text.as_str().len() > MAX_BYTES {
                    return None;
                }
                rest = at + 1 + verb.len_utf8();
            }
            text.push_text(&format.slice(rest..format.as_str().len()));
            Some(ValueKind::Str(text))
        }
        _ => None,
    }
}

fn union(left: &Value, right: &Value) -> Option<ValueKind> {
    match (&left.kind, &right.kind) {
        (ValueKind::Dict { .. }, _) => {
            let mut merged = left.clone();
            merge(&mut merged, right);
            Some(merged.kind)
        }
        (ValueKind::List { .. }, ValueKind::List { .. } | ValueKind::Unknown(_)) => {
            add(left, right, left.span)
        }
        _ => None,
    }
}

/// `dict[key] = value`
pub(super) fn set_entry(dict: &mut Value, key: &Value, value: Value) {
    let ValueKind::Dict { entries, open } = &mut dict.kind else { return };
    if !key.is_known() {
        open.get_or_insert_with(|| why_value(key));
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

/// `dict.update(other)`
pub(super) fn merge(dict: &mut Value, other: &Value) {
    dict.add_reads(&other.reads);
    match &other.kind {
        ValueKind::Dict { entries, open: more } => {
            for (key, value) in entries {
                set_entry(dict, key, value.clone());
            }
            if let ValueKind::Dict { open, .. } = &mut dict.kind {
                *open = open.take().or_else(|| more.clone());
            }
        }
        _ => {
            if let ValueKind::Dict { open, .. } = &mut dict.kind {
                open.get_or_insert_with(|| why_value(other));
            }
        }
    }
}
