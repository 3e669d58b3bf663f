//! django-environ, python-decouple, environs, dj-database-url: how each reads the environment.
//! Sources: the documentation of django-environ ("Tips", "Types"), environs ("Supported types"),
//! python-decouple ("How does it work?"), dj-database-url ("Usage").

use super::env_files::Search;
use super::env_grammar::Grammar;
use super::evaluator::Evaluator;
use super::object::{Args, Library, Object, Reader, Role};
use super::value::Form;
use super::{Cast, Value, ValueKind};
use crate::source::{Reason, Unknown};
use std::cell::RefCell;
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
    /// Comma-separated items, each made by this object, and whether in a tuple.
    List(Option<Object>, Form),
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
    pub(super) fn cast(&self) -> Cast {
        match self {
            Self::Text => Cast::Raw,
            Self::Bool => Cast::Bool,
            Self::Int => Cast::Int,
            Self::List(..) => Cast::List,
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
    pub(super) fn wanted(&self) -> &'static str {
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
            "list" | "tuple" | "set" => {
                let item = args.named("subcast").or_else(|| args.named("cast"));
                Self::List(item.cloned(), if method == "tuple" { Form::Tuple } else { Form::List })
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
    pub(super) fn of_cast(cast: &Object) -> Self {
        match cast {
            Object::Outside(name) => match &**name {
                "builtins.bool" => Self::Bool,
                "builtins.int" => Self::Int,
                "builtins.float" => Self::Float,
                "builtins.str" => Self::Text,
                "builtins.list" => Self::List(None, Form::List),
                "builtins.tuple" => Self::List(None, Form::Tuple),
                "builtins.dict" => Self::Dict,
                "dj_database_url.parse" => Self::Database,
                "json.loads" => Self::Json,
                _ => Self::Function(cast.clone()),
            },
            Object::Csv(item, tuple) => {
                let form = if *tuple { Form::Tuple } else { Form::List };
                Self::List(item.as_deref().cloned(), form)
            }
            // `cast=[str]`
            Object::Value(value) if value.items().is_some() => {
                let item = value.items().and_then(<[Value]>::first).map(cast_named);
                Self::List(item, value.form)
            }
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
            ValueKind::List { .. } => Self::List(None, default.form),
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
    pub(super) fn make_reader(&mut self, library: Library, args: &Args) -> Object {
        let mut scheme = BTreeMap::new();
        for (name, object) in &args.named {
            self.scheme_names.insert(name.clone());
            // `(bool, False)`: the cast inside a tuple is only seen by its reason.
            if let Some([cast, default]) = object.known().and_then(Value::items) {
                scheme.insert(name.clone(), (cast_named(cast), Some(default.clone())));
            } else if library == Library::Environ {
                scheme.insert(name.clone(), (object.clone(), None));
            }
        }
        Object::Reader(Rc::new(Reader { library, scheme, class: None, prefix: RefCell::default() }))
    }

    /// `env.name`: a method of the library, or of a class of the project's own.
    pub(super) fn reader_attribute(
        &mut self,
        reader: &Rc<Reader>,
        name: &str,
        object: &Object,
    ) -> Object {
        let own = reader.class.as_ref().and_then(|class| {
            let line = self.line_of(class);
            line.iter().find_map(|class| match class {
                Object::Class(class) => class.names.borrow().get(name).map(|b| b.object.clone()),
                _ => None,
            })
        });
        match own {
            Some(Object::Function(function)) if function.role == Role::Method => {
                Object::Bound(Box::new(object.clone()), function)
            }
            Some(own) => own,
            None => Object::Method(Box::new(object.clone()), name.into()),
        }
    }

    /// `env(…)` and `env.method(…)`
    pub(super) fn reader_call(&mut self, reader: &Reader, method: &str, args: &Args) -> Object {
        let span = args.span;
        if method == "read_env" {
            return match reader.library {
                Library::Environ => self.load_env_file(args, Search::Here, Grammar::Environ),
                _ => self.load_env_file(args, Search::Upwards, Grammar::Dotenv),
            };
        }
        if matches!(method, "seal" | "add_parser") {
            return Object::plain(ValueKind::None, span);
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
        let Some(name) = name.map_or(usual, Object::as_str) else {
            return Object::unknown(unnamed(name, args), span);
        };
        let name = format!("{}{name}", reader.prefix.borrow());
        // `env(var, cast, default)`, `env.list(var, cast, default)` of django-environ; else the default is second.
        let cast_second = reader.library == Library::Environ
            && (call || matches!(maker, Maker::List(..) | Maker::Dict));
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
        let made = self.read_and_make(&name, &maker, default, reader.library, span);
        self.with_engine(made, &maker, args)
    }

    /// `engine=` and `conn_max_age=` of a database URL.
    fn with_engine(&mut self, made: Object, maker: &Maker, args: &Args) -> Object {
        let extra: Vec<(String, Object)> = match maker {
            Maker::Database => args
                .named
                .iter()
                .filter(|(n, _)| {
                    matches!(
                        n.as_str(),
                        "engine" | "conn_max_age" | "ssl_require" | "test_options" | "backend"
                    )
                })
                .cloned()
                .collect(),
            Maker::Cache => args.named.iter().filter(|(n, _)| n == "backend").cloned().collect(),
            _ => return made,
        };
        let Object::Value(value) = &made else { return made };
        if extra.is_empty() || !matches!(value.kind, ValueKind::Dict { .. }) {
            return made;
        }
        let mut dict = (**value).clone();
        for (name, object) in extra {
            let given = (*object.value(args.span)).clone();
            if given.kind == ValueKind::None {
                continue;
            }
            let key = if name == "conn_max_age" {
                "CONN_MAX_AGE".to_owned()
            } else {
                name.to_uppercase()
            };
            match key.as_str() {
                "SSL_REQUIRE" | "TEST_OPTIONS" => {}
                _ => super::operators::set_entry(&mut dict, &Value::text(key, args.span), given),
            }
        }
        dict.into()
    }

    /// `config("NAME", default=…, cast=…)` of decouple.
    pub(super) fn decouple_call(&mut self, args: &Args) -> Object {
        self.load_decouple();
        let Some(name) = args.get(0, "option").and_then(Object::as_str).map(str::to_owned) else {
            return Object::unknown(unnamed(args.get(0, "option"), args), args.span);
        };
        let default = args.get(1, "default").map(|d| (*d.value(args.span)).clone());
        let maker = args.get(2, "cast").map_or(Maker::Text, Maker::of_cast);
        self.read_and_make(&name, &maker, default, Library::Decouple, args.span)
    }

    /// `dj_database_url.config(default=…, env=…)` and `.parse(url)`
    pub(super) fn dj_database_url(&mut self, function: &str, args: &Args) -> Object {
        let span = args.span;
        let empty = || Value::new(ValueKind::Dict { entries: Vec::new(), open: None }, span);
        let object = if function == "parse" {
            match args.get(0, "url") {
                Some(url) => {
                    let value = url.value(span);
                    self.make(&value, &Maker::Database, Library::DatabaseUrl, span).into()
                }
                None => Object::unknown(Reason::NotGiven("url".to_owned()), span),
            }
        } else {
            let name = args.get(0, "env");
            let Some(name) = name.map_or(Some("DATABASE_URL"), Object::as_str).map(str::to_owned)
            else {
                return Object::unknown(unnamed(name, args), span);
            };
            let default = args.get(1, "default").map_or_else(empty, |d| (*d.value(span)).clone());
            let falsy = super::operators::truth(&default) == Some(false);
            let default = if falsy { empty() } else { default };
            self.read_and_make(&name, &Maker::Database, Some(default), Library::DatabaseUrl, span)
        };
        let Object::Value(value) = &object else { return object };
        let filled = matches!(&value.kind, ValueKind::Dict { entries, .. } if entries.len() > 2);
        if !filled {
            return object;
        }
        // What it adds to what the URL says.
        let mut dict = (**value).clone();
        let names = [
            ("conn_max_age", "CONN_MAX_AGE", 3, ValueKind::Int(0)),
            ("conn_health_checks", "CONN_HEALTH_CHECKS", 4, ValueKind::Bool(false)),
            (
                "disable_server_side_cursors",
                "DISABLE_SERVER_SIDE_CURSORS",
                5,
                ValueKind::Bool(false),
            ),
        ];
        for (name, key, at, usual) in names {
            let at = at - usize::from(function == "parse");
            let given = args.get(at, name).map(|o| (*o.value(span)).clone());
            let value = given.unwrap_or_else(|| Value::new(usual, span));
            super::operators::set_entry(&mut dict, &Value::text(key, span), value);
        }
        for (name, at, key) in
            [("engine", 2, "ENGINE"), ("ssl_require", 6, "OPTIONS"), ("test_options", 7, "TEST")]
        {
            let at = at - usize::from(function == "parse");
            let Some(given) = args.get(at, name).map(|o| o.value(span)) else { continue };
            match (super::operators::truth(&given), key) {
                (Some(false), _) => {}
                (Some(true), "OPTIONS") => {
                    let mut options = dict.entry("OPTIONS").cloned().unwrap_or_else(empty);
                    let require = Value::text("require", span);
                    super::operators::set_entry(
                        &mut options,
                        &Value::text("sslmode", span),
                        require,
                    );
                    super::operators::set_entry(&mut dict, &Value::text(key, span), options);
                }
                (None, "OPTIONS") => {
                    let unknown = Value::unknown(super::operators::why_value(&given), span);
                    super::operators::set_entry(&mut dict, &Value::text(key, span), unknown);
                }
                _ => super::operators::set_entry(
                    &mut dict,
                    &Value::text(key, span),
                    (*given).clone(),
                ),
            }
        }
        self.sane(dict).into()
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
