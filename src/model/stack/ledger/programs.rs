//! Which variables programs of well-known images and tools read by themselves.

use crate::facts::{self, ImageFacts};
use crate::model::compose::Service;

/// Beginnings of names that languages, servers, cloud libraries and proxies read wherever they run.
const TOOLS: [(&str, &str); 48] = [
    ("PYTHON", "python"),
    ("PIP_", "pip"),
    ("POETRY_", "poetry"),
    ("UV_", "uv"),
    ("VIRTUAL_ENV", "python"),
    ("DJANGO_SETTINGS_MODULE", "django"),
    ("DJANGO_CONFIGURATION", "django-configurations"),
    ("DJANGO_SUPERUSER_", "createsuperuser"),
    ("DJANGO_RUNSERVER_", "django"),
    ("DJANGO_AUTORELOAD", "django"),
    ("CELERY_", "celery"),
    ("CELERYD_", "celery"),
    ("C_FORCE_ROOT", "celery"),
    ("GUNICORN_", "gunicorn"),
    ("WEB_CONCURRENCY", "gunicorn"),
    ("FORWARDED_ALLOW_IPS", "gunicorn"),
    ("UVICORN_", "uvicorn"),
    ("UWSGI_", "uwsgi"),
    ("GRANIAN_", "granian"),
    ("FLOWER_", "flower"),
    ("PG", "libpq"),
    ("AWS_", "boto3"),
    ("GOOGLE_", "google-cloud"),
    ("GCLOUD_", "google-cloud"),
    ("AZURE_", "azure"),
    ("SENTRY_", "sentry-sdk"),
    ("NEW_RELIC_", "newrelic"),
    ("OTEL_", "opentelemetry"),
    ("DD_", "ddtrace"),
    ("NODE_", "node"),
    ("NPM_", "npm"),
    ("CHOKIDAR_", "node"),
    ("WATCHPACK_", "node"),
    ("TZ", "the system"),
    ("LANG", "the system"),
    ("LC_", "the system"),
    ("LD_", "the system"),
    ("MALLOC_", "the system"),
    ("DEBIAN_FRONTEND", "apt"),
    ("SSL_", "openssl"),
    ("REQUESTS_CA_BUNDLE", "requests"),
    ("CURL_CA_BUNDLE", "curl"),
    ("VIRTUAL_", "nginx-proxy"),
    ("LETSENCRYPT_", "acme-companion"),
    ("COMPOSE_", "compose"),
    ("DOCKER_", "docker"),
    ("COLUMNS", "the terminal"),
    ("OMP_", "openmp"),
];
/// Names that every process has a use for.
const SYSTEM: [&str; 12] = [
    "PATH", "HOME", "USER", "UID", "GID", "PUID", "PGID", "TERM", "HOSTNAME", "SHELL", "PORT",
    "UMASK",
];

/// The image of a service, when it is one whose variables are known.
pub(super) fn image_of(service: &Service) -> Option<&'static ImageFacts> {
    let image = service.image.as_ref().filter(|_| service.build.is_none())?.known()?;
    facts::presumed(image).filter(|i| i.reads_all || !i.reads.is_empty())
}

/// The names that a service's image reads, where all of them are known and nobody added a script to it.
pub(super) fn all_read(service: &Service) -> Option<Vec<&'static str>> {
    let image = facts::image(service.image.as_ref()?.known()?).filter(|i| i.reads_all)?;
    let plain =
        service.entrypoint.is_none() && !service.mounts.iter().any(|m| m.target.contains("initdb"));
    plain.then(|| image.reads.iter().copied().filter(|name| !name.ends_with('*')).collect())
}

/// What reads a variable of that name wherever it is installed.
pub(super) fn tool(name: &str) -> Option<&'static str> {
    if SYSTEM.contains(&name) || name.to_ascii_lowercase().ends_with("_proxy") {
        return Some("the system");
    }
    TOOLS.iter().find(|(start, _)| name.starts_with(start)).map(|(_, what)| *what)
}
