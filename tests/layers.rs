//! Data flows one way: imports only point back along it, and each layer leaves to the others what is theirs.
#![allow(clippy::disallowed_methods, reason = "a test looks at the repository itself")]

mod support;

use support::{files_below, home};

/// The layers in the order of data. A layer may use those before it.
const ORDER: [&str; 12] = [
    "source", "syntax", "finding", "model", "rules", "config", "filter", "check", "diagnose",
    "fix", "report", "cli",
];
/// Layers that may use less than what comes before them.
const ONLY: [(&str, &[&str]); 4] = [
    ("finding", &["source"]),
    ("fix", &["source", "finding"]),
    ("report", &["source", "finding"]),
    ("rules", &["source", "finding", "model", "syntax"]),
];
/// No file is longer.
const MAX_LINES: usize = 400;

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

/// The layers named after `crate::`, also in `crate::{a, b::{c}}`.
fn uses(text: &str) -> Vec<String> {
    let word =
        |t: &str| t.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let mut found = Vec::new();
    for (at, _) in text.match_indices("crate::") {
        let after = &text[at + "crate::".len()..];
        let Some(group) = after.strip_prefix('{') else {
            found.push(word(after));
            continue;
        };
        let (mut depth, mut fresh) = (0, true);
        for (i, c) in group.char_indices() {
            match c {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => fresh = true,
                c if fresh && !c.is_whitespace() => {
                    found.push(word(&group[i..]));
                    fresh = false;
                }
                _ => {}
            }
        }
    }
    // What lib.rs hands on from the engine.
    found.into_iter().map(|l| if l == "Options" { "check".into() } else { l }).collect()
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
                    || rank(&used).is_none_or(|r| r < own),
                    |o| rank(&used).is_none() || o.contains(&used.as_str()),
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
        ["finding", "model", "source"]
    );
    assert_eq!(uses("use crate::{\n    Options,\n    check,\n};"), ["check", "check"]);
}
