//! Which variables programs of well-known images and tools read by themselves.
//!
//! Sources: the images' pages on Docker Hub (postgres, mysql, mariadb, redis, rabbitmq, minio, mongo, nginx,
//! pgadmin4) and the documentation of the tools.

use crate::model::compose::Service;

/// What an image reads.
pub(super) struct Program {
    /// Bare names of images.
    images: &'static [&'static str],
    /// What it is called.
    pub(super) name: &'static str,
    /// Beginnings of the names it reads.
    prefixes: &'static [&'static str],
    /// Of these, the names that it truly reads, where the list is whole.
    whole: Option<&'static [&'static str]>,
}

static PROGRAMS: [Program; 11] = [
    Program {
        images: &["postgres", "postgis", "pgvector", "timescaledb"],
        name: "postgres",
        prefixes: &["POSTGRES_", "PG"],
        whole: Some(&[
            "POSTGRES_PASSWORD",
            "POSTGRES_PASSWORD_FILE",
            "POSTGRES_USER",
            "POSTGRES_USER_FILE",
            "POSTGRES_DB",
            "POSTGRES_DB_FILE",
            "POSTGRES_INITDB_ARGS",
            "POSTGRES_INITDB_ARGS_FILE",
            "POSTGRES_INITDB_WALDIR",
            "POSTGRES_HOST_AUTH_METHOD",
        ]),
    },
    Program {
        images: &["mysql", "mariadb", "percona"],
        name: "mysql",
        prefixes: &["MYSQL_", "MARIADB_"],
        whole: None,
    },
    Program {
        images: &["redis", "valkey"],
        name: "redis",
        prefixes: &["REDIS_"],
        whole: Some(&[]),
    },
    Program { images: &["rabbitmq"], name: "rabbitmq", prefixes: &["RABBITMQ_"], whole: None },
    Program { images: &["minio"], name: "minio", prefixes: &["MINIO_"], whole: None },
    Program { images: &["mongo"], name: "mongo", prefixes: &["MONGO_"], whole: None },
    Program { images: &["nginx"], name: "nginx", prefixes: &["NGINX_"], whole: None },
    Program { images: &["pgadmin4"], name: "pgadmin", prefixes: &["PGADMIN_"], whole: None },
    Program {
        images: &["elasticsearch", "opensearch"],
        name: "elasticsearch",
        prefixes: &[
            "ES_",
            "ELASTIC_",
            "OPENSEARCH_",
            "discovery.",
            "bootstrap.",
            "xpack.",
            "cluster.",
            "node.",
            "http.",
            "network.",
        ],
        whole: None,
    },
    Program {
        images: &["mongo-express"],
        name: "mongo-express",
        prefixes: &["ME_CONFIG_"],
        whole: None,
    },
    Program { images: &["flower"], name: "flower", prefixes: &["FLOWER_", "CELERY_"], whole: None },
];

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

impl Program {
    /// The program of a service's image, when the image is one that is known by its name alone.
    pub(super) fn of(service: &Service) -> Option<&'static Self> {
        let image = service.image.as_ref().filter(|_| service.build.is_none())?.known()?;
        let bare = crate::model::container::bare_image(image.as_str());
        PROGRAMS.iter().find(|p| p.images.contains(&bare))
    }

    /// Whether it reads a variable of that name, as far as its prefixes tell.
    pub(super) fn reads(&self, name: &str) -> bool {
        match self.whole {
            Some(all) if name.starts_with("POSTGRES_") || name.starts_with("REDIS_") => {
                all.contains(&name)
            }
            _ => self.prefixes.iter().any(|p| name.starts_with(p)),
        }
    }

    /// The names it reads, where all of them are known and the image is Docker's own, to which nobody added a script.
    pub(super) fn whole(&self, service: &Service) -> Option<&'static [&'static str]> {
        let image = service.image.as_ref()?.known()?;
        let image = image.as_str().trim_start_matches("docker.io/").trim_start_matches("library/");
        let name = image.split([':', '@']).next().unwrap_or(image);
        let own = matches!(name, "postgres" | "redis");
        let plain = service.entrypoint.is_none()
            && !service.mounts.iter().any(|m| m.target.contains("initdb"));
        self.whole.filter(|_| own && plain)
    }
}

/// What reads a variable of that name wherever it is installed.
pub(super) fn tool(name: &str) -> Option<&'static str> {
    if SYSTEM.contains(&name) || name.to_ascii_lowercase().ends_with("_proxy") {
        return Some("the system");
    }
    TOOLS.iter().find(|(start, _)| name.starts_with(start)).map(|(_, what)| *what)
}
