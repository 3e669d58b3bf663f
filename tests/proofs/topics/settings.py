"""Settings: what Django refuses, what it ignores, and what a missing or odd variable does."""

import re

from proving import free_port, older_python, proof


@proof("allowed-hosts-empty")
def hosts_empty(w):
    for value in ("[]", "['']"):
        site = w.site(f"ALLOWED_HOSTS = {value}\n", below=re.sub(r"\W", "_", value))
        web = w.gunicorn(site)
        answer = w.get(web.port, headers={"Host": "localhost:8000"})
        w.hold(
            answer.status == 400 and "Bad Request (400)" in answer.text,
            f"gunicorn starts with ALLOWED_HOSTS = {value}: Bad Request (400)",
        )
        w.saw(
            r"Invalid HTTP_HOST header: 'localhost:8000'\. You may need to add 'localhost' to ALLOWED_HOSTS\.",
            web.wait_for("HTTP_HOST"),
        )
    port = free_port()
    done = w.manage(w.site("ALLOWED_HOSTS = []\n"), "runserver", "--noreload", port)
    w.hold(done.status == 1, "runserver ends with 1")
    w.saw(r"^CommandError: You must set settings\.ALLOWED_HOSTS if DEBUG is False\.$", done.text)
    site = w.site("ALLOWED_HOSTS = ['']\n", below="blank")
    run = w.start("python", "manage.py", "runserver", "--noreload", port, cwd=site, port=port).wait_port()
    w.hold(w.get(run.port).status == 400, "runserver starts with [''] and answers 400")
    done = w.manage(w.site("ALLOWED_HOSTS = []\n", below="deploy"), "check", "--deploy")
    w.saw(r"\(security\.W020\)", done.text)


@proof("allowed-hosts-empty")
def hosts_empty_with_debug(w):
    web = w.gunicorn(w.site("ALLOWED_HOSTS = []\nDEBUG = True\n"))
    for host, wanted in (
        ("localhost", 200),
        ("a.localhost", 200),
        ("127.0.0.1", 200),
        ("[::1]", 200),
        ("web", 400),
        ("0.0.0.0", 400),
    ):
        w.hold(
            w.get(web.port, headers={"Host": host}).status == wanted,
            f"DEBUG on and an empty list, Host {host}: {wanted}",
        )


@proof("allowed-hosts-blocks-healthcheck-or-proxy", "allowed-hosts-malformed")
def hosts_that_match(w):
    for entry, host, wanted in (
        ("www.example.com", "www.example.com", 200),
        ("www.example.com", "www.example.com:8443", 200),
        ("www.example.com", "WWW.EXAMPLE.COM", 200),
        ("www.example.com", "web:8000", 400),
        ("www.example.com", "localhost:8000", 400),
        (".example.com", "a.example.com", 200),
        (".example.com", "example.com", 200),
        ("*.example.com", "a.example.com", 400),
        ("https://www.example.com", "www.example.com", 400),
        ("www.example.com:8000", "www.example.com:8000", 400),
        (" www.example.com", "www.example.com", 400),
        ("192.168.0.0/16", "192.168.0.5", 400),
        ("*", "anything.at.all", 200),
        ("*", "my_web", 400),
    ):
        code = (
            "import django\nfrom django.conf import settings\n"
            "settings.configure(ALLOWED_HOSTS=[{0!r}], DEBUG=False); django.setup()\n"
            "from django.test import RequestFactory\nfrom django.core.exceptions import DisallowedHost\n"
            "r = RequestFactory().get('/'); r.META['HTTP_HOST'] = {1!r}\n"
            "try:\n    r.get_host(); print(200)\nexcept DisallowedHost as e:\n    print(400, e)"
        ).format(entry, host)
        done = w.run("python", "-c", code)
        w.hold(done.text.startswith(str(wanted)), f"ALLOWED_HOSTS = [{entry!r}], Host {host}: {done.text.strip()}")


@proof("allowed-hosts-malformed")
def hosts_as_a_string(w):
    # os.environ["ALLOWED_HOSTS"] without a split.
    done = w.manage(w.site("ALLOWED_HOSTS = 'www.example.com'\n"), "check")
    w.hold(done.status == 1, "check ends with 1")
    w.saw(
        r"^django\.core\.exceptions\.ImproperlyConfigured: The ALLOWED_HOSTS setting must be a list or a tuple\.$",
        done.text,
    )


@proof("underscore-host-rejected")
def underscore_in_the_host(w):
    web = w.gunicorn(w.site("ALLOWED_HOSTS = ['*', 'my_web']\n"))
    w.hold(
        w.get(web.port, headers={"Host": "my_web:8000"}).status == 400,
        "an underscore is 400, whatever ALLOWED_HOSTS says",
    )
    w.saw(
        r"Invalid HTTP_HOST header: 'my_web:8000'\. The domain name provided is not valid according to RFC 1034/1035\.",
        web.wait_for("RFC"),
    )
    w.hold(w.get(web.port, headers={"Host": "my-web:8000"}).status == 200, "a dash is 200")


@proof("csrf-origin-no-scheme")
def origin_without_scheme(w):
    site = w.site("CSRF_TRUSTED_ORIGINS = ['www.example.com']\n")
    for command in (["migrate"], ["runserver", "--noreload", str(free_port())]):
        done = w.manage(site, *command)
        w.hold(done.status == 1, f"{command[0]} ends with 1")
        w.saw(
            r"\(4_0\.E001\) As of Django 4\.0, the values in the CSRF_TRUSTED_ORIGINS setting must start with a scheme \(usually"
            r" http:// or https://\) but found www\.example\.com\.",
            done.text,
        )
    done = w.manage(w.site("CSRF_TRUSTED_ORIGINS = ['']\n", below="blank"), "migrate")
    w.saw(r"\(4_0\.E001\).* but found \.", done.text)


@proof("csrf-origin-no-scheme")
def origin_without_scheme_under_gunicorn(w):
    web = w.gunicorn(w.site("CSRF_TRUSTED_ORIGINS = ['www.example.com']\n"))
    w.hold(w.get(web.port).status == 200, "gunicorn runs no checks and starts")
    page = w.get(web.port, "/form/")
    answer = w.get(
        web.port,
        "/form/",
        method="POST",
        body=f"csrfmiddlewaretoken={page.text}",
        headers={
            "Origin": "https://www.example.com",
            "Cookie": page.headers["Set-Cookie"].split(";")[0],
            "Content-Type": "application/x-www-form-urlencoded",
        },
    )
    w.hold(answer.status == 403, "and the entry is of no use: 403")
    w.saw(
        r"Origin checking failed - https://www\.example\.com does not match any trusted origins",
        web.wait_for("Origin"),
        symptom=False,
    )


@proof("collectstatic-build-needs-env", "required-env-not-provided", "dotenv-confusion")
def variable_missing(w):
    root = "STATIC_ROOT = BASE_DIR / 'root'\n"
    done = w.manage(w.site(root + "SECRET_KEY = os.environ['SECRET_KEY']\n"), "collectstatic", "--noinput")
    w.hold(done.status == 1, "collectstatic ends with 1")
    w.saw(r"^KeyError: 'SECRET_KEY'$", done.text)
    site = w.site(root + "import environ\nSECRET_KEY = environ.Env()('SECRET_KEY')\n", below="environ")
    w.saw(
        r"ImproperlyConfigured: Set the SECRET_KEY environment variable$",
        w.manage(site, "collectstatic", "--noinput").text,
    )


@proof("collectstatic-build-needs-env", "required-env-not-provided")
def variable_missing_for_decouple(w):
    site = w.site("STATIC_ROOT = BASE_DIR / 'root'\nfrom decouple import config\nSECRET_KEY = config('SECRET_KEY')\n")
    w.saw(
        r"UndefinedValueError: SECRET_KEY not found\. Declare it as envvar or define a default value\.",
        w.manage(site, "collectstatic", "--noinput").text,
    )


@proof("unset-var-blank", "collectstatic-build-needs-env")
def secret_key_blank(w):
    blank = "STATIC_ROOT = BASE_DIR / 'root'\nSECRET_KEY = os.environ.get('SECRET_KEY', '')\n"
    site = w.site(blank)
    done = w.manage(site, "collectstatic", "--noinput")
    w.hold(done.status == 0, "collectstatic ends with 0 although the key is empty")
    done = w.manage(site, "migrate")
    w.hold(done.status == 0, "migrate, too")
    web = w.gunicorn(site)
    w.hold(w.get(web.port, "/remember/").status == 500, "the first page that signs something is 500")
    said = web.wait_for("SECRET_KEY")
    w.saw(r"ImproperlyConfigured: The SECRET_KEY setting must not be empty\.", said, rules=["unset-var-blank"])


@proof("debug-env-string-truthy")
def strings_are_true(w):
    for expression in (
        "bool(os.environ.get('DEBUG', False))",
        "os.environ.get('DEBUG', False)",
        "'DEBUG' in os.environ",
    ):
        for value in ("0", "False"):
            site = w.site(f"DEBUG = {expression}\n")
            done = w.manage(
                site,
                "shell",
                "-c",
                "from django.conf import settings; print('on' if settings.DEBUG else 'off')",
                env={"DEBUG": value},
            )
            w.saw(r"^on$", done.text, symptom=False)
    web = w.gunicorn(w.site("DEBUG = bool(os.environ.get('DEBUG'))\n", below="served"), env={"DEBUG": "0"})
    page = w.get(web.port, "/nowhere/").text
    w.saw(r"seeing this error because you have <code>DEBUG = True</code>", page)


@proof("debug-env-string-truthy", "yaml-env-bool-number")
def what_compose_makes_of_true(w):
    # `DEBUG: True` in YAML arrives as `true`.
    site = w.site("DEBUG = os.environ.get('DEBUG') == 'True'\n")
    done = w.manage(
        site, "shell", "-c", "from django.conf import settings; print(settings.DEBUG)", env={"DEBUG": "true"}
    )
    w.saw(r"^False$", done.text, symptom=False)


@proof("debug-enabled-in-prod", "hardcoded-secret-settings")
def deploy_checks(w):
    done = w.manage(w.site("DEBUG = True\nSECRET_KEY = 'django-insecure-' + 'x' * 50\n"), "check", "--deploy")
    w.saw(r"\(security\.W018\)", done.text, rules=["debug-enabled-in-prod"])
    w.saw(r"\(security\.W009\)", done.text, rules=["hardcoded-secret-settings"])


@proof("django-setting-removed")
def settings_of_the_past(w):
    # Which of them Django 5.2 says a word about, and which are simply not read.
    old = {
        "STATICFILES_STORAGE": "'django.contrib.staticfiles.storage.ManifestStaticFilesStorage'",
        "DEFAULT_FILE_STORAGE": "'storages.backends.s3boto3.S3Boto3Storage'",
        "USE_L10N": "False",
        "USE_DEPRECATED_PYTZ": "True",
        "CSRF_COOKIE_MASKED": "True",
        "PASSWORD_RESET_TIMEOUT_DAYS": "1",
        "DEFAULT_HASHING_ALGORITHM": "'sha1'",
        "TEMPLATE_DEBUG": "True",
        "MIDDLEWARE_CLASSES": "['nowhere.Middleware']",
        "SECURE_BROWSER_XSS_FILTER": "True",
        "FILE_CHARSET": "'latin-1'",
        "TEMPLATE_DIRS": "['templates']",
    }
    for name, value in old.items():
        site = w.site(f"{name} = {value}\n", below=name)
        done = w.run("python", "-W", "always", "manage.py", "check", cwd=site)
        w.hold(done.status == 0 and name not in done.text, f"Django 5.2 does not mention {name}")
    site = w.site(
        f"STATICFILES_STORAGE = {old['STATICFILES_STORAGE']}\nDEFAULT_FILE_STORAGE = {old['DEFAULT_FILE_STORAGE']}\n"
    )
    code = (
        "from django.contrib.staticfiles.storage import staticfiles_storage as s\n"
        "from django.core.files.storage import default_storage as d\n"
        "print(s.__class__.__name__, d.__class__.__name__)"
    )
    w.saw(r"^StaticFilesStorage FileSystemStorage$", w.manage(site, "shell", "-c", code).text)


@proof("django-setting-removed")
def settings_that_django_42_still_reads(w):
    env = {"PYTHONPATH": w.package("Django==4.2.23")}
    old = "STATIC_ROOT = BASE_DIR / 'root'\n"
    old += "STATICFILES_STORAGE = 'django.contrib.staticfiles.storage.ManifestStaticFilesStorage'\n"
    code = "from django.contrib.staticfiles.storage import staticfiles_storage as s; print(s.__class__.__name__)"
    done = w.manage(w.site(old), "shell", "-c", code, env=env)
    w.saw(r"^ManifestStaticFilesStorage$", done.text)
    done = w.manage(w.site(old + "STORAGES = {}\n", below="both"), "migrate", env=env)
    w.hold(done.status == 1, "with both settings Django 4.2 ends with 1")
    w.saw(
        r"^django\.core\.exceptions\.ImproperlyConfigured: STATICFILES_STORAGE/STORAGES are mutually exclusive\.$",
        done.text,
    )


@proof("django-too-old-for-python")
def distutils_is_gone(w):
    old_django(w, 12, "2.2.28", r"^ModuleNotFoundError: No module named 'distutils'$")
    old_django(w, 12, "3.2.25", None)


@proof("django-too-old-for-python")
def cgi_is_gone(w):
    old_django(w, 13, "3.2.25", r"^ModuleNotFoundError: No module named 'cgi'$")
    old_django(w, 13, "4.0.10", r"^ModuleNotFoundError: No module named 'cgi'$")
    old_django(w, 13, "4.1.13", None)


def old_django(w, minor, version, wanted):
    """`check` by that Python and that Django ends with the wanted line, or is fine if none is wanted."""
    python = older_python(minor)
    # The handler is what every server imports; `check` alone leaves it out.
    site = w.site("import django.core.handlers.wsgi\n", below=version)
    done = w.run(python, "manage.py", "check", cwd=site, env={"PYTHONPATH": w.package(f"Django=={version}")})
    if wanted:
        w.saw(wanted, done.text)
    w.hold(
        (done.status != 0) == bool(wanted),
        f"Django {version} on Python 3.{minor} {'does not start' if wanted else 'starts'}",
    )
