//! `check --fix`: what is written, what is left alone, and what is said.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test that fails may panic, and looks at the files that were written"
)]

use assert_cmd::Command;
use std::fs;
use std::path::{Path, PathBuf};

const COMPOSE: &str =
    "version: '3'\nservices:\n  web:\n    image: nginx:1.28\n    ports:\n      - 80:80\n";
const FIXED: &str = "services:\n  web:\n    image: nginx:1.28\n    ports:\n      - 80:80\n";

/// A folder with these files.
fn project(name: &str, files: &[(&str, &str)]) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("fixing").join(name);
    let _ = fs::remove_dir_all(&folder);
    for (path, text) in files {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

/// Runs `check` in a folder: the status, and what was written to each stream.
fn check(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let mut command = Command::cargo_bin("compose-doctor").unwrap();
    let run = command.current_dir(folder).arg("check").args(arguments).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (run.status.code().unwrap_or(-1), text(&run.stdout), text(&run.stderr))
}

fn read(folder: &Path, path: &str) -> String {
    fs::read_to_string(folder.join(path)).unwrap()
}

#[test]
fn safe_fixes_are_written() {
    let folder = project("safe", &[("compose.yaml", COMPOSE)]);
    let (status, _, said) = check(&folder, &["--fix"]);
    assert_eq!(status, 0);
    assert!(said.starts_with("fixed 1 finding in 1 file\n"), "{said}");
    assert_eq!(read(&folder, "compose.yaml"), FIXED);
    let (status, _, said) = check(&folder, &["--fix", "--show-fixes", "--exit-non-zero-on-fix"]);
    assert_eq!((status, said.lines().next()), (0, Some("fixed 0 findings in 0 files")));
}

#[test]
fn the_status_tells_that_something_was_fixed() {
    let folder = project("status", &[("compose.yaml", COMPOSE)]);
    let (status, out, said) =
        check(&folder, &["--fix-only", "--show-fixes", "--exit-non-zero-on-fix"]);
    assert_eq!((status, out.as_str()), (1, ""));
    assert!(said.contains("  compose.yaml: 1 × version-obsolete\n"), "{said}");
}

#[test]
fn a_diff_writes_nothing() {
    let folder = project("diff", &[("compose.yaml", COMPOSE)]);
    let (status, out, _) = check(&folder, &["--diff"]);
    assert_eq!(status, 1);
    assert_eq!(
        out,
        "--- compose.yaml\n+++ compose.yaml\n@@ -1,4 +1,3 @@\n-version: '3'\n services:\n   web:\n     image: nginx:1.28\n"
    );
    assert_eq!(read(&folder, "compose.yaml"), COMPOSE);
    fs::write(folder.join("compose.yaml"), FIXED).unwrap();
    assert_eq!(check(&folder, &["--diff"]).0, 0);
}

#[test]
fn unsafe_fixes_are_asked_for() {
    let text = "services:\n  web:\n    image: nginx:1.28\n    environment:\n      - A=\"x\"\n";
    let folder = project("unsafe", &[("compose.yaml", text)]);
    check(&folder, &["--fix", "--min-confidence", "low"]);
    assert_eq!(read(&folder, "compose.yaml"), text);
    check(&folder, &["--fix", "--unsafe-fixes", "--min-confidence", "low"]);
    assert_eq!(read(&folder, "compose.yaml"), text.replace('"', ""));
}

#[test]
fn bytes_that_are_not_meant_stay() {
    for (name, before, after) in [
        ("crlf", COMPOSE.replace('\n', "\r\n"), FIXED.replace('\n', "\r\n")),
        ("bom", format!("\u{feff}{COMPOSE}"), format!("\u{feff}{FIXED}")),
        ("no-final-break", COMPOSE.trim_end().to_owned(), FIXED.trim_end().to_owned()),
    ] {
        let folder = project(name, &[("compose.yaml", &before)]);
        check(&folder, &["--fix"]);
        assert_eq!(read(&folder, "compose.yaml"), after, "{name}");
    }
}

#[cfg(unix)]
#[test]
fn the_mode_stays_and_what_may_not_be_written_is_left() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o7777;
    let folder = project("mode", &[("compose.yaml", COMPOSE)]);
    let file = folder.join("compose.yaml");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
    check(&folder, &["--fix"]);
    assert_eq!((mode(&file), read(&folder, "compose.yaml").as_str()), (0o640, FIXED));

    let folder = project("read-only", &[("compose.yaml", COMPOSE)]);
    let file = folder.join("compose.yaml");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o440)).unwrap();
    let (status, _, said) = check(&folder, &["--fix"]);
    assert_eq!(status, 2, "{said}");
    assert!(said.contains("compose.yaml was not written: it is read-only"), "{said}");
    assert_eq!(read(&folder, "compose.yaml"), COMPOSE);

    let folder = project("link", &[("real/file.yaml", COMPOSE)]);
    symlink("real/file.yaml", folder.join("compose.yaml")).unwrap();
    let (status, _, said) = check(&folder, &["--fix"]);
    assert_eq!(status, 2, "{said}");
    assert!(said.contains("it is a symbolic link"), "{said}");
    assert_eq!(read(&folder, "real/file.yaml"), COMPOSE);

    let folder = project("hard-link", &[("compose.yaml", COMPOSE)]);
    fs::hard_link(folder.join("compose.yaml"), folder.join("other")).unwrap();
    let (status, _, said) = check(&folder, &["--fix"]);
    assert_eq!(status, 2, "{said}");
    assert!(said.contains("hard link"), "{said}");
    let left: Vec<_> = fs::read_dir(&folder).unwrap().flatten().map(|e| e.file_name()).collect();
    assert_eq!(left.len(), 2, "no file is left behind: {left:?}");
}

#[test]
fn comments_are_added_beside_findings() {
    let folder = project("ignore", &[("compose.yaml", COMPOSE)]);
    let (status, _, said) = check(&folder, &["--add-ignore=later"]);
    assert_eq!(status, 0);
    assert!(said.starts_with("silenced 1 finding in 1 file\n"), "{said}");
    let text = read(&folder, "compose.yaml");
    assert_eq!(text, format!("# compose-doctor: ignore[version-obsolete] later\n{COMPOSE}"));
    let (status, out, _) = check(&folder, &["--output-format", "concise"]);
    assert_eq!((status, out.as_str()), (0, ""));
}
