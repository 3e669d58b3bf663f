//! Dockerfiles and shell scripts that are made to multiply, to nest or never to end.

use super::{Folder, STILL_CHECKED};
use serde_json::Value;

/// What a project runs.
const DOCKERFILE: &str = "FROM python:3.12\nWORKDIR /app\nCOPY . .\nRUN pip install django\n";

/// Cases as projects of one checkout, which also has one that is broken in a plain way: a run over all of them must
/// find that one, stay within what one file may take, and write no more than 64 KiB for each finding.
fn checked(cases: &[(&str, Vec<(&str, String)>)]) -> Value {
    let folder = Folder::with_neighbour();
    for (case, files) in cases {
        files.iter().for_each(|(path, text)| folder.write(&format!("{case}/{path}"), text));
    }
    let run = folder.run(&["check", "--min-confidence", "low", "--output-format", "json"]);
    assert!(run.status == 1 && run.out.contains(STILL_CHECKED), "{}", run.all());
    let json: Value = serde_json::from_str(&run.out).unwrap();
    for finding in json["findings"].as_array().unwrap() {
        assert!(finding.to_string().len() < 64 * 1024, "{}", finding["rule"]);
    }
    let full = folder.run(&["check"]);
    assert!(full.status == 1 && full.out.contains(STILL_CHECKED), "{}", full.all());
    json
}

/// The messages of findings in files of a case.
fn about(json: &Value, case: &str) -> Vec<String> {
    let at = |f: &&Value| {
        f["labels"][0]["path"].as_str().is_some_and(|p| p.starts_with(&format!("{case}/")))
    };
    json["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(at)
        .map(|f| format!("{} {}", f["rule"].as_str().unwrap(), f["message"]))
        .collect()
}

fn dockerfile(text: String) -> Vec<(&'static str, String)> {
    vec![("compose.yaml", "services:\n  web:\n    build: .\n".to_owned()), ("Dockerfile", text)]
}

fn script(text: String) -> Vec<(&'static str, String)> {
    vec![
        (
            "compose.yaml",
            "services:\n  web:\n    build: .\n    entrypoint: ./entrypoint.sh\n".to_owned(),
        ),
        ("Dockerfile", DOCKERFILE.to_owned()),
        ("entrypoint.sh", format!("#!/bin/sh\n{text}\n")),
    ]
}

fn told(json: &Value, expected: &[(&str, &str)]) {
    let missing: Vec<String> = expected
        .iter()
        .filter(|(case, words)| !about(json, case).iter().any(|m| m.contains(words)))
        .map(|(case, words)| format!("{case} does not say {words:?}: {:#?}", about(json, case)))
        .collect();
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

/// H36: nesting without end, in a RUN line and in a script.
#[test]
fn h36_shell_nested_without_end() {
    let shapes: [(&str, String); 12] = [
        ("subshells", "(".repeat(3_000)),
        ("substitutions", "$(".repeat(3_000)),
        ("quoted", "\"$(".repeat(3_000)),
        ("backticks", "`".repeat(3_000)),
        ("defaults", "${x:-".repeat(3_000)),
        ("sums", "$((".repeat(3_000)),
        ("groups", "{ ".repeat(3_000)),
        ("ifs", "if ".repeat(3_000)),
        ("fors", "for x in y; do ".repeat(3_000)),
        ("cases", "case x in a) ".repeat(3_000)),
        ("closed", format!("{}a{}", "(".repeat(3_000), ")".repeat(3_000))),
        ("ands", "a && ".repeat(5_000)),
    ];
    let names: Vec<(String, String)> =
        shapes.iter().map(|(n, _)| (format!("run-{n}"), format!("script-{n}"))).collect();
    let cases: Vec<(&str, Vec<(&str, String)>)> = shapes
        .iter()
        .zip(&names)
        .flat_map(|((_, text), (run, own))| {
            [
                (run.as_str(), dockerfile(format!("FROM python:3.12\nRUN {text}\n"))),
                (own.as_str(), script(text.clone())),
            ]
        })
        .collect();
    checked(&cases);
}

/// H36: programs that start each other, and commands that double.
#[test]
fn h36_programs_that_start_each_other() {
    let cases = [
        ("exec", script("exec ".repeat(40_000))),
        ("env", script("env ".repeat(40_000))),
        ("eval", script("eval ".repeat(20_000))),
        ("sh-c", script("sh -c \"".repeat(5_000))),
        ("run-exec", dockerfile(format!("FROM python:3.12\nRUN {}\n", "exec ".repeat(40_000)))),
        (
            "arguments",
            script(format!("set -- a b\n{}f \"$@\"", "set -- \"$@\" \"$@\" a\n".repeat(60))),
        ),
        ("recursive", script("f() { f \"$@\" \"$@\"; }\nf a b".to_owned())),
        (
            "functions",
            script(
                (0..40).map(|i| format!("f{i}() {{ f{0}; f{0}; }}\n", i + 1)).collect::<String>()
                    + "f0",
            ),
        ),
        ("doubled", script(format!("A=xxxxxxxxxxxx\n{}echo \"$A\"", "A=\"$A$A\"\n".repeat(60)))),
        ("procfile", {
            let mut files = script("honcho start".to_owned());
            files.push(("Procfile", "web: honcho start\n".repeat(2_000)));
            files
        }),
        ("makefile", {
            let mut files = script("make run".to_owned());
            files.push(("Makefile", format!("run:\n{}", "\tmake run\n".repeat(2_000))));
            files
        }),
        ("supervisor", {
            let mut files = script("supervisord -c s.conf".to_owned());
            files.push(("s.conf", "[program:a]\ncommand=supervisord -c /app/s.conf\n".repeat(500)));
            files
        }),
    ];
    checked(&cases);
}

/// H36: what a script costs is multiplied by the services that run it; a folder gets so much, and its limit is told.
#[test]
fn h36_a_script_for_each_of_many_services() {
    let services: String =
        (0..400).map(|i| format!("  s{i}:\n    build: .\n    entrypoint: ./entrypoint.sh\n    environment: {{A: '{i}'}}\n")).collect();
    let mut files = script("echo a && b\n".repeat(2_000));
    files[0].1 = format!("services:\n{services}");
    let json = checked(&[("many", files)]);
    let skipped = json["coverage"]["skipped"].to_string();
    assert!(
        skipped.contains("many/compose.yaml")
            && skipped.contains("asks for more work than one folder gets"),
        "{skipped}"
    );
}

/// H37: here-documents that do not end, with long names, and many of them.
#[test]
fn h37_here_documents() {
    let thousand: String = (0..1_000).map(|i| format!(" <<E{i}")).collect();
    let bodies: String = (0..1_000).map(|i| format!("x\nE{i}\n")).collect();
    let json = checked(&[
        ("open", dockerfile("FROM python:3.12\nRUN <<EOF\necho\n".into())),
        ("long", dockerfile(format!("FROM python:3.12\nRUN <<{}\necho\n", "E".repeat(200_000)))),
        ("closed", dockerfile(format!("FROM python:3.12\nRUN cat{thousand}\n{bodies}"))),
        (
            "all-open",
            dockerfile(format!("FROM python:3.12\nRUN cat{thousand}\n{}", "x\n".repeat(50_000))),
        ),
        ("many", dockerfile(format!("FROM python:3.12\n{}", "RUN <<E\nE\n".repeat(20_000)))),
        ("in-script", script(format!("cat{}", " <<A".repeat(20_000)))),
    ]);
    told(
        &json,
        &[
            ("open", "syntax-error"),
            ("long", "syntax-error"),
            ("all-open", "syntax-error"),
            ("many", "more than 1000 instructions"),
        ],
    );
    assert!(
        !about(&json, "closed").iter().any(|m| m.starts_with("syntax-error")),
        "{:?}",
        about(&json, "closed")
    );
}

/// H38: directives, and lines that go on and on.
#[test]
fn h38_directives_and_continued_lines() {
    let json = checked(&[
        (
            "escape",
            dockerfile(
                "# escape=`\n# syntax=evil/frontend\nFROM python:3.12\nRUN a `\n b\n".into(),
            ),
        ),
        (
            "continued",
            dockerfile(format!("FROM python:3.12\nRUN a \\\n{}b\n", "\\\n".repeat(100_000))),
        ),
        (
            "comments",
            dockerfile(format!("FROM python:3.12\nRUN a \\\n{}b\n", "# c\n\\\n".repeat(40_000))),
        ),
    ]);
    assert!(
        !about(&json, "escape").iter().any(|m| m.starts_with("syntax-error")),
        "{:?}",
        about(&json, "escape")
    );
}

/// H39: stages that stand on each other, and variables that double.
#[test]
fn h39_stages_and_variables() {
    let stages = |count: usize, line: &dyn Fn(usize) -> String| {
        let all: String =
            (0..count).map(|i| format!("FROM s{i} AS s{}\n{}\n", i + 1, line(i))).collect();
        dockerfile(format!("FROM python:3.12 AS s0\n{all}"))
    };
    let doubling: String = (0..40).map(|i| format!("ARG A{}=$A{i}$A{i}\n", i + 1)).collect();
    let long = "x".repeat(60_000);
    let cases = [
        (
            "itself",
            dockerfile("FROM a AS a\nFROM a AS b\nCOPY --from=b x y\nCOPY --from=a x y\n".into()),
        ),
        (
            "circle",
            dockerfile("FROM x AS a\nCOPY --from=b / /\nFROM x AS b\nCOPY --from=a / /\n".into()),
        ),
        ("many", stages(5_000, &|_| "RUN pip install x".into())),
        ("inherited", stages(5_000, &|i| format!("ENV A{i}={i}"))),
        (
            "arguments",
            dockerfile(
                (0..10_000).map(|i| format!("ARG A{}=x$A{i}\n", i + 1)).collect::<String>()
                    + "FROM python:3.12\n",
            ),
        ),
        (
            "doubling",
            dockerfile(format!(
                "FROM python:3.12\nARG A0=xxxxxxxxxxxxxxxxxxxx\n{doubling}ENV Z=$A40\nRUN echo $Z\n"
            )),
        ),
        (
            "doubled-base",
            dockerfile(format!("ARG A0=xxxxxxxxxxxxxxxxxxxx\n{doubling}FROM python:$A40\n")),
        ),
        (
            "long",
            dockerfile(format!(
                "FROM python:3.12\nENV A={long}\n{}",
                (0..900).map(|i| format!("ENV B{i}=$A\n")).collect::<String>()
            )),
        ),
        (
            "one-line",
            dockerfile(format!(
                "FROM python:3.12\nENV A={long}\nENV {}\n",
                (0..9_000).map(|i| format!("B{i}=$A ")).collect::<String>()
            )),
        ),
        (
            "sources",
            dockerfile(format!(
                "FROM python:3.12\nENV A={long}\nCOPY {} /x/\n",
                "$A ".repeat(40_000)
            )),
        ),
        (
            "folders",
            dockerfile(format!(
                "FROM python:3.12\nENV A={}\n{}",
                "a/".repeat(30_000),
                "WORKDIR $A\n".repeat(900)
            )),
        ),
        ("deeper", dockerfile(format!("FROM python:3.12\n{}", "WORKDIR a\n".repeat(20_000)))),
        (
            "runs",
            dockerfile(format!(
                "FROM python:3.12\n{}",
                (0..450).map(|i| format!("ENV A{i}={i}\nRUN pip install x\n")).collect::<String>()
            )),
        ),
        (
            "installs",
            dockerfile(format!(
                "FROM python:3.12\n{}",
                "RUN pip install a b c d && apt-get install -y x\n".repeat(5_000)
            )),
        ),
    ];
    let mut json = checked(&cases[..7]);
    // Each of these takes as much as one folder gets.
    for some in [&cases[7..8], &cases[8..9], &cases[9..10], &cases[10..]] {
        let more = checked(some);
        json["findings"]
            .as_array_mut()
            .unwrap()
            .extend(more["findings"].as_array().unwrap().clone());
    }
    let more = "there are more than 1000 instructions and variables; the rest is not read";
    let room = "variables put too much text into this folder's files";
    told(
        &json,
        &[
            ("many", more),
            ("inherited", more),
            ("arguments", more),
            ("deeper", more),
            ("installs", more),
            ("one-line", more),
            ("long", room),
        ],
    );
}

/// H40: scripts that read devices, the home of whoever runs this, or themselves.
#[test]
fn h40_sourced_files() {
    let levels = (0..24).map(|i| {
        (format!("e{i}.sh"), format!("#!/bin/sh\n. ./e{0}.sh\n. ./e{0}.sh\n./e{0}.sh\n", i + 1))
    });
    let mut exponential = script(". ./e0.sh".into());
    let levels: Vec<(String, String)> = levels.collect();
    exponential.extend(levels.iter().map(|(path, text)| (path.as_str(), text.clone())));
    checked(&[
        (
            "devices",
            script(
                "source /dev/zero\n. ~/.ssh/id_rsa\n. \"$X\"\n. ./entrypoint.sh\n./entrypoint.sh\n"
                    .repeat(100),
            ),
        ),
        ("exponential", exponential),
    ]);
}

/// H41: entrypoints that are no scripts. One with carriage returns is a mistake people make, and told as one.
#[test]
fn h41_entrypoints_that_are_no_scripts() {
    let folder = Folder::with_neighbour();
    let kinds: [(&str, &[u8]); 5] = [
        ("elf", b"\x7fELF\x02\x01\x01\0\0\0\0\xff\xfe"),
        ("gzip", b"\x1f\x8b\x08\0\0\0\0\0\0\x03\xff"),
        ("empty", b""),
        ("windows", b"#!/bin/sh\r\nexec \"$@\"\r\n"),
        ("python", b"#!/usr/bin/env python\nimport os\n"),
    ];
    for (kind, bytes) in kinds {
        folder.write(
            &format!("{kind}/compose.yaml"),
            "services:\n  web:\n    build: .\n    command: gunicorn a\n",
        );
        folder.write(
            &format!("{kind}/Dockerfile"),
            format!(
                "{DOCKERFILE}COPY entrypoint.sh /entrypoint.sh\nENTRYPOINT [\"/entrypoint.sh\"]\n"
            ),
        );
        folder.write(&format!("{kind}/entrypoint.sh"), bytes);
    }
    let run = folder.run(&["check", "--min-confidence", "low", "--output-format", "json"]);
    assert!(run.status == 1 && run.out.contains(STILL_CHECKED), "{}", run.all());
    let json: Value = serde_json::from_str(&run.out).unwrap();
    let windows = json["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|f| f.to_string().contains("windows/entrypoint.sh"))
        .count();
    assert!(windows > 0, "{json:#}");
    let skipped = json["coverage"]["skipped"].to_string();
    assert!(skipped.contains("elf/entrypoint.sh") && skipped.contains("binary file"), "{skipped}");
}
