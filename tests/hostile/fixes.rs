//! What `--fix` may meet while it writes: it is killed, the disk is full or fails, files are others than they were. Each
//! file afterwards is the old one or the new one, whole.

use super::Folder;
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const OLD: &str =
    "version: '3'\nservices:\n  web:\n    image: nginx:1.28\n    ports:\n      - 80:80\n";
const NEW: &str = "services:\n  web:\n    image: nginx:1.28\n    ports:\n      - 80:80\n";
/// How many files a run writes.
const FILES: usize = 6;
/// How many moments are drawn at which a run is killed.
const KILLS: u64 = 200;
/// Calls by which a run writes, as far as it makes them.
const WRITING: [&str; 15] = [
    "openat",
    "read",
    "write",
    "close",
    "fsync",
    "fchmod",
    "fchown",
    "statx",
    "rename",
    "renameat",
    "renameat2",
    "link",
    "linkat",
    "unlink",
    "unlinkat",
];

/// A folder in which a run changes several files.
fn project() -> Folder {
    let folder = Folder::new();
    fill(&folder);
    folder
}

fn fill(folder: &Folder) {
    (0..FILES).for_each(|n| folder.write(&format!("part{n}/compose.yaml"), OLD));
}

fn program(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_compose-doctor"));
    command.args(["check", "--fix", "--exit-zero"]).current_dir(folder);
    command.env_remove("LD_LIBRARY_PATH").stdin(Stdio::null());
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// How many of the files are new; fails where one is neither new nor old.
fn new_files(folder: &Folder, when: &str) -> usize {
    let text = |n| std::fs::read_to_string(folder.path(&format!("part{n}/compose.yaml")));
    let texts: Vec<String> = (0..FILES).map(|n| text(n).unwrap_or_default()).collect();
    for text in &texts {
        assert!(text == OLD || text == NEW, "{when}: a file is neither old nor new: {text:?}");
    }
    texts.iter().filter(|t| *t == NEW).count()
}

/// Names in the folders of the files that are not theirs.
fn left_behind(folder: &Folder) -> Vec<String> {
    let names = |n| std::fs::read_dir(folder.path(&format!("part{n}"))).unwrap().flatten();
    let names = (0..FILES).flat_map(names).map(|e| e.file_name().into_string().unwrap());
    names.filter(|n| n != "compose.yaml").collect()
}

/// Numbers that look drawn, the same in every run.
fn drawn(seed: u64) -> u64 {
    let mut x = seed.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x ^ (x >> 31)
}

/// H61, H59: killed at moments that are drawn, the run leaves each file old or new, and the next run ends the work.
#[test]
fn h61_killed_at_drawn_moments() {
    let folder = project();
    let begun = Instant::now();
    assert!(program(&folder.0).status().unwrap().success());
    let whole = begun.elapsed();
    assert_eq!(new_files(&folder, "undisturbed"), FILES);
    let mut seen = BTreeMap::new();
    for kill in 0..KILLS {
        fill(&folder);
        let mut run = program(&folder.0).spawn().unwrap();
        // Most of the writing is near the end.
        let part = 200 + drawn(kill) % 900;
        std::thread::sleep(whole.mul_f64(part as f64 / 1000.0));
        let _ = run.kill();
        let _ = run.wait();
        let new = new_files(&folder, &format!("killed at {part} of 1000"));
        *seen.entry(new.min(1) + usize::from(new == FILES)).or_insert(0) += 1;
        let left = left_behind(&folder);
        let own = |n: &String| n.starts_with(".compose-doctor-") && n.ends_with(".tmp");
        assert!(left.iter().all(own), "{left:?}");
    }
    println!("{KILLS} kills: {seen:?} (0 nothing, 1 a part, 2 everything was written)");
    assert!(program(&folder.0).status().unwrap().success());
    assert_eq!(new_files(&folder, "again"), FILES);
}

/// What a run that was killed has left goes away, once it is old.
#[test]
fn h59_unfinished_files_are_removed() {
    let folder = project();
    let old = std::time::SystemTime::now() - Duration::from_secs(2 * 60 * 60);
    for (name, age) in [
        (".compose-doctor-a.tmp", old),
        (".compose-doctor-b.tmp", std::time::SystemTime::now()),
        (".compose-doctor-mine", old),
    ] {
        let path = format!("part0/{name}");
        folder.write(&path, "x");
        std::fs::File::options()
            .append(true)
            .open(folder.path(&path))
            .unwrap()
            .set_modified(age)
            .unwrap();
    }
    assert!(program(&folder.0).status().unwrap().success());
    let mut left = left_behind(&folder);
    left.sort();
    assert_eq!(left, [".compose-doctor-b.tmp", ".compose-doctor-mine"]);
}

/// The calls of a run from where it begins to write: each with how many of its name came before it; `None` where strace
/// cannot be used.
fn writing_calls(folder: &Folder) -> Option<Vec<(String, usize)>> {
    let log = folder.path("trace");
    let run = traced(folder, &["-o", log.to_str()?]).status().ok()?;
    let text = std::fs::read_to_string(&log).ok().filter(|_| run.success())?;
    std::fs::remove_file(log).ok()?;
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut calls = Vec::new();
    let mut writes = false;
    for line in text.lines() {
        let call = line.trim_start_matches(|c: char| c.is_ascii_digit() || c == ' ');
        let Some((name, _)) = call.split_once('(') else { continue };
        if !WRITING.contains(&name) {
            continue;
        }
        writes |= line.contains(".compose-doctor-");
        let count = counts.entry(name.to_owned()).or_default();
        *count += 1;
        if writes {
            calls.push((name.to_owned(), *count));
        }
    }
    Some(calls).filter(|c| !c.is_empty())
}

/// A run under strace. One thread: the calls are then the same in every run.
fn traced(folder: &Folder, options: &[&str]) -> Command {
    let mut command = Command::new("strace");
    command.args(["-f", "-qq"]).args(options).arg(env!("CARGO_BIN_EXE_compose-doctor"));
    command.args(["check", "--fix", "--exit-zero"]).current_dir(&folder.0);
    command.env_remove("LD_LIBRARY_PATH").env("RAYON_NUM_THREADS", "1").stdin(Stdio::null());
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// Disturbs a run at each call by which it writes, and judges what is left: the status, and how many files are new.
fn disturbed(how: &str, judge: impl Fn(Option<i32>, usize, &str) + Sync) -> Option<usize> {
    let calls = writing_calls(&project())?;
    calls.par_iter().for_each(|(name, count)| {
        let folder = project();
        let what = format!("inject={name}:{how}:when={count}");
        let run = traced(&folder, &["-e", &what, "-o", "/dev/null"]).status().unwrap();
        judge(run.code(), new_files(&folder, &what), &what);
    });
    Some(calls.len())
}

const NO_STRACE: &str =
    "skipped: strace cannot be used here; install it, and let this user trace its own processes";

/// H61: killed at every call by which it writes.
#[cfg(target_os = "linux")]
#[test]
fn h61_killed_at_every_call() {
    match disturbed("signal=KILL", |_, _, _| ()) {
        Some(calls) => println!("killed at {calls} calls"),
        None => println!("{NO_STRACE}"),
    }
}

/// H62, H66: every call by which it writes fails once. A run that ends well has written everything; one that does not has
/// written nothing, because what it wrote before gets its old bytes back.
#[cfg(target_os = "linux")]
#[test]
fn h62_every_call_fails_once() {
    let mut runs = 0;
    for error in ["ENOSPC", "EIO", "EINTR", "EACCES"] {
        let judge = |status: Option<i32>, new: usize, what: &str| match status {
            Some(0) => assert_eq!(new, FILES, "{what}: the status says that all is well"),
            // What it has to say is written last.
            Some(2) if what.contains("=write:") && new == FILES => {}
            Some(2) => assert_eq!(new, 0, "{what}: what was written before is written back"),
            other => panic!("{what}: ended with {other:?}"),
        };
        match disturbed(&format!("error={error}"), judge) {
            Some(calls) => runs += calls,
            None => return println!("{NO_STRACE}"),
        }
    }
    println!("{runs} runs with an error each");
}

/// Runs a script in a mount namespace of its own with the program as `$0`; `None` where that is not allowed.
#[cfg(target_os = "linux")]
fn unshared(folder: &Folder, script: &str) -> Option<(i32, String)> {
    let run = Command::new("unshare")
        .args(["-Urm", "sh", "-c", script, env!("CARGO_BIN_EXE_compose-doctor")])
        .current_dir(&folder.0)
        .env_remove("LD_LIBRARY_PATH")
        .output()
        .ok()?;
    let said = String::from_utf8_lossy(&[run.stdout, run.stderr].concat()).into_owned();
    let refused = said.contains("unshare:") || said.contains("mount:");
    (!refused).then_some((run.status.code()?, said))
}

/// H62: a disk that is full, and a process that may write no more bytes.
#[cfg(target_os = "linux")]
#[test]
fn h62_the_disk_is_full() {
    let folder = project();
    let script = "ulimit -f 0; trap '' XFSZ; \"$0\" check --fix";
    let full = Command::new("sh")
        .args(["-c", script, env!("CARGO_BIN_EXE_compose-doctor")])
        .current_dir(&folder.0)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&full.stderr).into_owned();
    assert_eq!((full.status.code(), new_files(&folder, "no bytes")), (Some(2), 0), "{said}");
    assert!(said.contains("part0/compose.yaml was not written: File too large"), "{said}");
    assert_eq!(left_behind(&folder), [""; 0]);

    let script = "set -e; mkdir full; mount -t tmpfs -o size=32k none full; cd full
        printf '%s' \"$OLD\" > compose.yaml; dd if=/dev/zero of=fill bs=1k 2>/dev/null || true
        set +e; \"$0\" check --fix; echo \"status $?\"; ls -A; cat compose.yaml";
    let script = format!("OLD=\"{OLD}\"; {script}");
    let Some((_, said)) = unshared(&folder, &script) else {
        return println!("skipped: no file system can be mounted here (unshare -Urm)");
    };
    let tail = format!("status 2\ncompose.yaml\nfill\n{OLD}");
    assert!(said.starts_with(&tail) && said.contains("No space left on device"), "{said}");
}

/// H63: what cannot or must not be written is named, and nothing else is written either.
#[cfg(target_os = "linux")]
#[test]
fn h63_not_to_be_written() {
    let folder = project();
    let script = "set -e; mount --bind part3 part3; mount -o remount,ro,bind part3
        set +e; \"$0\" check --fix";
    match unshared(&folder, script) {
        Some((status, said)) => {
            assert!(
                said.contains("part3/compose.yaml was not written: Read-only file system"),
                "{said}"
            );
            assert_eq!((status, new_files(&folder, "read-only")), (2, 0));
        }
        None => println!("skipped: no folder can be made read-only here (unshare -Urm)"),
    }
    // A folder that a link names: what is behind it is read by its real path or not at all.
    let outside = Folder::new();
    outside.write("compose.yaml", OLD);
    folder.link(outside.0.to_str().unwrap(), "away");
    folder.link("part0", "again");
    assert_eq!(folder.run(&["check", "--fix"]).status, 0);
    assert_eq!(new_files(&folder, "beside links"), FILES);
    assert_eq!(std::fs::read_to_string(outside.path("compose.yaml")).unwrap(), OLD);
    assert!(folder.path("again").is_symlink() && folder.path("away").is_symlink());
    // A pipe where a line of a file would go.
    let folder = Folder::new();
    folder.write("compose.yaml", "services:\n  web:\n    image: nginx:${TAG:?set it}\n");
    let made = Command::new("mkfifo").arg(folder.path(".env")).status().unwrap();
    assert!(made.success());
    folder.run(&["check", "--fix", "--unsafe-fixes"]);
    assert!(!folder.path(".env").is_file());
}

/// H64: whoever edits a file while a run goes on keeps the edit.
#[test]
fn h64_edited_meanwhile() {
    const MINE: &str = "# mine\n";
    let folder = project();
    let begun = Instant::now();
    assert!(program(&folder.0).status().unwrap().success());
    let whole = begun.elapsed();
    let (mut refused, mut fixed) = (0, 0);
    for edit in 0..60 {
        fill(&folder);
        let mut run = program(&folder.0).spawn().unwrap();
        std::thread::sleep(whole.mul_f64((drawn(edit) % 1000) as f64 / 1000.0));
        let signal = |name: &str| {
            let id = run.id().to_string();
            Command::new("kill").args([name, id.as_str()]).stderr(Stdio::null()).status().unwrap()
        };
        signal("-STOP");
        let path = folder.path("part3/compose.yaml");
        let now = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, format!("{MINE}{now}")).unwrap();
        signal("-CONT");
        let status = run.wait().unwrap().code();
        let after = std::fs::read_to_string(&path).unwrap();
        assert!(
            after == format!("{MINE}{OLD}") || after == format!("{MINE}{NEW}"),
            "the edit is kept: {after:?}"
        );
        std::fs::write(&path, if after.ends_with(OLD) { OLD } else { NEW }).unwrap();
        let new = new_files(&folder, "edited");
        match status {
            Some(2) => {
                assert_eq!(new, 0, "nothing is written where a file has changed");
                refused += 1;
            }
            _ => fixed += usize::from(new == FILES),
        }
    }
    println!("60 edits: {refused} refused, {fixed} fixed");
    assert_eq!(refused + fixed, 60);
}

/// H65: what a fix changes stands in an anchor, a flow mapping, a block scalar or a heredoc.
#[test]
fn h65_in_unusual_places() {
    for (path, before, after) in [
        (
            "compose.yaml",
            "x-a: &a {restart: always, image: nginx:1.28, environment: [X=\"y\"]}\nservices: {a: *a, b: *a}\n",
            Some(
                "x-a: &a {restart: always, image: nginx:1.28, environment: [X=y]}\nservices: {a: *a, b: *a}\n",
            ),
        ),
        (
            "compose.yaml",
            "{version: '3', services: {a: {image: nginx:1.28}}}\n",
            Some("{services: {a: {image: nginx:1.28}}}\n"),
        ),
        (
            "compose.yaml",
            "version: >-\n  3\nservices:\n  a:\n    image: nginx:1.28\n",
            Some("services:\n  a:\n    image: nginx:1.28\n"),
        ),
        ("compose.yaml", "services:\n  a:\n    image: nginx:1.28\n\tversion: '3'\n", None),
    ] {
        let folder = Folder::new();
        folder.write(path, before);
        folder.run(&["check", "--fix", "--unsafe-fixes", "--min-confidence", "low"]);
        let now = std::fs::read_to_string(folder.path(path)).unwrap();
        assert_eq!(now, after.unwrap_or(before));
    }
}

/// H67: mode, owner and what the file is called stay; attributes of other kinds are not kept, which docs/commands.md says.
#[cfg(unix)]
#[test]
fn h67_mode_and_owner() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    for mode in [0o600, 0o644, 0o755, 0o664] {
        let folder = Folder::new();
        folder.write("compose.yaml", OLD);
        let path = folder.path("compose.yaml");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        // Only root may give a file away.
        let given = std::os::unix::fs::chown(&path, Some(12345), Some(23456)).is_ok();
        let before = std::fs::metadata(&path).unwrap();
        assert_eq!(folder.run(&["check", "--fix"]).status, 0);
        let after = std::fs::metadata(&path).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), NEW);
        assert_eq!(after.permissions().mode() & 0o7777, mode);
        assert_eq!((after.uid(), after.gid()), (before.uid(), before.gid()));
        assert!(!given || after.uid() == 12345);
    }
}

/// H68: git's lock and its list of ignored files do not matter; a submodule is changed only where it is named.
#[test]
fn h68_git() {
    let folder = Folder::new();
    for path in [".git/index.lock", ".git/HEAD"] {
        folder.write(path, "");
    }
    folder.write(".gitignore", "ignored\n");
    folder.write("ignored/compose.yaml", OLD);
    folder.write("compose.yaml", OLD);
    folder.write("sub/.git", "gitdir: ../.git/modules/sub\n");
    folder.write("sub/compose.yaml", OLD);
    folder.run(&["check", "--fix"]);
    let text = |path| std::fs::read_to_string(folder.path(path)).unwrap();
    assert_eq!((text("compose.yaml"), text("sub/compose.yaml")), (NEW.into(), OLD.into()));
    assert_eq!(text("ignored/compose.yaml"), OLD, "what git ignores is not looked for");
    folder.run(&["check", "--fix", "ignored"]);
    assert_eq!(text("ignored/compose.yaml"), NEW, "unless it is named");
    folder.run(&["check", "--fix", "sub"]);
    assert_eq!(text("sub/compose.yaml"), NEW);
}

/// H60: of two runs at once each writes the whole or says that a file has changed.
#[test]
fn h60_two_runs_with_fix() {
    let folder = project();
    for _ in 0..20 {
        fill(&folder);
        let mut runs = [program(&folder.0).spawn().unwrap(), program(&folder.0).spawn().unwrap()];
        let statuses = runs.each_mut().map(|r| r.wait().unwrap().code());
        assert!(statuses.iter().all(|s| matches!(s, Some(0 | 2))), "{statuses:?}");
        let new = new_files(&folder, "two at once");
        assert!(new == FILES || statuses.contains(&Some(2)), "{statuses:?} {new}");
        assert_eq!(left_behind(&folder), [""; 0]);
    }
}
