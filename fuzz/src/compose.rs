//! Loading a project, as a stranger finds it and as a shell has it, and what `config` prints of it.

use crate::clock::timed;
use crate::folder::{File, files, lies_in, memory, shown};
use crate::{Worth, chosen, print_of};
use compose_doctor::internals::finding::Report;
use compose_doctor::internals::model::compose::{self, DotEnv, Form, Frame, Project, Request};
use compose_doctor::internals::report::{self, RenderOptions};
use compose_doctor::internals::rules;
use compose_doctor::internals::source::{RelPath, Sources};
use compose_doctor::internals::syntax::yaml::Yaml;
use serde_json::Value;

/// A file of this name is the environment, with a variable on each line.
const SHELL: &str = "@shell";
/// Where the folder is said to lie.
const ROOT: &str = "/srv/shop";

/// Loads the Compose files of a folder as one project.
pub fn run(data: &[u8]) -> Worth {
    let files = files(data, "compose.yaml");
    if folder(data, &files) { Worth::Keep } else { Worth::Reject }
}

/// The same of files; `false` where there is no Compose file among them.
pub fn folder(data: &[u8], files: &[File<'_>]) -> bool {
    let mut paths: Vec<RelPath> = Vec::new();
    for file in files {
        let Some(path) = RelPath::new(&file.path) else { continue };
        if compose::is_compose_name(path.file_name())
            && !paths.contains(&path)
            && path.parent().is_root()
        {
            paths.push(path);
        }
    }
    if paths.is_empty() {
        return false;
    }
    let first = timed("compose", || once(files, &paths));
    if chosen(data, 4) {
        assert_eq!(first, once(files, &paths), "the same project is not loaded the same");
    }
    true
}

/// Loads the project both ways and prints it; gives a number for what came out.
fn once(files: &[File<'_>], paths: &[RelPath]) -> u64 {
    let memory =
        memory(files.iter().filter(|f| f.path != SHELL).map(|f| (f.path.as_str(), f.bytes)));
    let shell = files.iter().find(|f| f.path == SHELL).map(|f| String::from_utf8_lossy(f.bytes));
    let vars: Vec<(String, String)> = shell
        .iter()
        .flat_map(|text| text.lines())
        .filter_map(|line| line.split_once('='))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let sources = Sources::new(&memory);
    let folder = RelPath::root();
    let stranger = compose::load(&sources, &folder, paths);
    holds(&stranger, &sources);
    let mut env = DotEnv::of_shell(vars.clone());
    env.add_folder(&sources, &folder);
    let profiles: Vec<String> = env
        .get("COMPOSE_PROFILES")
        .map_or_else(Vec::new, |(all, _)| all.split(',').map(|p| p.trim().to_owned()).collect());
    let name =
        vars.iter().find(|(n, _)| n == "NAME").map(|(_, v)| v.clone()).filter(|n| !n.is_empty());
    let request = Request {
        folder: &folder,
        paths,
        env,
        name,
        folder_name: Some("shop".into()),
        root: Some(ROOT.into()),
        profiles: Some(profiles.clone()),
    };
    let project = compose::load_with(&sources, request);
    holds(&project, &sources);
    let forms = [Form::Yaml, Form::Json].map(|form| printed(&project, &sources, &profiles, form));
    print_of(&(forms, &stranger.faults, &stranger.errors, &stranger.name, &stranger.tree))
}

/// What holds of every project that was loaded.
fn holds(project: &Project, sources: &Sources<'_>) {
    project.errors.iter().for_each(|e| lies_in(sources, "an error", e.span));
    project.unset.iter().for_each(|(name, span)| lies_in(sources, name, *span));
    project
        .unusable
        .iter()
        .for_each(|(span, ..)| lies_in(sources, "a file that cannot be used", *span));
    for fault in &project.faults {
        lies_in(sources, "a fault", fault.span);
    }
    project.tree.each(&mut |scalar| {
        lies_in(sources, "a scalar", scalar.text.span());
        for piece in scalar.text.pieces() {
            lies_in(sources, "a piece", piece.src);
            let file = sources.file(piece.src.file);
            let own = scalar.text.as_str().get(piece.at as usize..(piece.at + piece.len) as usize);
            assert!(own.is_some(), "a piece of {:?} is no part of it", scalar.text);
            assert!(
                !piece.verbatim() || own == file.text.get(piece.src.range()),
                "{:?} is not written there",
                scalar.text
            );
        }
    });
}

/// What `config` prints in one form: the findings, and the project where Compose takes it.
fn printed(
    project: &Project,
    sources: &Sources<'_>,
    profiles: &[String],
    form: Form,
) -> (String, String) {
    let effective =
        project.effective(sources, profiles, &Frame { root: ROOT, home: Some("/home/anna"), form });
    let findings = rules::loading(project, &effective);
    for finding in &findings {
        assert!(!finding.labels.is_empty(), "{} has no place", finding.rule.name);
        finding.labels.iter().for_each(|l| lies_in(sources, finding.rule.name, l.span));
    }
    let report = Report { folder: Some(project.folder.clone()), findings, ..Report::default() };
    let complaints =
        report::findings(&report, sources, RenderOptions { color: false, width: 100 }).to_string();
    shown("config's complaints", &complaints, false);
    // Both notations of one document, whether or not Compose would take it.
    let (json, yaml) = (
        report::config_json(&effective.out).to_string(),
        report::config_yaml(&effective.out).to_string(),
    );
    printable("config as JSON", &json);
    printable("config as YAML", &yaml);
    let from_json: Value = serde_json::from_str(&json)
        .unwrap_or_else(|why| panic!("config is no JSON: {why}\n{json}"));
    again(&yaml, &from_json);
    (complaints, if form == Form::Json { json } else { yaml })
}

/// Panics where what `config` prints steers a terminal. A character that is only not seen is part of a value, and Compose
/// prints it as well; so is a tab in a block of lines.
fn printable(what: &str, text: &str) {
    let bad = |c: &char| {
        c.is_control() && !matches!(c, '\n' | '\t')
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let found = text.chars().find(bad);
    assert!(found.is_none(), "{what} prints {found:?}");
}

/// Reads the YAML with our own reader and holds it against the JSON.
fn again(yaml: &str, json: &Value) {
    let memory = memory([("config.yaml", yaml.as_bytes())]);
    let sources = Sources::new(&memory);
    let path = RelPath::new("config.yaml").expect("a name of ours");
    // More than we read of a file is not read again.
    let Ok(file) = sources.read(&path, compose_doctor::internals::source::Limit::Config) else {
        return;
    };
    let read = Yaml::read(&file);
    assert!(read.errors.is_empty(), "config cannot be read again: {:?}\n{yaml}", read.errors);
    let other = serde_yaml::from_str::<Value>(yaml);
    match other {
        Ok(other) => {
            assert!(same(&other, json), "config as YAML is not config as JSON\n{yaml}\n{json:#}")
        }
        Err(why) => panic!("another reader refuses config: {why}\n{yaml}"),
    }
}

/// Whether two documents say the same; numbers are the same where their values are.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(k, v)| b.get(k).is_some_and(|w| same(v, w)))
        }
        (Value::Number(a), Value::Number(b)) => a == b || a.as_f64() == b.as_f64(),
        // An empty document.
        (Value::Null, Value::Object(b)) => b.is_empty(),
        _ => a == b,
    }
}
