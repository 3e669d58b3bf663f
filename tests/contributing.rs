//! What people read and run before they change something: the list of tasks, the groups, the issue forms, the lints.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test that fails may panic, and looks at the repository itself"
)]

mod support;

use compose_doctor::internals::rules::meta;
use serde_yaml::Value;
use std::collections::BTreeSet;
use support::{files_below, home, name};

fn text(path: &str) -> String {
    std::fs::read_to_string(home().join(path)).unwrap_or_else(|why| panic!("{path}: {why}"))
}

fn yaml(path: &str) -> Value {
    serde_yaml::from_str(&text(path)).unwrap_or_else(|why| panic!("{path}: {why}"))
}

/// The code in the first column of the Markdown tables of a text.
fn first_column(text: &str) -> Vec<&str> {
    text.lines().filter_map(|l| l.strip_prefix("| `")?.split('`').next()).collect()
}

#[test]
fn contributing_lists_every_task() {
    let source = text("xtask/src/main.rs");
    let tasks: Vec<String> = source
        .lines()
        .filter_map(|l| l.trim().strip_prefix("name: \"")?.strip_suffix("\","))
        .map(|task| format!("cargo xtask {task}"))
        .collect();
    let page = text("CONTRIBUTING.md");
    let listed: Vec<&str> =
        first_column(&page).into_iter().filter(|c| c.starts_with("cargo xtask ")).collect();
    for task in &tasks {
        assert!(listed.iter().any(|l| l.starts_with(task)), "CONTRIBUTING.md does not list {task}");
    }
    assert_eq!(listed.len(), tasks.len(), "{listed:?}, {tasks:?}");
}

#[test]
fn tasks_need_nothing_but_rust() {
    let manifest: toml::Table = text("xtask/Cargo.toml").parse().unwrap();
    assert!(!manifest.contains_key("dependencies") && manifest.contains_key("workspace"));
    let config: toml::Table = text(".cargo/config.toml").parse().unwrap();
    let alias = config["alias"]["xtask"].as_str().unwrap();
    assert!(alias.contains("--manifest-path xtask/Cargo.toml"), "{alias}");
    let run = text(".ci/run");
    assert!(run.ends_with("\ncargo xtask ready\n"), "CI runs what a developer runs");
}

#[test]
fn every_group_of_rules_is_described() {
    let page = text("docs/writing-rules.md");
    let start = page.find("<!-- groups:start -->").unwrap();
    let end = page.find("<!-- groups:end -->").unwrap();
    let described: BTreeSet<&str> = first_column(&page[start..end]).into_iter().collect();
    let groups: BTreeSet<&str> = meta::ALL.iter().map(|rule| rule.group).collect();
    assert_eq!(described, groups);
}

#[test]
fn lints_name_files_that_exist() {
    for word in text("clippy.toml").split(|c: char| !c.is_alphanumeric() && !"/._".contains(c)) {
        if word.starts_with("src/") {
            assert!(home().join(word).exists(), "clippy.toml names {word}, which does not exist");
        }
    }
}

#[test]
fn issue_forms_are_complete() {
    let folder = home().join(".github/ISSUE_TEMPLATE");
    let mut forms = Vec::new();
    for path in files_below(&folder) {
        let file = name(&path);
        let form = yaml(&format!(".github/ISSUE_TEMPLATE/{file}"));
        if file == "config.yml" {
            continue;
        }
        for key in ["name", "description"] {
            assert!(form[key].is_string(), "{file}: no {key}");
        }
        let mut ids = BTreeSet::new();
        for field in form["body"].as_sequence().unwrap() {
            let kind = field["type"].as_str().unwrap();
            assert!(
                ["markdown", "input", "textarea", "checkboxes", "dropdown"].contains(&kind),
                "{file}: {kind}"
            );
            if kind != "markdown" {
                let id =
                    field["id"].as_str().unwrap_or_else(|| panic!("{file}: a field has no id"));
                assert!(ids.insert(id.to_owned()), "{file}: two fields are called {id}");
                assert!(field["attributes"]["label"].is_string(), "{file}: {id} has no label");
            }
        }
        forms.push(file);
    }
    assert_eq!(forms, ["false-alarm.yml", "missed-fault.yml", "new-rule.yml"]);
}

#[test]
fn updates_are_asked_for_where_there_is_something_to_update() {
    let updates = yaml(".github/dependabot.yml");
    assert_eq!(updates["version"], 2);
    for update in updates["updates"].as_sequence().unwrap() {
        let file = match update["package-ecosystem"].as_str().unwrap() {
            "cargo" => "Cargo.toml",
            "docker" => "Dockerfile",
            "pip" => "requirements.txt",
            "github-actions" => "action.yml",
            other => panic!("{other}: which file is updated?"),
        };
        let several = update["directories"].as_sequence().into_iter().flatten();
        for directory in several.chain([&update["directory"]]).filter_map(Value::as_str) {
            let path = format!("{}/{file}", directory.trim_matches('/'));
            let path = path.trim_start_matches('/');
            assert!(home().join(path).is_file(), "there is no {path}");
        }
    }
}
