//! What `check` reports of what it did not judge: a clean run is never a silent skip.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test that fails may panic, and sets up real folders"
)]

mod support;

use assert_cmd::Command;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use support::home;

/// A folder of its own for a test, gone when it ends.
struct Folder(PathBuf);

impl Folder {
    fn new(test: &str, files: &[(&str, &str)]) -> Self {
        let folder = Self(
            std::env::temp_dir()
                .join(format!("compose-doctor-gaps-{}-{test}", std::process::id()))
                .join("shop"),
        );
        for (path, text) in FILES.iter().chain(files) {
            let path = folder.0.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        folder
    }

    fn check(&self, arguments: &[&str]) -> (i32, String, String) {
        let done = Command::cargo_bin("compose-doctor")
            .unwrap()
            .args(["check", "--width", "100", "--color", "never"])
            .args(arguments)
            .current_dir(&self.0)
            .output()
            .unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (done.status.code().unwrap(), text(done.stdout), text(done.stderr))
    }

    /// What was not judged.
    fn gaps(&self, arguments: &[&str]) -> Vec<Value> {
        let (_, out, err) = self.check(&[&["--output-format", "json"], arguments].concat());
        let document: Value = serde_json::from_str(&out).unwrap_or_else(|_| panic!("{out}{err}"));
        document["coverage"]["not_judged"].as_array().unwrap().clone()
    }

    fn messages(&self) -> Vec<String> {
        self.gaps(&[]).iter().map(|g| g["message"].as_str().unwrap().to_owned()).collect()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(self.0.parent().unwrap_or(Path::new("")));
    }
}

const MANAGE: &str =
    "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'config.settings')\n";
const FILES: [(&str, &str); 6] = [
    (
        "compose.yaml",
        "services:\n  web:\n    build: .\n  worker:\n    build: .\n    command: celery -A config worker\n",
    ),
    (
        "Dockerfile",
        "FROM python:3.12-slim\nWORKDIR /app\nCOPY . .\nENTRYPOINT [\"sh\", \"entrypoint.sh\"]\nCMD [\"gunicorn\", \"config.wsgi\"]\n",
    ),
    ("entrypoint.sh", "#!/bin/sh\nset -e\nexec \"$@\"\n"),
    ("manage.py", MANAGE),
    ("config/settings.py", "SECRET_KEY = 'x'\nDEBUG = False\nALLOWED_HOSTS = ['shop.example']\n"),
    (
        "config/wsgi.py",
        "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'config.settings')\napplication = 1\n",
    ),
];

#[test]
fn a_start_that_is_not_followed_is_one_line_for_all_services() {
    let script = "#!/bin/sh\nset -e\npython manage.py migrate\neval \"$(cat /run/rest)\"\n";
    let folder = Folder::new("start", &[("entrypoint.sh", script)]);
    let gaps = folder.gaps(&[]);
    assert_eq!(gaps[0]["services"], json!(["web", "worker"]), "{gaps:#?}");
    assert_eq!((&gaps[0]["what"], &gaps[0]["path"]), (&json!("process"), &json!("entrypoint.sh")));
    assert_eq!(gaps[0]["line"], 4);
    let rules: Vec<&str> =
        gaps[0]["rules"].as_array().unwrap().iter().map(|r| r.as_str().unwrap()).collect();
    assert!(rules.contains(&"server-daemonized") && rules.contains(&"depends-on-without-health"));
    assert!(!rules.contains(&"version-obsolete") && !rules.contains(&"nginx-alias-slash"));
    let message = format!(
        "web, worker: start command not followed after entrypoint.sh:4 (it is the output of a command); {} rules did not apply",
        rules.len()
    );
    assert_eq!(gaps[0]["message"], message);
    // A rule that was not asked for is not missed.
    let few = folder.gaps(&["--select", "server-daemonized,version-obsolete"]);
    assert_eq!(few[0]["rules"], json!(["server-daemonized"]));
    assert_eq!(folder.gaps(&["--select", "version-obsolete"]), Vec::<Value>::new());
}

#[test]
fn a_setting_that_is_not_known_names_the_file_that_is_missing() {
    let compose = "services:\n  web:\n    build: .\n    env_file: web.env\n  worker:\n    build: .\n    env_file: web.env\n    command: python manage.py runserver\n";
    let settings = "import os\nSECRET_KEY = os.environ['KEY']\nDEBUG = os.environ.get('DEBUG') == '1'\nALLOWED_HOSTS = ['a']\n";
    let folder =
        Folder::new("setting", &[("compose.yaml", compose), ("config/settings.py", settings)]);
    let messages = folder.messages();
    assert_eq!(messages.len(), 1, "{messages:#?}");
    assert!(
        messages[0].starts_with(
            "web, worker: DEBUG not known at compose.yaml:4 (web.env is not in this checkout); "
        ),
        "{messages:#?}"
    );
    assert!(messages[0].ends_with(" rules did not apply"), "{messages:#?}");
}

#[test]
fn what_is_all_known_prints_nothing_of_it() {
    let folder = Folder::new(
        "known",
        &[(
            "compose.yaml",
            "services:\n  web:\n    build: .\n  db:\n    image: postgres:16\n  odd:\n    image: registry.example/odd:1\n",
        )],
    );
    assert_eq!(folder.gaps(&[]), Vec::<Value>::new());
    let (_, out, _) = folder.check(&[]);
    assert!(!out.contains("did not apply") && !out.contains("unknown"), "{out}");
}

#[test]
fn strict_makes_it_an_exit_status_of_its_own() {
    let script = "#!/bin/sh\neval \"$(cat /run/rest)\"\n";
    let gap = Folder::new("strict", &[("entrypoint.sh", script)]);
    assert_eq!(gap.check(&["--fail-on", "never"]).0, 0);
    assert_eq!(gap.check(&["--fail-on", "never", "--strict"]).0, 1);
    assert_eq!(gap.check(&["--strict", "--select", "version-obsolete"]).0, 0);
    assert_eq!(gap.check(&["--strict", "--exit-zero"]).0, 2);
    let known =
        Folder::new("strict-known", &[("compose.yaml", "services:\n  web:\n    build: .\n")]);
    assert_eq!(known.check(&["--fail-on", "never", "--strict"]).0, 0);
}

#[test]
fn every_format_tells_it() {
    let script = "#!/bin/sh\neval \"$(cat /run/rest)\"\n";
    let folder = Folder::new("formats", &[("entrypoint.sh", script)]);
    for format in ["full", "concise", "grouped", "github", "gitlab", "junit", "markdown"] {
        let (_, out, err) = folder.check(&["--output-format", format]);
        let text = format!("{out}{err}").replace("\n  ", " ");
        assert!(text.contains("start command not known"), "{format}\n{out}{err}");
    }
    let (_, out, _) = folder.check(&["--output-format", "sarif"]);
    let log: Value = serde_json::from_str(&out).unwrap();
    let told = &log["runs"][0]["invocations"][0]["toolExecutionNotifications"][0];
    assert_eq!(
        told["locations"][0]["physicalLocation"]["artifactLocation"]["uri"],
        "entrypoint.sh"
    );
    assert!(told["message"]["text"].as_str().unwrap().contains("did not apply"), "{told}");
    let (_, _, err) = folder.check(&["--verbose"]);
    assert!(err.contains("\n  server-daemonized\n"), "{err}");
    assert!(
        err.contains(
            "\nweb: start command not known: it is the output of a command (entrypoint.sh:2)\n"
        ),
        "{err}"
    );
}

#[test]
fn a_project_that_no_service_runs_is_named() {
    let compose = "services:\n  db:\n    image: postgres:16\n";
    let folder = Folder::new("unserved", &[("compose.yaml", compose)]);
    let (_, out, _) = folder.check(&[]);
    let line = "no service is known to run manage.py: its settings were not read\n";
    assert!(out.ends_with(line), "{out}");
    // It is no gap of a service.
    assert_eq!(folder.check(&["--strict", "--fail-on", "never"]).0, 0);
    std::fs::remove_file(folder.0.join("manage.py")).unwrap();
    assert!(!folder.check(&[]).1.contains("not read"));
}

#[test]
fn more_than_a_few_lines_are_counted() {
    let services: String = (0..7)
        .map(|n| format!("  web{n}:\n    build: {{context: ., dockerfile: Dockerfile.{n}}}\n"))
        .collect();
    let compose = format!("services:\n{services}");
    let files: Vec<(String, String)> = (0..7)
        .map(|n| {
            (
                format!("Dockerfile.{n}"),
                format!(
                    "FROM python:3.12-slim\nWORKDIR /app\nCOPY . .\nCMD [\"sh\", \"gone{n}.sh\"]\n"
                ),
            )
        })
        .chain((0..7).map(|n| (format!("gone{n}.sh"), "eval \"$(cat /x)\"\n".to_owned())))
        .collect();
    let mut all: Vec<(&str, &str)> = files.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    all.push(("compose.yaml", &compose));
    let folder = Folder::new("many", &all);
    let (_, out, _) = folder.check(&[]);
    assert_eq!(out.matches("did not apply").count(), 3, "{out}");
    assert!(out.contains("and 4 more; `--verbose` lists"), "{out}");
}

#[test]
fn a_rule_needs_only_settings_that_an_account_shows() {
    let list = std::fs::read_to_string(home().join("src/model/inspect/django.rs")).unwrap();
    let rules = std::fs::read_dir(home().join("rules")).unwrap().flatten();
    for page in rules.map(|e| e.path()).filter(|p| p.extension().is_some_and(|e| e == "md")) {
        let text = std::fs::read_to_string(&page).unwrap();
        let needs = text.lines().find_map(|l| l.strip_prefix("needs = ")).unwrap_or_default();
        for need in needs.split('"').skip(1).step_by(2) {
            let setting = need.chars().all(|c| c.is_ascii_uppercase() || c == '_');
            assert!(
                !setting || list.contains(&format!("\"{need}\"")),
                "{}: {need}",
                page.display()
            );
            // Whoever reads a setting needs the settings.
            assert!(!setting || needs.contains("\"settings\""), "{}", page.display());
        }
    }
}
