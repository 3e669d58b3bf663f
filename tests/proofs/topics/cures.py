"""Cures: a case of fixtures/ is brought up, the symptom is there; `check --fix` applies the cure, and it is gone.

Each line names the rule, the case, what is seen before, and what is seen after. Only the cure of that rule is applied."""

import re
import subprocess
import tempfile
from pathlib import Path

from proving import Failed, proof
from stack import REPOSITORY, Skip, Stack, doctor

# What a service answers that works: a page, a redirect, or that the page is not there.
WORKS = (200, 301, 302, 403, 404)


def said(pattern):
    """A line of a log or a build."""

    def look(stack):
        text = stack.settle(pattern)
        found = re.search(pattern, text, re.M)
        return (found[0].strip()[:150] if found else None), text

    return look


def answer(service, port, path="/", statuses=WORKS, *options, body=None):
    """The answer to a request."""

    def look(stack):
        if service not in stack.services:
            return None, stack.said()
        status, text = stack.wait_get(service, port, path, *options, want=statuses)
        good = status in statuses and (body is None or re.search(body, text))
        return (f"{path} is answered with {status or 'nothing'}" if good else None), f"{status} {text[:500]}\n{stack.said()}"

    return look


def ended(service, status=None):
    """A service that does not run, and is not started again."""

    def look(stack):
        stack.settle(seconds=6)
        code = stack.services[service].process.poll()
        good = code is not None and (status is None or code == status)
        return (f"{service} ended with {code}" if good else None), stack.said()

    return look


def unhealthy(service):
    def look(stack):
        return ("never healthy" if f"{service} is not there (service_healthy)" in stack.said() else None), stack.said()

    return look


def kept(service, write, read, want):
    """What a command has written is there after `down` and `up`."""

    def look(stack):
        answer("web", 8000)(stack)
        for _ in range(20):
            if stack.exec(service, *write).status == 0:
                break
            stack.settle(seconds=0.5)
        stack.down()
        stack.up()
        answer("web", 8000)(stack)
        done = stack.exec(service, *read)
        there = done.status == 0
        return ("kept" if there else "lost") if there is want else None, f"{done.text}\n{stack.said()}"

    return look


def runs(service, argv, pattern=None):
    """A command in a service: it ends well, or it fails with this line."""

    def look(stack):
        for _ in range(20):
            done = stack.exec(service, *argv)
            found = re.search(pattern, done.text, re.M) if pattern else None
            if found or done.status == 0:
                break
            stack.settle(seconds=0.5)
        if pattern:
            return (found[0] if found and done.status else None), f"{done.text}\n{stack.said()}"
        return (f"{' '.join(argv[:3])} ends with 0" if done.status == 0 else None), f"{done.text}\n{stack.said()}"

    return look


def checked(service, pattern, want):
    """What the log says once the health check has been run, and ended well."""

    def look(stack):
        for _ in range(20):
            if stack.is_healthy(stack.services[service]):
                break
            stack.settle(seconds=0.5)
        stack.settle(seconds=1)
        text = stack.said()
        found = re.search(pattern, text, re.M)
        seen = found[0] if found else "healthy, without that line"
        return (seen if (found is not None) is want else None), text

    return look


def second_up(look):
    """The same at the second `up`, with the volumes of the first."""

    def both(stack):
        answer("web", 8000)(stack)
        stack.down()
        stack.up()
        return look(stack)

    return both


MANAGE = ["python", "manage.py"]
SESSIONS = [*MANAGE, "shell", "-c", "from django.contrib.sessions.models import Session; print(Session.objects.count())"]
NEW_USER = [*MANAGE, "shell", "-c", "from django.contrib.auth.models import User; User.objects.create_user('a')"]
SAME_USER = [*MANAGE, "shell", "-c", "from django.contrib.auth.models import User; User.objects.get(username='a')"]
PSQL = ["psql", "-U", "app", "-d", "app", "-c"]
ROLE = r"FATAL:  role \"\w+\" does not exist"
# Two megabytes: a file that every Python has would do as well, and be of any size.
BODY = Path(tempfile.gettempdir()) / "compose-doctor-proof-body"
BODY.write_bytes(b"x" * 2_000_000)
OFF = (0,)
BAD_GATEWAY = (502,)
STATIC = "/static/admin/css/base.css"

CURES = [
    ("allowed-hosts-empty", "empty-list", answer("web", 8000, "/", (400,)), answer("web", 8000)),
    ("bind-127-in-container", "gunicorn-without-bind", answer("web", 8000, "/", OFF), answer("web", 8000)),
    ("bind-127-in-container", "daphne-behind-nginx", answer("nginx", 80, "/", BAD_GATEWAY), answer("nginx", 80, "/", (*WORKS, 400))),
    ("broker-host-localhost", "default-of-the-settings", said(r"Error 111 connecting to localhost"), said(r"celery@worker ready")),
    ("broker-host-unknown-service", "other-name", said(r"Cannot connect to redis://.*Name or service not known"), said(r"celery@worker ready")),
    ("celery-app-not-found", "a-letter-too-many", said(r"Unable to load celery application"), said(r"celery@worker ready")),
    ("celery5-cli-order", "worker-first", said(r"No such option.*-A"), said(r"celery@worker ready")),
    ("collectstatic-build-needs-env", "secret_key_only_in_compose", said(r"^KeyError: 'SECRET_KEY'"), answer("web", 8000)),
    ("collectstatic-hidden-by-mount", "source-bind-mount", answer("web", 8000, STATIC, (404,)), answer("web", 8000, STATIC, (200,))),
    ("collectstatic-never-run", "whitenoise-finds-no-folder", answer("web", 8000, STATIC, (404, 500)), answer("web", 8000, STATIC, (200,))),
    ("createsuperuser-not-idempotent", "set_e", second_up(said(r"That username is already taken")), second_up(answer("web", 8000))),
    ("csrf-origin-no-scheme", "host-only", runs("web", MANAGE + ["check"], r"\(4_0\.E001\)"), runs("web", MANAGE + ["check"])),
    ("db-driver-missing", "nothing_named", said(r"Error loading psycopg2 or psycopg module"), answer("web", 8000)),
    ("db-env-name-mismatch", "user_literal_in_settings", said(r"password authentication failed for user"), answer("web", 8000)),
    ("db-host-localhost", "compose_environment", said(r"connection to server at \"(localhost|127\.0\.0\.1)\".* failed|connection failed.*127\.0\.0\.1"), answer("web", 8000)),
    ("db-host-unknown-service", "renamed_service", said(r"failed to resolve host|could not translate host name"), answer("web", 8000)),
    ("db-migrate-never-run", "by_hand_in_readme", runs("web", SESSIONS, r"relation \"django_session\" does not exist"), runs("web", SESSIONS)),
    ("db-no-volume", "no_mount_at_all", kept("db", [*PSQL, "create table kept()"], [*PSQL, "select from kept"], False), kept("db", [*PSQL, "create table kept()"], [*PSQL, "select from kept"], True)),
    ("debug-env-string-truthy", "false_is_a_string", answer("web", 8000, "/no-such-page/", (404,), body="DEBUG = True"), answer("web", 8000, "/no-such-page/", (404,), body="(?s)^(?!.*DEBUG = True)")),
    ("entrypoint-crlf", "shebang", said(r"No such file or directory|not found"), answer("web", 8000)),
    ("entrypoint-does-not-exec-cmd", "last_line_missing", answer("web", 8000, "/", OFF), answer("web", 8000)),
    ("entrypoint-flushes-db", "flush-in-the-entrypoint", kept("web", NEW_USER, SAME_USER, False), kept("web", NEW_USER, SAME_USER, True)),
    ("entrypoint-not-executable", "copied_without_bit", said(r"Permission denied"), answer("web", 8000)),
    ("exec-form-not-json", "single_quotes", said(r"not found|No such file|Syntax error"), answer("web", 8000)),
    ("healthcheck-cmd-shell-extra-args", "a_line_for_cmd", unhealthy("db"), answer("web", 8000)),
    ("inner-host-port-used", "postgres_in_compose", said(r"Connection refused"), answer("web", 8000)),
    ("migrate-at-image-build", "host_in_settings", said(r"failed to resolve host|could not translate host name"), answer("web", 8000)),
    ("network-isolation-unreachable", "database_on_another_network", said(r"failed to resolve host|could not translate host name"), answer("web", 8000)),
    ("nginx-alias-slash", "alias-without", answer("proxy", 80, "/docs/index.html", (404,)), answer("proxy", 80, "/docs/index.html", (200,))),
    ("nginx-body-size", "photos", answer("proxy", 80, "/", (413,), "-d", f"@{BODY}"), answer("proxy", 80, "/", (403, 404, 405), "-d", f"@{BODY}")),
    ("nginx-conf-not-mounted", "nothing-mounted", answer("nginx", 80, "/", (403, 404, 200), body="nginx"), answer("nginx", 80, "/", (*WORKS, 400), body="(?s)^(?!.*Welcome to nginx)")),
    ("nginx-conf-wrong-level", "server-as-the-whole", said(r"\"server\" directive is not allowed here"), answer("nginx", 80, "/", (*WORKS, 400))),
    ("nginx-upstream-localhost", "conf-of-one-machine", answer("nginx", 80, "/", BAD_GATEWAY), answer("nginx", 80, "/", (*WORKS, 400))),
    ("nginx-upstream-unknown-host", "renamed-service", said(r"host not found in upstream"), answer("nginx", 80, "/", (*WORKS, 400))),
    ("pg-isready-wrong-user", "another_user", checked("db", ROLE, True), checked("db", ROLE, False)),
    ("proxy-or-published-port-mismatch", "proxy-passes-elsewhere", answer("nginx", 80, "/", BAD_GATEWAY), answer("nginx", 80, "/", (*WORKS, 400))),
    ("python-package-not-installed", "an_app_that_nothing_installs", said(r"ModuleNotFoundError: No module named"), answer("web", 8000)),
    ("required-env-not-provided", "nobody-sets-it", said(r"KeyError"), answer("web", 8000, "/", (*WORKS, 400))),
    ("runserver-effective-in-prod", "behind-nginx", said(r"Starting development server"), said(r"Starting gunicorn")),
    ("server-binary-not-installed", "gunicorn-not-in-requirements", said(r"gunicorn: not found"), answer("web", 8000)),
    ("server-daemonized", "gunicorn-daemon-is-last", ended("web", 0), answer("web", 8000)),
    ("service-healthy-without-healthcheck", "redis_without_check", unhealthy("cache"), answer("web", 8000)),
    ("shell-operators-without-shell", "string_in_compose", answer("web", 8000, "/", OFF), answer("web", 8000)),
    ("sqlite-not-persisted", "in_the_container", kept("web", NEW_USER, SAME_USER, False), kept("web", NEW_USER, SAME_USER, True)),
    ("static-dir-not-in-finders", "beside_manage", answer("web", 8000, "/static/css/site.css", (404,)), answer("web", 8000, "/static/css/site.css", (200,))),
    ("static-nginx-path-mismatch", "alias-names-the-other-container", answer("nginx", 80, STATIC, (404,)), answer("nginx", 80, STATIC, (200,))),
    ("static-no-server-debug-false", "gunicorn-in-the-dockerfile", answer("web", 8000, STATIC, (404,)), answer("web", 8000, STATIC, (200,))),
    ("static-root-not-mounted", "web-mounts-nothing", answer("nginx", 80, STATIC, (404,)), answer("nginx", 80, STATIC, (200,))),
    ("static-root-unset", "collected-in-the-image", said(r"without having set the STATIC_ROOT setting"), answer("web", 8000)),
    ("staticfiles-dirs-contains-root", "one-folder-for-both", said(r"\(staticfiles\.E002\)"), answer("web", 8000)),
    ("underscore-host-rejected", "service", answer("proxy", 80, "/", (400,)), answer("proxy", 80)),
    ("wait-loop-never-ends", "port_of_the_host", answer("web", 8000, "/", OFF), answer("web", 8000)),
    ("whitenoise-missing-or-misordered", "not-installed", said(r"No module named 'whitenoise'"), answer("web", 8000)),
    ("wsgi-module-missing", "other-package-name", said(r"No module named"), answer("web", 8000)),
]


def lay_out(w, rule, case):
    """The case as a folder, without its markers: a person's file has none."""
    folder = w.at / "project"
    # It reads the cases each time it runs, so one that is built will do.
    built = REPOSITORY / "target/debug/examples/lay-out-case"
    lay = [built] if built.exists() else ["cargo", "run", "-q", "--example", "lay-out-case"]
    done = subprocess.run(
        [*lay, rule, case, folder],
        cwd=REPOSITORY, capture_output=True, text=True,
    )  # fmt: skip
    if done.returncode:
        raise Skip(f"the case cannot be laid out: {done.stderr.strip().splitlines()[-1:]}")
    names = set()
    for path in folder.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            if b"#~^" in data:
                path.write_bytes(b"".join(l for l in data.splitlines(keepends=True) if b"#~^" not in l))
            if "compose" in path.name:
                names |= set(re.findall(r"\$\{(\w+):?\?", data.decode(errors="replace")))
    return folder, {name: f"value-of-{name.lower()}" for name in names}


def prove(w, rule, case, before, after):
    folder, env = lay_out(w, rule, case)
    stack = Stack(w, folder, env)
    stack.up()
    seen, text = before(stack)
    stack.down()
    if not seen:
        raise Failed(f"the symptom is not there before the cure\n{text}")
    argv = [doctor(), "check", "--isolated", "--fix", "--unsafe-fixes", "--fix-only", "--show-fixes", "--select", rule]
    fixed = subprocess.run(argv, cwd=folder, capture_output=True, text=True)
    if "fixed 0" in fixed.stderr or fixed.returncode > 1:
        raise Failed(f"nothing was fixed: {fixed.stdout}{fixed.stderr}")
    names = {n for p in folder.rglob("*compose*.y*ml") for n in re.findall(r"\$\{(\w+):?\?", p.read_text())}
    for name in names:
        stack.env.setdefault(name, f"value-of-{name.lower()}")
    stack.up()
    now, text = after(stack)
    stack.down()
    if not now:
        raise Failed(f"{fixed.stderr}the cure does not help\n{text}")
    w.hold(True, f"before: {seen}; after: {now}", [rule])


def add(rule, case, before, after):
    def run(w):
        prove(w, rule, case, before, after)

    run.__name__ = f"cure_{rule}_{case}".replace("-", "_")
    proof(rule, needs=["nc"] if rule == "wait-loop-never-ends" else [])(run)


for one in CURES:
    add(*one)
