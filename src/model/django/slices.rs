//! `value[a:b:c]`, `value[index]`.

use super::evaluator::Evaluator;
use super::failure::Cause;
use super::object::Object;
use super::operators::{self, type_name};
use super::value::Form;
use super::{Value, ValueKind};
use crate::source::{Reason, Span};
use crate::syntax::python::{Bounds, Expr};

impl Evaluator<'_> {
    /// `value[lower:upper:step]`
    pub(super) fn slice(&mut self, value: &Expr, bounds: &Bounds, span: Span) -> Object {
        let receiver = self.eval(value);
        // The command line is that of a server.
        if receiver.outside() == Some("sys.argv") {
            return receiver;
        }
        let value = receiver.value(span);
        let mut ends = [None, None, None];
        for (end, expr) in ends.iter_mut().zip([&bounds.lower, &bounds.upper, &bounds.step]) {
            let Some(expr) = expr else { continue };
            let bound = self.value(expr);
            match bound.kind {
                ValueKind::Int(int) => *end = Some(int),
                ValueKind::None => {}
                _ => return Value::unknown(operators::why_value(&bound), span).into(),
            }
        }
        let made = match &value.kind {
            ValueKind::List { items, open: None } => {
                let at = indexes(items.len(), ends);
                let items = at.into_iter().filter_map(|i| items.get(i).cloned()).collect();
                Some(Value::list(value.form, items, None, span))
            }
            ValueKind::Str(text) if text.is_resolved() => {
                let offsets: Vec<usize> = text.as_str().char_indices().map(|(at, _)| at).collect();
                let at = indexes(offsets.len(), ends);
                let end = |i: usize| offsets.get(i + 1).copied().unwrap_or(text.as_str().len());
                let whole = at.windows(2).all(|pair| matches!(pair, [a, b] if a + 1 == *b));
                let made = match (at.first(), at.last()) {
                    (Some(first), Some(last)) if whole => {
                        ValueKind::Str(text.slice(offsets[*first]..end(*last)))
                    }
                    (None, _) => ValueKind::Str(text.slice(0..0)),
                    _ => {
                        let chars: Vec<char> = text.as_str().chars().collect();
                        let picked = at.iter().filter_map(|i| chars.get(*i)).collect::<String>();
                        ValueKind::Str(crate::source::Text::derived(picked, span))
                    }
                };
                Some(Value::new(made, span))
            }
            _ => None,
        };
        let made = made.unwrap_or_else(|| Value::unknown(operators::why_value(&value), span));
        self.sane(made.with_reads(&value.reads)).into()
    }

    /// `value[index]` of a list, dict or text.
    pub(super) fn item(&mut self, value: &Value, index: &Object, span: Span) -> Value {
        let key = index.value(span);
        let key = match key.as_str() {
            Some(text) if value.form == Form::Section => {
                std::rc::Rc::new(Value::text(text.to_lowercase(), span))
            }
            _ => key,
        };
        let raised = match (&value.kind, &key.kind) {
            (ValueKind::List { items, open: None }, ValueKind::Int(at)) => {
                match place(*at, items.len()).and_then(|at| items.get(at)) {
                    Some(item) => return item.clone(),
                    None => Some(("IndexError", "list index out of range".to_owned())),
                }
            }
            // What stands before something unknown is at its place only where nothing unknown stands before it.
            (ValueKind::Str(text), ValueKind::Int(at)) if text.is_resolved() => {
                let chars: Vec<(usize, char)> = text.as_str().char_indices().collect();
                match place(*at, chars.len()).and_then(|at| chars.get(at)) {
                    Some((at, c)) => {
                        let piece = text.slice(*at..at + c.len_utf8());
                        return Value::new(ValueKind::Str(piece), span);
                    }
                    None => Some(("IndexError", "string index out of range".to_owned())),
                }
            }
            (ValueKind::Dict { entries, open }, _) => {
                let mut unsure = !key.is_known();
                for (k, v) in entries.iter().rev() {
                    match operators::same(k, &key) {
                        Some(true) if !unsure => return v.clone(),
                        Some(false) => {}
                        _ => unsure = true,
                    }
                }
                let shown = operators::repr(&key).unwrap_or_default();
                (open.is_none() && !unsure).then_some(("KeyError", shown))
            }
            (ValueKind::None, _) => {
                Some(("TypeError", "'NoneType' object is not subscriptable".to_owned()))
            }
            (ValueKind::Bool(_) | ValueKind::Int(_) | ValueKind::Float(_), _) => {
                let kind = type_name(value);
                Some(("TypeError", format!("'{kind}' object is not subscriptable")))
            }
            (ValueKind::List { .. }, ValueKind::Str(_)) => {
                Some(("TypeError", "list indices must be integers or slices, not str".to_owned()))
            }
            _ => None,
        };
        if let Some((kind, message)) = raised {
            self.fail(kind, message, Cause::Value, span);
            return Value::unknown(Reason::NoSuchItem, span);
        }
        let why = value.why().or_else(|| key.why());
        Value::unknown(why.unwrap_or(Reason::NoSuchItem.into()), span)
    }
}

/// Where an index stands, counted from the end where it is below zero.
pub(super) fn place(at: i64, len: usize) -> Option<usize> {
    let len = i64::try_from(len).ok()?;
    let at = if at < 0 { at.checked_add(len)? } else { at };
    usize::try_from(at).ok().filter(|at| (*at as i64) < len)
}

/// The indexes of a slice, as Python's `slice.indices` counts them.
fn indexes(len: usize, [lower, upper, step]: [Option<i64>; 3]) -> Vec<usize> {
    let len = len as i64;
    let step = step.unwrap_or(1);
    if step == 0 {
        return Vec::new();
    }
    let (low, high) = if step > 0 { (0, len) } else { (-1, len - 1) };
    let clamp = |at: i64| (if at < 0 { at.saturating_add(len) } else { at }).clamp(low, high);
    let start = lower.map_or(if step > 0 { low } else { high }, clamp);
    let end = upper.map_or(if step > 0 { high } else { low }, clamp);
    let mut at = start;
    let mut out = Vec::new();
    while (step > 0 && at < end) || (step < 0 && at > end) {
        out.extend(usize::try_from(at));
        at = at.saturating_add(step);
    }
    out
}
