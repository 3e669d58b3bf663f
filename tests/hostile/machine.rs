//! A machine that has little to give, and readers that go away.

use super::{Folder, NEIGHBOUR, Numbers, Run, STILL_CHECKED, files::as_nobody, watch};
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Stdio};
use std::time::Duration;

const PROGRAM: &str = env!("CARGO_BIN_EXE_compose-doctor");

/// Runs a line of shell in which `$0` is the program.
fn shell(folder: &Folder, line: &str) -> Run {
    let mut command = Command::new("sh");
    command.current_dir(&folder.0).args(["-c", line, PROGRAM]);
    let run = watch(command);
    run.is_sound(line);
    run
}

/// H54: readers that have had enough, and writers that cannot write.
#[test]
fn h54_outputs_that_cannot_be_written() {
    let folder = Folder::with_neighbour();
    for index in 0..120 {
        folder.write(&format!("p{index}/compose.yaml"), NEIGHBOUR);
    }
    for format in super::FORMATS {
        let check = format!("\"$0\" check --output-format {format}");
        let first = shell(&folder, &format!("{check} | head -1"));
        assert!(first.status == 0 && first.err.lines().count() < 10, "{}", first.all());
        // What the program itself ended with, when its reader is gone.
        let left =
            shell(&folder, &format!("{{ {check}; echo $? >&3; }} 3>status | true; cat status"));
        assert!(left.out.trim() == "1", "{format}: {}", left.all());
        let full = shell(&folder, &format!("{check} >/dev/full"));
        assert!(
            full.status == 2 && full.err.contains("the output cannot be written"),
            "{format}: {}",
            full.all()
        );
        for (to, status) in
            [(">&-", 1), ("2>&-", 1), (">&- 2>&-", 1), ("</dev/null", 1), ("2>/dev/full", 1)]
        {
            let run = shell(&folder, &format!("{check} {to}"));
            assert_eq!(run.status, status, "{format} {to}: {}", run.all());
        }
    }
    for line in [
        "\"$0\" config -f p1/compose.yaml >/dev/full",
        "\"$0\" rules >/dev/full",
        "\"$0\" explain port-mismatch >/dev/full",
        "\"$0\" --help >/dev/full",
        "\"$0\" env -f p1/compose.yaml | true",
    ] {
        shell(&folder, line);
    }
}

/// H55: terminals that can do little, or say what is not so.
#[test]
fn h55_terminals() {
    let folder = Folder::with_neighbour();
    for (variables, coloured) in [
        ("TERM=dumb", false),
        ("COLUMNS=0", false),
        ("COLUMNS=1", false),
        ("COLUMNS=99999999999999999999", false),
        ("COLUMNS=-5", false),
        ("LANG=C LC_ALL=C", false),
        ("NO_COLOR=", false),
        ("NO_COLOR=1 FORCE_COLOR=1", false),
        ("FORCE_COLOR=3", true),
        ("FORCE_COLOR=0", false),
        ("TERM= TERMINFO=/nowhere", false),
        ("RUST_BACKTRACE=full", false),
    ] {
        for format in super::FORMATS {
            let run = shell(&folder, &format!("{variables} \"$0\" check --output-format {format}"));
            assert!(
                run.status == 1 && run.all().contains("gone"),
                "{variables} {format}: {}",
                run.all()
            );
            assert_eq!(
                run.all().contains('\u{1b}'),
                coloured && format == "full",
                "{variables} {format}"
            );
        }
    }
    assert_eq!(folder.run(&["check", "--width", "1"]).status, 2);
}

/// H58: no folder, no home, few files, little memory, one thread, nothing that can be written.
#[test]
fn h58_a_machine_with_little_to_give() {
    let folder = Folder::with_neighbour();
    for index in 0..8 {
        folder.write(&format!("p{index}/compose.yaml"), NEIGHBOUR);
    }
    for limits in [
        "unset HOME",
        "ulimit -n 16",
        "ulimit -v 500000",
        "ulimit -s 256",
        "export RAYON_NUM_THREADS=1",
        "ulimit -c 0",
        "umask 777",
        "cd p1",
        "ulimit -f 0",
    ] {
        let run = shell(&folder, &format!("{limits} && \"$0\" check --output-format json"));
        assert!(run.status == 1 && run.out.contains(STILL_CHECKED), "{limits}: {}", run.all());
    }
    let gone = shell(&folder, "mkdir gone && cd gone && rmdir ../gone && \"$0\" check");
    assert!(gone.status == 2 && gone.err.contains("does not exist"), "{}", gone.all());
    let gone = shell(&folder, "mkdir gone && cd gone && rmdir ../gone && \"$0\" config");
    assert!(gone.status == 2 && gone.err.starts_with("error: "), "{}", gone.all());
    // What cannot be written by anyone is read as well.
    let closed = shell(&folder, "chmod -R a-w . && \"$0\" check -q; s=$?; chmod -R u+w .; exit $s");
    assert_eq!(closed.status, 1, "{}", closed.all());
    match as_nobody(&folder, &["check", "-q"]) {
        Some(run) => assert_eq!(run.status, 1, "{}", run.all()),
        None => println!("skipped: the tests run as root, and setpriv cannot be used"),
    }
    // The clock does not come into it: nothing asks what time it is.
    for file in super::support::files_below(&super::support::home().join("src")) {
        let text = std::fs::read_to_string(&file).unwrap_or_default();
        assert!(!text.contains("SystemTime"), "{} looks at the clock", file.display());
    }
}

/// H59: signals at any moment: the run ends by them, and nothing is left behind.
#[test]
fn h59_signals() {
    let folder = Folder::with_neighbour();
    for index in 0..60 {
        folder.write(&format!("p{index}/compose.yaml"), NEIGHBOUR);
    }
    let before = super::support::files_below(&folder.0);
    let mut numbers = Numbers(0x1234_5678_9abc_def1);
    let (mut stopped, rounds) = (0, if cfg!(debug_assertions) { 10 } else { 17 });
    for (signal, number) in [("INT", 2), ("TERM", 15), ("PIPE", 13)] {
        for _ in 0..rounds {
            let mut child = Command::new(PROGRAM)
                .arg("check")
                .current_dir(&folder.0)
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap();
            std::thread::sleep(Duration::from_micros(numbers.next() % 30_000));
            let _ = Command::new("kill")
                .args([&format!("-{signal}"), &child.id().to_string()])
                .stderr(Stdio::null())
                .status();
            // The reader goes away as well.
            drop(child.stdout.take());
            let output = child.wait_with_output().unwrap();
            let status = output.status;
            // A pipe that is gone is told by the write that fails; Rust's programs do not die of the signal.
            let fine = status.signal() == Some(number) || matches!(status.code(), Some(0 | 1));
            assert!(fine, "{signal}: {status:?}\n{}", String::from_utf8_lossy(&output.stderr));
            assert!(!String::from_utf8_lossy(&output.stderr).contains("panicked"));
            stopped += usize::from(status.signal().is_some());
        }
    }
    assert!(stopped > 0, "no run was stopped");
    assert_eq!(super::support::files_below(&folder.0), before);
}
