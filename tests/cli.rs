//! The program as a person or a script calls it.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test that fails may panic, and sets up real folders"
)]

use assert_cmd::Command;
use serde_json::Value;
use std::path::{Path, PathBuf};

const COMPOSE: &str = "services:
  db:
    image: postgres:16
    environment:
      POSTGRES_DB: app
      POSTGRES_USER: app
      POSTGRES_PASSWORD: hunter2-한글
    volumes:
      - pgdata:/var/lib/postgresql/data
  django:
    build: .
    command: gunicorn config.wsgi:application --bind 0.0.0.0:8000
    depends_on:
      - db
    environment:
      - DB_PASSWORD=hunter2-한글
volumes:
  pgdata:
";
const DOCKERFILE: &str = "FROM python:3.12-slim
WORKDIR /app
COPY requirements.txt .
RUN pip install -r requirements.txt
COPY . .
";
const SETTINGS: &str = "import os

# 설정
SECRET_KEY = 'django-insecure-hunter2'
DEBUG = False
ROOT_URLCONF = 'config.urls'
INSTALLED_APPS = ['django.contrib.auth', 'django.contrib.contenttypes', 'django.contrib.sessions']
MIDDLEWARE = ['django.contrib.sessions.middleware.SessionMiddleware']
DATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql', 'NAME': 'app', 'USER': 'app',
    'PASSWORD': os.environ['DB_PASSWORD'], 'HOST': 'localhost'}}
";

/// A project whose database host is localhost, with secrets in plain sight; a fresh folder for each test.
fn project(test: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cli").join(test);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(folder.join("config")).unwrap();
    let write = |path: &str, text: &str| std::fs::write(folder.join(path), text).unwrap();
    write("docker-compose.yaml", COMPOSE);
    write("Dockerfile", DOCKERFILE);
    write("requirements.txt", "Django\ngunicorn\npsycopg[binary]\n");
    write(
        "manage.py",
        "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'config.settings')\n",
    );
    write("config/__init__.py", "");
    write("config/settings.py", SETTINGS);
    write(
        "config/wsgi.py",
        "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'config.settings')\napplication = 1\n",
    );
    folder
}

/// What a run wrote and how it ended.
struct Run {
    out: String,
    err: String,
    status: i32,
}

fn run_with(folder: &Path, args: &[&str], variables: &[(&str, &str)]) -> Run {
    let mut command = Command::cargo_bin("compose-doctor").unwrap();
    command.current_dir(folder).args(args);
    for name in ["NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "COLUMNS"] {
        command.env_remove(name);
    }
    command.envs(variables.iter().copied());
    let output = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Run {
        out: text(output.stdout),
        err: text(output.stderr),
        status: output.status.code().unwrap_or(-1),
    }
}

fn run(folder: &Path, args: &[&str]) -> Run {
    run_with(folder, args, &[])
}

#[test]
fn exit_status_says_how_it_went_in_every_format() {
    let project = project("status");
    for format in ["full", "concise", "json"] {
        let check = |more: &[&str]| {
            run(&project, &[&["check", "--output-format", format], more].concat()).status
        };
        assert_eq!(check(&[]), 1, "{format}");
        assert_eq!(check(&["--fail-on", "error"]), 1, "{format}");
        assert_eq!(check(&["--fail-on", "never"]), 0, "{format}");
        assert_eq!(
            check(&["--select", "db-host-localhost", "--ignore", "db-host-localhost"]),
            0,
            "{format}"
        );
        assert_eq!(check(&["nowhere"]), 2, "{format}");
    }
    assert_eq!(run(&project, &[]).status, 2);
    assert_eq!(run(&project, &["--help"]).status, 0);
    assert_eq!(
        run(&project, &["--version"]).out,
        concat!("compose-doctor ", env!("CARGO_PKG_VERSION"), "\n")
    );
}

#[test]
fn every_format_counts_the_same() {
    let project = project("counts");
    let full = run(&project, &["check"]).out;
    let concise = run(&project, &["check", "--output-format", "concise"]);
    let json: Value =
        serde_json::from_str(&run(&project, &["check", "--output-format", "json"]).out).unwrap();
    let findings = json["findings"].as_array().unwrap();
    assert!(findings.len() >= 2, "the project has problems");
    assert_eq!(full.matches(" · compose-doctor explain ").count(), findings.len());
    assert_eq!(concise.out.lines().count(), findings.len());
    for (line, finding) in concise.out.lines().zip(findings) {
        let at = &finding["labels"][0];
        let place = format!(
            "{}:{}:{}: ",
            at["path"].as_str().unwrap(),
            at["start"]["line"],
            at["start"]["column"]
        );
        assert!(
            line.starts_with(&place)
                && line.contains(&format!("[{}] ", finding["rule"].as_str().unwrap())),
            "{line}\n{finding}"
        );
    }
    let quiet = run(&project, &["check", "--quiet"]).out;
    assert_eq!(quiet.lines().count(), 1);
    assert!(full.contains(&quiet) && concise.err.contains(&quiet), "{quiet}");
    let errors = findings.iter().filter(|f| f["severity"] == "error").count();
    assert!(quiet.starts_with(&format!("{errors} error")), "{quiet}");
}

#[test]
fn secrets_and_escapes_stay_inside() {
    let project = project("secrets");
    for format in ["full", "concise", "json"] {
        let run = run(
            &project,
            &["check", "--color", "never", "--min-confidence", "low", "--output-format", format],
        );
        let all = run.out + &run.err;
        assert!(!all.contains("hunter2"), "{all}");
        assert!(!all.contains('\u{1b}'), "{all}");
    }
}

#[test]
fn colours_come_when_they_are_wanted() {
    let project = project("colours");
    let colored = |args: &[&str], variables: &[(&str, &str)]| {
        run_with(&project, &[&["check"], args].concat(), variables).out.contains('\u{1b}')
    };
    assert!(!colored(&[], &[]), "not a terminal");
    assert!(colored(&["--color", "always"], &[("NO_COLOR", "1")]), "an option beats a variable");
    assert!(colored(&[], &[("FORCE_COLOR", "1")]));
    assert!(colored(&[], &[("CLICOLOR_FORCE", "1")]));
    assert!(!colored(&[], &[("FORCE_COLOR", "0")]));
    assert!(!colored(&[], &[("FORCE_COLOR", "1"), ("NO_COLOR", "1")]));
    assert!(
        colored(&[], &[("FORCE_COLOR", "1"), ("NO_COLOR", "")]),
        "an empty variable says nothing"
    );
    assert!(!colored(&["--color", "never"], &[("FORCE_COLOR", "1")]));
}

#[test]
fn text_fits_the_width() {
    let project = project("width");
    for columns in ["60", "80", "120"] {
        let width = columns.parse::<usize>().unwrap();
        let out = run_with(&project, &["check"], &[("COLUMNS", columns)]).out;
        let mut help = false;
        for line in out.lines() {
            // Code to be pasted is not broken, nor is the name of a rule or a path.
            help = (help || line.starts_with("  help:"))
                && !line.contains(" · compose-doctor explain");
            let fits = unicode_width::UnicodeWidthStr::width(line) <= width;
            assert!(
                fits || help || line.contains("compose-doctor explain") || line.contains("╭─["),
                "{columns}: {line}\n{out}"
            );
        }
    }
}

#[test]
fn a_wrong_path_is_told_with_its_neighbours() {
    let project = project("paths");
    let wrong = run(&project, &["check", "docker-compose.yml"]);
    assert_eq!((wrong.status, wrong.out.as_str()), (2, ""));
    assert_eq!(
        wrong.err,
        "error: `docker-compose.yml` does not exist; did you mean `docker-compose.yaml`?\n"
    );
    std::fs::create_dir(project.join("empty")).unwrap();
    let empty = run(&project, &["check", "empty"]);
    assert_eq!(empty.status, 2);
    assert!(
        empty
            .err
            .starts_with("error: no Compose file found in `empty`\n  looked for compose.yaml, "),
        "{}",
        empty.err
    );
}

#[test]
fn paths_may_be_folders_or_compose_files() {
    let project = project("targets");
    let outside = project.parent().unwrap();
    let from_above = run(outside, &["check", "targets", "--output-format", "concise"]);
    let from_inside = run(&project, &["check", "--output-format", "concise"]);
    let by_file = run(&project, &["check", "docker-compose.yaml", "--output-format", "concise"]);
    assert_eq!(from_above.out, from_inside.out, "paths are relative to the checked folder");
    assert_eq!(by_file.out, from_inside.out);
    let twice =
        run(&project, &["check", ".", "docker-compose.yaml", ".", "--output-format", "concise"]);
    assert_eq!(twice.out, from_inside.out, "nothing is checked twice");
    let copy = project.join("copy");
    std::fs::create_dir(&copy).unwrap();
    for file in ["docker-compose.yaml", "Dockerfile"] {
        std::fs::copy(project.join(file), copy.join(file)).unwrap();
    }
    assert_eq!(
        run(&project, &["check", "copy/docker-compose.yaml", "docker-compose.yaml"]).status,
        1
    );
}

#[test]
fn a_wrong_name_is_told_with_the_right_one() {
    let project = project("names");
    for args in [
        &["check", "--select", "db-migrate-never-rn"][..],
        &["check", "--ignore", "db-migrate-never-rn"],
        &["explain", "db-migrate-never-rn"],
    ] {
        let wrong = run(&project, args);
        assert_eq!((wrong.status, wrong.out.as_str()), (2, ""), "{args:?}");
        assert!(
            wrong.err.starts_with(
                "error: there is no rule `db-migrate-never-rn`; did you mean `db-migrate-never-run`"
            ),
            "{}",
            wrong.err
        );
    }
    let option = run(&project, &["check", "--ouput-format", "json"]);
    assert!(option.status == 2 && option.err.contains("'--output-format'"), "{}", option.err);
    let command = run(&project, &["chek"]);
    assert!(command.status == 2 && command.err.contains("'check'"), "{}", command.err);
    let hostile = run(&project, &["explain", "\u{1b}[2J"]);
    assert!(!hostile.err.contains('\u{1b}'), "{}", hostile.err);
}

#[test]
fn rules_can_be_listed_and_read() {
    let project = project("rules");
    let json: Value =
        serde_json::from_str(&run(&project, &["rules", "--output-format", "json"]).out).unwrap();
    let rules = json["rules"].as_array().unwrap();
    let table = run_with(&project, &["rules"], &[("COLUMNS", "240")]);
    assert_eq!((table.status, table.out.lines().count()), (0, rules.len()));
    for rule in rules {
        let name = rule["name"].as_str().unwrap();
        let page = run(&project, &["explain", name]);
        assert!(page.status == 0 && page.out.starts_with(&format!("{name}\n")), "{name}");
    }
    let selected =
        run(&project, &["check", "--select", "db-host-localhost", "--output-format", "concise"]);
    assert!(
        selected.status == 1 && selected.out.lines().all(|l| l.contains("[db-host-localhost]")),
        "{}",
        selected.out
    );
}

/// `compose-doctor … | head -1`: the reader leaves, and that is no error.
#[cfg(unix)]
#[test]
fn a_closed_pipe_ends_quietly() {
    let project = project("pipe");
    let program = assert_cmd::cargo::cargo_bin("compose-doctor");
    let mut child = std::process::Command::new(program)
        .current_dir(&project)
        .args(["check", "--output-format", "json"])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let end = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8(end.stderr).unwrap(), "");
    assert_eq!(end.status.code(), Some(1), "the status is still that of the check");
}

/// What was not written was not said.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_trouble() {
    let project = project("full");
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let program = assert_cmd::cargo::cargo_bin("compose-doctor");
    let end = std::process::Command::new(program)
        .current_dir(&project)
        .arg("check")
        .stdout(full)
        .output()
        .unwrap();
    assert_eq!(end.status.code(), Some(2));
    assert!(
        String::from_utf8(end.stderr).unwrap().starts_with("error: the output cannot be written: ")
    );
}

/// A checkout that is told to be checked is not leave to read what lies elsewhere.
#[test]
#[cfg(unix)]
fn a_path_of_the_project_that_leads_out_of_it_is_refused() {
    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join("leads-out");
    let _ = std::fs::remove_dir_all(&home);
    std::fs::create_dir_all(home.join("project/.git")).unwrap();
    std::fs::create_dir_all(home.join("elsewhere")).unwrap();
    std::fs::write(
        home.join("elsewhere/compose.yaml"),
        "version: '3'\nservices:\n  web:\n    image: nginx:1.28\n",
    )
    .unwrap();
    std::os::unix::fs::symlink(home.join("elsewhere"), home.join("project/app")).unwrap();
    let run = |path: &std::ffi::OsStr| {
        assert_cmd::Command::cargo_bin("compose-doctor")
            .unwrap()
            .current_dir(home.join("project"))
            .arg("check")
            .arg(path)
            .output()
            .unwrap()
    };
    let out = run("app".as_ref());
    assert_eq!(out.status.code(), Some(2));
    assert!(
        String::from_utf8_lossy(&out.stderr).contains("is a link that leads out of the project"),
        "{out:?}"
    );
    // What is named without the link was chosen by who calls.
    assert_eq!(run(home.join("elsewhere").as_os_str()).status.code(), Some(0));
    assert_eq!(run("../elsewhere".as_ref()).status.code(), Some(0));
}

#[test]
fn a_template_is_checked_and_written() {
    let project = project("template");
    let compose = "services:\n  web:\n    image: acme/shop:${IMAGE_TAG:?set it}\n    environment:\n      API_KEY: ${API_KEY}\n      TITLE: ${TITLE:-Shop}\n      CACHE: ${CACHE:-redis://u:hunter2@cache/0}\n";
    let write = |path: &str, text: &str| std::fs::write(project.join(path), text).unwrap();
    let read = |path: &str| std::fs::read_to_string(project.join(path)).unwrap();
    write("docker-compose.yaml", compose);
    write(".env", "IMAGE_TAG=1.4\nAPI_KEY=hunter2hunter2\nTITLE=Books\n");
    assert_eq!(run(&project, &["env", "--check-template"]).status, 2);
    let written = run(&project, &["env", "--write-template"]);
    assert_eq!((written.status, written.out.as_str()), (0, ""), "{}", written.err);
    let text = read(".env.example");
    let lines: Vec<&str> = text.lines().filter(|l| !l.starts_with('#') && !l.is_empty()).collect();
    assert_eq!(lines, ["IMAGE_TAG=", "API_KEY=", "TITLE=Shop", "CACHE="]);
    assert!(text.contains("# required; read by docker-compose.yaml\nIMAGE_TAG="), "{text}");
    assert!(!text.contains("hunter2"), "{text}");
    assert_eq!(run(&project, &["env", "--check-template"]).status, 0);
    assert_eq!(run(&project, &["env", "--write-template"]).status, 2);
    assert_eq!(run(&project, &["env", "--write-template", "--force"]).status, 0);
    assert_eq!(run(&project, &["env", "--write-template", ".env", "--force"]).status, 2);
    assert!(read(".env").contains("hunter2"));
    write(".env.example", "IMAGE_TAGG=\nTITLE=Other\nOLD=1\n");
    let check = run(&project, &["env", "--check-template", ".env.example", "--format", "json"]);
    assert_eq!(check.status, 1);
    let json: Value = serde_json::from_str(&check.out).unwrap();
    let template = &json["templates"][0];
    let names = |key: &str| -> Vec<String> {
        let all = template[key].as_array().unwrap();
        all.iter().map(|l| l["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names("lacks"), ["IMAGE_TAG", "API_KEY", "CACHE"]);
    assert_eq!(template["lacks"][0]["similar"], "IMAGE_TAGG");
    assert_eq!(template["lacks"][0]["need"], "required");
    assert_eq!(names("unread"), ["OLD"]);
    assert_eq!(names("defaults"), ["TITLE"]);
    assert!(!check.out.contains("hunter2"), "{}", check.out);
}

#[test]
fn unset_variables_fail_where_that_is_asked_for() {
    let project = project("strict-vars");
    let compose = |name: &str| {
        let text = format!(
            "services:\n  web:\n    image: nginx:1.28\n    environment:\n      TITLE: ${{{name}}}\n"
        );
        std::fs::write(project.join("docker-compose.yaml"), text).unwrap();
    };
    compose("TITLE");
    assert_eq!(run(&project, &["check"]).status, 0);
    let strict = run(&project, &["check", "--strict-vars", "--output-format", "concise"]);
    assert_eq!(strict.status, 1);
    assert!(strict.out.contains("TITLE is not set"), "{}", strict.out);
    assert_eq!(run(&project, &["check", "--strict-vars", "--fail-on", "never"]).status, 1);
    assert_eq!(run(&project, &["check", "--select", "environment"]).status, 1);
    assert_eq!(run(&project, &["check", "--select", "ALL"]).status, 0);
    compose("TITLE:-Shop");
    assert_eq!(run(&project, &["check", "--strict-vars"]).status, 0);
}
