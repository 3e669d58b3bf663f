"""What servers say when the application is wrong, where they listen by default, and how they go to the background."""

import os
import re
import signal
import time

from proving import Failed, Skip, answers, free_port, proof


def listening(port):
    """The addresses that somebody listens on at that port, as the kernel lists them."""
    found = set()
    for name in ("/proc/net/tcp", "/proc/net/tcp6"):
        with open(name) as table:
            for line in list(table)[1:]:
                local, state = line.split()[1], line.split()[3]
                address, at = local.split(":")
                if state == "0A" and int(at, 16) == port:
                    found.add({"0100007F": "127.0.0.1", "00000000": "0.0.0.0"}.get(address, address))
    return found


def taken(port):
    if listening(port):
        raise Skip(f"port {port}, which the proof needs, is taken")


def only_inside(w, server, port, said):
    """The server answers on 127.0.0.1 and nowhere else; 127.0.0.2 stands for another interface of the container."""
    server.wait_port(port)
    w.saw(said, server.wait_for(said), symptom=False)
    w.hold(listening(port) == {"127.0.0.1"}, f"the kernel lists 127.0.0.1:{port} and nothing else")
    w.hold(not answers(port, "127.0.0.2"), "connections to another address are refused")


@proof("bind-127-in-container")
def gunicorn_default_bind(w):
    taken(8000)
    server = w.start("gunicorn", "config.wsgi", cwd=w.site())
    only_inside(w, server, 8000, r"Listening at: http://127\.0\.0\.1:8000")


@proof("bind-127-in-container")
def gunicorn_binds_to_all_with_port_set(w):
    port = free_port()
    server = w.start("gunicorn", "config.wsgi", cwd=w.site(), env={"PORT": str(port)}).wait_port(port)
    w.saw(rf"Listening at: http://0\.0\.0\.0:{port}", server.output(), symptom=False)
    w.hold(answers(port, "127.0.0.2"), "with PORT in the environment gunicorn takes connections to any address")


@proof("bind-127-in-container")
def uvicorn_default_bind(w):
    taken(8000)
    server = w.start("uvicorn", "config.asgi:application", cwd=w.site())
    only_inside(w, server, 8000, r"Uvicorn running on http://127\.0\.0\.1:8000")


@proof("bind-127-in-container")
def daphne_default_bind(w):
    taken(8000)
    # The log settings of the proofs' site would hide what daphne says of itself.
    server = w.start("daphne", "config.asgi:application", cwd=w.site("LOGGING_CONFIG = None\n"))
    only_inside(w, server, 8000, r"Listening on TCP address 127\.0\.0\.1:8000")


@proof("bind-127-in-container")
def runserver_default_bind(w):
    taken(8000)
    server = w.start("python", "manage.py", "runserver", "--noreload", cwd=w.site())
    only_inside(w, server, 8000, r"Starting development server at http://127\.0\.0\.1:8000/")


@proof("bind-127-in-container")
def runserver_with_a_port_only(w):
    port = free_port()
    server = w.start("python", "manage.py", "runserver", "--noreload", port, cwd=w.site())
    only_inside(w, server, port, rf"Starting development server at http://127\.0\.0\.1:{port}/")
    # `0:8000` is the short way to say all addresses.
    port = free_port()
    server = w.start("python", "manage.py", "runserver", "--noreload", f"0:{port}", cwd=w.site()).wait_port(port)
    w.hold(answers(port, "127.0.0.2"), "runserver 0:PORT takes connections to any address")


@proof("bind-127-in-container")
def uwsgi_colon_port_binds_to_all(w):
    port = free_port()
    w.start("uwsgi", "--http", f":{port}", "--module", "config.wsgi", "--master", cwd=w.site(), port=port).wait_port()
    w.hold(answers(port, "127.0.0.2"), "uwsgi --http :PORT takes connections to any address")


@proof("wsgi-module-missing")
def gunicorn_module_missing(w):
    site = w.site()
    port = free_port()
    done = w.run("gunicorn", "shop.wsgi:application", "--bind", f"127.0.0.1:{port}", cwd=site)
    w.hold(done.status == 3, "gunicorn ends with 3")
    w.saw(r"ModuleNotFoundError: No module named 'shop'", done.text)
    w.saw(r"Worker failed to boot", done.text)


@proof("wsgi-module-missing")
def gunicorn_attribute_missing(w):
    done = w.run("gunicorn", "config.wsgi:app", "--bind", f"127.0.0.1:{free_port()}", cwd=w.site())
    w.hold(done.status == 4, "gunicorn ends with 4")
    w.saw(r"Failed to find attribute 'app' in 'config\.wsgi'\.", done.text)
    w.saw(r"App failed to load", done.text)


@proof("wsgi-module-missing")
def gunicorn_takes_application_by_default(w):
    w.hold(
        w.get(w.gunicorn(w.site(), app="config.wsgi").port).status == 200, "gunicorn config.wsgi takes `application`"
    )


@proof("wsgi-module-missing")
def uvicorn_module_or_attribute_missing(w):
    site = w.site()
    done = w.run("uvicorn", "config.asgl:application", "--port", free_port(), cwd=site)
    w.saw(r'Error loading ASGI app\. Could not import module "config\.asgl"\.', done.text)
    w.hold(done.status != 0, "uvicorn does not end with 0")
    # If the package is not there either, it is a bare traceback.
    done = w.run("uvicorn", "shop.asgi:application", "--port", free_port(), cwd=site)
    w.saw(r"^ModuleNotFoundError: No module named 'shop'$", done.text)
    w.saw_not("Error loading ASGI app", done.text)
    done = w.run("uvicorn", "config.asgi:app", "--port", free_port(), cwd=site)
    w.saw(r'Error loading ASGI app\. Attribute "app" not found in module "config\.asgi"\.', done.text)
    done = w.run("uvicorn", "config.asgi", "--port", free_port(), cwd=site)
    w.saw(
        r'Error loading ASGI app\. Import string "config\.asgi" must be in format "<module>:<attribute>"\.', done.text
    )


@proof("wsgi-module-missing")
def daphne_module_missing(w):
    site = w.site()
    done = w.run("daphne", "-p", free_port(), "shop.asgi:application", cwd=site)
    w.saw(r"ModuleNotFoundError: No module named 'shop'", done.text)
    done = w.run("daphne", "-p", free_port(), "config.asgi:app", cwd=site)
    w.saw(r"AttributeError: module 'config\.asgi' has no attribute 'app'", done.text, symptom=False)


@proof("wsgi-module-missing")
def uwsgi_module_missing(w):
    port = free_port()
    server = w.start(
        "uwsgi", "--http", f"127.0.0.1:{port}", "--module", "shop.wsgi:application", cwd=w.site(), port=port
    )
    w.saw(r"ModuleNotFoundError: No module named 'shop'", server.wait_for("no app loaded"))
    w.saw(
        r"unable to load app 0 \(mountpoint=''\) \(callable not found or import error\)",
        server.output(),
        symptom=False,
    )
    w.saw(r"no app loaded\. going in full dynamic mode", server.output(), symptom=False)
    server.wait_port()
    answer = w.get(port)
    w.hold(
        answer.status == 500 and "Internal Server Error" in answer.text,
        "uwsgi goes on without the application and answers 500",
    )


@proof("wsgi-module-missing")
def uwsgi_needs_its_app(w):
    done = w.run("uwsgi", "--http", f"127.0.0.1:{free_port()}", "--module", "shop.wsgi", "--need-app", cwd=w.site())
    w.hold(done.status != 0, "with need-app uwsgi ends")
    w.saw(r"ModuleNotFoundError: No module named 'shop'", done.text)


@proof("asgi-wsgi-mismatch")
def asgi_under_a_sync_worker(w):
    web = w.gunicorn(w.site(), app="config.asgi:application")
    w.hold(w.get(web.port).status == 500, "gunicorn starts, and every page is 500")
    w.saw(r"TypeError: ASGIHandler\.__call__\(\) missing 1 required positional argument: 'send'", web.output())


@proof("asgi-wsgi-mismatch")
def wsgi_under_uvicorn(w):
    port = free_port()
    web = w.start("uvicorn", "config.wsgi:application", "--port", port, cwd=w.site(), port=port).wait_port()
    w.hold(w.get(port).status == 500, "uvicorn starts, and every page is 500")
    w.saw(
        r"TypeError: WSGIHandler\.__call__\(\) missing 1 required positional argument: 'start_response'",
        web.wait_for("TypeError"),
    )


@proof("asgi-wsgi-mismatch")
def wsgi_under_daphne(w):
    port = free_port()
    web = w.start("daphne", "-p", port, "config.wsgi:application", cwd=w.site(), port=port).wait_port()
    w.hold(w.get(port).status == 500, "daphne starts, and every page is 500")
    w.saw(
        r"TypeError: WSGIHandler\.__call__\(\) missing 1 required positional argument: 'start_response'",
        web.wait_for("TypeError"),
    )


@proof("asgi-wsgi-mismatch")
def websocket_under_gunicorn(w):
    web = w.gunicorn(w.site(), "--access-logfile", "-")
    answer = w.get(
        web.port,
        "/ws/chat/",
        {
            "Connection": "Upgrade",
            "Upgrade": "websocket",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        },
    )
    w.hold(answer.status == 404, "a WebSocket handshake with a WSGI server is answered by 404, not by 101")
    w.saw(r"Not Found: /ws/chat/", web.wait_for("Not Found"), symptom=False)


@proof("settings-module-missing")
def settings_module(w):
    site = w.site()
    env = {"DJANGO_SETTINGS_MODULE": "config.settings.prod"}
    done = w.manage(site, "migrate", env=env)
    w.hold(done.status == 1, "migrate ends with 1")
    w.saw(
        r"^ModuleNotFoundError: No module named 'config\.settings\.prod'; 'config\.settings' is not a package$",
        done.text,
    )
    done = w.run("gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{free_port()}", cwd=site, env=env)
    w.saw(
        r"^ModuleNotFoundError: No module named 'config\.settings\.prod'; 'config\.settings' is not a package$",
        done.text,
    )
    w.saw(r"Worker failed to boot\.", done.text)
    done = w.manage(site, "migrate", env={"DJANGO_SETTINGS_MODULE": "config.production"})
    w.saw(r"^ModuleNotFoundError: No module named 'config\.production'$", done.text, symptom=False)


@proof("server-daemonized")
def gunicorn_daemon(w):
    port = free_port()
    pid = w.at / "pid"
    done = w.run("gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{port}", "--daemon", "--pid", pid, cwd=w.site())
    try:
        w.hold(done.status == 0 and not done.text.strip(), "gunicorn --daemon ends with 0 at once and prints nothing")
        end = time.monotonic() + 10
        while not answers(port) and time.monotonic() < end:
            time.sleep(0.1)
        w.hold(answers(port), "and serves in the background")
    finally:
        stop(pid)


@proof("server-daemonized")
def gunicorn_daemon_hides_a_failure(w):
    done = w.run("gunicorn", "shop.wsgi", "--bind", f"127.0.0.1:{free_port()}", "--daemon", cwd=w.site())
    w.hold(done.status == 0 and not done.text.strip(), "gunicorn --daemon ends with 0 even if the module is missing")


@proof("server-daemonized")
def uwsgi_daemonize(w):
    port = free_port()
    pid, log = w.at / "pid", w.at / "uwsgi.log"
    ini = f"[uwsgi]\nhttp = 127.0.0.1:{port}\nmodule = config.wsgi\nmaster = true\nno-orphans = true\n"
    ini += f"daemonize = {log}\npidfile = {pid}\n"
    w.write({"uwsgi.ini": ini}, "site")
    done = w.run("uwsgi", "uwsgi.ini", cwd=w.site())
    try:
        w.hold(done.status == 0, "uwsgi with daemonize ends with 0")
        end = time.monotonic() + 10
        while "spawned uWSGI worker" not in log.read_text() and time.monotonic() < end:
            time.sleep(0.1)
        w.hold(w.get(port).status == 200, "it serves in the background")
        w.hold("spawned uWSGI worker" in log.read_text() and "spawned" not in done.text, "and logs to a file")
    finally:
        stop(pid, kind="INT")


def stop(pid_file, kind="TERM"):
    """Ends a server that left its process group, by the id it wrote down."""
    end = time.monotonic() + 10
    while not (pid_file.exists() and re.fullmatch(r"\d+\s*", pid_file.read_text())) and time.monotonic() < end:
        time.sleep(0.1)
    if pid_file.exists():
        pid = int(pid_file.read_text())
        os.kill(pid, getattr(signal, f"SIG{kind}"))
        while os.path.exists(f"/proc/{pid}"):
            time.sleep(0.1)
            # A signal may come before the server is ready to take it.
            if time.monotonic() > end + 10:
                os.kill(pid, signal.SIGKILL)
                break
    else:
        raise Failed("the server in the background wrote no pid file")


@proof("runserver-beside-gunicorn")
def development_server_warns(w):
    port = free_port()
    web = w.start("python", "manage.py", "runserver", "--noreload", port, cwd=w.site(), port=port).wait_port()
    w.saw(r"^WARNING: This is a development server\. Do not use it in a production setting", web.wait_for("WARNING"))
    w.saw_not("development server", w.gunicorn(w.site()).output())
