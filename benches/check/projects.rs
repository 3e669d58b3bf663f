//! The projects that are measured.

/// Files by path and text.
pub(crate) type Files = &'static [(&'static str, &'static str)];

/// What every Django project here has.
pub(crate) const DJANGO: Files = &[
    (
        "manage.py",
        "import os\nimport sys\n\nif __name__ == \"__main__\":\n    os.environ.setdefault(\"DJANGO_SETTINGS_MODULE\", \"config.settings\")\n    from django.core.management import execute_from_command_line\n\n    execute_from_command_line(sys.argv)\n",
    ),
    ("config/__init__.py", ""),
    (
        "config/wsgi.py",
        "import os\n\nfrom django.core.wsgi import get_wsgi_application\n\nos.environ.setdefault(\"DJANGO_SETTINGS_MODULE\", \"config.settings\")\napplication = get_wsgi_application()\n",
    ),
    (
        "config/urls.py",
        "from django.contrib import admin\nfrom django.urls import path\n\nurlpatterns = [path(\"admin/\", admin.site.urls)]\n",
    ),
    ("config/settings.py", SETTINGS),
    (
        "Dockerfile",
        "FROM python:3.12-slim\nENV PYTHONUNBUFFERED=1\nWORKDIR /app\nCOPY requirements.txt .\nRUN pip install --no-cache-dir -r requirements.txt\nCOPY . .\nRUN SECRET_KEY=build python manage.py collectstatic --noinput\nCMD [\"gunicorn\", \"config.wsgi:application\", \"--bind\", \"0.0.0.0:8000\"]\n",
    ),
];

pub(crate) const SETTINGS: &str = r#"import os
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent
SECRET_KEY = os.environ["SECRET_KEY"]
DEBUG = os.environ.get("DEBUG", "0") == "1"
ALLOWED_HOSTS = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")

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
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": [BASE_DIR / "templates"], "APP_DIRS": True}]

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": os.environ.get("POSTGRES_DB", "app"),
        "USER": os.environ.get("POSTGRES_USER", "app"),
        "PASSWORD": os.environ.get("POSTGRES_PASSWORD", ""),
        "HOST": os.environ.get("POSTGRES_HOST", "db"),
        "PORT": os.environ.get("POSTGRES_PORT", "5432"),
    }
}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": os.environ.get("REDIS_URL", "redis://redis:6379/0")}}
CELERY_BROKER_URL = os.environ.get("REDIS_URL", "redis://redis:6379/0")
EMAIL_HOST = os.environ.get("EMAIL_HOST", "mailhog")
EMAIL_PORT = 1025
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
LANGUAGE_CODE = "ko-kr"
TIME_ZONE = "Asia/Seoul"
"#;

/// A web service and its database.
pub(crate) const TINY: Files = &[
    (
        "compose.yaml",
        r#"services:
  db:
    image: postgres:16
    environment:
      POSTGRES_USER: app
      POSTGRES_PASSWORD: ${POSTGRES_PASSWORD:?set it in .env}
      POSTGRES_DB: app
    volumes:
      - pgdata:/var/lib/postgresql/data
  web:
    build: .
    environment:
      SECRET_KEY: ${SECRET_KEY:?set it in .env}
      POSTGRES_PASSWORD: ${POSTGRES_PASSWORD:?set it in .env}
    depends_on:
      - db
    ports:
      - "8000:8000"
volumes:
  pgdata:
"#,
    ),
    ("requirements.txt", "Django>=5.1,<5.3\ngunicorn>=23.0,<24\npsycopg[binary]>=3.2,<4\n"),
];

/// Eight services as a grown project has them.
pub(crate) const EIGHT: Files = &[
    (
        "compose.yaml",
        r#"x-app: &app
  build: .
  env_file: .env
  environment: &app-env
    POSTGRES_HOST: db
    REDIS_URL: redis://redis:6379/0
    EMAIL_HOST: mailhog
    SECRET_KEY: ${SECRET_KEY:?set it in .env}
  depends_on:
    db:
      condition: service_healthy
    redis:
      condition: service_started

services:
  nginx:
    image: nginx:1.28
    ports:
      - "80:80"
    volumes:
      - ./nginx/default.conf:/etc/nginx/conf.d/default.conf:ro
      - static:/srv/static:ro
    depends_on:
      - web
  web:
    <<: *app
    entrypoint: ["./entrypoint.sh"]
    command: gunicorn config.wsgi:application --bind 0.0.0.0:8000 --workers 3
    volumes:
      - static:/app/staticfiles
    expose:
      - "8000"
  worker:
    <<: *app
    command: celery -A config worker --loglevel info
  beat:
    <<: *app
    command: celery -A config beat --loglevel info
    environment:
      <<: *app-env
      CELERY_TIMEZONE: Asia/Seoul
  flower:
    <<: *app
    command: celery -A config flower --port=5555
    ports:
      - "127.0.0.1:5555:5555"
  db:
    image: postgres:16
    env_file: .env
    volumes:
      - pgdata:/var/lib/postgresql/data
    healthcheck:
      test: ["CMD-SHELL", "pg_isready -h 127.0.0.1 -U $${POSTGRES_USER} -d $${POSTGRES_DB}"]
      interval: 5s
      retries: 10
  redis:
    image: redis:7
    command: redis-server --appendonly yes
    volumes:
      - redisdata:/data
  mailhog:
    image: mailhog/mailhog
    ports:
      - "127.0.0.1:8025:8025"

volumes:
  pgdata:
  redisdata:
  static:
"#,
    ),
    (
        "compose.override.yaml",
        "services:\n  web:\n    command: python manage.py runserver 0.0.0.0:8000\n    volumes:\n      - .:/app\n    environment:\n      DEBUG: \"1\"\n",
    ),
    (
        ".env",
        "SECRET_KEY=change-me\nPOSTGRES_USER=app\nPOSTGRES_DB=app\nPOSTGRES_PASSWORD=change-me\nALLOWED_HOSTS=localhost,example.com\n",
    ),
    (
        "entrypoint.sh",
        "#!/bin/sh\nset -e\n\nuntil nc -z \"$POSTGRES_HOST\" \"${POSTGRES_PORT:-5432}\"; do\n  echo \"waiting for the database\"\n  sleep 1\ndone\n\nif [ \"$1\" = gunicorn ]; then\n  python manage.py migrate --noinput\n  python manage.py collectstatic --noinput\nfi\n\nexec \"$@\"\n",
    ),
    (
        "nginx/default.conf",
        "upstream app {\n    server web:8000;\n}\n\nserver {\n    listen 80;\n    server_name example.com;\n    client_max_body_size 10m;\n\n    location /static/ {\n        alias /srv/static/;\n        expires 30d;\n    }\n\n    location / {\n        proxy_pass http://app;\n        proxy_set_header Host $host;\n        proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;\n        proxy_set_header X-Forwarded-Proto $scheme;\n    }\n}\n",
    ),
    (
        "config/celery.py",
        "import os\n\nfrom celery import Celery\n\nos.environ.setdefault(\"DJANGO_SETTINGS_MODULE\", \"config.settings\")\napp = Celery(\"config\")\napp.config_from_object(\"django.conf:settings\", namespace=\"CELERY\")\n",
    ),
    (
        "requirements.txt",
        "Django>=5.1,<5.3\ngunicorn>=23.0,<24\npsycopg[binary]>=3.2,<4\ncelery[redis]>=5.4,<6\nflower>=2,<3\nredis>=5,<6\n",
    ),
    (".dockerignore", ".git\n.env\n__pycache__\n*.pyc\n"),
];
