//! Output as a person, a terminal and a program meet it.
#![allow(clippy::unwrap_used, reason = "a test that fails may panic")]

mod boxes;
mod hostile_secrets;
mod leaks;
mod secrets;

use super::*;
use crate::finding::*;
use crate::source::{FileId, MemoryFiles, RelPath, SourceFile, Sources, Span};
use proptest::prelude::*;
use unicode_width::UnicodeWidthStr;

static RULE: RuleMeta = RuleMeta {
    name: "db-migrate-never-run",
    aliases: &["CD101"],
    group: "database",
    severity: Severity::Error,
    confidence: Confidence::High,
    since: "0.1.0",
    summary: "nothing applies the migrations",
    needs: None,
    symptoms: &[],
    opt_in: false,
    page: "## What happens\nIt fails, and fails, and fails, and fails, and fails.\n\n```yaml\nx: a line of code that is longer than the width\n```\n- one\n## Why\nSo.\n",
};

/// A sentence that is all of it the project's: the worst case.
fn quoted(text: &str) -> Prose {
    prose!("{}", Quote::value(text))
}

fn label(file: &SourceFile, needle: &str, text: &str) -> Label {
    let start = file.text.find(needle).unwrap();
    Label { span: Span::new(file.id, start, start + needle.len()), text: quoted(text) }
}

fn finding(message: &str, labels: Vec<Label>, help: &str) -> Finding {
    let (message, help) = (quoted(message), quoted(help));
    Finding {
        waits_for: Vec::new(),
        rule: &RULE,
        severity: Severity::Error,
        confidence: Confidence::High,
        message,
        labels,
        help,
        cure: None,
        fixes: Vec::new(),
        stacks: vec![0],
        fingerprint: "0123456789abcdef".into(),
    }
}

fn report(findings: Vec<Finding>) -> Report {
    let stack = StackInfo {
        own: 1,
        files: vec![RelPath::new("compose.yaml").unwrap()],
        services: vec!["db".into(), "web".into()],
        intent: Intent::Development,
        intent_why: "./src is mounted".into(),
        account: None,
        gaps: Vec::new(),
        unknown: Vec::new(),
    };
    Report { folder: Some(RelPath::root()), stacks: vec![stack], findings, ..Report::default() }
}

const PLAIN: RenderOptions = RenderOptions { color: false, width: 80 };

/// Renders one finding over one file.
fn shown(text: &str, needle: &str, why: &str) -> String {
    let files = MemoryFiles::new();
    let sources = Sources::new(&files);
    let file = sources.add("compose.yaml", text);
    full(&report(vec![finding("it breaks", vec![label(&file, needle, why)], "")]), &sources, PLAIN)
        .to_string()
}

/// All formats of a report, one after the other.
fn all(report: &Report, sources: &Sources<'_>, options: RenderOptions) -> String {
    let wanted = Wanted { options, most: usize::MAX, above: "" };
    let mut out = closing(report, sources, options).to_string()
        + survey(report, sources, options, &SafeText::own("x")).as_str();
    for format in &FORMATS {
        out += render(format, report, sources, &wanted).text.as_str();
        out += render_counts(format, report, sources, &wanted).text.as_str();
    }
    out
}

#[test]
fn a_finding_is_read_from_top_to_bottom() {
    let files = MemoryFiles::new();
    let sources = Sources::new(&files);
    let compose = sources.add("compose.yaml", "services:\n  web:\n    command: gunicorn app\n");
    let settings = sources.add("app/settings.py", "INSTALLED_APPS = ['sessions']\n");
    let labels = vec![
        label(&compose, "gunicorn app", "serves at once"),
        label(&settings, "'sessions'", "wants a table"),
    ];
    let mut report = report(vec![finding(
        "nothing runs `migrate`",
        labels,
        "migrate first:\n    command: migrate\n\nthen serve",
    )]);
    report.coverage = Coverage { compose: 1, settings: 2, unknown: 1, ..Coverage::default() };
    let want = "compose.yaml · services db, web · looks like development: ./src is mounted

  × nothing runs `migrate`
   ╭─[compose.yaml:3:14]
 3 │     command: gunicorn app
   ·              ──────┬─────
   ·                    ╰── serves at once
   ╰────
   ╭─[app/settings.py:1:19]
 1 │ INSTALLED_APPS = ['sessions']
   ·                   ─────┬────
   ·                        ╰── wants a table
   ╰────
  help: migrate first:
            command: migrate

        then serve
  error[db-migrate-never-run] · compose-doctor explain db-migrate-never-run

1 error in 1 stack
read 1 compose file, 2 settings files
";
    assert_eq!(full(&report, &sources, PLAIN).as_str(), want);
    assert_eq!(
        concise(&report, &sources).as_str(),
        "compose.yaml:3:14: error[db-migrate-never-run] nothing runs `migrate`\n"
    );
}

#[test]
fn columns_count_letters_and_underlines_count_terminal_columns() {
    let out = shown("\u{feff}이름: '데이터베이스' # 값\r\nx: 1\r\n", "'데이터베이스'", "여기");
    assert!(out.contains("[compose.yaml:1:5]"), "{out}");
    assert!(out.contains(" 1 │ 이름: '데이터베이스' # 값\n   ·       ───────┬──────\n   ·              ╰── 여기\n"), "{out}");
}

#[test]
fn a_file_as_such_has_no_line() {
    let files = MemoryFiles::new();
    let sources = Sources::new(&files);
    let file = sources.add("Dockerfile", "FROM x\n");
    let whole = Label { span: Span::whole(file.id), text: "nothing installs gunicorn".into() };
    let out =
        full(&report(vec![finding("it breaks", vec![whole], "")]), &sources, PLAIN).to_string();
    assert!(out.contains("   ╭─[Dockerfile]\n   · nothing installs gunicorn\n   ╰────\n"), "{out}");
}

#[test]
fn a_finding_of_several_stacks_names_the_others() {
    let files = MemoryFiles::new();
    let sources = Sources::new(&files);
    let mut report = report(vec![finding("it breaks", Vec::new(), "")]);
    let mut second = report.stacks[0].clone();
    second.own = 2;
    second.files.push(RelPath::new("compose.prod.yaml").unwrap());
    report.stacks.push(second);
    report.findings[0].stacks = vec![0, 1];
    let out = full(&report, &sources, PLAIN).to_string();
    assert!(out.contains("  also in: compose.yaml + compose.prod.yaml\n"), "{out}");
    assert!(out.contains("1 error in 2 stacks\n"), "{out}");
    assert!(json(&report, &sources).as_str().contains("\"compose.yaml + compose.prod.yaml\""));
}

#[test]
fn the_closing_line_breaks_between_its_parts() {
    let files = MemoryFiles::new();
    let sources = Sources::new(&files);
    let mut report = report(Vec::new());
    report.coverage =
        Coverage { compose: 1, dockerfile: 2, script: 1, unknown: 7, ..Coverage::default() };
    let out = closing(&report, &sources, RenderOptions { color: false, width: 60 }).to_string();
    assert_eq!(out, "no problems found in 1 stack\nread 1 compose file, 2 Dockerfiles, 1 script\n");
}

#[test]
fn a_long_line_is_cut_around_the_label() {
    let line = format!("key: {} needle {}", "a".repeat(300_000), "b".repeat(300_000));
    let out = shown(&line, "needle", "it is here");
    assert!(out.len() < 2_000, "{} bytes", out.len());
    let drawn = out.lines().find(|l| l.contains("needle")).unwrap();
    assert!(drawn.contains('…') && drawn.ends_with('…'), "{drawn}");
    let under = out.lines().find(|l| l.contains('┬')).unwrap();
    let (text, _) = drawn.split_once("needle").unwrap();
    let (before, _) = under.split_once('─').unwrap();
    assert_eq!(text.width(), before.width(), "the underline begins below the word\n{out}");
}

#[test]
fn nothing_is_wider_than_the_terminal() {
    let files = MemoryFiles::new();
    let sources = Sources::new(&files);
    let file = sources.add(
        "compose.yaml",
        &format!("a: {}\n{}b: 한글 값 {}\n", "x ".repeat(90), " ".repeat(70), "가나다 ".repeat(40)),
    );
    let labels = vec![
        label(
            &file,
            "x x x",
            "a reason of many words that has to be broken somewhere, 그리고 한국어로도 설명한다",
        ),
        label(&file, "값", "한국어 설명이 아주 길어서 반드시 여러 줄로 나뉘어야 한다"),
    ];
    let message =
        "a message of many words that does not fit ".repeat(4) + &"아주긴한국어낱말".repeat(12);
    let report = report(vec![finding(&message, labels, &"help of many words ".repeat(12))]);
    for width in [40, 60, 80, 120] {
        let out = full(&report, &sources, RenderOptions { color: false, width }).to_string();
        for line in out.lines() {
            assert!(
                line.width() <= width || line.contains("compose-doctor explain"),
                "{width}: {} columns: {line}\n{out}",
                line.width()
            );
        }
    }
}

#[test]
fn code_in_help_is_never_broken() {
    let files = MemoryFiles::new();
    let sources = Sources::new(&files);
    let code = "run: ".to_owned() + &"word ".repeat(40);
    let out = full(
        &report(vec![finding("x", Vec::new(), &format!("do:\n  {code}\n    deeper"))]),
        &sources,
        PLAIN,
    )
    .to_string();
    assert!(out.contains(&format!("            {code}\n              deeper\n")), "{out}");
}

#[test]
fn json_keeps_its_contract() {
    let files = MemoryFiles::new();
    let sources = Sources::new(&files);
    let file = sources.add("sub/compose.yaml", "한글: 값\n");
    let env = sources.add(".env", "A=1\n");
    let mut report = report(vec![finding(
        "port 8000",
        vec![label(&file, "값", "why"), label(&env, "A", "")],
        "do",
    )]);
    report.folder = RelPath::new("sub");
    report.stacks[0].files = vec![RelPath::new("sub/compose.yaml").unwrap()];
    let text = json(&report, &sources).to_string();
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    let keys = |v: &serde_json::Value| v.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(
        keys(&value),
        ["schema_version", "tool", "findings", "not_shown", "hidden", "coverage"]
    );
    let first = &value["findings"][0];
    assert_eq!(
        keys(first),
        [
            "rule",
            "severity",
            "confidence",
            "message",
            "help",
            "stacks",
            "labels",
            "fixes",
            "waits_for",
            "fingerprint"
        ]
    );
    let want = serde_json::json!({"path": "compose.yaml", "start": {"line": 1, "column": 5, "offset": 8},
        "end": {"line": 1, "column": 6, "offset": 11}, "text": "why", "primary": true});
    assert_eq!(first["labels"][0], want);
    assert_eq!(first["labels"][1]["path"], "../.env");
    assert_eq!(first["stacks"][0], "compose.yaml");
    assert_eq!(keys(&value["coverage"]), ["files", "skipped", "unknown", "not_judged", "not_run"]);
    assert_eq!(first["fingerprint"], "0123456789abcdef");
}

#[test]
fn ten_thousand_findings_in_one_long_line_take_no_square_time() {
    let files = MemoryFiles::new();
    let sources = Sources::new(&files);
    let file = sources.add("compose.yaml", &"ab 한 ".repeat(10_000));
    let findings = (0..10_000usize)
        .map(|i| {
            finding(
                "x",
                vec![Label { span: Span::new(file.id, i * 7, i * 7 + 2), text: "y".into() }],
                "",
            )
        })
        .collect();
    let report = report(findings);
    let begin = std::time::Instant::now();
    let out = json(&report, &sources).to_string() + concise(&report, &sources).as_str();
    assert!(out.contains("compose.yaml:1:49996:"), "the last one");
    full(&report, &sources, PLAIN);
    assert!(begin.elapsed().as_secs() < 60, "{:?}", begin.elapsed());
}

#[test]
fn pages_and_the_table_are_readable() {
    let options = ExplainOptions {
        whole_example: false,
        language: Language::English,
        render: RenderOptions { color: false, width: 40 },
    };
    let page = explain(&RULE, options).to_string();
    assert!(
        page.starts_with(
            "db-migrate-never-run\nnothing applies the migrations\nerror · high confidence"
        ),
        "{page}"
    );
    assert!(
        page.contains("\nWhat happens\nIt fails, and fails, and fails, and\nfails, and fails.\n"),
        "{page}"
    );
    assert!(
        page.contains(
            "\n    x: a line of code that is longer than the width\n\n- one\n\nWhy\nSo.\n"
        ),
        "{page}"
    );
    let table = rules_table(&[&RULE], RenderOptions { color: false, width: 100 }).to_string();
    assert_eq!(table, "db-migrate-never-run  error    high    nothing applies the migrations\n");
    assert!(rules_json(&[&RULE]).as_str().contains("\"since\": \"0.1.0\""));
}

#[test]
fn summary_counts_what_is_there() {
    let mut report = report(Vec::new());
    assert_eq!(summary_line(&report).as_str(), "no problems found in 1 stack");
    for severity in [Severity::Error, Severity::Error, Severity::Info] {
        report.findings.push(Finding { severity, ..finding("x", Vec::new(), "") });
    }
    assert_eq!(summary_line(&report).as_str(), "2 errors, 1 note in 1 stack");
    report.coverage.skipped = ["a", "b", "c", "d"]
        .map(|p| (RelPath::new(p).unwrap(), "is a binary file".into()))
        .to_vec();
    let files = MemoryFiles::new();
    let want = "read no file · skipped 4: a is a binary file, b is a binary file, c is a binary file and 1 more";
    assert_eq!(coverage_line(&report, &Sources::new(&files)).as_str(), want);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, rng_seed: proptest::test_runner::RngSeed::Fixed(1), ..ProptestConfig::default() })]

    /// Any text with labels anywhere, even off the text or inside letters, is drawn without a panic and
    /// without a raw control character.
    #[test]
    fn any_labels_over_any_text(
        text in "(\u{feff}|)([a-c:= \t\r\n]|한|\u{301}|\u{1b}|PASSWORD|TOKEN=|'|\\$\\{|🦀|::|##\\[){0,60}",
        spans in prop::collection::vec((0u32..140, 0u32..60, "[a-z 한\n]{0,30}"), 0..6),
        secret in (0u32..100, 0u32..20),
        width in 40usize..130,
    ) {
        let files = MemoryFiles::new();
        let sources = Sources::new(&files);
        let file: FileId = sources.add("compose.yaml", &text).id;
        let labels = spans.into_iter().map(|(start, len, text)| Label { span: Span { file, start, end: start + len }, text: quoted(&text) }).collect();
        let mut report = report(vec![finding(&text, labels, &text)]);
        report.secrets = vec![Span { file, start: secret.0, end: secret.0 + secret.1 }];
        let out = all(&report, &sources, RenderOptions { color: false, width });
        prop_assert!(!out.contains(|c: char| c != '\n' && (c.is_control() || safe::hidden(c))));
        prop_assert!(!out.lines().any(|l| l.trim_start().starts_with("::P") || l.trim_start().starts_with("::T")));
    }
}
