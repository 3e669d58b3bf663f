//! Database services, and what Django is told about them.

use crate::facts::{Family, ImageFacts};
use crate::finding::{Insert, Own, Prose};
use crate::model::container::{Container, Login};
use crate::model::django::{Value, ValueKind};
use crate::model::image::DatabaseVersion;
use crate::model::roles::database_release::DatabaseRelease;
use crate::model::roles::django::{DjangoService, SettingsState};
use crate::source::{Known, Reason, RelPath, Sources, Span, Text};
use crate::syntax::dockerfile::Command;

/// A kind of database server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Postgres,
    Mysql,
    Sqlite,
    Mongo,
}

impl Insert for Engine {
    fn insert_into(&self, prose: &mut Prose) {
        prose.push(&Own(self.name()));
    }
}

impl Engine {
    /// Whether every server has a database of this name (PostgreSQL docs, "initdb"; MySQL manual, "System schemas").
    pub fn always_has(self, name: &str) -> bool {
        match self {
            Self::Postgres => matches!(name, "postgres" | "template1"),
            Self::Mysql => {
                matches!(name, "mysql" | "sys" | "information_schema" | "performance_schema")
            }
            Self::Sqlite | Self::Mongo => false,
        }
    }

    /// The name people use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Postgres => "PostgreSQL",
            Self::Mysql => "MySQL",
            Self::Sqlite => "SQLite",
            Self::Mongo => "MongoDB",
        }
    }

    /// The engine of a Django backend; `None` for one that is not known.
    pub fn of_backend(backend: &str) -> Option<Self> {
        let last = backend.rsplit('.').next().unwrap_or("");
        match last {
            "postgresql" | "postgresql_psycopg2" | "postgis" | "psqlextra" => Some(Self::Postgres),
            "mysql" => Some(Self::Mysql),
            "sqlite3" | "spatialite" => Some(Self::Sqlite),
            _ if backend.starts_with("django_prometheus.db.backends.postgresql") => {
                Some(Self::Postgres)
            }
            _ => None,
        }
    }

    /// The server of a product.
    pub fn of_family(family: Family) -> Option<Self> {
        match family {
            Family::Postgres => Some(Self::Postgres),
            Family::Mysql | Family::Mariadb => Some(Self::Mysql),
            Family::Mongo => Some(Self::Mongo),
            _ => None,
        }
    }
}

/// A database service.
#[derive(Debug)]
pub struct Database {
    /// The number of its container.
    pub container: usize,
    pub engine: Engine,
    /// What its image is taken for.
    pub image: &'static ImageFacts,
    /// The user it creates; `None` when that is not known.
    pub user: Option<Text>,
    /// That user's password.
    pub password: Option<Text>,
    /// Whether that user surely has a password, though it may not be known which.
    pub has_password: bool,
    /// The password of the user who may do everything, where that is another one.
    pub root_password: Option<Text>,
    /// The database it creates.
    pub name: Option<Text>,
    /// Whether scripts at its first start may create more users and databases.
    pub init_scripts: bool,
    /// The folder its data lies in.
    pub data: String,
    /// Which release of a well-known image it is; `None` for other images.
    pub release: Option<DatabaseRelease>,
}

impl Database {
    /// What a container is as a database; `None` when it is none. `folder` is the project folder.
    pub(in crate::model) fn of_container(
        sources: &Sources<'_>,
        folder: &RelPath,
        index: usize,
        container: &Container<'_>,
    ) -> Option<Self> {
        let image = container.presumed_image()?;
        let engine = Engine::of_family(image.family)?;
        // The image may be there for its client programs only: a backup job, say.
        let command = container
            .service
            .entrypoint
            .as_ref()
            .or(container.service.command.as_ref())
            .filter(|c| !c.words.is_empty());
        if command.and_then(|c| c.words.first()).is_some_and(|w| !image.starts_server(w)) {
            return None;
        }
        if command.is_none() && !starts_itself(image, container) {
            return None;
        }
        let moved = container.env("PGDATA").filter(|_| engine == Engine::Postgres);
        let data = moved.map_or(image.data.unwrap_or_default(), |d| d.as_str()).to_owned();
        let Login { user, password, root_password, database: name } = container.login(image);
        let init_scripts = container.service.mounts.iter().any(|m| m.target.contains("docker-entrypoint-initdb.d"))
            || container.built().is_some_and(|i| {
                i.chain().iter().any(|s| {
                    s.layers
                        .iter()
                        .any(|l| matches!(&l.kind, crate::model::image::LayerKind::Copy { dest: Some(d), .. } if d.contains("initdb.d")))
                })
            });
        Some(Self {
            container: index,
            engine,
            image,
            user,
            has_password: has_password(container, image),
            password,
            root_password,
            name,
            init_scripts,
            data,
            release: DatabaseRelease::of_container(sources, folder, container),
        })
    }
}

/// Whether the start that a built image has of its own is that of the server.
fn starts_itself(image: &ImageFacts, container: &Container<'_>) -> bool {
    let Some(built) = container.built() else { return true };
    let own = |command: Option<&Command>| match command {
        Some(Command::Exec(words)) => words.first().cloned(),
        Some(Command::Shell(line)) => Some(line.clone()),
        None => None,
    };
    let Some(first) = own(built.entrypoint()).or_else(|| own(built.cmd())) else { return true };
    let handed = |w: &Text| image.starts_server(w) || w.ends_with("docker-entrypoint.sh");
    let line = first.split_whitespace().next().unwrap_or("");
    handed(&first)
        || image.starts_server(line)
        || line.ends_with("docker-entrypoint.sh")
        || container.process.steps.iter().filter_map(|s| s.words.first()).any(handed)
        // An entrypoint that is not read is taken to run what the image is for.
        || built.entrypoint().is_some() && container.process.unknown.is_some()
}

impl DatabaseUse {
    /// Where Django surely gives no password: an empty one, `None`, or none at all beside a host and a user.
    pub fn no_password(&self) -> Option<Span> {
        if self.has_options {
            return None;
        }
        match &self.password {
            Some(value) => {
                let blank = value.kind == ValueKind::None || value.as_str() == Some("");
                blank.then_some(value.span)
            }
            None => {
                let known = |v: &Option<Value>| v.as_ref().and_then(Value::as_str).is_some();
                (known(&self.user) && known(&self.host)).then_some(self.span)
            }
        }
    }
}

impl Database {
    /// Whether the server does not start where this variable is blank.
    pub fn is_required(&self, name: &str) -> bool {
        self.image.needs.contains(&name) && self.image.passwords().any(|n| n == name)
    }

    /// Whether it makes the role `postgres` beside the one that it is told of, as the images of PostgreSQL before 10 do.
    pub fn makes_postgres(&self) -> bool {
        let version = self.release.as_ref().map(|r| &r.image.version);
        self.engine == Engine::Postgres
            && matches!(version, Some(DatabaseVersion::Named(v)) if !crate::facts::at_least(v, "10"))
    }

    /// Whether the server makes an account or a database with this variable.
    pub fn makes_with(&self, name: &str) -> bool {
        let image = self.image;
        [image.user_variables, image.password_variables, image.database_variables]
            .into_iter()
            .flatten()
            .any(|n| *n == name)
    }
}

/// Whether the user that a server makes surely has a password: it does not start without one, or one is given.
fn has_password(container: &Container<'_>, image: &ImageFacts) -> bool {
    if container.any_holds(image.trusts_when) || container.environment.open.is_some() {
        return false;
    }
    let vars = &container.environment.vars;
    image.password_variables.iter().any(|name| match vars.get(*name) {
        Some(value) => match &value.text {
            Known::Known(text) | Known::Partly(text, _) => text.is_surely_filled(),
            Known::Unknown(why) => {
                matches!(why.reason, Reason::MustBeSet(_)) || image.needs == [*name]
            }
        },
        None => vars.contains_key(&format!("{name}_FILE")),
    })
}

/// One entry of `DATABASES`, as far as it is known.
#[derive(Debug, Clone)]
pub struct DatabaseUse {
    /// Its key: `default`.
    pub alias: String,
    /// `ENGINE`, with its place.
    pub engine: Option<Value>,
    pub kind: Option<Engine>,
    /// `HOST`; as each part, `None` when it is surely not set, and not known where something unread was merged in.
    pub host: Option<Value>,
    /// `PORT`
    pub port: Option<Value>,
    /// `NAME`
    pub name: Option<Value>,
    /// `USER`
    pub user: Option<Value>,
    /// `PASSWORD`
    pub password: Option<Value>,
    /// Whether `OPTIONS` are or may be set, which may bring anything.
    pub has_options: bool,
    /// The entry.
    pub span: Span,
}

impl DjangoService {
    /// The databases its settings name; empty when they are not known.
    pub fn databases(&self) -> Vec<DatabaseUse> {
        let SettingsState::Known(settings) = &self.settings else { return Vec::new() };
        let Some(binding) = settings.get("DATABASES") else { return Vec::new() };
        let ValueKind::Dict { entries, .. } = &binding.value.kind else { return Vec::new() };
        if !binding.is_certain() {
            return Vec::new();
        }
        let mut all: Vec<DatabaseUse> = Vec::new();
        for (key, value) in entries {
            let (Some(alias), ValueKind::Dict { .. }) = (key.as_str(), &value.kind) else {
                continue;
            };
            // The parts of a URL were read with the URL. What was merged in unread may bring the key.
            let get = |name: &str| {
                let open = || Some(Value::unknown(value.open()?.clone(), value.span));
                let mut part = value.entry(name).cloned().or_else(open)?;
                if part.reads.is_empty() {
                    part.reads.clone_from(&value.reads);
                }
                Some(part)
            };
            let engine = get("ENGINE");
            let kind = engine.as_ref().and_then(Value::as_str).and_then(Engine::of_backend);
            all.retain(|d| d.alias != alias);
            all.push(DatabaseUse {
                alias: alias.to_owned(),
                kind,
                host: get("HOST"),
                port: get("PORT"),
                name: get("NAME"),
                user: get("USER"),
                password: get("PASSWORD"),
                has_options: value.entry("OPTIONS").is_some() || value.is_open(),
                engine,
                span: value.span,
            });
        }
        all
    }

    /// The entry `default`.
    pub fn default_database(&self) -> Option<DatabaseUse> {
        self.databases().into_iter().find(|d| d.alias == "default")
    }
}
