//! Programs by their argument lists: servers, workers, wrappers, tools that wait.

use super::*;
use crate::source::Reason;

/// The steps of an argument list that is split at blanks; panics when not all of it is known.
fn steps(argv: &str) -> Vec<String> {
    let process = run(&[], &argv.split(' ').collect::<Vec<_>>());
    assert_eq!(process.unknown, None, "{argv}");
    show(&process)
}

#[test]
fn commands_that_mean_something() {
    let cases = [
        ("python manage.py migrate", "manage migrate"),
        ("python3.12 -u manage.py migrate --noinput", "manage migrate"),
        ("python -W ignore manage.py migrate", "manage migrate"),
        ("./manage.py collectstatic --noinput", "manage collectstatic"),
        ("/app/manage.py check", "manage check"),
        ("django-admin migrate", "manage migrate"),
        ("python -m django migrate", "manage migrate"),
        ("python manage.py runserver 0.0.0.0:8000", "runserver -"),
        ("python manage.py runserver_plus 0:8000", "runserver -"),
        ("python manage.py wait_for_db", "wait -:-"),
        ("gunicorn config.wsgi", "gunicorn config.wsgi"),
        (
            "gunicorn -w 4 --reload -b 0.0.0.0:8000 config.wsgi:application",
            "gunicorn config.wsgi:application",
        ),
        (
            "gunicorn --bind=:8000 -k uvicorn.workers.UvicornWorker config.asgi:application --access-logfile -",
            "gunicorn config.asgi:application",
        ),
        ("/venv/bin/gunicorn x.wsgi", "gunicorn x.wsgi"),
        ("python -m gunicorn x.wsgi", "gunicorn x.wsgi"),
        ("python3 -u -m uvicorn x.asgi:app --host 0.0.0.0", "uvicorn x.asgi:app"),
        ("uvicorn --reload --port 8000 x.asgi:app", "uvicorn x.asgi:app"),
        ("daphne -b 0.0.0.0 -p 8000 x.asgi:application", "daphne x.asgi:application"),
        (
            "daphne --access-log logs/daphne.log --proxy-headers x.asgi:application",
            "daphne x.asgi:application",
        ),
        ("hypercorn x.asgi:app", "hypercorn x.asgi:app"),
        ("granian --interface asgi x.asgi:app", "granian x.asgi:app"),
        ("waitress-serve --port=8000 x.wsgi:app", "waitress x.wsgi:app"),
        ("uwsgi --http :8000 --module x.wsgi", "uwsgi x.wsgi"),
        ("celery -A proj worker -l info", "celery worker proj"),
        ("celery --app=proj beat", "celery beat proj"),
        ("celery worker -A proj", "celery worker proj"),
        ("celery -A proj flower --port=5555", "celery flower proj"),
        ("python -m celery -A proj worker", "celery worker proj"),
        ("redis-server --port 1", "redis-server --port 1"),
    ];
    for (argv, wanted) in cases {
        assert_eq!(steps(argv), [wanted], "{argv}");
    }
}

#[test]
fn what_a_server_is_told() {
    let server =
        |argv: &str| run(&[], &argv.split(' ').collect::<Vec<_>>()).server().unwrap().1.clone();
    let bind = |s: &Server| s.bind.iter().map(|b| b.as_str().to_owned()).collect::<Vec<_>>();
    let gunicorn = server("gunicorn --chdir /app/src --bind=0.0.0.0:8000 x.wsgi");
    assert_eq!(
        (gunicorn.chdir.as_deref(), bind(&gunicorn)),
        (Some("/app/src"), vec!["0.0.0.0:8000".to_owned()])
    );
    assert_eq!(bind(&server("gunicorn -b:9000 x.wsgi")), [":9000"]);
    let runserver = server("python manage.py runserver 0.0.0.0:8000 --insecure");
    assert_eq!(
        (bind(&runserver), runserver.serves_static),
        (vec!["0.0.0.0:8000".to_owned()], true)
    );
    assert_eq!(runserver.manage_py.unwrap().as_str(), "manage.py");
    assert!(server("uwsgi --http :80 --static-map /static=/s --module x").serves_static);
    assert!(!server("uwsgi --http :80 --module x").serves_static);
}

#[test]
fn wrappers_are_taken_off() {
    let wrappers = [
        "tini --",
        "/sbin/tini -g --",
        "/usr/bin/tini -s",
        "dumb-init",
        "gosu app",
        "/usr/local/bin/su-exec app:app",
        "env A=b C=d",
        "env -u X A=b",
        "/usr/bin/env",
        "timeout 5",
        "timeout -s KILL 5m",
        "poetry run",
        "poetry -C /app run",
        "uv run",
        "uv run --frozen --no-dev",
        "uv run --group dev",
        "pipenv run",
        "pdm run",
        "nice -n 10",
        "nohup",
        "sudo -E -u app",
        "xvfb-run",
        "ddtrace-run",
        "newrelic-admin run-program",
        "tini -- gosu app poetry run",
        "watchmedo auto-restart -d . -p *.py --",
    ];
    for wrapper in wrappers {
        assert_eq!(steps(&format!("{wrapper} gunicorn x.wsgi")), ["gunicorn x.wsgi"], "{wrapper}");
    }
    assert_eq!(steps("poetry install"), ["poetry install"]);
}

#[test]
fn tools_that_wait_and_then_start_something() {
    let cases: [(&str, &[&str]); 12] = [
        ("wait-for-it db:5432 -- gunicorn x", &["wait db:5432", "gunicorn x"]),
        (
            "wait-for-it.sh db:5432 -t 60 --strict -- python manage.py migrate",
            &["wait db:5432", "manage migrate"],
        ),
        ("./wait-for-it.sh -t 0 db:5432", &["wait db:5432"]),
        ("/wait-for tcp://db:5432/ -- gunicorn x", &["wait db:5432", "gunicorn x"]),
        (
            "wait-for-it db:5432 -- wait-for-it redis:6379 -- gunicorn x",
            &["wait db:5432", "wait redis:6379", "gunicorn x"],
        ),
        ("wait4x tcp db:5432 -- gunicorn x", &["wait db:5432", "gunicorn x"]),
        ("dockerize -wait tcp://db:5432 -timeout 60s gunicorn x", &["wait db:5432", "gunicorn x"]),
        (
            "dockerize -wait=tcp://db:5432 -wait=tcp://redis:6379 gunicorn x",
            &["wait db:5432", "gunicorn x"],
        ),
        ("/wait", &["wait -:-"]),
        ("python wait_for_postgres.py", &["wait -:-"]),
        ("wait-for-it.sh", &["wait -:-"]),
        ("tini -- wait-for-it db:5432 -- gunicorn x", &["wait db:5432", "gunicorn x"]),
    ];
    for (argv, wanted) in cases {
        assert_eq!(steps(argv), wanted, "{argv}");
    }
}

#[test]
fn what_only_points_elsewhere_is_not_known() {
    let cases = [
        ("honcho start", "/app/Procfile"),
        ("make run", "/app/Makefile"),
        ("supervisord -n", "/etc/supervisord.conf"),
        ("./start.sh", "./start.sh"),
        ("/entrypoint.sh x", "/entrypoint.sh"),
        ("/secret/run x", "/secret/run"),
        ("python /secret/run.py", "/secret/run.py"),
    ];
    for (argv, file) in cases {
        let process = run(&[], &argv.split(' ').collect::<Vec<_>>());
        let why = process.unknown.unwrap();
        assert_eq!(why.reason, Reason::FileElsewhere(file.to_owned()), "{argv}");
        assert!(why.place.is_some(), "{argv}");
    }
}

#[test]
fn uwsgi_reads_its_ini() {
    let ini = "[uwsgi]\nproject = site\nbase = /app\nchdir = %(base)/src\nmodule = %(project).wsgi:application\nhttp-socket = :$(PORT)\nstatic-map = /static=/app/static\n";
    let world = world(&[("conf/uwsgi.ini", ini)], &[("PORT", "8001")]);
    for argv in [
        &["uwsgi", "--ini", "conf/uwsgi.ini"][..],
        &["uwsgi", "--ini=/app/conf/uwsgi.ini"],
        &["uwsgi", "/app/conf/uwsgi.ini"],
    ] {
        let process = run_in(&world, argv);
        assert_eq!(show(&process), ["uwsgi site.wsgi:application"], "{argv:?}");
        let (_, server) = process.server().unwrap();
        assert_eq!((server.chdir.as_deref(), server.serves_static), (Some("/app/src"), true));
        assert_eq!(server.bind.iter().map(|b| b.as_str()).collect::<Vec<_>>(), [":8001"]);
    }
    assert_eq!(show(&run_in(&world, &["uwsgi", "--ini", "nope.ini"])), ["uwsgi -"]);
}

/// As uWSGI 2.0.30 shows its configuration with `--show-config`.
#[test]
fn uwsgi_ini_as_it_comes_out() {
    let ini = "[uwsgi]\nproject = site\nif-env = DEBUG\nhttp = :1\nendif =\nif-not-env = DEBUG\nhttp = :2\nendif =\nif-env = MODE=dev\nhttp = :3\nendif =\nif-env = PORT\nhttp = :%(_)\nendif =\nfor = a b\nenv = X_%(_)=1\nendfor =\nset-ph = folder=conf\nmodule = %n.%(folder).%c\nsocket = $(NOPE)%(nope)\nenv = DJANGO_SETTINGS_MODULE=%(project).settings\n";
    let binds = |env: &[(&'static str, &'static str)]| {
        let world = world(&[("conf/site.ini", ini)], env);
        let process = run_in(&world, &["uwsgi", "--ini", "conf/site.ini"]);
        let (step, server) = process.server().unwrap();
        assert_eq!(server.app.as_ref().map(|a| a.as_str()), Some("site.conf.conf"));
        assert_eq!(step.vars.get("DJANGO_SETTINGS_MODULE").unwrap().as_str(), "site.settings");
        assert_eq!(step.vars.keys().filter(|k| k.starts_with("X_")).count(), 2);
        let argv: Vec<Text> = process.argv.clone();
        let read = super::super::uwsgi_ini::read(&world, &argv, Some("/app"), &step.vars);
        let binds = read.entries.iter().filter(|e| matches!(e.key.as_str(), "http" | "socket"));
        binds.map(|e| e.value.as_str().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(binds(&[("DEBUG", "1"), ("MODE", "dev")]), [":1", ":3", "$(NOPE)%(nope)"]);
    assert_eq!(binds(&[("DEBUG", ""), ("MODE", "x")]), [":1", "$(NOPE)%(nope)"]);
    assert_eq!(binds(&[("PORT", "9")]), [":2", ":9", "$(NOPE)%(nope)"]);
    let file = "[uwsgi]\nchdir = /app/src\nwsgi-file = site/wsgi.py\nattach-daemon2 = cmd=celery -A site worker,pidfile=/tmp/x\n";
    let process = run(&[("u.ini", file)], &["uwsgi", "u.ini"]);
    assert_eq!(show(&process), ["celery worker site&", "uwsgi site.wsgi"]);
}

#[test]
fn gunicorn_takes_its_application_from_its_configuration() {
    let conf = [
        ("conf/g.py", "wsgi_app = 'x.wsgi'\nchdir = '/app/src'\n"),
        ("gunicorn.conf.py", "wsgi_app = 'y.wsgi'\n"),
    ];
    for (argv, wanted) in [
        (&["gunicorn", "-c", "conf/g.py"][..], "gunicorn x.wsgi"),
        (&["gunicorn", "-c", "python:conf.g"], "gunicorn x.wsgi"),
        (&["gunicorn"], "gunicorn y.wsgi"),
        (&["gunicorn", "z.wsgi"], "gunicorn z.wsgi"),
    ] {
        assert_eq!(show(&run(&conf, argv)), [wanted], "{argv:?}");
    }
}

#[test]
fn dockerize_runs_what_it_is_given() {
    let process =
        run(&[], &["sh", "-c", "dockerize -wait tcp://$NOPE:5432 -timeout 9s gunicorn x"]);
    assert_eq!(show(&process).last().unwrap(), "gunicorn x");
}

#[test]
fn uwsgi_hooks_run_before_it() {
    let ini = "[uwsgi]\nmodule = x.wsgi\nhook-pre-app = exec:python manage.py migrate\nexec-asap = python manage.py collectstatic\n";
    let process = run(&[("u.ini", ini)], &["uwsgi", "--ini", "u.ini"]);
    assert_eq!(show(&process), ["manage migrate&", "manage collectstatic&", "uwsgi x.wsgi"]);
}

#[test]
fn supervisord_starts_its_programs() {
    let conf = "[supervisord]\nnodaemon=true\n[program:web]\ncommand=gunicorn -b :8000 x.wsgi\n[program:worker]\ncommand = celery -A x worker\n";
    let process =
        run(&[("deploy/s.conf", conf)], &["supervisord", "-n", "-c", "/app/deploy/s.conf"]);
    assert_eq!(
        (show(&process), process.unknown),
        (
            ["supervisord -n -c /app/deploy/s.conf", "gunicorn x.wsgi&", "celery worker x&"]
                .map(str::to_owned)
                .to_vec(),
            None
        )
    );
    let included =
        run(&[("s.conf", "[include]\nfiles = /etc/x/*.conf\n")], &["supervisord", "-c", "s.conf"]);
    assert!(included.unknown.is_some());
}

#[test]
fn code_that_locks_the_database_migrates_alone() {
    let locked = |code: &str| {
        let process = run(&[("a.py", code)], &["python", "a.py"]);
        process.manage("migrate").map(|s| s.locked).collect::<Vec<_>>()
    };
    let lock = "if connection.vendor == 'postgresql':\n    with connection.cursor() as c:\n        c.execute('SELECT pg_advisory_lock(1)')\n";
    assert_eq!(locked(&format!("{lock}call_command('migrate')\n")), [true]);
    assert_eq!(locked(&format!("call_command('migrate')\n{lock}")), [false]);
    assert_eq!(locked("with advisory_lock('x'):\n    call_command('migrate')\n"), [true]);
    assert_eq!(locked("print('pg_advisory_lock')\ncall_command('migrate')\n"), [false]);
}

#[test]
fn python_scripts_are_read() {
    let plain = run(&[("a.py", "print('x')\n")], &["python", "a.py"]);
    assert_eq!((show(&plain), plain.unknown), (vec!["python a.py".to_owned()], None));
    let calls = run(&[("a.py", "call_command('migrate')\n")], &["python", "a.py"]);
    assert_eq!(
        (show(&calls), calls.unknown),
        (["python a.py", "manage migrate"].map(str::to_owned).to_vec(), None)
    );
    assert_eq!(calls.steps[1].inside, Some(0));
    let open =
        run(&[("a.py", "import subprocess\nsubprocess.run(words())\n")], &["python", "a.py"]);
    assert!(open.unknown.is_some());
}

#[test]
fn a_server_in_the_background_lets_the_script_go_on() {
    let ini = [("u.ini", "[uwsgi]\nmodule = x.wsgi\ndaemonize = /tmp/u.log\n")];
    for server in [
        "gunicorn x.wsgi -D",
        "gunicorn --daemon x.wsgi",
        "uwsgi --ini u.ini",
        "uwsgi -w x.wsgi --daemonize /tmp/log",
    ] {
        let process = run(&ini, &["sh", "-c", &format!("{server} && tail -f /dev/null")]);
        assert!(process.steps[0].server().unwrap().daemon.is_some(), "{server}");
        assert_eq!(show(&process).len(), 2, "{server}");
    }
    let process = run(&ini, &["sh", "-c", "gunicorn x.wsgi; tail -f /dev/null"]);
    assert_eq!((show(&process).len(), process.steps[0].server().unwrap().daemon), (1, None));
}

#[test]
fn celery_names_its_application_before_or_behind() {
    let behind = |line: &str| {
        let process = run(&[], &line.split(' ').collect::<Vec<_>>());
        process.steps[0].app_behind_subcommand().map(|(words, option)| (words.len(), option))
    };
    assert_eq!(behind("celery worker -l info -A x"), Some((4, "-A x".into())));
    assert_eq!(behind("celery beat --app=x"), Some((2, "--app x".into())));
    for right in [
        "celery -A x worker",
        "celery --app worker worker",
        "celery -A worker worker",
        "celery multi start w1 -A x",
        "celery worker",
    ] {
        assert_eq!(behind(right), None, "{right}");
    }
    assert_eq!(
        show(&run(&[], &["celery", "-A", "x", "--app=y.z:app", "worker"])),
        ["celery worker y.z:app"]
    );
    assert_eq!(show(&run(&[], &["celery", "-Ax", "beat"])), ["celery beat x"]);
}
