//! What images, mounts and nginx hold, judged on small whole projects: each case names a rule, and whether it speaks.

mod support;

use compose_doctor::internals::finding::Severity;
use compose_doctor::internals::source::MemoryFiles;
use support::findings;

const SETTINGS: &str = r#"import os
from pathlib import Path
BASE_DIR = Path(__file__).resolve().parent.parent
SECRET_KEY = os.environ["SECRET_KEY"]
DEBUG = False
ALLOWED_HOSTS = ["localhost"]
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]
MIDDLEWARE = ["django.contrib.sessions.middleware.SessionMiddleware"]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DATABASES = {"default": {"ENGINE": "django.db.backends.postgresql", "HOST": "db", "NAME": "app", "USER": "app", "PASSWORD": "x"}}
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
"#;
const DOCKERFILE: &str = "FROM python:3.12-slim\nWORKDIR /app\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\nCOPY . .\nCMD [\"gunicorn\", \"config.wsgi\", \"--bind\", \"0.0.0.0:8000\"]\n";
const MANAGE: &str = "import os, sys\nos.environ.setdefault(\"DJANGO_SETTINGS_MODULE\", \"config.settings\")\nfrom django.core.management import execute_from_command_line\nexecute_from_command_line(sys.argv)\n";
const WSGI: &str = "import os\nfrom django.core.wsgi import get_wsgi_application\nos.environ.setdefault(\"DJANGO_SETTINGS_MODULE\", \"config.settings\")\napplication = get_wsgi_application()\n";
const URLS: &str = "from django.contrib import admin\nfrom django.urls import path\nurlpatterns = [path(\"admin/\", admin.site.urls)]\n";

/// A Django project with these files in addition, or in place of those that it has.
fn project(files: &[(&str, &str)]) -> MemoryFiles {
    let mut memory = MemoryFiles::new();
    let usual = [
        ("Dockerfile", DOCKERFILE),
        ("requirements.txt", "django==5.1.4\ngunicorn==23.0.0\npsycopg[binary]==3.2.3\n"),
        ("manage.py", MANAGE),
        ("config/__init__.py", ""),
        ("config/settings.py", SETTINGS),
        ("config/urls.py", URLS),
        ("config/wsgi.py", WSGI),
    ];
    for (path, text) in usual.iter().chain(files) {
        memory.add(path, *text);
    }
    memory
}

/// Where a rule speaks: `path:line`.
fn places(rule: &str, files: &[(&str, &str)]) -> Vec<String> {
    let all = findings(&project(files)).into_iter().map(|f| f.hit);
    all.filter(|hit| hit.rule == rule).map(|hit| format!("{}:{}", hit.path, hit.line)).collect()
}

const COLLECT: &str = "sh -c \"python manage.py collectstatic --noinput && gunicorn config.wsgi --bind 0.0.0.0:8000\"";

/// nginx in front of the service `web`; `mounts` are those of `web`, and `more` is the rest of the file.
fn behind_nginx(command: &str, mounts: &str, location: &str, more: &str) -> Vec<String> {
    let compose = format!(
        "services:\n  web:\n    build: .\n    command: {command}\n    environment: {{SECRET_KEY: x}}\n    volumes: [{mounts}]\n  nginx:\n    image: nginx:1.28\n    ports: ['80:80']\n    volumes: ['./n.conf:/etc/nginx/conf.d/default.conf', 'static:/srv/static']\n{more}volumes:\n  static:\n"
    );
    let conf = format!(
        "server {{\n listen 80;\n location / {{ proxy_pass http://web:8000; }}\n location /static/ {{ {location} }}\n}}\n"
    );
    places("static-root-not-mounted", &[("compose.yaml", &compose), ("n.conf", &conf)])
}

#[test]
fn static_files_are_asked_of_the_service_behind_nginx() {
    const ALIAS: &str = "alias /srv/static/;";
    assert_eq!(behind_nginx(COLLECT, "", ALIAS, ""), ["compose.yaml:2"]);
    assert!(behind_nginx(COLLECT, "'static:/app/staticfiles'", ALIAS, "").is_empty());
    // A worker loads the same settings.
    let worker = "  worker:\n    build: .\n    command: python manage.py qcluster\n    environment: {SECRET_KEY: x}\n";
    assert!(behind_nginx(COLLECT, "'static:/app/staticfiles'", ALIAS, worker).is_empty());
    assert_eq!(behind_nginx(COLLECT, "", ALIAS, worker), ["compose.yaml:2"]);
    // What only mounts the volume fills it with nothing.
    let mounted = format!("{worker}    volumes: ['static:/app/staticfiles']\n");
    assert_eq!(behind_nginx(COLLECT, "'static:/app/other'", ALIAS, &mounted), ["compose.yaml:6"]);
}

#[test]
fn collected_files_may_be_copied_to_the_volume() {
    let command = "sh -c \"python manage.py collectstatic --noinput && cp -r /app/staticfiles/. /shared/ && gunicorn config.wsgi --bind 0.0.0.0:8000\"";
    assert!(behind_nginx(command, "'static:/shared'", "alias /srv/static/;", "").is_empty());
}

#[test]
fn proxy_pass_answers_before_alias() {
    let both = "alias /srv/static/; proxy_pass http://web:8000;";
    assert!(behind_nginx(COLLECT, "", both, "").is_empty());
}

/// A stack with a database; `web` is the body of its Django service.
fn with_database(db: &str, web: &str) -> String {
    let indent = |body: &str| body.replace('\n', "\n    ");
    format!(
        "services:\n  db:\n    {}\n  web:\n    {}\n    environment: {{SECRET_KEY: x}}\nvolumes:\n  data:\n",
        indent(db),
        indent(web)
    )
}

const DB: &str = "image: postgres:16\nenvironment: {POSTGRES_USER: app, POSTGRES_PASSWORD: x, POSTGRES_DB: app}\nvolumes: ['data:/var/lib/postgresql/data']";

#[test]
fn a_volume_beside_the_data_folder_holds_no_data() {
    let at = |image: &str, target: &str| {
        let db = DB.replace("postgres:16", image).replace("/var/lib/postgresql/data", target);
        let compose = with_database(&db, "build: .");
        places("db-no-volume", &[("compose.yaml", &compose)])
    };
    assert!(at("postgres:16", "/var/lib/postgresql/data").is_empty());
    assert_eq!(at("postgres:16", "/var/lib/postgresql/backups"), ["compose.yaml:3"]);
    assert_eq!(at("postgres:16", "/var/lib/postgres/data"), ["compose.yaml:3"]);
    // From 18 on the data is elsewhere, and that is another rule's.
    assert!(at("postgres:18", "/var/lib/postgresql/data").is_empty());
    assert!(at("registry.example.com/team/postgres", "/var/lib/postgresql/pgdata").is_empty());
}

#[test]
fn a_job_built_from_a_databases_image_is_no_database() {
    let job = |file: &str| {
        let compose = with_database(DB, "build: .")
            .replace("volumes:\n  data:", "  backup:\n    build: ./backup\nvolumes:\n  data:");
        places(
            "db-no-volume",
            &[
                ("compose.yaml", &compose),
                ("backup/Dockerfile", file),
                (
                    "backup/run.sh",
                    "#!/bin/sh\nwhile true; do pg_dump -h db app > /out/app.sql; sleep 86400; done\n",
                ),
            ],
        )
    };
    assert!(job("FROM postgres:16\nCOPY run.sh /run.sh\nCMD [\"sh\", \"/run.sh\"]\n").is_empty());
    assert!(job("FROM postgres:16\nENTRYPOINT [\"crond\", \"-f\"]\n").is_empty());
    assert_eq!(
        job("FROM postgres:16\nCMD [\"postgres\", \"-c\", \"fsync=off\"]\n"),
        ["compose.yaml:9"]
    );
    assert_eq!(
        job("FROM postgres:16\nCOPY run.sh /docker-entrypoint-initdb.d/\n"),
        ["compose.yaml:9"]
    );
}

#[test]
fn a_database_built_here_silences_nothing_about_migrations() {
    let built = DB.replace("image: postgres:16", "build: ./db");
    for file in [
        "FROM postgres:16\nCOPY init.sql /docker-entrypoint-initdb.d/\n",
        "FROM postgres:16\nENTRYPOINT [\"/prepare\"]\nCMD [\"postgres\"]\n",
    ] {
        let compose = with_database(&built, "build: .");
        let files =
            [("compose.yaml", compose.as_str()), ("db/Dockerfile", file), ("db/init.sql", "")];
        assert_eq!(places("db-migrate-never-run", &files), ["Dockerfile:6"], "{file}");
    }
    // So does a proxy that is built from a ready-made image.
    for base in ["nginxinc/nginx-unprivileged:1", "traefik:v3"] {
        let compose = with_database(DB, "build: .")
            .replace("volumes:\n  data:", "  proxy:\n    build: ./proxy\nvolumes:\n  data:");
        let file = format!("FROM {base}\nCOPY conf /etc/proxy/conf\n");
        let files =
            [("compose.yaml", compose.as_str()), ("proxy/Dockerfile", &file), ("proxy/conf", "")];
        assert_eq!(places("db-migrate-never-run", &files), ["Dockerfile:6"], "{base}");
    }
}

#[test]
fn the_role_postgres_is_there_before_version_10() {
    let asks = |tag: &str| {
        let db = DB.replace("postgres:16", &format!("postgres:{tag}"));
        let db = format!(
            "{db}\nhealthcheck: {{test: [CMD, pg_isready, -h, 127.0.0.1, -U, postgres, -d, app]}}"
        );
        places("pg-isready-wrong-user", &[("compose.yaml", &with_database(&db, "build: ."))])
    };
    assert_eq!(asks("16").len(), 1);
    assert!(asks("9.6").is_empty());
}

#[test]
fn a_build_that_is_missing_beside_an_image_is_a_note() {
    let built = |image: &str| {
        let web = format!("build: ./gone\n{image}");
        let memory = project(&[("compose.yaml", &with_database(DB, &web))]);
        let found = findings(&memory);
        let found = found.iter().find(|f| f.hit.rule == "dockerfile-missing");
        found.map(|f| f.severity)
    };
    assert_eq!(built(""), Some(Severity::Error));
    assert_eq!(built("image: registry.example.com/team/web:1"), Some(Severity::Info));
    assert_eq!(built("image: web"), Some(Severity::Error));
    assert_eq!(built("image: team/web\npull_policy: build"), Some(Severity::Error));
}

#[test]
fn other_servers_than_djangos_own_serve_no_static_files() {
    let served = |settings: &str, command: &str, urls: &str| {
        let settings = SETTINGS.replace("DEBUG = False", settings);
        let compose =
            with_database(DB, &format!("build: .\ncommand: {command}\nports: ['8000:8000']"));
        !places(
            "static-no-server-debug-false",
            &[
                ("compose.yaml", &compose),
                ("config/settings.py", &settings),
                ("config/urls.py", urls),
            ],
        )
        .is_empty()
    };
    let open = "DEBUG = os.environ.get(\"DEBUG\") == \"1\" or len(os.listdir(\"/\")) > 3";
    let gunicorn = "gunicorn config.wsgi --bind 0.0.0.0:8000";
    let routed = format!(
        "{URLS}from django.contrib.staticfiles.urls import staticfiles_urlpatterns\nurlpatterns += staticfiles_urlpatterns()\n"
    );
    let runserver = "python manage.py runserver 0.0.0.0:8000";
    assert!(served("DEBUG = False", gunicorn, URLS));
    assert!(served(open, gunicorn, URLS));
    assert!(served("DEBUG = True", gunicorn, URLS));
    assert!(!served(open, gunicorn, &routed));
    assert!(!served(open, runserver, URLS));
    assert!(!served("DEBUG = False", &format!("{runserver} --insecure"), URLS));
    assert!(served("DEBUG = False", runserver, URLS));
}

#[test]
fn what_onbuild_leaves_is_done_in_the_image_built_on_it() {
    let missing = |file: &str| {
        places(
            "copy-source-missing-in-context",
            &[("compose.yaml", "services:\n  web:\n    build: .\n"), ("Dockerfile", file)],
        )
    };
    assert!(
        missing("FROM python:3.12-slim AS base\nONBUILD COPY gone.txt /app/\nCMD [\"python\"]\n")
            .is_empty()
    );
    let used =
        "FROM python:3.12-slim AS base\nONBUILD COPY gone.txt /app/\nFROM base\nCMD [\"python\"]\n";
    assert_eq!(missing(used), ["Dockerfile:2"]);
}

#[test]
fn two_blank_names_are_two_images() {
    let compose = "services:\n  web:\n    image: ${WEB_IMAGE}\n    build: .\n    environment: {SECRET_KEY: x}\n  nginx:\n    image: ${NGINX_IMAGE}\n    build: ./nginx\n  worker:\n    image: ${WORKER_IMAGE}\n    command: celery -A config worker\n  other:\n    image: ${WEB_IMAGE}\n    command: celery -A config worker\n";
    let files = [("compose.yaml", compose), ("nginx/Dockerfile", "FROM nginx:1.28\n")];
    // The one is the image of Django, which has no such application; of the other nothing is known.
    let found = places("celery-app-not-found", &files);
    assert_eq!(found, ["compose.yaml:14"]);
}

#[test]
fn backends_are_packages_too() {
    let missing = |more: &str, requirements: &str| {
        let settings = format!("{SETTINGS}{more}");
        let requirements =
            format!("django==5.1.4\ngunicorn==23.0.0\npsycopg[binary]==3.2.3\n{requirements}");
        let files = [
            ("compose.yaml", with_database(DB, "build: .")),
            ("config/settings.py", settings),
            ("requirements.txt", requirements),
            ("templates/allauth/base.html", String::new()),
        ];
        let files: Vec<(&str, &str)> = files.iter().map(|(p, t)| (*p, t.as_str())).collect();
        places("python-package-not-installed", &files).len()
    };
    for setting in [
        "CACHES = {'default': {'BACKEND': 'django_redis.cache.RedisCache'}}\n",
        "DEFAULT_FILE_STORAGE = 'storages.backends.s3boto3.S3Boto3Storage'\n",
        "STORAGES = {'default': {'BACKEND': 'storages.backends.s3.S3Storage'}}\n",
        "EMAIL_BACKEND = 'anymail.backends.mailgun.EmailBackend'\n",
        "AUTHENTICATION_BACKENDS = ['django.contrib.auth.backends.ModelBackend', 'allauth.account.auth_backends.AuthenticationBackend']\n",
    ] {
        assert_eq!(missing(setting, ""), 1, "{setting}");
        // What another package brings along is not known.
        assert_eq!(missing(setting, "some-own-package==1.0\n"), 0, "{setting}");
    }
    assert_eq!(
        missing(
            "CACHES = {'default': {'BACKEND': 'django.core.cache.backends.redis.RedisCache'}}\n",
            ""
        ),
        0
    );
}

#[test]
fn mysqlclient_looks_for_its_library_with_pkg_config() {
    let fails = |version: &str, system: &str| {
        let file = format!(
            "FROM python:3.12-slim\nRUN apt-get update && apt-get install -y --no-install-recommends {system}\nRUN pip install django 'mysqlclient{version}'\nWORKDIR /app\nCOPY . .\nCMD [\"gunicorn\", \"config.wsgi\"]\n"
        );
        !places(
            "driver-build-deps-missing",
            &[("compose.yaml", &with_database(DB, "build: .")), ("Dockerfile", &file)],
        )
        .is_empty()
    };
    let headers = "gcc default-libmysqlclient-dev";
    assert!(fails("==2.2.4", headers) && fails("", headers));
    assert!(!fails("==2.2.4", &format!("{headers} pkg-config")));
    assert!(!fails("==2.1.1", headers));
}

#[test]
fn what_is_installed_without_recommends_brings_no_wget() {
    let web = "build: .\nhealthcheck: {test: [CMD, wget, -q, 'http://localhost:8000/']}";
    let lacks = |option: &str| {
        let file = format!(
            "FROM python:3.12-slim\nRUN apt-get update && apt-get install -y {option} gettext\nWORKDIR /app\nENV PATH=\"/opt/venv/bin:$PATH\"\nCOPY . .\nCMD [\"gunicorn\", \"config.wsgi\"]\n"
        );
        !places(
            "healthcheck-tool-missing-in-image",
            &[("compose.yaml", &with_database(DB, web)), ("Dockerfile", &file)],
        )
        .is_empty()
    };
    assert!(lacks("--no-install-recommends"));
    assert!(!lacks(""));
}

/// A stack whose service `web` has these keys, with the code mounted at `/app`.
fn mounted(rule: &str, web: &str, files: &[(&str, &str)]) -> Vec<String> {
    let compose = with_database(DB, &format!("build: .\n{web}"));
    let files: Vec<(&str, &str)> =
        files.iter().copied().chain([("compose.yaml", compose.as_str())]).collect();
    places(rule, &files)
}

#[test]
fn what_a_mount_hides_is_needed() {
    let hides = |dockerfile: &str, command: &str| {
        let file = format!("FROM python:3.12-slim\nWORKDIR /app\nCOPY . .\n{dockerfile}\n");
        let web = format!("command: {command}\nvolumes: ['.:/app']");
        !mounted("bind-mount-hides-image-files", &web, &[("Dockerfile", &file)]).is_empty()
    };
    let node = "RUN npm ci && npm run build";
    assert!(hides(node, "npm start"));
    assert!(!hides(node, "python manage.py runserver 0.0.0.0:8000"));
    let uv = "RUN pip install uv && uv sync --frozen\nENV PATH=\"/app/.venv/bin:$PATH\"";
    assert!(hides(uv, "gunicorn config.wsgi --bind 0.0.0.0:8000"));
    assert!(!hides(uv, "uv run gunicorn config.wsgi --bind 0.0.0.0:8000"));
    assert!(hides(uv, "uv run --no-sync gunicorn config.wsgi --bind 0.0.0.0:8000"));
}

#[test]
fn a_missing_folder_over_the_code_hides_the_script() {
    let file = "FROM python:3.12-slim\nWORKDIR /app\nCOPY . .\nENTRYPOINT [\"/app/start.sh\"]\n";
    let files = [("Dockerfile", file), ("start.sh", "#!/bin/sh\nexec gunicorn config.wsgi\n")];
    let found = |volumes: &str| {
        mounted("entrypoint-hidden-or-missing", &format!("volumes: [{volumes}]"), &files)
    };
    assert_eq!(found("'./backend:/app'"), ["Dockerfile:4"]);
    assert!(found("'.:/app'").is_empty());
    assert!(found("").is_empty());
}

#[test]
fn compiled_translations_are_hidden_by_a_mount() {
    let file = "FROM python:3.12-slim\nWORKDIR /app\nCOPY . .\nRUN python manage.py compilemessages\nCMD [\"gunicorn\", \"config.wsgi\"]\n";
    let po = ("locale/de/LC_MESSAGES/django.po", "msgid \"\"\n");
    let hidden = |web: &str, more: (&str, &str)| {
        mounted("bind-mount-hides-image-files", web, &[("Dockerfile", file), po, more])
    };
    let none = ("notes.txt", "");
    assert_eq!(hidden("volumes: ['.:/app']", none), ["compose.yaml:8"]);
    assert!(hidden("volumes: ['.:/app']", ("locale/de/LC_MESSAGES/django.mo", "x")).is_empty());
    assert!(hidden("command: sh -c \"python manage.py compilemessages && gunicorn config.wsgi\"\nvolumes: ['.:/app']", none).is_empty());
    assert!(hidden("", none).is_empty());
}

#[test]
fn folders_of_roots_are_not_the_users() {
    let denied = |dockerfile: &str, volumes: &str| {
        let file = format!(
            "FROM python:3.12-slim\nRUN pip install django gunicorn\nWORKDIR /app\n{dockerfile}\n"
        );
        let web = format!(
            "command: sh -c \"python manage.py collectstatic --noinput && gunicorn config.wsgi\"\nvolumes: [{volumes}]"
        );
        mounted("nonroot-volume-permissions", &web, &[("Dockerfile", &file), ("kept/x", "")])
    };
    let root = "COPY . .\nRUN useradd app\nUSER app";
    // Docker makes the folder of the host for root.
    assert_eq!(denied(root, "'./gone:/app/staticfiles'"), ["compose.yaml:9"]);
    assert!(denied(root, "'./kept:/app/staticfiles'").is_empty());
    // What COPY brings is root's.
    assert_eq!(denied(root, ""), ["Dockerfile:4"]);
    assert!(denied("COPY --chown=app . .\nUSER app", "").is_empty());
    assert!(denied("COPY . .\nRUN useradd app && chown -R app .\nUSER app", "").is_empty());
    assert!(denied("COPY . .", "").is_empty());
}

#[test]
fn redis_reads_no_file_that_its_command_does_not_name() {
    let severity = |command: &str| {
        let compose = format!(
            "services:\n  cache:\n    image: redis:7\n    volumes: ['./redis.conf:/usr/local/etc/redis/redis.conf']\n{command}"
        );
        let found = findings(&project(&[("compose.yaml", &compose)]));
        found.iter().find(|f| f.hit.rule == "mount-missing-file-becomes-dir").map(|f| f.severity)
    };
    assert_eq!(severity(""), Some(Severity::Info));
    assert_eq!(
        severity("    command: redis-server /usr/local/etc/redis/redis.conf\n"),
        Some(Severity::Error)
    );
}
