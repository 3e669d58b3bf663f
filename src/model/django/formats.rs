//! Texts that are put together: f-strings, `str.format`, `%`.

use super::evaluator::{Evaluator, MAX_BYTES};
use super::object::{Args, Object};
use super::operators::{self, to_text};
use super::{Value, ValueKind};
use crate::source::{Reason, Span, Text, Unknown};
use crate::syntax::python::{Expr, FPart};

impl Evaluator<'_> {
    /// `f"…{value!r:format}…"`
    pub(super) fn f_string(&mut self, parts: &[FPart], span: Span) -> Object {
        let mut text = Text::empty(span);
        let mut reads = Vec::new();
        let mut unknown = None;
        for part in parts {
            let (value, conversion, format, written) = match part {
                FPart::Literal(literal) => {
                    text.push_text(literal);
                    continue;
                }
                FPart::Value { value, conversion, format, written } => {
                    (value, conversion, format, written)
                }
            };
            let (object, made) = self.f_part(value, *conversion, format);
            reads.extend_from_slice(object.reads());
            match made.filter(|_| !written) {
                Some(part) if text.as_str().len() + part.as_str().len() <= MAX_BYTES => {
                    text.push_text(&part)
                }
                Some(_) => {
                    unknown = unknown.or_else(|| Some(Unknown::at(Reason::Limit("a text"), span)))
                }
                None => unknown = unknown.or_else(|| Some(object.why(span))),
            }
        }
        let kind = unknown.map_or(ValueKind::Str(text), ValueKind::Unknown);
        self.sane(Value::new(kind, span).with_reads(&reads)).into()
    }

    fn f_part(
        &mut self,
        value: &Expr,
        conversion: Option<char>,
        format: &[FPart],
    ) -> (Object, Option<Text>) {
        let object = self.eval(value);
        let known = object.value(value.span);
        let text = match conversion {
            None | Some('s') => to_text(&known),
            Some('r') => operators::repr(&known).map(|t| Text::derived(t, value.span)),
            Some(_) => None,
        };
        if format.is_empty() {
            return (object, text);
        }
        let spec = self.f_string(format, value.span);
        let made = match (spec.as_str(), conversion) {
            (Some(spec), None) => formatted(&known, spec),
            (Some(spec), Some(_)) => text
                .as_ref()
                .and_then(|t| padded(t.resolved()?, spec, '<'))
                .map(|t| Text::derived(t, value.span)),
            _ => None,
        };
        (object, made)
    }

    /// `"{} {0} {name!r:>5}".format(…)`
    pub(super) fn format(&mut self, text: &Text, args: &Args) -> Option<Value> {
        if args.open.is_some() {
            return None;
        }
        let string = text.as_str();
        let mut out = Text::empty(args.span);
        let (mut at, mut next) = (0, 0);
        while let Some(found) = string[at..].find(['{', '}']).map(|f| at + f) {
            out.push_text(&text.slice(at..found));
            let rest = &string[found..];
            if rest.starts_with("{{") || rest.starts_with("}}") {
                out.push_text(&text.slice(found..found + 1));
                at = found + 2;
                continue;
            }
            let end = found + rest.find('}').filter(|_| rest.starts_with('{'))?;
            let field = &string[found + 1..end];
            let (field, spec) = field.split_once(':').unwrap_or((field, ""));
            let (field, conversion) = match field.split_once('!') {
                Some((field, conversion)) => (field, Some(conversion)),
                None => (field, None),
            };
            let object = match (field.is_empty(), field.parse::<usize>()) {
                (true, _) => {
                    next += 1;
                    args.positional.get(next - 1).cloned()
                }
                (false, Ok(index)) => args.positional.get(index).cloned(),
                (false, Err(_)) => self.field(field, args),
            };
            let object = object?;
            let value = object.value(args.span);
            let made = match conversion {
                None if spec.is_empty() => to_text(&value)?,
                None => formatted(&value, spec)?,
                Some("r") if spec.is_empty() => Text::derived(operators::repr(&value)?, args.span),
                Some("s") if spec.is_empty() => to_text(&value)?,
                Some(_) => return None,
            };
            out.push_text(&made);
            if out.as_str().len() > MAX_BYTES {
                return None;
            }
            at = end + 1;
        }
        out.push_text(&text.slice(at..string.len()));
        Some(Value::new(ValueKind::Str(out), args.span))
    }

    /// `name`, `name.attribute`, `name[key]`, `0[key]`
    fn field(&mut self, field: &str, args: &Args) -> Option<Object> {
        let end = field.find(['.', '[']).unwrap_or(field.len());
        let (name, mut rest) = field.split_at(end);
        let mut object = match name.parse::<usize>() {
            Ok(index) => args.positional.get(index)?.clone(),
            Err(_) => args.named(name)?.clone(),
        };
        while !rest.is_empty() {
            if let Some(inner) = rest.strip_prefix('[') {
                let (key, after) = inner.split_once(']')?;
                let key = match key.parse::<i64>() {
                    Ok(index) => Object::plain(ValueKind::Int(index), args.span),
                    Err(_) => Value::text(key, args.span).into(),
                };
                object = self.subscript(&object, &key, args.span);
                rest = after;
            } else {
                let inner = rest.strip_prefix('.')?;
                let end = inner.find(['.', '[']).unwrap_or(inner.len());
                object = self.attribute(&object, &inner[..end], args.span);
                rest = &inner[end..];
            }
        }
        Some(object)
    }
}

/// `format(value, spec)` of texts and whole numbers.
fn formatted(value: &Value, spec: &str) -> Option<Text> {
    if spec.is_empty() {
        return to_text(value);
    }
    let made = match &value.kind {
        ValueKind::Str(text) => padded(text.resolved()?, spec, '<')?,
        ValueKind::Int(int) => {
            let spec = spec.strip_suffix('d').unwrap_or(spec);
            match spec.strip_prefix('0').filter(|width| !width.is_empty()) {
                Some(width) => {
                    let width: usize = width.parse().ok().filter(|w| *w < 100)?;
                    format!("{int:0width$}")
                }
                None => padded(&int.to_string(), spec, '>')?,
            }
        }
        ValueKind::Float(float) => {
            let digits = spec.strip_prefix('.')?.strip_suffix('f')?;
            let digits: usize = digits.parse().ok().filter(|d| *d < 20)?;
            format!("{float:.digits$}")
        }
        _ => return None,
    };
    Some(Text::derived(made, value.span))
}

/// A text in a field of a width: `>10`, `<10`, `^10`, `10`.
fn padded(text: &str, spec: &str, usual: char) -> Option<String> {
    if spec.is_empty() || spec == "s" {
        return Some(text.to_owned());
    }
    let (side, width) = match spec.chars().next()? {
        side @ ('<' | '>') => (side, &spec[1..]),
        _ => (usual, spec),
    };
    let width = width.strip_suffix('s').unwrap_or(width);
    let width: usize = width.parse().ok().filter(|w| *w < 1_000)?;
    Some(if side == '<' { format!("{text:<width$}") } else { format!("{text:>width$}") })
}

/// `format % values` with `%s`, `%d`, `%r`, `%i`, `%02d`, `%(name)s`.
pub(super) fn percent(format: &Text, right: &Value, span: Span) -> Option<Text> {
    let single = std::slice::from_ref(right);
    let tuple = right.items().filter(|_| right.form == super::value::Form::Tuple);
    if tuple.is_some() && right.is_open() {
        return None;
    }
    let mut values = tuple.unwrap_or(single).iter();
    let string = format.as_str();
    let mut text = Text::empty(span);
    let mut rest = 0;
    while let Some(at) = string[rest..].find('%').map(|at| rest + at) {
        text.push_text(&format.slice(rest..at));
        let mut end = at + 1;
        let named = match string[end..].strip_prefix('(') {
            Some(inner) => {
                let close = inner.find(')')?;
                end += close + 2;
                Some(&inner[..close])
            }
            None => None,
        };
        let width_end = end + string[end..].find(|c: char| !c.is_ascii_digit())?;
        let width = &string[end..width_end];
        let verb = string[width_end..].chars().next()?;
        rest = width_end + verb.len_utf8();
        if verb == '%' {
            text.push_text(&format.slice(width_end..rest));
            continue;
        }
        let value = match named {
            Some(name) => right.entry(name).filter(|_| !right.is_open())?,
            None => values.next()?,
        };
        let made = match verb {
            's' => to_text(value)?,
            'r' => Text::derived(operators::repr(value)?, span),
            'd' | 'i' if matches!(value.kind, ValueKind::Int(_)) => to_text(value)?,
            _ => return None,
        };
        if width.is_empty() {
            text.push_text(&made);
        } else {
            let wide: usize = width.parse().ok().filter(|w| *w < 1_000)?;
            let made = made.resolved()?;
            let zeros = width.starts_with('0') && verb != 's' && !made.starts_with('-');
            let made = if zeros { format!("{made:0>wide$}") } else { format!("{made:>wide$}") };
            text.push_derived(&made, span);
        }
        if text.as_str().len() > MAX_BYTES {
            return None;
        }
    }
    // One that is left over is an error.
    if tuple.is_some() && values.next().is_some() {
        return None;
    }
    text.push_text(&format.slice(rest..string.len()));
    Some(text)
}
