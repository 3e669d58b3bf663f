//! What is said of files that a checkout has or lacks, and of values that are put together from others.

use super::variables::{changed, messages, of_rule};
use crate::finding::Severity;

const MOUNT: (&str, &str) = (
    "    command: gunicorn config.wsgi",
    "    command: sh /app/tools/start.sh\n    volumes: ['.:/app']",
);

#[test]
fn a_submodule_that_is_not_checked_out_may_have_the_script() {
    let rule = "entrypoint-hidden-or-missing";
    assert!(of_rule(&changed(&[MOUNT], &[], &[]), rule).is_some());
    let modules = (".gitmodules", "[submodule \"tools\"]\n\tpath = tools\n\turl = ../tools.git\n");
    let report = changed(&[MOUNT], &[], &[modules]);
    assert!(of_rule(&report, rule).is_none());
    let told = report.stacks[0].gaps.iter().map(|gap| gap.sentence(None).unmasked());
    let told: Vec<String> = told.collect();
    assert!(
        told.iter().any(|t| t.contains("the git submodule tools is not checked out")),
        "{told:?}"
    );
}

#[test]
fn a_snapshot_of_an_editor_is_no_stack() {
    let copy = (".history/compose_20260101.yaml", "services: {a: {build: ./gone}}");
    assert!(of_rule(&changed(&[], &[], &[copy]), "dockerfile-missing").is_none());
}

#[test]
fn migrations_are_missed_where_there_are_models() {
    let rule = "migrations-missing";
    let users =
        ("INSTALLED_APPS = []", "INSTALLED_APPS = ['people']\nAUTH_USER_MODEL = 'people.User'");
    let app = ("people/__init__.py", "");
    let models = ("people/models.py", "from elsewhere import User\n");
    assert!(of_rule(&changed(&[], &[users], &[app, models]), rule).is_some());
    assert!(of_rule(&changed(&[], &[users], &[app]), rule).is_none());
    // The tables may be in the file that is committed.
    let sqlite = (
        "'django.db.backends.postgresql',\n    'NAME': 'app'",
        "'django.db.backends.sqlite3',\n    'NAME': '/app/db.sqlite3'",
    );
    assert!(of_rule(&changed(&[], &[users, sqlite], &[app, models]), rule).is_some());
    let file = ("db.sqlite3", "SQLite format 3");
    assert!(of_rule(&changed(&[], &[users, sqlite], &[app, models, file]), rule).is_none());
}

#[test]
fn only_a_table_that_is_asked_for_is_named() {
    let of = |more: &str| {
        let apps = format!("INSTALLED_APPS = ['django.contrib.sessions']\n{more}");
        messages(&changed(&[], &[("INSTALLED_APPS = []", &apps)], &[]), "db-migrate-never-run")
    };
    let named = "nothing runs `migrate`: the first page fails with  relation \"django_session\" does not exist";
    let general = "nothing runs `migrate`: the database has no tables, so the first query fails";
    assert_eq!(of(""), [named]);
    assert_eq!(of("SESSION_ENGINE = 'django.contrib.sessions.backends.cached_db'\n"), [named]);
    assert_eq!(of("SESSION_ENGINE = 'django.contrib.sessions.backends.cache'\n"), [general]);
    assert_eq!(of("import x\nSESSION_ENGINE = x.engine()\n"), [general]);
}

#[test]
fn a_module_that_git_ignores_is_each_developer_s() {
    let wsgi = (
        "config/wsgi.py",
        "import os\nos.environ['DJANGO_SETTINGS_MODULE'] = 'config.mine'\nfrom django.core.wsgi import get_wsgi_application\napplication = get_wsgi_application()\n",
    );
    let level = |more: &[(&str, &str)]| {
        let report = changed(&[], &[], more);
        let found =
            of_rule(&report, "settings-module-missing").map(|f| (f.severity, f.help.clone()));
        found.map(|(severity, help)| {
            (severity, help.unmasked().contains("git ignores config/mine.py"))
        })
    };
    assert_eq!(level(&[wsgi]), Some((Severity::Error, false)));
    assert_eq!(level(&[wsgi, (".gitignore", "mine.py\n")]), Some((Severity::Warning, true)));
    let star = "from .mine import *\nimport os\nDEBUG";
    let report =
        changed(&[], &[("import os\nDEBUG", star)], &[(".gitignore", "/config/mine.py\n")]);
    let found = of_rule(&report, "settings-module-missing").map(|f| f.severity);
    assert_eq!(found, Some(Severity::Warning));
}

#[test]
fn a_variable_gets_the_part_of_the_url_that_it_is() {
    let help = |url: &str| {
        let cache = format!(
            "SECRET_KEY = os.environ['SECRET_KEY']\nCACHES = {{'default': {{'BACKEND': 'django.core.cache.backends.redis.RedisCache', 'LOCATION': {url}}}}}\n"
        );
        let report = changed(&[], &[("SECRET_KEY = os.environ['SECRET_KEY']\n", &cache)], &[]);
        of_rule(&report, "broker-host-localhost").map(|f| f.help.unmasked())
    };
    for (url, wanted) in [
        ("'redis://' + os.environ.get('R_AT', 'localhost:6379')", "R_AT: redis:6379"),
        (
            "f\"redis://{os.getenv('R_AT', '127.0.0.1')}:{os.getenv('R_PORT', '6379')}/1\"",
            "R_AT: redis",
        ),
        ("os.environ.get('R_URL', 'redis://localhost:6379/2')", "R_URL: redis://redis:6379/2"),
        ("f\"redis://{os.getenv('R_HOST', '')}:{os.getenv('R_PORT', '')}\"", "R_HOST: redis"),
    ] {
        let help = help(url).unwrap_or_default();
        assert!(help.lines().any(|line| line.trim() == wanted), "{url}: {help}");
    }
}

#[test]
fn a_service_that_only_migrates_connects_to_no_cache() {
    let cache = "SECRET_KEY = os.environ['SECRET_KEY']\nCACHES = {'default': {'BACKEND': 'django.core.cache.backends.redis.RedisCache', 'LOCATION': 'redis://localhost'}}\n";
    let report = |command: &str| {
        let compose = [("gunicorn config.wsgi", command)];
        let settings = [("SECRET_KEY = os.environ['SECRET_KEY']\n", cache)];
        let manage = (
            "manage.py",
            "import os, sys\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'config.settings')\nfrom django.core.management import execute_from_command_line\nexecute_from_command_line(sys.argv)\n",
        );
        changed(&compose, &settings, &[manage])
    };
    let rule = "broker-host-localhost";
    assert!(of_rule(&report("python manage.py migrate"), rule).is_none());
    assert!(of_rule(&report("python manage.py runserver 0.0.0.0:8000"), rule).is_some());
}

#[test]
fn django_refuses_a_database_without_a_name() {
    let blank = ("'NAME': 'app',\n    'USER': 'app'", "'NAME': '',\n    'USER': ''");
    let found = messages(&changed(&[], &[blank], &[]), "db-env-name-mismatch");
    let words = "web and db disagree on the database: ImproperlyConfigured: Please supply the NAME or OPTIONS['service'] value";
    assert_eq!(found, [words]);
}
