"""Celery: the application, the order of the options, the broker."""

from proving import free_port, proof

CELERY = (
    "import os\n\nfrom celery import Celery\n\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'config.settings')\n"
    "app = Celery('config')\napp.config_from_object('django.conf:settings', namespace='CELERY')\n"
)

# One line to a Redis server, and its answer.
ASK = "import socket; s = socket.create_connection(('127.0.0.1', {0})); s.sendall(b'{1}\\r\\n'); print(s.recv(200).decode())"


def project(w, settings="", **more):
    return w.site(
        "CELERY_BROKER_URL = os.environ.get('BROKER', 'memory://')\n" + settings,
        files={"config/celery.py": CELERY, "config/__init__.py": "from .celery import app\n"},
        **more,
    )


@proof("celery-app-not-found")
def wrong_application(w):
    site = project(w)
    done = w.run("celery", "-A", "shops", "worker", cwd=site)
    w.hold(done.status == 2, "celery ends with 2")
    w.saw(r"Unable to load celery application\.", done.text)
    w.saw(r"The module shops was not found\.", done.text)
    w.write({"plain/__init__.py": ""}, "site")
    done = w.run("celery", "-A", "plain", "worker", cwd=site)
    w.saw(r"Module 'plain' has no attribute 'celery'", done.text)
    done = w.run("celery", "-A", "config:application", "worker", cwd=site)
    w.saw(r"The module config:application was not found\.", done.text)


@proof("celery5-cli-order")
def old_order(w):
    site = project(w)
    for name in ("worker", "beat", "inspect"):
        done = w.run("celery", name, "-A", "config", cwd=site)
        w.hold(done.status == 2, f"celery {name} -A ends with 2")
        w.saw(rf"You are using `-A` as an option of the {name} sub-command", done.text)
    done = w.run("celery", "worker", "-A", "config", cwd=site)
    w.saw(r"The support for this usage was removed in Celery 5\.0", done.text, symptom=False)
    w.saw(r"Error: No such option:? .?-A", done.text)


@proof("celery5-cli-order")
def flower_warns_only(w):
    port = free_port()
    run = w.start(
        "celery", "flower", "-A", "config", f"--port={port}", "--address=127.0.0.1", cwd=project(w), port=port
    )
    w.saw(
        r"You have incorrectly specified the following celery arguments after flower command",
        run.wait_for("incorrectly"),
    )
    w.saw(r"Broker: amqp://guest:\*\*@localhost:5672//", run.wait_for("Broker: "), symptom=False)


@proof("broker-host-localhost", "celery-broker-unreachable")
def redis_refused(w):
    port = free_port()
    run = w.start(
        "celery",
        "-A",
        "config",
        "worker",
        "-P",
        "solo",
        cwd=project(w),
        env={"BROKER": f"redis://localhost:{port}/0"},
    )
    w.saw(
        rf"consumer: Cannot connect to redis://(:\*\*@)?localhost:{port}/0: Error (111|99) connecting to localhost:{port}\.",
        run.wait_for("Cannot connect"),
    )
    w.hold(run.process.poll() is None, "the worker goes on and tries again")


@proof("broker-host-localhost", "celery-broker-unreachable")
def amqp_refused(w):
    port = free_port()
    run = w.start(
        "celery",
        "-A",
        "config",
        "worker",
        "-P",
        "solo",
        cwd=project(w),
        env={"BROKER": f"amqp://guest@localhost:{port}//"},
    )
    w.saw(
        rf"consumer: Cannot connect to amqp://guest:\*\*@(127\.0\.0\.1|localhost):{port}//: \[Errno 111\] Connection refused",
        run.wait_for("Cannot connect"),
    )


@proof("broker-host-localhost", "celery-broker-unreachable")
def no_broker_means_amqp_on_localhost(w):
    # The setting that Django gives under a wrong name never arrives.
    site = w.site(
        "CELERY_BROKER = 'redis://redis:6379/0'\n",
        files={"config/celery.py": CELERY, "config/__init__.py": "from .celery import app\n"},
    )
    run = w.start("celery", "-A", "config", "worker", "-P", "solo", cwd=site)
    w.saw(r"transport:\s+amqp://guest:\*\*@localhost:5672//", run.wait_for("transport:"), symptom=False)
    w.saw(
        r"Cannot connect to amqp://guest:\*\*@127\.0\.0\.1:5672//: \[Errno 111\] Connection refused",
        run.wait_for("Cannot connect"),
    )


@proof("celery-broker-unreachable", "broker-host-unknown-service")
def broker_name_not_resolved(w):
    run = w.start(
        "celery",
        "-A",
        "config",
        "worker",
        "-P",
        "solo",
        cwd=project(w),
        env={"BROKER": "redis://no-such-redis:6379/0"},
    )
    w.saw(
        r"Cannot connect to redis://(:\*\*@)?no-such-redis:6379/0: Error -\d connecting to no-such-redis:6379\. "
        r"(Name or service not known|Temporary failure in name resolution|No address associated)",
        run.wait_for("Cannot connect"),
    )


@proof("redis-password-mismatch", needs=["redis-server"])
def redis_passwords(w):
    server = w.redis("--requirepass", "right")
    for name, address, said in (
        ("none", f"redis://127.0.0.1:{server.port}/0", r"Authentication required\."),
        (
            "wrong",
            f"redis://:wrong@127.0.0.1:{server.port}/0",
            r"invalid username-password pair or user is disabled\.",
        ),
    ):
        run = w.start(
            "celery", "-A", "config", "worker", "-P", "solo", cwd=project(w, below=name), env={"BROKER": address}
        )
        w.saw(said, run.wait_for("redis.exceptions.Authentication|Cannot connect"))
    # The words of the server itself; client libraries cut the first one off.
    w.saw(r"^-NOAUTH Authentication required\.", w.run("python", "-c", ASK.format(server.port, "PING")).text)
    w.saw(
        r"^-WRONGPASS invalid username-password pair or user is disabled\.",
        w.run("python", "-c", ASK.format(server.port, "AUTH wrong")).text,
    )


@proof("redis-password-mismatch", needs=["redis-server"])
def password_for_a_redis_without_one(w):
    server = w.redis()
    said = w.run("python", "-c", ASK.format(server.port, "AUTH some")).text
    w.saw(r"^-ERR AUTH <password> called without any password configured for the default user\.", said, symptom=False)
    # A client of today sends the user's name along, which a server without passwords takes for good.
    run = w.start(
        "celery",
        "-A",
        "config",
        "worker",
        "-P",
        "solo",
        "-l",
        "info",
        cwd=project(w),
        env={"BROKER": f"redis://:some@127.0.0.1:{server.port}/0"},
    )
    w.saw(r"Connected to redis://", run.wait_for("Connected to"), symptom=False)


@proof("celery-redis-client-too-old")
def old_redis_client(w):
    # A range such as redis>=5,<6 beside an open celery: pip finds no conflict, because Celery asks for redis as an extra only.
    old = w.package("redis==5.3.1")
    done = w.run(
        "celery",
        "-A",
        "config",
        "worker",
        "-P",
        "solo",
        cwd=project(w),
        env={"BROKER": f"redis://localhost:{free_port()}/0", "PYTHONPATH": old},
    )
    w.hold(done.status == 1, "the worker ends with 1")
    w.saw(
        r"Unrecoverable error: VersionMismatch\('Redis transport requires redis-py versions [\d.]+ or later\. You have 5",
        done.text,
    )


@proof("celery-before-migrate", needs=["postgres"])
def beat_tables_missing(w):
    site = project(w, w.postgres().settings() + "INSTALLED_APPS.append('django_celery_beat')\n")
    run = w.start(
        "celery", "-A", "config", "beat", "--scheduler", "django_celery_beat.schedulers:DatabaseScheduler", cwd=site
    )
    w.saw(r'relation "django_celery_beat_[a-z]+" does not exist', run.wait_for("does not exist"))
    w.hold(run.wait_end() != 0, "beat does not end with 0")
