"""Start scripts: what the shell and the kernel say, what runs twice, and which signals arrive."""

import os
import signal
import time

from proving import PATIENCE, Skip, free_port, program, proof

USERS = {
    "users/__init__.py": "",
    "users/models.py": "from django.contrib.auth.models import AbstractUser\n\n\nclass User(AbstractUser):\n    pass\n",
}
EMPTY = "from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n    pass\n"
USERS_SETTINGS = "INSTALLED_APPS.append('users')\nAUTH_USER_MODEL = 'users.User'\n"


@proof("createsuperuser-not-idempotent")
def createsuperuser_twice(w):
    site = w.site()
    w.manage(site, "migrate")
    env = {
        "DJANGO_SUPERUSER_PASSWORD": "p",
        "DJANGO_SUPERUSER_USERNAME": "a",
        "DJANGO_SUPERUSER_EMAIL": "a@example.com",
    }
    first = w.manage(site, "createsuperuser", "--noinput", env=env)
    w.hold(first.status == 0, "the first createsuperuser --noinput ends with 0")
    second = w.manage(site, "createsuperuser", "--noinput", env=env)
    w.hold(second.status == 1, "the second ends with 1")
    w.saw(r"^CommandError: Error: That username is already taken\.$", second.text)
    script = "set -e; python manage.py createsuperuser --noinput; echo server starts"
    w.saw_not("server starts", w.run("sh", "-c", script, cwd=site, env=env).text)
    missing = w.manage(site, "createsuperuser", "--noinput", env={"DJANGO_SUPERUSER_USERNAME": "b"})
    w.saw(r"^CommandError: You must use --email with --noinput\.$", missing.text, symptom=False)
    silent = w.manage(site, "createsuperuser")
    w.hold(silent.status == 0, "without --noinput and a terminal it makes nobody and ends with 0")
    w.saw(r"^Superuser creation skipped due to not running in a TTY\.", silent.text, symptom=False)
    # A shell script that makes the user by the ORM fails by the constraint instead.
    code = "from django.contrib.auth.models import User; User.objects.create_superuser('a', 'a@example.com', 'p')"
    again = w.manage(site, "shell", "-c", code)
    w.saw(r"IntegrityError: UNIQUE constraint failed: auth_user\.username", again.text, symptom=False)


@proof("createsuperuser-not-idempotent", needs=["postgres"])
def superuser_twice_on_postgres(w):
    site = w.site(w.postgres().settings())
    w.manage(site, "migrate")
    code = "from django.contrib.auth.models import User; User.objects.create_superuser('a', 'a@example.com', 'p')"
    w.manage(site, "shell", "-c", code)
    w.saw(
        r'duplicate key value violates unique constraint "auth_user_username_key"',
        w.manage(site, "shell", "-c", code).text,
        symptom=False,
    )


@proof("entrypoint-flushes-db")
def flush_deletes_all_rows(w):
    site = w.site()
    w.manage(site, "migrate")
    count = "from django.contrib.auth.models import User; print('users:', User.objects.count())"
    w.manage(site, "shell", "-c", "from django.contrib.auth.models import User; User.objects.create_user('a')")
    w.saw(r"^users: 1$", w.manage(site, "shell", "-c", count).text, symptom=False)
    asked = w.manage(site, "flush")
    w.hold(asked.status != 0, "flush without --no-input ends without deleting when nobody answers")
    w.saw(r"^users: 1$", w.manage(site, "shell", "-c", count).text, symptom=False)
    done = w.manage(site, "flush", "--no-input")
    w.hold(done.status == 0 and not done.text.strip(), "flush --no-input ends with 0 and prints nothing")
    w.saw(r"^users: 0$", w.manage(site, "shell", "-c", count).text, symptom=False)


@proof("migrations-missing", "makemigrations-at-runtime")
def user_model_with_an_empty_folder(w):
    # The folder is there, its files were never committed.
    site = w.site(USERS_SETTINGS, files={**USERS, "users/migrations/__init__.py": ""})
    done = w.manage(site, "migrate")
    w.hold(done.status == 1, "migrate ends with 1")
    w.saw(r"^ValueError: Dependency on app with no migrations: users$", done.text, rules=["migrations-missing"])
    # This is what people answer it with.
    w.hold(w.manage(site, "makemigrations", "--noinput").status == 0, "makemigrations ends with 0")
    w.hold(w.manage(site, "migrate").status == 0, "and then migrate does")


@proof("migrations-missing")
def user_model_without_folder_on_sqlite(w):
    site = w.site(USERS_SETTINGS, files=USERS)
    done = w.manage(site, "migrate")
    w.hold(done.status == 0, "without the folder and on SQLite migrate ends with 0, and leaves the users' table out")
    done = w.manage(site, "shell", "-c", "from users.models import User; User.objects.count()")
    w.saw(r"no such table: users_user", done.text)


@proof("migrations-missing", needs=["postgres"])
def user_model_without_folder_on_postgres(w):
    done = w.manage(w.site(w.postgres().settings() + USERS_SETTINGS, files=USERS), "migrate")
    w.hold(done.status == 1, "without the folder and on PostgreSQL migrate ends with 1")
    w.saw(r'relation "users_user" does not exist', done.text)


@proof("migrations-missing")
def app_without_migrations(w):
    # Not the user model: migrate says nothing, and the table is not there.
    models = {
        "shop/__init__.py": "",
        "shop/models.py": "from django.db import models\n\n\nclass Item(models.Model):\n    pass\n",
    }
    site = w.site("INSTALLED_APPS.append('shop')\n", files=models)
    done = w.manage(site, "migrate")
    w.hold(done.status == 0, "migrate ends with 0 for an app that has no migrations folder")
    done = w.manage(site, "shell", "-c", "from shop.models import Item; Item.objects.count()")
    w.saw(r"no such table: shop_item", done.text)


@proof("makemigrations-at-runtime")
def makemigrations_makes_other_files(w):
    site = w.site(
        "INSTALLED_APPS.append('shop')\n",
        files={
            "shop/__init__.py": "",
            "shop/models.py": "from django.db import models\n\n\nclass Item(models.Model):\n    pass\n",
            "shop/migrations/__init__.py": "",
        },
    )
    done = w.manage(site, "makemigrations", "--noinput")
    w.saw(r"^Migrations for 'shop':$", done.text, symptom=False)
    # Two containers made their own second migration.
    parent = (
        "from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n"
        "    dependencies = [('shop', '0001_initial')]\n    operations = []\n"
    )
    w.write({"shop/migrations/0002_a.py": parent, "shop/migrations/0002_b.py": parent}, "site")
    done = w.manage(site, "migrate")
    w.hold(done.status == 1, "migrate ends with 1")
    w.saw(r"^CommandError: Conflicting migrations detected; multiple leaf nodes", done.text)
    w.saw(r"makemigrations --merge", done.text)


@proof("makemigrations-at-runtime")
def history_does_not_fit(w):
    # The database remembers a migration whose parent came into being later.
    site = w.site(
        "INSTALLED_APPS.append('shop')\n",
        files={
            "shop/__init__.py": "",
            "shop/models.py": "",
            "shop/migrations/__init__.py": "",
            "shop/migrations/0002_b.py": EMPTY,
        },
    )
    w.manage(site, "migrate")
    w.write(
        {
            "shop/migrations/0001_a.py": EMPTY,
            "shop/migrations/0002_b.py": "from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n"
            "    dependencies = [('shop', '0001_a')]\n",
        },
        "site",
    )
    done = w.manage(site, "migrate")
    w.saw(
        r"InconsistentMigrationHistory: Migration shop\.0002_b is applied before its dependency shop\.0001_a",
        done.text,
    )


@proof("makemigrations-at-runtime")
def makemigrations_asks_nobody(w):
    migration = (
        "from django.db import migrations, models\n\n\nclass Migration(migrations.Migration):\n    operations = ["
        "migrations.CreateModel('Item', [('id', models.BigAutoField(primary_key=True, serialize=False))])]\n"
    )
    site = w.site(
        "INSTALLED_APPS.append('shop')\n",
        files={
            "shop/__init__.py": "",
            "shop/migrations/__init__.py": "",
            "shop/migrations/0001_initial.py": migration,
            "shop/models.py": "from django.db import models\n\n\nclass Item(models.Model):\n    name = models.TextField()\n",
        },
    )
    done = w.manage(site, "makemigrations")
    w.hold(done.status == 1, "makemigrations ends with 1 when it has a question and nobody answers")
    w.saw(r"^EOFError: EOF when reading a line$", done.text, symptom=False)
    done = w.manage(site, "makemigrations", "--noinput")
    w.hold(done.status == 3, "makemigrations --noinput ends with 3")
    w.saw(
        r"Field 'name' on model 'item' not migrated: it is impossible to add a non-nullable field",
        done.text,
        symptom=False,
    )


def script(w, text, mode=0o755, name="entrypoint.sh"):
    w.write({name: text})
    (w.at / name).chmod(mode)
    return w.at / name


def execute(w, path):
    """Starts the file as a container's first process is started: by the kernel, without a shell."""
    code = (
        "import os, sys\n"
        "try:\n    os.execv(sys.argv[1], sys.argv[1:])\n"
        "except OSError as e:\n    print('exec', sys.argv[1] + ':', e.strerror.lower())\n    sys.exit(127)\n"
    )
    return w.run("python", "-c", code, path)


@proof("entrypoint-crlf", needs=["bash", "dash"])
def carriage_returns(w):
    done = execute(w, script(w, "#!/usr/bin/env bash\r\necho hello\r\n"))
    w.hold(done.status == 127, "a script that asks for `env bash\\r` ends with 127")
    w.saw(r"env: .bash.*r.: No such file or directory", done.text)
    done = execute(w, script(w, "#!/bin/sh\r\necho hello\r\n"))
    w.saw(r"^exec \S*entrypoint\.sh: no such file or directory$", done.text)
    done = w.run("bash", script(w, "set -e\r\necho hello\r\n"))
    w.saw(r"line 1: set: -\r?$|set: -\r?: invalid option", done.text, symptom=False)
    w.hold(done.status == 0, "bash goes on after a `set -e` with a carriage return, and ends with 0")
    done = w.run("dash", script(w, "set -e\r\necho hello\r\n"))
    w.saw(r"set: Illegal option -", done.text, symptom=False)
    w.hold(done.status == 2, "dash ends with 2")
    done = w.run("bash", script(w, "cd /tmp\r\nls_\r\n"))
    w.saw(r"\$'ls_\\r': command not found", done.text)
    done = w.run("sh", script(w, "python manage.py migrate\r\n"), cwd=w.site())
    w.saw(r"Unknown command: 'migrate\\r'", done.text)


@proof("entrypoint-not-executable")
def no_exec_bit(w):
    path = script(w, "#!/bin/sh\necho hello\n", mode=0o644)
    w.saw(r"^exec \S*entrypoint\.sh: permission denied$", execute(w, path).text, symptom=False)
    done = w.run("sh", "-c", path)
    w.hold(done.status == 126, "a shell ends with 126")
    w.saw(r"entrypoint\.sh: Permission denied", done.text)
    w.saw(r"^hello$", w.run("sh", path).text, symptom=False)


@proof("entrypoint-not-executable")
def no_shebang(w):
    path = script(w, "echo hello\n")
    w.saw(r"^exec \S*entrypoint\.sh: exec format error$", execute(w, path).text)
    w.saw(r"^hello$", w.run("sh", "-c", path).text, symptom=False)


@proof("entrypoint-hidden-or-missing", needs=["dash"])
def script_not_there(w):
    w.saw(
        r"^exec \S*entrypoint\.sh: no such file or directory$", execute(w, w.at / "entrypoint.sh").text, symptom=False
    )
    done = w.run("dash", w.at / "entrypoint.sh")
    w.hold(done.status == 2, "dash ends with 2")
    w.saw(r"^dash: 0: cannot open \S*/entrypoint\.sh: No such file$", done.text)


@proof("entrypoint-does-not-exec-cmd")
def arguments_ignored(w):
    without = w.run(script(w, "#!/bin/sh\necho migrated\n"), "echo", "server starts")
    w.hold(without.status == 0, "the script ends with 0")
    w.saw_not("server starts", without.text)
    with_it = w.run(script(w, '#!/bin/sh\necho migrated\nexec "$@"\n'), "echo", "server starts")
    w.saw(r"^server starts$", with_it.text, symptom=False)


@proof("no-exec-pid1-signals", needs=["dash"])
def sigterm_stays_with_the_shell(w):
    child = (
        "import signal, sys, time\n"
        "signal.signal(signal.SIGTERM, lambda *_: (print('server ends', flush=True), sys.exit(0)))\n"
        "print('server up', flush=True)\ntime.sleep(60)\n"
    )
    w.write({"server.py": child})
    for line, arrives in (("python server.py\necho after", False), ("exec python server.py", True)):
        run = w.start(script(w, f"#!/bin/dash\necho first\n{line}\n"))
        run.wait_for("server up")
        os.kill(run.process.pid, signal.SIGTERM)
        if arrives:
            w.hold(
                run.wait_end() == 0 and "server ends" in run.output(),
                "with exec the server itself gets SIGTERM and ends by 0",
            )
        else:
            # Outside of a container the shell dies of the signal, and its child goes on. As PID 1 it would not even die.
            run.process.wait(PATIENCE)
            time.sleep(0.3)
            w.hold("server ends" not in run.output(), "without exec the server never gets SIGTERM")


@proof("no-exec-pid1-signals", needs=["dash"])
def first_process_survives_sigterm(w):
    # The first process of a PID namespace has no default action for SIGTERM: what `docker stop` waits 10 s for.
    code = (
        "import ctypes, os, signal, subprocess, sys, time\n"
        "if ctypes.CDLL(None, use_errno=True).unshare(0x20000000):\n"
        "    sys.exit('no namespace')\n"
        "p = subprocess.Popen(['/bin/dash', '-c', 'sleep 60; echo after'])\n"
        "time.sleep(0.5)\n"
        "p.send_signal(signal.SIGTERM)\n"
        "time.sleep(1)\n"
        "print('still runs' if p.poll() is None else 'ended', flush=True)\n"
        "p.kill()\n"
        "p.wait()\n"
    )
    done = w.run("python", "-c", code)
    if "no namespace" in done.text:
        raise Skip("a PID namespace of its own needs root (run as root, or with CAP_SYS_ADMIN)")
    w.saw(r"^still runs$", done.text, symptom=False)


@proof("shell-operators-without-shell")
def operators_as_arguments(w):
    site = w.site()
    done = w.manage(site, "migrate", "&&", "gunicorn", "config.wsgi")
    w.hold(done.status == 2, "manage.py migrate && … without a shell ends with 2")
    w.saw(r"^manage\.py migrate: error: unrecognized arguments: config\.wsgi$", done.text)
    done = w.manage(site, "migrate", "&&", "python", "manage.py", "runserver", "0.0.0.0:8000")
    w.saw(r"^manage\.py migrate: error: unrecognized arguments: manage\.py runserver 0\.0\.0\.0:8000$", done.text)
    done = w.manage(site, "migrate", "--noinput", "&&", "gunicorn", "config.wsgi", "--bind", "0.0.0.0:8000")
    w.saw(r"error: unrecognized arguments: config\.wsgi --bind 0\.0\.0\.0:8000$", done.text)
    done = w.manage(site, "collectstatic", "--noinput", "&&", "gunicorn", "config.wsgi")
    w.saw(r"^manage\.py collectstatic: error: unrecognized arguments: && gunicorn config\.wsgi$", done.text)
    done = w.manage(site, "migrate", ";", "true")
    w.saw(r"No installed app with label ';'", done.text, symptom=False)
    done = w.run("gunicorn", "config.wsgi", "--bind", "127.0.0.1:0", "&&", "true", cwd=site)
    w.hold(done.status == 2, "gunicorn with && behind an option ends with 2")
    w.saw(r"^gunicorn: error: unrecognized arguments: && true$", done.text)
    port = free_port()
    w.start("gunicorn", "--bind", f"127.0.0.1:{port}", "config.wsgi", "&&", "true", cwd=site, port=port).wait_port()
    w.hold(w.get(port).status == 200, "gunicorn with && right behind the module starts, and drops the words")


@proof("multi-command-multiline-not-joined")
def lines_that_no_operator_joins(w):
    site = w.site()
    # A folded YAML scalar: two lines become one command.
    done = w.manage(site, "migrate", "python", "manage.py", "runserver")
    # migrate takes two words for an app and a migration, collectstatic none.
    w.saw(r"^manage\.py migrate: error: unrecognized arguments: runserver$", done.text)
    done = w.manage(site, "collectstatic", "--noinput", "python", "manage.py", "runserver")
    w.saw(r"^manage\.py collectstatic: error: unrecognized arguments: python manage\.py runserver$", done.text)


@proof("run-export-lost")
def export_lost(w):
    # Each RUN is a shell of its own.
    first = w.run("sh", "-c", "export DJANGO_SETTINGS_MODULE=config.prod; echo in: $DJANGO_SETTINGS_MODULE")
    second = w.run("sh", "-c", "echo in: $DJANGO_SETTINGS_MODULE")
    w.saw(r"^in: config\.prod$", first.text, symptom=False)
    w.saw(r"^in:$", second.text, symptom=False)


@proof("run-export-lost", needs=["dash"])
def source_in_sh(w):
    w.write({"env.sh": "export A=1\n"})
    done = w.run("dash", "-c", "source ./env.sh")
    w.hold(done.status == 127, "dash, which is /bin/sh on Debian, has no `source` and ends with 127")
    w.saw(r"1: source: not found", done.text, symptom=False)


@proof("nonroot-volume-permissions")
def not_root(w):
    # Root may write everywhere by a capability; without it, a folder without the write bit is as one of another user.
    plain = []
    if os.getuid() == 0:
        plain = [program("setpriv"), "--bounding-set=-all", "--inh-caps=-all"]
    site = w.site("STATIC_ROOT = BASE_DIR / 'static'\n")
    site.chmod(0o555)
    done = w.run(*plain, "python", "manage.py", "collectstatic", "--noinput", cwd=site)
    w.hold(done.status == 1, "collectstatic ends with 1")
    w.saw(r"^PermissionError: \[Errno 13\] Permission denied: '\S+/site/static", done.text)
    done = w.run(*plain, "python", "manage.py", "migrate", cwd=site)
    w.saw(r"^django\.db\.utils\.OperationalError: unable to open database file$", done.text)
    site.chmod(0o755)
    w.manage(site, "migrate")
    (site / "db.sqlite3").chmod(0o444)
    code = "from django.contrib.auth.models import User; User.objects.create_user('a')"
    done = w.run(*plain, "python", "manage.py", "shell", "-c", code, cwd=site)
    w.saw(r"OperationalError: attempt to write a readonly database", done.text)


@proof("server-binary-not-installed")
def program_not_found(w):
    done = w.run("sh", "-c", "daphne-of-nowhere")
    w.hold(done.status == 127, "a shell ends with 127")
    # The shell's words hold for any name, so an empty PATH stands for an image without the package.
    done = w.run("/bin/sh", "-c", "gunicorn config.wsgi", env={"PATH": str(w.at)})
    w.saw(r"gunicorn: (command )?not found", done.text)


@proof("manage-py-not-in-workdir")
def no_manage_py(w):
    done = w.run("python", "manage.py", "migrate")
    w.hold(done.status == 2, "python ends with 2")
    w.saw(r"can't open file '.*/manage\.py': \[Errno 2\] No such file or directory", done.text)
    w.saw(r"\./manage\.py: not found", w.run("/bin/sh", "-c", "./manage.py migrate").text)


@proof("wait-loop-never-ends", needs=["nc"])
def wait_for_a_name_that_never_comes(w):
    run = w.start("sh", "-c", "while ! nc -z no-such-db 5432; do sleep 0.1; done; echo server starts")
    w.saw(
        r'nc: getaddrinfo for host "no-such-db" port 5432: (Name or service not known|Temporary failure|No address)',
        run.wait_for("(?s)getaddrinfo.*getaddrinfo"),
    )
    w.saw_not("server starts", run.output())


@proof("script-tool-missing-in-image", "wait-loop-never-ends")
def wait_with_nc_missing(w):
    # `while ! nc -z db 5432` without nc: the test fails for ever, and the loop goes on.
    run = w.start(
        "/bin/sh", "-c", "while ! nc -z db 5432; do /bin/sleep 0.1; done; echo server starts", env={"PATH": str(w.at)}
    )
    w.saw(r"nc: not found", run.wait_for("(?s)nc: not found.*nc: not found"), rules=["script-tool-missing-in-image"])
    w.saw_not("server starts", run.output())
    w.hold(run.process.poll() is None, "the loop still runs")
