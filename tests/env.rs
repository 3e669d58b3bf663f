//! `compose-doctor env` as it is called: who sets a variable, who reads it, who wins, and what is never printed.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test that fails may panic, and sets up real folders"
)]

use compose_doctor::internals::cli::{EnvCall, env};
use compose_doctor::internals::report::RenderOptions;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use unicode_width::UnicodeWidthStr;

/// A folder of its own for a test, gone when it ends.
struct Folder(PathBuf);

impl Folder {
    fn new(test: &str, files: &[(&str, &str)]) -> Self {
        let folder = Self(
            std::env::temp_dir()
                .join(format!("compose-doctor-env-{}-{test}", std::process::id()))
                .join("shop"),
        );
        for (path, text) in FILES.iter().chain(files) {
            let path = folder.0.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        folder
    }

    fn answer(&self, change: impl FnOnce(&mut EnvCall)) -> (u8, String, String) {
        let mut call = EnvCall { here: self.0.clone(), ..EnvCall::default() };
        change(&mut call);
        let answer = env(&call, RenderOptions { color: false, width: 80 });
        (answer.status, answer.out.to_string(), answer.err.to_string())
    }

    fn json(&self, change: impl FnOnce(&mut EnvCall)) -> Value {
        let (_, out, err) = self.answer(|call| {
            call.json = true;
            change(call);
        });
        serde_json::from_str(&out).unwrap_or_else(|_| panic!("{out}{err}"))
    }

    /// A variable of the service `web`.
    fn variable(&self, name: &str) -> Value {
        let all = self.json(|call| call.services = vec!["web".into()]);
        all["services"][0]["variables"][name].clone()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(self.0.parent().unwrap_or(Path::new("")));
    }
}

const FILES: [(&str, &str); 9] = [
    (
        "compose.yaml",
        "services:
  web:
    build: .
    env_file: web.env
    environment:
      DB_HOST: ${DB_HOST:-db}
      DB_PASSWORD: ${DB_PASSWORD}
      GREETING: 안녕하세요, 우리 가게에 오신 것을 환영합니다. 무엇을 도와드릴까요?
      BLANK: \"\"
      FORGOTTEN: 1
      FROM_SHELL:
  redis:
    image: redis:7
    environment:
      REDIS_PASSWORD: hunter2-redis
  db:
    image: postgres:16
    environment:
      POSTGRES_PASSWORD: ${DB_PASSWORD}
      POSTGRES_USERNAME: shop
",
    ),
    (".env", "DB_PASSWORD=hunter2-한글\nDB_HOST=database\n"),
    ("web.env", "DB_HOST=other\nWORKERS=4\nMODE=file\n"),
    (
        "Dockerfile",
        "FROM python:3.12-slim
ENV MODE=image LOG=info
WORKDIR /app
COPY . .
ENTRYPOINT [\"/app/entrypoint.sh\"]
CMD [\"gunicorn\", \"shop.wsgi\"]
",
    ),
    ("entrypoint.sh", "#!/bin/sh\nexport TOOL_HOME=/opt/tool\necho \"starting ${WORKERS}\"\nexec \"$@\"\n"),
    (
        "shop/settings.py",
        "import os
DEBUG = os.environ.get('DEBUG', '0') == '1'
SECRET_KEY = os.environ['SECRET_KEY']
MODE = os.environ.get('MODE')
GREETING = os.environ.get('GREETING', '')
BLANK = os.environ.get('BLANK')
TOOL = os.environ.get('TOOL_HOME')
LOG = os.environ.get('LOG')
SHELL = os.environ.get('FROM_SHELL')
DATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql', 'HOST': os.environ.get('DB_HOST', 'localhost'),
    'PASSWORD': os.environ.get('DB_PASSWORD', 'hunter2-default')}}
",
    ),
    ("shop/__init__.py", ""),
    ("shop/wsgi.py", "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\napplication = 1\n"),
    ("requirements.txt", "Django\ngunicorn\n"),
];

#[test]
fn compose_wins_over_env_files_and_these_over_the_image() {
    let folder = Folder::new("order", &[]);
    let host = folder.variable("DB_HOST");
    assert_eq!(host["value"], "database");
    assert_eq!(
        host["set"],
        json!([
            {"by": "env_file", "place": "web.env:1", "value": "other", "via": [], "from_shell": false, "wins": false},
            {"by": "environment", "place": "compose.yaml:6", "value": "database", "via": [".env:2"], "from_shell": false, "wins": true},
        ])
    );
    assert_eq!(host["read"][0]["place"], "shop/settings.py:10");
    let mode = folder.variable("MODE");
    assert_eq!(
        (&mode["value"], &mode["set"][0]["by"], &mode["set"][1]["wins"]),
        (&json!("file"), &json!("image"), &json!(true))
    );
    assert_eq!(folder.variable("LOG")["set"][0]["place"], "Dockerfile:2");
    let tool = folder.variable("TOOL_HOME");
    assert_eq!((&tool["value"], &tool["set"][0]["by"]), (&json!("/opt/tool"), &json!("script")));
}

#[test]
fn what_is_missing_blank_or_never_read_is_told() {
    let folder = Folder::new("states", &[]);
    let state = |name: &str| folder.variable(name)["state"].clone();
    assert_eq!(state("SECRET_KEY"), "missing");
    assert_eq!(state("BLANK"), "blank");
    assert_eq!(state("FORGOTTEN"), "never-read");
    assert_eq!(state("WORKERS"), "set");
    let debug = folder.variable("DEBUG");
    assert_eq!(
        (&debug["state"], &debug["value"], &debug["read"][0]["cast"]),
        (&json!("default"), &json!("0"), &json!("bool"))
    );
    assert_eq!(folder.answer(|_| {}).0, 1);
    let fine = Folder::new("states-fine", &[("web.env", "SECRET_KEY=k8f2n-4mq0w-zz7tq\n")]);
    assert_eq!(fine.answer(|_| {}).0, 0);
}

#[test]
fn a_name_that_other_code_has_is_read() {
    let folder =
        Folder::new("mentioned", &[("shop/other.py", "import os\nX = os.environ['FORGOTTEN']\n")]);
    let read = folder.variable("FORGOTTEN");
    assert_eq!(
        (&read["state"], &read["read"][0]["by"], &read["read"][0]["place"]),
        (&json!("set"), &json!("code"), &json!("shop/other.py:2"))
    );
}

#[test]
fn images_are_known_by_what_they_read() {
    let folder = Folder::new("images", &[]);
    let all = folder.json(|_| {});
    let of = |index: usize, name: &str| all["services"][index]["variables"][name].clone();
    assert_eq!(of(1, "REDIS_PASSWORD")["state"], "never-read");
    assert_eq!(of(2, "POSTGRES_PASSWORD")["read"][0]["program"], "postgres");
    assert_eq!(of(2, "POSTGRES_USERNAME")["state"], "never-read");
}

#[test]
fn the_shell_counts_as_it_does_for_compose() {
    let folder = Folder::new("shell", &[]);
    let all = folder.json(|call| {
        call.services = vec!["web".into()];
        call.vars =
            vec![("FROM_SHELL".into(), "yes".into()), ("DB_HOST".into(), "elsewhere".into())];
    });
    let of = |name: &str| &all["services"][0]["variables"][name];
    assert_eq!(
        (&of("FROM_SHELL")["value"], &of("FROM_SHELL")["set"][0]["from_shell"]),
        (&json!("yes"), &json!(true))
    );
    assert_eq!(
        (&of("DB_HOST")["value"], &of("DB_HOST")["set"][1]["from_shell"]),
        (&json!("elsewhere"), &json!(true))
    );
}

#[test]
fn no_secret_is_printed() {
    let folder = Folder::new("secrets", &[]);
    for as_json in [false, true] {
        let (_, out, _) = folder.answer(|call| call.json = as_json);
        assert!(
            out.contains("DB_PASSWORD") && out.contains("••••••") && !out.contains("hunter2"),
            "{out}"
        );
    }
    assert_eq!(folder.variable("DB_PASSWORD")["secret"], true);
}

#[test]
fn the_table_fits_the_terminal() {
    let folder = Folder::new(
        "width",
        &[(
            "web.env",
            "A_NAME_THAT_IS_MUCH_LONGER_THAN_ANY_COLUMN_SHOULD_BE=한국어로_쓴_아주_긴_값입니다_띄어쓰기가_없어서_나눌_곳도_없습니다\n",
        )],
    );
    let (_, out, _) = folder.answer(|_| {});
    for line in out.lines() {
        assert!(line.width() <= 80, "{} columns: {line}", line.width());
        assert!(!line.ends_with(' '), "{line}|");
    }
    assert!(out.contains("A_NAME_THAT_IS_MUCH_LONGER_THAN_ANY_COLUMN_SHOULD_BE"), "{out}");
}

#[test]
fn a_service_that_is_not_there_is_a_wrong_call() {
    let folder = Folder::new("wrong", &[]);
    let (status, out, err) = folder.answer(|call| call.services = vec!["webb".into()]);
    assert_eq!((status, out.as_str()), (2, ""));
    assert!(err.contains("there is no service `webb`; did you mean `web`?"), "{err}");
}
