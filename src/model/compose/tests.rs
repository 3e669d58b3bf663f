//! The Compose project as the real Compose (v2.40.3, `config`) prints it.
#![allow(clippy::unwrap_used, reason = "a test that fails may panic")]

mod any;
mod files;
mod interpolation;
mod provenance;
mod quirks;
mod services;
mod which;

use super::*;
use crate::source::{MemoryFiles, Piece, RelPath, Sources, Text};

/// Files in memory; they live as long as the test run.
fn world(files: &[(&str, &str)]) -> &'static Sources<'static> {
    let mut memory = MemoryFiles::new();
    for (path, text) in files {
        memory.add(path, *text);
    }
    let memory: &'static MemoryFiles = Box::leak(Box::new(memory));
    Box::leak(Box::new(Sources::new(memory)))
}

fn rel(path: &str) -> RelPath {
    RelPath::new(path).unwrap()
}

/// Loads `paths` as a project of the folder of the first.
fn load_all(files: &[(&str, &str)], paths: &[&str]) -> Project {
    let paths: Vec<RelPath> = paths.iter().map(|p| rel(p)).collect();
    load(world(files), &paths[0].parent(), &paths)
}

/// One file `compose.yml`.
fn one(text: &str) -> Project {
    load_all(&[("compose.yml", text)], &["compose.yml"])
}

/// `base` with `over` laid over it.
fn merged(base: &str, over: &str) -> Project {
    let project = load_all(&[("a.yml", base), ("b.yml", over)], &["a.yml", "b.yml"]);
    assert!(project.errors.is_empty(), "{:?}", project.errors);
    project
}

impl Project {
    /// The service called `name`.
    fn service(&self, name: &str) -> &Service {
        self.services.iter().find(|s| s.name.as_str() == name).unwrap()
    }

    fn messages(&self) -> Vec<String> {
        self.errors
            .iter()
            .map(|e| e.message.unmasked())
            .chain(self.faults.iter().map(|f| f.message.unmasked()))
            .collect()
    }
}

/// A text with `?` for what is not known.
fn shown(text: &Text) -> String {
    let part = |p: &Piece| match p.unknown() {
        Some(_) => "?".to_owned(),
        None => text.as_str()[p.at as usize..(p.at + p.len) as usize].to_owned(),
    };
    text.pieces().iter().map(part).collect()
}

/// A value of the tree on one line: maps in braces, lists in brackets, `~` for nothing.
fn show(node: &Node) -> String {
    match &node.kind {
        Kind::Null => "~".into(),
        Kind::Scalar(s) => shown(&s.text),
        Kind::List(items) => format!("[{}]", items.iter().map(show).collect::<Vec<_>>().join(", ")),
        Kind::Map(entries) => {
            format!(
                "{{{}}}",
                entries
                    .iter()
                    .map(|e| format!("{}: {}", e.key, show(&e.value)))
                    .collect::<Vec<_>>()
                    .join(", ")
            )
        }
    }
}

/// A key of the service `w`; `-` where it has none.
fn key(project: &Project, name: &str) -> String {
    project.service("w").node.get(name).map_or_else(|| "-".into(), show)
}

/// Variables of the service `w` as `A=b`, sorted; without `=` for one that is passed on.
fn environment(project: &Project) -> Vec<String> {
    let mut all: Vec<String> = project
        .service("w")
        .environment
        .iter()
        .map(|e| {
            e.value
                .as_ref()
                .map_or_else(|| e.name.as_str().to_owned(), |v| format!("{}={}", e.name, v.text))
        })
        .collect();
    all.sort();
    all
}
