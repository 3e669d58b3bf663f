//! `diagnose`: from a log to the causes, in the shapes in which logs come, and with what hostile logs hold.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test that fails may panic, and starts the program itself"
)]

#[path = "diagnose/hostile.rs"]
mod hostile;
#[path = "diagnose/program.rs"]
mod program;
mod support;

use assert_cmd::Command;
use compose_doctor::internals::diagnose::{Places, explain, read};
use compose_doctor::internals::finding::{Diagnosis, Fit, Report};
use compose_doctor::internals::report::{RenderOptions, diagnosis, diagnosis_json};
use compose_doctor::internals::source::{DiskFiles, Files, MemoryFiles, RelPath, Sources};
use compose_doctor::{Options, check};
use std::path::Path;
use support::cases::{self, Kind};
use support::home;

const PLAIN: RenderOptions = RenderOptions { color: false, width: 80 };

/// What a log comes from where there is no project.
fn alone(log: impl AsRef<[u8]>) -> Diagnosis {
    explain(read(log.as_ref()).unwrap(), None)
}

fn names(diagnosis: &Diagnosis) -> Vec<&'static str> {
    diagnosis.causes.iter().map(|c| c.rule.name).collect()
}

/// Says what a log comes from in a project on disk, and gives the text with it.
fn within(project: &Path, log: &str) -> (Diagnosis, String) {
    within_files(&DiskFiles::new(project).unwrap(), log)
}

fn within_files(files: &dyn Files, log: &str) -> (Diagnosis, String) {
    let sources = Sources::new(files);
    let report = check(&sources, &RelPath::root(), &Options::default());
    let found = explain(
        read(log.as_bytes()).unwrap(),
        Some((&report, &Places::of_report(&report, &sources))),
    );
    let text = diagnosis(&found, &report, &sources, PLAIN).to_string();
    (found, text)
}

/// Text and JSON of a diagnosis without a project.
fn shown(found: &Diagnosis) -> [String; 2] {
    let files = MemoryFiles::new();
    let sources = Sources::new(&files);
    let report = Report::default();
    [
        diagnosis(found, &report, &sources, PLAIN).to_string(),
        diagnosis_json(found, &report, &sources).to_string(),
    ]
}

/// A project of one Compose file.
fn memory(compose: &str) -> MemoryFiles {
    let mut files = MemoryFiles::new();
    files.add("compose.yaml", compose);
    files
}

fn command() -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_compose-doctor"));
    for name in ["NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "COLUMNS"] {
        program.env_remove(name);
    }
    program.arg("diagnose");
    program
}

/// The founding case, as `docker compose logs` shows it.
const FOUNDING: &str = r#"db-1      | 2026-01-01 10:00:00.000 UTC [1] LOG:  database system is ready to accept connections
django-1  | [2026-01-01 10:00:01 +0000] [1] [INFO] Starting gunicorn 23.0.0
django-1  | Internal Server Error: /admin/login/
django-1  | Traceback (most recent call last):
django-1  |   File "/usr/lib/python3/site-packages/django/db/backends/utils.py", line 89, in _execute
django-1  |     return self.cursor.execute(sql, params)
django-1  | psycopg2.errors.UndefinedTable: relation "django_session" does not exist
django-1  | LINE 1: ...expire_date" FROM "django_session"
django-1  |
django-1  | The above exception was the direct cause of the following exception:
django-1  |
django-1  | Traceback (most recent call last):
django-1  |   File "/usr/lib/python3/site-packages/django/core/handlers/exception.py", line 55, in inner
django-1  | django.db.utils.ProgrammingError: relation "django_session" does not exist
"#;

#[test]
fn the_founding_case_is_found_with_its_labels() {
    let (found, text) = within(&home().join("fixtures/pop_planner/1-as-published"), FOUNDING);
    assert_eq!(names(&found)[0], "db-migrate-never-run");
    assert_eq!(found.causes[0].findings.len(), 1);
    // The traceback says it twice, and it happened once.
    assert_eq!((found.symptoms.len(), found.symptoms[0].count), (1, 1));
    assert_eq!((found.symptoms[0].service.as_deref(), found.symptoms[0].line), (Some("django"), 7));
    for part in [
        "  django, line 7\n    psycopg2.errors.UndefinedTable: relation \"django_session\" does not exist\n",
        "true in this project\n",
        "╭─[docker-compose.yaml:22:14]",
        "╰── empty at the first `up` and after `down -v`",
        "╭─[backend/config/settings.py:22:5]",
        "error[db-migrate-never-run] · compose-doctor explain db-migrate-never-run\n",
        "can look the same, but is not found in this project: migrations-missing,\nmigrate-in-background\n",
    ] {
        assert!(text.contains(part), "{part}\n---\n{text}");
    }
}

#[test]
fn without_a_project_the_likely_causes_are_listed() {
    let found = alone(FOUNDING);
    assert_eq!(names(&found)[0], "db-migrate-never-run");
    let [text, _] = shown(&found);
    assert!(
        text.contains("  1. nothing in the stack runs migrate, so the database has no tables\n"),
        "{text}"
    );
    assert!(text.contains("     compose-doctor explain db-migrate-never-run\n"), "{text}");
    assert!(text.contains("There is no Compose project here to look into."), "{text}");
}

#[test]
fn a_healthy_project_is_not_accused() {
    let (found, text) = within(&home().join("fixtures/pop_planner/4-healthy"), FOUNDING);
    assert!(found.causes.iter().all(|c| c.findings.is_empty()));
    assert!(
        text.contains(
            "compose-doctor finds none of these causes in this project; possible all the same\n"
        ),
        "{text}"
    );
    assert!(
        text.contains("`compose-doctor check` finds nothing wrong in docker-compose.yaml\n"),
        "{text}"
    );
}

/// What the proofs saw when they started the real programs: rule, proof, line.
fn said() -> Vec<(String, String)> {
    let text = std::fs::read_to_string(home().join("tests/proofs/said.tsv")).unwrap();
    let rows = text.lines().filter(|l| !l.is_empty()).map(|line| {
        let mut cells = line.splitn(3, '\t');
        let rule = cells.next().unwrap_or_default().to_owned();
        (rule, cells.nth(1).unwrap_or_else(|| panic!("said.tsv: {line}")).to_owned())
    });
    rows.collect()
}

#[test]
fn what_real_programs_say_is_recognised_as_its_rule() {
    let said = said();
    assert!(said.len() > 100, "{} lines; `tests/proofs/run --record` writes them", said.len());
    let mut wrong = Vec::new();
    let mut early = 0;
    for (rule, line) in &said {
        let found = names(&alone(format!("web-1  | {line}\n")));
        match found.iter().position(|n| n == rule) {
            Some(place) => early += usize::from(place < 3),
            None => wrong.push(format!("{rule}: {line}\n    is taken for {found:?}")),
        }
    }
    assert!(wrong.is_empty(), "\n  {}", wrong.join("\n  "));
    // Many rules share a line, so not each can be among the first three; most are.
    assert!(early * 10 >= said.len() * 8, "{early} of {} among the first three", said.len());
}

#[test]
fn in_its_own_project_a_rule_is_what_the_log_comes_from() {
    let cases = cases::all(&home().join("fixtures")).unwrap();
    let mut wrong = Vec::new();
    let mut tried = 0;
    for (rule, line) in said() {
        let mut cases = cases.iter().filter(|c| c.rule == rule && c.kind == Kind::Bad);
        let Some(case) = cases.next() else { continue };
        tried += 1;
        let (found, _) = within_files(&case.project.memory(), &format!("{line}\n"));
        let place = found.causes.iter().position(|c| c.rule.name == rule);
        if !place.is_some_and(|p| p < 3 && !found.causes[p].findings.is_empty()) {
            let names: Vec<_> =
                found.causes.iter().map(|c| (c.rule.name, c.findings.len())).collect();
            wrong.push(format!("{}: {line}\n    {names:?}", case.title()));
        }
    }
    assert!(tried > 50, "{tried}");
    assert!(wrong.is_empty(), "\n  {}", wrong.join("\n  "));
}

#[test]
fn logs_come_in_many_shapes() {
    for (log, service, first) in [
        (
            "\u{1b}[36mweb-1  | \u{1b}[0mKeyError: 'SECRET_KEY'\n",
            Some("web"),
            "required-env-not-provided",
        ),
        (
            "web_1     | /bin/sh: 1: gunicorn: not found\r\n",
            Some("web"),
            "server-binary-not-installed",
        ),
        (
            "web-1 | 2026-01-31T12:00:00.123456789Z /bin/sh: 1: gunicorn: not found\n",
            Some("web"),
            "server-binary-not-installed",
        ),
        (
            "2026-01-31T12:00:00.1Z web-1 | sh: 1: /app/run.sh: Permission denied\n",
            Some("web"),
            "entrypoint-not-executable",
        ),
        (
            "2026/01/31 12:00:00 [emerg] 1#1: host not found in upstream \"web:8000\" in x:1\n",
            None,
            "upstream-without-depends-on",
        ),
        (
            "2026-01-31 12:00:00.000 UTC [1] FATAL:  database files are incompatible with server\n",
            None,
            "db-image-major-unpinned",
        ),
        (
            "#9 [web 4/7] RUN pip install psycopg2\n#9 1.204 Error: pg_config executable not found.\n",
            Some("web"),
            "driver-build-deps-missing",
        ),
        (
            "------\n > [api 5/6] RUN ./manage.py collectstatic:\n0.412 KeyError: 'SECRET_KEY'\n------\n",
            Some("api"),
            "required-env-not-provided",
        ),
        (
            "{\"log\":\"relation \\\"django_session\\\" does not exist\",\"stream\":\"stderr\"}\n",
            None,
            "db-migrate-never-run",
        ),
        (
            "web exited with code 127\nERROR: for web  Cannot start service web: Bind for 0.0.0.0:80 failed: port is already allocated",
            Some("web"),
            "ports-concatenated-by-override",
        ),
    ] {
        let found = alone(log);
        assert_eq!(found.symptoms.len(), 1, "{log}: {:?}", found.symptoms);
        assert_eq!(found.symptoms[0].service.as_deref(), service, "{log}");
        assert_eq!(names(&found)[0], first, "{log}");
    }
    let utf16: Vec<u8> = "\u{feff}web-1 | no such table: shop_item\r\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    assert_eq!(names(&alone(utf16))[0], "db-migrate-never-run");
}

#[test]
fn code_that_a_traceback_quotes_is_no_symptom() {
    let log = "Traceback (most recent call last):\n  File \"x.py\", line 1, in get\n    raise ImproperlyConfigured('Set the X environment \
               variable')\n    KeyError: 'X'\nValueError: something else\n";
    assert!(alone(log).symptoms.is_empty());
}

#[test]
fn the_first_failure_comes_first_and_what_healthy_stacks_say_comes_last() {
    let log = "migrate-1 exited with code 0\nnginx-1 | nginx: [emerg] host not found in upstream \"web\" in /etc/nginx/nginx.conf:3\n\
               web-1 | CommandError: You must set settings.ALLOWED_HOSTS if DEBUG is False.\n";
    let found = alone(log);
    assert_eq!(names(&found)[0], "upstream-without-depends-on");
    let empty = names(&found).iter().position(|n| *n == "allowed-hosts-empty").unwrap();
    let exits = names(&found).iter().position(|n| *n == "container-exits").unwrap();
    assert!(empty < exits, "{:?}", names(&found));
    assert_eq!(found.causes[exits].fit, Fit::Vague);
}

#[test]
fn a_finding_about_the_service_that_spoke_comes_first() {
    let files = memory(
        "services:\n  one:\n    image: nginx\n    env_file: one.env\n  two:\n    image: nginx\n    env_file: two.env\n",
    );
    let sources = Sources::new(&files);
    let report = check(&sources, &RelPath::root(), &Options::default());
    let places = Places::of_report(&report, &sources);
    for (service, file) in [("one", "one.env"), ("two", "two.env")] {
        let log = format!(
            "{service}-1  | env file /app/x.env not found: stat /app/x.env: no such file or directory\n"
        );
        let found = explain(read(log.as_bytes()).unwrap(), Some((&report, &places)));
        let cause = found.causes.iter().find(|c| c.rule.name == "env-file-missing").unwrap();
        assert_eq!(cause.findings.len(), 2);
        let span = report.findings[cause.findings[0]].labels[0].span;
        assert_eq!(&sources.file(span.file).text[span.range()], file);
    }
}

#[test]
fn what_nothing_in_the_project_explains_is_told_apart() {
    let log = format!(
        "{FOUNDING}worker-1 | Error 99 connecting to localhost:6379. Cannot assign requested address.\n"
    );
    let (_, text) = within(&home().join("fixtures/pop_planner/1-as-published"), &log);
    let open = "what else the log says, not found in this project; possible causes\n";
    let (same, open) = (
        text.find("can look the same").unwrap(),
        text.find(open).unwrap_or_else(|| panic!("{text}")),
    );
    assert!(
        same < open && text[open..].contains("compose-doctor explain broker-host-localhost"),
        "{text}"
    );
}

#[test]
fn equal_lines_are_counted() {
    let log = "web-1 | no such table: a\nweb-1 | no such table: b\nworker-1 | no such table: a\n"
        .repeat(500);
    let found = alone(log);
    let counts: Vec<_> =
        found.symptoms.iter().map(|s| (s.service.as_deref(), s.line, s.count)).collect();
    assert_eq!(counts, [(Some("web"), 1, 1000), (Some("worker"), 3, 500)]);
    assert!(shown(&found)[0].contains("  web, line 1, 1000 times\n"));
}
