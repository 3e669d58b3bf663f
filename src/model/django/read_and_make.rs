//! One read by a reader library: the variable, what its text is made into, the error where it is not set.

use super::env_readers::Maker;
use super::environment::{Set, first_read};
use super::evaluator::Evaluator;
use super::object::{Library, Object};
use super::{EnvRead, Value, ValueKind};
use crate::source::{Reason, Span};

impl Evaluator<'_> {
    /// Reads a variable and makes of it what is wanted.
    pub(super) fn read_and_make(
        &mut self,
        name: &str,
        maker: &Maker,
        default: Option<Value>,
        library: Library,
        span: Span,
    ) -> Object {
        let decouple = library == Library::Decouple;
        let answer = self.read_with(name, span, default.as_ref(), default.is_none(), decouple);
        let read = EnvRead { cast: maker.cast(), ..answer.read };
        self.note_read(&read);
        let value = match (answer.set, default) {
            (Set::To(text), default)
                if library == Library::Environ && text.head().starts_with('$') =>
            {
                // django-environ: the value is that of another variable.
                match text.resolved().map(|t| t.trim_start_matches('$').to_owned()) {
                    Some(other)
                        if !other.is_empty()
                            && self.call_depth < 16
                            && !self.scheme_names.contains(&other) =>
                    {
                        self.call_depth += 1;
                        let object = self.read_and_make(&other, maker, default, library, span);
                        self.call_depth -= 1;
                        (*object.value(span)).clone()
                    }
                    _ => Value::unknown(Reason::NotEvaluated("a reference to a variable"), span),
                }
            }
            (Set::To(text), default) => {
                let blank =
                    text.is_empty() && matches!(maker, Maker::Database | Maker::Cache | Maker::Url);
                let text = Value::new(ValueKind::Str(text), span);
                match default {
                    // `if s: parse(s)`
                    Some(_) if blank && library == Library::DatabaseUrl => {
                        Value::new(ValueKind::Dict { entries: Vec::new(), open: None }, span)
                    }
                    _ => self.make(&text, maker, library, span),
                }
            }
            (Set::Maybe(why), default) => {
                if default.is_none() {
                    self.may_raise.get_or_insert_with(|| why.clone().or_at(span));
                }
                Value::unknown(why, span)
            }
            (Set::No, None) => {
                let (kind, words) = match library {
                    Library::Environ => {
                        ("ImproperlyConfigured", format!("Set the {name} environment variable"))
                    }
                    Library::Environs => {
                        ("EnvNotSetError", format!("Environment variable \"{name}\" not set"))
                    }
                    Library::Decouple => (
                        "UndefinedValueError",
                        format!(
                            "{name} not found. Declare it as envvar or define a default value."
                        ),
                    ),
                    Library::Configurations => (
                        "ValueError",
                        format!(
                            "Value '{name}' is required to be set as the environment variable '{name}'"
                        ),
                    ),
                    Library::Pydantic | Library::DatabaseUrl => {
                        ("ValidationError", format!("{name}: Field required"))
                    }
                };
                self.not_set(name, kind, &words, span)
            }
            // decouple casts its default too; the others only where it is a URL.
            (Set::No, Some(default))
                if decouple
                    || matches!(maker, Maker::Database | Maker::Cache | Maker::Url)
                    || (matches!(maker, Maker::Path) && library == Library::Environ) =>
            {
                self.make(&default, maker, library, span)
            }
            (Set::No, Some(default)) => default,
        };
        first_read(value, read).into()
    }
}
