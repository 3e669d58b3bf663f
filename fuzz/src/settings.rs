//! The settings evaluator: Python files and an `.env` whose variables the process has. A variable is known,
//! known in part, not known, not set, or set to something not known, by the length of its name.

use crate::clock::timed;
use crate::folder::{File, files, lies_in, memory};
use crate::{Worth, chosen, print_of};
use compose_doctor::internals::model::budget::Budget;
use compose_doctor::internals::model::django::{
    EnvAnswer, EvaluateError, FileAnswer, ModuleFile, Settings, Value, ValueKind, World, entry,
    urls,
};
use compose_doctor::internals::source::{
    EntryKind, Known, Limit, Reason, RelPath, Sources, Unknown,
};
use compose_doctor::internals::syntax::dotenv::EnvFile;
use compose_doctor::internals::syntax::python::Module;
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

/// The most modules of one input that are evaluated by themselves.
const MAX_MODULES: usize = 4;

/// Evaluates the Python files of a folder.
pub fn run(data: &[u8]) -> Worth {
    let files = files(data, "config/settings.py");
    if folder(data, &files) { Worth::Keep } else { Worth::Reject }
}

/// The same of files; `false` where there is no Python file among them.
pub fn folder(data: &[u8], files: &[File<'_>]) -> bool {
    let Some(first) = timed("settings", || once(files)) else { return false };
    if chosen(data, 4) {
        assert_eq!(Some(first), once(files), "the same settings are not evaluated the same");
    }
    true
}

fn once(files: &[File<'_>]) -> Option<u64> {
    Budget::reset();
    let memory = memory(files.iter().map(|f| (f.path.as_str(), f.bytes)));
    let sources = Sources::new(&memory);
    let exists = |path: &str| RelPath::new(path).filter(|p| sources.kind(p) == EntryKind::File);
    let find = |dotted: &str| {
        let stem = dotted.replace('.', "/");
        let found = |path: String, package: bool| {
            Some(ModuleFile { container: format!("/app/{path}"), path: exists(&path)?, package })
        };
        found(format!("{stem}/__init__.py"), true).or_else(|| found(format!("{stem}.py"), false))
    };
    let file = |path: &str| {
        path.strip_prefix("/app/").and_then(exists).map_or(FileAnswer::Missing, FileAnswer::Found)
    };
    let dotenv = exists(".env")
        .and_then(|p| sources.read(&p, Limit::Code).ok())
        .map(|f| EnvFile::read(&f.body()));
    let env = |name: &str| match dotenv
        .as_ref()
        .and_then(|d| d.get(name))
        .and_then(|e| e.value.clone())
    {
        Some(mut text) if name.len() % 7 == 1 => {
            let end = text.span();
            text.push_unresolved(Unknown::at(Reason::NotSet(name.to_owned()), end), end);
            EnvAnswer::of(text)
        }
        Some(text) => EnvAnswer::of(text),
        None if name.len() % 7 == 3 => {
            EnvAnswer::Set(Known::Unknown(Reason::ImageElsewhere.into()))
        }
        None if name.len() % 7 == 5 => {
            EnvAnswer::Unknown(Reason::FileMissing(".env".to_owned()).into())
        }
        None => EnvAnswer::Unset,
    };
    let modules: RefCell<HashMap<RelPath, Rc<Module>>> = RefCell::default();
    let module = |path: &RelPath| {
        let known = modules.borrow().get(path).cloned();
        known.or_else(|| {
            let read = Rc::new(Module::read(&*sources.read(path, Limit::Code).ok()?));
            modules.borrow_mut().insert(path.clone(), read.clone());
            Some(read)
        })
    };
    let installed = |name: &str| (name.len() % 3 != 0).then_some(name.len() % 3 == 1);
    let world = World {
        sources: &sources,
        find: &find,
        file: &file,
        env: &env,
        module: &module,
        installed: &installed,
        folder: Some("/app"),
    };
    let python = memory.paths().filter(|p| p.as_str().ends_with(".py")).take(MAX_MODULES);
    let mut print = None;
    for path in python {
        let dotted =
            path.as_str().trim_end_matches(".py").trim_end_matches("/__init__").replace('/', ".");
        let answer = Settings::evaluate(&world, &dotted);
        match &answer {
            Ok(settings) => holds(settings, &sources),
            Err(EvaluateError::NotFound) => {}
        }
        let Some(read) = module(path) else { continue };
        let routes = urls::static_routes(&read);
        let entry = find(&dotted).and_then(|f| entry::chosen(&world, &f, "__main__"));
        let chosen = entry.map(|e| format!("{:?}", e.module));
        print = Some(print_of(&(
            print,
            answer.map(|s| (s.names, s.reads, s.lacks, format!("{:?}", s.failure))),
            routes,
            chosen,
        )));
    }
    print
}

/// What holds of all settings: every place lies in its file.
fn holds(settings: &Settings, sources: &Sources<'_>) {
    for (name, binding) in &settings.names {
        lies_in(sources, name, binding.name_span);
        value(sources, name, &binding.value);
        binding.uncertain.iter().filter_map(|w| w.place).for_each(|at| lies_in(sources, name, at));
    }
    for read in &settings.reads {
        lies_in(sources, &read.name, read.span);
        read.default.iter().for_each(|d| value(sources, &read.name, d));
    }
    settings.lacks.iter().for_each(|(name, span)| lies_in(sources, name, *span));
    settings.failure.iter().for_each(|f| lies_in(sources, "a failure", f.span));
}

fn value(sources: &Sources<'_>, name: &str, of: &Value) {
    lies_in(sources, name, of.span);
    of.why().iter().filter_map(|w| w.place).for_each(|at| lies_in(sources, name, at));
    for read in &of.reads {
        lies_in(sources, &read.name, read.span);
        read.set_at.iter().for_each(|t| lies_in(sources, &read.name, t.span()));
    }
    match &of.kind {
        ValueKind::Str(text) => lies_in(sources, name, text.span()),
        ValueKind::List { items, .. } => items.iter().for_each(|i| value(sources, name, i)),
        ValueKind::Dict { entries, .. } => {
            for (key, item) in entries {
                value(sources, name, key);
                value(sources, name, item);
            }
        }
        _ => {}
    }
}
