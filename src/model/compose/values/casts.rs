//! Interpolating a file, and the numbers and booleans that Compose makes of texts where it wants such.

use super::interpolate::Interpolation;
use super::variables::{Unset, Variables};
use crate::finding::{Own, Quote, prose};
use crate::model::compose::tree::{
    CASTS, Cast, Fault, FaultKind, ITEM, KeyPath, Kind, Node, Scalar, Value,
};
use crate::source::Span;

/// What interpolating a file had to say.
#[derive(Debug, Default)]
pub(crate) struct Said {
    pub(crate) faults: Vec<Fault>,
    /// Variables that are not set, as Compose warns about them.
    pub(crate) warned: Vec<(String, Span)>,
}

/// Interpolates every text of a file; keys stay as they are.
pub(crate) fn interpolate(node: &mut Node, env: &Variables, unset: Unset) -> Said {
    let mut interpolation = Interpolation::new(env, unset);
    walk(node, &KeyPath::TOP, &mut interpolation);
    Said { faults: interpolation.faults, warned: interpolation.warned }
}

fn walk(node: &mut Node, path: &KeyPath<'_>, how: &mut Interpolation<'_>) {
    match &mut node.kind {
        Kind::Null => {}
        Kind::Map(entries) => {
            entries.iter_mut().for_each(|e| walk(&mut e.value, &path.next(e.key.as_str()), how))
        }
        Kind::List(items) => items.iter_mut().for_each(|i| walk(i, &path.next(ITEM), how)),
        Kind::Scalar(scalar) => {
            if scalar.value != Value::Text {
                return;
            }
            if scalar.text.contains('$') {
                *scalar = how.scalar(scalar);
            }
            if let Some(cast) = path.find(CASTS).filter(|_| scalar.text.is_resolved()) {
                apply(cast, scalar, path, how);
            }
        }
    }
}

fn apply(cast: Cast, scalar: &mut Scalar, path: &KeyPath<'_>, how: &mut Interpolation<'_>) {
    let text = scalar.text.as_str();
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let number = !unsigned.is_empty() && unsigned.bytes().all(|b| b.is_ascii_digit());
    let made = match cast {
        Cast::Int if number => text.parse::<i64>().ok().map(|n| Value::Int(i128::from(n))),
        Cast::Int => None,
        Cast::Float => text.parse().ok().map(Value::Float),
        Cast::Bool => truth(text).map(Value::Bool),
    };
    let wants = match cast {
        Cast::Int => "a whole number",
        Cast::Float => "a number",
        Cast::Bool => "`true` or `false`",
    };
    match made {
        Some(value) => {
            if matches!(cast, Cast::Bool)
                && !matches!(text.to_ascii_lowercase().as_str(), "true" | "false")
            {
                let is_true = value == Value::Bool(true);
                let truth = if is_true { "true" } else { "false" };
                how.faults.push(
                    Fault::new(
                        FaultKind::Deprecated,
                        scalar.text.span(),
                        prose!("`{}` for a boolean is no YAML 1.2", Quote::value(text)),
                    )
                    .label(prose!("Compose reads this as {}, and warns", Own(truth)))
                    .help(prose!("write `{}`", Own(truth)))
                    .truth(is_true)
                    .accepted(),
                );
            }
            scalar.value = value;
        }
        None => {
            let shown = if text.is_empty() {
                prose!("nothing stands here")
            } else {
                prose!("`{}` stands here", Quote::value(text))
            };
            how.faults.push(
                Fault::new(
                    FaultKind::Value,
                    scalar.text.span(),
                    prose!("`{}` wants {}, and {}", Quote::name(path.last()), Own(wants), shown),
                )
                .label(prose!("this has to be {}", Own(wants)))
                .help("Compose refuses the file until it is"),
            );
        }
    }
}

/// A boolean in the words of YAML 1.1.
fn truth(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "y" | "yes" | "on" => Some(true),
        "false" | "n" | "no" | "off" => Some(false),
        _ => None,
    }
}
