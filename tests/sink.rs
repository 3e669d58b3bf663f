//! Where the result of a check goes: files, pipes, and the options that say how much of it.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test that fails may panic, and sets up real folders"
)]

#[path = "sink/pipes.rs"]
mod pipes;

use compose_doctor::internals::report::FORMATS;
use serde_json::Value;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A fresh folder outside of any git work tree, gone when the test ends.
struct Folder(PathBuf);

impl Folder {
    fn new(test: &str) -> Self {
        let folder =
            std::env::temp_dir().join(format!("compose-doctor-sink-{}-{test}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder.canonicalize().unwrap())
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.0.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.0.join(path)).unwrap()
    }

    /// The names in it, sorted.
    fn names(&self) -> Vec<String> {
        let mut names: Vec<_> = std::fs::read_dir(&self.0)
            .unwrap()
            .map(|e| e.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Two services that want the same port (an error), and a version (advice).
const WRONG: &str = "version: '3'
services:
  a: {image: 'nginx:1.27', ports: ['8080:80']}
  b: {image: 'nginx:1.27', ports: ['8080:80']}
";

fn project(test: &str) -> Folder {
    let folder = Folder::new(test);
    folder.write("compose.yaml", WRONG);
    folder
}

struct Run {
    out: String,
    err: String,
    status: i32,
}

fn command(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_compose-doctor"));
    command.current_dir(folder).arg("check").args(args);
    for name in [
        "NO_COLOR",
        "FORCE_COLOR",
        "CLICOLOR_FORCE",
        "COLUMNS",
        "COMPOSE_DOCTOR_OUTPUT_FORMAT",
        "COMPOSE_DOCTOR_OUTPUT_FILE",
    ] {
        command.env_remove(name);
    }
    command
}

fn ended(command: &mut Command) -> Run {
    let output = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Run {
        out: text(output.stdout),
        err: text(output.stderr),
        status: output.status.code().unwrap_or(-1),
    }
}

fn run(folder: &Folder, args: &[&str]) -> Run {
    ended(&mut command(&folder.0, args))
}

#[test]
fn the_format_never_changes_the_status() {
    let folder = project("status");
    folder.write("good/compose.yaml", "services:\n  a: {image: 'nginx:1.27'}\n");
    folder.write("empty/x", "");
    for format in &FORMATS {
        let status = |args: &[&str]| {
            run(&folder, &[args, &["--output-format", format.name]].concat()).status
        };
        let name = format.name;
        assert_eq!(status(&["compose.yaml"]), 1, "{name}");
        assert_eq!(status(&["compose.yaml", "-e"]), 0, "{name}");
        assert_eq!(status(&["compose.yaml", "-q"]), 1, "{name}");
        assert_eq!(status(&["good"]), 0, "{name}");
        assert_eq!(status(&["empty"]), 2, "{name}");
        assert_eq!(status(&["empty", "--exit-zero"]), 2, "{name}");
        assert_eq!(status(&["empty", "--no-errors-on-unmatched"]), 0, "{name}");
        assert_eq!(status(&["nowhere", "--no-errors-on-unmatched"]), 2, "{name}");
    }
}

#[test]
fn a_file_gets_what_standard_output_would() {
    let folder = project("file");
    for format in &FORMATS {
        let there = run(&folder, &["--output-format", format.name]);
        let file = run(&folder, &["--output-format", format.name, "-o", "report"]);
        assert_eq!((file.out.as_str(), file.status), ("", 1), "{}", file.err);
        assert_eq!(folder.read("report"), there.out, "{}", format.name);
        assert_eq!(
            file.err,
            "1 error, 1 note in 1 stack\n1 fixable with --fix (1 more with --unsafe-fixes)\nread 1 compose file\n",
            "{}",
            format.name
        );
        let quiet = run(&folder, &["--output-format", format.name, "-o", "report", "-q"]);
        assert_eq!((quiet.out.as_str(), quiet.err.as_str()), ("", "1 error, 1 note in 1 stack\n"));
        assert_eq!(folder.read("report"), there.out, "{}", format.name);
    }
    assert_eq!(folder.names(), ["compose.yaml", "report"], "nothing else is left");
    let color = command(&folder.0, &["-o", "report"]).env("FORCE_COLOR", "1").output().unwrap();
    assert!(
        folder.read("report").contains('\u{1b}')
            && !String::from_utf8(color.stderr).unwrap().contains('\u{1b}')
    );
    assert_eq!(run(&folder, &["-o", "-"]).out, run(&folder, &[]).out);
}

#[test]
fn variables_stand_in_for_options() {
    let folder = project("variables");
    let with = |format: &str, file: &str, args: &[&str]| {
        ended(
            command(&folder.0, args)
                .env("COMPOSE_DOCTOR_OUTPUT_FORMAT", format)
                .env("COMPOSE_DOCTOR_OUTPUT_FILE", file),
        )
    };
    assert_eq!(with("concise", "", &[]).out.lines().count(), 2);
    assert!(
        with("", "", &[]).out.contains("compose-doctor explain"),
        "an empty variable says nothing"
    );
    assert!(
        with("concise", "", &["--output-format", "gitlab"]).out.starts_with('['),
        "an option is stronger"
    );
    assert_eq!(with("json", "x.json", &[]).out, "");
    assert!(folder.read("x.json").starts_with('{'));
    let wrong = with("sarfi", "", &[]);
    assert_eq!(
        (wrong.status, wrong.err.as_str()),
        (
            2,
            "error: COMPOSE_DOCTOR_OUTPUT_FORMAT: there is no format `sarfi`; did you mean `sarif`?\n"
        )
    );
}

#[test]
fn a_report_goes_to_regular_files_only() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = project("refused");
    folder.write(".git/hooks/sample", "");
    folder.write("old.txt", "old");
    std::fs::create_dir(folder.0.join("folder")).unwrap();
    symlink("old.txt", folder.0.join("link")).unwrap();
    symlink("nowhere", folder.0.join("broken")).unwrap();
    symlink(".git/hooks", folder.0.join("hooks")).unwrap();
    assert!(Command::new("mkfifo").arg(folder.0.join("pipe")).status().unwrap().success());
    for (path, why) in [
        ("folder", "is a folder"),
        ("new/", "is a folder"),
        ("link", "is a symbolic link"),
        ("broken", "is a symbolic link"),
        ("pipe", "is not a regular file"),
        ("/dev/null", "is not a regular file"),
        (".git/hooks/pre-commit", "lies below a `.git` folder"),
        (".GIT/config", "folder"),
        ("hooks/post-checkout", "lies below a `.git` folder"),
        ("missing/report", "is in a folder that cannot be opened"),
        ("compose.yaml", "is one of the files that were checked"),
    ] {
        let run = run(&folder, &["-o", path]);
        assert_eq!((run.status, run.out.as_str()), (2, ""), "{path}");
        assert!(
            run.err.starts_with("error: the output file `") && run.err.contains(why),
            "{path}: {}",
            run.err
        );
    }
    assert_eq!(folder.read("compose.yaml"), WRONG);
    assert_eq!(folder.read("old.txt"), "old");
    assert_eq!(std::fs::read_dir(folder.0.join(".git/hooks")).unwrap().count(), 1);
    assert_eq!(
        folder.names(),
        [".git", "broken", "compose.yaml", "folder", "hooks", "link", "old.txt", "pipe"]
    );
    std::fs::set_permissions(folder.0.join("old.txt"), std::fs::Permissions::from_mode(0o640))
        .unwrap();
    assert_eq!(run(&folder, &["-o", "old.txt"]).status, 1);
    assert!(folder.read("old.txt").contains("duplicate-host-port"));
    assert_eq!(
        std::fs::metadata(folder.0.join("old.txt")).unwrap().permissions().mode() & 0o777,
        0o640
    );
}

#[test]
fn nothing_to_check_leaves_no_old_report() {
    let folder = Folder::new("nothing");
    folder.write("report", "of an earlier run");
    for format in &FORMATS {
        let run = run(&folder, &["--output-format", format.name, "-o", "report"]);
        assert_eq!((run.out.as_str(), run.status), ("", 2));
        let left = folder.read("report");
        assert!(!left.contains("earlier"), "{}", format.name);
        assert_eq!(left.is_empty(), !format.kind.awaited(), "{}: {left}", format.name);
        if ["json", "sarif", "gitlab"].contains(&format.name) {
            serde_json::from_str::<Value>(&left).unwrap();
        }
    }
    let fine = run(&folder, &["--no-errors-on-unmatched"]);
    assert!(
        fine.out.is_empty() && fine.err.starts_with("no Compose file found in `.`\n"),
        "{}",
        fine.err
    );
    let quiet = run(&folder, &["--no-errors-on-unmatched", "-q"]);
    assert_eq!((quiet.out + &quiet.err, quiet.status), (String::new(), 0));
}

#[test]
fn statistics_count_each_rule() {
    let folder = project("statistics");
    let text = run(&folder, &["--statistics"]);
    assert_eq!(text.status, 1);
    let lines: Vec<&str> = text.out.lines().collect();
    assert!(
        lines[0].starts_with("1  error    duplicate-host-port  ")
            && lines[1].starts_with("1  info     version-obsolete  "),
        "{}",
        text.out
    );
    assert!(
        text.out.ends_with("\n\n1 error, 1 note in 1 stack\n1 fixable with --fix (1 more with --unsafe-fixes)\nread 1 compose file\n"),
        "{}",
        text.out
    );
    let concise =
        run(&folder, &["--statistics", "--output-format", "concise", "--max-diagnostics", "1"]);
    assert_eq!((concise.out, concise.err), (text.out, String::new()), "all are counted");
    let json: Value =
        serde_json::from_str(&run(&folder, &["--statistics", "--output-format", "json"]).out)
            .unwrap();
    let first = serde_json::json!({"rule": "duplicate-host-port", "severity": "error", "count": 1});
    assert_eq!((json["schema_version"].as_u64(), &json["statistics"][0]), (Some(1), &first));
    let wrong = run(&folder, &["--statistics", "--output-format", "sarif"]);
    assert!(
        wrong.status == 2 && wrong.err.contains("there are no statistics in `sarif`"),
        "{}",
        wrong.err
    );
}

#[test]
fn verbose_tells_what_was_read() {
    let folder = project("verbose");
    folder.write("Dockerfile", "FROM python:3.12\n");
    folder.write("compose.yaml", &format!("{WRONG}  c: {{build: ., env_file: big.env}}\n"));
    folder.write("big.env", &"A=1\n".repeat(100_000));
    let run = run(&folder, &["-v", "--output-format", "json"]);
    serde_json::from_str::<Value>(&run.out).unwrap();
    for want in [
        &format!("nothing outside of {} was opened\n", folder.0.display()),
        "\ncompose.yaml · services a, b, c · looks like ",
        "\nread Compose file compose.yaml\n",
        "\nread Dockerfile Dockerfile\n",
        "\nskipped big.env: it is larger than 256 KiB (not read)\n",
    ] {
        assert!(run.err.contains(want), "{want}\n{}", run.err);
    }
    assert_eq!(self::run(&folder, &["-v", "-q"]).status, 2, "one or the other");
}

#[test]
fn code_hosts_get_paths_from_the_top_wherever_the_check_starts() {
    let folder = Folder::new("top");
    folder.write("deploy/app/compose.yaml", WRONG);
    let path = |here: &str, args: &[&str]| {
        let mut command =
            command(&folder.0.join(here), &[&["--output-format", "gitlab"], args].concat());
        let list: Value = serde_json::from_str(&ended(&mut command).out).unwrap();
        list[0]["location"]["path"].as_str().unwrap().to_owned()
    };
    // Without git the folder that the program runs in is the top.
    assert_eq!(path("", &["deploy/app"]), "deploy/app/compose.yaml");
    assert_eq!(path("deploy", &["app/compose.yaml"]), "app/compose.yaml");
    assert_eq!(path("deploy/app", &[]), "compose.yaml");
    folder.write(".git/HEAD", "ref: refs/heads/main\n");
    for (here, target) in [
        ("", "deploy/app"),
        ("deploy", "app"),
        ("deploy/app", "."),
        ("deploy/app", "compose.yaml"),
        ("", "."),
    ] {
        assert_eq!(path(here, &[target]), "deploy/app/compose.yaml", "{here} {target}");
    }
}
