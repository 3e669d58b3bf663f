//! django-environ, python-decouple, environs, dj-database-url: how each reads the environment.
//! Sources: the documentation of django-environ ("Tips", "Types"), environs ("Supported types"),
//! python-decouple ("How does it work?"), dj-database-url ("Usage").

use super::env_files::Search;
use super::environment::{Set, first_read};
use super::evaluator::Evaluator;
use super::object::{Args, Library, Object, Reader};
use super::{Cast, EnvRead, Value, ValueKind, database_url, paths};
use crate::source::{Reason, Span, Text, Unknown};
use std::collections::BTreeMap;
use std::rc::Rc;

/// What a text is made into.
#[derive(Clone)]
pub(super) enum Maker {
    /// The text as it is.
    Text,
    /// A real boolean.
    Bool,
    /// An integer.
    Int,
    /// A float.
    Float,
    /// Comma-separated items, each made by this object.
    List(Option<Object>),
    /// `a=1,b=2`
    Dict,
    /// JSON.
    Json,
    /// An entry of `DATABASES`.
    Database,
    /// An entry of `CACHES`.
    Cache,
    /// A URL's parts.
    Url,
    /// A path.
    Path,
    /// Whatever this function makes of it.
    Function(Object),
    /// Something that is not evaluated.
    Other,
}

impl Maker {
    /// How a read with this maker is reported.
    fn cast(&self) -> Cast {
        match self {
            Self::Text => Cast::Raw,
            Self::Bool => Cast::Bool,
            Self::Int => Cast::Int,
            Self::List(_) => Cast::List,
            Self::Database | Self::Cache | Self::Url => Cast::Url,
            Self::Float
            | Self::Dict
            | Self::Json
            | Self::Path
            | Self::Function(_)
            | Self::Other => Cast::Other,
        }
    }

    /// What the text has to be.
    fn wanted(&self) -> &'static str {
        match self {
            Self::Bool => "a boolean",
            Self::Int | Self::Float => "a number",
            Self::Json => "JSON",
            Self::Database | Self::Cache | Self::Url => "a URL that is known",
            _ => "what it is cast to",
        }
    }

    /// By the name of a reader's method.
    fn of_method(method: &str, args: &Args) -> Option<Self> {
        Some(match method {
            "str" | "unicode" | "bytes" | "get_value" => Self::Text,
            "bool" => Self::Bool,
            "int" => Self::Int,
            "float" | "decimal" => Self::Float,
            "list" | "tuple" => {
                Self::List(args.named("subcast").or_else(|| args.named("cast")).cloned())
            }
            "dict" => Self::Dict,
            "json" => Self::Json,
            "db" | "db_url" | "dj_db_url" => Self::Database,
            "cache" | "cache_url" | "dj_cache_url" => Self::Cache,
            "url" => Self::Url,
            "path" => Self::Path,
            "email_url" | "email" | "search_url" | "channels_url" | "dj_email_url"
            | "timedelta" | "date" | "datetime" | "log_level" | "enum" | "uuid" => Self::Other,
            _ => return None,
        })
    }

    /// By the object given as `cast`.
    fn of_cast(cast: &Object) -> Self {
        match cast {
            Object::Outside(name) => match &**name {
                "builtins.bool" => Self::Bool,
                "builtins.int" => Self::Int,
                "builtins.float" => Self::Float,
                "builtins.str" => Self::Text,
                "builtins.list" | "builtins.tuple" | "builtins.set" => Self::List(None),
                "builtins.dict" => Self::Dict,
                "dj_database_url.parse" => Self::Database,
                "json.loads" => Self::Json,
                _ => Self::Function(cast.clone()),
            },
            Object::Csv(item) => Self::List(item.as_deref().cloned()),
            // `cast=[str]`
            Object::Value(value) if value.items().is_some() => Self::List(None),
            Object::Value(value) if value.kind == ValueKind::None => Self::Text,
            _ => Self::Function(cast.clone()),
        }
    }

    /// django-environ casts to the type of the default when nothing else is said.
    fn of_default(default: &Value) -> Self {
        match default.kind {
            ValueKind::Bool(_) => Self::Bool,
            ValueKind::Int(_) => Self::Int,
            ValueKind::Float(_) => Self::Float,
            ValueKind::List { .. } => Self::List(None),
            ValueKind::Dict { .. } => Self::Dict,
            _ => Self::Text,
        }
    }
}

/// What every boolean parser of these libraries takes for true and false; `None` for anything else.
pub(super) fn parse_bool(text: &str) -> Option<bool> {
    match text.trim().to_lowercase().as_str() {
        "1" | "true" | "t" | "yes" | "y" | "on" | "ok" => Some(true),
        "0" | "false" | "f" | "no" | "n" | "off" | "" => Some(false),
        _ => None,
    }
}

impl Evaluator<'_> {
    /// `Env(DEBUG=(bool, False))`
    pub(super) fn make_reader(&self, library: Library, args: &Args) -> Object {
        let mut scheme = BTreeMap::new();
        for (name, object) in &args.named {
            // `(bool, False)`: the cast inside a tuple is only seen by its reason.
            if let Some([cast, default]) = object.known().and_then(Value::items) {
                scheme.insert(name.clone(), (cast_named(cast), Some(default.clone())));
            } else if library == Library::Environ {
                scheme.insert(name.clone(), (object.clone(), None));
            }
        }
        Object::Reader(Rc::new(Reader { library, scheme }))
    }

    /// `env(…)` and `env.method(…)`
    pub(super) fn reader_call(&mut self, reader: &Reader, method: &str, args: &Args) -> Object {
        let span = args.span;
        if method == "read_env" {
            let search =
                if reader.library == Library::Environ { Search::Here } else { Search::Upwards };
            return self.load_env_file(args, search);
        }
        let call = method == "__call__";
        let maker = if call { Some(Maker::Text) } else { Maker::of_method(method, args) };
        let Some(mut maker) = maker else {
            return Object::unknown(Reason::Call(method.to_owned()), span);
        };
        let usual = match maker {
            Maker::Database => Some("DATABASE_URL"),
            Maker::Cache => Some("CACHE_URL"),
            _ => None,
        };
        let name = args.get(0, "var").or_else(|| args.named("name"));
        let Some(name) = name.map_or(usual, Object::as_str).map(str::to_owned) else {
            return Object::unknown(unnamed(name, args), span);
        };
        // `env(var, cast, default)`, `env.list(var, cast, default)` of django-environ; else the default is second.
        let cast_second = reader.library == Library::Environ
            && (call || matches!(maker, Maker::List(_) | Maker::Dict));
        let default =
            args.named("default").or_else(|| args.positional.get(if cast_second { 2 } else { 1 }));
        let mut default = default.map(|d| d.value(span)).map(|d| (*d).clone());
        let cast = args.named("cast").or_else(|| args.positional.get(1).filter(|_| cast_second));
        let scheme = reader.scheme.get(&name);
        if let Some(cast) = cast.filter(|_| call) {
            maker = Maker::of_cast(cast);
        } else if call {
            if let Some((cast, _)) = scheme {
                maker = Maker::of_cast(cast);
            } else if let (Some(default), Library::Environ) = (&default, reader.library) {
                maker = Maker::of_default(default);
            }
        }
        if let (None, Some((_, Some(scheme_default)))) = (&default, scheme) {
            default = Some(scheme_default.clone());
        }
        self.read_and_make(&name, &maker, default, false, span)
    }

    /// `config("NAME", default=…, cast=…)` of decouple.
    pub(super) fn decouple_call(&mut self, args: &Args) -> Object {
        self.load_decouple();
        let Some(name) = args.get(0, "option").and_then(Object::as_str).map(str::to_owned) else {
            return Object::unknown(unnamed(args.get(0, "option"), args), args.span);
        };
        let default = args.get(1, "default").map(|d| (*d.value(args.span)).clone());
        let maker = args.get(2, "cast").map_or(Maker::Text, Maker::of_cast);
        self.read_and_make(&name, &maker, default, true, args.span)
    }

    /// `dj_database_url.config(default=…, env=…)` and `.parse(url)`
    pub(super) fn dj_database_url(&mut self, function: &str, args: &Args) -> Object {
        let span = args.span;
        if function == "parse" {
            return match args.get(0, "url") {
                Some(url) => {
                    let value = url.value(span);
                    self.make(&value, &Maker::Database, span).into()
                }
                None => Object::unknown(Reason::NotGiven("url".to_owned()), span),
            };
        }
        let name = args.named("env").or_else(|| {
            args.positional.first().filter(|o| o.as_str().is_some_and(|s| !s.contains(':')))
        });
        let name =
            name.map_or(Some("DATABASE_URL"), Object::as_str).unwrap_or("DATABASE_URL").to_owned();
        let none = Value::new(ValueKind::Dict { entries: Vec::new(), open: None }, span);
        let default = args.named("default").map_or(none, |d| (*d.value(span)).clone());
        let default = if default.kind == ValueKind::None {
            Value::new(ValueKind::Dict { entries: Vec::new(), open: None }, span)
        } else {
            default
        };
        self.read_and_make(&name, &Maker::Database, Some(default), false, span)
    }

    fn read_and_make(
        &mut self,
        name: &str,
        maker: &Maker,
        default: Option<Value>,
        decouple: bool,
        span: Span,
    ) -> Object {
        let answer = self.read_with(name, span, default.as_ref(), default.is_none(), decouple);
        let read = EnvRead { cast: maker.cast(), ..answer.read };
        self.note_read(&read);
        let value = match (answer.set, default) {
            (Set::To(text), _) => {
                let text = Value::new(ValueKind::Str(text), span);
                self.make(&text, maker, span)
            }
            (Set::Maybe(why), _) => Value::unknown(why, span),
            (Set::No, None) => self.not_set(name, span),
            // decouple casts its default too; the others only where it is a URL.
            (Set::No, Some(default))
                if decouple || matches!(maker, Maker::Database | Maker::Cache | Maker::Url) =>
            {
                self.make(&default, maker, span)
            }
            (Set::No, Some(default)) => default,
        };
        first_read(value, read).into()
    }

    /// Makes something of a text; what is no text any more stays as it is.
    pub(super) fn make(&mut self, value: &Value, maker: &Maker, span: Span) -> Value {
        if let Maker::Function(function) = maker {
            let args = Args::of_positional(vec![value.clone().into()], span);
            return (*self.call(function, &args).value(span)).clone();
        }
        let ValueKind::Str(text) = &value.kind else {
            return match (maker, &value.kind) {
                (Maker::Bool, ValueKind::Int(int)) => {
                    Value::new(ValueKind::Bool(*int != 0), span).with_reads(&value.reads)
                }
                _ => value.clone(),
            };
        };
        let made = match maker {
            Maker::Text => Some(Value::new(value.kind.clone(), value.span)),
            Maker::Bool => {
                text.resolved().and_then(parse_bool).map(|b| Value::new(ValueKind::Bool(b), span))
            }
            Maker::Int => text
                .resolved()
                .and_then(|t| t.trim().parse().ok())
                .map(|i| Value::new(ValueKind::Int(i), span)),
            Maker::Float => text
                .resolved()
                .and_then(|t| t.trim().parse().ok())
                .map(|f| Value::new(ValueKind::Float(f), span)),
            Maker::List(item) => Some(self.split_list(text, item.as_ref(), span)),
            Maker::Json => text.resolved().and_then(|text| json(text, span)),
            Maker::Database => database_url::database(text, span),
            Maker::Cache => database_url::cache(text, span),
            Maker::Url => database_url::url(text, span),
            Maker::Path => {
                text.resolved().map(|text| Value::new(ValueKind::Path(paths::normal(text)), span))
            }
            Maker::Dict | Maker::Function(_) | Maker::Other => None,
        };
        let made = made.unwrap_or_else(|| {
            if self.trying > 0
                && matches!(maker, Maker::Bool | Maker::Int | Maker::Float | Maker::Json)
            {
                self.raised = true;
            }
            Value::unknown(text.why().unwrap_or(Reason::NotA(maker.wanted()).into()), span)
        });
        let made = made.with_reads(&value.reads);
        self.sane(made)
    }

    fn split_list(&mut self, text: &Text, item: Option<&Object>, span: Span) -> Value {
        let mut items = Vec::new();
        let mut at = 0;
        for part in text.as_str().split(',') {
            let piece = text.slice(at..at + part.len()).trim();
            at += part.len() + 1;
            if piece.is_empty() {
                continue;
            }
            let value = Value::new(ValueKind::Str(piece), span);
            items.push(match item {
                Some(item) => self.make(&value, &Maker::of_cast(item), span),
                None => value,
            });
            if !self.work(1) {
                break;
            }
        }
        Value::new(ValueKind::List { items, open: None }, span)
    }
}

/// Why the name of a variable is not known.
pub(super) fn unnamed(name: Option<&Object>, args: &Args) -> Unknown {
    name.map_or_else(|| Reason::VariableName.into(), |n| n.why(args.span))
}

/// `bool` inside a tuple became a value that is not known, with the type's name as the reason.
fn cast_named(value: &Value) -> Object {
    match &value.kind {
        ValueKind::Unknown(Unknown { reason: Reason::Outside(name), .. })
            if name.starts_with("builtins.") =>
        {
            Object::Outside(name.as_str().into())
        }
        _ => Object::Outside("unknown".into()),
    }
}

/// A JSON text as a value.
pub(super) fn json(text: &str, span: Span) -> Option<Value> {
    fn value_of(json: serde_json::Value, span: Span) -> Value {
        let kind = match json {
            serde_json::Value::Null => ValueKind::None,
            serde_json::Value::Bool(b) => ValueKind::Bool(b),
            serde_json::Value::Number(n) => n
                .as_i64()
                .map_or_else(|| ValueKind::Float(n.as_f64().unwrap_or(0.0)), ValueKind::Int),
            serde_json::Value::String(text) => return Value::text(text, span),
            serde_json::Value::Array(items) => ValueKind::List {
                items: items.into_iter().map(|i| value_of(i, span)).collect(),
                open: None,
            },
            serde_json::Value::Object(map) => ValueKind::Dict {
                entries: map
                    .into_iter()
                    .map(|(k, v)| (Value::text(k, span), value_of(v, span)))
                    .collect(),
                open: None,
            },
        };
        Value::new(kind, span)
    }
    // serde_json stops at 128 levels by itself.
    serde_json::from_str(text).ok().map(|json| value_of(json, span))
}
