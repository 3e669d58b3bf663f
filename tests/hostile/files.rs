//! Names and kinds of files that make a reader hang, leave the project, or lose its way.

use super::{Folder, NEIGHBOUR, STILL_CHECKED, watch};
use compose_doctor::internals::source::{DiskFiles, Files, RelPath};
use serde_json::Value;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether the tests run as root, for whom no file is closed.
pub(super) fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|m| m.uid() == 0)
}

/// The program as someone who is not root; `None` where that cannot be had.
pub(super) fn as_nobody(folder: &Folder, args: &[&str]) -> Option<super::Run> {
    let program = env!("CARGO_BIN_EXE_compose-doctor");
    let mut command = if is_root() {
        let mut command = Command::new("setpriv");
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups", program]);
        if !Command::new("setpriv")
            .args(["--reuid=65534", "--regid=65534", "--clear-groups", program, "--version"])
            .output()
            .is_ok_and(|o| o.status.success())
        {
            return None;
        }
        command
    } else {
        Command::new(program)
    };
    command.current_dir(&folder.0).args(args);
    let run = watch(command);
    run.is_sound("as nobody");
    Some(run)
}

/// H04: links that lead to themselves or to each other.
#[test]
fn h04_links_in_circles() {
    let folder = Folder::new();
    folder.link("compose.yaml", "compose.yaml");
    folder.says(2, &["compose.yaml", "leaves the project (not opened)"]);
    let folder = Folder::with_neighbour();
    folder.write("compose.yaml", "services:\n  web:\n    build: .\n    env_file: a.env\n");
    for (target, path) in [("b.env", "a.env"), ("a.env", "b.env"), ("Dockerfile", "Dockerfile")] {
        folder.link(target, path);
    }
    folder.says(1, &["a.env leaves the project (not opened)", "Dockerfile", STILL_CHECKED]);
}

/// H06: a link that leads nowhere beside a project does no harm to it, nor does one that has another name's file.
#[test]
fn h06_links_that_lead_nowhere() {
    let folder = Folder::new();
    folder.write("compose.yaml", "services:\n  web:\n    image: nginx:1.28\n");
    folder.link("nowhere", "blah.env");
    folder.link("nowhere", "settings.py");
    folder.link("nowhere", "Dockerfile");
    folder.says(0, &[]);
    folder.link("nowhere", ".gitignore");
    // For every program a link that leads nowhere is a file that is not there.
    folder.says(0, &[".gitignore does not exist"]);
}

/// H08: a folder inside the project that is a link to one outside.
#[test]
fn h08_folders_that_lead_out() {
    let outside = Folder::new();
    outside.write("x.env", "MARKER=marker-of-the-outside\n");
    outside.write("compose.yaml", "services:\n  marker-of-the-outside:\n    build: ./gone\n");
    outside.write("Dockerfile", "FROM marker-of-the-outside\n");
    let folder = Folder::with_neighbour();
    folder.link(outside.0.to_str().unwrap(), "dir");
    folder.write(
        "compose.yaml",
        "include: [dir/compose.yaml]\nservices:\n  web:\n    image: x\n    env_file: dir/x.env\n  own:\n    build: dir\n",
    );
    folder.says(
        1,
        &[
            "dir/x.env leaves the project (not opened)",
            "dir/compose.yaml leaves the project (not opened)",
            STILL_CHECKED,
        ],
    );
    folder
        .check()
        .iter()
        .for_each(|run| assert!(!run.all().contains("marker-of-the-outside"), "{}", run.all()));
}

/// H09: a file, or a folder above it, is swapped for a link to the outside while it is read, again and again.
#[test]
fn h09_files_that_are_swapped_for_links() {
    const TRIES: usize = 10_000;
    let outside = Folder::new();
    outside.write("kept", "marker-of-the-outside");
    let folder = Folder::new();
    folder.write("dir/kept", "inside");
    folder.write("other/kept", "inside");
    let (root, away) = (folder.0.clone(), outside.0.clone());
    let done = AtomicBool::new(false);
    let (mut read, mut refused) = (0, 0);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            // `rename` puts one in the place of the other without a moment in between.
            while !done.load(Ordering::Relaxed) {
                let _ = std::os::unix::fs::symlink(away.join("kept"), root.join("new"));
                let _ = std::fs::rename(root.join("new"), root.join("dir/kept"));
                let _ = std::fs::write(root.join("new"), "inside");
                let _ = std::fs::rename(root.join("new"), root.join("dir/kept"));
                let _ = std::fs::rename(root.join("other"), root.join("aside"));
                let _ = std::os::unix::fs::symlink(&away, root.join("other"));
                let _ = std::fs::remove_file(root.join("other"));
                let _ = std::fs::rename(root.join("aside"), root.join("other"));
            }
        });
        for _ in 0..TRIES {
            let files = DiskFiles::new(&folder.0).unwrap();
            for path in ["dir/kept", "other/kept"] {
                match files.read(&RelPath::new(path).unwrap(), 1024) {
                    Ok(bytes) if bytes == b"inside" || bytes.is_empty() => read += 1,
                    Ok(bytes) => {
                        done.store(true, Ordering::Relaxed);
                        panic!("{path} gave {:?}", String::from_utf8_lossy(&bytes));
                    }
                    Err(_) => refused += 1,
                }
            }
        }
        done.store(true, Ordering::Relaxed);
    });
    assert!(
        read > 100 && refused > 0,
        "{read} were read and {refused} refused: nothing was swapped"
    );
}

/// H10: sockets, devices and folders under the names of files.
#[test]
fn h10_sockets_devices_and_folders() {
    let folder = Folder::with_neighbour();
    let _socket = std::os::unix::net::UnixListener::bind(folder.path("compose.yaml")).unwrap();
    std::fs::create_dir_all(folder.path("b/compose.yaml")).unwrap();
    folder.says(
        1,
        &[
            "compose.yaml is not a regular file",
            "b/compose.yaml is not a regular file",
            STILL_CHECKED,
        ],
    );
    if is_root() {
        let devices = Folder::with_neighbour();
        let made = [("compose.yaml", ["c", "1", "5"]), ("Dockerfile", ["b", "7", "0"])].map(
            |(path, kind)| {
                Command::new("mknod")
                    .arg(devices.path(path))
                    .args(kind)
                    .output()
                    .is_ok_and(|o| o.status.success())
            },
        );
        if made == [true; 2] {
            devices.says(1, &["compose.yaml is not a regular file", STILL_CHECKED]);
        } else {
            println!("skipped: devices cannot be made here");
        }
    }
}

/// H07, H10: the files that say what is ignored are the project's as well: no pipe, link or device of that name is
/// opened, and one that is too long leaves nothing out without a word.
#[test]
fn h07_what_says_what_is_ignored() {
    let outside = Folder::new();
    outside.write("rules", "neighbour\n");
    for (what, says) in [
        ("pipe", "is not a regular file"),
        ("link", "leaves the project"),
        ("device", "leaves the project"),
        ("huge", "is larger than"),
    ] {
        let folder = Folder::with_neighbour();
        folder.write("neighbour/sub/file", "");
        for path in [".gitignore", "neighbour/.ignore"] {
            match what {
                "pipe" => assert!(
                    Command::new("mkfifo")
                        .arg(folder.path(path))
                        .status()
                        .is_ok_and(|s| s.success())
                ),
                "link" => folder.link(outside.path("rules").to_str().unwrap(), path),
                "device" => folder.link("/dev/zero", path),
                _ => std::fs::File::create(folder.path(path)).unwrap().set_len(5 << 30).unwrap(),
            }
        }
        folder.says(1, &[".gitignore", "neighbour/.ignore", says, STILL_CHECKED]);
    }
    let folder = Folder::with_neighbour();
    folder.write(".gitignore", "**/*a*b*c*\n!x\n".repeat(8_000));
    folder.says(1, &[".gitignore has more than 1000 lines (the rest is not read)", STILL_CHECKED]);
}

/// H12: a file that grows while it is read is read up to the limit.
#[test]
fn h12_a_file_that_grows() {
    let folder = Folder::with_neighbour();
    folder.write("compose.yaml", "services:\n  web:\n    image: nginx\n    env_file: grows.env\n");
    folder.write("grows.env", "");
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            use std::io::Write as _;
            let mut file =
                std::fs::OpenOptions::new().append(true).open(folder.path("grows.env")).unwrap();
            let lines = "A=1\n".repeat(1_000);
            for _ in 0..20_000 {
                if done.load(Ordering::Relaxed) {
                    break;
                }
                file.write_all(lines.as_bytes()).unwrap();
            }
        });
        for _ in 0..4 {
            let run = folder.run(&["check", "--min-confidence", "low"]);
            assert!(run.status == 1 && run.out.contains(STILL_CHECKED), "{}", run.all());
        }
        done.store(true, Ordering::Relaxed);
    });
    folder.says(1, &["grows.env is larger than 256 KiB", STILL_CHECKED]);
}

/// H13: files and folders that may not be read.
#[test]
fn h13_files_that_may_not_be_read() {
    let folder = Folder::with_neighbour();
    folder.write("compose.yaml", "services:\n  web:\n    build: .\n    env_file: closed.env\n");
    folder.write("Dockerfile", "FROM nginx\n");
    folder.write("closed.env", "A=1\n");
    folder.write("shut/compose.yaml", NEIGHBOUR);
    folder.write("own/compose.yaml", NEIGHBOUR);
    let close = |path: &str, mode| {
        std::fs::set_permissions(folder.path(path), std::fs::Permissions::from_mode(mode)).unwrap()
    };
    for path in ["Dockerfile", "closed.env", "own/compose.yaml", "shut"] {
        close(path, 0o000);
    }
    for format in super::FORMATS {
        let Some(run) = as_nobody(
            &folder,
            &["check", "--min-confidence", "low", "--width", "1000", "--output-format", format],
        ) else {
            return println!("skipped: the tests run as root, and setpriv cannot be used");
        };
        assert_eq!(run.status, 1, "{}", run.all());
        assert!(
            run.all().contains(STILL_CHECKED)
                && run.all().contains("cannot be read: permission denied"),
            "{format}:\n{}",
            run.all()
        );
        if format == "json" {
            let json: Value = serde_json::from_str(&run.out).unwrap();
            let skipped = json["coverage"]["skipped"].to_string();
            for path in ["Dockerfile", "closed.env", "own/compose.yaml", "\"shut\""] {
                assert!(skipped.contains(path), "{path} is not in {skipped}");
            }
        }
    }
    close("shut", 0o755);
}

/// H14: more files than are looked at, and folders deeper than are entered.
#[test]
fn h14_many_files_and_deep_folders() {
    let folder = Folder::with_neighbour();
    // Links to one file are quicker made than files, and entries all the same.
    for group in 0..4 {
        let first = folder.path(&format!("a/{group}/first"));
        std::fs::create_dir_all(first.parent().unwrap()).unwrap();
        std::fs::write(&first, "").unwrap();
        for index in 0..25_000 {
            std::fs::hard_link(&first, folder.path(&format!("a/{group}/{index}"))).unwrap();
        }
    }
    let run = folder.run(&["check", "--output-format", "json"]);
    let told = run.all() + &super::skipped(&run.out);
    for words in [
        "a/0 has more than 25000 entries (the rest is not looked at)",
        "a/3 is where looking for files ended: there are more than 100000",
        STILL_CHECKED,
    ] {
        assert!(told.contains(words), "{words:?} is not in\n{told}");
    }
    let deep = Folder::with_neighbour();
    let levels = |count: usize| (0..count).map(|i| format!("d{i}/")).collect::<String>();
    deep.write(&format!("{}compose.yaml", levels(40)), NEIGHBOUR);
    deep.write(&format!("{}compose.yaml", levels(32)), NEIGHBOUR);
    deep.says(1, &["lies more than 32 folders deep (not looked into)", STILL_CHECKED]);
    assert_eq!(deep.json()["coverage"]["files"]["compose"], 2);
    let names = Folder::with_neighbour();
    names.write("compose.yaml", "services:\n  web:\n    build: .\n");
    names.write("Dockerfile", "FROM python:3.12\nCOPY . .\nRUN python manage.py migrate\n");
    for index in 0..10_001 {
        std::fs::hard_link(names.path("Dockerfile"), names.path(&format!("n{index}"))).unwrap();
    }
    names.run(&["check"]);
}

/// H19: nothing to check is no clean run, whatever else lies there.
#[test]
fn h19_nothing_to_check() {
    let folder = Folder::new();
    folder.says(2, &["no Compose file found"]);
    folder.write("src/main.rs", "fn main() {}\n");
    folder.write("node_modules/x/compose.yaml", NEIGHBOUR);
    folder.write(".gitignore", "ignored\n");
    folder.write("ignored/compose.yaml", NEIGHBOUR);
    folder.says(2, &["no Compose file found"]);
}
