//! Methods of strings, lists and dicts.

use super::conditions::boolean;
use super::evaluator::{Evaluator, MAX_BYTES, MAX_ITEMS};
use super::object::{Args, Object};
use super::operators::{self, to_text};
use super::{Cast, Value, ValueKind};
use crate::source::{Reason, Text};

impl Evaluator<'_> {
    /// `value.name(args)`
    pub(super) fn method(&mut self, value: &Value, name: &str, args: &Args) -> Object {
        let reads: Vec<_> = value.reads.iter().cloned().chain(args.reads()).collect();
        match &value.kind {
            ValueKind::Path(path) => self.path_method(path, name, value, args),
            ValueKind::Str(text) => {
                let made = self.text_method(text, name, args).unwrap_or_else(|| {
                    let why = text.why().unwrap_or(Reason::Call(format!("str.{name}")).into());
                    Value::unknown(why, args.span)
                });
                let made = self.sane(made.with_reads(&reads));
                if name.contains("split") {
                    self.recast(made, Cast::List).into()
                } else {
                    made.into()
                }
            }
            ValueKind::List { items, open } => match name {
                "copy" => value.clone().into(),
                "count" | "index" if open.is_none() => {
                    let Some(item) = args.positional.first().map(|o| o.value(args.span)) else {
                        return Object::unknown(Reason::NotGiven("item".to_owned()), args.span);
                    };
                    let found = items.iter().position(|i| operators::same(i, &item) == Some(true));
                    match (name, found) {
                        ("index", Some(at)) => Object::plain(ValueKind::Int(at as i64), args.span),
                        ("count", None) => Object::plain(ValueKind::Int(0), args.span),
                        _ => Object::unknown(Reason::NoSuchItem, args.span),
                    }
                }
                _ => Value::unknown(Reason::Call(format!("list.{name}")), args.span)
                    .with_reads(&reads)
                    .into(),
            },
            ValueKind::Dict { entries, open } => {
                let list = |items: Vec<Value>| {
                    Object::from(
                        Value::new(ValueKind::List { items, open: open.clone() }, args.span)
                            .with_reads(&reads),
                    )
                };
                match (name, args.positional.first().map(|o| o.value(args.span))) {
                    ("copy", _) => value.clone().into(),
                    ("keys", _) => list(entries.iter().map(|(k, _)| k.clone()).collect()),
                    ("values", _) => list(entries.iter().map(|(_, v)| v.clone()).collect()),
                    ("get", Some(key)) => {
                        let found = entries
                            .iter()
                            .rev()
                            .find(|(k, _)| operators::same(k, &key) == Some(true))
                            .map(|(_, v)| v.clone());
                        let missing = || match args.get(1, "default") {
                            _ if open.is_some() || !key.is_known() => {
                                let why =
                                    open.clone().unwrap_or_else(|| operators::why_value(&key));
                                Value::unknown(why, args.span)
                            }
                            Some(default) => (*default.value(args.span)).clone(),
                            None => Value::new(ValueKind::None, args.span),
                        };
                        found.unwrap_or_else(missing).with_reads(&reads).into()
                    }
                    _ => Value::unknown(Reason::Call(format!("dict.{name}")), args.span)
                        .with_reads(&reads)
                        .into(),
                }
            }
            ValueKind::Unknown(why) => {
                let made = Value::unknown(why.clone(), args.span).with_reads(&reads);
                if name.contains("split") {
                    self.recast(made, Cast::List).into()
                } else {
                    made.into()
                }
            }
            ValueKind::None => {
                // `None.split()` is the well-known end of an unset variable.
                if self.trying > 0 {
                    self.raised = true;
                }
                Value::unknown(Reason::OfNone(name.to_owned()), args.span).with_reads(&reads).into()
            }
            _ => Value::unknown(Reason::Call(name.to_owned()), args.span).with_reads(&reads).into(),
        }
    }

    fn text_method(&mut self, text: &Text, name: &str, args: &Args) -> Option<Value> {
        let span = args.span;
        if !text.is_resolved() {
            // What these do to a text does not depend on what is not known of it.
            match name {
                "split" | "join" | "format" => {}
                "strip" if !text.starts_unresolved() && !text.ends_unresolved() => {}
                "lstrip" if !text.starts_unresolved() => {}
                "rstrip" if !text.ends_unresolved() => {}
                "startswith" | "removeprefix" => {
                    let start = args.positional.first()?.as_str()?;
                    if start.starts_with(text.head()) && start != text.head() {
                        return None;
                    }
                }
                _ => return None,
            }
        }
        let string = text.as_str();
        let argument = |index: usize| args.positional.get(index).map(Object::as_str);
        let made = |text: Text| Some(Value::new(ValueKind::Str(text), span));
        let truth = |truth: bool| Some(boolean(Ok(truth), span));
        // Case changes keep every place where the length of each character stays the same, so they are
        // made whole instead; a comparison needs no places.
        let whole = |out: String| Some(Value::text(out, text.span()));
        let strip = |start: bool, end: bool| {
            let set: Option<Vec<char>> = match argument(0) {
                None => None,
                Some(chars) => Some(chars?.chars().collect()),
            };
            let is = |c: char| set.as_ref().map_or(c.is_whitespace(), |s| s.contains(&c));
            let from = if start { string.len() - string.trim_start_matches(is).len() } else { 0 };
            let to = if end { string.trim_end_matches(is).len().max(from) } else { string.len() };
            made(text.slice(from..to))
        };
        match name {
            "lower" | "casefold" => whole(string.to_lowercase()),
            "upper" => whole(string.to_uppercase()),
            "title" | "capitalize" => {
                let mut chars = string.chars();
                let first = chars.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
                if string.contains(' ') && name == "title" {
                    None
                } else {
                    whole(first + &chars.as_str().to_lowercase())
                }
            }
            "strip" => strip(true, true),
            "lstrip" => strip(true, false),
            "rstrip" => strip(false, true),
            "removeprefix" => made(text.slice(
                argument(0)??.len() * usize::from(string.starts_with(argument(0)??))..string.len(),
            )),
            "removesuffix" => made(text.slice(
                0..string.len()
                    - argument(0)??.len() * usize::from(string.ends_with(argument(0)??)),
            )),
            "startswith" | "endswith" => {
                let options = match args.positional.first()?.known()? {
                    value if value.items().is_some() => {
                        value.items()?.iter().map(Value::as_str).collect::<Option<Vec<_>>>()?
                    }
                    value => vec![value.as_str()?],
                };
                truth(options.iter().any(|o| {
                    if name == "startswith" { string.starts_with(o) } else { string.ends_with(o) }
                }))
            }
            "isdigit" | "isnumeric" => {
                truth(!string.is_empty() && string.chars().all(|c| c.is_ascii_digit()))
            }
            "replace" => {
                let (from, to) = (argument(0)??, argument(1)??);
                let grown = string.matches(from).count().checked_mul(to.len())?;
                if args.positional.len() > 2 || grown > MAX_BYTES {
                    return None;
                }
                if string.contains(from) {
                    whole(string.replace(from, to))
                } else {
                    made(text.clone())
                }
            }
            "split" => self.split(text, args),
            "join" => {
                let value = args.positional.first()?.known()?;
                if value.is_open() {
                    return None;
                }
                let mut out = Text::empty(span);
                for (index, item) in value.items()?.iter().enumerate() {
                    if index > 0 {
                        out.push_text(text);
                    }
                    out.push_text(&to_text(item).filter(|_| item.as_str().is_some())?);
                    if out.as_str().len() > MAX_BYTES {
                        return None;
                    }
                }
                made(out)
            }
            "format" => self.format(text, args),
            "encode" => None,
            _ => None,
        }
    }

    /// `text.split(separator, most)`
    fn split(&mut self, text: &Text, args: &Args) -> Option<Value> {
        let string = text.as_str();
        let most = match args.get(1, "maxsplit").map(|o| o.known().map(|v| &v.kind)) {
            None => usize::MAX,
            Some(Some(ValueKind::Int(most))) => usize::try_from(*most).unwrap_or(usize::MAX),
            Some(_) => return None,
        };
        let separator = match args.get(0, "sep") {
            None => None,
            Some(object) if object.known().is_some_and(|v| v.kind == ValueKind::None) => None,
            Some(object) => Some(object.as_str().filter(|s| !s.is_empty())?),
        };
        let pieces: Vec<&str> = match separator {
            Some(separator) => {
                string.splitn(most.saturating_add(1), separator).take(MAX_ITEMS + 1).collect()
            }
            None if most == usize::MAX => string.split_whitespace().take(MAX_ITEMS + 1).collect(),
            None => return None,
        };
        let start = string.as_ptr() as usize;
        let items = pieces.into_iter().map(|piece| {
            let at = piece.as_ptr() as usize - start;
            Value::new(ValueKind::Str(text.slice(at..at + piece.len())), args.span)
        });
        Some(Value::new(ValueKind::List { items: items.collect(), open: None }, args.span))
    }

    /// `"{} {0} {name}".format(…)` without conversions.
    fn format(&mut self, text: &Text, args: &Args) -> Option<Value> {
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
            let object = match (field.is_empty(), field.parse::<usize>()) {
                (true, _) => {
                    next += 1;
                    args.positional.get(next - 1)?
                }
                (false, Ok(index)) => args.positional.get(index)?,
                (false, Err(_)) => args.named(field)?,
            };
            out.push_text(&to_text(object.known()?)?);
            if out.as_str().len() > MAX_BYTES {
                return None;
            }
            at = end + 1;
        }
        out.push_text(&text.slice(at..string.len()));
        Some(Value::new(ValueKind::Str(out), args.span))
    }
}
