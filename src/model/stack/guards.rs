//! What guards a server of data whose port is open: its password, as far as the files tell.

use super::{BrokerKind, Engine, Stack, broker};
use crate::model::compose::MountKind;
use crate::model::container::{Container, bare_image};
use crate::model::path;
use crate::model::secrets::{placeholder, weak};
use crate::source::{Limit, Span, Text};

/// What stands between a stranger and the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guard {
    /// Nothing.
    Nothing,
    /// A password that anybody tries first, where it is written.
    Weak(Span),
    /// A password of its own, which whoever reads the files has.
    Written(Span),
    /// Not known: it comes from somewhere else.
    Unknown,
}

/// A server of data whose port is taken at every address of the host.
#[derive(Debug)]
pub struct OpenStore {
    /// The number of its container.
    pub container: usize,
    /// What it is: `PostgreSQL`.
    pub what: &'static str,
    /// The port inside the container.
    pub target: u16,
    /// The port of the host.
    pub port: u16,
    /// The item of `ports`.
    pub span: Span,
    /// What guards it.
    pub guard: Guard,
}

impl Stack<'_> {
    /// The servers of data that everybody can reach who can reach the host.
    pub fn open_stores(&self) -> Vec<OpenStore> {
        let mut all = Vec::new();
        for (index, container) in self.containers.iter().enumerate() {
            let Some((what, own, guard)) = self.guard(index, container) else { continue };
            let open = self
                .host_ports(index)
                .into_iter()
                .find(|p| p.target == Some(own) && p.protocol != "udp" && !p.is_narrow());
            if let Some(open) = open {
                all.push(OpenStore {
                    container: index,
                    what,
                    target: own,
                    port: open.first,
                    span: open.span,
                    guard,
                });
            }
        }
        all
    }

    /// What a container serves, at which port, and what guards it.
    fn guard(&self, index: usize, container: &Container<'_>) -> Option<(&'static str, u16, Guard)> {
        if let Some(database) = self.databases.iter().find(|d| d.container == index) {
            let names: Vec<&str> = [&database.user, &database.name]
                .into_iter()
                .flatten()
                .map(|t| t.as_str())
                .collect();
            let given = |names_of: &[&'static str]| {
                names_of.iter().find(|n| container.environment.vars.contains_key(**n)).copied()
            };
            return Some(match database.engine {
                Engine::Postgres
                    if container
                        .env("POSTGRES_HOST_AUTH_METHOD")
                        .is_some_and(|m| m.as_str() == "trust") =>
                {
                    ("PostgreSQL", 5432, Guard::Nothing)
                }
                Engine::Postgres => {
                    ("PostgreSQL", 5432, self.by(container, given(&["POSTGRES_PASSWORD"]), &names))
                }
                _ if given(&[
                    "MYSQL_ALLOW_EMPTY_PASSWORD",
                    "MARIADB_ALLOW_EMPTY_ROOT_PASSWORD",
                    "MARIADB_ALLOW_EMPTY_PASSWORD",
                ])
                .is_some() =>
                {
                    ("MySQL", 3306, Guard::Nothing)
                }
                _ => {
                    let root = given(&["MYSQL_ROOT_PASSWORD", "MARIADB_ROOT_PASSWORD"]);
                    let root = root.or_else(|| given(&["MYSQL_PASSWORD", "MARIADB_PASSWORD"]));
                    ("MySQL", 3306, self.by(container, root, &names))
                }
            });
        }
        match broker(container) {
            Some(BrokerKind::Redis) => return Some(("Redis", 6379, self.redis(container))),
            Some(BrokerKind::Memcached) => return Some(("Memcached", 11211, Guard::Nothing)),
            _ => {}
        }
        let image = container
            .service
            .image
            .as_ref()
            .filter(|_| container.service.build.is_none())?
            .known()?;
        (bare_image(image) == "mongo").then(|| {
            let set = ["MONGO_INITDB_ROOT_PASSWORD"]
                .into_iter()
                .find(|n| container.environment.vars.contains_key(*n));
            let none = set.is_none()
                && container.environment.open.is_none()
                && !container.environment.vars.keys().any(|k| k.ends_with("_FILE"));
            ("MongoDB", 27017, if none { Guard::Nothing } else { self.by(container, set, &[]) })
        })
    }

    /// The guard that a variable is.
    fn by(&self, container: &Container<'_>, name: Option<&str>, names: &[&str]) -> Guard {
        let Some(value) = name.and_then(|n| container.environment.vars.get(n)) else {
            return Guard::Unknown;
        };
        let span = value.via.first().copied().unwrap_or(value.span);
        match value.text.known() {
            Some(text) => judged(text.as_str(), names, span),
            None => Guard::Unknown,
        }
    }

    /// The official image turns Redis's protected mode off, so that without a password there is no guard
    /// (Docker Hub, redis, "Security").
    fn redis(&self, container: &Container<'_>) -> Guard {
        let words: Vec<_> = container
            .service
            .entrypoint
            .iter()
            .chain(&container.service.command)
            .flat_map(|c| &c.words)
            .collect();
        for (at, word) in words.iter().enumerate() {
            let given = match word.strip_prefix("--requirepass") {
                Some("") => words.get(at + 1).map(|w| (*w).clone()),
                Some(rest) => {
                    Some(word.slice_of(rest.trim_start_matches(['=', ' '])).with_span(word.span()))
                }
                // `sh -c "redis-server --requirepass …"`
                None if word.contains("requirepass") => return Guard::Unknown,
                None => None,
            };
            if let Some(text) = given {
                return match text.resolved() {
                    Some(known) if !known.contains('$') && !known.is_empty() => {
                        judged(known, &[], text.span())
                    }
                    _ => Guard::Unknown,
                };
            }
        }
        if container.service.build.is_some() || words.iter().any(|w| w.ends_with(".sh")) {
            return Guard::Unknown;
        }
        let Some(conf) = words.iter().find(|w| w.ends_with(".conf")) else {
            return if container.environment.open.is_some() {
                Guard::Unknown
            } else {
                Guard::Nothing
            };
        };
        match self.redis_conf(container, conf) {
            Some(Some((text, span))) => judged(&text, &[], span),
            Some(None) => Guard::Nothing,
            None => Guard::Unknown,
        }
    }

    /// The password that a configuration file of Redis asks for, and its line; `None` when the file is not known, or may
    /// have users of its own.
    pub(super) fn redis_conf(
        &self,
        container: &Container<'_>,
        conf: &str,
    ) -> Option<Option<(Text, Span)>> {
        let mounts = container.service.mounts.iter().filter(|m| m.kind == MountKind::Bind);
        let host = mounts
            .filter_map(|m| {
                Some((
                    path::below(&path::join("/", conf), &path::join("/", m.target.as_str()))?
                        .to_owned(),
                    m,
                ))
            })
            .find_map(|(rest, m)| {
                let host = m.host(&self.project.folder)?;
                if rest.is_empty() { Some(host) } else { host.join(&rest) }
            });
        let file = self.sources.read(&host?, Limit::Config).ok()?;
        let body = file.body();
        let mut at = 0;
        for line in body.as_str().split_inclusive('\n') {
            let start = at;
            at += line.len();
            if let Some(rest) = line.strip_prefix("requirepass ") {
                let text = body.slice_of(rest.trim().trim_matches('"'));
                return Some(Some((text, body.span_of(start..start + line.trim_end().len()))));
            }
            if line.starts_with("include ")
                || line.starts_with("aclfile ")
                || line.starts_with("user ")
            {
                return None;
            }
        }
        Some(None)
    }
}

fn judged(text: &str, names: &[&str], span: Span) -> Guard {
    let lower = text.to_ascii_lowercase();
    if weak(text, names) || placeholder(text) || text.len() < 6 || lower.contains("password") {
        Guard::Weak(span)
    } else {
        Guard::Written(span)
    }
}
