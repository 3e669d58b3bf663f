//! The scripts of the action, run as a runner runs them: inputs are variables, outputs are lines of a file.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test that fails may panic, and sets up real folders"
)]
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "what is skipped is said")]

mod support;

use std::collections::BTreeMap;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use support::home;

const PROGRAM: &str = env!("CARGO_BIN_EXE_compose-doctor");

/// Stands in for the program: writes down its arguments, one NUL behind each and a line break behind each call, prints
/// a line for each of two findings, and ends as it is told.
const RECORDER: &str = r#"#!/usr/bin/env bash
{ printf '%s\0' "$@"; printf '\n'; } >>"$RECORD"
format='' file=''
while (($#)); do
  case $1 in
    --output-format) format=$2; shift ;;
    --output-file) file=$2; shift ;;
  esac
  shift
done
if [[ -n $file ]]; then printf '{}' >"$file"; else printf '%s one\n%s two\n' "$format" "$format"; fi
exit "${RECORDED_STATUS:-1}"
"#;

/// A runner's folders, gone when the test ends.
struct Runner {
    folder: PathBuf,
    inputs: BTreeMap<&'static str, String>,
    program: PathBuf,
}

/// How a script ended.
struct Ran {
    status: i32,
    out: String,
    err: String,
    outputs: String,
    summary: String,
    /// The arguments of each call of the stand-in.
    calls: Vec<Vec<String>>,
}

impl Runner {
    /// A runner on which the stand-in is installed, with a checkout that holds `app/` and a link out of it.
    fn new(test: &str) -> Self {
        let folder = std::env::temp_dir()
            .join(format!("compose-doctor-action-{}-{test}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(folder.join("checkout/app")).unwrap();
        std::fs::create_dir_all(folder.join("outside")).unwrap();
        std::fs::write(folder.join("checkout/compose-doctor.toml"), "").unwrap();
        symlink("../outside", folder.join("checkout/link")).unwrap();
        let program = folder.join("recorder");
        std::fs::write(&program, RECORDER).unwrap();
        std::fs::set_permissions(&program, PermissionsExt::from_mode(0o755)).unwrap();
        Self { folder, inputs: BTreeMap::new(), program }
    }

    fn with(mut self, input: &'static str, value: &str) -> Self {
        self.inputs.insert(input, value.to_owned());
        self
    }

    fn checkout(&self) -> PathBuf {
        self.folder.join("checkout")
    }

    fn run(&self, script: &str) -> Ran {
        for file in ["output", "summary", "record"] {
            std::fs::write(self.folder.join(file), "").unwrap();
        }
        let mut command = Command::new("bash");
        command
            .arg(home().join(".github/action").join(script))
            .current_dir(&self.folder)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap())
            .env("DOCTOR", &self.program)
            .env("RECORD", self.folder.join("record"))
            .env("GITHUB_WORKSPACE", self.checkout())
            .env("GITHUB_OUTPUT", self.folder.join("output"))
            .env("GITHUB_STEP_SUMMARY", self.folder.join("summary"))
            .env("GITHUB_ACTION_PATH", home())
            .env("RUNNER_TEMP", &self.folder)
            // What a job sets for its own calls must not lead the action astray.
            .env("COMPOSE_DOCTOR_OUTPUT_FORMAT", "json")
            .env("COMPOSE_DOCTOR_OUTPUT_FILE", "stray")
            .envs(&self.inputs);
        let output = command.output().unwrap();
        let read = |name: &str| std::fs::read_to_string(self.folder.join(name)).unwrap();
        let calls = read("record");
        let calls = calls.split("\0\n").filter(|c| !c.is_empty());
        Ran {
            status: output.status.code().unwrap(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
            outputs: read("output"),
            summary: read("summary"),
            calls: calls.map(|c| c.split('\0').map(str::to_owned).collect()).collect(),
        }
    }
}

impl Drop for Runner {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

#[test]
fn one_step_writes_log_annotations_summary_sarif_and_outputs() {
    let runner = Runner::new("all")
        .with("DOCTOR_PATH", "app\n.\n")
        .with("DOCTOR_FAIL_ON", "error")
        .with("DOCTOR_CONFIG", "compose-doctor.toml")
        .with("DOCTOR_BASELINE", "compose-doctor.toml")
        .with("DOCTOR_ARGS", "--ignore=version-obsolete\n\n--min-confidence=high\n")
        .with("DOCTOR_SARIF", "doctor.sarif");
    let ran = runner.run("run.sh");
    assert_eq!(ran.status, 1, "{}", ran.err);
    assert_eq!(ran.out, "full one\nfull two\ngithub one\ngithub two\n");
    assert_eq!(ran.summary, "markdown one\nmarkdown two\n");
    assert_eq!(ran.outputs, "sarif-file=doctor.sarif\nfindings=2\nexit-code=1\n");
    assert_eq!(std::fs::read_to_string(runner.checkout().join("doctor.sarif")).unwrap(), "{}");
    let formats: Vec<_> = ran
        .calls
        .iter()
        .map(|c| c[c.iter().position(|a| a == "--output-format").unwrap() + 1].as_str())
        .collect();
    assert_eq!(formats, ["full", "github", "markdown", "sarif", "json-lines"]);
    for call in &ran.calls {
        let given = [
            "check",
            "--fail-on=error",
            "--config=compose-doctor.toml",
            "--baseline=compose-doctor.toml",
            "--ignore=version-obsolete",
            "--min-confidence=high",
        ];
        assert_eq!(call[..6], given, "{call:?}");
        assert_eq!(call[call.len() - 3..], ["--", "app", "."], "{call:?}");
    }
}

#[test]
fn a_clean_project_and_one_that_cannot_be_checked_are_told_apart() {
    let clean = Runner::new("clean").with("RECORDED_STATUS", "0").run("run.sh");
    assert_eq!(
        (clean.status, clean.outputs.lines().last()),
        (0, Some("exit-code=0")),
        "{}",
        clean.err
    );
    let trouble = Runner::new("trouble").with("RECORDED_STATUS", "2").run("run.sh");
    assert_eq!((trouble.status, trouble.outputs.as_str()), (2, "exit-code=2\n"));
    assert_eq!(trouble.calls.len(), 1, "nothing more is asked of a program that failed");
    assert!(trouble.summary.contains("could not check"), "{}", trouble.summary);
}

#[test]
fn what_is_not_wanted_is_not_written() {
    let ran = Runner::new("quiet")
        .with("DOCTOR_ANNOTATIONS", "false")
        .with("DOCTOR_SUMMARY", "false")
        .run("run.sh");
    assert_eq!(ran.out, "full one\nfull two\n");
    assert_eq!((ran.summary.as_str(), ran.outputs.as_str()), ("", "findings=2\nexit-code=1\n"));
}

#[test]
fn hostile_inputs_are_data() {
    let paths = [
        "; touch pwned",
        "$(touch pwned)",
        "`touch pwned`",
        "app\"; touch pwned; \"",
        "app && touch pwned",
        "-rf",
        "--output-file=pwned",
        "app\n-rf",
        "app\n::set-output name=x::y",
        "link",
        "link/..",
        "..",
        "/",
        "/etc/passwd",
        "app/../..",
        "app\t",
        "app\u{1b}[2J",
        "no-such-folder",
        "*",
    ];
    for (input, values) in [
        ("DOCTOR_PATH", &paths[..]),
        ("DOCTOR_CONFIG", &paths),
        ("DOCTOR_BASELINE", &paths),
        ("DOCTOR_SARIF", &["-", "--output-format=json", "a\nexit-code=0", "a\rb"]),
        (
            "DOCTOR_FAIL_ON",
            &["-1", "error; touch pwned", "error\nexit-code=0", "Error", "$(touch pwned)"],
        ),
        ("DOCTOR_SUMMARY", &["yes", "$(touch pwned)"]),
        ("DOCTOR_ANNOTATIONS", &["1", "true\nx=y"]),
    ] {
        for value in values {
            let runner = Runner::new("hostile").with(input, value);
            let ran = runner.run("run.sh");
            assert_eq!(ran.status, 2, "{input}={value:?}: {}{}", ran.out, ran.err);
            assert!(ran.calls.is_empty(), "{input}={value:?} reached the program: {:?}", ran.calls);
            assert_eq!(ran.outputs, "exit-code=2\n", "{input}={value:?}");
            assert!(
                ran.err.starts_with("compose-doctor: ") && ran.err.lines().count() == 1,
                "{input}={value:?}: {:?}",
                ran.err
            );
            assert!(
                !ran.err.trim_end().contains(char::is_control),
                "{input}={value:?}: {:?}",
                ran.err
            );
            for folder in [runner.folder.clone(), runner.checkout(), runner.checkout().join("app")]
            {
                assert!(
                    !folder.join("pwned").exists() && !folder.join("stray").exists(),
                    "{input}={value:?}"
                );
            }
        }
    }
}

#[test]
fn arguments_stay_whole() {
    let ran = Runner::new("arguments")
        .with("DOCTOR_ARGS", "--ignore=a b\n$(touch pwned)\n; x\n*\n")
        .run("run.sh");
    assert_eq!(ran.calls[0][1..5], ["--ignore=a b", "$(touch pwned)", "; x", "*"]);
}

#[test]
fn a_folder_with_spaces_is_one_path() {
    let runner = Runner::new("spaces").with("DOCTOR_PATH", "my app; ls\n");
    std::fs::create_dir(runner.checkout().join("my app; ls")).unwrap();
    assert_eq!(runner.run("run.sh").calls[0].last().unwrap(), "my app; ls");
}

#[test]
fn the_version_is_a_number_or_a_word() {
    for value in
        ["latest", "0.1.0; touch pwned", "--index-url=http://127.0.0.1", "0.1.0\nx", "==1", "1"]
    {
        let runner = Runner::new("version").with("DOCTOR_VERSION", value);
        let ran = runner.run("install.sh");
        assert_eq!((ran.status, ran.outputs.as_str()), (2, ""), "{value:?}: {}", ran.err);
        assert!(
            !runner.folder.join("pwned").exists() && !runner.folder.join("compose-doctor").exists(),
            "{value:?}"
        );
    }
}

#[test]
fn an_installed_program_is_found_on_the_path() {
    let folder = Path::new(PROGRAM).parent().unwrap();
    let path = format!("{}:{}", folder.display(), std::env::var("PATH").unwrap());
    let ran = Runner::new("installed")
        .with("DOCTOR_VERSION", "installed")
        .with("PATH", &path)
        .run("install.sh");
    assert_eq!((ran.status, ran.outputs), (0, format!("program={PROGRAM}\n")), "{}", ran.err);
    assert_eq!(ran.out, format!("compose-doctor {}\n", env!("CARGO_PKG_VERSION")));
}

/// The same with the program itself, once it writes the formats that the script asks for.
#[test]
fn the_program_answers_what_the_script_asks() {
    let help = Command::new(PROGRAM).args(["check", "--help"]).output().unwrap();
    if !String::from_utf8_lossy(&help.stdout).contains("sarif") {
        eprintln!(
            "skipped: this build does not write SARIF yet; nothing to do but to build one that does"
        );
        return;
    }
    let mut runner = Runner::new("real").with("DOCTOR_SARIF", "doctor.sarif");
    runner.program = PROGRAM.into();
    let checkout = runner.checkout();
    let project = home().join("fixtures/pop_planner/1-as-published");
    for path in support::files_below(&project) {
        let to = checkout.join(path.strip_prefix(&project).unwrap());
        std::fs::create_dir_all(to.parent().unwrap()).unwrap();
        std::fs::copy(&path, to).unwrap();
    }
    let ran = runner.run("run.sh");
    assert_eq!(ran.status, 1, "{}", ran.err);
    let findings: usize =
        ran.outputs.lines().find_map(|l| l.strip_prefix("findings=")).unwrap().parse().unwrap();
    assert!(findings >= 4, "{}", ran.outputs);
    let sarif: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(checkout.join("doctor.sarif")).unwrap())
            .unwrap();
    assert_eq!(sarif["runs"][0]["results"].as_array().unwrap().len(), findings);
    assert_eq!(
        ran.out
            .lines()
            .filter(|l| ["::error ", "::warning ", "::notice "].iter().any(|w| l.starts_with(w)))
            .count(),
        findings
    );
    assert!(ran.summary.contains("db-migrate-never-run"), "{}", ran.summary);
}
