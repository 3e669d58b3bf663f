//! Functions of Python's standard library and of Django that settings call.

use super::evaluate::FileAnswer;
use super::evaluator::Evaluator;
use super::failure::Cause;
use super::functions::empty_dict;
use super::identity::unshared;
use super::literals::literal;
use super::object::{Args, IniFile, Object};
use super::operators;
use super::value::Form;
use super::{Cast, Value, ValueKind, paths};
use crate::source::{Reason, Unknown};
use std::cell::RefCell;
use std::rc::Rc;

/// Objects that these make are of no use to settings but as what they are.
const OBJECTS: [&str; 12] = [
    "celery.schedules.crontab",
    "celery.schedules.schedule",
    "celery.schedules.solar",
    "kombu.Queue",
    "kombu.Exchange",
    "kombu.entity.Queue",
    "kombu.entity.Exchange",
    "re.compile",
    "datetime.date",
    "datetime.time",
    "logging.getLogger",
    "decimal.Decimal",
];

impl Evaluator<'_> {
    /// A function of the standard library or of Django; `None` for others.
    pub(super) fn standard_library(&mut self, name: &str, args: &Args) -> Option<Object> {
        let span = args.span;
        let first = args.positional.first();
        let text = |o: Option<&Object>| o.and_then(Object::as_str).map(str::to_owned);
        Some(match name {
            "os.getcwd" | "pathlib.Path.cwd" => match self.world.folder {
                Some(folder) if name == "os.getcwd" => Value::text(folder, span).into(),
                Some(folder) => Object::plain(ValueKind::Path(folder.to_owned()), span),
                None => Object::unknown(Reason::WorkingFolder, span),
            },
            "os.makedirs" | "os.mkdir" => self.make_folder(name == "os.makedirs", first, args),
            "os.listdir" | "os.scandir" => {
                let path = self.absolute_path(&text(first)?)?;
                if self.is_made(&path) || (self.world.file)(&path) != FileAnswer::Missing {
                    return None;
                }
                let words = format!("[Errno 2] No such file or directory: '{path}'");
                self.fail("FileNotFoundError", words, Cause::File(path.clone()), span);
                Object::unknown(Unknown::at(Reason::FileMissing(path), span), span)
            }
            "os.putenv"
            | "os.unsetenv"
            | "os.chdir"
            | "os.umask"
            | "warnings.filterwarnings"
            | "warnings.simplefilter"
            | "warnings.warn"
            | "logging.basicConfig"
            | "logging.config.dictConfig"
            | "sys.setrecursionlimit"
            | "mimetypes.add_type"
            | "locale.setlocale"
            | "sys.path.remove"
            | "django.utils.encoding.force_str" => {
                return (name != "django.utils.encoding.force_str")
                    .then(|| Object::plain(ValueKind::None, span))
                    .or_else(|| first.cloned());
            }
            "sys.exit" | "os._exit" => {
                self.fail("SystemExit", "", Cause::Raised, span);
                Object::unknown(Reason::Raises, span)
            }
            "sys.path.insert" | "sys.path.append" => {
                let first_of_all = name.ends_with("insert");
                let folder = args.positional.get(usize::from(first_of_all));
                if let Some(folder) = folder.and_then(Object::as_str) {
                    let folder = self.absolute_path(folder).unwrap_or_else(|| folder.to_owned());
                    self.search.push((folder, first_of_all));
                }
                Object::plain(ValueKind::None, span)
            }
            "site.addsitedir" => {
                if let Some(folder) = text(first) {
                    self.search.push((folder, false));
                }
                Object::plain(ValueKind::None, span)
            }
            "datetime.timedelta" => self.timedelta(args),
            "copy.copy" => {
                let value = first?.value(span);
                let copy = Value { identity: 0, ..(*value).clone() };
                self.sane(copy).into()
            }
            "copy.deepcopy" => {
                let value = first?.value(span);
                let copy = unshared((*value).clone());
                self.sane(copy).into()
            }
            "collections.OrderedDict"
            | "types.MappingProxyType"
            | "pydantic_settings.SettingsConfigDict"
            | "pydantic.ConfigDict" => self.builtin("dict", args),
            "collections.defaultdict" | "collections.ChainMap" => return None,
            "types.SimpleNamespace" => {
                let mut dict = empty_dict(span);
                for (key, object) in &args.named {
                    let value = (*object.value(span)).clone();
                    operators::set_entry(&mut dict, &Value::text(key.clone(), span), value);
                }
                dict.into()
            }
            "itertools.chain" => {
                let (mut items, mut open) = (Vec::new(), None);
                for object in &args.positional {
                    let (more, why) = self.iterate(object, span);
                    items.extend(more.iter().map(|o| (*o.value(span)).clone()));
                    open = open.or(why);
                }
                let list = Value::list(Form::List, items, open, span).with_reads(&args.reads());
                self.sane(list).into()
            }
            "ast.literal_eval" => {
                let value = first?.value(span);
                match value.as_str().and_then(literal) {
                    Some(kind) => Value::new(kind, span).with_reads(&value.reads).into(),
                    None => Value::unknown(operators::why_value(&value), span)
                        .with_reads(&value.reads)
                        .into(),
                }
            }
            "django.utils.translation.gettext"
            | "django.utils.translation.gettext_lazy"
            | "django.utils.translation.ugettext"
            | "django.utils.translation.ugettext_lazy"
            | "gettext.gettext"
            | "django.utils.translation.gettext_noop" => {
                let value = first?.value(span);
                Value { span, ..(*value).clone() }.into()
            }
            "django.urls.reverse_lazy" | "django.core.urlresolvers.reverse_lazy" => {
                return None;
            }
            "django.utils.log.DEFAULT_LOGGING.copy" => return None,
            "json.loads" | "json.load" => self.load_data("json", first?, span),
            "yaml.safe_load" | "yaml.load" | "yaml.full_load" => {
                self.load_data("yaml", first?, span)
            }
            "toml.loads" | "toml.load" | "tomllib.loads" | "tomllib.load" | "tomli.loads"
            | "tomli.load" | "rtoml.load" | "rtoml.loads" => self.load_data("toml", first?, span),
            "configparser.ConfigParser"
            | "configparser.RawConfigParser"
            | "configparser.SafeConfigParser" => {
                let interpolates = !name.contains("Raw")
                    && args.named("interpolation").is_none_or(|o| {
                        !matches!(o.known().map(|v| &v.kind), Some(ValueKind::None))
                    });
                Object::Ini(Rc::new(RefCell::new(IniFile {
                    sections: Vec::new(),
                    open: None,
                    interpolates,
                })))
            }
            "io.open" | "codecs.open" => self.open_file(args),
            "urllib.parse.quote" | "urllib.parse.quote_plus" => {
                let value = first?.value(span);
                let plus = name.ends_with("plus");
                let safe = match args.get(1, "safe") {
                    Some(safe) => safe.as_str()?.to_owned(),
                    None if plus => String::new(),
                    None => "/".to_owned(),
                };
                match value.as_str() {
                    Some(given) => {
                        let quoted = percent_encoded(given, &safe, plus);
                        if quoted == given {
                            (*value).clone().into()
                        } else {
                            Value::text(quoted, span).with_reads(&value.reads).into()
                        }
                    }
                    None if matches!(value.kind, ValueKind::None | ValueKind::Int(_)) => {
                        let why =
                            self.failed("TypeError", "quote_from_bytes() expected bytes", span);
                        Object::unknown(why, span)
                    }
                    None => return None,
                }
            }
            "urllib.parse.urljoin" => {
                let (base, url) = (text(first)?, text(args.positional.get(1))?);
                Value::text(joined_url(&base, &url)?, span).with_reads(&args.reads()).into()
            }
            "inspect.getmembers" if args.positional.len() == 1 => {
                let names = self.about("dir", first?, args)?.value(span);
                let mut members = Vec::new();
                for name in names.items().unwrap_or_default() {
                    let Some(member) = name.as_str() else { continue };
                    let object = self.attribute(first?, member, span);
                    let value = (*object.value(span)).clone();
                    members.push(Value::list(Form::Tuple, vec![name.clone(), value], None, span));
                }
                let list = Value::list(Form::List, members, names.open().cloned(), span);
                self.sane(list).into()
            }
            "re.sub" | "re.split" | "re.match" | "re.search" => return None,
            "importlib.import_module" => {
                let dotted = text(first)?;
                if dotted.starts_with('.') {
                    return None;
                }
                self.import_by_name(&dotted, span)
            }
            "importlib.util.find_spec" => return None,
            "django.utils.module_loading.import_string" => return None,
            "platform.system" => Value::text("Linux", span).into(),
            "typing.cast" => args.positional.get(1)?.clone(),
            "functools.partial" => return None,
            "distutils.util.strtobool" => {
                let value = first?.value(span);
                let made = match value.as_str().map(str::to_lowercase).as_deref() {
                    Some("y" | "yes" | "t" | "true" | "on" | "1") => Some(1),
                    Some("n" | "no" | "f" | "false" | "off" | "0") => Some(0),
                    Some(other) => {
                        let words = format!("invalid truth value '{other}'");
                        self.failed("ValueError", words, span);
                        None
                    }
                    None if matches!(value.kind, ValueKind::None) => {
                        let words = "'NoneType' object has no attribute 'lower'";
                        self.failed("AttributeError", words, span);
                        None
                    }
                    None => None,
                };
                let made = match made {
                    Some(int) => Value::new(ValueKind::Int(int), span),
                    None => Value::unknown(operators::why_value(&value), span),
                };
                let made = made.with_reads(&value.reads);
                self.recast(made, Cast::Bool).into()
            }
            "socket.gethostname" | "platform.node" => return None,
            _ if OBJECTS.contains(&name) => Object::plain(ValueKind::Object(name.to_owned()), span),
            _ => return None,
        })
    }

    fn timedelta(&mut self, args: &Args) -> Object {
        const UNITS: [(&str, f64); 7] = [
            ("days", 86_400.0),
            ("seconds", 1.0),
            ("microseconds", 1e-6),
            ("milliseconds", 1e-3),
            ("minutes", 60.0),
            ("hours", 3_600.0),
            ("weeks", 604_800.0),
        ];
        let span = args.span;
        let mut seconds = 0.0;
        for (index, (unit, factor)) in UNITS.iter().enumerate() {
            let Some(object) = args.get(index, unit) else { continue };
            let value = object.value(span);
            match value.kind {
                ValueKind::Int(int) => seconds += int as f64 * factor,
                ValueKind::Float(float) => seconds += float * factor,
                ValueKind::None | ValueKind::Str(_) if value.is_known() => {
                    let kind = operators::type_name(&value);
                    let words = format!("unsupported type for timedelta {unit} component: {kind}");
                    let why = self.failed("TypeError", words, span);
                    return Object::unknown(why, span);
                }
                _ => {
                    let why = operators::why_value(&value);
                    return Value::unknown(why, span).with_reads(&args.reads()).into();
                }
            }
        }
        if args.open.is_some() {
            return Object::unknown(args.why(), span);
        }
        Value::new(ValueKind::Duration(seconds), span).with_reads(&args.reads()).into()
    }

    /// A path as seen from the folder that the process is started in.
    pub(super) fn absolute_path(&self, path: &str) -> Option<String> {
        if path.starts_with('/') {
            return Some(paths::normal(path));
        }
        Some(paths::join(self.world.folder?, path))
    }
}

/// `urljoin` of an absolute URL with a plain path.
fn joined_url(base: &str, url: &str) -> Option<String> {
    let (scheme, rest) = base.split_once("://")?;
    let plain = !url.is_empty() && !url.contains(['?', '#', ':']) && !url.starts_with("//");
    if !plain || url.split('/').any(|p| matches!(p, "." | "..")) || base.contains(['?', '#']) {
        return None;
    }
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    if url.starts_with('/') {
        return Some(format!("{scheme}://{host}{url}"));
    }
    let folder = path.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
    Some(format!("{scheme}://{host}/{folder}{url}"))
}

/// Bytes that are no letters, digits, `-_.~` or `safe` as `%XX`.
fn percent_encoded(text: &str, safe: &str, plus: bool) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b' ' if plus => out.push('+'),
            b if b.is_ascii_alphanumeric()
                || b"-_.~".contains(&b)
                || safe.as_bytes().contains(&b) =>
            {
                out.push(char::from(b));
            }
            b => out.push_str(&format!("%{b:02X}")),
        }
    }
    out
}
