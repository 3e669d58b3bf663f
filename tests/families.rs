//! Images of one family are judged alike, each by its own variables.

mod support;

use compose_doctor::internals::source::{MemoryFiles, RelPath, Sources};
use compose_doctor::{Options, check};
use support::{Reported, findings};

const SETTINGS: &str = r#"import os
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent

SECRET_KEY = os.environ["SECRET_KEY"]
DEBUG = os.environ.get("DEBUG", "0") == "1"
ALLOWED_HOSTS = ["localhost", "127.0.0.1"]

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "app",
        "USER": "app",
        "PASSWORD": os.environ.get("DB_PASSWORD", ""),
        "HOST": "db",
        "PORT": "5432",
    }
}

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
"#;

/// The rest of a healthy project, in which `{db}` and `{more}` are services' bodies.
const COMPOSE: &str = r#"services:
  db:
{db}
  web:
    build: .
    command: sh -c "python manage.py migrate --noinput && exec gunicorn config.wsgi:application --bind 0.0.0.0:8000"
    environment:
      SECRET_KEY: ${SECRET_KEY:?set it in .env}
      DB_PASSWORD: ${DB_PASSWORD:?set it in .env}
    depends_on:
      db:
        condition: service_healthy
    ports:
      - "8000:8000"
{more}
volumes:
  pgdata:
"#;

const DB: &str = r#"    image: postgres:16
    environment:
      POSTGRES_USER: app
      POSTGRES_PASSWORD: ${DB_PASSWORD:?set it in .env}
      POSTGRES_DB: app
    volumes:
      - pgdata:/var/lib/postgresql/data
    healthcheck:
      test: ["CMD", "pg_isready", "-h", "127.0.0.1", "-U", "app", "-d", "app"]
      interval: 5s
      retries: 10
"#;

/// What is found in the project with this database and these other services.
fn found(db: &str, more: &str, settings: &str) -> Vec<Reported> {
    findings(&project(db, more, settings))
}

fn project(db: &str, more: &str, settings: &str) -> MemoryFiles {
    let mut files = MemoryFiles::new();
    files.add("compose.yaml", COMPOSE.replace("{db}", db).replace("{more}", more));
    files.add("Dockerfile", "FROM python:3.12-slim\nWORKDIR /app\nCOPY requirements.txt .\nRUN pip install --no-cache-dir -r requirements.txt\nCOPY . .\nRUN SECRET_KEY=build python manage.py collectstatic --noinput\nCMD [\"gunicorn\", \"config.wsgi:application\", \"--bind\", \"0.0.0.0:8000\"]\n");
    files.add(".dockerignore", ".git\n.env\n");
    files.add("requirements.txt", "Django>=5.2,<5.3\ngunicorn>=23.0,<24\npsycopg[binary]>=3.2,<4\nwhitenoise>=6.6,<7\nredis>=5,<7\n");
    files.add("manage.py", "import os\nimport sys\n\nif __name__ == \"__main__\":\n    os.environ.setdefault(\"DJANGO_SETTINGS_MODULE\", \"config.settings\")\n    from django.core.management import execute_from_command_line\n\n    execute_from_command_line(sys.argv)\n");
    files.add("config/__init__.py", "");
    files.add("config/urls.py", "from django.contrib import admin\nfrom django.urls import path\n\nurlpatterns = [path(\"admin/\", admin.site.urls)]\n");
    files.add("config/wsgi.py", "import os\n\nfrom django.core.wsgi import get_wsgi_application\n\nos.environ.setdefault(\"DJANGO_SETTINGS_MODULE\", \"config.settings\")\napplication = get_wsgi_application()\n");
    files.add("config/settings.py", format!("{SETTINGS}{settings}"));
    files
}

fn rules(found: &[Reported]) -> Vec<&str> {
    found.iter().map(|f| f.hit.rule.as_str()).collect()
}

#[test]
fn the_project_itself_is_healthy() {
    let found = found(DB, "", "");
    assert!(found.is_empty(), "{:?}", rules(&found));
}

/// Everything that speaks the protocol of Redis.
const REDIS: [&str; 8] = [
    "redis:7",
    "valkey/valkey:8",
    "eqalpha/keydb:latest",
    "docker.dragonflydb.io/dragonflydb/dragonfly",
    "redis/redis-stack:latest",
    "redis/redis-stack-server:latest",
    "bitnami/redis:7.4",
    "registry.example.com/mirror/keydb:6",
];

#[test]
fn redis_asked_at_the_published_port_is_found_whatever_its_image() {
    let settings = "CACHES = {\"default\": {\"BACKEND\": \"django.core.cache.backends.redis.RedisCache\", \"LOCATION\": \"redis://cache:6380/1\"}}\n";
    for image in REDIS {
        let cache =
            format!("  cache:\n    image: {image}\n    ports:\n      - \"127.0.0.1:6380:6379\"\n");
        let found = found(DB, &cache, settings);
        assert!(rules(&found).contains(&"inner-host-port-used"), "{image}: {:?}", rules(&found));
    }
}

#[test]
fn a_misspelt_variable_is_found_on_every_image_that_is_built_from_postgres() {
    for image in [
        "postgres:16",
        "postgis/postgis:16-3.4",
        "pgvector/pgvector:pg16",
        "timescale/timescaledb:latest-pg16",
    ] {
        let db = DB.replace("postgres:16", image).replace("POSTGRES_PASSWORD", "POSTGRES_PASWORD");
        let found = found(&db, "", "");
        let unread: Vec<_> = found.iter().filter(|f| f.hit.rule == "env-var-never-read").collect();
        assert_eq!(unread.len(), 1, "{image}: {:?}", rules(&found));
        assert!(unread[0].message.ends_with("it reads POSTGRES_PASSWORD"), "{}", unread[0].message);
    }
}

#[test]
fn a_variable_that_an_image_does_not_know_is_told_with_the_images_own_name() {
    let db = DB.replace("postgres:16", "docker.io/postgis/postgis:16-3.4").replace(
        "POSTGRES_DB: app\n",
        "POSTGRES_DB: app\n      COLOUR_OF_DATA: ${COLOUR_OF_DATA:?set it in .env}\n",
    );
    let files = project(&db, "", "");
    let sources = Sources::new(&files);
    let report = check(&sources, &RelPath::root(), &Options::default());
    let help = report.findings.iter().map(|f| f.help.unmasked()).collect::<Vec<_>>().join("\n");
    assert!(help.contains("the image `postgis/postgis` does not know it"), "{help}");
}

/// Bitnami's PostgreSQL, by variables of its own.
const BITNAMI: &str = r#"    image: bitnami/postgresql@sha256:0000000000000000000000000000000000000000000000000000000000000000
    environment:
      POSTGRESQL_USERNAME: app
      POSTGRESQL_PASSWORD: ${DB_PASSWORD:?set it in .env}
      POSTGRESQL_DATABASE: app
    volumes:
      - pgdata:/bitnami/postgresql
    healthcheck:
      test: ["CMD", "pg_isready", "-h", "127.0.0.1", "-U", "app", "-d", "app"]
      interval: 5s
      retries: 10
"#;

#[test]
fn bitnamis_postgresql_is_judged_by_its_own_variables() {
    for image in ["bitnami/postgresql", "bitnamilegacy/postgresql", "docker.io/bitnami/postgresql"]
    {
        let db = BITNAMI.replace("bitnami/postgresql@", &format!("{image}@"));
        let clean = found(&db, "", "");
        assert!(clean.is_empty(), "{image}: {:?}", rules(&clean));
        // The names of Docker's image do as well.
        let same = db
            .replace("POSTGRESQL_USERNAME", "POSTGRES_USER")
            .replace("POSTGRESQL_PASSWORD", "POSTGRES_PASSWORD")
            .replace("POSTGRESQL_DATABASE", "POSTGRES_DB");
        let clean = found(&same, "", "");
        assert!(clean.is_empty(), "{image}: {:?}", rules(&clean));
        // What is wrong is still wrong, and is shown where it is written.
        let other = found(&db.replace("USERNAME: app", "USERNAME: shop"), "", "");
        let rules = rules(&other);
        assert_eq!(rules, ["db-env-name-mismatch", "pg-isready-wrong-user"], "{image}");
    }
    // Without a name of its own, the database is called `postgres`, whatever the user is called.
    let unnamed = found(&BITNAMI.replace("      POSTGRESQL_DATABASE: app\n", ""), "", "");
    let rules = rules(&unnamed);
    assert_eq!(rules, ["db-env-name-mismatch", "pg-isready-wrong-user"]);
}

#[test]
fn what_guards_an_open_server_is_taken_from_the_variables_of_its_image() {
    let open = |image: &str, environment: &str| {
        let cache = format!(
            "  cache:\n    image: {image}\n    ports:\n      - \"6379:6379\"\n    environment:\n      X: x\n{environment}"
        );
        let found = found(DB, &cache, "");
        found.iter().any(|f| f.message.ends_with("no password guards it"))
    };
    assert!(open("eqalpha/keydb:latest", ""));
    assert!(open("docker.dragonflydb.io/dragonflydb/dragonfly", ""));
    assert!(open("redis/redis-stack-server:latest", ""));
    // Options in a variable may bring a password.
    assert!(!open("redis/redis-stack-server:latest", "      REDIS_ARGS: ${REDIS_ARGS:?set it}\n"));
    assert!(!open(
        "docker.dragonflydb.io/dragonflydb/dragonfly",
        "      DFLY_requirepass: ${PW:?set it}\n"
    ));
    assert!(!open("bitnami/redis:7.4", "      REDIS_PASSWORD: ${PW:?set it}\n"));
    assert!(open("bitnami/redis:7.4", "      ALLOW_EMPTY_PASSWORD: \"yes\"\n"));
}
