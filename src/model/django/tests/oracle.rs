//! Settings modules that CPython and Django have loaded: `oracle/cases.txt`, answered by `oracle/answer.py`.

use super::super::*;
use crate::source::{EntryKind, Limit, MemoryFiles, RelPath, Sources, Text};
use crate::syntax::python::Module;
use serde_json::{Value as Json, json};
use std::rc::Rc;

const CASES: &str = include_str!("oracle/cases.txt");

/// A module with its files and variables, and what Python gets from it.
#[derive(Default)]
struct Case {
    title: String,
    module: String,
    class: Option<String>,
    env: Vec<(String, String)>,
    files: Vec<(String, String)>,
    answer: Json,
}

fn cases() -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    for line in CASES.lines() {
        if let Some(title) = line.strip_prefix("#### ") {
            let module = "config.settings".to_owned();
            cases.push(Case { title: title.to_owned(), module, ..Case::default() });
            continue;
        }
        let Some(case) = cases.last_mut() else { continue };
        if let Some(path) = line.strip_prefix("--- ") {
            case.files.push((path.to_owned(), String::new()));
        } else if let Some(answer) = line.strip_prefix("= ") {
            case.answer = serde_json::from_str(answer).unwrap();
        } else if let Some((_, text)) = case.files.last_mut() {
            text.push_str(line);
            text.push('\n');
        } else if let Some((name, value)) = line.strip_prefix("$ ").and_then(|v| v.split_once('='))
        {
            case.env.push((name.to_owned(), value.to_owned()));
        } else if let Some(class) = line.strip_prefix("class ") {
            case.class = Some(class.to_owned());
        } else if let Some(module) = line.strip_prefix("module ") {
            module.clone_into(&mut case.module);
        }
    }
    cases
}

fn evaluate(case: &Case) -> Json {
    let mut memory = MemoryFiles::new();
    for (path, text) in &case.files {
        memory.add(path, text.trim_end_matches('\n').to_owned() + "\n");
    }
    let sources = Sources::new(&memory);
    let place = sources.add("env", &case.env.iter().map(|(_, v)| v.as_str()).collect::<String>());
    let kind = |path: &RelPath| sources.kind(path);
    let find = |dotted: &str| {
        let stem = dotted.replace('.', "/");
        [(format!("{stem}/__init__.py"), true), (format!("{stem}.py"), false)].into_iter().find_map(
            |(file, package)| {
                let path = RelPath::new(&file).filter(|p| kind(p) == EntryKind::File)?;
                Some(ModuleFile { container: format!("/app/{file}"), path, package })
            },
        )
    };
    let file = |at: &str| {
        let path = at.strip_prefix("/app").map(|p| p.trim_start_matches('/'));
        let path = path.and_then(RelPath::new);
        match path.filter(|p| matches!(kind(p), EntryKind::File | EntryKind::Folder)) {
            Some(path) => FileAnswer::Found(path),
            None => FileAnswer::Missing,
        }
    };
    let env = |name: &str| {
        let mut start = 0;
        let mut answer = EnvAnswer::Unset;
        for (n, value) in &case.env {
            if n == name {
                answer = EnvAnswer::of(Text::verbatim(place.id, start, value));
            }
            start += value.len();
        }
        answer
    };
    let module =
        |path: &RelPath| Some(Rc::new(Module::read(&*sources.read(path, Limit::Code).ok()?)));
    let world = World {
        sources: &sources,
        find: &find,
        file: &file,
        env: &env,
        module: &module,
        installed: &|_| None,
        folder: Some("/app"),
    };
    let settings = Settings::evaluate_class(&world, &case.module, case.class.as_deref()).unwrap();
    if let Some(failure) = &settings.failure {
        let at = sources.file(failure.span.file);
        let line = sources.position(failure.span).line;
        return json!({ "fails": failure.kind, "at": format!("{}:{line}", at.path.as_str()) });
    }
    let names = settings.names.iter().map(|(name, binding)| {
        let value = if binding.is_certain() { plain(&binding.value) } else { json!(UNKNOWN) };
        (name.clone(), value)
    });
    Json::Object(names.collect())
}

/// What stands for a value that is not known.
const UNKNOWN: &str = "?";

/// A value as `answer.py` writes it.
fn plain(value: &Value) -> Json {
    if value.why().is_some() {
        return json!(UNKNOWN);
    }
    match &value.kind {
        ValueKind::None => Json::Null,
        ValueKind::Bool(b) => json!(b),
        ValueKind::Int(int) => json!(int),
        ValueKind::Float(float) => json!(float),
        ValueKind::Str(text) => json!(text.as_str()),
        ValueKind::Path(path) => json!(path),
        ValueKind::Duration(_) => json!("<timedelta>"),
        ValueKind::List { items, .. } => {
            let mut all: Vec<Json> = items.iter().map(plain).collect();
            if value.form == super::super::value::Form::Set {
                all.sort_by_key(ToString::to_string);
                return json!({ "<set>": all });
            }
            json!(all)
        }
        ValueKind::Dict { entries, .. } => {
            let key = |k: &Value| match &k.kind {
                ValueKind::Str(text) => text.as_str().to_owned(),
                _ => plain(k).to_string(),
            };
            Json::Object(entries.iter().map(|(k, v)| (key(k), plain(v))).collect())
        }
        ValueKind::Object(_) => json!("<object>"),
        ValueKind::Partly(_) | ValueKind::Unknown(_) => json!(UNKNOWN),
    }
}

/// Nothing is known and wrong; what is not known is counted.
#[test]
fn nothing_is_other_than_python_says() {
    // Cases of this name are there for what must not be claimed.
    let is_open = |case: &Case| case.title.starts_with("uncertain");
    let (mut wrong, mut unknown, mut names) = (String::new(), Vec::new(), 0);
    let cases = cases();
    assert!(cases.len() >= 150, "{}", cases.len());
    for case in &cases {
        let got = evaluate(case);
        if case.answer.get("fails").is_some() || got.get("fails").is_some() {
            names += 1;
            // Python names no line of the project where only a library is under way.
            let line = |answer: &Json| {
                let known = !case.answer["at"].is_null();
                (answer["fails"].clone(), answer["at"].clone(), known)
            };
            let (got_line, real_line) = (line(&got), line(&case.answer));
            let same = got_line.0 == real_line.0 && (got_line.1 == real_line.1 || !real_line.2);
            if !same {
                wrong.push_str(&format!("{}\n  is {got}\n  not {}\n", case.title, case.answer));
            }
            continue;
        }
        let (Json::Object(real), Json::Object(said)) = (&case.answer, &got) else { panic!() };
        for (name, real) in real {
            names += 1;
            match said.get(name) {
                None => unknown.push(format!("{}: {name} is absent", case.title)),
                Some(said) if said == UNKNOWN && is_open(case) => {}
                Some(said) if said == UNKNOWN => unknown.push(format!("{}: {name}", case.title)),
                Some(said) if said == real => {}
                Some(said) => {
                    wrong.push_str(&format!("{}: {name}\n  is {said}\n  not {real}\n", case.title));
                }
            }
        }
        for (name, said) in said.iter().filter(|(n, v)| !real.contains_key(*n) && *v != UNKNOWN) {
            wrong.push_str(&format!("{}: {name}\n  is {said}\n  not there\n", case.title));
        }
    }
    assert!(wrong.is_empty(), "{wrong}{unknown:#?}");
    let share = unknown.len() as f64 / names as f64;
    assert!(share < 0.03, "{} of {names} are not known: {unknown:#?}", unknown.len());
}
