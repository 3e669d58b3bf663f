//! What is said of variables, env files and passwords, each with what must stay quiet beside it.

use crate::check::{Options, check};
use crate::finding::{Finding, Report, Severity};
use crate::source::{MemoryFiles, RelPath, Sources};

const COMPOSE: &str = "services:
  db:
    image: postgres:16
    environment:
      POSTGRES_USER: app
      POSTGRES_PASSWORD: ${DB_PASSWORD:?}
      POSTGRES_DB: app
    volumes: ['pgdata:/var/lib/postgresql/data']
  redis:
    image: redis:7
  web:
    build: .
    command: gunicorn config.wsgi
    environment:
      SECRET_KEY: ${SECRET_KEY:?}
      DB_PASSWORD: ${DB_PASSWORD:?}
    restart: always
volumes:
  pgdata:
";
const SETTINGS: &str = "import os
DEBUG = False
SECRET_KEY = os.environ['SECRET_KEY']
INSTALLED_APPS = []
DATABASES = {'default': {
    'ENGINE': 'django.db.backends.postgresql',
    'NAME': 'app',
    'USER': 'app',
    'PASSWORD': os.environ.get('DB_PASSWORD'),
    'HOST': 'db',
}}
";
const WSGI: &str = "import os
from django.core.wsgi import get_wsgi_application
os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'config.settings')
application = get_wsgi_application()
";
const DOCKERFILE: &str = "FROM python:3.12-slim\nWORKDIR /app\nCOPY . .\nRUN pip install django gunicorn psycopg2-binary celery redis\n";

/// What is said of the project with changes: `(text, other text)` in its Compose file and its settings.
pub(super) fn changed(
    compose: &[(&str, &str)],
    settings: &[(&str, &str)],
    more: &[(&str, &str)],
) -> Report {
    let with = |text: &str, changes: &[(&str, &str)]| {
        changes.iter().fold(text.to_owned(), |text, (old, new)| {
            assert!(text.contains(old), "{old}");
            text.replace(old, new)
        })
    };
    let mut all = MemoryFiles::new();
    all.add("compose.prod.yaml", with(COMPOSE, compose));
    all.add("config/settings.py", with(SETTINGS, settings));
    for (path, text) in
        [("config/__init__.py", ""), ("config/wsgi.py", WSGI), ("Dockerfile", DOCKERFILE)]
    {
        all.add(path, text);
    }
    more.iter().for_each(|(path, text)| {
        all.add(path, *text);
    });
    let sources = Sources::new(&all);
    check(&sources, &RelPath::root(), &Options::default())
}

pub(super) fn of_rule<'r>(report: &'r Report, rule: &str) -> Option<&'r Finding> {
    report.findings.iter().find(|f| f.rule.name == rule)
}

pub(super) fn messages(report: &Report, rule: &str) -> Vec<String> {
    let all = report.findings.iter().filter(|f| f.rule.name == rule);
    all.map(|f| f.message.chars().collect()).collect()
}

#[test]
fn a_database_with_a_password_wants_one() {
    const RULE: &str = "db-env-name-mismatch";
    let given = "      DB_PASSWORD: ${DB_PASSWORD:?}\n";
    let told = ["web gives db no password: fe_sendauth: no password supplied"];
    assert!(of_rule(&changed(&[], &[], &[]), RULE).is_none());
    // Read with `os.environ.get`, and nothing sets it.
    assert_eq!(messages(&changed(&[(given, "")], &[], &[]), RULE), told);
    // Given by a file that the settings do not read.
    let by_file = (
        "      POSTGRES_PASSWORD: ${DB_PASSWORD:?}",
        "      POSTGRES_PASSWORD_FILE: /run/secrets/pw",
    );
    let own_file = (given, "      DB_PASSWORD_FILE: /run/secrets/pw\n");
    assert_eq!(messages(&changed(&[by_file, own_file], &[], &[]), RULE), told);
    for password in ["'PASSWORD': '',", ""] {
        let written = [("'PASSWORD': os.environ.get('DB_PASSWORD'),", password)];
        assert_eq!(messages(&changed(&[], &written, &[]), RULE), told, "{password}");
    }
    // A file that the settings read, a server that asks nobody, libpq's own variable.
    let read = [("os.environ.get('DB_PASSWORD')", "open('/run/secrets/pw').read()")];
    assert!(of_rule(&changed(&[by_file], &read, &[]), RULE).is_none());
    let trust = (
        "      POSTGRES_DB: app",
        "      POSTGRES_DB: app\n      POSTGRES_HOST_AUTH_METHOD: trust",
    );
    assert!(of_rule(&changed(&[(given, ""), trust], &[], &[]), RULE).is_none());
    let own = (given, "      PGPASSWORD: ${DB_PASSWORD:?}\n");
    assert!(of_rule(&changed(&[own], &[], &[]), RULE).is_none());
}

#[test]
fn every_server_has_a_database_of_its_product() {
    let other = ("'NAME': 'app'", "'NAME': 'other'");
    assert!(of_rule(&changed(&[], &[other], &[]), "db-env-name-mismatch").is_some());
    let own = ("'NAME': 'app'", "'NAME': 'postgres'");
    assert!(of_rule(&changed(&[], &[own], &[]), "db-env-name-mismatch").is_none());
}

#[test]
fn a_password_that_must_be_set_is_one() {
    let cache = [(
        "INSTALLED_APPS = []",
        "INSTALLED_APPS = []\nCACHES = {'default': {'BACKEND': 'django.core.cache.backends.redis.RedisCache', 'LOCATION': 'redis://redis:6379/1'}}",
    )];
    let with = |command: &str| {
        let image = format!("image: redis:7\n    command: {command}");
        changed(&[("image: redis:7", &image)], &cache, &[])
    };
    const RULE: &str = "broker-credentials-mismatch";
    assert!(of_rule(&with("redis-server --requirepass ${REDIS_PASSWORD:?}"), RULE).is_some());
    // It may be blank.
    assert!(of_rule(&with("redis-server --requirepass ${REDIS_PASSWORD}"), RULE).is_none());
    assert!(of_rule(&with("redis-server --save 60 1"), RULE).is_none());
}

#[test]
fn a_variable_that_nothing_reads_is_told() {
    const RULE: &str = "env-var-never-read";
    let set = |line: &str| {
        let key = format!("      SECRET_KEY: ${{SECRET_KEY:?}}\n      {line}");
        changed(&[("      SECRET_KEY: ${SECRET_KEY:?}", &key)], &[], &[])
    };
    assert_eq!(
        messages(&set("DJANGO_SETTING_MODULE: config.settings"), RULE),
        [
            "web is given DJANGO_SETTING_MODULE, which nothing reads; it reads DJANGO_SETTINGS_MODULE"
        ]
    );
    assert!(of_rule(&set("DJANGO_SETTINGS_MODULE: config.settings"), RULE).is_none());
    // A setting of that name is no reader.
    assert_eq!(
        messages(&set("DEBUG: 'True'"), RULE),
        ["web is given DEBUG, which nothing reads: the settings set it by themselves"]
    );
    assert!(of_rule(&set("DEBUG: 'False'"), RULE).is_none());
    let read = changed(
        &[(
            "      SECRET_KEY: ${SECRET_KEY:?}",
            "      SECRET_KEY: ${SECRET_KEY:?}\n      DEBUG: 'True'",
        )],
        &[],
        &[("config/extra.py", "import os\nON = os.environ.get('DEBUG')\n")],
    );
    assert!(of_rule(&read, RULE).is_none());
}

#[test]
fn other_secrets_than_the_key_are_secrets() {
    const RULE: &str = "hardcoded-secret-settings";
    let with = |line: &str| {
        let apps = format!("INSTALLED_APPS = []\n{line}");
        changed(&[], &[("INSTALLED_APPS = []", &apps)], &[])
    };
    let found = with(
        "EMAIL_HOST_PASSWORD = 'qwzx-tyui-9p'\nSTRIPE_SECRET_KEY = 'sk_live_4eC39HqLyjWDarjtT1zdp7dc'",
    );
    assert_eq!(
        messages(&found, RULE),
        ["EMAIL_HOST_PASSWORD is in the repository: whoever reads it can use it"]
    );
    assert_eq!(of_rule(&found, RULE).map(|f| f.severity), Some(Severity::Warning));
    for line in [
        "EMAIL_HOST_PASSWORD = 'your-password'",
        "STRIPE_SECRET_KEY = ''",
        "API_KEY_HEADER = 'X-Key'",
    ] {
        assert!(of_rule(&with(line), RULE).is_none(), "{line}");
    }
    // A default that Compose puts in is as public as a literal.
    let key = ("SECRET_KEY: ${SECRET_KEY:?}", "SECRET_KEY: ${SECRET_KEY:-not-so-secret-123}");
    assert_eq!(
        messages(&changed(&[key], &[], &[]), RULE),
        [
            "the key that signs sessions falls back to one in the Compose file when SECRET_KEY is not set"
        ]
    );
}

#[test]
fn a_url_is_given_whole() {
    let url = [(
        "      DB_PASSWORD: ${DB_PASSWORD:?}",
        "      DATABASE_URL: postgres://app:hidden-1@localhost:5432/app",
    )];
    let database = "DATABASES = {'default': {
    'ENGINE': 'django.db.backends.postgresql',
    'NAME': 'app',
    'USER': 'app',
    'PASSWORD': os.environ.get('DB_PASSWORD'),
    'HOST': 'db',
}}
";
    let read =
        [(database, "import dj_database_url\nDATABASES = {'default': dj_database_url.config()}\n")];
    let report = changed(&url, &read, &[]);
    let help: String =
        of_rule(&report, "db-host-localhost").map(|f| f.help.chars().collect()).unwrap_or_default();
    assert!(help.contains("DATABASE_URL: postgres://app:hidden-1@db:5432/app"), "{help}");
}

#[test]
fn an_env_file_of_production_is_missing_for_everybody_but_production() {
    let compose = [("    restart: always", "    restart: always\n    env_file: .env.prod")];
    let ignored = changed(&compose, &[], &[(".gitignore", ".env*\n"), (".env.dev", "A=1\n")]);
    let found = of_rule(&ignored, "env-file-missing");
    assert_eq!(found.map(|f| f.severity), Some(Severity::Info));
    let help: String = found.map(|f| f.help.chars().collect()).unwrap_or_default();
    assert!(!help.contains(".env.dev"), "{help}");
    let open = changed(&compose, &[], &[(".env.dev", "A=1\n")]);
    assert_eq!(of_rule(&open, "env-file-missing").map(|f| f.severity), Some(Severity::Error));
}

#[test]
fn a_worker_without_the_database_is_told() {
    let services = "volumes:\n  pgdata:";
    let worker = "  worker:\n    build: .\n    command: celery -A config worker\n    environment:\n      SECRET_KEY: ${SECRET_KEY:?}\nvolumes:\n  pgdata:";
    let given = (
        "      DB_PASSWORD: ${DB_PASSWORD:?}",
        "      DB_PASSWORD: ${DB_PASSWORD:?}\n      DB_NAME: app",
    );
    let name = [("'NAME': 'app'", "'NAME': os.environ.get('DB_NAME')")];
    let celery = [(
        "config/celery.py",
        "import os\nfrom celery import Celery\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'config.settings')\napp = Celery('config')\n",
    )];
    let report = changed(&[(services, worker), given], &name, &celery);
    let told = messages(&report, "worker-env-or-code-drift");
    assert_eq!(
        told,
        [
            "worker works with another database than web: without DB_NAME its settings fall back to no name"
        ]
    );
}

#[test]
fn names_of_services_are_not_known_on_the_network_of_the_host() {
    const RULE: &str = "db-host-unknown-service";
    let mode = ("    restart: always", "    restart: always\n    network_mode: host");
    assert_eq!(
        messages(&changed(&[mode], &[], &[]), RULE),
        [
            "web is on the host's network, which knows no services: could not translate host name \"db\" to address"
        ]
    );
    let listed = (
        "    restart: always",
        "    restart: always\n    network_mode: host\n    extra_hosts: ['db:127.0.0.1']",
    );
    assert!(of_rule(&changed(&[listed], &[], &[]), RULE).is_none());
}

#[test]
fn the_host_has_a_name_on_linux_only_where_it_is_given_one() {
    const RULE: &str = "db-host-unknown-service";
    let host = [("'HOST': 'db'", "'HOST': 'host.docker.internal'")];
    let found = changed(&[], &host, &[]);
    assert_eq!(of_rule(&found, RULE).map(|f| f.severity), Some(Severity::Warning));
    for hosts in ["['host.docker.internal:host-gateway']", "{host.docker.internal: host-gateway}"] {
        let with = format!("    restart: always\n    extra_hosts: {hosts}");
        assert!(of_rule(&changed(&[("    restart: always", &with)], &host, &[]), RULE).is_none());
    }
}

#[test]
fn a_last_line_without_a_name_matters_to_containers_only() {
    let file = [(".env", "DB_PASSWORD=s3cr3t\nx")];
    assert!(of_rule(&changed(&[], &[], &file), "syntax-error").is_none());
    let given = [("    restart: always", "    restart: always\n    env_file: .env")];
    assert!(of_rule(&changed(&given, &[], &file), "syntax-error").is_some());
}

#[test]
fn the_file_that_texts_copy_is_the_template() {
    use crate::finding::Confidence;
    let compose = [
        ("    restart: always", "    restart: always\n    env_file: conf/web.env"),
        ("      DB_PASSWORD: ${DB_PASSWORD:?}\n", ""),
    ];
    let host = [("'HOST': 'db'", "'HOST': os.environ['DB_HOST']")];
    let texts = [
        ("README.md", "# Shop\n\n```sh\ncp conf/start.txt conf/web.env\n```\n"),
        ("conf/start.txt", "DB_HOST=localhost\n"),
    ];
    let found = changed(&compose, &host, &texts);
    let found = of_rule(&found, "db-host-localhost").map(|f| f.confidence);
    assert_eq!(found, Some(Confidence::Medium));
    assert!(of_rule(&changed(&compose, &host, &texts[1..]), "db-host-localhost").is_none());
}

#[test]
fn a_file_of_the_first_notation_is_one_fault() {
    let compose = "db:\n  image: postgres:16\nweb:\n  build: .\n";
    let mut all = MemoryFiles::new();
    all.add("docker-compose.yml", compose);
    all.add("Dockerfile", DOCKERFILE);
    let sources = Sources::new(&all);
    let report = check(&sources, &RelPath::root(), &Options::default());
    let told = messages(&report, "yaml-dup-keys-tabs-unknown");
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].contains("no `services:` above it"), "{told:?}");
}

#[test]
fn an_unknown_anchor_is_one_fault() {
    let mut all = MemoryFiles::new();
    all.add("compose.yaml", "services:\n  web:\n    image: nginx:1.28\n    environment:\n      <<: *nothing\n      A: b\n");
    let sources = Sources::new(&all);
    let report = check(&sources, &RelPath::root(), &Options::default());
    assert_eq!(messages(&report, "syntax-error").len(), 1);
    assert!(of_rule(&report, "value-invalid").is_none());
}

#[test]
fn a_database_that_the_settings_do_not_use_has_no_tables() {
    let sqlite = [
        (
            "    'ENGINE': 'django.db.backends.postgresql',
    'NAME': 'app',",
            "    'ENGINE': 'django.db.backends.sqlite3',
    'NAME': '/data/db.sqlite3',",
        ),
        (
            "INSTALLED_APPS = []",
            "INSTALLED_APPS = ['django.contrib.auth', 'django.contrib.contenttypes']\nAUTH_USER_MODEL = 'account.User'",
        ),
    ];
    let found = messages(&changed(&[], &sqlite, &[]), "db-migrate-never-run");
    assert_eq!(
        found,
        ["nothing runs `migrate`: the database has no tables, so the first query fails"]
    );
}

#[test]
fn what_a_text_decides_the_other_way_round_is_no_boolean() {
    let rule = "debug-env-string-truthy";
    for (debug, told) in [
        ("os.environ.get('DEBUG', True)", true),
        ("bool(os.environ.get('DEBUG', True))", true),
        ("False if os.environ.get('PRODUCTION') else True", false),
        ("not bool(os.environ.get('PRODUCTION'))", false),
        ("not os.environ.get('PRODUCTION', '1')", false),
        ("{'1': True}.get(os.environ.get('DEBUG'), False)", false),
    ] {
        let line = format!("DEBUG = {debug}");
        let report = changed(&[], &[("DEBUG = False", &line)], &[]);
        assert_eq!(of_rule(&report, rule).is_some(), told, "{debug}");
    }
}

#[test]
fn debugpy_loads_the_file_itself() {
    let manage = "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'config.settings')\n";
    for command in [
        "python -m debugpy --listen 0.0.0.0:5678 manage.py runserver 0.0.0.0:8000",
        "python -m debugpy --wait-for-client --listen 5678 -m gunicorn config.wsgi",
    ] {
        let report = changed(&[("gunicorn config.wsgi", command)], &[], &[("manage.py", manage)]);
        assert!(of_rule(&report, "entrypoint-hidden-or-missing").is_none(), "{command}");
        assert!(of_rule(&report, "db-migrate-never-run").is_some(), "{command}");
    }
}
