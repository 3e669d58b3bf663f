"""What every proof shares: a folder, a Django site, servers on free ports, and the words `saw` and `hold`.

A proof is a function with `@proof(rules…)`. It gets a `Work`, does the thing, and says what must have come out.
"""

import contextlib
import http.client
import inspect
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import tomllib
from pathlib import Path

from project import MANAGE, NGINX, SERVER, SETTINGS, URLS

PAGES = Path(os.environ.get("PROOFS_PAGES") or Path(__file__).resolve().parents[2] / "rules")
# Slow machines need longer, and a proof that waits in vain should still end.
PATIENCE = float(os.environ.get("PROOFS_PATIENCE", "20"))

PROOFS = []


class Failed(Exception):
    """What came out is not what the rule says."""


class Skip(Exception):
    """Something that the proof needs is not on this machine."""


def proof(*rules, needs=()):
    def keep(function):
        function.rules = rules
        function.needs = needs
        function.topic = Path(inspect.getfile(function)).stem
        PROOFS.append(function)
        return function

    return keep


# Where a program is looked for besides PATH, and how to get it when it is nowhere.
PROGRAMS = {
    "postgres": (["/usr/lib/postgresql/*/bin", "/opt/homebrew/opt/postgresql*/bin"], "apt-get install postgresql"),
    "nginx": (["/usr/sbin", "/usr/local/sbin"], "apt-get install nginx-light"),
    "redis-server": (["/usr/bin"], "apt-get install redis-server"),
    "mariadbd": (["/usr/sbin", "/usr/libexec"], "apt-get install mariadb-server"),
    "setpriv": (["/usr/bin"], "apt-get install util-linux"),
    "nc": (["/bin", "/usr/bin"], "apt-get install netcat-openbsd"),
    "bash": (["/bin"], "apt-get install bash"),
    "dash": (["/bin"], "apt-get install dash"),
}


def program(name):
    """The path of a program, of its newest version if there are several; `Skip` if there is none."""
    folders, install = PROGRAMS.get(name, ([], "see README.md"))
    found = []
    for pattern in folders:
        found += sorted(
            Path("/").glob(pattern.lstrip("/")), key=lambda p: [int(n) for n in re.findall(r"\d+", str(p))]
        )
    # The folder of a version goes first: `postgres` in PATH may be a link that does not find its own files.
    for folder in reversed(found):
        if os.access(folder / name, os.X_OK):
            return str(folder / name)
    if path := shutil.which(name):
        return path
    raise Skip(f"{name} is not on this machine ({install})")


def older_python(minor):
    """The command of a Python 3.<minor>, from PATH or from pyenv."""
    name = f"python3.{minor}"
    tries = [shutil.which(name)] if shutil.which(name) else []
    for root in (os.environ.get("PYENV_ROOT"), Path.home() / ".pyenv"):
        # The folder may be another user's.
        with contextlib.suppress(OSError):
            tries += [str(p) for p in sorted(Path(root or "/nowhere").glob(f"versions/3.{minor}.*/bin/python"))]
    for path in tries:
        # A shim of pyenv stands in PATH for versions that are not switched on, and then fails.
        with contextlib.suppress(OSError):
            if subprocess.run([path, "-c", ""], capture_output=True).returncode == 0:
                return path
    raise Skip(f"{name} is not on this machine")


def symptoms(rule):
    """The patterns of the rule's page; none if the page is not written yet."""
    page = PAGES / f"{rule}.md"
    if not page.exists():
        return []
    return tomllib.loads(page.read_text().split("+++\n")[1])["symptoms"]


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def answers(port, host="127.0.0.1"):
    """Whether somebody takes connections there."""
    with contextlib.suppress(OSError), socket.create_connection((host, port), timeout=1):
        return True
    return False


class Running:
    """A program that was started, and what it has written so far."""

    def __init__(self, process, log, port):
        self.process, self.log, self.port = process, log, port

    def output(self):
        return self.log.read_text(errors="replace")

    def wait_for(self, pattern):
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if re.search(pattern, self.output()):
                return self.output()
            time.sleep(0.05)
        raise Failed(f"waited {PATIENCE:.0f} s for /{pattern}/ in\n{self.output()}")

    def wait_port(self, port=None):
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if answers(port or self.port):
                return self
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        raise Failed(f"nobody listens on port {port or self.port}; the log says\n{self.output()}")

    def wait_end(self):
        try:
            return self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            raise Failed(f"still runs after {PATIENCE:.0f} s; the log says\n{self.output()}") from None

    def stop(self):
        # The whole group: servers have workers, scripts have children.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(3)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


class Done:
    """A command that has ended: its exit status, and standard output and error in one text."""

    def __init__(self, status, text):
        self.status, self.text = status, text


class Answer:
    def __init__(self, response):
        self.status = response.status
        self.headers = response.headers
        self.text = response.read().decode(errors="replace")
        self.line = f"{response.status} {response.reason}"


class Work:
    """One proof's folder, processes and findings."""

    def __init__(self, function, venv):
        self.function, self.venv = function, venv
        self.at = Path(tempfile.mkdtemp(prefix="proof-"))
        # Programs that step down from root (postgres, nginx) must be able to get in.
        self.at.chmod(0o755)
        self.started = []
        self.findings = []
        self.said = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for running in reversed(self.started):
            running.stop()
        shutil.rmtree(self.at, ignore_errors=True)

    # What came out

    def saw(self, pattern, text, rules=None, symptom=True):
        """`pattern` must match within one line of `text`. That proves the rules, and a page that lists symptoms
        must list one that matches in `text`, unless `symptom` is off because the line is no fault's message."""
        line = next((line for line in text.splitlines() if re.search(pattern, line)), None)
        if line is None:
            raise Failed(f"no line matches /{pattern}/ in\n{text}")
        for rule in rules or self.function.rules:
            listed = symptoms(rule)
            if symptom and listed and not any(re.search(s, text) for s in listed):
                raise Failed(f"rules/{rule}.md lists no symptom that matches\n{line.strip()}\nof {listed}")
            self.findings.append((rule, line.strip()))
            if symptom and listed:
                # The line that the page means may be another one of the same text.
                found = [n for n in [line, *text.splitlines()] if any(re.search(s, n) for s in listed)]
                self.said += [(rule, self.plain(n)) for n in found[:1]]

    def plain(self, line):
        """A line as `said.tsv` keeps it: without the folders of this run."""
        line = line.strip().replace(str(self.at), "/app").replace(str(self.venv), "/venv").replace("\t", " ")
        return re.sub(r"/\S*/compose-doctor-proofs/", "/", line)

    def saw_not(self, pattern, text):
        if found := re.search(pattern, text):
            raise Failed(f"/{pattern}/ matches {found[0]!r} in\n{text}")

    def hold(self, fact, words, rules=None):
        """A fact that is no line of a log, in words."""
        if not fact:
            raise Failed(f"not so: {words}")
        for rule in rules or self.function.rules:
            self.findings.append((rule, words))

    # Files and commands

    def write(self, files, below="."):
        for name, text in files.items():
            path = self.at / below / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode() if isinstance(text, str) else text)
        return self.at / below

    def env(self, more=None):
        # Nothing of the caller's environment: a DJANGO_SETTINGS_MODULE or PGHOST there would change the outcome.
        path = f"{self.venv}/bin:/usr/local/bin:/usr/bin:/bin:/usr/sbin"
        # No .pyc files: two settings of one size, written within a second, would be taken for the same.
        python = {"PYTHONUNBUFFERED": "1", "PYTHONDONTWRITEBYTECODE": "1"}
        return {"PATH": path, "HOME": str(self.at), "LANG": "C.UTF-8", **python, **(more or {})}

    def run(self, *argv, cwd=None, env=None, stdin="", **more):
        try:
            done = subprocess.run(
                [str(a) for a in argv],
                cwd=cwd or self.at,
                env=self.env(env),
                input=stdin,
                text=True,
                errors="replace",
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                timeout=3 * PATIENCE,
                start_new_session=True,
                **more,
            )
        except subprocess.TimeoutExpired as late:
            raise Failed(f"{argv} still runs after {late.timeout:.0f} s\n{late.output}") from None
        return Done(done.returncode, done.stdout)

    def start(self, *argv, cwd=None, env=None, port=None, **more):
        log = self.at / f"{len(self.started)}.log"
        # Appending: nginx opens /dev/stdout once more, and would write over what it says on standard error.
        with log.open("ab") as out:
            process = subprocess.Popen(
                [str(a) for a in argv],
                cwd=cwd or self.at,
                env=self.env(env),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                **more,
            )
        running = Running(process, log, port)
        self.started.append(running)
        return running

    def package(self, wanted):
        """A folder with one old package and what it needs, for PYTHONPATH. Kept beside the virtual environment."""
        folder = self.venv.parent / "packages" / wanted
        if not (folder / "done").exists():
            # The caller's environment this time: it may say which index and proxy pip has to use.
            pip = [self.venv / "bin/pip", "install", "--quiet", "--no-warn-conflicts", "--disable-pip-version-check"]
            made = subprocess.run([*pip, "--upgrade", "--target", folder, wanted], capture_output=True, text=True)
            if made.returncode:
                raise Skip(f"pip could not install {wanted}: {made.stderr.strip().splitlines()[-1:]}")
            (folder / "done").touch()
        return str(folder)

    def get(self, port, path="/", headers=None, method="GET", body=None, host="127.0.0.1"):
        connection = http.client.HTTPConnection(host, port, timeout=PATIENCE)
        try:
            connection.request(method, path, body=body, headers=headers or {})
            return Answer(connection.getresponse())
        finally:
            connection.close()

    # Django

    def site(self, settings="", urls="", files=None, below="site"):
        """A whole project with admin, sessions and static files, DEBUG off. `settings` goes after the rest."""
        files = {
            "manage.py": MANAGE,
            "config/__init__.py": "",
            "config/settings.py": SETTINGS + settings,
            "config/urls.py": URLS + urls,
            "config/wsgi.py": SERVER.replace("?", "wsgi"),
            "config/asgi.py": SERVER.replace("?", "asgi"),
            **(files or {}),
        }
        return self.write(files, below)

    def manage(self, site, *argv, **more):
        return self.run("python", "manage.py", *argv, cwd=site, **more)

    def gunicorn(self, site, *argv, app="config.wsgi:application", env=None):
        port = free_port()
        # gunicorn believes the X-Forwarded-Proto of a proxy on 127.0.0.1, and here every proxy is. In a stack the proxy
        # is another container, which gunicorn does not know unless it is told to.
        argv = ["gunicorn", app, "--bind", f"127.0.0.1:{port}", "--forwarded-allow-ips", "192.0.2.1", *argv]
        return self.start(*argv, cwd=site, port=port, env=env).wait_port()

    # Other servers

    def postgres(self, *argv, start=True):
        return Postgres(self, argv, start)

    def nginx(self, server, top="", start=True, port=None, more_http=""):
        """nginx with one `server` block. `start=False` gives what `nginx -t` says instead."""
        binary = program("nginx")
        port = port or free_port()
        # As root, nginx would hand its workers to a user who may not see the proof's folder.
        user = "user root;" if os.getuid() == 0 else ""
        folder = self.write(
            {
                "nginx.conf": NGINX.format(
                    user=user, top=top, at=self.at, http=more_http, server=server.replace("PORT", str(port))
                )
            },
            "nginx",
        )
        argv = [binary, "-p", folder, "-c", folder / "nginx.conf", "-e", "stderr"]
        if not start:
            return self.run(*argv, "-t")
        return self.start(*argv, "-g", "daemon off;", port=port).wait_port()

    def mariadb(self):
        """A new server for user app with password right and database app, as the image makes them."""
        at = self.at / "maria"
        at.mkdir()
        binary = program("mariadbd")
        user = ["--user=root"] if os.getuid() == 0 else []
        made = self.run(
            "mariadb-install-db",
            "--no-defaults",
            f"--datadir={at}/data",
            "--skip-test-db",
            "--auth-root-authentication-method=normal",
            *user,
        )
        if made.status:
            raise Failed(made.text)
        (at / "init.sql").write_text(
            "CREATE DATABASE app;\nCREATE USER app@'%' IDENTIFIED BY 'right';\nGRANT ALL ON app.* TO app@'%';\n"
        )
        port = free_port()
        return self.start(
            binary,
            "--no-defaults",
            *user,
            f"--datadir={at}/data",
            f"--socket={at}/socket",
            f"--port={port}",
            f"--init-file={at}/init.sql",
            "--bind-address=127.0.0.1",
            "--skip-name-resolve",
            f"--pid-file={at}/pid",
            port=port,
        ).wait_port()

    def redis(self, *argv):
        port = free_port()
        binary = program("redis-server")
        options = ["--port", port, "--bind", "127.0.0.1", "--save", "", "--dir", self.at]
        return self.start(binary, *options, *argv, port=port).wait_port()


class Postgres:
    """A new cluster that listens on 127.0.0.1 and asks for a password there, as the image does."""

    password = "right"

    def __init__(self, work, argv, start):
        self.work = work
        self.bin = Path(program("postgres")).parent
        self.at = Path(tempfile.mkdtemp(dir=work.at, prefix="pg"))
        self.at.chmod(0o755)
        self.port = free_port()
        self.who = {}
        if os.getuid() == 0:
            # postgres refuses to run as root.
            names = {u.pw_name for u in pwd.getpwall()}
            self.who = {"user": "postgres" if "postgres" in names else "nobody", "extra_groups": []}
            os.chown(self.at, pwd.getpwnam(self.who["user"]).pw_uid, -1)
        (self.at / "password").write_text(self.password)
        (self.at / "password").chmod(0o644)
        made = work.run(
            self.bin / "initdb",
            "-D",
            self.at / "data",
            "-U",
            "postgres",
            "--auth-local=trust",
            "-E",
            "UTF8",
            "--auth-host=scram-sha-256",
            f"--pwfile={self.at}/password",
            "--no-sync",
            cwd=self.at,
            **self.who,
        )
        if made.status:
            raise Failed(made.text)
        if start:
            self.start("-c", "listen_addresses=127.0.0.1", *argv)
            self.work_until_ready()

    def start(self, *argv):
        options = ["-c", f"unix_socket_directories={self.at}", "-c", "fsync=off", "-p", self.port, *argv]
        self.server = self.work.start(
            self.bin / "postgres", "-D", self.at / "data", *options, cwd=self.at, **self.who
        )
        return self.server

    def work_until_ready(self):
        self.server.wait_for("database system is ready to accept connections")

    def sql(self, text, database="postgres"):
        argv = ["psql", "-h", self.at, "-p", self.port, "-U", "postgres", "-d", database, "-Atc", text]
        done = self.work.run(self.bin / argv[0], *argv[1:])
        if done.status:
            raise Failed(done.text)
        return done.text.strip()

    def ready(self, *argv):
        return self.work.run(self.bin / "pg_isready", "-p", self.port, *argv)

    def settings(self, **more):
        database = {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": "postgres",
            "USER": "postgres",
            "PASSWORD": self.password,
            "HOST": "127.0.0.1",
            "PORT": self.port,
            **more,
        }
        return f"DATABASES = {{'default': {database!r}}}\n"
