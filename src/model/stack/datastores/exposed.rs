//! What guards a server of data whose port is open: its password, as far as the files tell.

use super::Datastores;
use crate::facts::{Family, ImageFacts};
use crate::model::compose::MountKind;
use crate::model::container::Container;
use crate::model::path;
use crate::model::roles::broker::{BrokerKind, broker};
use crate::model::secrets::{placeholder, weak};
use crate::source::{Limit, Span, Text};

/// What stands between a stranger and the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protection {
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
pub struct ExposedDatastore {
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
    pub protection: Protection,
}

impl<'s> Datastores<'s> {
    /// The servers of data that everybody can reach who can reach the host.
    pub fn exposed_datastores(&self) -> Vec<ExposedDatastore> {
        let mut all = Vec::new();
        for (index, container) in self.stack.containers.iter().enumerate() {
            let Some((what, own, protection)) = self.protection(index, container) else { continue };
            let open = self
                .stack
                .network()
                .host_ports(index)
                .into_iter()
                .find(|p| p.target == Some(own) && p.protocol != "udp" && !p.is_narrow());
            if let Some(open) = open {
                all.push(ExposedDatastore {
                    container: index,
                    what,
                    target: own,
                    port: open.first,
                    span: open.span,
                    protection,
                });
            }
        }
        all
    }

    /// What a container serves, at which port, and what guards it.
    fn protection(
        &self,
        index: usize,
        container: &Container<'_>,
    ) -> Option<(&'static str, u16, Protection)> {
        if let Some(database) = self.stack.roles.sql_databases().find(|d| d.container == index) {
            let names: Vec<&str> = [&database.user, &database.name]
                .into_iter()
                .flatten()
                .map(|t| t.as_str())
                .collect();
            let image = database.image;
            let passwords = image.root_password_variables.iter().chain(image.password_variables);
            let protection = match given(container, passwords) {
                _ if container.any_holds(image.trusts_when) => Protection::Nothing,
                None if container.any_holds(image.empty_when) => Protection::Nothing,
                password => self.of_variable(container, password, &names),
            };
            return Some((database.engine.name(), image.port?, protection));
        }
        let image = container.presumed_image()?;
        let family = image.family;
        let protection = match broker(container) {
            Some(BrokerKind::Redis) => self.redis(container, image),
            Some(BrokerKind::Memcached) => {
                match given(container, image.password_variables.iter()) {
                    None => Protection::Nothing,
                    password => self.of_variable(container, password, &[]),
                }
            }
            _ if family == Family::Mongo && container.service.build.is_none() => {
                let passwords =
                    image.root_password_variables.iter().chain(image.password_variables);
                let password = given(container, passwords);
                let none = password.is_none()
                    && container.environment.open.is_none()
                    && !container.environment.vars.keys().any(|k| k.ends_with("_FILE"));
                if none { Protection::Nothing } else { self.of_variable(container, password, &[]) }
            }
            _ => return None,
        };
        Some((family.title(), image.port?, protection))
    }

    /// The guard that a variable is.
    fn of_variable(
        &self,
        container: &Container<'_>,
        name: Option<&str>,
        names: &[&str],
    ) -> Protection {
        let Some(value) = name.and_then(|n| container.environment.vars.get(n)) else {
            return Protection::Unknown;
        };
        let span = value.via.first().copied().unwrap_or(value.span);
        match value.text.known() {
            Some(text) => judged(text.as_str(), names, span),
            None => Protection::Unknown,
        }
    }

    /// The official image turns Redis's protected mode off, so that without a password there is no guard
    /// (Docker Hub, redis, "Security"). Others take the password from a variable.
    fn redis(&self, container: &Container<'_>, image: &ImageFacts) -> Protection {
        if let Some(password) = given(container, image.password_variables.iter()) {
            return self.of_variable(container, Some(password), &[]);
        }
        // A variable may hold options, a password among them.
        let told = container.environment.vars.keys().any(|name| image.reads(name));
        if !container.any_holds(image.empty_when) && (told || !image.password_variables.is_empty())
        {
            return Protection::Unknown;
        }
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
                None if word.contains("requirepass") => return Protection::Unknown,
                None => None,
            };
            if let Some(text) = given {
                return match text.resolved() {
                    Some(known) if !known.contains('$') && !known.is_empty() => {
                        judged(known, &[], text.span())
                    }
                    _ => Protection::Unknown,
                };
            }
        }
        if container.service.build.is_some() || words.iter().any(|w| w.ends_with(".sh")) {
            return Protection::Unknown;
        }
        let Some(conf) = words.iter().find(|w| w.ends_with(".conf")) else {
            return if container.environment.open.is_some() {
                Protection::Unknown
            } else {
                Protection::Nothing
            };
        };
        match self.redis_conf(container, conf) {
            Some(Some((text, span))) => judged(&text, &[], span),
            Some(None) => Protection::Nothing,
            None => Protection::Unknown,
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
                    path::relative_to(&path::join("/", conf), &path::join("/", m.target.as_str()))?
                        .to_owned(),
                    m,
                ))
            })
            .find_map(|(rest, m)| {
                let host = m.host(&self.stack.project.folder)?;
                if rest.is_empty() { Some(host) } else { host.join(&rest) }
            });
        let file = self.stack.sources.read(&host?, Limit::Config).ok()?;
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

/// The first of some variables that a container is given.
fn given<'n>(
    container: &Container<'_>,
    mut names: impl Iterator<Item = &'n &'static str>,
) -> Option<&'static str> {
    names.find(|n| container.environment.vars.contains_key(**n)).copied()
}

fn judged(text: &str, names: &[&str], span: Span) -> Protection {
    let lower = text.to_ascii_lowercase();
    if weak(text, names) || placeholder(text) || text.len() < 6 || lower.contains("password") {
        Protection::Weak(span)
    } else {
        Protection::Written(span)
    }
}
