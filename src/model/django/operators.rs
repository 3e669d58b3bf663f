//! Operators on values. Everything here is a function of its arguments.

pub(super) use super::changes::without_doubles;
pub(super) use super::entries::{MAX_ENTRIES, merge, set_entry};
use super::evaluator::{MAX_BYTES, MAX_ITEMS, MAX_NODES, weight};
use super::object::Object;
pub(super) use super::order::{order, unordered};
pub(super) use super::representation::{misfit, repr, to_text, type_name};
use super::value::Form;
use super::{Value, ValueKind, formats, paths};
use crate::source::{Reason, Span, Text, Unknown};
use crate::syntax::python::{BinOp, CmpOp};

/// Words of a command line that starts no server and no step before one.
const NO_SERVER: [&str; 7] =
    ["test", "tests", "pytest", "py.test", "testserver", "makemigrations", "jenkins"];

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
        ValueKind::Path(_) | ValueKind::Object(_) => true,
        ValueKind::Duration(seconds) => *seconds != 0.0,
        ValueKind::List { items, open: Some(_) } if items.is_empty() => return None,
        ValueKind::Dict { entries, open: Some(_) } if entries.is_empty() => return None,
        ValueKind::List { items, .. } => !items.is_empty(),
        ValueKind::Dict { entries, .. } => !entries.is_empty(),
        ValueKind::Partly(text) => !text.head().is_empty(),
        ValueKind::Unknown(_) => return value.truth,
    })
}

/// Whether something that is no value is surely not `None`: a function, a module, a type, an object just made.
fn is_there(object: &Object) -> bool {
    object.outside().is_none_or(|n| n.starts_with("builtins.") || n.ends_with("()"))
}

pub(super) fn number(value: &Value) -> Option<f64> {
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
    let forms = (a.form, b.form);
    match (&a.kind, &b.kind) {
        (ValueKind::Unknown(_), _) | (_, ValueKind::Unknown(_)) => None,
        (ValueKind::Str(a), ValueKind::Str(b)) => a.same(b),
        (ValueKind::Path(a), ValueKind::Path(b)) => Some(a == b),
        (ValueKind::Partly(_) | ValueKind::Object(_), _)
        | (_, ValueKind::Partly(_) | ValueKind::Object(_)) => None,
        (ValueKind::Duration(a), ValueKind::Duration(b)) => Some(a == b),
        // A path object is no string, but strings of paths look the same to a setting.
        (ValueKind::Path(path), ValueKind::Str(text))
        | (ValueKind::Str(text), ValueKind::Path(path)) => {
            (path != text.resolved()?).then_some(false)
        }
        (ValueKind::List { items: a, open: None }, ValueKind::List { items: b, open: None }) => {
            if forms.0 != forms.1 || a.len() != b.len() {
                return Some(false);
            }
            if forms.0 == Form::Set {
                let held = |item: &Value| b.iter().any(|other| same(item, other) == Some(true));
                return (a.len() <= 100).then(|| a.iter().all(held));
            }
            // One pair that differs is enough, whatever the others are.
            let mut all = Some(true);
            for (a, b) in a.iter().zip(b) {
                match same(a, b) {
                    Some(false) => return Some(false),
                    Some(true) => {}
                    None => all = None,
                }
            }
            all
        }
        (
            ValueKind::Dict { entries: a, open: None },
            ValueKind::Dict { entries: b, open: None },
        ) => {
            if a.len() != b.len() {
                return Some(false);
            }
            if a.len() > MAX_ENTRIES / 8 {
                return None;
            }
            a.iter().try_fold(true, |all, (key, value)| {
                let found = b.iter().find(|(other, _)| same(key, other) == Some(true));
                match found {
                    Some((_, other)) => same(value, other).map(|s| all && s),
                    None => Some(false),
                }
            })
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
    // The command line is that of a server: no test run. Whether it is one command or another is not asked here.
    let is_argv = |o: &Object| o.outside().is_some_and(|n| n.starts_with("sys.argv"));
    if is_argv(left) || is_argv(right) {
        let other = if is_argv(left) { right } else { left };
        let no_server = |v: &Value| v.as_str().is_some_and(|w| NO_SERVER.contains(&w));
        let tests = other.known().is_some_and(|v| match v.items() {
            Some(items) => !items.is_empty() && items.iter().all(no_server),
            None => no_server(v),
        });
        return match op {
            CmpOp::Eq | CmpOp::In if tests => Some(false),
            CmpOp::NotEq | CmpOp::NotIn if tests => Some(true),
            _ => None,
        };
    }
    let (Some(a), Some(b)) = (left.known(), right.known()) else {
        let known = |o: &Object| matches!(o.known().map(|v| &v.kind), Some(ValueKind::None));
        return match op {
            // A function, module or reader is not None.
            CmpOp::Is if known(right) && is_there(left) => Some(false),
            CmpOp::IsNot if known(right) && is_there(left) => Some(true),
            _ => None,
        };
    };
    match op {
        CmpOp::Eq => same(a, b),
        CmpOp::NotEq => same(a, b).map(|s| !s),
        // `1 == True`, but they are not the same.
        CmpOp::Is | CmpOp::IsNot if [a, b].iter().all(|v| v.is_known()) => {
            let kinds = std::mem::discriminant(&a.kind) == std::mem::discriminant(&b.kind);
            let is = if kinds { same(a, b) } else { Some(false) };
            is.map(|is| is == (op == CmpOp::Is))
        }
        CmpOp::Is | CmpOp::IsNot => None,
        CmpOp::In => contains(b, a),
        CmpOp::NotIn => contains(b, a).map(|c| !c),
        CmpOp::Lt => order(a, b).map(std::cmp::Ordering::is_lt),
        CmpOp::LtE => order(a, b).map(std::cmp::Ordering::is_le),
        CmpOp::Gt => order(a, b).map(std::cmp::Ordering::is_gt),
        CmpOp::GtE => order(a, b).map(std::cmp::Ordering::is_ge),
    }
}

/// `item in container`
pub(super) fn contains(container: &Value, item: &Value) -> Option<bool> {
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

/// Why a value is not known; of one that is known, that what is made of it is not evaluated.
pub(super) fn why_value(value: &Value) -> Unknown {
    let use_of_it = || Unknown::at(Reason::NotEvaluated("what is made of it"), value.span);
    value.why().unwrap_or_else(use_of_it)
}

/// `left op right` as a kind.
pub(super) fn binary(left: &Value, op: BinOp, right: &Value, span: Span) -> ValueKind {
    let known = match op {
        _ if [left, right].iter().any(|v| matches!(v.kind, ValueKind::Duration(_))) => {
            duration(left, op, right)
        }
        BinOp::Add => add(left, right, span),
        BinOp::Sub => subtract(left, right),
        BinOp::Mult => multiply(left, right).or_else(|| multiply(right, left)),
        BinOp::Div => divide(left, right),
        BinOp::Mod => modulo(left, right, span),
        BinOp::BitOr => union(left, right),
        BinOp::FloorDiv => match (&left.kind, &right.kind) {
            (ValueKind::Int(a), ValueKind::Int(b)) if *b != 0 => {
                a.checked_sub(a.rem_euclid(*b)).map(|a| ValueKind::Int(a / b)).filter(|_| *b > 0)
            }
            _ => None,
        },
        BinOp::Pow => match (&left.kind, &right.kind) {
            (ValueKind::Int(a), ValueKind::Int(b)) => {
                u32::try_from(*b).ok().and_then(|b| a.checked_pow(b)).map(ValueKind::Int)
            }
            _ => None,
        },
        BinOp::LeftShift => match (&left.kind, &right.kind) {
            (ValueKind::Int(a), ValueKind::Int(b)) if (0..40).contains(b) => {
                a.checked_mul(1 << b).map(ValueKind::Int)
            }
            _ => None,
        },
        BinOp::BitAnd => match (&left.kind, &right.kind) {
            (ValueKind::List { items, open: None }, ValueKind::List { open: None, .. }) => {
                let held = |i: &&Value| contains(right, i);
                let all: Option<Vec<bool>> = items.iter().map(|i| held(&i)).collect();
                all.map(|all| {
                    let kept = items.iter().zip(all).filter(|(_, held)| *held);
                    ValueKind::List { items: kept.map(|(i, _)| i.clone()).collect(), open: None }
                })
            }
            (ValueKind::Int(a), ValueKind::Int(b)) => Some(ValueKind::Int(a & b)),
            _ => None,
        },
        BinOp::BitXor | BinOp::RightShift | BinOp::Other => None,
    };
    known.unwrap_or_else(|| {
        let parts = [left, right];
        let unknown = parts.iter().find(|v| !v.is_known());
        let operator = || Unknown::at(Reason::NotEvaluated("this operator"), span);
        ValueKind::Unknown(unknown.map_or_else(operator, |v| why_value(v)))
    })
}

/// Durations added to each other, multiplied and divided.
fn duration(left: &Value, op: BinOp, right: &Value) -> Option<ValueKind> {
    use ValueKind::Duration;
    Some(match (op, &left.kind, &right.kind) {
        (BinOp::Add, Duration(a), Duration(b)) => Duration(a + b),
        (BinOp::Sub, Duration(a), Duration(b)) => Duration(a - b),
        (BinOp::Mult, Duration(a), _) => Duration(a * number(right)?),
        (BinOp::Mult, _, Duration(b)) => Duration(number(left)? * b),
        (BinOp::Div, Duration(a), Duration(b)) if *b != 0.0 => ValueKind::Float(a / b),
        (BinOp::Div, Duration(a), _) => Duration(a / number(right).filter(|n| *n != 0.0)?),
        _ => return None,
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
        // django-environ's `Path` is joined by `+`; unipath's is a string.
        (ValueKind::Path(path), ValueKind::Str(text)) if left.form == Form::EnvironPath => {
            ValueKind::Path(paths::join(path, text.resolved()?))
        }
        (ValueKind::Path(path), ValueKind::Str(text)) if left.form == Form::Unipath => {
            ValueKind::Str(Text::derived(format!("{path}{}", text.resolved()?), span))
        }
        (ValueKind::Int(a), ValueKind::Int(b)) => ValueKind::Int(a.checked_add(*b)?),
        (ValueKind::Bool(a), ValueKind::Int(b)) | (ValueKind::Int(b), ValueKind::Bool(a)) => {
            ValueKind::Int(b.checked_add(i64::from(*a))?)
        }
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
        (ValueKind::List { items, open: None }, ValueKind::List { open: None, .. }) => {
            let mut kept = Vec::new();
            for item in items {
                if !contains(right, item)? {
                    kept.push(item.clone());
                }
            }
            Some(ValueKind::List { items: kept, open: None })
        }
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
        (ValueKind::Path(path), _) => Some(ValueKind::Path(paths::joined(path, right.as_str()?))),
        (ValueKind::Str(text), ValueKind::Path(path)) => {
            Some(ValueKind::Path(paths::joined(text.resolved()?, path)))
        }
        _ => {
            let by = float(right).filter(|by| *by != 0.0)?;
            Some(ValueKind::Float(float(left)? / by))
        }
    }
}

/// `%`: of numbers, or the formatting of a string.
fn modulo(left: &Value, right: &Value, span: Span) -> Option<ValueKind> {
    match (&left.kind, &right.kind) {
        (ValueKind::Int(a), ValueKind::Int(b)) if *b > 0 => {
            a.checked_rem_euclid(*b).map(ValueKind::Int)
        }
        (ValueKind::Str(format), _) => formats::percent(format, right, span).map(ValueKind::Str),
        _ => None,
    }
}

fn union(left: &Value, right: &Value) -> Option<ValueKind> {
    match (&left.kind, &right.kind) {
        (ValueKind::Int(a), ValueKind::Int(b)) => Some(ValueKind::Int(a | b)),
        (ValueKind::List { .. }, ValueKind::List { .. }) if left.form == Form::Set => {
            let kind = add(left, right, left.span)?;
            Some(without_doubles(Value { form: Form::Set, ..Value::new(kind, left.span) }).kind)
        }
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
