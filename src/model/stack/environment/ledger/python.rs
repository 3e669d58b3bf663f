//! Values of Python as a variable has them.

use crate::finding::Worth;
use crate::model::django::{Value, ValueKind};
use crate::source::{Reason, Span, Text, Unknown};

/// A value of Python as a text.
pub(in crate::model::stack::environment) fn worth(value: &Value) -> Worth {
    let written = |text: String| Worth::Text(Text::derived(text, value.span));
    match &value.kind {
        ValueKind::None => Worth::Blank,
        ValueKind::Bool(true) => written("True".into()),
        ValueKind::Bool(false) => written("False".into()),
        ValueKind::Int(number) => written(number.to_string()),
        ValueKind::Float(number) => written(number.to_string()),
        ValueKind::Str(text) if text.is_empty() => Worth::Blank,
        ValueKind::Str(text) => Worth::Text(text.clone()),
        ValueKind::Path(path) => written(path.clone()),
        ValueKind::List { items, .. } if items.is_empty() => written("[]".into()),
        ValueKind::List { items, .. } => {
            let mut joined = Text::empty(value.span);
            for (index, item) in items.iter().filter(|i| i.as_str().is_some()).enumerate() {
                // The comma is ours: nothing secret is there.
                joined.push_derived(
                    if index > 0 { "," } else { "" },
                    Span { end: item.span.start, ..item.span },
                );
                match &item.kind {
                    ValueKind::Str(text) => joined.push_text(text),
                    _ => joined.push_derived(item.as_str().unwrap_or_default(), item.span),
                }
            }
            Worth::Text(joined)
        }
        ValueKind::Dict { .. } => {
            Worth::Unknown(Unknown::at(Reason::NotAValue("a dict"), value.span))
        }
        ValueKind::Duration(seconds) => written(seconds.to_string()),
        ValueKind::Object(_) => {
            Worth::Unknown(Unknown::at(Reason::NotAValue("an object"), value.span))
        }
        ValueKind::Partly(text) => Worth::Unknown(text.why().unwrap_or(Reason::Condition.into())),
        ValueKind::Unknown(why) => Worth::Unknown(why.clone()),
    }
}
