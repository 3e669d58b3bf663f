#![allow(clippy::unwrap_used, reason = "a test that fails may panic")]

use super::*;
use crate::source::MemoryFiles;

/// What a configuration says, and what is wrong with it: the text underlined, the message, the help.
fn said(text: &str) -> (Settings, Vec<(String, String, String)>) {
    let mut files = MemoryFiles::new();
    files.add("compose-doctor.toml", text);
    files.add("compose.yaml", "services: {}\n");
    let sources = Sources::new(&files);
    let settings = find(&sources, &RelPath::root());
    let at = |p: &Remark| sources.file(p.span.file).text[p.span.range()].to_owned();
    let said = settings
        .problems
        .iter()
        .map(|p| (at(p), p.message.unmasked(), p.help.unmasked()))
        .collect();
    (settings, said)
}

fn own(text: (&str, &str, &str)) -> (String, String, String) {
    (text.0.into(), text.1.into(), text.2.into())
}

#[test]
fn everything_that_is_wrong_is_said_at_once() {
    let (_, said) = said(concat!(
        "selct = ['a']\n",
        "ignore = ['db-migrate-never-runn', 'proxy', 7]\n",
        "intent = 'produktion'\n",
        "exclude = ['legacy/{a']\n",
        "[severity]\n",
        "static-files-unserved = 'error'\n",
        "[per-path-ignores]\n",
        "'x/' = ['Database', 'nothing-like-it-at-all']\n",
        "[[stack]]\n",
        "file = ['compose.yaml']\n",
        "[[stack]]\n",
        "files = ['compose.yml', '../../x.yaml']\n",
    ));
    let texts: Vec<&str> = said.iter().map(|s| s.0.as_str()).collect();
    assert_eq!(texts[0], "selct");
    assert_eq!(said[0].2, "did you mean `select`?");
    assert_eq!(said[1], own(("file", "unknown key `file`", "did you mean `files`?")));
    assert!(said[2].0 == "7" && said[2].1.contains("expected a string"), "{said:?}");
    assert!(
        said.iter()
            .any(|s| s.0 == "'db-migrate-never-runn'"
                && s.2 == "did you mean `db-migrate-never-run`?"),
        "{said:?}"
    );
    assert!(
        said[3].0 == "'produktion'"
            && said[3]
                .1
                .contains("unknown variant `produktion`, expected `development` or `production`"),
        "{said:?}"
    );
    assert!(
        texts.contains(&"'nothing-like-it-at-all'") && !texts.contains(&"'Database'"),
        "{said:?}"
    );
    assert!(said.iter().any(|s| s.0 == "'legacy/{a'"), "{said:?}");
    assert!(
        said.iter().any(|s| s.0 == "'compose.yml'" && s.2 == "did you mean `compose.yaml`?"),
        "{said:?}"
    );
    assert!(
        said.iter().any(|s| s.0 == "'../../x.yaml'" && s.1.contains("leaves the project")),
        "{said:?}"
    );
}

#[test]
fn a_file_that_is_no_toml_says_where() {
    let (_, said) = said("select = [\n");
    assert!(said.len() == 1 && said[0].1.starts_with("this is not TOML: "), "{said:?}");
}

#[test]
fn nesting_without_end_is_refused() {
    let deep = format!("select = {}", "[".repeat(10_000));
    let begin = std::time::Instant::now();
    let (_, problems) = said(&deep);
    assert!(problems.len() == 1, "{problems:?}");
    let table = format!("x{} = 1", ".a".repeat(10_000));
    assert_eq!(said(&table).1.len(), 1);
    let long = format!("select = [{}]", "'x',".repeat(200_000));
    assert!(!said(&long).1.is_empty());
    assert!(begin.elapsed().as_secs() < 5, "{:?}", begin.elapsed());
}

#[test]
fn the_nearest_file_counts_and_a_pyproject_only_with_its_table() {
    let mut files = MemoryFiles::new();
    files.add("compose-doctor.toml", "fail-on = 'never'\n");
    files.add("a/pyproject.toml", "[tool.ruff]\nselect = ['compose-doctor']\n");
    files.add("a/b/pyproject.toml", "[tool.compose-doctor]\nfail-on = 'error'\n");
    files.add("a/c/.compose-doctor.toml", "fail-on = 'info'\n");
    let sources = Sources::new(&files);
    let bar = |folder: &str| find(&sources, &RelPath::new(folder).unwrap()).fail_on;
    assert_eq!(bar("a"), Some(FailOn::Never));
    assert_eq!(bar("a/b"), Some(FailOn::At(Severity::Error)));
    assert_eq!(bar("a/c"), Some(FailOn::At(Severity::Info)));
}

#[test]
fn the_more_exact_name_wins() {
    let migrate = rule("db-migrate-never-run").unwrap();
    let of = |select: Option<&[&str]>, extend: &[&str], ignore: &[&str]| {
        let all = |names: &[&str]| {
            names.iter().map(|n| Selector::of_name(n).unwrap()).collect::<Vec<_>>()
        };
        Selection { select: select.map(all), extend_select: all(extend), ignore: all(ignore) }
            .shows(migrate)
    };
    assert_eq!(of(None, &[], &[]), None);
    assert_eq!(of(None, &[], &["database"]), Some(false));
    assert_eq!(of(None, &["db-migrate-never-run"], &["database"]), Some(true));
    assert_eq!(of(Some(&["proxy"]), &[], &[]), Some(false));
    assert_eq!(of(Some(&["database"]), &[], &["ALL"]), Some(true));
    assert_eq!(of(Some(&["db-migrate-never-run"]), &[], &["db-migrate-never-run"]), Some(false));
}

#[test]
fn a_former_name_of_a_group_means_what_it_meant() {
    assert_eq!(Selector::of_name("Upkeep"), Selector::of_name("config"));
    assert_eq!(Selector::of_name("upkeep"), Some(Selector::Group("config")));
}

#[test]
fn patterns_are_those_of_gitignore() {
    let pattern =
        |text: &str| Pattern::read(text, Span::nowhere(), &RelPath::new("sub").unwrap()).unwrap();
    let hits = |text: &str, path: &str| pattern(text).matches(&RelPath::new(path).unwrap());
    assert!(hits("legacy/", "sub/legacy/a/compose.yaml"));
    assert!(hits("*.prod.yml", "sub/x/a.prod.yml"));
    assert!(hits("/a/**/b", "sub/a/x/y/b"));
    assert!(!hits("legacy/", "legacy/compose.yaml"));
    assert!(!hits("/compose.yaml", "sub/x/compose.yaml"));
}
