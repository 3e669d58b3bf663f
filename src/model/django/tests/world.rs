//! A small project in memory and what its settings come to.

use super::super::*;
use crate::source::{Known, Limit, MemoryFiles, Reason, RelPath, Sources, Text};
use crate::syntax::python::Module;
use std::rc::Rc;

/// `(path, text)` of the project's files, which lie in `/app`; `env` is `(name, value)`: `?` is not known,
/// `!` is set to something not known.
pub(super) fn evaluate_at(
    module: &str,
    files: &[(&str, &str)],
    env: &[(&str, &str)],
) -> Result<Settings, EvaluateError> {
    let mut memory = MemoryFiles::new();
    for (path, text) in files {
        memory.add(path, *text);
    }
    let sources = Sources::new(&memory);
    let place = sources.add("compose.yaml", &env.iter().map(|(_, v)| *v).collect::<String>());
    let exists = |path: &str| {
        let path = RelPath::new(path)?;
        (sources.kind(&path) == crate::source::EntryKind::File).then_some(path)
    };
    let find = |dotted: &str| {
        let stem = dotted.replace('.', "/");
        let found = |path: String, package: bool| {
            Some(ModuleFile { container: format!("/app/{path}"), path: exists(&path)?, package })
        };
        found(format!("{stem}/__init__.py"), true).or_else(|| found(format!("{stem}.py"), false))
    };
    let file = |path: &str| match path.strip_prefix("/app/").and_then(exists) {
        Some(host) => FileAnswer::Found(host),
        None => FileAnswer::Untracked,
    };
    let env = |name: &str| match env.iter().position(|(n, _)| *n == name) {
        None => EnvAnswer::Unset,
        Some(index) if env[index].1 == "?" => {
            EnvAnswer::Unknown(Reason::FileMissing("web.env".into()).into())
        }
        Some(index) if env[index].1 == "!" => {
            EnvAnswer::Set(Known::Unknown(Reason::NotSet(name.into()).into()))
        }
        Some(index) => {
            let start = env[..index].iter().map(|(_, v)| v.len()).sum();
            EnvAnswer::of(Text::verbatim(place.id, start, env[index].1))
        }
    };
    let module_of =
        |path: &RelPath| Some(Rc::new(Module::read(&*sources.read(path, Limit::Code).ok()?)));
    let world = World {
        sources: &sources,
        find: &find,
        file: &file,
        env: &env,
        module: &module_of,
        installed: &|_| None,
        folder: None,
    };
    Settings::evaluate(&world, module)
}

/// The settings of a single module `config.settings` in `/app/config/settings.py`.
pub(super) fn evaluate(text: &str, env: &[(&str, &str)]) -> Settings {
    evaluate_at("config.settings", &[("config/settings.py", text)], env).unwrap()
}

/// A value as one line of something like Python; `...` ends what is open, `?` begins what is unknown.
pub(super) fn show(value: &Value) -> String {
    let list = |parts: Vec<String>, open: bool| {
        parts.into_iter().chain(open.then(|| "...".to_owned())).collect::<Vec<_>>().join(", ")
    };
    match &value.kind {
        ValueKind::None => "None".into(),
        ValueKind::Bool(b) => if *b { "True" } else { "False" }.into(),
        ValueKind::Int(int) => int.to_string(),
        ValueKind::Float(float) => format!("{float:?}"),
        ValueKind::Str(text) => format!("'{text}'"),
        ValueKind::Path(path) => format!("<{path}>"),
        ValueKind::List { items, open } => {
            format!("[{}]", list(items.iter().map(show).collect(), open.is_some()))
        }
        ValueKind::Dict { entries, open } => {
            format!(
                "{{{}}}",
                list(
                    entries.iter().map(|(k, v)| format!("{}: {}", show(k), show(v))).collect(),
                    open.is_some()
                )
            )
        }
        ValueKind::Duration(seconds) => format!("<{seconds} s>"),
        ValueKind::Object(name) => format!("<{name}>"),
        ValueKind::Partly(text) => {
            format!(
                "'{}' ? {}",
                text.without_unresolved(),
                text.why().unwrap().reason.prose().unmasked()
            )
        }
        ValueKind::Unknown(why) => format!("? {}", why.reason.prose().unmasked()),
    }
}

/// A name as one line: its value, `~` when it is uncertain.
pub(super) fn name(settings: &Settings, name: &str) -> String {
    match settings.get(name) {
        Some(binding) => {
            format!("{}{}", if !binding.is_certain() { "~" } else { "" }, show(&binding.value))
        }
        None => "-".into(),
    }
}
