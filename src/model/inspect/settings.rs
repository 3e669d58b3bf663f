//! A settings module as plain data, also one that no service loads.

use crate::facts::hidden_name;
use crate::finding::{
    Fact, Failure, PlainKey, PlainValue, Quote, ReadAccount, RouteStep, SettingsAccount, prose,
};
use crate::model::django::{
    Binding, EnvAnswer, EnvRead, EvaluateError, FileAnswer, ModuleFile, Settings, Value, ValueKind,
    World,
};
use crate::model::path;
use crate::model::roles::python_modules::Modules;
use crate::model::secrets::{placeholder, weak};
use crate::source::{EntryKind, Piece, Reason, RelPath, SourceFile, Sources, Span, Text};
use std::sync::Arc;

/// Variables that every process has, whoever starts it: their values are not known.
const ALWAYS_SET: [&str; 9] =
    ["HOME", "HOSTNAME", "LANG", "LOGNAME", "PATH", "PWD", "SHELL", "TERM", "USER"];

/// A settings module that is asked for by name.
#[derive(Debug, Clone)]
pub struct ModuleCall<'c> {
    /// Its dotted name.
    pub module: &'c str,
    /// The folder it is imported from.
    pub root: RelPath,
    /// Where the root of the sources is on disk; what `__file__` starts with.
    pub disk: String,
    /// The variables of the process; no other is set.
    pub variables: &'c [(String, String)],
}

/// What a module holds when a process with these variables imports it; `None` when there is no such module.
pub fn settings_of_module(sources: &Sources<'_>, call: &ModuleCall<'_>) -> Option<SettingsAccount> {
    let modules = Modules::default();
    let variables = Variables::new(sources, call);
    let on_disk = |file: &RelPath| path::join(&call.disk, &format!("./{}", file.as_str()));
    let is_file = |file: &RelPath| sources.kind(file) == EntryKind::File;
    let find = |dotted: &str| {
        let stem = dotted.replace('.', "/");
        [(format!("{stem}/__init__.py"), true), (format!("{stem}.py"), false)].into_iter().find_map(
            |(file, package)| {
                let path = call.root.join(&file).filter(&is_file)?;
                Some(ModuleFile { container: on_disk(&path), path, package })
            },
        )
    };
    let file = |at: &str| {
        let found = path::relative_to(at, &call.disk).and_then(RelPath::new);
        match found.as_ref().map(|found| sources.kind(found)) {
            Some(EntryKind::File | EntryKind::Folder) => {
                found.map_or(FileAnswer::Missing, FileAnswer::Found)
            }
            // The module is shown with the files that are there.
            Some(EntryKind::Missing) => FileAnswer::Missing,
            Some(EntryKind::Outside | EntryKind::Special) => {
                FileAnswer::Unknown(Reason::FileUnreadable(at.to_owned()).into())
            }
            None => FileAnswer::Unknown(Reason::FileElsewhere(at.to_owned()).into()),
        }
    };
    let env = |name: &str| variables.answer(name);
    let read = |path: &RelPath| modules.get(sources, path);
    let folder = on_disk(&call.root);
    let world = World {
        sources,
        find: &find,
        file: &file,
        env: &env,
        module: &read,
        installed: &|_| None,
        folder: Some(&folder),
    };
    let class = variables.answer("DJANGO_CONFIGURATION").text();
    let class = class.as_ref().map(Text::as_str);
    match Settings::evaluate_class(&world, call.module, class) {
        Ok(settings) => Some(settings_account(&settings)),
        Err(EvaluateError::NotFound) => None,
    }
}

/// The variables of a call, each with a place.
struct Variables<'c> {
    file: Arc<SourceFile>,
    /// Name and the byte at which the value starts.
    set: Vec<(&'c str, &'c str, usize)>,
}

impl<'c> Variables<'c> {
    fn new(sources: &Sources<'_>, call: &ModuleCall<'c>) -> Self {
        let mut text = String::new();
        let mut set = Vec::new();
        for (name, value) in call.variables {
            text.push_str(name);
            text.push('=');
            set.push((name.as_str(), value.as_str(), text.len()));
            text.push_str(value);
            text.push('\n');
        }
        Self { file: sources.add("--set", &text), set }
    }

    fn answer(&self, name: &str) -> EnvAnswer {
        // The last one wins, as on a command line.
        match self.set.iter().rev().find(|(n, ..)| *n == name) {
            Some((_, value, start)) => EnvAnswer::of(Text::verbatim(self.file.id, *start, value)),
            None if ALWAYS_SET.contains(&name) => {
                EnvAnswer::Unknown(Reason::NotSet(name.to_owned()).into())
            }
            None => EnvAnswer::Unset,
        }
    }
}

/// A module that was evaluated.
pub(super) fn settings_account(settings: &Settings) -> SettingsAccount {
    let values = settings.names.iter().map(|(name, binding)| fact(name, binding));
    SettingsAccount {
        module: settings.module.clone(),
        files: settings.files.clone(),
        values: values.collect(),
        open: settings.open.clone(),
        reads: settings.reads_before_failure().iter().map(read_account).collect(),
        fails: settings.failure.as_ref().map(|failure| Failure {
            kind: failure.kind.clone(),
            message: prose!("{}", Quote::value(&failure.message).or_at(failure.span)),
            at: Some(failure.span),
        }),
    }
}

/// A name with what it is bound to.
fn fact(name: &str, binding: &Binding) -> Fact {
    let reads = binding.value.all_reads().into_iter();
    let set = reads.filter_map(|r| Some((r.name.clone(), r.set_at.as_ref()?.span())));
    Fact {
        subject: prose!("{}", Quote::name(name)),
        value: plain(name, &binding.value),
        uncertain: binding.uncertain.clone(),
        at: Some(binding.value.span),
        route: set.map(|(by, at)| RouteStep { by: prose!("{}", Quote::name(&by)), at }).collect(),
    }
}

fn read_account(read: &EnvRead) -> ReadAccount {
    ReadAccount {
        name: read.name.clone(),
        at: read.span,
        default: read.default.as_deref().map(|d| plain(&read.name, d)),
        required: read.required,
        set_at: read.set_at.as_ref().map(Text::span),
    }
}

/// A value without what the evaluator keeps beside it. Values are at most a few levels deep, so recursion is safe.
/// `name` is what the value is assigned to.
pub(super) fn plain(name: &str, value: &Value) -> PlainValue {
    match &value.kind {
        ValueKind::None => PlainValue::None,
        ValueKind::Bool(truth) => PlainValue::Bool(*truth),
        ValueKind::Int(number) => PlainValue::Int(*number),
        ValueKind::Float(number) => PlainValue::Float(*number),
        ValueKind::Str(text) | ValueKind::Partly(text) if is_secret(name, text) => {
            let known = text.without_unresolved();
            let weak = placeholder(&known) || weak(&known, &[]);
            PlainValue::Secret { text: text.clone(), weak }
        }
        ValueKind::Str(text) | ValueKind::Partly(text) => PlainValue::Text(text.clone()),
        ValueKind::Path(path) => PlainValue::Text(Text::derived(path, value.span)),
        ValueKind::List { items, open } => PlainValue::List {
            items: items.iter().map(|i| plain(name, i)).collect(),
            more: open.clone(),
        },
        ValueKind::Dict { entries, open } => {
            let mut more = open.clone();
            let mut known: Vec<(PlainKey, PlainValue)> = Vec::new();
            for (key, value) in entries {
                let is_text = key.as_str().is_some();
                let Some(key) = key_text(key) else {
                    more = more.or_else(|| key.why()).or(Some(unwritable_key(key.span)));
                    continue;
                };
                known.retain(|(k, _)| k.as_str() != key.as_str());
                // A number names nothing: `{1: "…"}` holds what the whole is called.
                let value = plain(if is_text { key.as_str() } else { name }, value);
                known.push((plain_key(key), value));
            }
            PlainValue::Dict { entries: known, more }
        }
        ValueKind::Duration(_) => PlainValue::Words("<timedelta>".into()),
        ValueKind::Object(class) if class == "re.compile" => PlainValue::Words("<regex>".into()),
        ValueKind::Object(class) => PlainValue::Words(prose!("<object:{}>", Quote::name(class))),
        ValueKind::Unknown(why) => PlainValue::Unknown(why.clone()),
    }
}

/// Keys that the readers of URLs (django-environ, dj-database-url) give a database or a cache.
const URL_KEYS: [&str; 13] = [
    "BACKEND",
    "CONN_HEALTH_CHECKS",
    "CONN_MAX_AGE",
    "DISABLE_SERVER_SIDE_CURSORS",
    "ENGINE",
    "HOST",
    "LOCATION",
    "NAME",
    "OPTIONS",
    "PASSWORD",
    "PORT",
    "TEST",
    "USER",
];

/// A key of the project, or one that a library made of a URL: its place is that of the URL, which may hold a password.
fn plain_key(key: Text) -> PlainKey {
    let made = !key.pieces().iter().any(Piece::verbatim);
    let own = URL_KEYS.into_iter().find(|own| made && key.as_str() == *own);
    own.map_or(PlainKey::Text(key), PlainKey::Own)
}

/// Whether a text is a secret, or stands for one, by the name of what holds it.
fn is_secret(name: &str, text: &Text) -> bool {
    let text = text.without_unresolved();
    // A path or URL names where the secret is; a password in a URL is found by its shape.
    let names_place = text.starts_with(['/', '.']) || text.contains("://");
    hidden_name(name) && !text.is_empty() && !names_place
}

fn unwritable_key(place: Span) -> crate::source::Unknown {
    crate::source::Unknown::at(Reason::NotEvaluated("this key"), place)
}

/// A key as Python's `str` writes it.
fn key_text(key: &Value) -> Option<Text> {
    let written = |text: &str| Some(Text::derived(text, key.span));
    match &key.kind {
        ValueKind::None => written("None"),
        ValueKind::Bool(truth) => written(if *truth { "True" } else { "False" }),
        ValueKind::Int(number) => written(&number.to_string()),
        ValueKind::Str(text) => text.is_resolved().then(|| text.clone()),
        ValueKind::Path(path) => written(path),
        _ => None,
    }
}
