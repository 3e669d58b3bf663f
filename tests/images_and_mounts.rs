//! What images, mounts and nginx hold, judged on small whole projects: each case names a rule, and whether it speaks.

mod support;

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
    assert_eq!(behind_nginx(COLLECT, "'static:/app/other'", ALIAS, &mounted), ["compose.yaml:7"]);
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
