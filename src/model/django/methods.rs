//! Methods of strings, lists and dicts.

use super::conditions::boolean;
use super::evaluator::{Evaluator, MAX_BYTES, MAX_ITEMS};
use super::object::{Args, Object};
use super::operators::{self, to_text};
use super::value::Form;
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
            ValueKind::List { .. } => self.list_method(value, name, args),
            ValueKind::Dict { .. } => self.dict_method(value, name, args),
            ValueKind::Duration(seconds) if name == "total_seconds" => {
                Value::new(ValueKind::Float(*seconds), args.span).with_reads(&reads).into()
            }
            ValueKind::Unknown(why) => {
                let made = Value::unknown(why.clone(), args.span).with_reads(&reads);
                if name.contains("split") {
                    self.recast(made, Cast::List).into()
                } else {
                    made.into()
                }
            }
            ValueKind::None | ValueKind::Bool(_) | ValueKind::Int(_) | ValueKind::Float(_) => {
                // `None.split()` is the well-known end of an unset variable.
                let kind = operators::type_name(value);
                let has = match value.kind {
                    ValueKind::Float(_) => name == "is_integer",
                    ValueKind::Int(_) | ValueKind::Bool(_) => {
                        matches!(name, "bit_length" | "to_bytes" | "is_integer")
                    }
                    _ => false,
                };
                if !has && !name.starts_with("__") {
                    let words = format!("'{kind}' object has no attribute '{name}'");
                    self.failed("AttributeError", words, args.span);
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
            "capitalize" => {
                let mut chars = string.chars();
                let first = chars.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
                whole(first + &chars.as_str().to_lowercase())
            }
            "title" => {
                let mut out = String::new();
                let mut inside = false;
                for c in string.chars() {
                    if inside {
                        out.extend(c.to_lowercase());
                    } else {
                        out.extend(c.to_uppercase());
                    }
                    inside = c.is_alphabetic();
                }
                whole(out)
            }
            "swapcase" | "expandtabs" | "translate" | "maketrans" | "encode" => None,
            "isupper" => truth(
                string.chars().any(char::is_uppercase) && !string.chars().any(char::is_lowercase),
            ),
            "islower" => truth(
                string.chars().any(char::is_lowercase) && !string.chars().any(char::is_uppercase),
            ),
            "isalpha" => truth(!string.is_empty() && string.chars().all(char::is_alphabetic)),
            "isalnum" => truth(!string.is_empty() && string.chars().all(char::is_alphanumeric)),
            "isspace" => truth(!string.is_empty() && string.chars().all(char::is_whitespace)),
            "count" => {
                let wanted = argument(0)??;
                (!wanted.is_empty()).then(|| {
                    Value::new(ValueKind::Int(string.matches(wanted).count() as i64), span)
                })
            }
            "find" | "index" | "rfind" | "rindex" if args.positional.len() == 1 => {
                let wanted = argument(0)??;
                let found =
                    if name.starts_with('r') { string.rfind(wanted) } else { string.find(wanted) };
                match found {
                    Some(at) => {
                        let at = string[..at].chars().count() as i64;
                        Some(Value::new(ValueKind::Int(at), span))
                    }
                    None if name.ends_with("find") => Some(Value::new(ValueKind::Int(-1), span)),
                    None => {
                        let why = self.failed("ValueError", "substring not found", span);
                        Some(Value::unknown(why, span))
                    }
                }
            }
            "partition" | "rpartition" => {
                let wanted = argument(0)??;
                let found =
                    if name == "partition" { string.find(wanted) } else { string.rfind(wanted) };
                let piece = |range: std::ops::Range<usize>| {
                    Value::new(ValueKind::Str(text.slice(range)), span)
                };
                let (end, empty) = (string.len(), 0..0);
                let parts = match found {
                    Some(at) => {
                        let after = at + wanted.len();
                        vec![piece(0..at), piece(at..after), piece(after..end)]
                    }
                    None if name == "partition" => {
                        vec![piece(0..end), piece(empty.clone()), piece(empty)]
                    }
                    None => vec![piece(empty.clone()), piece(empty), piece(0..end)],
                };
                Some(Value::list(Form::Tuple, parts, None, span))
            }
            "splitlines" => {
                let mut items = Vec::new();
                for line in string.lines().take(MAX_ITEMS) {
                    let at = line.as_ptr() as usize - string.as_ptr() as usize;
                    let piece = text.slice(at..at + line.len());
                    items.push(Value::new(ValueKind::Str(piece), span));
                }
                Some(Value::list(Form::List, items, None, span))
            }
            "zfill" | "ljust" | "rjust" => {
                let ValueKind::Int(width) = args.positional.first()?.known()?.kind else {
                    return None;
                };
                let width = usize::try_from(width).ok().filter(|w| *w < 1_000)?;
                if args.positional.len() > 1 {
                    return None;
                }
                match name {
                    "zfill" if !string.starts_with(['-', '+']) => {
                        whole(format!("{string:0>width$}"))
                    }
                    "ljust" => whole(format!("{string:<width$}")),
                    "rjust" => whole(format!("{string:>width$}")),
                    _ => None,
                }
            }
            "rsplit" => self.split(text, args, true),
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
            "split" => self.split(text, args, false),
            "join" => {
                let first = args.positional.first()?.clone();
                let unordered = first
                    .known()
                    .is_some_and(|v| v.form == Form::Set && v.items().is_some_and(|i| i.len() > 1));
                let (items, open) = self.iterate(&first, span);
                if open.is_some() || unordered {
                    return None;
                }
                let mut out = Text::empty(span);
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        out.push_text(text);
                    }
                    let item = item.value(span);
                    if !matches!(item.kind, ValueKind::Str(_) | ValueKind::Unknown(_)) {
                        let kind = operators::type_name(&item);
                        let words =
                            format!("sequence item {index}: expected str instance, {kind} found");
                        let why = self.failed("TypeError", words, span);
                        return Some(Value::unknown(why, span));
                    }
                    out.push_text(&to_text(&item)?);
                    if out.as_str().len() > MAX_BYTES {
                        return None;
                    }
                }
                made(out)
            }
            "format" => self.format(text, args),
            _ => None,
        }
    }

    /// `text.split(separator, most)`, `text.rsplit(…)`
    fn split(&mut self, text: &Text, args: &Args, backwards: bool) -> Option<Value> {
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
            Some(separator) if backwards && most != usize::MAX => {
                let mut pieces: Vec<&str> =
                    string.rsplitn(most.saturating_add(1), separator).take(MAX_ITEMS + 1).collect();
                pieces.reverse();
                pieces
            }
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
}
