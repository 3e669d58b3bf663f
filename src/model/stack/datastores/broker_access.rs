//! What a server of messages or caches asks of those who connect: its port and its password, as its command and its
//! variables say (redis.io, "Security"; Docker Hub, rabbitmq, "Setting default user and password").

use super::Datastores;
use crate::facts::{self, Family, ImageFacts};
use crate::model::container::Container;
use crate::model::endpoint::{Endpoint, UrlPart};
use crate::model::process::Step;
use crate::model::roles::broker::{BrokerKind, broker};
use crate::source::Span;

/// What a server asks for.
#[derive(Debug)]
pub struct BrokerAccess {
    pub kind: BrokerKind,
    /// The port it listens on, where that is known.
    pub port: Option<u16>,
    /// The user it knows; absent for the one it knows by itself.
    pub user: UrlPart,
    /// The password it asks for.
    pub password: UrlPart,
    /// Whether it surely asks for a password, though it may not be known which.
    pub wants_password: bool,
    /// The virtual host it has.
    pub vhost: UrlPart,
    /// Where the password, else the user or the virtual host, is given.
    pub given: Option<Span>,
}

/// In what a client and its server disagree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clash {
    /// The client asks at a port where nothing listens.
    Port(u16),
    /// The server wants a password, and the client gives none.
    NoPassword,
    /// They have different passwords.
    Password,
    /// The server has no such user.
    User,
    /// The server has no such virtual host.
    Vhost,
}

impl Datastores<'_> {
    /// What a service asks of clients, if it is such a server.
    pub fn broker_access(&self, index: usize) -> Option<BrokerAccess> {
        let container = self.stack.container(index);
        let kind = broker(container)?;
        let unknown = BrokerAccess {
            kind,
            port: None,
            user: UrlPart::Unknown,
            password: UrlPart::Unknown,
            wants_password: false,
            vhost: UrlPart::Unknown,
            given: None,
        };
        let image = match (&container.service.image, &container.service.build) {
            (Some(image), None) => image.text.as_str(),
            _ => return Some(unknown),
        };
        let Some(known) = facts::image(image) else { return Some(unknown) };
        let told = container.environment.vars.keys().any(|name| known.reads(name));
        Some(match known.family {
            Family::Redis if !known.password_variables.is_empty() => {
                by_variable(container, known, unknown)
            }
            // A variable may hold options: a port, a password, users.
            Family::Redis if told => unknown,
            Family::Redis => self.redis_access(container, known, unknown),
            Family::Rabbitmq if known.like == known.family.facts().name => {
                rabbit(container, known, unknown)
            }
            _ => unknown,
        })
    }

    fn redis_access(
        &self,
        container: &Container<'_>,
        image: &ImageFacts,
        unknown: BrokerAccess,
    ) -> BrokerAccess {
        let plain = container.service.command.as_ref().is_none_or(|c| c.words.is_empty())
            && container.service.entrypoint.is_none();
        let open = BrokerAccess {
            port: image.port,
            user: UrlPart::Absent,
            password: UrlPart::Absent,
            ..unknown
        };
        if plain {
            return open;
        }
        let unknown = BrokerAccess {
            kind: open.kind,
            port: None,
            user: UrlPart::Unknown,
            password: UrlPart::Unknown,
            wants_password: false,
            vhost: UrlPart::Unknown,
            given: None,
        };
        let serves = |s: &&Step| s.words.first().is_some_and(|w| image.starts_server(w));
        let Some(step) = container.process.steps.iter().find(serves).filter(|s| !s.conditional)
        else {
            return unknown;
        };
        // An argument that is not known may be any option; a file may have a port, a password and users.
        let values = ["--requirepass", "--port"];
        let words = &step.words;
        let odd = |at: usize| {
            let valued = at > 0 && values.contains(&words[at - 1].as_str());
            !words[at].is_resolved() && !valued
        };
        if (0..words.len()).any(odd)
            || words.iter().any(|w| w.contains("acl") || w.contains("--user") || w.contains("tls"))
        {
            return unknown;
        }
        let conf = words.iter().find(|w| w.ends_with(".conf"));
        let given = words.iter().enumerate().find_map(|(at, word)| {
            match word.strip_prefix("--requirepass")? {
                "" => words.get(at + 1).map(|w| {
                    let part = if w.is_empty() { UrlPart::Unknown } else { UrlPart::of_text(w) };
                    (part, w.span(), w.is_surely_filled())
                }),
                rest => rest.strip_prefix(' ').map(|r| {
                    let given = word.slice_of(r.trim());
                    (UrlPart::of_text(&given), word.span(), given.is_surely_filled())
                }),
            }
        });
        let port = match words.iter().position(|w| w.starts_with("--port")) {
            Some(at) => words.get(at + 1).and_then(|p| p.parse().ok()),
            None => image.port.filter(|_| conf.is_none()),
        };
        match (given, conf) {
            (Some((password, span, wants_password)), _) => {
                BrokerAccess { port, password, wants_password, given: Some(span), ..open }
            }
            (None, Some(conf)) => match self.redis_conf(container, conf) {
                Some(Some((password, span))) => BrokerAccess {
                    port,
                    password: UrlPart::of_text(&password),
                    given: Some(span),
                    ..open
                },
                Some(None) => BrokerAccess { port, ..open },
                None => BrokerAccess { port, ..unknown },
            },
            (None, None) if words.iter().any(|w| w.contains("requirepass")) => {
                BrokerAccess { port, ..unknown }
            }
            (None, None) => BrokerAccess { port, ..open },
        }
    }
}

/// An image that takes the password from a variable.
fn by_variable(
    container: &Container<'_>,
    image: &ImageFacts,
    unknown: BrokerAccess,
) -> BrokerAccess {
    let vars = &container.environment.vars;
    if container.service.command.is_some()
        || container.service.entrypoint.is_some()
        || vars.keys().any(|name| name.ends_with("_PORT_NUMBER"))
    {
        return unknown;
    }
    let port = image.port;
    match image.password_variables.iter().find_map(|name| vars.get(*name)) {
        Some(value) => match value.text.known() {
            Some(text) => BrokerAccess {
                port,
                user: UrlPart::Absent,
                password: UrlPart::of_text(text),
                given: Some(value.span),
                ..unknown
            },
            None => BrokerAccess { port, ..unknown },
        },
        None => BrokerAccess { port, ..unknown },
    }
}

/// The user that the image makes when its data is empty.
fn rabbit(container: &Container<'_>, image: &ImageFacts, unknown: BrokerAccess) -> BrokerAccess {
    let service = container.service;
    let vars = &container.environment.vars;
    let configured = service
        .mounts
        .iter()
        .any(|m| m.target.contains("/etc/rabbitmq") || m.target.contains("definitions"))
        || ["configs", "secrets"].iter().any(|k| service.node.get(k).is_some())
        || service.command.is_some()
        || service.entrypoint.is_some()
        || container.environment.open.is_some()
        || vars.keys().any(|k| {
            k.ends_with("_FILE")
                || k.starts_with("RABBITMQ_CONF")
                || k == "RABBITMQ_NODE_PORT"
                || k.contains("SSL")
        });
    if configured {
        return unknown;
    }
    let part = |names: &[&str]| {
        let set = names.iter().find_map(|name| vars.get(*name));
        set.map_or(UrlPart::Absent, |v| v.text.known().map_or(UrlPart::Unknown, UrlPart::of_text))
    };
    let (user, password, vhost) =
        (image.user_variables, image.password_variables, image.database_variables);
    let given = [password, user, vhost]
        .into_iter()
        .flatten()
        .find_map(|n| vars.get(*n))
        .map(|v| v.via.first().copied().unwrap_or(v.span));
    BrokerAccess {
        port: image.port,
        user: part(user),
        password: part(password),
        vhost: part(vhost),
        given,
        ..unknown
    }
}

impl BrokerAccess {
    /// In what a client's URL disagrees with the server; what is not known of either agrees.
    pub fn clash(&self, url: &Endpoint) -> Option<Clash> {
        if let (Some(theirs), Some(ours)) = (url.port, self.port)
            && theirs != ours
        {
            return Some(Clash::Port(ours));
        }
        match self.kind {
            BrokerKind::Redis => match (&self.password, &url.password) {
                (UrlPart::Unknown, UrlPart::Absent)
                    if self.wants_password && url.user != UrlPart::Unknown =>
                {
                    Some(Clash::NoPassword)
                }
                (UrlPart::Is(_), UrlPart::Absent) if url.user != UrlPart::Unknown => {
                    Some(Clash::NoPassword)
                }
                (UrlPart::Is(_), UrlPart::Is(_)) if self.password.differs(&url.password, "") => {
                    Some(Clash::Password)
                }
                // A password without a server that asks for one is taken by new clients and servers.
                (UrlPart::Is(_), UrlPart::Is(_))
                    if self.user == UrlPart::Absent
                        && url.user.differs(&UrlPart::Absent, "default") =>
                {
                    Some(Clash::User)
                }
                _ => None,
            },
            // Both take `guest` where nothing is said, and the virtual host `/`.
            BrokerKind::Rabbitmq if self.user.differs(&url.user, "guest") => Some(Clash::User),
            BrokerKind::Rabbitmq if self.password.differs(&url.password, "guest") => {
                Some(Clash::Password)
            }
            BrokerKind::Rabbitmq if self.vhost.differs(&url.path, "/") => Some(Clash::Vhost),
            _ => None,
        }
    }
}
