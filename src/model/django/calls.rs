//! Calls, attributes and subscripts of things that Python and packages bring.

use super::attributes::{lacks_attribute, misuse};
use super::env_files::Search;
use super::env_grammar::Grammar;
use super::env_readers::{Maker, parse_bool};
use super::environment::is_environ;
use super::evaluator::Evaluator;
use super::failure::Cause;
use super::object::{Args, Library, Object};
use super::operators;
use super::value::Form;
use super::{Cast, Value, ValueKind, database_url, defaults};
use crate::source::{Reason, Span, Unknown};

impl Evaluator<'_> {
    /// `receiver.name`
    pub(super) fn attribute(&mut self, receiver: &Object, name: &str, span: Span) -> Object {
        match receiver {
            Object::Module(module) => self.module_attribute(*module, name, span),
            Object::Outside(path) if &**path == "django.conf.settings" => {
                self.own_setting(name, span)
            }
            Object::Outside(path) if &**path == "django.conf.global_settings" => {
                match defaults::default_setting(name, span) {
                    Some(value) => self.sane(value).into(),
                    None => Object::Outside(format!("{path}.{name}").into()),
                }
            }
            Object::Outside(path) if path.starts_with("corsheaders.defaults") => {
                match defaults::cors_default(name, span) {
                    Some(value) => self.sane(value).into(),
                    None => Object::Outside(format!("{path}.{name}").into()),
                }
            }
            Object::Outside(path) if let Some(words) = misuse(path, name) => {
                self.fail("AttributeError", words, Cause::Code, span);
                Object::unknown(Unknown::at(Reason::Raises, span), span)
            }
            Object::Outside(path) => match (&**path, name) {
                ("os", "pardir") | ("os.path", "pardir") => Value::text("..", span).into(),
                ("os", "curdir") => Value::text(".", span).into(),
                ("os", "sep") | ("os.path", "sep") => Value::text("/", span).into(),
                ("os", "linesep") => Value::text("\n", span).into(),
                ("os", "name") => Value::text("posix", span).into(),
                ("sys", "platform") => Value::text("linux", span).into(),
                ("os.environ()", _) => Object::Outside(format!("os.environ.{name}").into()),
                ("logging", "CRITICAL" | "FATAL") => Object::plain(ValueKind::Int(50), span),
                ("logging", "ERROR") => Object::plain(ValueKind::Int(40), span),
                ("logging", "WARNING" | "WARN") => Object::plain(ValueKind::Int(30), span),
                ("logging", "INFO") => Object::plain(ValueKind::Int(20), span),
                ("logging", "DEBUG") => Object::plain(ValueKind::Int(10), span),
                ("logging", "NOTSET") => Object::plain(ValueKind::Int(0), span),
                ("dj_database_url", "DEFAULT_ENV") => Value::text("DATABASE_URL", span).into(),
                _ => Object::Outside(format!("{path}.{name}").into()),
            },
            Object::Class(class) => self.class_attribute(class, name, span),
            Object::Instance(instance) => self.instance_attribute(instance, name, span),
            Object::Super(class, object) => self.super_attribute(class, object, name, span),
            Object::Error(failure) => match (name, &failure.cause) {
                ("name", Cause::Module(module)) => Value::text(module.clone(), span).into(),
                ("msg", Cause::Module(_)) => Value::text(failure.message.clone(), span).into(),
                ("args", _) => {
                    // Of a missing key the message is its `repr`.
                    let message = &failure.message;
                    let message = match message.strip_prefix('\'') {
                        Some(key) if failure.kind == "KeyError" => key.trim_end_matches('\''),
                        _ if failure.kind == "KeyError" => {
                            return Object::unknown(Reason::Call(name.to_owned()), span);
                        }
                        _ => message,
                    };
                    let words = Value::text(message, span);
                    Value::list(Form::Tuple, vec![words], None, span).into()
                }
                ("__class__", _) => Object::Outside(format!("builtins.{}", failure.kind).into()),
                _ => Object::unknown(Reason::Call(name.to_owned()), span),
            },
            Object::Reader(reader) => self.reader_attribute(reader, name, receiver),
            Object::Value(value) => {
                if let ValueKind::Path(path) = &value.kind
                    && let Some(object) = self.path_attribute(path, name, value, span)
                {
                    return object;
                }
                if let (ValueKind::Duration(seconds), "days") = (&value.kind, name) {
                    return Object::plain(
                        ValueKind::Int((seconds / 86_400.0).floor() as i64),
                        span,
                    );
                }
                // The parts of a parsed URL.
                if let Some(entry) = value.entry(name) {
                    return Object::from(entry.clone().with_reads(&value.reads));
                }
                if lacks_attribute(value, name) {
                    let kind = operators::type_name(value);
                    let words = format!("'{kind}' object has no attribute '{name}'");
                    let raised = self.failed("AttributeError", words, span);
                    let why = match value.kind {
                        ValueKind::None => Reason::OfNone(name.to_owned()).into(),
                        _ => raised,
                    };
                    return Value::unknown(why, span).with_reads(&value.reads).into();
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
            Object::Outside(name) if is_environ(name) => self.environ_item(index, span),
            Object::Outside(name) if matches!(&**name, "os.getenv" | "os.environ.get") => {
                let kind = if &**name == "os.getenv" { "function" } else { "method" };
                let words = format!("'{kind}' object is not subscriptable");
                self.fail("TypeError", words, Cause::Code, span);
                Object::unknown(Unknown::at(Reason::Raises, span), span)
            }
            Object::Outside(name) if &**name == "sys.argv" => receiver.clone(),
            Object::Outside(name) if &**name == "sys.modules" => match index.as_str() {
                Some(name) => match self.by_name.get(name) {
                    Some(Some(module)) => Object::Module(*module),
                    _ => Object::unknown(Reason::Outside("sys.modules".to_owned()), span),
                },
                None => Object::unknown(index.why(span), span),
            },
            Object::Outside(name) if &**name == "sys.version_info" => match index.known() {
                // No Python 2 is left that Django runs on.
                Some(Value { kind: ValueKind::Int(0), .. }) => {
                    Object::plain(ValueKind::Int(3), span)
                }
                _ => Object::unknown(Reason::Outside(name.to_string()), span),
            },
            Object::Namespace => self.namespace_item(index, span),
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
            Object::Ini(file) => self.ini_section(file, index, span),
            Object::Value(value) => {
                let item = self.item(value, index, span);
                item.with_reads(&value.reads).with_reads(index.reads()).into()
            }
            // `Class[T]` is the class.
            Object::Class(class) => match self.member_of_name(class, index, span) {
                Some(member) => member,
                None => receiver.clone(),
            },
            _ => Object::unknown(receiver.why(span), span),
        }
    }

    /// `function(args)`
    pub(super) fn call(&mut self, function: &Object, args: &Args) -> Object {
        match function {
            Object::Function(function) => self.call_function(function, args),
            Object::Bound(object, function) => {
                let mut positional = vec![(**object).clone()];
                positional.extend(args.positional.iter().cloned());
                let (named, open) = (args.named.clone(), args.open.clone());
                self.call_function(function, &Args { positional, named, open, span: args.span })
            }
            Object::Class(class) => self.instantiate(class, args),
            Object::Outside(name) => self.call_outside(name, args),
            Object::Reader(reader) => match self.reader_attribute(reader, "__call__", function) {
                bound @ Object::Bound(..) => self.call(&bound, args),
                _ => self.reader_call(reader, "__call__", args),
            },
            Object::Method(receiver, name) => match &**receiver {
                Object::Reader(reader) => self.reader_call(reader, name, args),
                Object::Value(value) => self.method(value, name, args),
                Object::File(file) => self.file_method(file, name, args),
                Object::Ini(file) => self.ini_method(file, name, args),
                Object::Namespace => self.namespace_method(name, args),
                _ => self.unknown_call(name, args),
            },
            Object::Value(value) => match &value.kind {
                ValueKind::Path(path) => self.path_method(path, "__call__", value, args),
                // A type that stands in a list or dict.
                ValueKind::Unknown(Unknown { reason: Reason::Outside(name), .. }) => {
                    self.call_outside(&name.clone(), args)
                }
                ValueKind::Unknown(why) => {
                    Value::unknown(why.clone(), args.span).with_reads(&args.reads()).into()
                }
                ValueKind::Partly(_) | ValueKind::Object(_) => self.unknown_call("it", args),
                _ => {
                    let kind = operators::type_name(value);
                    let why = self.failed(
                        "TypeError",
                        format!("'{kind}' object is not callable"),
                        args.span,
                    );
                    Object::unknown(why, args.span)
                }
            },
            Object::Instance(instance) => {
                let method =
                    self.perhaps(|m| m.instance_attribute(instance, "__call__", args.span));
                match method {
                    Object::Bound(..) => self.call(&method, args),
                    _ => self.unknown_call("it", args),
                }
            }
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
        if let Some(method) = name.strip_prefix("os.environ.") {
            return self.environ_method(method, args);
        }
        if let Some(object) = self.standard_library(name, args) {
            return object;
        }
        if let Some(object) = self.refused(name, args) {
            return object;
        }
        match name {
            "os.environ" => {
                let words = "'_Environ' object is not callable";
                self.fail("TypeError", words, Cause::Code, span);
                Object::unknown(Unknown::at(Reason::Raises, span), span)
            }
            "os.getenv" => self.environ_get(args.get(0, "key"), args.get(1, "default"), span),
            "os.fspath" => self.builtin("str", args),
            "pathlib.Path" | "pathlib.PurePath" | "pathlib.PosixPath" | "pathlib.PurePosixPath" => {
                self.path(args, Form::List)
            }
            "environ.Path" => self.path(args, Form::EnvironPath),
            "unipath.Path" | "path.Path" | "path.path" => self.path(args, Form::Unipath),
            "environ.Env" | "environ.FileAwareEnv" | "environ.environ.Env" => {
                self.make_reader(Library::Environ, args)
            }
            "environs.Env" | "environs.FileAwareEnv" | "environs.env" => {
                self.make_reader(Library::Environs, args)
            }
            "environ.Env.read_env" | "environ.read_env" => {
                self.load_env_file(args, Search::Here, Grammar::Environ)
            }
            "environs.Env.read_env" | "environs.env.read_env" => {
                self.load_env_file(args, Search::Upwards, Grammar::Dotenv)
            }
            "dotenv.load_dotenv" | "dotenv.main.load_dotenv" => {
                self.load_env_file(args, Search::Upwards, Grammar::Dotenv)
            }
            "dotenv.read_dotenv" => self.load_env_file(args, Search::Here, Grammar::Dotenv),
            "dotenv.find_dotenv" => {
                let name =
                    args.get(0, "filename").and_then(Object::as_str).unwrap_or(".env").to_owned();
                Value::text(self.find_env_file(&name, Search::Upwards), span).into()
            }
            "dotenv.dotenv_values" | "dotenv.main.dotenv_values" => self.dotenv_values(args),
            "dotenv.get_key" | "dotenv.set_key" => self.unknown_call(name, args),
            "split_settings.tools.include" => self.include(args),
            "split_settings.tools.optional" => match args.positional.first() {
                Some(Object::Value(path)) => {
                    Value { form: Form::Optional, ..(**path).clone() }.into()
                }
                _ => self.unknown_call(name, args),
            },
            _ if name.starts_with("configurations.values.") => {
                self.configuration_value(name.rsplit('.').next().unwrap_or_default(), args)
            }
            "django_heroku.settings" => self.django_heroku(args),
            // It reads files of its own, and they win.
            "dynaconf.DjangoDynaconf" | "dynaconf.contrib.DjangoDynaconf" => {
                self.may_bind(Unknown::at(Reason::Call(name.to_owned()), span));
                self.unknown_call(name, args)
            }
            "decouple.config" => self.decouple_call(args),
            "decouple.AutoConfig" | "decouple.Config" => Object::Outside("decouple.config".into()),
            "decouple.Csv" => {
                let tuple = args.named("post_process").and_then(Object::outside);
                let form = match (args.named("delimiter"), args.named("post_process"), tuple) {
                    (None, None, _) => Some(false),
                    (None, _, Some("builtins.tuple")) => Some(true),
                    (None, _, Some("builtins.list")) => Some(false),
                    _ => None,
                };
                match form {
                    Some(tuple) => Object::Csv(args.get(0, "cast").cloned().map(Box::new), tuple),
                    None => self.unknown_call(name, args),
                }
            }
            "dj_database_url.config" | "dj_database_url.parse" => {
                self.dj_database_url(name.rsplit('.').next().unwrap_or_default(), args)
            }
            "urllib.parse.urlparse" | "urllib.parse.urlsplit" => {
                self.made(args, &Maker::Url, Cast::Url)
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
                // What is given every name binds what it likes.
                let named = args.named.iter().map(|(_, o)| o);
                if args.positional.iter().chain(named).any(|o| matches!(o, Object::Namespace)) {
                    self.may_bind(Unknown::at(Reason::Call(name.to_owned()), span));
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
                None => self.make(&value, maker, Library::Decouple, args.span),
            },
            (Maker::Url, ValueKind::Str(text)) => database_url::url(text, args.span)
                .unwrap_or_else(|| Value::unknown(Reason::NotA("a URL"), args.span))
                .with_reads(&value.reads),
            // `urlparse(None)` has no part.
            (Maker::Url, ValueKind::None) => {
                database_url::no_url(args.span).with_reads(&value.reads)
            }
            _ => Value::unknown(operators::why_value(&value), args.span).with_reads(&value.reads),
        };
        let made = self.sane(made);
        self.recast(made, cast).into()
    }
}
