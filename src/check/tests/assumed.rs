//! What is said where an env file is not in the checkout: with its template, with what `manage.py` names, with each of
//! several settings modules.
use crate::check::{Options, check};
use crate::finding::{Confidence, Finding, Report};
use crate::source::{MemoryFiles, RelPath, Sources};

const COMPOSE: &str = "services:
  db:
    image: postgres:16
    environment:
      POSTGRES_PASSWORD: s3cr3t-of-db
      POSTGRES_DB: app
    volumes: ['pgdata:/var/lib/postgresql/data']
  web:
    build: .
    command: python manage.py runserver 0.0.0.0:8000
    env_file: .env
    depends_on: [db]
volumes:
  pgdata:
";
const SETTINGS: &str = "import os
DEBUG = False
SECRET_KEY = os.environ['SECRET_KEY']
INSTALLED_APPS = []
DATABASES = {'default': {
    'ENGINE': 'django.db.backends.postgresql',
    'NAME': os.environ['DB_NAME'],
    'USER': 'postgres',
    'PASSWORD': os.environ['DB_PASSWORD'],
    'HOST': os.environ['DB_HOST'],
}}
";
const DOCKERFILE: &str =
    "FROM python:3.12-slim\nWORKDIR /app\nCOPY . .\nRUN pip install django psycopg2-binary\n";
const MANAGE: &str =
    "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'config.settings')\n";

fn checked(files: &[(&str, &str)]) -> Report {
    let mut all = MemoryFiles::new();
    let base = [("compose.yaml", COMPOSE), ("Dockerfile", DOCKERFILE), ("manage.py", MANAGE)];
    for (path, text) in base.iter().chain(files) {
        all.add(path, *text);
    }
    let sources = Sources::new(&all);
    check(&sources, &RelPath::root(), &Options::default())
}

fn of_rule<'r>(report: &'r Report, rule: &str) -> Option<&'r Finding> {
    report.findings.iter().find(|f| f.rule.name == rule)
}

fn single(template: (&str, &str)) -> Report {
    checked(&[("config/settings.py", SETTINGS), ("config/__init__.py", ""), template])
}

#[test]
fn a_template_says_what_a_missing_env_file_would() {
    for name in
        [".env.example", "env.sample", "example.env", ".env.template", ".env.dist", ".env.tmpl"]
    {
        let report =
            single((name, "DB_NAME=app\nDB_PASSWORD=changeme\nDB_HOST=localhost\nSECRET_KEY=\n"));
        let found = of_rule(&report, "db-host-localhost");
        assert_eq!(found.map(|f| f.confidence), Some(Confidence::Medium), "{name}");
        let told =
            found.unwrap().labels.iter().any(|l| {
                l.text.unmasked() == format!("not in this checkout; read as {name} sets it")
            });
        assert!(told, "{name}");
        // A placeholder is no password.
        assert!(of_rule(&report, "db-env-name-mismatch").is_none());
        assert_eq!(report.coverage.settings, 2);
    }
    let report =
        single((".env.example", "DB_NAME=app\nDB_PASSWORD=changeme\nDB_HOST=db\nSECRET_KEY=\n"));
    assert!(of_rule(&report, "db-host-localhost").is_none());
    // Without a template nothing is known of the host.
    let report = single(("notes.txt", "DB_HOST=localhost\n"));
    assert!(of_rule(&report, "db-host-localhost").is_none());
}

#[test]
fn a_template_of_another_file_is_not_sure_enough() {
    let text = "DB_NAME=app\nDB_HOST=localhost\nSECRET_KEY=\nDB_PASSWORD=\n";
    let compose = COMPOSE.replace("env_file: .env", "env_file: .env.prod");
    let report = checked(&[
        ("compose.yaml", &compose),
        ("config/settings.py", SETTINGS),
        ("config/__init__.py", ""),
        (".env.example", text),
    ]);
    let found = of_rule(&report, "db-host-localhost").map(|f| f.confidence);
    assert_eq!(found, Some(Confidence::Low));
}

#[test]
fn what_a_template_lacks_or_only_offers_is_told_with_care() {
    let report = single((".env.example", "DB_HOST=db\n# DB_NAME=app\nDB_PASSWORD=\nSECRET_KEY=\n"));
    assert!(of_rule(&report, "required-env-not-provided").is_none());
    let report = single((".env.example", "DB_HOST=db\nDB_PASSWORD=\nSECRET_KEY=\n"));
    // The template is what is wrong, and the missing variable follows from it.
    assert!(of_rule(&report, "required-env-not-provided").is_none());
    let found = of_rule(&report, "env-template-incomplete").unwrap();
    assert!(found.message.unmasked().contains("DB_NAME"), "{}", found.message.unmasked());
    assert_eq!(found.severity, crate::finding::Severity::Warning);
}

/// Two settings modules, with the files of a package.
fn several(default: &str, compose: &str, local: &str, production: &str) -> Report {
    let manage = MANAGE.replace("config.settings", default);
    checked(&[
        ("compose.yaml", compose),
        ("manage.py", &manage),
        ("config/__init__.py", ""),
        ("config/settings/__init__.py", ""),
        ("config/settings/local.py", local),
        ("config/settings/production.py", production),
    ])
}

#[test]
fn one_module_of_several_is_assumed_where_manage_py_names_it() {
    let wrong = SETTINGS.replace("os.environ['DB_HOST']", "'localhost'");
    let report = several("config.settings.production", COMPOSE, SETTINGS, &wrong);
    let found = of_rule(&report, "db-host-localhost");
    assert_eq!(found.map(|f| f.confidence), Some(Confidence::Medium));
    // Development's are not assumed beside production's: only what holds in both is told.
    let report = several("config.settings.local", COMPOSE, &wrong, SETTINGS);
    assert!(of_rule(&report, "db-host-localhost").is_none());
}

#[test]
fn of_an_unknown_module_what_holds_in_all_is_told() {
    let compose = COMPOSE.replace(
        "env_file: .env",
        "environment: ['DJANGO_SETTINGS_MODULE=${DJANGO_SETTINGS_MODULE}', DB_NAME=app]",
    );
    let wrong = SETTINGS.replace("os.environ['DB_HOST']", "'localhost'");
    let both = several("config.settings.local", &compose, &wrong, &wrong);
    let one = several("config.settings.local", &compose, SETTINGS, &wrong);
    assert_eq!(both.coverage.settings, 4);
    assert!(of_rule(&one, "db-host-localhost").is_none());
    // Each has a place of its own, so that the same fault in both is not one place; what both lack is.
    assert!(of_rule(&both, "required-env-not-provided").is_none());
}

#[test]
fn an_env_file_that_need_not_be_there_opens_nothing() {
    let compose = COMPOSE.replace("env_file: .env", "env_file: [{path: .env, required: false}]");
    let report = checked(&[
        ("compose.yaml", &compose),
        ("config/settings.py", SETTINGS),
        ("config/__init__.py", ""),
        (".env.example", "DB_NAME=app\nDB_HOST=db\nDB_PASSWORD=\nSECRET_KEY=\n"),
    ]);
    assert!(of_rule(&report, "required-env-not-provided").is_some());
}

#[test]
fn what_a_text_copies_wins_over_a_sample_by_its_name() {
    let right = "DB_NAME=app\nDB_HOST=db\nSECRET_KEY=\nDB_PASSWORD=\n";
    let wrong = right.replace("DB_HOST=db", "DB_HOST=localhost");
    let with = |readme: &str| {
        let files = [
            ("config/settings.py", SETTINGS),
            ("config/__init__.py", ""),
            (".env.local", right),
            (".env.example", &wrong),
            ("README.md", readme),
        ];
        of_rule(&checked(&files), "db-host-localhost").map(|f| f.confidence)
    };
    assert_eq!(with("# Shop\n"), Some(Confidence::Medium));
    assert_eq!(with("1. Copy file `.env.local` to `.env`\n2. `docker compose up`\n"), None);
    assert_eq!(with("```\ngit clone x\ncd shop\ncp .env.local .env\n```\n"), None);
    // Who copies it for a virtual environment says nothing of containers.
    let host = "```\npython -m venv env\ncp .env.example .env\npython manage.py runserver\n```\n";
    assert_eq!(with(host), Some(Confidence::Low));
    assert_eq!(with(&format!("{host}`docker compose up`\n")), Some(Confidence::Medium));
}

#[test]
fn a_sample_for_development_says_little_of_production() {
    let text = "DJANGO_SETTINGS_MODULE=config.settings.local\nDB_NAME=app\nDB_HOST=localhost\nSECRET_KEY=\nDB_PASSWORD=\n";
    let production = SETTINGS.replace("os.environ['DB_HOST']", "'localhost'");
    let with = |path: &str| {
        let files = [
            (path, COMPOSE),
            ("compose.yaml", "services: {}\n"),
            ("config/__init__.py", ""),
            ("config/settings/__init__.py", ""),
            ("config/settings/local.py", SETTINGS),
            ("config/settings/production.py", &production),
            (".env.example", text),
        ];
        of_rule(&checked(&files), "db-host-localhost").map(|f| f.confidence)
    };
    assert_eq!(with("compose.prod.yaml"), None);
    assert_eq!(with("compose.local.yaml"), Some(Confidence::Medium));
    // One for production beside it is the one that production reads.
    let text = "DB_NAME=app\nDB_HOST=localhost\nSECRET_KEY=\nDB_PASSWORD=\n";
    let beside = |other: &str| {
        let files = [
            ("compose.prod.yaml", COMPOSE),
            ("compose.yaml", "services: {}\n"),
            ("config/settings.py", SETTINGS),
            ("config/__init__.py", ""),
            (".env.example", text),
            (other, "DB_HOST=db\n"),
        ];
        of_rule(&checked(&files), "db-host-localhost").map(|f| f.confidence)
    };
    assert_eq!(beside("notes.txt"), Some(Confidence::Medium));
    assert_eq!(beside(".env.prod.example"), Some(Confidence::Low));
}

#[test]
fn a_file_that_is_not_there_may_override_those_before_it() {
    let text = "DB_NAME=app\nDB_HOST=localhost\nDB_PASSWORD=s3cr3t-of-db\nSECRET_KEY=x\n";
    let with = |files: &str| {
        let compose = COMPOSE.replace("env_file: .env", &format!("env_file: {files}"));
        let report = checked(&[
            ("compose.yaml", &compose),
            ("config/settings.py", SETTINGS),
            ("config/__init__.py", ""),
            (".env.dev", text),
        ]);
        of_rule(&report, "db-host-localhost").map(|f| f.confidence)
    };
    assert_eq!(with("[.env.dev, .env.prod]"), None);
    assert_eq!(with("[.env.prod, .env.dev]"), Some(Confidence::High));
}

#[test]
fn what_is_merged_in_unread_may_bring_the_host() {
    let settings = SETTINGS.replace(
        "DATABASES = {'default': {",
        "import dj_database_url\nDATABASES = {'default': {**dj_database_url.config(), 'ENGINE': 'django.db.backends.postgresql'}}\nX = {'default': {",
    );
    let files = |text: &str| {
        let all = [("config/settings.py", text), ("config/__init__.py", "")];
        of_rule(&checked(&all), "db-host-localhost").map(|f| f.confidence)
    };
    assert_eq!(files(&settings), None);
    let plain = settings.replace("**dj_database_url.config(), ", "");
    assert_eq!(files(&plain), Some(Confidence::High));
}

#[test]
fn a_file_that_services_need_is_not_made_optional() {
    let compose = COMPOSE.replace(
        "    environment:\n      POSTGRES_PASSWORD: s3cr3t-of-db\n      POSTGRES_DB: app\n",
        "    env_file: .env\n",
    );
    let with = |compose: &str, settings: &str| {
        let report = checked(&[
            ("compose.yaml", compose),
            ("config/settings.py", settings),
            ("config/__init__.py", ""),
        ]);
        let found = of_rule(&report, "env-file-missing").unwrap();
        found.help.unmasked().to_owned()
    };
    let needed = with(&compose, SETTINGS);
    for part in ["POSTGRES_PASSWORD=", "SECRET_KEY=", "commit a sample"] {
        assert!(needed.contains(part), "{part}: {needed}");
    }
    assert!(!needed.contains("required: false"), "{needed}");
    let free = with(COMPOSE, "SECRET_KEY = 'x'\nINSTALLED_APPS = []\n");
    assert!(free.contains("required: false"), "{free}");
}
