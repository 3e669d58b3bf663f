//! Every format says the same of a run, is what its readers expect, and takes no order from what it writes about.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test that fails may panic, and sets up real folders"
)]

#[path = "formats/orders.rs"]
mod orders;
#[path = "formats/schema.rs"]
mod schema;
#[path = "formats/sizes.rs"]
mod sizes;
mod support;
#[path = "formats/xml.rs"]
mod xml;

use compose_doctor::internals::finding::{
    Coverage, Finding, Intent, Label, Prose, Quote, Report, Severity, StackInfo,
};
use compose_doctor::internals::report::{FORMATS, Format, RenderOptions, Rendered, Wanted, render};
use compose_doctor::internals::rules::meta;
use compose_doctor::internals::source::{DiskFiles, MemoryFiles, RelPath, Sources, Span};
use compose_doctor::{Options, check};
use serde_json::Value;
use std::collections::BTreeSet;
use support::home;

const LOOK: RenderOptions = RenderOptions { color: false, width: 100 };
/// What no file may be called, and what no sentence may do.
const HOSTILE: &str = "<img src=x onerror=alert(1)> a|b `c|d` ``` ]]> </details> ::error::x ##[error]y %0A \u{1b}[2J\u{202e} @root #1 http://evil.test [a](javascript:1) {0} & ' \" ~~~ \r\n::warning::z\n# h\n- l";

fn written(name: &str, report: &Report, sources: &Sources<'_>) -> String {
    render(
        Format::named(name).unwrap(),
        report,
        sources,
        &Wanted { options: LOOK, most: usize::MAX, above: "" },
    )
    .text
    .to_string()
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|why| panic!("{why}\n{text}"))
}

/// What a real project gives.
fn real<T>(folder: &str, look: impl FnOnce(&Report, &Sources<'_>) -> T) -> T {
    let files = DiskFiles::new(&home().join("fixtures").join(folder)).unwrap();
    let sources = Sources::new(&files);
    let mut report = check(&sources, &RelPath::root(), &Options::default());
    // Two of a rule in a file, so that what has to be unique is.
    let again = report.findings.first().cloned();
    report.findings.extend(again);
    look(&report, &sources)
}

/// A sentence that is all of it the project's: the worst case.
fn quoted(text: &str) -> Prose {
    Prose::concat([Quote::value(text)])
}

/// Findings made by hand: `(severity, message, help)`, each with a label on `line` of a file and on the file as such.
fn made<T>(
    path: &str,
    findings: &[(Severity, &str, &str)],
    look: impl FnOnce(&Report, &Sources<'_>) -> T,
) -> T {
    let files = MemoryFiles::new();
    let sources = Sources::new(&files);
    let file = sources.add(path, "a: 1\nline: 한글\nlast: 2\n").id;
    let stack = StackInfo {
        own: 1,
        files: vec![RelPath::new(path).unwrap()],
        services: vec![path.into()],
        intent: Intent::Development,
        intent_why: quoted(path),
        account: None,
        gaps: Vec::new(),
        unknown: Vec::new(),
    };
    let mut report =
        Report { folder: Some(RelPath::root()), stacks: vec![stack], ..Report::default() };
    report.coverage = Coverage {
        compose: 1,
        skipped: vec![(RelPath::new(path).unwrap(), quoted(path))],
        ..Coverage::default()
    };
    for (number, (severity, message, help)) in findings.iter().enumerate() {
        let labels = vec![
            Label { span: Span::new(file, 5, 17), text: quoted(message) },
            Label { span: Span::whole(file), text: "the file as such".into() },
        ];
        report.findings.push(Finding {
            severity: *severity,
            labels,
            help: quoted(help),
            stacks: vec![0],
            fingerprint: format!("{number:016x}"),
            ..Finding::new(&meta::DB_HOST_LOCALHOST, quoted(message))
        });
    }
    look(&report, &sources)
}

/// The rules of the findings that a format shows, sorted.
fn rules_in(name: &str, text: &str) -> Vec<String> {
    let between = |line: &str, open: &str, close: &str| {
        let rest = &line[line.find(open)? + open.len()..];
        Some(rest[..rest.find(close)?].to_owned())
    };
    let strings = |values: &Value, key: &str| -> Vec<String> {
        values.as_array().unwrap().iter().map(|v| v[key].as_str().unwrap().to_owned()).collect()
    };
    let bracket = |l: &str| {
        between(l, "error[", "]")
            .or_else(|| between(l, "warning[", "]"))
            .or_else(|| between(l, "info[", "]"))
    };
    let mut rules: Vec<String> = match name {
        "full" => text
            .lines()
            .filter_map(|l| {
                l.split_once(" · compose-doctor explain ").map(|(_, rule)| rule.to_owned())
            })
            .collect(),
        "concise" => text.lines().map(|l| bracket(l).unwrap()).collect(),
        "grouped" => text.lines().filter(|l| l.starts_with("  ")).filter_map(bracket).collect(),
        "json" => strings(&json(text)["findings"], "rule"),
        "json-lines" => {
            text.lines().map(|l| json(l)["rule"].as_str().unwrap().to_owned()).collect()
        }
        "sarif" => strings(&json(text)["runs"][0]["results"], "ruleId"),
        "github" => {
            text.lines().filter_map(|l| between(l, "title=compose-doctor ", "::")).collect()
        }
        "gitlab" => strings(&json(text), "check_name"),
        "junit" => text
            .lines()
            .filter(|l| l.contains("<testcase "))
            .filter_map(|l| between(l, "name=\"", " at "))
            .collect(),
        "markdown" => text
            .lines()
            .filter(|l| l.starts_with("| ") && !l.starts_with("| severity"))
            .map(|l| between(l, "| `", "` |").unwrap())
            .collect(),
        other => panic!("say how `{other}` is read"),
    };
    rules.sort();
    rules
}

#[test]
fn every_format_has_the_same_findings() {
    real("pop_planner/1-as-published", |report, sources| {
        let mut want: Vec<_> = report.findings.iter().map(|f| f.rule.name.to_owned()).collect();
        want.sort();
        assert!(want.len() >= 8, "the project has problems: {want:?}");
        for format in &FORMATS {
            assert_eq!(
                rules_in(format.name, &written(format.name, report, sources)),
                want,
                "{}",
                format.name
            );
        }
    });
}

#[test]
fn every_format_is_there_when_nothing_is_wrong() {
    real("pop_planner/4-healthy", |report, sources| {
        assert!(report.findings.is_empty());
        for format in &FORMATS {
            let text = written(format.name, report, sources);
            assert!(rules_in(format.name, &text).is_empty(), "{text}");
            match format.name {
                "json" | "sarif" | "gitlab" => drop(json(&text)),
                "junit" => {
                    let suites = xml::parse(&text);
                    let cases = suites.all("testcase");
                    assert!(
                        cases.len() == 1 && cases[0].children.is_empty(),
                        "one case that passed\n{text}"
                    );
                }
                _ => {}
            }
        }
    });
}

#[test]
fn the_worst_are_shown_and_all_are_counted() {
    let findings = [
        (Severity::Info, "n", ""),
        (Severity::Error, "e", ""),
        (Severity::Warning, "w", ""),
        (Severity::Error, "f", ""),
    ];
    made("compose.yaml", &findings, |report, sources| {
        for (most, want) in [(0, ""), (1, "e"), (3, "ewf"), (4, "newf"), (9, "newf")] {
            let wanted = Wanted { options: LOOK, most, above: "" };
            let by = |name: &str| render(Format::named(name).unwrap(), report, sources, &wanted);
            let lines = by("concise");
            let said: String =
                lines.text.as_str().lines().filter_map(|l| l.chars().last()).collect();
            assert_eq!(said, want);
            let left_out = 4 - want.len();
            let note = format!(
                "2 errors, 1 warning, 1 note in 1 stack · {left_out} of them not shown, see --max-diagnostics\n"
            );
            let note = if left_out == 0 {
                "2 errors, 1 warning, 1 note in 1 stack\n".to_owned()
            } else {
                note
            };
            assert_eq!(lines.summary.as_str(), note);
            assert!(
                by("full").text.as_str().contains(&note)
                    && by("markdown").text.as_str().contains(note.trim_end())
            );
            assert_eq!(json(by("json").text.as_str())["not_shown"], left_out);
        }
    });
}

#[test]
fn sarif_is_what_code_scanning_asks_for() {
    real("pop_planner/1-as-published", |report, sources| {
        let log = json(&written("sarif", report, sources));
        assert_eq!(
            (log["version"].as_str(), log["runs"].as_array().unwrap().len()),
            (Some("2.1.0"), 1)
        );
        let run = &log["runs"][0];
        assert_eq!(run["columnKind"], "unicodeCodePoints");
        assert_eq!(run["invocations"][0]["executionSuccessful"], true);
        let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
        let ids: BTreeSet<_> = rules.iter().map(|r| r["id"].as_str().unwrap()).collect();
        assert_eq!(ids.len(), rules.len(), "a rule stands once");
        for rule in rules {
            assert!(rule["help"]["text"].as_str().unwrap().contains("What happens"), "{rule}");
            assert_eq!(rule["help"]["text"], rule["help"]["markdown"]);
            assert!(!rule["fullDescription"]["text"].as_str().unwrap().contains("## "), "{rule}");
            assert!(
                ["note", "warning", "error"]
                    .contains(&rule["defaultConfiguration"]["level"].as_str().unwrap())
            );
            assert!(rule.get("helpUri").is_none(), "there is no page on the net");
        }
        for (result, finding) in run["results"].as_array().unwrap().iter().zip(&report.findings) {
            assert_eq!(
                rules[usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap()]["id"],
                result["ruleId"]
            );
            assert_eq!(
                result["partialFingerprints"]["composeDoctor/v1"],
                finding.fingerprint.as_str()
            );
            assert_eq!(result["properties"]["confidence"], finding.confidence.as_str());
            assert_eq!(
                result["level"],
                if finding.severity == Severity::Info { "note" } else { finding.severity.as_str() }
            );
            let place = &result["locations"][0]["physicalLocation"];
            assert_eq!(place["artifactLocation"]["uriBaseId"], "%SRCROOT%");
            assert!(place["region"]["startLine"].as_u64().unwrap() >= 1);
            assert_eq!(
                result["relatedLocations"].as_array().map_or(0, Vec::len),
                finding.labels.len() - 1
            );
        }
    });
}

#[test]
fn places_are_counted_in_characters() {
    made("a b/한글:1.yaml", &[(Severity::Info, "x", "")], |report, sources| {
        let run = json(&written("sarif", report, sources))["runs"][0].clone();
        let result = &run["results"][0];
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "a%20b/%ED%95%9C%EA%B8%80%3A1.yaml");
        assert_eq!(
            place["region"],
            json(r#"{"startLine": 2, "startColumn": 1, "endLine": 2, "endColumn": 9}"#)
        );
        assert!(
            result["relatedLocations"][0]["physicalLocation"].get("region").is_none(),
            "the file as such"
        );
        assert_eq!(
            run["invocations"][0]["toolExecutionNotifications"][0]["locations"][0]["physicalLocation"]
                ["artifactLocation"]["uriBaseId"],
            "%SRCROOT%"
        );
        let line = written("github", report, sources);
        assert!(
            line.starts_with(
                "::notice file=a b/한글%3A1.yaml,line=2,endLine=2,col=1,endColumn=9,title=compose-doctor db-host-localhost::x%0A"
            ),
            "{line}"
        );
        let entry = &json(&written("gitlab", report, sources))[0];
        assert_eq!(
            entry["location"],
            json(r#"{"path": "a b/한글:1.yaml", "lines": {"begin": 2}}"#)
        );
        assert_eq!(entry["severity"], "info");
    });
}

#[test]
fn code_hosts_get_paths_from_the_top() {
    let above = |name: &str, report: &Report, sources: &Sources<'_>| {
        render(
            Format::named(name).unwrap(),
            report,
            sources,
            &Wanted { options: LOOK, most: 9, above: "deploy/" },
        )
        .text
        .to_string()
    };
    made("sub/compose.yaml", &[(Severity::Error, "x", "")], |report, sources| {
        let report = Report {
            folder: RelPath::new("sub"),
            stacks: report.stacks.clone(),
            findings: report.findings.clone(),
            ..Report::default()
        };
        for (name, want) in [
            ("sarif", "\"uri\": \"deploy/sub/compose.yaml\""),
            ("github", "file=deploy/sub/compose.yaml,"),
            ("gitlab", "\"path\": \"deploy/sub/compose.yaml\""),
            ("junit", "file=\"deploy/sub/compose.yaml\""),
            ("concise", "compose.yaml:2:1: "),
            ("json", "\"path\": \"compose.yaml\""),
            ("markdown", "`compose.yaml:2`"),
        ] {
            let text = above(name, &report, sources);
            assert!(text.contains(want), "{name}: {want}\n{text}");
        }
    });
}

/// Held against the official schema, which is not part of this repository.
#[test]
#[allow(clippy::print_stderr, reason = "says that it does nothing")]
fn sarif_is_valid_against_its_schema() {
    let Some(path) = std::env::var_os("SARIF_SCHEMA") else {
        eprintln!(
            "skipped: SARIF_SCHEMA=<sarif-schema-2.1.0.json of oasis-tcs/sarif-spec> cargo test --test formats"
        );
        return;
    };
    let schema = json(&std::fs::read_to_string(path).unwrap());
    let valid = |log: &Value| schema::faults(&schema, log);
    let log = real("pop_planner/1-as-published", |report, sources| {
        json(&written("sarif", report, sources))
    });
    assert_eq!(valid(&log), [""; 0]);
    for path in ["compose.yaml", HOSTILE.split(' ').next().unwrap()] {
        let hostile = made(path, &[(Severity::Error, HOSTILE, HOSTILE)], |report, sources| {
            json(&written("sarif", report, sources))
        });
        assert_eq!(valid(&hostile), [""; 0]);
    }
    // The check itself can fail.
    for (pointer, wrong) in [
        ("/version", Value::from("2.0.0")),
        ("/runs/0/columnKind", Value::from("bytes")),
        ("/runs/0/results/0/locations/0/physicalLocation/region/startLine", Value::from(0)),
        ("/runs/0/results/0/message", json("{}")),
        ("/runs/0/tool", json("{}")),
    ] {
        let mut log = log.clone();
        *log.pointer_mut(pointer).unwrap() = wrong;
        assert!(!valid(&log).is_empty(), "{pointer}");
    }
}

#[test]
fn gitlab_tells_equal_findings_apart() {
    real("pop_planner/1-as-published", |report, sources| {
        let list = json(&written("gitlab", report, sources));
        let prints: BTreeSet<_> = list
            .as_array()
            .unwrap()
            .iter()
            .map(|e| e["fingerprint"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(prints.len(), report.findings.len());
    });
}
