//! What is said of what starts: scripts that are missing, code that waits, SQL that makes logins, files that are named.

use super::variables::{changed, messages, of_rule};
use crate::finding::Severity;

const COMMAND: &str = "    command: gunicorn config.wsgi";
const SCRIPT: (&str, &str) = (COMMAND, "    command: sh start.sh");

#[test]
fn a_shell_goes_on_after_a_script_that_is_missing() {
    let found = |script: &str| {
        let report = changed(&[SCRIPT], &[], &[("start.sh", script)]);
        let found = of_rule(&report, "entrypoint-hidden-or-missing");
        found.map(|f| (f.severity, f.message.unmasked()))
    };
    let stops = Some((Severity::Error, "web stops: ./extra.sh: not found".to_owned()));
    let goes_on =
        Some((Severity::Warning, "web goes on without a script: ./extra.sh: not found".to_owned()));
    assert_eq!(found("set -e\n./extra.sh\nexec gunicorn config.wsgi\n"), stops);
    assert_eq!(found("./extra.sh && exec gunicorn config.wsgi\n"), stops);
    assert_eq!(found("exec ./extra.sh\n"), stops);
    assert_eq!(found("./extra.sh\nexec gunicorn config.wsgi\n"), goes_on);
}

#[test]
fn set_e_does_not_reach_the_shell_that_a_script_becomes() {
    let compose = (COMMAND, "    entrypoint: sh entry.sh\n    command: sh start.sh");
    let entry = ("entry.sh", "set -e\nexec \"$@\"\n");
    let start = ("start.sh", "./extra.sh\nexec gunicorn config.wsgi\n");
    let report = changed(&[compose], &[], &[entry, start]);
    let found = of_rule(&report, "entrypoint-hidden-or-missing").map(|f| f.severity);
    assert_eq!(found, Some(Severity::Warning));
}

#[test]
fn an_argument_may_name_the_host_that_code_waits_for() {
    let waits = |code: &str| {
        let start = ("start.sh", "python wait_for.py -h db\nexec gunicorn config.wsgi\n");
        let report = changed(&[SCRIPT], &[], &[start, ("wait_for.py", code)]);
        of_rule(&report, "wait-loop-never-ends").is_some()
    };
    let code = |before: &str| {
        format!(
            "import psycopg2, time\nhost = '127.0.0.1'\n{before}while True:\n    try:\n        psycopg2.connect(host=host)\n        break\n    except Exception:\n        time.sleep(1)\n"
        )
    };
    assert!(waits(&code("")));
    assert!(!waits(&code(
        "for name, value in options:\n    if name == '-h':\n        host = value\n"
    )));
}

#[test]
fn a_start_may_make_users_and_databases() {
    let other = ("    'USER': 'app'", "    'USER': 'shop'");
    let rule = "db-env-name-mismatch";
    let found = |start: &str, code: &str| {
        let files = [("start.sh", start), ("wait_for_db.py", code)];
        !messages(&changed(&[SCRIPT], &[other], &files), rule).is_empty()
    };
    let serves = "exec gunicorn config.wsgi\n";
    let waits = format!("python wait_for_db.py\n{serves}");
    assert!(found(serves, ""));
    assert!(found(&waits, "import psycopg2\npsycopg2.connect(host='db').close()\n"));
    assert!(!found(
        &waits,
        "import psycopg2\nrole = 'shop'\ncursor = psycopg2.connect(host='db').cursor()\ncursor.execute(f'CREATE ROLE {role} LOGIN')\n"
    ));
    assert!(!found(&format!("createuser -h db shop\n{serves}"), ""));
    assert!(!found(&format!("psql -h db -c 'create user shop'\n{serves}"), ""));
    assert!(found(&format!("psql -h db -c 'select 1'\n{serves}"), ""));
}

#[test]
fn gunicorn_binds_nothing_without_the_configuration_that_is_named() {
    let found = |options: &str, more: &[(&str, &str)]| {
        let command =
            format!("    ports: ['8000:8000']\n    command: gunicorn {options} config.wsgi");
        let report = changed(&[(COMMAND, &command)], &[], more);
        of_rule(&report, "bind-127-in-container").is_some()
    };
    assert!(found("", &[]));
    assert!(found("-c conf.py", &[("conf.py", "workers = 2\n")]));
    assert!(!found("-c conf.py", &[]));
}

#[test]
fn sqlite_and_a_default_that_no_database_has_are_no_password() {
    let rule = "hardcoded-db-password";
    let literal = ("os.environ.get('DB_PASSWORD')", "'8wKq2!ttZ'");
    assert!(of_rule(&changed(&[], &[literal], &[]), rule).is_some());
    let sqlite = ("postgresql", "sqlite3");
    assert!(of_rule(&changed(&[], &[literal, sqlite], &[]), rule).is_none());
}
