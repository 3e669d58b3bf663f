//! Every format says the same of a run, is what its readers expect, and takes no order from what it writes about.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test that fails may panic, and sets up real folders"
)]

#[path = "formats/schema.rs"]
mod schema;
mod support;
#[path = "formats/xml.rs"]
mod xml;

use compose_doctor::finding::{Coverage, Finding, Intent, Label, Report, Severity, StackInfo};
use compose_doctor::report::{FORMATS, Format, RenderOptions, Rendered, Wanted, render};
use compose_doctor::rules::meta;
use compose_doctor::source::{DiskFiles, MemoryFiles, RelPath, Sources, Span};
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
        intent_why: path.into(),
    };
    let mut report =
        Report { folder: Some(RelPath::root()), stacks: vec![stack], ..Report::default() };
    report.coverage = Coverage {
        compose: 1,
        skipped: vec![(RelPath::new(path).unwrap(), path.into())],
        ..Coverage::default()
    };
    for (number, (severity, message, help)) in findings.iter().enumerate() {
        let labels = vec![
            Label { span: Span::new(file, 5, 17), text: (*message).into() },
            Label { span: Span::whole(file), text: "the file as such".into() },
        ];
        report.findings.push(Finding {
            severity: *severity,
            labels,
            help: (*help).into(),
            stacks: vec![0],
            fingerprint: format!("{number:016x}"),
            ..Finding::new(&meta::DB_HOST_LOCALHOST, *message)
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
fn nobody_takes_orders_from_a_project() {
    let path = HOSTILE.replace(['/', '\n'], " ");
    let findings = [(Severity::Error, HOSTILE, HOSTILE), (Severity::Info, HOSTILE, HOSTILE)];
    made(&path, &findings, |report, sources| {
        for format in &FORMATS {
            let text = written(format.name, report, sources);
            let raw =
                |c: char| c != '\n' && (c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c));
            assert!(
                !text.contains(raw),
                "{}: {:?}",
                format.name,
                text.matches(raw).collect::<Vec<_>>()
            );
            let own = format.name == "github";
            assert!(
                own || !text.lines().any(|l| l.trim_start().starts_with("::")),
                "{}\n{text}",
                format.name
            );
            assert!(!text.contains("##[error]"), "{}\n{text}", format.name);
        }
        github_lines(&written("github", report, sources), 2);
        let suites = xml::parse(&written("junit", report, sources));
        let failures = suites.all("failure");
        assert_eq!(failures.len(), 2);
        assert!(
            failures[0]
                .attribute("message")
                .contains("<img src=x onerror=alert(1)> a|b `c|d` ``` ]]> </details>"),
            "{failures:?}"
        );
        assert!(failures.iter().all(|f| f.children.is_empty()));
        let log = json(&written("sarif", report, sources));
        let said = log["runs"][0]["results"][0]["message"]["text"].as_str().unwrap();
        assert!(said.contains("[a] (javascript:1) {{0}}"), "{said}");
        assert_eq!(
            json(&written("json", report, sources))["findings"][0]["labels"][0]["path"],
            path.as_str()
        );
        inert(&written("markdown", report, sources), 2);
    });
}

/// Each line is one annotation, and its properties end where they end.
fn github_lines(text: &str, findings: usize) {
    assert_eq!(text.lines().count(), findings, "{text}");
    for line in text.lines() {
        let rest = line
            .strip_prefix("::error ")
            .or_else(|| line.strip_prefix("::notice "))
            .unwrap_or_else(|| panic!("{line}"));
        let (properties, data) = rest.split_once("::").unwrap();
        let names: Vec<&str> =
            properties.split(',').map(|p| p.split_once('=').unwrap().0).collect();
        assert_eq!(names, ["file", "line", "endLine", "col", "endColumn", "title"], "{line}");
        assert!(properties.contains("file=<img src=x onerror=alert(1)> "), "{line}");
        let escaped = data.split('%').skip(1).all(|p| p.starts_with("25") || p.starts_with("0A"));
        assert!(escaped, "{data}");
    }
}

/// What is left when code is taken out has no structure but that of the format.
fn inert(text: &str, findings: usize) {
    let mut rows = 0;
    let mut fence: Option<String> = None;
    for line in text.lines() {
        if let Some(mark) = &fence {
            if line == mark {
                fence = None;
            }
            continue;
        }
        if line.starts_with("```") {
            fence = Some(line.chars().take_while(|c| *c == '`').collect());
            continue;
        }
        let mut rest = line;
        let mut bare = String::new();
        while let Some(at) = rest.find('`') {
            bare += &rest[..at];
            let mark: String = rest[at..].chars().take_while(|c| *c == '`').collect();
            let after = &rest[at + mark.len()..];
            let ends: Vec<usize> = after.match_indices('`').map(|(i, _)| i).collect();
            let end = ends.iter().copied().find(|i| {
                let run = after[*i..].chars().take_while(|c| *c == '`').count();
                run == mark.len() && !after[..*i].ends_with('`')
            });
            let end = end.unwrap_or_else(|| panic!("a code span without an end: {line}"));
            bare += "C";
            rest = &after[end + mark.len()..];
        }
        bare += rest;
        let own = bare
            .replace("<details><summary>", "")
            .replace("</summary>", "")
            .replace("</details>", "")
            .replace("<code>", "")
            .replace("</code>", "")
            .replace("**What happens:**", "")
            .replace("**What to do:**", "");
        let own = own
            .strip_prefix("## compose-doctor: ")
            .or_else(|| own.strip_prefix("- "))
            .unwrap_or(&own);
        if line.starts_with('|') {
            assert_eq!(line.matches('|').count(), 5, "{line}");
            rows += 1;
        } else {
            assert!(!own.contains('|'), "{line}");
            assert!(!own.starts_with(['#', '-', '>', '+', '*', '=']), "{line}");
        }
        let own = own.replace("&#", "");
        assert!(
            !own.contains(['<', '>', '[', ']', '*', '@', '#', '~', '\\', '!', '$'])
                && !own.contains("://"),
            "{line}"
        );
    }
    assert_eq!(fence, None);
    assert_eq!(rows, findings + 2);
    assert_eq!(text.lines().filter(|l| *l == "</details>").count(), findings);
}

#[test]
fn github_says_what_it_will_not_show() {
    let many = |errors: usize, notices: usize| {
        let findings: Vec<_> = std::iter::repeat_n((Severity::Info, "n", ""), notices)
            .chain(std::iter::repeat_n((Severity::Error, "e", ""), errors))
            .collect();
        let text =
            made("compose.yaml", &findings, |report, sources| written("github", report, sources));
        let at = text.lines().position(|l| l.starts_with("::notice title=compose-doctor::"));
        at.map(|at| {
            (
                at,
                text.lines().nth(at).unwrap()["::notice title=compose-doctor::".len()..]
                    .split(' ')
                    .next()
                    .unwrap()
                    .to_owned(),
            )
        })
    };
    assert_eq!(many(10, 10), None);
    assert_eq!(many(12, 0), Some((12, "2".into())));
    assert_eq!(
        many(12, 10),
        Some((12, "3".into())),
        "the word itself takes the place of a notice, and stands before them"
    );
    assert_eq!(many(0, 11), Some((0, "2".into())));
}

#[test]
fn thirty_thousand_findings_are_written_and_bounded() {
    let findings: Vec<_> = (0..30_000)
        .map(|n| {
            (
                if n % 3 == 0 { Severity::Error } else { Severity::Info },
                "the `host` is localhost, and that is wrong",
                "say:\n  HOST: db",
            )
        })
        .collect();
    made("compose.yaml", &findings, |report, sources| {
        for format in &FORMATS {
            let begun = std::time::Instant::now();
            let Rendered { text, .. } = render(
                format,
                report,
                sources,
                &Wanted { options: LOOK, most: format.most, above: "" },
            );
            assert!(begun.elapsed().as_secs() < 120, "{}: {:?}", format.name, begun.elapsed());
            let text = text.as_str();
            match format.name {
                "sarif" => {
                    let run = json(text)["runs"][0].clone();
                    let results = run["results"].as_array().unwrap();
                    assert_eq!(results.len(), 25_000);
                    assert_eq!(
                        results.iter().filter(|r| r["level"] == "error").count(),
                        10_000,
                        "no error is left out"
                    );
                    let told =
                        run["invocations"][0]["toolExecutionNotifications"].as_array().unwrap();
                    assert!(
                        told.iter().any(|n| n["message"]["text"]
                            .as_str()
                            .unwrap()
                            .starts_with("5000 further findings")),
                        "{told:?}"
                    );
                }
                "markdown" => {
                    assert!(text.len() <= 65_536 && text.len() > 50_000, "{}", text.len());
                    let explained = text.lines().filter(|l| l.starts_with("<details>")).count();
                    assert!(
                        explained > 10
                            && text.contains(&format!(
                                "\n{} findings are not explained here",
                                30_000 - explained
                            )),
                        "{explained}"
                    );
                    let rows = text.lines().filter(|l| l.starts_with("| error")).count();
                    assert!(
                        text.contains(&format!(
                            "\n{} further findings are left out",
                            30_000 - rows
                        ))
                    );
                    assert_eq!(
                        text.matches("<details>").count(),
                        text.matches("</details>").count()
                    );
                }
                "gitlab" => {
                    let list = json(text);
                    let prints: BTreeSet<_> = list
                        .as_array()
                        .unwrap()
                        .iter()
                        .map(|e| e["fingerprint"].as_str().unwrap())
                        .collect();
                    assert_eq!(prints.len(), 30_000);
                }
                name => assert_eq!(rules_in(name, text).len(), format.most.min(30_000), "{name}"),
            }
        }
    });
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

#[test]
fn the_longest_texts_fit_into_a_summary() {
    let long = "<&|`_".repeat(5_000);
    let findings: Vec<_> =
        (0..40).map(|_| (Severity::Error, long.as_str(), long.as_str())).collect();
    made(&"<_".repeat(2_000), &findings, |report, sources| {
        let text = written("markdown", report, sources);
        assert!(text.len() <= 65_536, "{}", text.len());
        assert!(text.contains(" findings are not explained here"), "{}", &text[text.len() - 400..]);
    });
}
