//! Shell lines and scripts: order, conditions, variables, loops, functions.

use super::*;
use crate::source::Reason;

/// The steps of `/app/run.sh`, given `args`.
fn script(text: &str, args: &[&str], env: &[(&'static str, &'static str)]) -> Process {
    let argv: Vec<&str> = std::iter::once("./run.sh").chain(args.iter().copied()).collect();
    run_in(&world(&[("run.sh", text)], env), &argv)
}

#[test]
fn lines_of_a_shell() {
    let cases: [(&str, &[&str]); 21] = [
        ("python manage.py migrate && gunicorn x", &["manage migrate", "gunicorn x"]),
        ("python manage.py migrate; gunicorn x", &["manage migrate", "gunicorn x"]),
        ("python manage.py migrate || true", &["manage migrate"]),
        ("a || python manage.py migrate", &["a", "?manage migrate"]),
        ("gunicorn x & celery -A p worker", &["gunicorn x&", "celery worker p"]),
        ("gunicorn x; python manage.py migrate", &["gunicorn x"]),
        ("exec gunicorn x; python manage.py migrate", &["gunicorn x"]),
        ("python manage.py migrate; exit 0; gunicorn x", &["manage migrate"]),
        ("cd /srv && gunicorn x", &["gunicorn x @/srv"]),
        ("mkdir src; cd src; gunicorn x", &["mkdir src", "gunicorn x @/app/src"]),
        ("(mkdir src; cd src; a); b", &["mkdir src", "a @/app/src", "b"]),
        ("{ a; b; }", &["a", "b"]),
        ("set -e; set -o pipefail; python manage.py migrate", &["manage migrate"]),
        ("X=gunicorn; $X x", &["gunicorn x"]),
        ("export APP=x.wsgi PORT=1 && gunicorn $APP", &["gunicorn x.wsgi"]),
        ("gunicorn ${NOPE:-x.wsgi}", &["gunicorn x.wsgi"]),
        ("A=b gunicorn x", &["gunicorn x"]),
        ("sh -c 'sh -c \"gunicorn x\"'", &["gunicorn x"]),
        ("bash -lc 'gunicorn x'", &["gunicorn x"]),
        ("bash -o pipefail -e -c 'gunicorn x'", &["gunicorn x"]),
        ("if true; then a; else b; fi", &["a"]),
    ];
    for (text, wanted) in cases {
        assert_eq!(line(text), wanted, "{text}");
    }
}

#[test]
fn loops_that_wait() {
    let cases: [(&str, &[&str]); 6] = [
        ("while ! nc -z db 5432; do sleep 1; done; gunicorn x", &["wait db:5432", "gunicorn x"]),
        ("until nc -z db 5432 > /dev/null 2>&1; do sleep 1; done", &["wait db:5432"]),
        ("until pg_isready -h db -p 5432; do sleep 1; done", &["wait db:5432"]),
        ("until pg_isready --host=db; do sleep 1; done", &["wait db:-"]),
        ("until timeout 1 bash -c '</dev/tcp/db/5432'; do sleep 1; done", &["wait db:5432"]),
        ("H=db; P=5432; while ! nc -z $H $P; do sleep 1; done", &["wait db:5432"]),
    ];
    for (text, wanted) in cases {
        let mut all = line(text);
        // The pause itself is no matter here.
        all.retain(|s| !s.contains("sleep"));
        assert_eq!(all, wanted, "{text}");
    }
    let retried = run(&[], &["sh", "-c", "until python manage.py migrate; do sleep 1; done"]);
    assert!(
        retried.manage("migrate").all(|s| s.retried && !s.conditional)
            && retried.manage("migrate").count() == 1
    );
}

#[test]
fn an_entrypoint_passes_its_arguments_on_with_their_places() {
    let world =
        world(&[("run.sh", "#!/bin/sh\nset -e\npython manage.py migrate\nexec \"$@\"\n")], &[]);
    let process = run_in(&world, &["./run.sh", "gunicorn", "x.wsgi"]);
    assert_eq!(
        (show(&process), process.unknown.clone()),
        (vec!["manage migrate".to_owned(), "gunicorn x.wsgi".to_owned()], None)
    );
    assert_eq!(process.scripts.iter().map(|s| s.as_str()).collect::<Vec<_>>(), ["run.sh"]);
    let place = |text: &Text| world.sources.file(text.span().file).path.as_str().to_owned();
    assert_eq!(place(&process.steps[0].words[0]), "run.sh");
    assert_eq!(
        (place(&process.steps[1].words[0]), place(&process.steps[1].words[1])),
        ("argv-1".into(), "argv-2".into())
    );
    assert_eq!(world.sources.file(process.steps[0].span.file).path.as_str(), "run.sh");
    assert!(process.steps.iter().all(|s| s.in_shell));
}

#[test]
fn scripts_are_found_where_the_shell_finds_them() {
    let files = [("bin/a.sh", "gunicorn x\n"), ("b.sh", "cd bin && ./a.sh\n")];
    for argv in [
        &["sh", "bin/a.sh"][..],
        &["/app/bin/a.sh"],
        &["bash", "-e", "/app/bin/a.sh"],
        &["sh", "b.sh"],
        &["tini", "--", "./b.sh"],
    ] {
        let steps = show(&run(&files, argv));
        assert!(steps.len() == 1 && steps[0].starts_with("gunicorn x"), "{argv:?}: {steps:?}");
    }
}

#[test]
fn a_case_on_the_arguments() {
    let text = "#!/bin/bash\ncase \"$1\" in\n  web|serve) exec gunicorn x ;;\n  worker*) exec celery -A p worker ;;\n  *) exec \"$@\" ;;\nesac\n";
    let cases: [(&[&str], &str); 4] = [
        (&["serve"], "gunicorn x"),
        (&["worker-2"], "celery worker p"),
        (&["python", "manage.py", "check"], "manage check"),
        (&["web", "y"], "gunicorn x"),
    ];
    for (args, wanted) in cases {
        assert_eq!(show(&script(text, args, &[])), [wanted], "{args:?}");
    }
}

#[test]
fn conditions_that_are_known_and_others() {
    type Case<'c> = (&'c str, &'c [(&'static str, &'static str)], &'c [&'c str]);
    let cases: [Case<'_>; 13] = [
        ("if [ \"$X\" = \"y\" ]; then a; else b; fi", &[("X", "y")], &["a"]),
        ("if [ \"$X\" = \"y\" ]; then a; else b; fi", &[("X", "n")], &["b"]),
        ("if [ \"$X\" = \"y\" ]; then a; else b; fi", &[("X", "?")], &["?a", "?b"]),
        ("if [ -n \"$X\" ]; then a; fi", &[("X", "y")], &["a"]),
        ("if [ -z \"$X\" ]; then a; fi; c", &[("X", "y")], &["c"]),
        ("if [[ $X == y* ]]; then a; fi", &[("X", "yes")], &["a"]),
        ("if [ \"$X\" != y ] && [ -n \"$X\" ]; then a; fi", &[("X", "n")], &["a"]),
        (
            "if [ \"$X\" = a ]; then a; elif [ \"$X\" = b ]; then b; else c; fi",
            &[("X", "b")],
            &["b"],
        ),
        (
            "if [ \"$X\" = a ]; then a; elif [ \"$X\" = b ]; then b; else c; fi",
            &[("X", "?")],
            &["?a", "?b", "?c"],
        ),
        ("if [ -f /app/run.sh ]; then a; fi", &[], &["a"]),
        ("if [ -f /app/nope ]; then a; fi", &[], &["?a"]),
        ("if some_check; then a; else b; fi; c", &[], &["some_check", "?a", "?b", "c"]),
        ("case $X in a) a ;; *) b ;; esac", &[("X", "?")], &["?a", "?b"]),
    ];
    for (text, env, wanted) in cases {
        assert_eq!(show(&script(text, &[], env)), wanted, "{text} {env:?}");
    }
}

#[test]
fn a_variable_set_in_one_branch_is_not_known_afterwards() {
    let text = "APP=a\nif maybe; then APP=b; fi\ngunicorn $APP\n";
    let process = script(text, &[], &[]);
    assert_eq!(show(&process), ["maybe", "gunicorn -"]);
    let text = "if [ \"$X\" = y ]; then APP=b; else APP=c; fi\ngunicorn $APP\n";
    assert_eq!(show(&script(text, &[], &[("X", "y")])), ["gunicorn b"]);
}

#[test]
fn a_server_that_may_run_does_not_end_the_list() {
    let text = "if maybe; then gunicorn a; fi\ngunicorn b\n";
    let process = script(text, &[], &[]);
    assert_eq!(show(&process), ["maybe", "?gunicorn a", "?gunicorn b"]);
    assert_eq!(process.server().unwrap().1.app.as_ref().unwrap().as_str(), "b");
    let text = "if maybe; then gunicorn a; else python manage.py runserver; fi\ngunicorn b\n";
    assert_eq!(show(&script(text, &[], &[])), ["maybe", "?gunicorn a", "?runserver -"]);
}

#[test]
fn functions_and_their_arguments() {
    let text = "migrate() {\n  python manage.py migrate \"$1\"\n}\nfunction serve { gunicorn \"$1\"; }\nmigrate app\nserve x.wsgi\necho never\n";
    let process = script(text, &[], &[]);
    assert_eq!(show(&process), ["manage migrate", "gunicorn x.wsgi"]);
    assert_eq!(process.steps[0].words[3].as_str(), "app");
    assert_eq!(show(&script("f() { a; }\nb\n", &[], &[])), ["b"]);
}

#[test]
fn sourced_scripts_set_variables() {
    let files =
        [("run.sh", ". ./env.sh\ngunicorn $APP\n"), ("env.sh", "export APP=x.wsgi\ncd /srv\n")];
    assert_eq!(show(&run(&files, &["./run.sh"])), ["gunicorn x.wsgi @/srv"]);
    let files = [
        ("run.sh", "./env.sh\ngunicorn ${APP:-none}\n"),
        ("env.sh", "export APP=x.wsgi\ncd /srv\n"),
    ];
    assert_eq!(show(&run(&files, &["./run.sh"])), ["gunicorn none"]);
}

#[test]
fn variables_of_a_script_are_kept_with_its_steps() {
    let process = script("export DJANGO_SETTINGS_MODULE=a.b\nKEEP=1 gunicorn x\n", &[], &[]);
    let vars = &process.steps[0].vars;
    let get = |name: &str| vars.get(name).and_then(|v| v.resolved().map(str::to_owned));
    assert_eq!(
        (get("DJANGO_SETTINGS_MODULE").as_deref(), get("KEEP").as_deref()),
        (Some("a.b"), Some("1"))
    );
}

#[test]
fn what_is_not_known_says_so() {
    let missing = |file: &str| Reason::FileElsewhere(file.to_owned());
    let itself = || Reason::RunsItself("run.sh".to_owned());
    // Each with the text at the place that is to blame.
    let cases = [
        ("true\n$(cat cmd)\n", &[][..], Reason::CommandOutput, Some("$(cat cmd)")),
        ("$CMD x\n", &[("CMD", "?")], Reason::FileMissing("web.env".into()), None),
        ("X=$(cat x)\nsh -c \"$X\"\n", &[], Reason::CommandOutput, Some("$(cat x)")),
        ("python manage.py $(cat x)\n", &[], Reason::CommandOutput, Some("$(cat x)")),
        ("./nope.sh\n", &[], missing("./nope.sh"), Some("./nope.sh")),
        ("./run.sh\n", &[], itself(), Some("./run.sh")),
        ("exec ./run.sh \"$@\"\n", &[], itself(), Some("./run.sh")),
        ("eval \"$(ssh-agent)\"\n", &[], Reason::CommandOutput, Some("\"$(ssh-agent)\"")),
    ];
    for (text, env, reason, place) in cases {
        let process = script(text, &[], env);
        let why = process.unknown.unwrap();
        assert_eq!(why.reason, reason, "{text}");
        if let Some(place) = place {
            assert_eq!(text.get(why.place.unwrap().range()), Some(place), "{text}");
        }
    }
    let other = run(&[("run", "#!/usr/bin/env perl\ncall('migrate')\n")], &["./run"]);
    assert_eq!((show(&other), other.unknown.is_some()), (Vec::new(), true));
}

#[test]
fn functions_that_call_themselves_end() {
    let process = script("f() { a; f; }\nf\ngunicorn x\n", &[], &[]);
    assert!(process.steps.len() < 2_000);
    let process = script("f() { f; f; }\nf\n", &[], &[]);
    assert!(process.steps.is_empty());
}

#[test]
fn windows_line_ends_and_korean() {
    let process = script(
        "#!/bin/sh\r\n# 데이터베이스\r\npython manage.py migrate\r\necho '시작'\r\nexec gunicorn x\r\n",
        &[],
        &[],
    );
    assert_eq!(show(&process), ["manage migrate", "gunicorn x"]);
}

#[test]
fn what_ends_the_start_when_it_fails() {
    // The steps that do, of those called `a`, `b`, `c`.
    let stops = |text: &str| {
        let process = script(text, &[], &[]);
        process
            .steps
            .iter()
            .filter(|s| s.stops)
            .map(|s| s.words[0].as_str().to_owned())
            .collect::<String>()
    };
    for (text, wanted) in [
        ("a\nb\nc", "c"),
        ("set -e\na\nb", "ab"),
        ("set -eu\na || true\nb", "b"),
        ("#!/bin/sh -e\na\nb", "ab"),
        ("set -o errexit\na\nset +e\nb\nc", "ac"),
        ("a && b && c", "abc"),
        ("a && b\nc", "c"),
        ("set -e\na && b\nc", "bc"),
        ("a; b || c", "c"),
        ("set -e\nif a; then b; fi\nc", "bc"),
        ("set -e\n{ a; b; } || true\nc", "c"),
        ("set -e\na | b\n! c", "b"),
        ("set -e\na &\nb", "b"),
        ("set -e\nf() { a; b; }\nf\nc", "abc"),
        ("set -e\nsh -c 'a; b'\nc", "bc"),
        ("sh -c 'a; b'\nc", "c"),
        ("set -e\nuntil a; do b; done", "b"),
    ] {
        assert_eq!(stops(text), wanted, "{text}");
    }
}

/// A loop whose condition can only change by itself is not followed past.
#[test]
fn loops_that_nothing_ends() {
    let reason = |text: &str| script(text, &[], &[]).unknown.map(|why| why.reason);
    let ready = "set -u\nready() {\npython <<E\n$NOPE\nE\n}\nuntil ready; do a; done\ngunicorn x";
    assert_eq!(reason(ready), Some(Reason::NothingEnds));
    let counts = "N=0\nwhile [ \"$N\" != 2 ]; do a; N=$((N+1)); done\ngunicorn x";
    assert_eq!(reason(counts), None);
}

/// A file that is there and blank sets nothing: under `set -u` the shell ends, unless the file is filled in.
#[test]
fn blank_env_files_under_nounset() {
    let reason = |text: &str| {
        let blank = Reason::FileEmpty("web.env".into());
        script(text, &[], &[("HOST", "blank")]).unknown.map(|why| why.reason == blank)
    };
    assert_eq!(reason("set -u\na \"$HOST\"\nb"), Some(true));
    assert_eq!(reason("set -u\na \"${HOST:-x}\"\nb"), None);
    assert_eq!(reason("a \"$HOST\"\nb"), None);
}
