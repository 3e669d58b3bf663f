//! Calls, attributes and subscripts of things that Python and packages bring.

use super::env_files::Search;
use super::env_readers::{Maker, json, parse_bool};
use super::evaluator::Evaluator;
use super::object::{Args, Library, Object};
use super::operators;
use super::{Cast, Value, ValueKind, database_url};
use crate::source::{Reason, Span, Unknown};

impl Evaluator<'_> {
    /// `receiver.name`
    pub(super) fn attribute(&mut self, receiver: &Object, name: &str, span: Span) -> Object {
        match receiver {
            Object::Module(module) => self.module_attribute(*module, name, span),
            Object::Outside(path) => match (&**path, name) {
                ("os", "pardir") | ("os.path", "pardir") => Value::text("..", span).into(),
                ("os", "curdir") => Value::text(".", span).into(),
                ("os", "sep") => Value::text("/", span).into(),
                _ => Object::Outside(format!("{path}.{name}").into()),
            },
            Object::Class(names) => names
                .get(name)
                .cloned()
                .unwrap_or_else(|| Object::unknown(Reason::UnboundName(name.to_owned()), span)),
            Object::Value(value) => {
                if let ValueKind::Path(path) = &value.kind
                    && let Some(object) = self.path_attribute(path, name, value, span)
                {
                    return object;
                }
                // The parts of a parsed URL.
                if let Some(entry) = value.entry(name) {
                    return Object::from(entry.clone().with_reads(&value.reads));
                }
                Object::Method(Box::new(receiver.clone()), name.into())
            }
            // `X.a.b` of something that is not known stays that.
            Object::Method(inner, _) if inner.known().is_some_and(|v| !v.is_known()) => {
                Object::Method(inner.clone(), name.into())
            }
            _ => Object::Method(Box::new(receiver.clone()), name.into()),
        }
    }

    /// `receiver[index]`
    pub(super) fn subscript(&mut self, receiver: &Object, index: &Object, span: Span) -> Object {
        match receiver {
            Object::Outside(name) if &**name == "os.environ" => self.environ_item(index, span),
            Object::Outside(name) if &**name == "sys.argv" => receiver.clone(),
            Object::Parents(path) => {
                let up = if let Some(ValueKind::Int(up)) = index.known().map(|v| &v.kind) {
                    (*up).clamp(0, 64)
                } else {
                    -1
                };
                if up < 0 {
                    return Object::unknown(index.why(span), span);
                }
                let path = (0..=up)
                    .fold(path.to_string(), |path, _| super::paths::parent(&path).to_owned());
                Object::plain(ValueKind::Path(path), span)
            }
            Object::Value(value) => {
                let found = match (&value.kind, index.known().map(|i| &i.kind)) {
                    (ValueKind::List { items, open }, Some(ValueKind::Int(at))) => {
                        let at = if *at < 0 && open.is_none() {
                            at.checked_add(items.len() as i64)
                        } else {
                            Some(*at)
                        };
                        at.and_then(|at| usize::try_from(at).ok())
                            .and_then(|at| items.get(at))
                            .cloned()
                    }
                    (ValueKind::Dict { entries, .. }, Some(_)) => index
                        .known()
                        .and_then(|i| {
                            entries.iter().rev().find(|(k, _)| operators::same(k, i) == Some(true))
                        })
                        .map(|(_, v)| v.clone()),
                    _ => None,
                };
                let why = || {
                    let known = value.why().or_else(|| index.known().and_then(Value::why));
                    Value::unknown(known.unwrap_or(Reason::NoSuchItem.into()), span)
                };
                found.unwrap_or_else(why).with_reads(&value.reads).with_reads(index.reads()).into()
            }
            _ => Object::unknown(receiver.why(span), span),
        }
    }

    /// `function(args)`
    pub(super) fn call(&mut self, function: &Object, args: &Args) -> Object {
        match function {
            Object::Function(function) => self.call_function(function, args),
            Object::Outside(name) => self.call_outside(name, args),
            Object::Reader(reader) => self.reader_call(reader, "__call__", args),
            Object::Method(receiver, name) => match &**receiver {
                Object::Reader(reader) => self.reader_call(reader, name, args),
                Object::Value(value) => self.method(value, name, args),
                _ => self.unknown_call(name, args),
            },
            Object::Value(value) => match &value.kind {
                ValueKind::Path(path) => self.path_method(path, "__call__", value, args),
                ValueKind::Unknown(why) => {
                    Value::unknown(why.clone(), args.span).with_reads(&args.reads()).into()
                }
                _ => self.unknown_call("it", args),
            },
            _ => self.unknown_call("it", args),
        }
    }

    pub(super) fn unknown_call(&mut self, name: &str, args: &Args) -> Object {
        let reason = Reason::Call(name.to_owned());
        Value::unknown(reason, args.span).with_reads(&args.reads()).into()
    }

    fn call_outside(&mut self, name: &str, args: &Args) -> Object {
        let span = args.span;
        if let Some(builtin) = name.strip_prefix("builtins.") {
            return self.builtin(builtin, args);
        }
        if let Some(function) = name.strip_prefix("os.path.") {
            return self.os_path(function, args);
        }
        match name {
            "os.getenv" | "os.environ.get" => {
                self.environ_get(args.get(0, "key"), args.get(1, "default"), span)
            }
            "os.environ.setdefault" => {
                self.environ_setdefault(args.positional.first(), args.positional.get(1), span)
            }
            "os.environ.__getitem__" => match args.positional.first() {
                Some(name) => self.environ_item(name, span),
                None => self.unknown_call(name, args),
            },
            "os.fspath" => self.builtin("str", args),
            "pathlib.Path" | "pathlib.PurePath" | "pathlib.PosixPath" | "environ.Path"
            | "path.Path" | "unipath.Path" => self.path(args),
            "environ.Env" | "environ.FileAwareEnv" | "environ.environ.Env" => {
                self.make_reader(Library::Environ, args)
            }
            "environs.Env" | "environs.FileAwareEnv" | "environs.env" => {
                self.make_reader(Library::Environs, args)
            }
            "environ.Env.read_env" => self.load_env_file(args, Search::Here),
            "environs.Env.read_env" | "environs.env.read_env" => {
                self.load_env_file(args, Search::Upwards)
            }
            "dotenv.load_dotenv" | "dotenv.main.load_dotenv" => {
                self.load_env_file(args, Search::Upwards)
            }
            "dotenv.read_dotenv" => self.load_env_file(args, Search::Here),
            "dotenv.find_dotenv" => {
                let name =
                    args.get(0, "filename").and_then(Object::as_str).unwrap_or(".env").to_owned();
                Value::text(self.find_env_file(&name, Search::Upwards).unwrap_or_default(), span)
                    .into()
            }
            "dotenv.dotenv_values" => self.dotenv_values(args),
            "decouple.config" => self.decouple_call(args),
            "decouple.AutoConfig" | "decouple.Config" => Object::Outside("decouple.config".into()),
            "decouple.Csv" => Object::Csv(args.get(0, "cast").cloned().map(Box::new)),
            "dj_database_url.config" | "dj_database_url.parse" => {
                self.dj_database_url(name.rsplit('.').next().unwrap_or_default(), args)
            }
            "json.loads" => self.made(args, &Maker::Json, Cast::Other),
            "urllib.parse.urlparse" | "urllib.parse.urlsplit" => {
                self.made(args, &Maker::Url, Cast::Url)
            }
            "urllib.parse.quote" | "urllib.parse.quote_plus" => {
                match args.positional.first().and_then(Object::known) {
                    Some(value)
                        if value.as_str().is_some_and(|s| {
                            s.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.~".contains(&b))
                        }) =>
                    {
                        value.clone().into()
                    }
                    _ => self.unknown_call(name, args),
                }
            }
            _ if matches!(
                name.rsplit('.').next(),
                Some(
                    "strtobool"
                        | "str2bool"
                        | "str_to_bool"
                        | "to_bool"
                        | "parse_bool"
                        | "string_to_bool"
                )
            ) =>
            {
                self.made(args, &Maker::Bool, Cast::Bool)
            }
            _ if name.starts_with("environs.env.") => {
                let Object::Reader(reader) =
                    self.make_reader(Library::Environs, &Args::of_positional(Vec::new(), span))
                else {
                    return self.unknown_call(name, args);
                };
                self.reader_call(&reader, name.rsplit('.').next().unwrap_or_default(), args)
            }
            _ => {
                // `django_heroku.settings(locals())` binds what it likes.
                if args.positional.iter().any(|o| matches!(o, Object::Namespace)) {
                    self.open.get_or_insert(Unknown::at(Reason::Call(name.to_owned()), span));
                }
                self.unknown_call(name, args)
            }
        }
    }

    fn made(&mut self, args: &Args, maker: &Maker, cast: Cast) -> Object {
        let Some(value) = args.positional.first().map(|o| o.value(args.span)) else {
            return self.unknown_call("it", args);
        };
        let made = match (maker, &value.kind) {
            (Maker::Bool, ValueKind::Str(text)) => match text.resolved().and_then(parse_bool) {
                Some(b) => Value::new(ValueKind::Bool(b), args.span).with_reads(&value.reads),
                None => self.make(&value, maker, args.span),
            },
            (Maker::Json, ValueKind::Str(text)) => text
                .resolved()
                .and_then(|text| json(text, args.span))
                .unwrap_or_else(|| Value::unknown(Reason::NotA("JSON"), args.span))
                .with_reads(&value.reads),
            (Maker::Url, ValueKind::Str(text)) => database_url::url(text, args.span)
                .unwrap_or_else(|| Value::unknown(Reason::NotA("a URL"), args.span))
                .with_reads(&value.reads),
            _ => Value::unknown(operators::why_value(&value), args.span).with_reads(&value.reads),
        };
        let made = self.sane(made);
        self.recast(made, cast).into()
    }

    fn dotenv_values(&mut self, args: &Args) -> Object {
        let path = match args.get(0, "dotenv_path").map(|p| p.as_str().map(str::to_owned)) {
            None => self.find_env_file(".env", Search::Upwards),
            Some(path) => path.and_then(|p| {
                if p.starts_with('/') { Some(p) } else { self.find_env_file(&p, Search::Upwards) }
            }),
        };
        let found = path.and_then(|p| self.entries(&p)).unwrap_or_default();
        let entries = found.into_iter().map(|(name, text)| {
            (Value::text(name, args.span), Value::new(ValueKind::Str(text), args.span))
        });
        // A file that is not there now may be there later.
        let open = Some(Unknown::at(Reason::FileMissing(".env".to_owned()), args.span));
        let dict = Value::new(ValueKind::Dict { entries: entries.collect(), open }, args.span);
        self.sane(dict).into()
    }
}
