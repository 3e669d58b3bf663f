//! `config` held against what the real Docker Compose v2.40.3 answered on real files.
//!
//! The files and answers are no part of this repository. They are looked for in `../shared/corpus`, or where
//! `COMPOSE_CORPUS` says; without them these tests say that they are skipped.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "a test that fails may panic, and reads the corpus"
)]

mod support;

use compose_doctor::internals::cli::{ConfigAnswer, ConfigCall, config};
use compose_doctor::internals::model::compose::{
    DotEnv, Kind, Node, Request, Scalar, VarSource, load_with,
};
use compose_doctor::internals::report::RenderOptions;
use compose_doctor::internals::source::{DiskFiles, RelPath, Sources};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use support::home;

/// What remains different, each with its reason.
const DIFFERENCES: &str = include_str!("corpus/differences.txt");

/// The corpus's folder and its cases, one JSON value each.
fn corpus(test: &str) -> Option<(PathBuf, Vec<Value>)> {
    let place = std::env::var_os("COMPOSE_CORPUS")
        .map_or_else(|| home().join("../shared/corpus"), PathBuf::from);
    let Ok(cases) = std::fs::read_to_string(place.join("oracle/expected.jsonl")) else {
        eprintln!(
            "{test} is skipped: set COMPOSE_CORPUS to a folder with compose/ and oracle/expected.jsonl to run it"
        );
        return None;
    };
    Some((
        place.canonicalize().unwrap(),
        cases.lines().map(|line| serde_json::from_str(line).unwrap()).collect(),
    ))
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key].as_str().unwrap_or_default()
}

fn files(case: &Value) -> Vec<PathBuf> {
    case["files"].as_array().unwrap().iter().map(|f| PathBuf::from(f.as_str().unwrap())).collect()
}

fn answer(root: &std::path::Path, case: &Value) -> ConfigAnswer {
    let call = ConfigCall {
        here: root.join(text(case, "dir")),
        vars: vec![("PATH".into(), "/usr/bin:/bin".into())],
        files: files(case),
        profiles: vec!["*".into()],
        json: true,
        ..ConfigCall::default()
    };
    config(&call, RenderOptions { color: false, width: 100 })
}

/// The ids of the cases that differ, as the list has them: in the verdict or in the project.
fn listed() -> BTreeMap<&'static str, &'static str> {
    let lines = DIFFERENCES.lines().filter(|l| !l.is_empty() && !l.starts_with('#'));
    lines.map(|l| l.split_once(' ').unwrap()).collect()
}

/// The variables that a text says are not set, between these words.
fn unset(text: &str, before: &str, after: &str) -> BTreeSet<String> {
    text.match_indices(before)
        .filter_map(|(at, _)| {
            let rest = &text[at + before.len()..];
            Some(rest[..rest.find(after)?].trim_matches(['"', '\\', '`']).to_owned())
        })
        .collect()
}

#[test]
fn config_answers_as_compose_does() {
    let Some((place, cases)) = corpus("config_answers_as_compose_does") else { return };
    let root = place.join("compose");
    let mut differing = BTreeSet::new();
    let mut wrong = Vec::new();
    for case in &cases {
        let id = text(case, "id");
        let got = answer(&root, case);
        let accepted = case["accepted"].as_bool().unwrap();
        assert!(got.status < 2, "{id}: {}", got.err);
        if (got.status == 0) != accepted {
            differing.insert(id);
            continue;
        }
        if !accepted {
            continue;
        }
        let json: Value =
            serde_json::from_str(&got.out.to_string().replace(root.to_str().unwrap(), "${ROOT}"))
                .unwrap();
        if json != case["config"] {
            differing.insert(id);
        }
        let warnings: Vec<&str> =
            case["warnings"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        let wanted = unset(&warnings.join("\n"), "The ", " variable is not set");
        let told = unset(got.err.as_str(), "the variable ", " is not set");
        if wanted != told {
            wrong.push(format!("{id}: warns about {told:?}, Compose about {wanted:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let listed: BTreeSet<&str> = listed().into_keys().collect();
    let new: Vec<_> = differing.difference(&listed).collect();
    let gone: Vec<_> = listed.difference(&differing).collect();
    assert!(
        new.is_empty() && gone.is_empty(),
        "tests/corpus/differences.txt lacks {new:?} and lists {gone:?}, which are the same by now"
    );
}

/// Every byte of a scalar that is said to stand in a file stands there, and a scalar that is written where it is used reads the
/// same from its span.
#[test]
fn every_scalar_stands_where_its_span_says() {
    let Some((place, cases)) = corpus("every_scalar_stands_where_its_span_says") else { return };
    let files_on_disk = DiskFiles::new(&place.join("compose")).unwrap();
    let (mut whole, mut parts) = (0, 0);
    for case in &cases {
        let sources = Sources::new(&files_on_disk);
        let folder = RelPath::new(text(case, "dir")).unwrap();
        let paths: Vec<RelPath> =
            files(case).iter().filter_map(|f| folder.join(f.to_str()?)).collect();
        let paths = if paths.is_empty() { default_files(&sources, &folder) } else { paths };
        let folder = paths.first().map_or_else(|| folder.clone(), RelPath::parent);
        let mut env = DotEnv::of_shell([]);
        env.add_folder(&sources, &folder);
        let project = load_with(
            &sources,
            Request {
                folder: &folder,
                paths: &paths,
                env,
                name: None,
                folder_name: None,
                root: None,
                profiles: None,
            },
        );
        each(&project.tree, &mut |scalar| {
            let source = |span: compose_doctor::internals::source::Span| {
                sources.file(span.file).text.clone()
            };
            for piece in scalar.text.pieces().iter().filter(|p| p.verbatim()) {
                let run = &scalar.text.as_str()[piece.at as usize..(piece.at + piece.len) as usize];
                assert_eq!(&source(piece.src)[piece.src.range()], run, "{}", text(case, "id"));
                parts += 1;
            }
            let span = scalar.text.span();
            let written = &source(span)[span.range()];
            let own = scalar.vars.is_empty()
                && scalar.text.pieces().iter().all(|p| p.verbatim())
                && !written.is_empty();
            if own && !scalar.text.is_empty() && reads_as(written, scalar.text.as_str()) {
                whole += 1;
            } else {
                assert!(
                    !own || scalar.text.is_empty()
                        || scalar.text.contains('\n')
                        || written.contains('\n')
                        || folded(scalar),
                    "{}: `{written}` is not `{}`",
                    text(case, "id"),
                    scalar.text
                );
            }
        });
    }
    assert!(
        whole > 10_000 && parts > whole,
        "{whole} scalars, {parts} runs: too few to mean anything"
    );
}

/// A text that was put together from two places: `A: b` as `A=b`.
fn folded(scalar: &Scalar) -> bool {
    scalar.text.pieces().len() > 1
}

fn reads_as(written: &str, text: &str) -> bool {
    written == text
        || written.trim_matches(['"', '\'']) == text
        || serde_yaml::from_str::<String>(written).is_ok_and(|read| read == text)
}

fn default_files(sources: &Sources<'_>, folder: &RelPath) -> Vec<RelPath> {
    let there = |names: [&str; 4]| {
        names
            .iter()
            .filter_map(|n| folder.join(n))
            .find(|p| sources.kind(p) == compose_doctor::internals::source::EntryKind::File)
    };
    let base = there(["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"]);
    let over = there([
        "compose.override.yml",
        "compose.override.yaml",
        "docker-compose.override.yml",
        "docker-compose.override.yaml",
    ]);
    base.into_iter().chain(over).collect()
}

fn each(node: &Node, look: &mut impl FnMut(&Scalar)) {
    if let Kind::Scalar(scalar) = &node.kind {
        look(scalar);
    }
    node.entries().iter().for_each(|e| each(&e.value, look));
    node.items().iter().for_each(|i| each(i, look));
}

/// Where a variable's text came from is known for every use.
#[test]
fn every_variable_knows_where_its_text_came_from() {
    let Some((place, cases)) = corpus("every_variable_knows_where_its_text_came_from") else {
        return;
    };
    let files_on_disk = DiskFiles::new(&place.join("compose")).unwrap();
    let mut seen = BTreeMap::new();
    for case in &cases {
        let sources = Sources::new(&files_on_disk);
        let folder = RelPath::new(text(case, "dir")).unwrap();
        let paths: Vec<RelPath> =
            files(case).iter().filter_map(|f| folder.join(f.to_str()?)).collect();
        let Some(folder) = paths.first().map(RelPath::parent) else { continue };
        let project = compose_doctor::internals::model::compose::load(&sources, &folder, &paths);
        for var in project.variables() {
            let written = &sources.file(var.span.file).text[var.span.range()];
            assert!(
                written.starts_with('$') && written.contains(&var.name),
                "{}: `{written}` uses {}",
                text(case, "id"),
                var.name
            );
            let kind = match var.source {
                VarSource::EnvFile(span) => {
                    assert!(span.end as usize <= sources.file(span.file).text.len());
                    "env file"
                }
                VarSource::Shell => "shell",
                VarSource::Default => "default",
                VarSource::Unset => "unset",
            };
            *seen.entry(kind).or_insert(0) += 1;
        }
    }
    assert!(seen.len() == 4, "{seen:?}");
}
