//! Values as texts: `str`, `repr`, the names of their types, and the words of errors about them.

use super::operators::number;
use super::value::Form;
use super::{Value, ValueKind};
use crate::source::Text;
use crate::syntax::python::BinOp;

/// `str(value)`
pub(super) fn to_text(value: &Value) -> Option<Text> {
    let text = match &value.kind {
        ValueKind::Str(text) | ValueKind::Partly(text) => return Some(text.clone()),
        ValueKind::None => "None".to_owned(),
        ValueKind::Bool(b) => if *b { "True" } else { "False" }.to_owned(),
        ValueKind::Int(int) => int.to_string(),
        ValueKind::Float(float) => float_text(*float)?,
        ValueKind::Path(path) => path.clone(),
        ValueKind::List { .. } | ValueKind::Dict { .. } => repr(value)?,
        ValueKind::Unknown(_) | ValueKind::Duration(_) | ValueKind::Object(_) => return None,
    };
    Some(Text::derived(text, value.span))
}

/// A float as Python writes it; not those that need an exponent.
fn float_text(float: f64) -> Option<String> {
    let small = float == 0.0 || (1e-4..1e16).contains(&float.abs());
    small.then(|| format!("{float:?}"))
}

/// `repr(value)`
pub(super) fn repr(value: &Value) -> Option<String> {
    Some(match &value.kind {
        ValueKind::Str(text) => quoted(text.resolved()?)?,
        ValueKind::Path(path) if value.form == Form::List => {
            format!("PosixPath({})", quoted(path)?)
        }
        ValueKind::List { items, open: None } => {
            let parts: Vec<String> = items.iter().map(repr).collect::<Option<_>>()?;
            let joined = parts.join(", ");
            match value.form {
                Form::Tuple if parts.len() == 1 => format!("({joined},)"),
                Form::Tuple => format!("({joined})"),
                Form::Set if parts.is_empty() => "set()".to_owned(),
                Form::Set if parts.len() == 1 => format!("{{{joined}}}"),
                Form::Set => return None,
                _ => format!("[{joined}]"),
            }
        }
        ValueKind::Dict { entries, open: None } => {
            let parts = entries.iter().map(|(k, v)| Some(format!("{}: {}", repr(k)?, repr(v)?)));
            format!("{{{}}}", parts.collect::<Option<Vec<_>>>()?.join(", "))
        }
        ValueKind::List { .. } | ValueKind::Dict { .. } | ValueKind::Path(_) => return None,
        _ => return to_text(value)?.resolved().map(str::to_owned),
    })
}

fn quoted(text: &str) -> Option<String> {
    if text.chars().any(char::is_control) {
        return None;
    }
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let escaped = text.replace('\\', "\\\\").replace(quote, &format!("\\{quote}"));
    Some(format!("{quote}{escaped}{quote}"))
}

/// What Python calls the value's type.
pub(super) fn type_name(value: &Value) -> &'static str {
    match &value.kind {
        ValueKind::None => "NoneType",
        ValueKind::Bool(_) => "bool",
        ValueKind::Int(_) => "int",
        ValueKind::Float(_) => "float",
        ValueKind::Str(_) | ValueKind::Partly(_) => "str",
        ValueKind::Path(_) => "PosixPath",
        ValueKind::List { .. } => match value.form {
            Form::Tuple => "tuple",
            Form::Set => "set",
            _ => "list",
        },
        ValueKind::Dict { .. } => "dict",
        ValueKind::Duration(_) => "datetime.timedelta",
        ValueKind::Unknown(_) | ValueKind::Object(_) => "object",
    }
}

/// The error that Python raises for operands of the wrong kind.
pub(super) fn misfit(left: &Value, op: BinOp, right: &Value) -> Option<(&'static str, String)> {
    use ValueKind::{Bool, Dict, Float, Int, List, None as Nothing, Path, Str};
    if !left.is_known() || !right.is_known() {
        return None;
    }
    let numbers = number(left).is_some() && number(right).is_some();
    if numbers {
        let zero =
            matches!(op, BinOp::Div | BinOp::FloorDiv | BinOp::Mod) && number(right) == Some(0.0);
        return zero.then(|| ("ZeroDivisionError", "division by zero".to_owned()));
    }
    if [left, right].iter().any(|v| matches!(v.kind, ValueKind::Duration(_) | ValueKind::Object(_)))
    {
        return None;
    }
    let other_path =
        [left, right].iter().any(|v| matches!(v.kind, Path(_)) && v.form != Form::List);
    if other_path {
        return None;
    }
    let fits = match (op, &left.kind, &right.kind) {
        (BinOp::Add, Str(_), Str(_)) => true,
        (BinOp::Add, List { .. }, List { .. }) => left.form == right.form && left.form != Form::Set,
        (BinOp::Sub | BinOp::BitAnd | BinOp::BitXor, List { .. }, List { .. }) => {
            left.form == Form::Set && right.form == Form::Set
        }
        (BinOp::Mult, Str(_) | List { .. }, Int(_) | Bool(_))
        | (BinOp::Mult, Int(_) | Bool(_), Str(_) | List { .. }) => true,
        (BinOp::Div, Path(_), Path(_) | Str(_)) | (BinOp::Div, Str(_), Path(_)) => true,
        // What a format lacks is not looked for.
        (BinOp::Mod, Str(_), _) => true,
        (BinOp::BitOr, Dict { .. }, Dict { .. }) => true,
        (BinOp::BitOr, List { .. }, List { .. }) => {
            left.form == Form::Set && right.form == Form::Set
        }
        (BinOp::Add | BinOp::Sub | BinOp::Mult | BinOp::Div, ..) => false,
        (BinOp::BitOr, Nothing | Str(_) | Float(_), _) => return None,
        _ => return None,
    };
    if fits {
        return None;
    }
    let sign = match op {
        BinOp::Add => "+",
        BinOp::Sub => "-",
        BinOp::Mult => "*",
        BinOp::Div => "/",
        BinOp::BitAnd => "&",
        BinOp::BitXor => "^",
        _ => "|",
    };
    let message = match (op, &left.kind, &right.kind) {
        (BinOp::Add, Str(_), _) => {
            format!("can only concatenate str (not \"{}\") to str", type_name(right))
        }
        (BinOp::Add, List { .. }, _) if left.form != Form::Set => format!(
            "can only concatenate {} (not \"{}\") to {}",
            type_name(left),
            type_name(right),
            type_name(left)
        ),
        _ => format!(
            "unsupported operand type(s) for {sign}: '{}' and '{}'",
            type_name(left),
            type_name(right)
        ),
    };
    Some(("TypeError", message))
}
