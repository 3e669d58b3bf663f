//! Which servers of messages, caches and channel layers the settings name, and where they are (Celery's
//! `broker_url`, Django's `CACHES`, channels_redis's `hosts`).

use super::{DjangoService, Stack};
use crate::model::compose::HOLE;
use crate::model::container::{Container, bare_image};
use crate::model::django::{Value, ValueKind};
use crate::model::process::StepKind;

/// A kind of server that messages go through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum BrokerKind {
    Redis,
    Rabbitmq,
    Memcached,
}

impl BrokerKind {
    /// The name people use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Redis => "Redis",
            Self::Rabbitmq => "RabbitMQ",
            Self::Memcached => "Memcached",
        }
    }

    /// The port it listens on unless it is told otherwise.
    pub fn port(self) -> u16 {
        match self {
            Self::Redis => 6379,
            Self::Rabbitmq => 5672,
            Self::Memcached => 11211,
        }
    }

    /// What an image runs.
    pub fn of_image(image: &str) -> Option<Self> {
        match bare_image(image) {
            "redis" | "valkey" | "keydb" | "dragonfly" | "redis-stack" | "redis-stack-server" => Some(Self::Redis),
            "rabbitmq" => Some(Self::Rabbitmq),
            "memcached" => Some(Self::Memcached),
            _ => None,
        }
    }

    fn of_scheme(scheme: &str) -> Option<Self> {
        match scheme {
            "redis" | "rediss" => Some(Self::Redis),
            "amqp" | "pyamqp" | "amqps" | "librabbitmq" => Some(Self::Rabbitmq),
            _ => None,
        }
    }
}

/// A place in the settings that names such a server.
#[derive(Debug, Clone)]
pub struct BrokerUse {
    /// The setting: `CELERY_BROKER_URL`.
    pub setting: String,
    /// The value that names the host.
    pub value: Value,
    /// What it expects there.
    pub kind: BrokerKind,
    /// The host as it is written.
    pub host: String,
    /// The port, where one is written.
    pub port: Option<u16>,
    /// Whether Celery reads it, which only matters where Celery runs.
    pub of_celery: bool,
}

/// Settings of Celery that hold a URL: with the usual namespace, of old releases, and without one.
const CELERY: [&str; 6] =
    ["CELERY_BROKER_URL", "BROKER_URL", "CELERY_RESULT_BACKEND", "CELERY_BROKER", "CELERY_BROKER_READ_URL", "CELERY_BROKER_WRITE_URL"];

impl DjangoService {
    /// The servers that its settings name for messages, caches and channel layers, as far as they are sure.
    pub fn brokers(&self) -> Vec<BrokerUse> {
        let Some(settings) = self.settings() else { return Vec::new() };
        let sure = |name: &str| settings.get(name).filter(|b| !b.uncertain).map(|b| &b.value);
        let mut all = Vec::new();
        for name in CELERY {
            if let Some(value) = sure(name) {
                all.extend(of_url(name, value, true));
            }
        }
        for (name, inner) in [("CACHES", "LOCATION"), ("RQ_QUEUES", "URL"), ("RQ_QUEUES", "HOST")] {
            let Some(ValueKind::Dict { entries, .. }) = sure(name).map(|v| &v.kind) else { continue };
            for (_, entry) in entries {
                let Some(value) = entry.entry(inner) else { continue };
                let backend = entry.entry("BACKEND").and_then(Value::as_str).unwrap_or("");
                let several = value.items().unwrap_or_default();
                for value in if several.is_empty() { std::slice::from_ref(value) } else { several } {
                    all.extend(of_url(name, value, false).or_else(|| match (inner, backend) {
                        ("HOST", _) => plain(name, value, BrokerKind::Redis),
                        (_, b) if b.contains("memcache") || b.contains("PyLibMC") => plain(name, value, BrokerKind::Memcached),
                        _ => None,
                    }));
                }
            }
        }
        if let Some(ValueKind::Dict { entries, .. }) = sure("CHANNEL_LAYERS").map(|v| &v.kind) {
            let hosts = entries.iter().filter_map(|(_, layer)| layer.entry("CONFIG")?.entry("hosts")?.items()).flatten();
            for host in hosts {
                all.extend(of_url("CHANNEL_LAYERS", host, false).or_else(|| {
                    let [name, port] = host.items()? else { return None };
                    let mut of = plain("CHANNEL_LAYERS", name, BrokerKind::Redis)?;
                    of.port = if let ValueKind::Int(port) = port.kind { u16::try_from(port).ok() } else { None };
                    Some(of)
                }));
            }
        }
        all
    }
}

impl Stack<'_> {
    /// The services that run a server of this kind.
    pub fn brokers_of(&self, kind: BrokerKind) -> Vec<usize> {
        (0..self.containers.len()).filter(|i| broker(self.container(*i)) == Some(kind)).collect()
    }

    /// Whether a service, or one that shares its code, runs Celery here.
    pub fn runs_celery(&self) -> bool {
        self.containers.iter().any(|c| c.process.steps.iter().any(|s| matches!(s.kind, StepKind::Celery { .. })))
    }
}

/// The server a container runs by its image.
pub fn broker(container: &Container<'_>) -> Option<BrokerKind> {
    let image = match container.built() {
        Some(image) => image.external_base()?.as_str().to_owned(),
        None => container.service.image.as_ref().filter(|_| container.service.build.is_none())?.known()?.as_str().to_owned(),
    };
    BrokerKind::of_image(&image)
}

fn of_url(setting: &str, value: &Value, of_celery: bool) -> Option<BrokerUse> {
    let text = value.as_str()?;
    // Several brokers, of which the first is tried first.
    let first = text.split(';').next()?;
    let (scheme, rest) = first.split_once("://")?;
    let kind = BrokerKind::of_scheme(&scheme.to_ascii_lowercase())?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let place = authority.rsplit_once('@').map_or(authority, |(_, place)| place);
    let (host, port) = place.rsplit_once(':').filter(|(h, _)| !h.contains(':') || h.ends_with(']')).unwrap_or((place, ""));
    if host.contains(HOLE) || host.contains(['{', '%', '$', '<']) {
        return None;
    }
    // Celery takes no host for localhost (kombu, "URLs").
    let host = if host.is_empty() { "localhost" } else { host.trim_matches(['[', ']']) };
    Some(BrokerUse { setting: setting.to_owned(), value: value.clone(), kind, host: host.to_owned(), port: port.parse().ok(), of_celery })
}

fn plain(setting: &str, value: &Value, kind: BrokerKind) -> Option<BrokerUse> {
    let text = value.as_str().filter(|t| !t.is_empty() && !t.contains(HOLE) && !t.contains(['/', '{', '$']))?;
    let (host, port) = text.rsplit_once(':').filter(|(_, p)| p.parse::<u16>().is_ok()).unwrap_or((text, ""));
    Some(BrokerUse {
        setting: setting.to_owned(),
        value: value.clone(),
        kind,
        host: host.to_owned(),
        port: port.parse().ok(),
        of_celery: false,
    })
}
