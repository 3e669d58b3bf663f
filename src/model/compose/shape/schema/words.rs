//! Kinds of value in plain words.

use super::table::{ANY, BOOL, INT, LIST, MAP, NULL, NUM, Pattern, Shape, TEXT};
use crate::finding::{Own, Prose, prose};
use crate::model::compose::tree::{Kind, Value};

/// What a value is.
pub(super) fn what(kind: &Kind) -> &'static str {
    match kind {
        Kind::Null => "empty",
        Kind::List(items) if items.is_empty() => "an empty list",
        Kind::List(_) => "a list",
        Kind::Map(entries) if entries.is_empty() => "an empty mapping",
        Kind::Map(_) => "a mapping",
        Kind::Scalar(scalar) => match scalar.value {
            Value::Text if scalar.text.is_empty() => "an empty text",
            Value::Text => "a text",
            Value::Int(_) | Value::Float(_) => "a number",
            Value::Bool(_) => "a boolean",
            Value::Date => "a date",
        },
    }
}

/// What a place takes: "a text, a list of texts or a mapping".
pub(super) fn wanted(shape: &Shape) -> Prose {
    let mut parts: Vec<Prose> = Vec::new();
    let has = |kind| shape.types & kind != 0;
    if has(TEXT) {
        parts.push(if shape.words.is_empty() { "a text".into() } else { one_of(shape.words) });
    }
    if has(NUM) {
        parts.push("a number".into());
    } else if has(INT) {
        parts.push("a whole number".into());
    }
    if has(BOOL) {
        parts.push(if shape.types == BOOL {
            "`true` or `false`".into()
        } else {
            "a boolean".into()
        });
    }
    if has(LIST) {
        let items = match shape.items.map_or(ANY, |i| i.types) {
            TEXT => " of texts",
            MAP => " of mappings",
            _ => "",
        };
        parts.push(prose!("a list{}", Own(items)));
    }
    if has(MAP) {
        parts.push("a mapping".into());
    }
    if parts.is_empty() && has(NULL) {
        parts.push("nothing".into());
    }
    joined(parts)
}

/// `` `a`, `b` or `c` ``.
pub(super) fn one_of(words: &[&'static str]) -> Prose {
    joined(words.iter().map(|w| prose!("`{}`", Own(w))).collect())
}

fn joined(mut parts: Vec<Prose>) -> Prose {
    match parts.pop() {
        Some(last) if parts.is_empty() => last,
        Some(last) => prose!("{} or {}", Prose::join(parts, ", "), last),
        None => Prose::default(),
    }
}

/// What to write so that a text or a key is like a pattern.
pub(super) fn like(pattern: Pattern) -> &'static str {
    match pattern {
        Pattern::Extension => "begin it with `x-`",
        Pattern::Name => "use only letters, digits, `.`, `_` and `-`",
        Pattern::Filled | Pattern::Line => "write a name of one line that is not empty",
        Pattern::Lower => "use only small letters",
        Pattern::ContainerName => {
            "use at least two letters, digits, `.`, `_` or `-`, the first of them a letter or a digit"
        }
        Pattern::PullPolicy => {
            "write `always`, `never`, `missing`, `build`, `daily`, `weekly`, or `every_` and a time such as `12h`"
        }
    }
}
