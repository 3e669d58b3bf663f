//! What is behind the first fault.

use super::*;

const SETTINGS: &str = "import os
SECRET_KEY = os.environ['SECRET_KEY']
DEBUG = False
ALLOWED_HOSTS = ['localhost']
INSTALLED_APPS = ['django.contrib.contenttypes', 'django.contrib.sessions']
ROOT_URLCONF = 'config.urls'
DATABASES = {'default': {
    'ENGINE': 'django.db.backends.postgresql',
    'NAME': 'app',
    'USER': os.environ.get('DB_USER', 'app'),
    'PASSWORD': os.environ.get('DB_PASSWORD', ''),
    'HOST': os.environ.get('DB_HOST', 'db'),
}}
";
const COMPOSE: &str = "services:
  db:
    image: postgres:16
    environment:
      POSTGRES_USER: app
      POSTGRES_DB: app
      POSTGRES_PASSWORD: ${DB_PASSWORD:?}
    volumes: [data:/var/lib/postgresql/data]
  web:
    build:
      context: .
      target: production
    command: gunicorn config.wsgi:application --bind 0.0.0.0:8000
    environment:
      SECRET_KEY: ${SECRET_KEY:?}
      DB_PASSWORD: ${DB_PASSWORD:?}
      DB_HOST: db
      DB_USER: app
    ports: ['8000:8000']
volumes:
  data:
";

fn project(changes: &[(&str, &str)]) -> Report {
    let compose = changes.iter().fold(COMPOSE.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replace(from, to)
    });
    let files = [
        ("compose.yaml", compose.as_str()),
        (
            "Dockerfile",
            "FROM python:3.12-slim AS production\nWORKDIR /app\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\nCOPY . .\n",
        ),
        ("requirements.txt", "Django==5.2\ngunicorn==23.0\npsycopg[binary]==3.2\n"),
        (
            "manage.py",
            "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'config.settings')\n",
        ),
        ("config/__init__.py", ""),
        ("config/settings.py", SETTINGS),
        ("config/urls.py", "urlpatterns = []\n"),
        (
            "config/wsgi.py",
            "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'config.settings')\napplication = None\n",
        ),
    ];
    checked(&files).0
}

fn waiting<'r>(report: &'r Report, rule: &str) -> Option<&'r Finding> {
    report.findings.iter().find(|f| f.rule.name == rule && !f.waits_for.is_empty())
}

#[test]
fn what_a_fault_hides_waits_for_it() {
    let plain = project(&[]);
    let seen = plain.findings.iter().find(|f| f.rule.name == "db-migrate-never-run").unwrap();
    assert!(seen.waits_for.is_empty());
    let report = project(&[("target: production", "target: prodution")]);
    let finding = waiting(&report, "db-migrate-never-run").unwrap();
    let faults: Vec<&str> = finding.waits_for.iter().map(|f| f.rule.name).collect();
    assert_eq!(faults, ["build-target-unknown"]);
    assert!(finding.message.unmasked().starts_with("once `build-target-unknown` is fixed: "));
    assert!(finding.fixes.is_empty() && finding.confidence <= crate::finding::Confidence::Medium);
    // One letter less stands before it, and the place is that of the file as it is.
    let place = |f: &Finding| f.labels.first().map(|l| l.span.start);
    assert_eq!(place(finding), place(seen).map(|at| at - 1));
    let fault = report.findings.iter().position(|f| f.rule.name == "build-target-unknown");
    let own = report.findings.iter().position(|f| std::ptr::eq(f, finding));
    assert!(fault < own);
}

#[test]
fn one_fault_may_be_behind_another() {
    let report = project(&[
        ("target: production", "target: prodution"),
        ("DB_HOST: db", "DB_HOST: localhost"),
        ("DB_USER: app", "DB_USER: other"),
    ]);
    let host = waiting(&report, "db-host-localhost").unwrap();
    assert_eq!(host.waits_for[0].rule.name, "build-target-unknown");
    let user = waiting(&report, "db-env-name-mismatch").unwrap();
    assert_eq!(user.waits_for[0].rule.name, "db-host-localhost");
}

#[test]
fn what_waits_for_a_silenced_fault_is_silent() {
    let silenced = "target: prodution # compose-doctor: ignore[build-target-unknown]";
    let report = project(&[("target: production", silenced)]);
    assert!(report.findings.iter().all(|f| f.waits_for.is_empty()), "{:?}", rules_of(&report));
}
