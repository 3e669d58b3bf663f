//! What fuzzing found (`fuzz/README.md`), each input as small as it gets, with what went wrong.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test that fails may panic")]

use compose_doctor::internals::finding::Report;
use compose_doctor::internals::report::{RenderOptions, concise, full, json};
use compose_doctor::internals::source::{MemoryFiles, RelPath, Sources};
use compose_doctor::internals::syntax::python::Module;
use compose_doctor::{Options, check};
use std::fmt::Write as _;
use std::time::{Duration, Instant};

/// What these took before they were mended was minutes. A build without optimisation on a busy machine takes its time.
const LIMIT: Duration = Duration::from_secs(60);

/// Checks files and gives everything that is said of them.
fn said(files: &[(&str, &str)]) -> String {
    let mut memory = MemoryFiles::new();
    for (path, text) in files {
        memory.add(path, *text);
    }
    let sources = Sources::new(&memory);
    let report = check(&sources, &RelPath::root(), &Options::default());
    let options = RenderOptions { color: false, width: 100 };
    format!(
        "{}{}{}",
        full(&report, &sources, options),
        concise(&report, &sources),
        json(&report, &sources)
    )
}

/// Checks files, which must not take long.
fn quick<T>(files: &[(&str, &str)], look: impl FnOnce(&Report) -> T) -> T {
    let mut memory = MemoryFiles::new();
    for (path, text) in files {
        memory.add(path, *text);
    }
    let started = Instant::now();
    let report = check(&Sources::new(&memory), &RelPath::root(), &Options::default());
    assert!(started.elapsed() < LIMIT, "took {:?}", started.elapsed());
    look(&report)
}

/// `python`: where an expression is missing, the parser puts in a name without letters, which stood over the bracket.
#[test]
fn a_missing_expression_is_no_name() {
    let memory = MemoryFiles::new();
    let sources = Sources::new(&memory);
    for text in ["p []", "p = a[]\n", "(: = 1)", "x = [-1] []\n"] {
        let shown = format!("{:?}", Module::read(&sources.add("settings.py", text)).body);
        assert!(!shown.contains("Name(\"\")"), "{text}: {shown}");
    }
}

const BUILT: &str = "services:\n  web:\n    build: .\n";

/// `secrets`: a line of another language in an nginx file was repeated in the message, with the password it sets.
#[test]
fn a_message_does_not_repeat_a_password() {
    let compose = "services:\n  proxy:\n    image: nginx:1.28\n    volumes: [./nginx.conf:/etc/nginx/conf.d/default.conf:ro]\n";
    for (line, password) in [
        ("DB_PASSWORD=oA2mk7Q5FyAw2nv", "oA2mk7Q5FyAw2nv"),
        ("API_TOKEN=\"x9y8z7w6v5\"", "x9y8z7w6v5"),
    ] {
        let nginx = format!("server {{\n  {line}\n  listen 80;\n}}\n");
        let said = said(&[("compose.yaml", compose), ("nginx.conf", &nginx)]);
        assert!(said.contains("no ; after"), "the case is not met: {said}");
        assert!(!said.contains(password), "{said}");
    }
}

/// `scale`: the variables of a stage were copied at every instruction, and held by every `RUN`: a file of the size that is
/// read took 20 seconds, and one that mixes the two more memory than a machine has.
#[test]
fn variables_of_a_dockerfile_are_bounded() {
    let (mut many, mut mixed, mut stages) =
        (String::from("FROM a\n"), String::from("FROM a\n"), String::from("FROM a AS s\n"));
    for i in 0..12_000 {
        let _ = writeln!(many, "ENV A{i}=$A{i}");
        let _ = write!(mixed, "ENV A{i}=1\nRUN b\n");
        let _ = if i < 6_000 { writeln!(stages, "ENV A{i}=1") } else { writeln!(stages, "FROM s") };
    }
    for text in [many, mixed, stages] {
        let errors = quick(
            &[("compose.yaml", BUILT), ("Dockerfile", &text[..text.len().min(250_000)])],
            |report| {
                report
                    .findings
                    .iter()
                    .filter(|f| f.message.unmasked().contains("more than 1000 instructions"))
                    .count()
            },
        );
        assert_eq!(errors, 1, "nobody is told that the rest is not read");
    }
}

/// The same with all variables in one instruction, which counts each of them.
#[test]
fn variables_of_one_instruction_are_bounded() {
    let mut text = String::from("FROM a\nENV");
    (0..20_000).for_each(|i| {
        let _ = write!(text, " A{i}=1");
    });
    text.push_str("\nRUN b\n");
    assert!(quick(&[("compose.yaml", BUILT), ("Dockerfile", &text)], |r| r
        .findings
        .iter()
        .any(|f| f.message.unmasked().contains("more than 1000"))));
}

/// `scale`: what each service needs was worked out anew for every pair of services, and services were looked up by going
/// through all of them: 7 seconds for a thousand services that wait for each other.
#[test]
fn services_that_wait_for_each_other() {
    let mut text = String::from("services:\n");
    (0..900).for_each(|i| {
        let _ = writeln!(text, "  s{i}: {{image: nginx, depends_on: [s1{i}]}}");
    });
    quick(&[("compose.yaml", &text)], |_| ());
}

/// Found beside the one above: of services in layers, each waiting for all of the next, every way to the last was gone.
#[test]
fn many_ways_from_one_service_to_another() {
    let mut text = String::from(
        "services:
  app: {image: gunicorn, depends_on: [l0a]}
  proxy:
    image: nginx:1.28
    volumes: [./nginx.conf:/etc/nginx/conf.d/default.conf:ro]
    depends_on: [l0b]
",
    );
    for layer in 0..40 {
        for name in ["a", "b", "c"] {
            let next = layer + 1;
            let _ = writeln!(
                text,
                "  l{layer}{name}: {{image: redis, depends_on: [l{next}a, l{next}b, l{next}c]}}"
            );
        }
    }
    text.push_str("  l40a: {image: redis}\n  l40b: {image: redis}\n  l40c: {image: redis}\n");
    let nginx = "server {\n  listen 80;\n  location / { proxy_pass http://app:8000; }\n}\n";
    let told = quick(&[("compose.yaml", &text), ("nginx.conf", nginx)], |r| {
        r.findings.iter().any(|f| f.rule.name == "upstream-without-depends-on")
    });
    assert!(told, "the case is not met");
}
