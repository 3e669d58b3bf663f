"""What Django and PostgreSQL say when tables, drivers, hosts, users or databases are missing."""

from proving import Failed, free_port, proof


@proof("db-migrate-never-run", needs=["postgres"])
def nothing_migrated_on_postgres(w):
    site = w.site(w.postgres().settings())
    web = w.gunicorn(site)
    w.saw_not("migration", web.output())
    answer = w.get(web.port, "/remember/")
    w.hold(answer.status == 500, "gunicorn starts without a word about migrations, and the page is 500")
    w.saw(r'relation "django_session" does not exist', web.output())


@proof("db-migrate-never-run")
def nothing_migrated_on_sqlite(w):
    web = w.gunicorn(w.site())
    w.hold(w.get(web.port, "/remember/").status == 500, "the page is 500")
    w.saw(r"no such table: django_session", web.output())


@proof("db-migrate-never-run")
def only_runserver_tells_of_migrations(w):
    site = w.site()
    port = free_port()
    web = w.start("python", "manage.py", "runserver", "--noreload", port, cwd=site, port=port).wait_port()
    w.saw(r"You have \d+ unapplied migration\(s\)", web.wait_for("Quit the server"))
    for argv in (["uvicorn", "config.asgi:application", "--port"], ["daphne", "config.asgi:application", "-p"]):
        port = free_port()
        other = w.start(*argv, port, cwd=site, port=port).wait_port()
        w.saw_not("unapplied", other.output())
    w.hold(True, "uvicorn and daphne say nothing about migrations")


@proof("db-host-localhost", needs=["postgres"])
def localhost_refused(w):
    # Nothing listens there, as in a web container whose database is in another one.
    site = w.site(
        "DATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql', 'NAME': 'app', 'USER': 'app',"
        f" 'HOST': os.environ['DB_HOST'], 'PORT': {free_port()}}}}}\n"
    )
    for host in ("localhost", "127.0.0.1"):
        done = w.manage(site, "migrate", env={"DB_HOST": host})
        w.hold(done.status == 1, f"migrate ends with 1 for {host}")
        # psycopg 3 looks the name up itself and tells the address only.
        w.saw(r'connection to server at "(127\.0\.0\.1|::1)", port \d+ failed: Connection refused', done.text)
    code = f"import psycopg2; psycopg2.connect(host='localhost', port={free_port()}, dbname='app', user='app')"
    done = w.run("python", "-c", code)
    w.saw(
        r'connection to server at "localhost" \((127\.0\.0\.1|::1)\), port \d+ failed: Connection refused', done.text
    )
    w.saw(r"Is the server running on that host and accepting TCP/IP connections\?", done.text)


@proof("db-host-localhost")
def empty_host_means_a_socket(w):
    site = w.site(
        "DATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql', 'NAME': 'app', 'HOST': '',"
        " 'PORT': 54329}}\n"
    )
    done = w.manage(site, "migrate")
    w.saw(r'connection to server on socket ".*\.s\.PGSQL\.54329" failed: No such file or directory', done.text)


@proof("db-host-unknown-service", "network-isolation-unreachable")
def name_not_resolved(w):
    code = "import {0}; {0}.connect(host='no-such-db', dbname='app', user='app')"
    done = w.run("python", "-c", code.format("psycopg2"))
    w.saw(
        r'could not translate host name "no-such-db" to address: (Name or service not known|Temporary failure in name'
        r" resolution|No address associated with hostname)",
        done.text,
    )
    done = w.run("python", "-c", code.format("psycopg"))
    w.saw(r"failed to resolve host 'no-such-db': ", done.text, rules=["db-host-unknown-service"])


@proof("env-list-literal-quotes")
def quotes_reach_the_host_name(w):
    # `- DB_HOST="db"` in a list hands the quotes on.
    done = w.run(
        "python", "-c", "import os, psycopg2; psycopg2.connect(host=os.environ['DB_HOST'])", env={"DB_HOST": '"db"'}
    )
    w.saw(r'could not translate host name ""db"" to address', done.text)


@proof("inner-host-port-used", needs=["postgres"])
def wrong_port(w):
    db = w.postgres()
    # The published port does not exist inside the network.
    done = w.manage(w.site(db.settings(PORT=free_port())), "migrate")
    w.saw(r"port \d+ failed: Connection refused", done.text)


@proof("db-env-name-mismatch", "db-volume-keeps-old-password", needs=["postgres"])
def wrong_password_user_or_database(w):
    db = w.postgres()
    done = w.manage(w.site(db.settings(PASSWORD="wrong")), "migrate")
    w.saw(r'FATAL:  password authentication failed for user "postgres"', done.text)
    # A user who is not there reads the same over the network, so that the name is looked for last.
    done = w.manage(w.site(db.settings(USER="shop")), "migrate")
    w.saw(r'FATAL:  password authentication failed for user "shop"', done.text, rules=["db-env-name-mismatch"])
    w.saw(r'Role "shop" does not exist', db.server.output(), rules=["db-env-name-mismatch"], symptom=False)
    done = w.manage(w.site(db.settings(NAME="shop")), "migrate")
    w.saw(r'FATAL:  database "shop" does not exist', done.text, rules=["db-env-name-mismatch"])


@proof("db-driver-missing")
def driver_missing(w):
    # The drivers are installed for the other proofs, so these processes are kept from finding them.
    hide = (
        "import sys\n"
        "class Hide:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.split('.')[0] in ('psycopg', 'psycopg2', 'MySQLdb'):\n"
        "            raise ModuleNotFoundError(f'No module named {name!r}', name=name)\n"
        "sys.meta_path.insert(0, Hide())\n"
    )
    site = w.site(
        "DATABASES = {'default': {'ENGINE': os.environ['ENGINE'], 'NAME': 'app'}}\nSTATIC_ROOT = BASE_DIR / 'root'\n",
        files={"sitecustomize.py": hide},
    )
    env = {"PYTHONPATH": str(site)}
    done = w.manage(site, "check", env={**env, "ENGINE": "django.db.backends.postgresql"})
    w.saw(r"ImproperlyConfigured: Error loading psycopg2 or psycopg module", done.text)
    done = w.manage(site, "check", env={**env, "ENGINE": "django.db.backends.mysql"})
    w.saw(r"Error loading MySQLdb module\.", done.text)
    w.saw(r"Did you install mysqlclient\?", done.text)
    done = w.manage(site, "collectstatic", "--noinput", env={**env, "ENGINE": "django.db.backends.postgresql"})
    w.saw(r"^django\..*ImproperlyConfigured: Error loading psycopg2 or psycopg module", done.text)


@proof("pg-isready-socket-false-healthy", needs=["postgres"])
def init_phase_answers_on_the_socket_only(w):
    db = w.postgres(start=False)
    # So the image starts its temporary server, while it makes the user and runs the init scripts.
    server = db.start("-c", "listen_addresses=")
    db.work_until_ready()
    by_socket = db.ready("-h", db.at)
    by_network = db.ready("-h", "127.0.0.1")
    w.saw(r":\d+ - accepting connections", by_socket.text, symptom=False)
    w.hold(by_socket.status == 0, "pg_isready over the socket ends with 0 during the first start")
    w.saw(r"127\.0\.0\.1:\d+ - no response", by_network.text, symptom=False)
    w.hold(by_network.status == 2, "pg_isready -h 127.0.0.1 ends with 2")
    done = w.manage(w.site(db.settings()), "migrate")
    w.saw(r"connection to server at .* failed: Connection refused", done.text)
    # The image ends the temporary server by pg_ctl -m fast.
    w.run(db.bin / "pg_ctl", "-D", db.at / "data", "-m", "fast", "stop", cwd=db.at, **db.who)
    w.saw(r"received fast shutdown request", server.output())


@proof("pg-isready-wrong-user", "healthcheck-cmd-shell-extra-args", needs=["postgres"])
def isready_with_an_unknown_role(w):
    db = w.postgres()
    done = db.ready("-h", db.at, "-U", "root")
    w.hold(done.status == 0, "pg_isready -U root ends with 0")
    w.saw(r'FATAL:  role "root" does not exist', db.server.wait_for('role "root"'))
    done = db.ready("-h", db.at, "-U", "postgres", "-d", "shop")
    w.hold(done.status == 0, "pg_isready -d shop ends with 0, though there is no such database")
    w.saw(r'FATAL:  database "shop" does not exist', db.server.wait_for('database "shop"'))


@proof("depends-on-without-health", needs=["postgres"])
def database_still_starting(w):
    db = w.postgres(start=False)
    # A standby without its primary stays in the state that a database passes through while it starts.
    (db.at / "data/standby.signal").touch()
    (db.at / "data/backup_label").write_text(
        "START WAL LOCATION: 0/FF000028 (file 0000000100000000000000FF)\n"
        "CHECKPOINT LOCATION: 0/FF000060\nBACKUP METHOD: streamed\n"
    )
    db.start("-c", "listen_addresses=127.0.0.1").wait_for(
        "entering standby mode|starting backup recovery|could not locate"
    )
    done = w.manage(w.site(db.settings()), "migrate")
    w.saw(r"the database system is (starting up|not yet accepting connections|not accepting connections)", done.text)


@proof("migrate-race-replicas", needs=["postgres"])
def two_migrate_at_once(w):
    # Who loses the race, and at which table, is chance, so they run until it has happened.
    wanted = (
        r'(duplicate key value violates unique constraint "pg_(type_typname_nsp|class_relname_nsp)_index"'
        r'|relation "\w+" already exists|duplicate key value violates unique constraint "\w+")'
    )
    for _ in range(4):
        db = w.postgres()
        site = w.site(db.settings())
        together = [w.start("python", "manage.py", "migrate", cwd=site) for _ in range(4)]
        failed = [run.output() for run in together if run.wait_end()]
        db.server.stop()
        if failed:
            w.saw(wanted, "\n".join(failed))
            return
    raise Failed("four times four migrations went well")
