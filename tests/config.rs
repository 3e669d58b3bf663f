//! `compose-doctor config` as it is called: which files and variables it finds, and what it says of what is wrong.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test that fails may panic, and sets up real folders"
)]

use compose_doctor::internals::cli::{ConfigCall, config};
use compose_doctor::internals::report::RenderOptions;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// A folder of its own for a test, gone when it ends.
struct Folder(PathBuf);

impl Folder {
    fn new(test: &str, files: &[(&str, &str)]) -> Self {
        let folder = Self(
            std::env::temp_dir()
                .join(format!("compose-doctor-config-{}-{test}", std::process::id()))
                .join("shop"),
        );
        for (path, text) in files {
            let path = folder.0.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        folder
    }

    fn call(&self, below: &str) -> ConfigCall {
        ConfigCall { here: self.0.join(below), json: true, ..ConfigCall::default() }
    }

    /// What a call in the folder gives, which Compose takes.
    fn json(&self, change: impl FnOnce(&mut ConfigCall)) -> Value {
        let (status, out, err) = self.answer(change);
        assert_eq!(status, 0, "{err}");
        serde_json::from_str(&out).unwrap()
    }

    fn answer(&self, change: impl FnOnce(&mut ConfigCall)) -> (u8, String, String) {
        let mut call = self.call("");
        change(&mut call);
        let answer = config(&call, RenderOptions { color: false, width: 100 });
        (answer.status, answer.out.to_string(), answer.err.to_string())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(self.0.parent().unwrap_or(Path::new("")));
    }
}

const WEB: &str = "services:\n  web:\n    image: nginx:${TAG-1}\n";

fn image(project: &Value) -> &str {
    project["services"]["web"]["image"].as_str().unwrap()
}

#[test]
fn the_default_files_are_found_here_and_above() {
    let folder = Folder::new(
        "default",
        &[
            ("docker-compose.yml", WEB),
            ("docker-compose.override.yml", "services:\n  web:\n    ports: [\"8080:80\"]\n"),
            ("docker-compose.yaml", "services:\n  other:\n    image: x\n"),
            (".env", "TAG=2\n"),
            ("src/app/main.py", ""),
            ("src/app/.env", "OTHER=1\n"),
        ],
    );
    let ports = json!([{"mode": "ingress", "target": 80, "published": "8080", "protocol": "tcp"}]);
    for below in ["", "src/app"] {
        let project = folder.json(|call| call.here = folder.0.join(below));
        assert_eq!(
            (image(&project), &project["name"], &project["services"]["web"]["ports"]),
            ("nginx:2", &json!("shop"), &ports)
        );
    }
}

#[test]
fn files_named_by_hand_are_laid_one_over_the_other() {
    let folder = Folder::new(
        "named",
        &[
            ("a.yml", WEB),
            ("b.yml", "name: own\nservices:\n  web:\n    image: b\n"),
            ("compose.yaml", "services: []\n"),
        ],
    );
    let project = folder.json(|call| call.files = vec!["a.yml".into(), "b.yml".into()]);
    assert_eq!((image(&project), &project["name"]), ("b", &json!("own")));
    let project = folder.json(|call| {
        call.files = vec!["b.yml".into(), "a.yml".into()];
        call.project_name = Some("given".into());
    });
    assert_eq!((image(&project), &project["name"]), ("nginx:1", &json!("given")));
}

#[test]
fn the_env_file_says_which_files_name_and_profiles() {
    let files = [
        ("base.yml", WEB),
        (
            "extra.yml",
            "services:\n  shell:\n    image: busybox\n    profiles: [tools]\n  debug:\n    image: busybox\n    profiles: [debug]\n",
        ),
        (
            ".env",
            "COMPOSE_FILE=base.yml:extra.yml\nCOMPOSE_PROJECT_NAME=from-env\nCOMPOSE_PROFILES=tools\nTAG=${COMPOSE_PROJECT_NAME}\n",
        ),
    ];
    let folder = Folder::new("env", &files);
    let project = folder.json(|_| {});
    let services: Vec<&str> =
        project["services"].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(services, ["shell", "web"]);
    assert_eq!((&project["name"], image(&project)), (&json!("from-env"), "nginx:from-env"));
    let all = folder.json(|call| call.profiles = vec!["*".into()]);
    assert_eq!(all["services"].as_object().unwrap().len(), 3);
    // The shell wins over the file.
    let shell = folder.json(|call| {
        call.vars =
            vec![("COMPOSE_PROFILES".into(), "debug".into()), ("TAG".into(), "shell".into())]
    });
    assert!(shell["services"].get("debug").is_some() && shell["services"].get("shell").is_none());
    assert_eq!(image(&shell), "nginx:shell");
}

#[test]
fn env_files_named_by_hand_stand_for_the_default_one() {
    let folder = Folder::new(
        "env-file",
        &[
            ("compose.yaml", WEB),
            (".env", "TAG=default\n"),
            ("a.env", "TAG=a\n"),
            ("b.env", "TAG=${TAG}b\n"),
        ],
    );
    assert_eq!(image(&folder.json(|call| call.env_files = vec!["a.env".into()])), "nginx:a");
    assert_eq!(
        image(&folder.json(|call| call.env_files = vec!["a.env".into(), "b.env".into()])),
        "nginx:ab"
    );
    let (status, _, err) = folder.answer(|call| call.env_files = vec!["none.env".into()]);
    assert_eq!(status, 1, "{err}");
}

#[test]
fn everything_that_is_wrong_is_said_at_once() {
    let text = "services:\n  web:\n    imag: nginx\n    depends_on: [db]\n    networks: [front]\n    healthcheck: {test: [curl, x]}\n    ports: [\"x:80\"]\n    environment:\n      TOKEN: ${TOKEN}\n";
    let folder = Folder::new("wrong", &[("compose.yaml", text)]);
    let (status, out, err) = folder.answer(|_| {});
    assert_eq!((status, out.as_str()), (1, ""));
    for rule in [
        "yaml-dup-keys-tabs-unknown",
        "no-image-or-build",
        "depends-on-unknown-or-cycle",
        "undefined-or-unused-top-level",
        "healthcheck-test-form",
        "value-invalid",
    ] {
        assert!(err.contains(&format!("error[{rule}]")), "{rule} in\n{err}");
    }
    assert!(err.contains("did you mean `image`?") && err.contains("imag: nginx"), "{err}");
    assert!(err.contains("compose.yaml:9:14: warning: the variable `TOKEN` is not set"), "{err}");
}

#[test]
fn where_there_is_no_project_it_says_so() {
    let folder = Folder::new("none", &[("readme.txt", "")]);
    let above = folder.0.ancestors().any(|f| f.join("compose.yaml").exists());
    if !above {
        let (status, _, err) = folder.answer(|_| {});
        assert!(status == 2 && err.contains("no Compose file found"), "{status} {err}");
    }
    let (status, _, err) = folder.answer(|call| call.files = vec!["nope.yml".into()]);
    assert!(status == 1 && err.contains("nope.yml"), "{status} {err}");
}

#[test]
fn yaml_can_be_read_again_and_means_the_same() {
    let text = "x-note: kept\nservices:\n  web:\n    image: nginx\n    command: sh -c \"echo $$HOME\"\n    environment: [A=1, B]\n    ports: [\"80\"]\n    volumes: [./data:/data, cache:/cache]\n    deploy: {resources: {limits: {cpus: 0.5, memory: 64m}}}\nvolumes: {cache: {}}\n";
    let folder = Folder::new("yaml", &[("compose.yaml", text)]);
    let (status, yaml, err) = folder.answer(|call| call.json = false);
    assert_eq!(status, 0, "{err}");
    let again = Folder::new("again", &[("compose.yaml", &yaml)]);
    let (first, second) = (folder.json(|_| {}), again.json(|_| {}));
    assert_eq!(first, second, "{yaml}");
}

#[test]
fn what_leads_out_of_the_project_is_not_opened() {
    let text = "include: [../../../secret.yaml]\nservices:\n  web:\n    image: x\n    env_file: /etc/hostname\n";
    let folder = Folder::new("outside", &[("compose.yaml", text)]);
    let (status, out, err) = folder.answer(|_| {});
    assert_eq!((status, out.as_str()), (1, ""));
    assert!(err.matches("file-unreadable").count() >= 2, "{err}");
}
