"""The files of the Django project, and of nginx, that the proofs start from."""

MANAGE = """
import os
import sys

from django.core.management import execute_from_command_line

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
execute_from_command_line(sys.argv)
"""

SERVER = """
import os

from django.core.? import get_?_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_?_application()
"""

SETTINGS = """
import os
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent
SECRET_KEY = "the proofs keep no secret"
DEBUG = False
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": BASE_DIR / "db.sqlite3"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
STATIC_URL = "/static/"
# Errors go to the log whatever DEBUG is: the default is a mail to ADMINS.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
"""

URLS = """
from django.contrib import admin
from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.urls import path


def hello(request):
    return HttpResponse("hello")


def whole_address(request):
    return HttpResponse(request.build_absolute_uri())


def remember(request):
    request.session["seen"] = True
    return HttpResponse("remembered")


def form(request):
    return HttpResponse(get_token(request))


urlpatterns = [
    path("", hello),
    path("address/", whole_address),
    path("remember/", remember),
    path("form/", form),
    path("admin/", admin.site.urls),
]
"""

NGINX = """
{user}
worker_processes 1;
pid {at}/nginx/pid;
error_log stderr info;
{top}
events {{}}
http {{
    access_log /dev/stdout;
    client_body_temp_path {at}/nginx/body;
    proxy_temp_path {at}/nginx/proxy;
    fastcgi_temp_path {at}/nginx/fastcgi;
    uwsgi_temp_path {at}/nginx/uwsgi;
    scgi_temp_path {at}/nginx/scgi;
    {http}
    server {{
        {server}
    }}
}}
"""
