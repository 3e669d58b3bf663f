//! Data flows one way: imports only point back along it, and each layer leaves to the others what is theirs.
#![allow(clippy::disallowed_methods, reason = "a test looks at the repository itself")]

mod support;

use support::{files_below, home};

/// The layers in the order of data. A layer may use those before it.
const ORDER: [&str; 13] = [
    "facts", "source", "finding", "syntax", "fix", "model", "rules", "config", "filter", "check",
    "diagnose", "report", "cli",
];
/// Layers that may use less than what comes before them.
const ONLY: [(&str, &[&str]); 4] = [
    ("finding", &["source"]),
    ("fix", &["source", "finding", "syntax"]),
    ("report", &["facts", "source", "finding"]),
    ("rules", &["facts", "source", "finding", "model", "syntax"]),
];
/// The order inside a layer: each part, a folder or a file, may use those before it.
const STOREYS: [Storeys; 3] = [
    Storeys {
        home: "model",
        parts: &[
            "budget",
            "search_limit",
            "path",
            "submodules",
            "assumptions",
            "secrets",
            "sample",
            "instructions",
            "compose",
            "endpoint",
            "django",
            "exec_context",
            "process",
            "image",
            "container",
            "roles",
            "stack",
            "inspect",
        ],
        door: &[],
    },
    Storeys {
        home: "model/compose",
        parts: &[
            "tree", "read", "values", "shape", "layers", "project", "check", "render", "load",
            "discover",
        ],
        door: &[],
    },
    Storeys {
        home: "model/stack",
        parts: &[
            "repository",
            "images",
            "lifecycle",
            "environment",
            "network",
            "django",
            "storage",
            "datastores",
            "workers",
            "airflow",
            "proxy",
            "build",
        ],
        door: &["Stack"],
    },
];
/// No file is longer.
const MAX_LINES: usize = 400;

/// The parts of a folder, from the ground up.
struct Storeys {
    home: &'static str,
    parts: &'static [&'static str],
    /// What the folder's own `mod.rs` defines and any part may use.
    door: &'static [&'static str],
}

/// A file of `src/`: its path, its layer and its lines without comments.
struct Source {
    path: String,
    layer: String,
    text: String,
    lines: usize,
}

fn sources() -> Vec<Source> {
    let src = home().join("src");
    files_below(&src)
        .into_iter()
        .filter(|p| p.extension().is_some_and(|e| e == "rs"))
        .map(|p| {
            let path = p.strip_prefix(&src).unwrap_or(&p).to_string_lossy().replace('\\', "/");
            let layer = path.split('/').next().unwrap_or("").trim_end_matches(".rs").to_owned();
            let text = std::fs::read_to_string(&p).unwrap_or_default();
            let lines = text.lines().count();
            let text = text
                .lines()
                .filter(|l| !l.trim_start().starts_with("//"))
                .collect::<Vec<_>>()
                .join("\n");
            Source { path, layer, text, lines }
        })
        .collect()
}

/// Every path of a text that begins with `crate` or `super`, also those in `crate::{a, b::{c}}`.
fn paths(text: &str) -> Vec<Vec<&str>> {
    let mut all = Vec::new();
    for start in ["crate::", "super::"] {
        for (at, _) in text.match_indices(start) {
            let before = text[..at].chars().next_back();
            // Neither the rest of a longer path nor what `pub(in crate::…)` names.
            let whole = !before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | ':'));
            if whole && !text[..at].ends_with("(in ") {
                tree(&text[at..], &[], &mut all);
            }
        }
    }
    all
}

/// Reads one tree of paths, adds what it names, and gives back what follows it.
fn tree<'t>(text: &'t str, before: &[&'t str], all: &mut Vec<Vec<&'t str>>) -> &'t str {
    let mut path = before.to_vec();
    let mut rest = text.trim_start();
    loop {
        if let Some(mut group) = rest.strip_prefix('{') {
            while let Some(inside) = Some(group.trim_start()).filter(|g| !g.is_empty()) {
                group = match inside.chars().next() {
                    Some('}') => return &inside[1..],
                    Some(',') => &inside[1..],
                    _ => {
                        let after = tree(inside, &path, all);
                        // `a as b`
                        &after[after.find([',', '}']).unwrap_or(after.len())..]
                    }
                };
            }
            return group;
        }
        let len = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        let len = if rest.starts_with('*') { 1 } else { len };
        path.push(&rest[..len]);
        rest = &rest[len..];
        let Some(next) = rest.strip_prefix("::").filter(|n| !n.starts_with('<')) else { break };
        rest = next;
    }
    all.push(path);
    rest
}

/// The layers named after `crate::`.
fn uses(text: &str) -> Vec<&str> {
    let named = paths(text).into_iter().filter(|p| p[0] == "crate").map(|p| p[1]);
    // What lib.rs hands on from the engine.
    named.map(|l| if l == "Options" { "check" } else { l }).collect()
}

#[test]
fn imports_point_one_way() {
    let rank = |layer: &str| ORDER.iter().position(|o| *o == layer);
    let mut wrong = Vec::new();
    for source in sources() {
        let Some(own) = rank(&source.layer) else { continue };
        for used in uses(&source.text) {
            let only = ONLY.iter().find(|(l, _)| *l == source.layer).map(|(_, o)| *o);
            let fine = used == source.layer
                || only.map_or_else(
                    || rank(used).is_none_or(|r| r < own),
                    |o| rank(used).is_none() || o.contains(&used),
                );
            if !fine {
                let may = only.map_or_else(|| ORDER[..own].join(", "), |o| o.join(", "));
                wrong.push(format!(
                    "src/{}: `{}` uses `{used}`; it may use {may}",
                    source.path, source.layer
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "\n  {}\n", wrong.join("\n  "));
}

/// Code without the tests at its end, and not a file of tests.
fn code_of(source: &Source) -> Option<String> {
    let name = source.path.rsplit('/').next().unwrap_or("");
    let tests = source.path.contains("/tests/") || name == "tests.rs";
    let code = source.text.split("\nmod tests {").next().unwrap_or("");
    (!tests).then(|| code.to_owned())
}

#[test]
fn facets_ask_only_those_before_them() {
    let mut wrong = Vec::new();
    let facets = STOREYS.iter().find(|s| s.home == "model/stack").map_or(&[][..], |s| s.parts);
    for source in sources() {
        let Some(rest) = source.path.strip_prefix("model/stack/") else { continue };
        let (Some((facet, _)), Some(code)) = (rest.split_once('/'), code_of(&source)) else {
            continue;
        };
        let Some(own) = facets.iter().position(|f| *f == facet) else { continue };
        let joined: String = code.split_whitespace().collect();
        for other in &facets[own + 1..] {
            if joined.contains(&format!("stack.{other}()")) {
                wrong.push(format!(
                    "src/{}: `{facet}` asks `{other}`; it may ask {}",
                    source.path,
                    facets[..own].join(", ")
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "\n  {}\n", wrong.join("\n  "));
}

/// Where the text of a sentence is taken as it is: what masks it and makes it safe to print, what looks for the words of a
/// log in it, and what lays the edits of a cure over files in memory.
const UNMASKED: [&str; 4] = [
    "report/json.rs",
    "report/account_json.rs",
    "diagnose/places.rs",
    "check/behind/repairs/cure.rs",
];

#[test]
fn a_sentence_is_printed_through_the_guard() {
    let wrong: Vec<String> = sources()
        .iter()
        .filter(|s| code_of(s).is_some_and(|code| code.contains("unmasked()")))
        // It writes into the project's own files.
        .filter(|s| s.layer != "fix")
        .filter(|s| !UNMASKED.contains(&s.path.as_str()))
        .map(|s| s.path.clone())
        .collect();
    assert!(wrong.is_empty(), "`unmasked` is for these only: {UNMASKED:?}; not for {wrong:?}");
}

/// The methods that a facet offers to rules, with its name.
fn facet_methods(facet: &str) -> Vec<String> {
    let mut all = Vec::new();
    let own: Vec<Source> = sources()
        .into_iter()
        .filter(|s| s.path.starts_with(&format!("model/stack/{facet}/")))
        .collect();
    let facet_type = own
        .iter()
        .filter_map(|s| s.text.split("<'s> {\n    stack: &'s Stack<'s>").next())
        .filter_map(|before| before.rsplit_once("pub struct "))
        .map(|(_, name)| name)
        .find(|name| name.chars().all(char::is_alphanumeric))
        .unwrap_or_default()
        .to_owned();
    let openings = [format!("impl<'s> {facet_type}<'s> {{"), format!("impl {facet_type}<'_> {{")];
    for source in &own {
        let mut inside = false;
        for line in source.text.lines() {
            inside = openings.iter().any(|o| o == line) || inside && line != "}";
            let name = line.strip_prefix("    pub fn ").filter(|_| inside);
            all.extend(name.and_then(|n| n.split(['(', '<']).next()).map(str::to_owned));
        }
    }
    all.sort();
    all
}

/// The part of a page below a heading.
fn section<'p>(page: &'p str, heading: &str) -> &'p str {
    let from = page.split_once(&format!("\n{heading}\n")).map_or("", |(_, rest)| rest);
    from.split("\n#").next().unwrap_or("")
}

#[test]
fn every_question_names_the_method_that_answers_it() {
    let page = std::fs::read_to_string(home().join("docs/architecture.md")).unwrap_or_default();
    let mut wrong = Vec::new();
    let facets = STOREYS.iter().find(|s| s.home == "model/stack").map_or(&[][..], |s| s.parts);
    for facet in facets.iter().filter(|f| **f != "build") {
        let table = section(&page, &format!("### `stack.{facet}()`"));
        let rows = table.lines().filter_map(|l| l.trim().trim_matches('|').rsplit_once('|'));
        let mut named: Vec<String> = rows
            .flat_map(|(_, methods)| methods.split('`').skip(1).step_by(2))
            .map(str::to_owned)
            .collect();
        named.sort();
        let offered = facet_methods(facet);
        for method in offered.iter().filter(|m| !named.contains(m)) {
            wrong.push(format!("`{facet}`: no question of docs/architecture.md names `{method}`"));
        }
        for method in named.iter().filter(|m| !offered.contains(m)) {
            wrong.push(format!("docs/architecture.md names `{method}`, which `{facet}` has not"));
        }
        if named.windows(2).any(|pair| pair[0] == pair[1]) {
            wrong.push(format!("`{facet}`: docs/architecture.md names a method twice"));
        }
    }
    assert!(wrong.is_empty(), "\n  {}\n", wrong.join("\n  "));
}

#[test]
fn pictures_show_the_order() {
    let page = std::fs::read_to_string(home().join("docs/architecture.md")).unwrap_or_default();
    let chain = |heading: &str| -> Vec<String> {
        let picture = section(&page, heading);
        let line = picture.lines().find(|l| l.contains(" --> ")).unwrap_or("");
        line.trim().split(" --> ").map(str::to_owned).collect()
    };
    let built = |layer: &&str| home().join("src").join(layer).exists();
    let layers: Vec<&str> = ORDER.iter().copied().filter(built).collect();
    assert_eq!(chain("## Layers"), layers);
    let parts = |home: &str| STOREYS.iter().find(|s| s.home == home).map_or(&[][..], |s| s.parts);
    let mut facets = parts("model/stack").to_vec();
    facets.retain(|f| *f != "build");
    assert_eq!(chain("## The facets of the stack"), facets);
    // The picture of the model leaves out what is small.
    let drawn = chain("## The storeys of the model");
    let storeys: Vec<&str> =
        parts("model").iter().copied().filter(|s| drawn.iter().any(|d| d == s)).collect();
    assert_eq!(drawn, storeys);
}

#[test]
fn rules_reach_no_files_text() {
    // The fields that hold them are private to the model; these are the types and calls that lead around it.
    let banned =
        ["SourceFile", "Sources", ".sources", ".body()", ".read(", "MemoryFiles", "DiskFiles"];
    let mut wrong = Vec::new();
    for source in sources().iter().filter(|s| s.layer == "rules") {
        let Some(code) = code_of(source) else { continue };
        for word in banned.iter().filter(|w| code.contains(*w)) {
            wrong.push(format!("src/{}: `{word}`: ask a facet of the stack", source.path));
        }
    }
    for (file, field) in [
        ("model/stack/mod.rs", "    sources: &'s Sources<'s>"),
        ("model/compose/project/mod.rs", "    pub(in crate::model) files:"),
        ("model/compose/values/dotenv.rs", "    pub(in crate::model) files:"),
        ("model/image/mod.rs", "    pub(in crate::model) file:"),
    ] {
        let text = sources().into_iter().find(|s| s.path == file).map(|s| s.text);
        if !text.is_some_and(|t| t.contains(field)) {
            wrong.push(format!("src/{file}: keep `{}` to the model", field.trim()));
        }
    }
    assert!(wrong.is_empty(), "\n  {}\n", wrong.join("\n  "));
}

#[test]
fn imports_point_one_way_inside_a_layer() {
    let mut wrong = Vec::new();
    for Storeys { home, parts, door } in STOREYS {
        let rank = |part: &str| parts.iter().position(|p| *p == part);
        let home_path: Vec<&str> = home.split('/').collect();
        for source in sources() {
            let Some(below) = source.path.strip_prefix(home).and_then(|p| p.strip_prefix('/'))
            else {
                continue;
            };
            let below = below.trim_end_matches(".rs");
            let part = below.split('/').next().unwrap_or(below);
            // The front door names all parts, and tests use it.
            if below == "mod" || below.split('/').any(|f| f == "tests") {
                continue;
            }
            let Some(own) = rank(part) else {
                wrong.push(format!("src/{}: `{part}` has no place among the storeys", source.path));
                continue;
            };
            let module: Vec<&str> =
                home_path.iter().copied().chain(below.split('/').filter(|f| *f != "mod")).collect();
            let code = source.text.split("\nmod tests {").next().unwrap_or("");
            for path in paths(code) {
                let up = path.iter().take_while(|p| **p == "super").count();
                let base = if up > 0 { &module[..module.len().saturating_sub(up)] } else { &[] };
                let path: Vec<&str> =
                    base.iter().copied().chain(path[up.max(1)..].iter().copied()).collect();
                let Some(used) = path.strip_prefix(home_path.as_slice()).and_then(|p| p.first())
                else {
                    continue;
                };
                if !door.contains(used) && rank(used).is_none_or(|r| r > own) {
                    wrong.push(format!(
                        "src/{}: `{part}` uses `{used}`; it may use {}",
                        source.path,
                        parts[..own].join(", ")
                    ));
                }
            }
        }
    }
    wrong.dedup();
    assert!(wrong.is_empty(), "\n  {}\n", wrong.join("\n  "));
}

#[test]
fn each_layer_leaves_to_the_others_what_is_theirs() {
    let printing = [
        "println!",
        "print!",
        "eprintln!",
        "eprint!",
        "dbg!",
        "process::exit",
        "io::stdout",
        "io::stderr",
    ];
    let reading = [
        "std::fs",
        "fs::",
        "File::open",
        "std::env",
        "process::Command",
        "std::net::{",
        "std::net::T",
        "std::net::U",
        "net::lookup",
        "ToSocketAddrs",
    ];
    let parsing = ["::read(", "Limit::"];
    let mut wrong = Vec::new();
    for source in sources() {
        let banned: Vec<&str> = match source.layer.as_str() {
            "source" => printing.to_vec(),
            "cli" | "main" => Vec::new(),
            "rules" => [&printing[..], &reading, &parsing].concat(),
            // Code that is fixed applies edits to files; the rest only computes.
            "fix" => printing.to_vec(),
            _ => [&printing[..], &reading].concat(),
        };
        for word in banned {
            let found = source.text.match_indices(word).any(|(at, _)| {
                let before = source.text[..at].chars().next_back();
                !before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '"' || c == '`')
                    || word.starts_with("::")
            });
            if found {
                wrong.push(format!(
                    "src/{}: `{word}` has no place in `{}`",
                    source.path, source.layer
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "\n  {}\n", wrong.join("\n  "));
}

#[test]
fn files_stay_small() {
    let wrong: Vec<_> = sources()
        .into_iter()
        .filter(|s| s.lines > MAX_LINES)
        .map(|s| {
            format!("src/{} has {} lines; split it by idea, at most {MAX_LINES}", s.path, s.lines)
        })
        .collect();
    assert!(wrong.is_empty(), "\n  {}\n", wrong.join("\n  "));
}

#[test]
fn modules_say_what_they_are() {
    let src = home().join("src");
    let wrong: Vec<_> = files_below(&src)
        .iter()
        .filter(|p| {
            p.extension().is_some_and(|e| e == "rs")
                && p.file_name().is_none_or(|n| n != "tests.rs")
        })
        .filter(|p| !std::fs::read_to_string(p).unwrap_or_default().starts_with("//!"))
        .map(|p| {
            format!(
                "{}: begin it with `//!` and what it is for",
                p.strip_prefix(home()).unwrap_or(p).display()
            )
        })
        .collect();
    assert!(wrong.is_empty(), "\n  {}\n", wrong.join("\n  "));
}

#[test]
fn uses_are_found() {
    assert_eq!(
        uses("use crate::{finding::{Finding, Label}, model::Stack};\ncrate::source::Span"),
        ["finding", "finding", "model", "source"]
    );
    assert_eq!(uses("use crate::{\n    Options,\n    check,\n};"), ["check", "check"]);
    assert_eq!(
        paths("pub(in crate::model) use super::super::{a::{self, B as C, *}, D}; crate::e::f(1)"),
        [
            vec!["crate", "e", "f"],
            vec!["super", "super", "a", "self"],
            vec!["super", "super", "a", "B"],
            vec!["super", "super", "a", "*"],
            vec!["super", "super", "D"],
        ]
    );
}
