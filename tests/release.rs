//! What a release brings besides its archives: the installer, the formula and the repository for pre-commit.
#![cfg(unix)]
#![allow(
    clippy::disallowed_methods,
    reason = "a test runs scripts of the repository on real folders"
)]
#![allow(clippy::print_stderr, reason = "a test that is skipped says so")]

mod support;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use support::home;

const TARGETS: [&str; 4] = [
    "aarch64-apple-darwin",
    "x86_64-apple-darwin",
    "aarch64-unknown-linux-musl",
    "x86_64-unknown-linux-musl",
];

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("release").join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("the folder can be made");
    folder
}

fn run(program: &str, arguments: &[&Path], folder: &Path) -> Output {
    Command::new(program).args(arguments).current_dir(folder).output().expect("it starts")
}

/// What is installed here: small, so that packing it takes no time.
const PROGRAM: &str = "#!/bin/sh\necho compose-doctor 1.2.3\n";

/// A release in a folder: an archive for each system, and their checksums.
fn release(at: &Path) {
    let download = at.join("download/v1.2.3");
    for target in TARGETS {
        let inner = download.join(format!("compose-doctor-{target}"));
        std::fs::create_dir_all(&inner).expect("a folder");
        std::fs::write(inner.join("compose-doctor"), PROGRAM).expect("it can be written");
        let script = format!(
            "tar -czf compose-doctor-{target}.tar.gz compose-doctor-{target} && rm -r compose-doctor-{target}"
        );
        let made = Command::new("sh").args(["-c", &script]).current_dir(&download).status();
        assert!(made.expect("tar starts").success());
    }
    let sums = "if command -v sha256sum >/dev/null; then sha256sum *.gz; else shasum -a 256 *.gz; fi >SHA256SUMS";
    let made = Command::new("sh").args(["-c", sums]).current_dir(&download).status();
    assert!(made.expect("it starts").success());
}

fn install(releases: &Path, into: &Path, version: &str) -> Output {
    Command::new("sh")
        .arg(home().join("packaging/install.sh"))
        .arg(version)
        .env("COMPOSE_DOCTOR_RELEASES", format!("file://{}", releases.display()))
        .env("COMPOSE_DOCTOR_INSTALL_DIR", into)
        .output()
        .expect("sh starts")
}

#[test]
fn the_installer_installs_what_has_the_right_checksum() {
    if Command::new("curl").arg("--version").output().is_err() {
        eprintln!("skipped: needs curl, which reads file:// addresses");
        return;
    }
    let at = folder("install");
    release(&at);
    let bin = at.join("bin");
    let output = install(&at, &bin, "1.2.3");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let version = run("./compose-doctor", &[Path::new("--version")], &bin);
    assert!(version.stdout.starts_with(b"compose-doctor "));

    for archive in std::fs::read_dir(at.join("download/v1.2.3")).expect("it is there").flatten() {
        if archive.path().extension().is_some_and(|e| e == "gz") {
            let mut bytes = std::fs::read(archive.path()).expect("an archive");
            bytes.push(0);
            std::fs::write(archive.path(), bytes).expect("it can be written");
        }
    }
    let other = at.join("other");
    let output = install(&at, &other, "1.2.3");
    assert!(!output.status.success() && !other.exists(), "an archive that was changed is refused");
    assert!(!install(&at, &other, "9.9.9").status.success());
    assert!(!install(&at, &other, "1;x").status.success());
}

#[test]
fn the_formula_has_the_checksum_of_each_archive() {
    let at = folder("formula");
    let lines: String = TARGETS
        .iter()
        .zip('a'..)
        .map(|(target, digit)| {
            format!("{}  compose-doctor-{target}.tar.gz\n", digit.to_string().repeat(64))
        })
        .collect();
    std::fs::write(at.join("SHA256SUMS"), &lines).expect("it can be written");
    let script = home().join("packaging/homebrew/formula.sh");
    let output = run("sh", &[&script, Path::new("1.2.3"), Path::new("SHA256SUMS")], &at);
    let formula = String::from_utf8(output.stdout).expect("text");
    for line in lines.lines() {
        let (sum, archive) = line.split_once("  ").expect("two columns");
        let url = formula.find(&format!("/v1.2.3/{archive}\"")).expect("its address");
        let rest = formula.get(url..).unwrap_or_default();
        assert!(rest.lines().nth(1).is_some_and(|l| l.contains(sum)), "{formula}");
    }
    std::fs::write(at.join("SHA256SUMS"), "").expect("it can be written");
    assert!(
        !run("sh", &[&script, Path::new("1.2.3"), Path::new("SHA256SUMS")], &at).status.success()
    );
}

#[test]
fn the_mirror_pins_the_wheel_and_runs_for_the_same_files() {
    let at = folder("mirror");
    let script = home().join("packaging/pre-commit-mirror/write.sh");
    assert!(run("sh", &[&script, Path::new("1.2.3"), &at], &at).status.success());
    let read = |path: PathBuf| std::fs::read_to_string(path).expect("it is there");
    let project: toml::Table = read(at.join("pyproject.toml")).parse().expect("TOML");
    assert_eq!(
        project["project"]["dependencies"][0].as_str(),
        Some("compose-doctor-django==1.2.3")
    );
    let hooks = |text: &str| -> serde_yaml::Value { serde_yaml::from_str(text).expect("YAML") };
    let mirror = hooks(&read(at.join(".pre-commit-hooks.yaml")));
    let sources = hooks(&read(home().join(".pre-commit-hooks.yaml")));
    assert_eq!(mirror.as_sequence().map(Vec::len), Some(1));
    assert_eq!(mirror[0], sources[0]);
}
