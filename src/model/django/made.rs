//! What a text of the environment is made into: booleans, numbers, lists, URLs.

use super::builtins::python_int;
use super::data_files::json;
use super::env_readers::Maker;
use super::evaluator::Evaluator;
use super::object::{Args, Library, Object};
use super::value::Form;
use super::{Value, ValueKind, database_url, paths};
use crate::source::{Reason, Span, Text, Unknown};

impl Evaluator<'_> {
    /// Makes something of a text; what is no text any more stays as it is.
    pub(super) fn make(
        &mut self,
        value: &Value,
        maker: &Maker,
        library: Library,
        span: Span,
    ) -> Value {
        if let Maker::Function(function) = maker {
            let args = Args::of_positional(vec![value.clone().into()], span);
            return (*self.call(function, &args).value(span)).clone();
        }
        let ValueKind::Str(text) = &value.kind else {
            return match (maker, &value.kind) {
                (Maker::Bool, ValueKind::Int(int)) => {
                    Value::new(ValueKind::Bool(*int != 0), span).with_reads(&value.reads)
                }
                (Maker::Bool, ValueKind::None) if library == Library::Decouple => Value::unknown(
                    self.failed("ValueError", "Invalid truth value: none", span),
                    span,
                ),
                (Maker::Int, ValueKind::None) if library == Library::Decouple => {
                    let words = "int() argument must be a string, a bytes-like object or a real number, not 'NoneType'";
                    Value::unknown(self.failed("TypeError", words, span), span)
                }
                (Maker::Int, ValueKind::Bool(b)) => Value::new(ValueKind::Int(i64::from(*b)), span),
                (Maker::List(_, form), ValueKind::None) if library == Library::Decouple => {
                    Value::list(*form, Vec::new(), None, span)
                }
                _ => value.clone(),
            };
        };
        let words = |what: &str| format!("invalid literal: '{what}'");
        let made = match maker {
            Maker::Text => Some(Value::new(value.kind.clone(), value.span)),
            Maker::Bool => match text.resolved() {
                Some(t) => match boolean(t, library) {
                    Some(b) => Some(Value::new(ValueKind::Bool(b), span)),
                    None => {
                        let kind = if library == Library::Environs {
                            "EnvValidationError"
                        } else {
                            "ValueError"
                        };
                        let why = self.failed(
                            kind,
                            format!("Invalid truth value: {}", t.to_lowercase()),
                            span,
                        );
                        Some(Value::unknown(why, span))
                    }
                },
                None => None,
            },
            Maker::Int | Maker::Float => match text.resolved() {
                Some(t) => {
                    let made = if matches!(maker, Maker::Int) {
                        python_int(t).map(ValueKind::Int)
                    } else {
                        t.trim().parse().ok().map(ValueKind::Float)
                    };
                    match made {
                        Some(kind) => Some(Value::new(kind, span)),
                        None if library == Library::Environ && matches!(maker, Maker::Float) => {
                            None
                        }
                        None => {
                            let kind = if library == Library::Environs {
                                "EnvValidationError"
                            } else {
                                "ValueError"
                            };
                            let why = self.failed(kind, words(t), span);
                            Some(Value::unknown(why, span))
                        }
                    }
                }
                None => None,
            },
            Maker::List(item, form) => {
                let mut list = self.split_list(text, item.as_ref(), library, *form, span);
                list.form = *form;
                Some(list)
            }
            Maker::Json => match text.resolved() {
                Some(t) => match json(t, span) {
                    Some(value) => Some(value),
                    None => {
                        let kind = if library == Library::Environs {
                            "EnvValidationError"
                        } else {
                            "JSONDecodeError"
                        };
                        let why = self.failed(kind, "Expecting value", span);
                        Some(Value::unknown(why, span))
                    }
                },
                None => None,
            },
            Maker::Dict if library == Library::Environ => text.resolved().and_then(|t| {
                let mut dict = super::functions::empty_dict(span);
                for pair in t.split(',').filter(|p| !p.is_empty()) {
                    let (key, value) = pair.split_once('=')?;
                    super::operators::set_entry(
                        &mut dict,
                        &Value::text(key, span),
                        Value::text(value, span),
                    );
                }
                Some(dict)
            }),
            Maker::Database => {
                let made = database_url::database(text, library, span);
                if made.is_none() && text.is_resolved() && library == Library::DatabaseUrl {
                    let known =
                        text.as_str().split("://").next().is_some_and(database_url::has_engine);
                    if !known {
                        let why = self.failed("UnknownSchemeError", "", span);
                        return Value::unknown(why, span).with_reads(&value.reads);
                    }
                }
                made
            }
            Maker::Cache if text.is_empty() => {
                Some(Value::new(ValueKind::Dict { entries: Vec::new(), open: None }, span))
            }
            Maker::Cache => {
                let mut made = database_url::cache(text, span);
                // With django-redis another backend is meant.
                if let Some(dict) = &mut made
                    && dict
                        .entry("BACKEND")
                        .and_then(Value::as_str)
                        .is_some_and(|b| b.contains("redis"))
                    && (self.world.installed)("django_redis") != Some(false)
                {
                    let why = Unknown::at(Reason::Installed, span);
                    let key = Value::text("BACKEND", span);
                    super::operators::set_entry(dict, &key, Value::unknown(why, span));
                }
                made
            }
            Maker::Url => database_url::url(text, span),
            Maker::Path => text.resolved().map(|text| {
                let form = if library == Library::Environ { Form::EnvironPath } else { Form::List };
                Value { form, ..Value::new(ValueKind::Path(paths::joined("", text)), span) }
            }),
            Maker::Dict | Maker::Function(_) | Maker::Other => None,
        };
        let made = made.unwrap_or_else(|| {
            Value::unknown(text.why().unwrap_or(Reason::NotA(maker.wanted()).into()), span)
        });
        let made = made.with_reads(&value.reads);
        self.sane(made)
    }

    fn split_list(
        &mut self,
        text: &Text,
        item: Option<&Object>,
        library: Library,
        form: Form,
        span: Span,
    ) -> Value {
        let mut items = Vec::new();
        let text = match library {
            // `value.strip('(').strip(')')`
            Library::Environ if form == Form::Tuple => {
                let t = text.as_str();
                let start = t.len() - t.trim_start_matches(['(', ')']).len();
                let end = t.trim_end_matches(['(', ')']).len().max(start);
                text.slice(start..end)
            }
            _ => text.clone(),
        };
        let mut at = 0;
        let blank = text.is_empty();
        for part in text.as_str().split(',') {
            let whole = text.slice(at..at + part.len());
            at += part.len() + 1;
            let (piece, kept) = match library {
                Library::Environ => {
                    let kept = !whole.is_empty();
                    (whole, kept)
                }
                Library::Environs => (whole, !blank),
                // `shlex` takes quotes away and passes over what is blank.
                _ => {
                    let trimmed = whole.trim();
                    let kept = !trimmed.is_empty();
                    (without_quotes(trimmed), kept)
                }
            };
            if !kept {
                continue;
            }
            let value = Value::new(ValueKind::Str(piece), span);
            items.push(match item {
                Some(item) => self.make(&value, &Maker::of_cast(item), library, span),
                None => value,
            });
            if !self.work(1) {
                break;
            }
        }
        Value::new(ValueKind::List { items, open: None }, span)
    }
}

fn without_quotes(text: Text) -> Text {
    let t = text.as_str();
    let quoted = |q: char| t.len() >= 2 && t.starts_with(q) && t.ends_with(q);
    if quoted('"') || quoted('\'') {
        let end = t.len() - 1;
        return text.slice(1..end);
    }
    text
}

/// A text as each library reads a boolean; `None` where that is an error.
fn boolean(text: &str, library: Library) -> Option<bool> {
    match library {
        // Whatever is not true is false.
        Library::Environ => Some(match python_int(text) {
            Some(int) => int != 0,
            None => {
                matches!(
                    text.trim().to_lowercase().as_str(),
                    "true" | "on" | "ok" | "y" | "yes" | "1"
                )
            }
        }),
        Library::Environs => match text {
            "t" | "T" | "true" | "True" | "TRUE" | "on" | "On" | "ON" | "y" | "Y" | "yes"
            | "Yes" | "YES" | "1" => Some(true),
            "f" | "F" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" | "n" | "N" | "no"
            | "No" | "NO" | "0" => Some(false),
            _ => None,
        },
        Library::Decouple if text.is_empty() => Some(false),
        Library::Configurations => match text.trim().to_lowercase().as_str() {
            "yes" | "y" | "true" | "1" => Some(true),
            "no" | "n" | "false" | "0" | "" => Some(false),
            _ => None,
        },
        _ => match text.to_lowercase().as_str() {
            "1" | "true" | "t" | "yes" | "y" | "on" => Some(true),
            "0" | "false" | "f" | "no" | "n" | "off" => Some(false),
            _ => None,
        },
    }
}
