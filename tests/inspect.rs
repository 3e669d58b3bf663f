//! `compose-doctor inspect` as it is called: what was worked out of each service, and what is not known and why.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test that fails may panic, and sets up real folders"
)]

mod support;

use assert_cmd::Command;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use support::{files_below, home};
use unicode_width::UnicodeWidthStr;

/// A folder of its own for a test, gone when it ends.
struct Folder(PathBuf);

impl Folder {
    fn new(test: &str, files: &[(&str, &str)]) -> Self {
        let folder = Self(
            std::env::temp_dir()
                .join(format!("compose-doctor-inspect-{}-{test}", std::process::id()))
                .join("shop"),
        );
        for (path, text) in FILES.iter().chain(files) {
            let path = folder.0.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        std::fs::create_dir_all(folder.0.join(".git")).unwrap();
        folder
    }

    fn run(&self, arguments: &[&str]) -> (i32, String, String) {
        let done = Command::cargo_bin("compose-doctor")
            .unwrap()
            .args(["inspect", "--width", "80"])
            .args(arguments)
            .current_dir(&self.0)
            .env_remove("NO_COLOR")
            .output()
            .unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (done.status.code().unwrap(), text(done.stdout), text(done.stderr))
    }

    fn json(&self, arguments: &[&str]) -> Value {
        let (_, out, err) = self.run(&[arguments, &["--format", "json"]].concat());
        serde_json::from_str(&out).unwrap_or_else(|_| panic!("{out}{err}"))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(self.0.parent().unwrap_or(Path::new("")));
    }
}

const FILES: [(&str, &str); 7] = [
    (
        "compose.yaml",
        "services:
  web:
    build: .
    command: sh ./시작.sh
    environment:
      DB_PASSWORD: nanotubes-42-corridor
      BROKER: redis://:nanotubes-42-corridor@cache:6379/0
      MODE: ${MODE}
    volumes:
      - .:/app
    ports:
      - 8000:8000
  cache:
    image: redis:7
  db:
    image: postgres:16
    environment:
      POSTGRES_PASSWORD: nanotubes-42-corridor
  proxy:
    image: nginx:1.25
    ports:
      - 80:80
",
    ),
    (
        "Dockerfile",
        "FROM python:3.12-slim AS base\nWORKDIR /app\nFROM base AS runtime\nCOPY . /app\nCMD [\"gunicorn\", \"config.wsgi\"]\n",
    ),
    (
        "시작.sh",
        "#!/bin/sh\npython manage.py migrate\ngunicorn -b 0.0.0.0:8000 config.wsgi:application &\neval \"$(cat /rest)\"\n",
    ),
    ("config/__init__.py", ""),
    (
        "config/settings.py",
        "import os
SECRET_KEY = 'nanotubes-42-corridor-key'
DEBUG = os.environ.get('MODE') == 'dev'
ALLOWED_HOSTS = ['가게.example', '127.0.0.1']
STATIC_URL = '/static/'
DATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql', 'HOST': 'db', 'NAME': 'shop', 'PASSWORD': os.environ['DB_PASSWORD']}}
CELERY_BROKER_URL = os.environ['BROKER']
",
    ),
    (
        "config/wsgi.py",
        "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'config.settings')\napplication = 1\n",
    ),
    ("manage.py", "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'config.settings')\n"),
];

/// The fact about a subject.
fn fact<'v>(facts: &'v Value, subject: &str) -> &'v Value {
    let all = facts.as_array().unwrap();
    all.iter().find(|f| f["subject"] == subject).unwrap_or_else(|| panic!("{subject}: {facts:#}"))
}

#[test]
fn one_service_is_one_object() {
    let folder = Folder::new("one", &[]);
    let web = folder.json(&["--service", "web", "-f", "compose.yaml", "--root", "."]);
    assert_eq!((&web["schema_version"], &web["service"]), (&json!(1), &json!("web")));
    let process = &web["process"];
    assert_eq!(process["known"], false);
    assert_eq!(process["unknown"][0]["at"], "시작.sh:4");
    let steps = process["steps"].as_array().unwrap();
    assert_eq!(steps[0]["argv"], json!(["python", "manage.py", "migrate"]));
    assert_eq!((&steps[0]["cwd"], &steps[0]["at"]), (&json!("/app"), &json!("시작.sh:2")));
    assert_eq!((&steps[0]["background"], &steps[1]["background"]), (&json!(false), &json!(true)));
    assert_eq!(fact(&web["image"], "stage")["value"], "runtime");
    let base = fact(&web["image"], "base");
    assert_eq!(
        (&base["value"], &base["written_at"]),
        (&json!("python:3.12-slim"), &json!("Dockerfile:1"))
    );
    let mount = fact(&web["files"], "/app");
    assert_eq!(mount["route"][0], json!({"by": "hides COPY to /app", "at": "Dockerfile:4"}));
    assert_eq!(fact(&web["reached_by"], "host port 8000")["written_at"], "compose.yaml:12");
    let django = &web["django"];
    assert_eq!(django["module"]["value"], "config.settings");
    let debug = &django["settings"]["values"]["DEBUG"];
    assert_eq!((&debug["known"], &debug["at"]), (&json!(false), &json!("compose.yaml:8")));
    assert_eq!(debug["reason"], "MODE is not set in this project");
    let database = &django["databases"][0];
    assert_eq!(database["value"]["leads to"], "service db");
    assert_eq!(database["route"][0], json!({"by": "DB_PASSWORD", "at": "compose.yaml:6"}));
    let db = folder.json(&["--service", "db"]);
    assert_eq!(fact(&db["reached_by"], "web")["value"], "as `db`, by DATABASES");
}

#[test]
fn the_text_fits_eighty_columns_and_says_why() {
    let folder = Folder::new("text", &[]);
    let (status, out, err) = folder.run(&[]);
    assert_eq!((status, err.as_str()), (0, ""), "{out}");
    for line in out.lines() {
        assert!(line.width() <= 80, "{line}");
    }
    for part in [
        "web  compose.yaml:2\n",
        "    1     python manage.py migrate  시작.sh:2\n          in /app\n",
        "    then  not known: ",
        "in the background",
        "not known: MODE is not set in this project\n                       compose.yaml:8\n",
        "    ALLOWED_HOSTS      ['가게.example', '127.0.0.1']  config/settings.py:4\n",
    ] {
        assert!(out.contains(part), "{part}\n{out}");
    }
    // A column after Korean letters starts where the others do.
    let coloured = folder.run(&["--color", "always", "cache"]).1;
    assert!(coloured.starts_with("\u{1b}[1mcache\u{1b}[0m"), "{coloured}");
}

#[test]
fn no_form_shows_a_secret() {
    let folder = Folder::new("secret", &[]);
    let forms: [&[&str]; 5] = [
        &[],
        &["--format", "json"],
        &["--service", "web", "--format", "json"],
        &[
            "--settings",
            "config.settings",
            "--set",
            "BROKER=redis://:nanotubes-42-corridor@h:1/0",
            "--set",
            "DB_PASSWORD=nanotubes-42-corridor",
        ],
        &[
            "--settings",
            "config.settings",
            "--set",
            "BROKER=redis://:nanotubes-42-corridor@h:1/0",
            "--set",
            "DB_PASSWORD=nanotubes-42-corridor",
            "--format",
            "json",
        ],
    ];
    for form in forms {
        let (status, out, err) = folder.run(form);
        assert_eq!(status, 0, "{form:?} {err}");
        assert!(out.len() > 200 && !out.contains("nanotubes"), "{form:?}\n{out}");
    }
}

#[test]
fn an_option_tells_that_the_next_word_is_a_secret() {
    const PLANTED: &str = "Planted7secret9";
    let commands = [
        format!("redis-server --requirepass {PLANTED}"),
        format!("mysql --password {PLANTED}"),
        format!("mysql -p{PLANTED}"),
        format!("curl -u me:{PLANTED} http://example.com"),
        format!("redis-cli -a {PLANTED}"),
        format!("tool --secret-key {PLANTED}"),
    ];
    let services = commands
        .iter()
        .enumerate()
        .map(|(n, c)| format!("  s{n}:\n    image: x\n    command: {c}\n"));
    let compose = format!("services:\n{}", services.collect::<String>());
    let folder = Folder::new("options", &[("compose.yaml", &compose)]);
    for format in ["text", "json"] {
        let (_, out, err) = folder.run(&["--format", format]);
        assert!(!out.contains(PLANTED) && !err.contains(PLANTED), "{out}{err}");
        assert!(out.contains("--requirepass") && out.contains("••••••"), "{out}");
    }
}

#[test]
fn a_settings_module_is_loaded_with_the_variables_that_are_given() {
    let folder =
        Folder::new("module", &[("config/strict.py", "import os\nfrom config.gone import X\n")]);
    let given = folder.json(&["--settings", "config.settings", "--set", "MODE=dev"]);
    assert_eq!(
        given["values"]["DEBUG"],
        json!({"known": true, "value": true, "written_at": "config/settings.py:3", "route": [{"by": "MODE", "at": "--set:2"}]})
    );
    assert_eq!(given["files"], json!(["config/settings.py", "config/__init__.py"]));
    let reads: Vec<&Value> = given["reads"].as_array().unwrap().iter().collect();
    assert_eq!((&reads[0]["name"], &reads[0]["required"]), (&json!("MODE"), &json!(false)));
    assert_eq!((&reads[1]["name"], &reads[1]["required"]), (&json!("DB_PASSWORD"), &json!(true)));
    let plain = folder.json(&["--settings", "config.settings"]);
    assert_eq!(plain["values"]["DEBUG"]["value"], false);
    let broken = folder.json(&["--settings", "config.strict"]);
    assert_eq!(
        broken["fails"],
        json!({"kind": "ModuleNotFoundError", "message": "No module named 'config.gone'", "at": "config/strict.py:2"})
    );
    let (status, _, err) = folder.run(&["--settings", "config.nothing"]);
    assert_eq!((status, err.as_str()), (2, "error: there is no module `config.nothing` in `.`\n"));
    // The class is a variable like any other.
    let (status, ..) = folder.run(&["--settings", "config.settings", "--set", "=x"]);
    assert_eq!(status, 2);
}

#[test]
fn a_url_with_a_password_hides_the_password_alone() {
    let settings = "import dj_database_url\nDATABASES = {\n    'default': dj_database_url.config(\n        default='postgres://shop:nanotubes-42-corridor@db:5432/orders'\n    ),\n}\n";
    let folder = Folder::new("url", &[("urlsettings.py", settings)]);
    let account = folder.json(&["--settings", "urlsettings", "--root", "."]);
    let default = &account["values"]["DATABASES"]["value"]["default"];
    let shown = json!([default["ENGINE"], default["NAME"], default["USER"], default["HOST"]]);
    assert_eq!(
        shown,
        json!(["django.db.backends.postgresql", "orders", "shop", "db"]),
        "{account}"
    );
    assert!(!account.to_string().contains("nanotubes"), "{account}");
}

#[test]
fn a_service_that_does_not_exist_is_offered_by_its_right_name() {
    let folder = Folder::new("unknown", &[]);
    let (status, out, err) = folder.run(&["cashe"]);
    assert_eq!((status, out.as_str()), (2, ""));
    assert_eq!(err, "error: there is no service `cashe`; did you mean `cache`?\n");
}

#[test]
fn a_project_that_does_not_load_gives_its_faults_and_the_rest() {
    let broken = "services:\n  web:\n    image: nginx:1.25\n    ports: 80\n";
    let folder = Folder::new("broken", &[("compose.yaml", broken)]);
    let (status, out, err) = folder.run(&[]);
    assert_eq!(status, 1, "{out}{err}");
    assert!(err.contains("value-invalid"), "{err}");
    assert!(out.contains("nginx:1.25"), "{out}");
    let document = folder.json(&[]);
    assert_eq!(document["stacks"][0]["faults"][0]["rule"], "value-invalid");
    assert_eq!(document["stacks"][0]["services"][0]["service"], "web");
}

#[test]
fn stacks_are_those_of_a_check() {
    let other = "services:\n  api:\n    image: nginx:1.25\n";
    let folder = Folder::new("stacks", &[("deploy/compose.yaml", other)]);
    let (_, out, _) = folder.run(&[]);
    assert!(out.starts_with("stack compose.yaml\n"), "{out}");
    assert!(out.contains("\nstack deploy/compose.yaml\n\napi  deploy/compose.yaml:2\n"), "{out}");
    let (_, out, _) = folder.run(&["--root", "deploy"]);
    assert!(out.starts_with("api  compose.yaml:2\n"), "{out}");
    std::fs::remove_file(folder.0.join("compose.yaml")).unwrap();
    std::fs::remove_file(folder.0.join("deploy/compose.yaml")).unwrap();
    assert_eq!(folder.run(&[]).0, 2);
}

/// The calls that look a setting up by its name.
const LOOKUPS: [&str; 5] =
    ["settings.get(\"", ".flag(\"", ".texts(\"", ".entry_of(\"", "certain(\""];

#[test]
fn every_setting_that_a_rule_reads_is_shown() {
    let mut read = BTreeSet::new();
    for folder in ["rules", "model/roles", "model/stack"] {
        for file in files_below(&home().join("src").join(folder)) {
            let text = std::fs::read_to_string(file).unwrap_or_default();
            let text = text.split("\nmod tests {").next().unwrap_or_default().to_owned();
            for lookup in LOOKUPS {
                for (at, _) in text.match_indices(lookup) {
                    let name = text[at + lookup.len()..].split('"').next().unwrap_or_default();
                    read.insert(name.to_owned());
                }
            }
        }
    }
    read.retain(|name| name.chars().all(|c| c.is_ascii_uppercase() || c == '_'));
    assert!(read.contains("DEBUG") && read.len() > 10, "{read:?}");
    let list = std::fs::read_to_string(home().join("src/model/inspect/django.rs")).unwrap();
    let list = list.split("const READ_BY_RULES").nth(1).unwrap().split("];").next().unwrap();
    let shown: Vec<&str> = list.split('"').skip(1).step_by(2).collect();
    assert!(shown.is_sorted());
    let missing: Vec<&String> =
        read.iter().filter(|name| !shown.contains(&name.as_str())).collect();
    assert!(missing.is_empty(), "READ_BY_RULES lacks {missing:?}");
}

/// A script of the project that sets up Django by itself loads its settings, and a working directory is where WORKDIR
/// says so.
#[test]
fn a_script_that_sets_up_django_has_settings() {
    let script = "import os, django\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'jobs.conf')\ndjango.setup()\n";
    let compose = "services:\n  jobs: {build: {context: ., dockerfile: Jobs}, command: python jobs/run.py}\n  module: {build: {context: ., dockerfile: Jobs}, command: python -m jobs.run}\n";
    let folder = Folder::new(
        "scripts",
        &[
            ("jobs.yaml", compose),
            ("Jobs", "FROM python:3.12-slim\nENV A=1\nWORKDIR /srv\nCOPY . .\n"),
            ("jobs/__init__.py", ""),
            ("jobs/run.py", script),
            ("jobs/conf.py", "DEBUG = False\n"),
        ],
    );
    for service in ["jobs", "module"] {
        let account = folder.json(&["--service", service, "-f", "jobs.yaml"]);
        assert_eq!(account["django"]["module"]["value"], "jobs.conf", "{service}");
        let workdir = account["files"].as_array().unwrap().first().unwrap();
        assert_eq!(workdir["written_at"], "Jobs:3");
    }
}
