//! The cases H01 to H68 of what a checkout of an attacker may hold, and other broken input, through the program as a person runs it. Whatever the bytes are: no panic,
//! no hang, an exit status that says how it went, a message that names the file and the reason, and
//! everything else is still checked.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a test that fails may panic, and sets up real folders"
)]

#[path = "hostile/catalogue.rs"]
mod catalogue;
#[path = "hostile/compose.rs"]
mod compose;
#[path = "hostile/compose_limits.rs"]
mod compose_limits;
#[path = "hostile/compose_parts.rs"]
mod compose_parts;
#[path = "hostile/configuration.rs"]
mod configuration;
#[path = "hostile/controls.rs"]
mod controls;
#[path = "hostile/cut.rs"]
mod cut;
#[path = "hostile/dockerfiles.rs"]
mod dockerfiles;
#[cfg(unix)]
#[path = "hostile/files.rs"]
mod files;
#[cfg(unix)]
#[path = "hostile/fixes.rs"]
mod fixes;
#[path = "hostile/harness.rs"]
mod harness;
#[cfg(unix)]
#[path = "hostile/machine.rs"]
mod machine;
#[path = "hostile/mistakes.rs"]
mod mistakes;
#[cfg(unix)]
#[path = "hostile/names.rs"]
mod names;
#[path = "hostile/outputs.rs"]
mod outputs;
#[path = "hostile/settings.rs"]
mod settings;
mod support;
#[path = "hostile/texts.rs"]
mod texts;
#[cfg(target_os = "linux")]
#[path = "hostile/traced.rs"]
mod traced;

use harness::{
    CONTROLS, FORMATS, Folder, NEIGHBOUR, Numbers, Run, STILL_CHECKED, raw_controls, skipped, watch,
};
use serde_json::Value;
use std::process::Command;

/// H01: a pipe called `compose.yaml` is not opened.
#[cfg(unix)]
#[test]
fn h01_a_pipe_as_compose_file() {
    let folder = Folder::new();
    match Command::new("mkfifo").arg(folder.path("compose.yaml")).status() {
        Ok(made) if made.success() => {}
        other => return println!("skipped: mkfifo cannot be used here ({other:?})"),
    }
    folder.says(2, &["compose.yaml", "is not a regular file"]);
    let named = folder.run(&["check", "compose.yaml"]);
    assert!(
        named.status == 2 && named.err.contains("neither a folder nor a regular file"),
        "{}",
        named.err
    );
    folder.write("neighbour/compose.yaml", NEIGHBOUR);
    folder.says(1, &["compose.yaml", "is not a regular file", STILL_CHECKED]);
    // A pipe with a better name must not hide the file that can be read.
    let shadowed = Folder::new();
    assert!(
        Command::new("mkfifo")
            .arg(shadowed.path("compose.yml"))
            .status()
            .is_ok_and(|s| s.success())
    );
    shadowed.write("docker-compose.yaml", NEIGHBOUR);
    shadowed.says(1, &["compose.yml", "is not a regular file", STILL_CHECKED]);
}

/// H02: a Dockerfile that is a link to an endless device is not read.
#[cfg(unix)]
#[test]
fn h02_an_endless_device_as_dockerfile() {
    let folder = Folder::with_neighbour();
    folder.write("compose.yaml", "services:\n  web:\n    build: .\n");
    folder.link("/dev/zero", "Dockerfile");
    folder.says(1, &["Dockerfile", "leaves the project", STILL_CHECKED]);
}

/// H03: links and env files that lead out of the project: not a byte of them in any format.
#[cfg(unix)]
#[test]
fn h03_links_and_paths_out_of_the_project() {
    let outside = Folder::new();
    outside.write("kept.py", "SECRET_KEY = 'marker-of-the-outside'\nDEBUG = True\n");
    outside.write("kept.env", "MARKER=marker-of-the-outside\n");
    let name = outside.0.file_name().unwrap().to_str().unwrap().to_owned();
    let folder = Folder::with_neighbour();
    folder.write(
        "compose.yaml",
        format!(
            "services:\n  web:\n    build: .\n    command: python manage.py runserver 0.0.0.0:8000\n    env_file: ../{name}/kept.env\n  other:\n    image: nginx\n    env_file: ../../../../../../../../etc/passwd\n"
        ),
    );
    folder
        .write("Dockerfile", "FROM python:3.12\nWORKDIR /app\nCOPY . .\nRUN pip install django\n");
    folder.write(
        "manage.py",
        "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'settings')\n",
    );
    folder.link(outside.path("kept.py").to_str().unwrap(), "settings.py");
    folder.says(1, &["settings.py", "kept.env", "leaves the project", STILL_CHECKED]);
    for run in folder.check() {
        for leaked in ["marker-of-the-outside", "root:", "/bin/"] {
            assert!(!run.all().contains(leaked), "{leaked} got out:\n{}", run.all());
        }
    }
}

/// H05: folders that hold themselves: the walk ends, and each file is read once.
#[cfg(unix)]
#[test]
fn h05_folders_that_hold_themselves() {
    let folder = Folder::new();
    folder.write("a/b/compose.yaml", NEIGHBOUR);
    folder.link(".", "loop");
    folder.link("..", "a/loop");
    folder.link("../..", "a/b/loop");
    folder.says(1, &["a/b/compose.yaml", STILL_CHECKED]);
    let json = folder.json();
    assert_eq!(json["coverage"]["files"]["compose"], 1, "{json:#}");
    assert_eq!(json["findings"].as_array().unwrap().len(), 1, "{json:#}");
}

/// H11: a Compose file of five gigabytes is not read.
#[test]
fn h11_a_huge_compose_file() {
    let folder = Folder::new();
    std::fs::File::create(folder.path("compose.yaml")).unwrap().set_len(5 << 30).unwrap();
    folder.says(2, &["compose.yaml", "is larger than 1024 KiB"]);
    folder.write("neighbour/compose.yaml", NEIGHBOUR);
    folder.says(1, &["compose.yaml", "is larger than 1024 KiB", STILL_CHECKED]);
}
