//! Facts that age have a date and an official source, fit together, and are asked for by code.
#![allow(clippy::disallowed_methods, reason = "a test looks at the repository itself")]

mod support;

#[path = "../build/facts.rs"]
mod build;

use compose_doctor::facts::{
    self, BREAKS_ON, COMMANDS, FOLDERS, GONE, LATEST, NEEDS_PYTHON, OPTIONS, PROGRAMS, RELEASES,
    REMOVED, SETTINGS, STANDS_ON, WHEELS,
};
use std::collections::BTreeSet;
use support::{files_below, home};

/// Sites that speak for the software they are about.
const OFFICIAL: [&str; 13] = [
    "https://www.debian.org/",
    "https://lists.debian.org/",
    "https://packages.debian.org/",
    "https://packages.ubuntu.com/",
    "https://wiki.ubuntu.com/",
    "https://dev.mysql.com/doc/",
    "https://github.com/docker-library/",
    "https://github.com/bitnami/",
    "https://docs.djangoproject.com/",
    "https://docs.python.org/",
    "https://www.psycopg.org/",
    "https://mariadb.com/",
    "https://airflow.apache.org/",
];

/// Every entry: what it is about, its date and its source.
fn entries() -> Vec<(String, &'static str, &'static str)> {
    let mut all = Vec::new();
    all.extend(RELEASES.iter().map(|r| (format!("release {}", r.name), r.date, r.source)));
    all.extend(
        STANDS_ON.iter().map(|s| (format!("stands_on {} {}", s.image, s.series), s.date, s.source)),
    );
    all.extend(
        GONE.iter().map(|g| (format!("gone {} {}", g.package, g.distribution), g.date, g.source)),
    );
    all.extend(LATEST.iter().map(|l| (format!("latest {}", l.image), l.date, l.source)));
    all.extend(
        OPTIONS.iter().map(|o| (format!("option {} {}", o.image, o.option), o.date, o.source)),
    );
    all.extend(FOLDERS.iter().map(|f| (format!("folder {}", f.image), f.date, f.source)));
    all.extend(
        NEEDS_PYTHON
            .iter()
            .map(|n| (format!("needs_python {} {}", n.package, n.since), n.date, n.source)),
    );
    all.extend(
        BREAKS_ON
            .iter()
            .map(|b| (format!("breaks_on {} {}", b.package, b.python), b.date, b.source)),
    );
    all.extend(
        WHEELS.iter().map(|w| (format!("wheel {} {}", w.package, w.python), w.date, w.source)),
    );
    all.extend(
        PROGRAMS.iter().map(|p| (format!("program {} {}", p.image, p.program), p.date, p.source)),
    );
    all.extend(
        COMMANDS.iter().map(|c| {
            (format!("command {} {} {}", c.program, c.command, c.since), c.date, c.source)
        }),
    );
    all.extend(REMOVED.iter().map(|r| (format!("removed {}", r.prefix), r.date, r.source)));
    all.extend(SETTINGS.iter().map(|s| (format!("setting {}", s.setting), s.date, s.source)));
    all
}

#[test]
fn every_entry_has_a_date_and_an_official_source_and_stands_once() {
    let mut seen = BTreeSet::new();
    let mut wrong = Vec::new();
    for (what, date, source) in entries() {
        if !OFFICIAL.iter().any(|o| source.starts_with(o)) {
            wrong.push(format!("{what}: {source} is no official address; if it is one, add its site to tests/facts.rs"));
        }
        if date < "2019" {
            wrong.push(format!("{what}: {date} is before anything that is checked here"));
        }
        if !seen.insert(what.clone()) {
            wrong.push(format!("{what} stands twice"));
        }
    }
    assert!(wrong.is_empty(), "\n  {}\n", wrong.join("\n  "));
}

#[test]
fn every_table_is_asked_for() {
    let src = home().join("src");
    let code: String = files_below(&src)
        .iter()
        .filter(|p| {
            p.extension().is_some_and(|e| e == "rs") && !p.to_string_lossy().contains("src/facts/")
        })
        .map(|p| std::fs::read_to_string(p).unwrap_or_default())
        .collect();
    let facts = std::fs::read_to_string(src.join("facts/aging.rs")).unwrap_or_default();
    for (table, name, ..) in build::TABLES {
        // By its name, or by the question that model/facts.rs answers from it.
        let question = match table {
            "latest" => "facts::latest(",
            _ => name,
        };
        assert!(
            code.contains(question),
            "nothing asks for `{table}`; remove it from data/facts.toml or use {name}"
        );
        assert!(facts.contains(&format!(
            "pub struct {}",
            build::TABLES.iter().find(|t| t.1 == name).map_or("", |t| t.2)
        )));
    }
}

#[test]
fn entries_fit_together() {
    let mut wrong = Vec::new();
    for stands in STANDS_ON {
        let until: Vec<_> = stands.until.iter().filter_map(|u| u.split_once(' ')).collect();
        if until.len() != stands.until.len()
            || until.windows(2).any(|w| facts::at_least(w[0].0, w[1].0))
        {
            wrong.push(format!(
                "stands_on {} {}: `until` holds `version release`, ascending",
                stands.image, stands.series
            ));
        }
        for name in until.iter().map(|u| u.1).chain([stands.now]) {
            if facts::release(name).is_none() {
                wrong.push(format!(
                    "stands_on {} {}: there is no release {name}",
                    stands.image, stands.series
                ));
            }
        }
    }
    for gone in GONE {
        if !RELEASES.iter().any(|r| r.distribution == gone.distribution && r.version == gone.since)
        {
            wrong.push(format!(
                "gone {}: {} has no release {}",
                gone.package, gone.distribution, gone.since
            ));
        }
    }
    // And `python`, which model/image/python.rs knows.
    let databases = ["postgres", "mysql", "mariadb", "mongo", "python"];
    let images = LATEST
        .iter()
        .map(|l| l.image)
        .chain(OPTIONS.iter().map(|o| o.image))
        .chain(FOLDERS.iter().map(|f| f.image));
    // Of Airflow only the version is asked for.
    for image in images
        .filter(|i| *i != "apache/airflow")
        .filter(|i| !databases.contains(&i.split(':').next().unwrap_or(i)))
    {
        wrong.push(format!(
            "{image} is no database that model/image/database.rs knows: nothing would ask for it"
        ));
    }
    assert!(wrong.is_empty(), "\n  {}\n", wrong.join("\n  "));
}

#[test]
fn a_wrong_entry_stops_the_build_and_says_why() {
    let right = "[[latest]]\nimage = \"postgres\"\nversion = \"18\"\ndate = \"2025-09-25\"\nsource = \"https://example.org\"\n";
    let code = build::generate("f", right).expect("the entry is right");
    assert!(
        code.contains(
            "pub static LATEST: &[Latest] = &[\n    Latest { image: \"postgres\", version: \"18\","
        ),
        "{code}"
    );
    for (from, to, want) in [
        ("date = \"2025-09-25\"\n", "", "f: entry 1 of `latest`: `date` is missing"),
        ("source = \"https://example.org\"\n", "", "`source` is missing"),
        ("2025-09-25", "last year", "the date `last year` must be year-month-day"),
        ("https://example.org", "a blog", "the source `a blog` must be an address"),
        ("version = \"18\"", "version = 18", "`version` must be a text"),
        ("version = \"18\"", "version = \"18\"\nnote = \"x\"", "unknown key `note`"),
        ("[[latest]]", "[[newest]]", "f: unknown table `newest`; teach it to build/facts.rs"),
        ("[[latest]]", "[[latest", "f: it is not TOML"),
    ] {
        assert!(right.contains(from), "the test replaces something");
        let said = build::generate("f", &right.replace(from, to)).expect_err("the entry is wrong");
        assert!(said.contains(want), "said: {said}\nwant: {want}");
    }
}
