//! What the program tells of itself: the pages of its rules, and its schemas.

#![allow(clippy::disallowed_methods, reason = "a test starts the program")]

use serde_json::Value;
use std::path::Path;
use std::process::{Command, Output};

fn run(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_compose-doctor"))
        .args(args)
        .env("COLUMNS", "100")
        .envs([("LC_ALL", "C.UTF-8")])
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
        ("graph", "edges"),
        ("inspect", "schema_version"),
        ("trace", "schema_version"),
    ] {
        let text = printed(&["schema", name]);
        let schema: Value = serde_json::from_str(&text).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert!(schema["$schema"].is_string() && text.contains(&format!("\"{key}\"")), "{name}");
    }
    assert_eq!(printed(&["schema"]), printed(&["schema", "configuration"]));
}

/// The blocks of code of a page, up to its references.
fn code(page: &str) -> Vec<&str> {
    page.split("\n## References")
        .next()
        .unwrap_or_default()
        .split("```")
        .skip(1)
        .step_by(2)
        .collect()
}

#[test]
fn a_page_in_another_language_shows_the_same_code() {
    let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    let mut seen = 0;
    for page in std::fs::read_dir(rules.join("ko")).expect("the folder is there").flatten() {
        let name = page.file_name();
        let read =
            |folder: &Path| std::fs::read_to_string(folder.join(&name)).expect("a page is there");
        let (korean, english) = (read(&rules.join("ko")), read(&rules));
        assert_eq!(code(&korean), code(&english), "{name:?}");
        let titles: Vec<_> = korean.lines().filter(|l| l.starts_with("## ")).collect();
        assert_eq!(
            titles,
            ["## 증상", "## 해결 방법", "## 이유", "## 해당하지 않는 경우"],
            "{name:?}"
        );
        seen += 1;
    }
    assert!(seen > 0);
}

#[test]
fn the_language_is_that_of_the_locale() {
    let english = printed(&["explain", "version-obsolete"]);
    let korean = printed(&["explain", "version-obsolete", "--lang", "ko"]);
    assert!(
        korean.contains("\n해결 방법\n") && korean.contains("\n참고 자료\n- Compose: version"),
        "{korean}"
    );
    assert!(
        korean.contains("\n예제\n`-` 줄") && korean.contains("    -version: \"3.8\""),
        "{korean}"
    );
    let with = |locale: &str| {
        let output = Command::new(env!("CARGO_BIN_EXE_compose-doctor"))
            .args(["explain", "version-obsolete"])
            .envs([("COLUMNS", "100"), ("LC_ALL", ""), ("LC_MESSAGES", ""), ("LANG", locale)])
            .output()
            .expect("the program starts");
        String::from_utf8(output.stdout).expect("text")
    };
    assert_eq!(with("ko_KR.UTF-8"), korean);
    assert_eq!(with("de_DE.UTF-8"), english);
    // A rule without a page in that language has the English one.
    let other = printed(&["explain", "mysql-user-root", "--lang", "ko"]);
    assert!(other.contains("\nHow to fix\n"), "{other}");
}
