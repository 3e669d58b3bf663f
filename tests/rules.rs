//! Pages, rules and fixtures belong together, one of each per name; a failure says what to create next.
#![allow(clippy::disallowed_methods, reason = "a test looks at the repository itself")]

mod support;

#[path = "../build/pages.rs"]
#[allow(dead_code, reason = "the build script uses the rest")]
mod pages;

#[path = "../xtask/src/new_rule.rs"]
#[allow(dead_code, clippy::print_stdout, reason = "the task uses the rest")]
mod new_rule;

use compose_doctor::internals::rules;
use std::collections::BTreeSet;
use support::cases::{self, Kind};
use support::{files_below, folders, home, name};

/// Folders of `fixtures/`; cases are files beside them.
const FOLDERS: [&str; 2] = ["bases", "pop_planner"];
/// The sections of a page, in order.
const SECTIONS: [&str; 6] =
    ["What happens", "How to fix", "Why", "When it does not apply", "References", "Example"];

fn rule_names() -> BTreeSet<String> {
    rules::all().map(|r| r.meta.name.to_owned()).collect()
}

fn holds(wrong: &[String]) {
    assert!(wrong.is_empty(), "\n  {}\n", wrong.join("\n  "));
}

#[test]
fn every_page_has_a_rule_and_every_rule_its_cases() {
    let mut wrong = Vec::new();
    let names = rule_names();
    let pages: BTreeSet<String> = files_below(&home().join("rules"))
        .iter()
        .filter(|p| p.extension().is_some_and(|e| e == "md"))
        .filter_map(|p| Some(p.file_stem()?.to_string_lossy().into_owned()))
        .filter(|stem| stem != "README")
        .collect();
    for page in pages.difference(&names) {
        let code = page.replace('-', "_");
        wrong.push(format!(
            "rules/{page}.md has no rule; create src/rules/<group>/{code}.rs with `meta: &meta::{}` and register it in src/rules/<group>/mod.rs",
            code.to_uppercase()
        ));
    }
    let fixtures = home().join("fixtures");
    let cases = cases::all(&fixtures).unwrap_or_else(|why| panic!("{why}"));
    for rule in &names {
        for (kind, least, what) in [
            (Kind::Bad, 1, "whose marker `#~^` names the rule"),
            (Kind::Good, 2, "that looks alike and is fine"),
        ] {
            let count = cases.iter().filter(|c| c.rule == *rule && c.kind == kind).count();
            if count < least {
                let kind = kind.name();
                wrong.push(format!("fixtures/{rule}.md has {count} of at least {least} {kind} cases; add `## {kind}: name (base: postgres)`, a small project {what}"));
            }
        }
    }
    let files = cases::rules(&fixtures).unwrap_or_else(|why| panic!("{why}"));
    for rule in files.iter().filter(|rule| !names.contains(*rule)) {
        wrong.push(format!(
            "fixtures/{rule}.md belongs to no rule; create rules/{rule}.md and its rule, or remove it"
        ));
    }
    for folder in folders(&fixtures).iter().map(|f| name(f)) {
        if !FOLDERS.contains(&folder.as_str()) {
            wrong.push(format!("fixtures/{folder}/ is not read; cases are in fixtures/<rule>.md"));
        }
    }
    holds(&wrong);
}

#[test]
fn rules_lie_in_the_folder_of_their_group_and_are_registered_once() {
    let mut wrong = Vec::new();
    let mut seen = BTreeSet::new();
    for rule in rules::all() {
        let meta = rule.meta;
        let file = format!("src/rules/{}/{}.rs", meta.group, meta.name.replace('-', "_"));
        if !home().join(&file).is_file() {
            wrong.push(format!(
                "{}: there is no {file}; move the rule there or correct `group` on its page",
                meta.name
            ));
        }
        if !seen.insert(meta.name) {
            wrong.push(format!("{} is registered twice; remove it from one group", meta.name));
        }
    }
    holds(&wrong);
}

/// The sections of a page, in order.
fn sections(page: &str) -> Vec<&str> {
    let mut fence = false;
    let mut found = Vec::new();
    for line in page.lines() {
        if line.trim_start().starts_with("```") {
            fence = !fence;
        } else if let Some(title) = line.strip_prefix("## ")
            && !fence
        {
            found.push(title.trim());
        }
    }
    found
}

#[test]
fn pages_have_their_sections_in_order() {
    let mut wrong = Vec::new();
    for rule in rules::all() {
        let found = sections(rule.meta.page);
        if found != SECTIONS {
            wrong.push(format!(
                "rules/{}.md has the sections {found:?}; write {SECTIONS:?}",
                rule.meta.name
            ));
        }
    }
    holds(&wrong);
}

#[test]
fn a_new_rule_is_one_that_the_build_takes() {
    let rule = new_rule::NewRule::of(&home(), "compose", "my-new-rule").expect("it is written");
    let page =
        pages::read("rules/my-new-rule.md", "my-new-rule", &rule.page.1).expect("it is read");
    assert_eq!((page.name.as_str(), page.group.as_str()), ("my-new-rule", "compose"));
    assert_eq!(page.since, env!("CARGO_PKG_VERSION"));
    assert_eq!(sections(&page.body), SECTIONS);
    assert!(rule.file.1.contains("meta: &meta::MY_NEW_RULE,"), "{}", rule.file.1);
    assert!(!rule.file.1.contains("VERSION_OBSOLETE"), "{}", rule.file.1);
    assert!(
        rule.group.1.contains("mod my_new_rule;") && rule.group.1.contains("&my_new_rule::RULE,")
    );
    let read = cases::read("my-new-rule", &rule.cases.1, &cases::Bases::new()).expect("it is read");
    let kinds: Vec<&str> = read.iter().map(|case| case.kind.name()).collect();
    assert_eq!(kinds, ["bad", "good", "good"]);
    assert!(rule.cases.1.contains("#~^ my-new-rule"), "{}", rule.cases.1);
    let why = new_rule::NewRule::of(&home(), "nowhere", "my-new-rule").err();
    assert!(why.is_some_and(|why| why.contains("choose one of airflow, compose, ")));
}

#[test]
fn symptoms_are_regular_expressions() {
    let mut wrong = Vec::new();
    for rule in rules::all() {
        for symptom in rule.meta.symptoms {
            if let Err(why) = regex::Regex::new(symptom) {
                wrong.push(format!("rules/{}.md: symptom {symptom:?}: {why}", rule.meta.name));
            }
        }
    }
    holds(&wrong);
}

const PAGE: &str = "+++\nname = \"a-b\"\naliases = [\"C1\"]\ngroup = \"g\"\nseverity = \"error\"\nconfidence = \"high\"\nsince = \"0.1.0\"\n\
                    summary = \"a thing is wrong\"\nsymptoms = []\n+++\n\n## What happens\nIt.\n";

/// What the build says about the page with one text put in for another.
fn said(from: &str, to: &str) -> String {
    assert!(PAGE.contains(from), "the test replaces something");
    pages::read("rules/a-b.md", "a-b", &PAGE.replace(from, to)).expect_err("the page is wrong")
}

#[test]
fn a_right_page_is_read() {
    let page = pages::read("rules/a-b.md", "a-b", PAGE).expect("the page is right");
    assert_eq!((page.name.as_str(), page.body.as_str()), ("a-b", "## What happens\nIt.\n"));
    let windows = PAGE.replace('\n', "\r\n");
    assert_eq!(
        pages::read("rules/a-b.md", "a-b", &windows).expect("line breaks of Windows are fine").name,
        "a-b"
    );
    let code = pages::generate(&mut [("rules/a-b.md".into(), page)]);
    assert!(code.contains("pub static A_B: RuleMeta") && code.contains("&[&A_B]"), "{code}");
}

#[test]
fn a_wrong_page_stops_the_build_and_says_why() {
    for (from, to, want) in [
        ("+++\nname", "name", "rules/a-b.md:1: no front matter; begin the page with"),
        ("symptoms = []\n+++\n", "symptoms = []\n", "close it with a line that holds only `+++`"),
        (
            "since",
            "sinse",
            "rules/a-b.md:7: unknown key `sinse`; allowed are name, aliases, group, severity",
        ),
        ("since = \"0.1.0\"\n", "", "the key `since` is missing; the front matter needs name,"),
        (
            "\"error\"",
            "\"fatal\"",
            "rules/a-b.md:5: unknown severity `fatal`; write one of error, warning, info",
        ),
        (
            "\"high\"",
            "\"sure\"",
            "rules/a-b.md:6: unknown confidence `sure`; write one of high, medium, low",
        ),
        (
            "name = \"a-b\"",
            "name = \"a-c\"",
            "rules/a-b.md:2: the name is `a-c` but the file is `a-b.md`; rename one",
        ),
        ("[\"C1\"]", "\"C1\"", "rules/a-b.md:3: `aliases` must be a list: aliases = []"),
        ("[\"C1\"]", "[1]", "`aliases` must hold texts only"),
        (
            "a thing is wrong",
            "A thing is wrong",
            "rules/a-b.md:8: the summary must be one line that starts in lower case",
        ),
        ("a thing is wrong", "a thing is wrong.", "ends without a full stop"),
        ("0.1.0", "soon", "`soon` must be the version that brings the rule"),
        ("\"error\"", "error", "rules/a-b.md:5: the front matter is not TOML"),
        ("## What happens\nIt.\n", "", "the page has no text"),
    ] {
        let said = said(from, to);
        assert!(said.contains(want), "said: {said}\nwant: {want}");
    }
}

#[test]
fn names_and_aliases_are_unique() {
    let page = pages::read("rules/a-b.md", "a-b", PAGE).expect("the page is right");
    let mut other = page.clone();
    other.name = "x-y".into();
    let both = [("rules/a-b.md".to_owned(), page), ("rules/x-y.md".to_owned(), other)];
    let why = pages::unique(&both).expect_err("both are C1");
    assert_eq!(
        why,
        "rules/x-y.md: `C1` is already a name or alias in rules/a-b.md; choose another for one of them"
    );
}
