"""Who serves static files, what collectstatic needs, and what a page says when a file is not there."""

from proving import free_port, proof

ROOT = "STATIC_ROOT = BASE_DIR / 'root'\n"
CSS = "/static/admin/css/base.css"
MANIFEST = (
    "STORAGES = {'default': {'BACKEND': 'django.core.files.storage.FileSystemStorage'}, 'staticfiles':"
    " {'BACKEND': 'django.contrib.staticfiles.storage.ManifestStaticFilesStorage'}}\n"
)
WHITENOISE = "MIDDLEWARE.insert(1, 'whitenoise.middleware.WhiteNoiseMiddleware')\n"


def runserver(w, site, *argv):
    port = free_port()
    # Without --noreload a second process does the work, and the proof would wait for the wrong one.
    return w.start("python", "manage.py", "runserver", "--noreload", *argv, port, cwd=site, port=port).wait_port()


@proof("static-no-server-debug-false")
def gunicorn_serves_no_static_files(w):
    # Collected, and DEBUG on: gunicorn still has nobody who answers.
    for debug in ("False", "True"):
        site = w.site(f"{ROOT}DEBUG = {debug}\n", below=debug)
        w.manage(site, "collectstatic", "--noinput")
        web = w.gunicorn(site, "--access-logfile", "-")
        w.hold(
            w.get(web.port, CSS).status == 404,
            f"gunicorn answers 404 with DEBUG = {debug}, though the file is collected",
        )
        w.saw(r'"GET /static/admin/css/base\.css HTTP/1\.1" 404', web.wait_for("GET /static"))


@proof("static-no-server-debug-false")
def uvicorn_and_daphne_serve_no_static_files(w):
    site = w.site(ROOT)
    w.manage(site, "collectstatic", "--noinput")
    port = free_port()
    web = w.start("uvicorn", "config.asgi:application", "--port", port, cwd=site, port=port).wait_port()
    w.hold(w.get(port, CSS).status == 404, "uvicorn answers 404")
    w.saw(r'"GET /static/admin/css/base\.css HTTP/1\.1" 404', web.wait_for("GET /static"))
    port = free_port()
    web = w.start("daphne", "-p", port, "config.asgi:application", cwd=site, port=port).wait_port()
    w.hold(w.get(port, CSS).status == 404, "daphne answers 404")
    w.saw(r"Not Found: /static/admin/css/base\.css", web.wait_for("Not Found"))


@proof("static-no-server-debug-false", "runserver-effective-in-prod")
def runserver_serves_only_with_debug(w):
    web = runserver(w, w.site("DEBUG = True\n", below="on"))
    w.hold(w.get(web.port, CSS).status == 200, "runserver with DEBUG on answers 200, without collectstatic")
    web = runserver(w, w.site(below="off"))
    w.hold(w.get(web.port, CSS).status == 404, "runserver with DEBUG off answers 404")
    w.saw(
        r'"GET /static/admin/css/base\.css HTTP/1\.1" 404',
        web.wait_for("GET /static"),
        rules=["static-no-server-debug-false"],
    )
    w.saw(
        r"WARNING: This is a development server\. Do not use it in a production setting",
        web.output(),
        rules=["runserver-effective-in-prod"],
    )
    w.saw(r"Starting development server at http://", web.output(), rules=["runserver-effective-in-prod"])
    web = runserver(w, w.site(below="insecure"), "--insecure")
    w.hold(
        w.get(web.port, CSS).status == 200,
        "runserver --insecure answers 200 with DEBUG off",
        ["static-no-server-debug-false"],
    )


@proof("static-no-server-debug-false", "media-not-persisted-or-served")
def static_function_is_empty_without_debug(w):
    urls = (
        "\nfrom django.conf import settings\nfrom django.conf.urls.static import static\n"
        "urlpatterns += static('/media/', document_root=settings.BASE_DIR / 'media')\n"
    )
    for debug, wanted in (("True", 200), ("False", 404)):
        site = w.site(f"DEBUG = {debug}\n", urls, {"media/a.txt": "here"}, below=debug)
        web = w.gunicorn(site, "--access-logfile", "-")
        w.hold(
            w.get(web.port, "/media/a.txt").status == wanted, f"static() in urls.py with DEBUG = {debug}: {wanted}"
        )
    w.saw(r"Not Found: /media/a\.txt", web.wait_for("Not Found"), rules=["media-not-persisted-or-served"])


@proof("static-root-unset")
def collectstatic_without_root(w):
    done = w.manage(w.site(), "collectstatic", "--noinput")
    w.hold(done.status == 1, "collectstatic ends with 1")
    w.saw(
        r"^django\.core\.exceptions\.ImproperlyConfigured: You're using the staticfiles app without having set the"
        r" STATIC_ROOT setting to a filesystem path\.",
        done.text,
    )


@proof("manifest-missing-entry", "collectstatic-never-run")
def manifest_without_collectstatic(w):
    web = w.gunicorn(w.site(ROOT + MANIFEST))
    w.hold(w.get(web.port, "/admin/login/").status == 500, "the page is 500")
    w.saw(r"^ValueError: Missing staticfiles manifest entry for 'admin/css/base\.css'", web.output())


@proof("manifest-missing-entry")
def manifest_of_a_missing_file(w):
    # A CSS file that names a file that is not there stops collectstatic itself.
    site = w.site(
        ROOT + MANIFEST + "STATICFILES_DIRS = [BASE_DIR / 'assets']\n",
        files={"assets/a.css": "body { background: url(gone.png) }"},
    )
    done = w.manage(site, "collectstatic", "--noinput")
    w.hold(done.status == 1, "collectstatic ends with 1")
    w.saw(r"The file 'gone\.png' could not be found with", done.text, symptom=False)


@proof("collectstatic-never-run", "collectstatic-hidden-by-mount")
def whitenoise_without_the_folder(w):
    web = w.gunicorn(w.site(ROOT + WHITENOISE), "--access-logfile", "-")
    answer = w.get(web.port, CSS)
    w.hold(answer.status == 404, "whitenoise answers 404 while the folder is missing")
    w.saw(r"UserWarning: No directory at: .*/root/", web.output())
    w.saw(r'"GET /static/admin/css/base\.css HTTP/1\.1" 404', web.wait_for("GET /static"))


@proof("collectstatic-never-run", "whitenoise-missing-or-misordered")
def whitenoise_reads_the_folder_once(w):
    site = w.site(ROOT + WHITENOISE)
    w.write({"root/keep": ""}, "site")
    web = w.gunicorn(site)
    # It listens before its worker has loaded anything; the first answer says that it has.
    w.get(web.port)
    w.manage(site, "collectstatic", "--noinput")
    w.hold(w.get(web.port, CSS).status == 404, "files that are collected after the server started are 404")
    web = w.gunicorn(site)
    w.hold(w.get(web.port, CSS).status == 200, "after a new start they are 200")


@proof("whitenoise-missing-or-misordered")
def whitenoise_not_installed(w):
    hide = (
        "import sys\n\n\nclass Hide:\n    def find_spec(self, name, path=None, target=None):\n"
        "        if name.split('.')[0] == 'whitenoise':\n"
        "            raise ModuleNotFoundError(f'No module named {name!r}', name=name)\n\n\nsys.meta_path.insert(0, Hide())\n"
    )
    site = w.site(WHITENOISE, files={"sitecustomize.py": hide})
    done = w.run("gunicorn", "config.wsgi", "--bind", "127.0.0.1:0", cwd=site, env={"PYTHONPATH": str(site)})
    w.hold(done.status == 3, "gunicorn ends with 3")
    w.saw(r"^ModuleNotFoundError: No module named 'whitenoise'$", done.text)


@proof("whitenoise-missing-or-misordered")
def whitenoise_order(w):
    # What stands before whitenoise also runs for static files; what stands behind it does not.
    login = "MIDDLEWARE.insert(0, 'config.login.Login')\n"
    files = {
        "config/login.py": "from django.http import HttpResponseForbidden\n\n\nclass Login:\n"
        "    def __init__(self, get_response):\n        pass\n\n    def __call__(self, request):\n"
        "        return HttpResponseForbidden('log in first')\n"
    }
    for name, order, wanted in (
        ("before", WHITENOISE + login, 403),
        ("behind", WHITENOISE + "MIDDLEWARE.append('config.login.Login')\n", 200),
    ):
        site = w.site(ROOT + order, files=files, below=name)
        w.manage(site, "collectstatic", "--noinput")
        web = w.gunicorn(site)
        w.hold(w.get(web.port, CSS).status == wanted, f"a middleware {name} whitenoise that refuses: {wanted}")
    # Before SecurityMiddleware its headers are missing from static files.
    for name, at, wanted in (("first", 0, None), ("second", 1, "nosniff")):
        site = w.site(f"{ROOT}MIDDLEWARE.insert({at}, 'whitenoise.middleware.WhiteNoiseMiddleware')\n", below=name)
        w.manage(site, "collectstatic", "--noinput")
        answer = w.get(w.gunicorn(site).port, CSS)
        w.hold(
            answer.status == 200 and answer.headers["X-Content-Type-Options"] == wanted,
            f"whitenoise {name} in MIDDLEWARE: X-Content-Type-Options is {wanted}",
        )


@proof("whitenoise-missing-or-misordered", "static-no-server-debug-false")
def whitenoise_storage_without_middleware(w):
    storage = MANIFEST.replace("django.contrib.staticfiles.storage.Manifest", "whitenoise.storage.CompressedManifest")
    site = w.site(ROOT + storage)
    w.manage(site, "collectstatic", "--noinput")
    web = w.gunicorn(site, "--access-logfile", "-")
    page = w.get(web.port, "/admin/login/").text
    name = page.split('href="/static/')[1].split('"')[0]
    w.hold(w.get(web.port, "/static/" + name).status == 404, "the storage alone serves nothing: 404")
    w.saw(r'"GET /static/\S+ HTTP/1\.1" 404', web.wait_for("GET /static"), rules=["static-no-server-debug-false"])


@proof("staticfiles-dirs-contains-root")
def root_among_the_dirs(w):
    site = w.site("STATIC_ROOT = 'static'\nSTATICFILES_DIRS = ['static/']\n", files={"static/a.css": ""})
    for command in (["migrate"], ["collectstatic", "--noinput"], ["runserver", "--noreload", str(free_port())]):
        done = w.manage(site, *command)
        w.hold(done.status == 1, f"{command[0]} ends with 1")
        w.saw(
            r"\(staticfiles\.E002\) The STATICFILES_DIRS setting should not contain the STATIC_ROOT setting",
            done.text,
        )
    w.hold(w.get(w.gunicorn(site).port, "/").status == 200, "gunicorn runs no checks and starts")
    inside = w.site(
        "STATIC_ROOT = BASE_DIR / 'static/root'\nSTATICFILES_DIRS = [BASE_DIR / 'static']\n",
        files={"static/a.css": ""},
        below="inside",
    )
    w.hold(w.manage(inside, "check").status == 0, "a root inside one of the folders passes the checks")


@proof("collectstatic-clear-on-bind")
def clear_deletes_what_is_there(w):
    site = w.site(ROOT, files={"root/mine.css": "written by hand"})
    done = w.manage(site, "collectstatic", "--noinput", "--clear")
    w.saw(r"Deleting 'mine\.css'", done.text, symptom=False)
    w.hold(not (site / "root/mine.css").exists(), "--clear deletes files that Django did not collect")


@proof("static-volume-stale")
def collectstatic_leaves_old_files(w):
    site = w.site(ROOT, files={"root/old.css": "of the last release"})
    w.manage(site, "collectstatic", "--noinput")
    w.hold(
        (site / "root/old.css").exists(), "collectstatic without --clear leaves files that are no longer in the code"
    )


@proof("static-root-unset")
def settings_without_staticfiles(w):
    site = w.site("INSTALLED_APPS.remove('django.contrib.staticfiles')\n")
    done = w.manage(site, "collectstatic", "--noinput")
    w.saw(r"Unknown command: 'collectstatic'", done.text, symptom=False)
