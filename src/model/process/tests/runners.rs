//! What files of runners say, what a script knows of its own failures, and the scripts that are started.

use super::*;

#[test]
fn runners_are_followed() {
    let files = [
        ("Procfile", "# all\nweb: gunicorn x\nworker: celery -A p worker\n"),
        (
            "Makefile",
            "PORT = 8000\n.PHONY: run\nrun:\n\t@gunicorn x\n\nother: run\n\tcelery -A p beat\n",
        ),
        (
            "sv.conf",
            "[program:web]\ndirectory=/app/src\ncommand=gunicorn x\n[program:off]\nautostart=false\ncommand=celery -A p worker\n",
        ),
    ];
    let cases: [(&[&str], &[&str]); 8] = [
        (&["honcho", "start"], &["honcho start", "gunicorn x&", "celery worker p&"]),
        (
            &["honcho", "start", "-f", "Procfile", "worker"],
            &["honcho start -f Procfile worker", "celery worker p&"],
        ),
        (&["make", "run"], &["gunicorn x"]),
        (
            &["supervisord", "-c", "sv.conf"],
            &["supervisord -c sv.conf", "gunicorn x& @/app/src", "?celery worker p&"],
        ),
        (&["su", "app", "-c", "gunicorn x"], &["gunicorn x"]),
        (&["su", "-", "app", "-c", "gunicorn x"], &["gunicorn x @?"]),
        (&["runuser", "-u", "app", "--", "gunicorn", "x"], &["gunicorn x"]),
        (&["sh", "-c", "eval gunicorn x"], &["gunicorn x"]),
    ];
    for (argv, wanted) in cases {
        let process = run(&files, argv);
        assert_eq!(
            (show(&process), process.unknown.clone()),
            (wanted.iter().map(|w| (*w).to_owned()).collect(), None),
            "{argv:?}"
        );
    }
    assert_eq!(show(&run(&files, &["make", "other"])), ["gunicorn x"]);
    assert!(run(&files, &["make", "nope"]).unknown.is_some());
}

#[test]
fn scripts_that_are_started_are_noted() {
    let files = [
        ("run.sh", "#!/bin/bash\r\nset -e\r\n./more.sh\r\nexec \"$@\"\r\n"),
        ("plain", "gunicorn x\n"),
    ];
    let called = run(&files, &["./run.sh", "gunicorn", "x"]).called;
    assert_eq!(called.len(), 2);
    assert!(
        called[0].by_docker
            && called[0].mostly_windows
            && called[0].reads_arguments
            && called[0].how == How::Itself
    );
    assert_eq!(called[0].shebang.as_ref().map(|s| s.as_str()), Some("/bin/bash"));
    assert!(called[1].file.is_none() && !called[1].by_docker && called[1].path == "/app/more.sh");
    let called = run(&files, &["sh", "plain"]).called;
    assert!(
        called[0].how == How::Shell && called[0].shebang.is_none() && !called[0].reads_arguments
    );
    assert!(run(&files, &["sh", "-c", "chmod +x run.sh && ./run.sh"]).called[0].made_executable);
    assert!(
        run(&files, &["sh", "-c", "curl -o got.sh https://example.com && ./got.sh"])
            .called
            .is_empty()
    );
    assert!(run(&files, &["/secret/run.sh"]).called.is_empty());
}

#[test]
fn branches_nobody_enters_are_noted() {
    let text = "if [ \"$DATABASE\" = \"postgres\" ]; then\n  while ! nc -z db 5432; do sleep 1; done\nfi\ngunicorn x\n";
    let process = run(&[("run.sh", text)], &["./run.sh"]);
    assert_eq!(show(&process), ["gunicorn x"]);
    assert_eq!(
        process
            .left_out
            .iter()
            .map(|l| (l.variable.as_str(), l.wanted.as_str(), l.does))
            .collect::<Vec<_>>(),
        [("DATABASE", "postgres", LeftOutStep::Waits)]
    );
    let set = run_in(&world(&[("run.sh", text)], &[("DATABASE", "sqlite")]), &["./run.sh"]);
    assert!(set.left_out.is_empty());
}

#[test]
fn what_a_probe_asks_for() {
    for (probe, wanted) in [
        ("nc -z -w 5 db 5432", "wait db:5432"),
        ("nc -zw1 db 5432", "wait db:5432"),
        ("nc -z -v -w30 db 5432", "wait db:5432"),
        ("nc -z $NOPE $NOPE", "wait -:-"),
        ("psql postgresql://app:pw@db:5433/app -c 'select 1'", "wait db:5433"),
        ("psql -h db -U app -c 'select 1'", "wait db:-"),
        ("curl -sf http://api:8000/health", "wait api:8000"),
        ("rpk cluster info --brokers redpanda:9092", "wait -:-"),
        ("pg_isready -h -p -U", "wait -:-"),
        ("redis-cli -h cache ping", "wait cache:-"),
        ("timeout 1 nc -z db 5432", "wait db:5432"),
        ("python -c 'import socket'", "wait -:-"),
    ] {
        let steps = line(&format!("until {probe}; do sleep 1; done"));
        assert_eq!(steps.first().map(String::as_str), Some(wanted), "{probe}");
    }
    assert_eq!(
        show(&run(&[], &["wait-for-it", "-h", "db", "-p", "5432", "--", "a"])),
        ["wait db:5432", "a"]
    );
}

#[test]
fn what_ends_and_what_stays() {
    for (line, ends) in [
        ("python manage.py migrate", true),
        ("python manage.py migrate && gunicorn x", false),
        ("while ! nc -z db 5432; do sleep 1; done; python manage.py migrate", true),
        ("until python manage.py migrate; do sleep 1; done", false),
        ("python manage.py my_consumer", false),
        ("sleep 5; echo done", true),
        ("while true; do python manage.py clearsessions; sleep 60; done", false),
        ("some-server", false),
    ] {
        assert_eq!(run(&[], &["sh", "-c", line]).ends(), ends, "{line}");
    }
}
