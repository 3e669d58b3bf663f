//! `compose-doctor diagnose` as a program: its exit status, where its input comes from, what it takes.

use super::*;

#[test]
fn the_exit_status_says_whether_something_is_known() {
    let folder = std::env::temp_dir();
    let run = |args: &[&str], input: &str| {
        command().args(args).current_dir(&folder).write_stdin(input).output().unwrap()
    };
    assert_eq!(run(&[], "no such table: a\n").status.code(), Some(0));
    assert_eq!(run(&["-"], "no such table: a\n").status.code(), Some(0));
    let nothing = run(&[], "all is well\n");
    assert_eq!(nothing.status.code(), Some(1));
    assert_eq!(
        String::from_utf8_lossy(&nothing.stdout),
        "read 1 line; compose-doctor knows no symptom in them\n\n"
    );
    assert_eq!(run(&[], "").status.code(), Some(1));
    for args in [
        &["no-such-file"][..],
        &["."],
        &["--project", "no-such-folder"],
        &["--output-format", "xml"],
    ] {
        let wrong = run(args, "");
        assert_eq!(wrong.status.code(), Some(2), "{args:?}");
        assert!(!wrong.stderr.is_empty() && wrong.stdout.is_empty(), "{args:?}");
    }
}

#[test]
fn a_project_may_be_named_or_be_the_one_here() {
    let project = home().join("fixtures/pop_planner/1-as-published");
    let file = project.join("docker-compose.yaml");
    let named = [
        vec!["--project".into(), project.clone().into_os_string()],
        vec!["--project".into(), file.into_os_string()],
    ];
    for (args, here) in [
        (named[0].clone(), std::env::temp_dir()),
        (named[1].clone(), std::env::temp_dir()),
        (vec![], project.join("backend")),
    ] {
        let output = command()
            .args(&args)
            .args(["--output-format", "json"])
            .current_dir(here)
            .write_stdin(FOUNDING)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(0));
        let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(json["schema_version"], 1);
        assert_eq!(json["checked"], true);
        assert_eq!(json["log"]["lines"], 14);
        assert_eq!(json["log"]["symptoms"][0]["service"], "django");
        let first = &json["causes"][0];
        assert_eq!(
            (&first["rule"], &first["found"], &first["fit"]),
            (&"db-migrate-never-run".into(), &true.into(), &"best".into())
        );
        assert_eq!(first["findings"][0]["labels"][0]["path"], "docker-compose.yaml");
        assert_eq!(json["causes"][1]["found"], false);
    }
}

#[cfg(unix)]
#[test]
fn a_named_pipe_is_not_waited_for() {
    let pipe = std::env::temp_dir().join(format!("compose-doctor-pipe-{}", std::process::id()));
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    if !made.is_ok_and(|s| s.success()) {
        #[allow(clippy::print_stderr, reason = "a skipped test says why")]
        {
            eprintln!("skipped: there is no mkfifo here");
        }
        return;
    }
    let output = command().arg(&pipe).timeout(std::time::Duration::from_secs(20)).output().unwrap();
    std::fs::remove_file(&pipe).unwrap();
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stderr).contains("is no regular file"));
}

/// The most memory a diagnosis may have taken at any time, in KiB.
#[cfg(target_os = "linux")]
const MAX_MEMORY: u64 = 96 * 1024;

/// How much is piped in: enough to tell a leak, and in a build without optimisation no more than takes a few seconds.
#[cfg(target_os = "linux")]
const PIPED: usize = if cfg!(debug_assertions) { 24 << 20 } else { 100 << 20 };

/// Pipes `piece` again and again, and gives back the most memory that was taken, in KiB.
#[cfg(target_os = "linux")]
fn piped(piece: &[u8]) -> u64 {
    use std::io::Write;
    use std::process::{Command, Stdio};
    let mut child = Command::new(env!("CARGO_BIN_EXE_compose-doctor"))
        .arg("diagnose")
        .current_dir(std::env::temp_dir())
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    for _ in 0..PIPED / piece.len() {
        input.write_all(piece).unwrap();
    }
    // All but what fits into the pipe has been read by now.
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
    drop(input);
    assert_eq!(child.wait().unwrap().code(), Some(0));
    let most = status.lines().find_map(|l| l.strip_prefix("VmHWM:")).unwrap();
    most.trim().trim_end_matches(" kB").parse().unwrap()
}

#[cfg(target_os = "linux")]
#[test]
fn memory_does_not_grow_with_the_log() {
    let ordinary =
        b"web-1  | 172.18.0.1 - - [31/Jan/2026:12:00:00 +0000] \"GET /health HTTP/1.1\" 200 2\n"
            .repeat(600);
    let mut ordinary = ordinary;
    ordinary.extend_from_slice(b"web-1  | relation \"django_session\" does not exist\n");
    let mut endless = b"relation \"django_session\" does not exist ".to_vec();
    endless.resize(64 * 1024, b'x');
    for (what, piece) in [("many lines", ordinary), ("one line", endless)] {
        let most = piped(&piece);
        assert!(most < MAX_MEMORY, "{what}: {most} KiB");
    }
}
