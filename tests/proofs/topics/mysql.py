"""The words of MySQL's and MariaDB's clients: mysqlclient, built as on a slim image, and PyMySQL."""

from proving import free_port, proof


def settings(port, **more):
    database = {
        "ENGINE": "django.db.backends.mysql",
        "NAME": "app",
        "USER": "app",
        "PASSWORD": "right",
        "HOST": "127.0.0.1",
        "PORT": port,
        **more,
    }
    return f"DATABASES = {{'default': {database!r}}}\n"


def mysqlclient(w):
    # Built against MariaDB's client library, which is what Debian has under the name default-libmysqlclient-dev.
    return {"PYTHONPATH": w.package("mysqlclient==2.2.7")}


def pymysql(w, site):
    w.write(
        {
            "config/__init__.py": "import pymysql\n\npymysql.version_info = (2, 2, 1, 'final', 0)\npymysql.install_as_MySQLdb()\n"
        },
        site,
    )
    return {"PYTHONPATH": w.package("PyMySQL==1.1.1")}


@proof("db-host-localhost")
def mysql_on_localhost(w):
    env = mysqlclient(w)
    done = w.manage(w.site(settings(free_port(), HOST="localhost")), "migrate", env=env)
    w.saw(r"Can't connect to local server through socket '.*' \(2\)", done.text)
    done = w.manage(w.site(settings(free_port())), "migrate", env=env)
    w.saw(r"Can't connect to server on '127\.0\.0\.1' \(115\)", done.text)


@proof("db-host-localhost")
def pymysql_on_localhost(w):
    site = w.site(settings(free_port(), HOST="localhost"))
    done = w.manage(site, "migrate", env=pymysql(w, site))
    w.saw(r"Can't connect to MySQL server on 'localhost' \(\[Errno 111\] Connection refused\)", done.text)


@proof("depends-on-without-health")
def mysql_not_yet_there(w):
    # Refused as while the server still starts. 115 is the error number of a connection in progress.
    done = w.manage(w.site(settings(free_port())), "migrate", env=mysqlclient(w))
    w.saw(r"Can't connect to server on '127\.0\.0\.1' \(115\)", done.text)


@proof("db-host-unknown-service")
def mysql_name_not_resolved(w):
    done = w.manage(w.site(settings(3306, HOST="no-such-db")), "migrate", env=mysqlclient(w))
    w.saw(r"Unknown server host 'no-such-db' \(-\d\)", done.text)


@proof("db-host-unknown-service")
def pymysql_name_not_resolved(w):
    site = w.site(settings(3306, HOST="no-such-db"))
    done = w.manage(site, "migrate", env=pymysql(w, site))
    w.saw(
        r"Can't connect to MySQL server on 'no-such-db' \(\[Errno -\d\] (Name or service not known|Temporary failure)",
        done.text,
    )


@proof("db-env-name-mismatch", "db-volume-keeps-old-password", needs=["mariadbd"])
def mysql_password_or_database(w):
    env, port = mysqlclient(w), w.mariadb().port
    done = w.manage(w.site(settings(port, PASSWORD="wrong")), "migrate", env=env)
    w.saw(r"Access denied for user 'app'@'127\.0\.0\.1' \(using password: YES\)", done.text)
    done = w.manage(w.site(settings(port, NAME="shop")), "migrate", env=env)
    # An ordinary user is not told whether the database is there.
    w.saw(r"Access denied for user 'app'@'%' to database 'shop'", done.text, rules=["db-env-name-mismatch"])
    done = w.manage(w.site(settings(port, NAME="shop", USER="root", PASSWORD="")), "migrate", env=env)
    w.saw(r"Unknown database 'shop'", done.text, rules=["db-env-name-mismatch"])


@proof("db-migrate-never-run", needs=["mariadbd"])
def nothing_migrated_on_mysql(w):
    web = w.gunicorn(w.site(settings(w.mariadb().port)), env=mysqlclient(w))
    w.hold(w.get(web.port, "/remember/").status == 500, "the page is 500")
    w.saw(r"Table 'app\.django_session' doesn't exist", web.output())
