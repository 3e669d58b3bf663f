//! What the program tells of itself: the pages of its rules, and its schemas.

#![allow(clippy::disallowed_methods, reason = "a test starts the program")]

use serde_json::Value;
use std::process::{Command, Output};

fn run(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_compose-doctor"))
        .args(args)
        .env("COLUMNS", "100")
        .output()
        .expect("the program starts")
}

/// What a command prints that must succeed.
fn printed(args: &[&str]) -> String {
    let output = run(args);
    assert_eq!(output.status.code(), Some(0), "{args:?}");
    String::from_utf8(output.stdout).expect("text")
}

#[test]
fn a_group_all_pages_and_a_whole_example_can_be_read() {
    let group = printed(&["explain", "static"]);
    assert!(group.starts_with("static: ") && group.contains("\nstatic-root-unset "), "{}", group);
    let page = printed(&["explain", "static-root-unset"]);
    let whole = printed(&["explain", "static-root-unset", "--example"]);
    let rest = whole.strip_prefix(&page).expect("the page comes first");
    assert!(rest.starts_with("\nThe other files of the example\n`"), "{rest}");
    assert!(rest.contains("`compose.yaml`:") && rest.contains("`manage.py`:"), "{rest}");
    assert!(!rest.contains("`config/settings.py`:"), "the page shows it: {rest}");
    let all = printed(&["explain", "--all"]);
    assert!(all.contains(&page) && all.contains("\ndb-migrate-never-run\n"));
    assert_eq!(run(&["explain"]).status.code(), Some(2));
}

#[test]
fn every_schema_is_printed() {
    for (name, key) in [
        ("configuration", "select"),
        ("check", "findings"),
        ("env", "services"),
        ("inspect", "schema_version"),
        ("trace", "schema_version"),
    ] {
        let text = printed(&["schema", name]);
        let schema: Value = serde_json::from_str(&text).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert!(schema["$schema"].is_string() && text.contains(&format!("\"{key}\"")), "{name}");
    }
    assert_eq!(printed(&["schema"]), printed(&["schema", "configuration"]));
}
