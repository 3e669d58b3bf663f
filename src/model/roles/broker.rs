//! Which servers of messages, caches and channel layers the settings name, and where they are (Celery's
//! `broker_url`, Django's `CACHES`, channels_redis's `hosts`).

use crate::facts::{self, Family};
use crate::finding::{Insert, Own, Prose};
use crate::model::container::Container;
use crate::model::django::{Value, ValueKind};
use crate::model::endpoint::{Endpoint, UrlPart};
use crate::model::roles::django::DjangoService;

/// A kind of server that messages go through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BrokerKind {
    Redis,
    Rabbitmq,
    Memcached,
}

impl Insert for BrokerKind {
    fn insert_into(&self, prose: &mut Prose) {
        prose.push(&Own(self.name()));
    }
}

impl BrokerKind {
    /// The name people use.
    pub fn name(self) -> &'static str {
        self.family().title()
    }

    /// The port it listens on unless it is told otherwise.
    pub fn port(self) -> u16 {
        self.family().port().unwrap_or_default()
    }

    /// What an image runs.
    pub fn of_image(image: &str) -> Option<Self> {
        let family = facts::presumed(image)?.family;
        [Self::Redis, Self::Rabbitmq, Self::Memcached].into_iter().find(|k| k.family() == family)
    }

    fn family(self) -> Family {
        match self {
            Self::Redis => Family::Redis,
            Self::Rabbitmq => Family::Rabbitmq,
            Self::Memcached => Family::Memcached,
        }
    }

    /// The server that a URL's scheme asks for.
    pub fn of_scheme(scheme: &str) -> Option<Self> {
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
    /// Who logs in there, and where to.
    pub login: Endpoint,
    /// Whether Celery reads it, which only matters where Celery runs.
    pub of_celery: bool,
}

impl BrokerUse {
    /// A usual name of a variable that holds the host of such a server: `REDIS_HOST`.
    pub fn host_variable(&self) -> String {
        format!("{}_HOST", self.kind.name().to_ascii_uppercase())
    }
}

/// Settings of Celery that hold a URL: with the usual namespace, of old releases, and without one.
const CELERY: [&str; 6] = [
    "CELERY_BROKER_URL",
    "BROKER_URL",
    "CELERY_RESULT_BACKEND",
    "CELERY_BROKER",
    "CELERY_BROKER_READ_URL",
    "CELERY_BROKER_WRITE_URL",
];

/// Where other queues name their server: by a URL, or by `host` and `port` (django-dramatiq, Huey, django-q).
const OTHERS: [(&str, &[&str]); 6] = [
    ("DRAMATIQ_BROKER", &["OPTIONS", "url"]),
    ("DRAMATIQ_RESULT_BACKEND", &["BACKEND_OPTIONS", "url"]),
    ("HUEY", &["url"]),
    ("HUEY", &["connection", "url"]),
    ("HUEY", &["connection"]),
    ("Q_CLUSTER", &["redis"]),
];

impl DjangoService {
    /// The servers that its settings name for messages, caches and channel layers, as far as they are sure.
    pub fn brokers(&self) -> Vec<BrokerUse> {
        let Some(settings) = self.settings() else { return Vec::new() };
        let sure = |name: &str| settings.get(name).filter(|b| b.is_certain()).map(|b| &b.value);
        let mut all = Vec::new();
        for name in CELERY {
            if let Some(value) = sure(name) {
                all.extend(of_url(name, value, true));
            }
        }
        for (name, inner) in [("CACHES", "LOCATION"), ("RQ_QUEUES", "URL"), ("RQ_QUEUES", "HOST")] {
            let Some(ValueKind::Dict { entries, .. }) = sure(name).map(|v| &v.kind) else {
                continue;
            };
            for (_, entry) in entries {
                let Some(value) = entry.entry(inner) else { continue };
                let backend = entry.entry("BACKEND").and_then(Value::as_str).unwrap_or("");
                let several = value.items().unwrap_or_default();
                for value in if several.is_empty() { std::slice::from_ref(value) } else { several }
                {
                    let used = of_url(name, value, false).or_else(|| match (inner, backend) {
                        ("HOST", _) => plain(name, value, BrokerKind::Redis),
                        (_, b) if b.contains("memcache") || b.contains("PyLibMC") => {
                            plain(name, value, BrokerKind::Memcached)
                        }
                        _ => None,
                    });
                    all.extend(used.map(|mut used| {
                        add_options(&mut used, entry);
                        used
                    }));
                }
            }
        }
        if let Some(ValueKind::Dict { entries, .. }) = sure("CHANNEL_LAYERS").map(|v| &v.kind) {
            let hosts = entries
                .iter()
                .filter_map(|(_, layer)| layer.entry("CONFIG")?.entry("hosts")?.items())
                .flatten();
            for host in hosts {
                all.extend(of_url("CHANNEL_LAYERS", host, false).or_else(|| {
                    let [name, port] = host.items()? else { return None };
                    let mut of = plain("CHANNEL_LAYERS", name, BrokerKind::Redis)?;
                    of.port = if let ValueKind::Int(port) = port.kind {
                        u16::try_from(port).ok()
                    } else {
                        None
                    };
                    Some(of)
                }));
            }
        }
        for (name, path) in OTHERS {
            let Some(of) = sure(name).filter(|v| {
                !matches!(v.entry("immediate").map(|i| &i.kind), Some(ValueKind::Bool(true)))
            }) else {
                continue;
            };
            let Some(inner) = path.iter().try_fold(of, |value, key| value.entry(key)) else {
                continue;
            };
            if let Some(used) = of_url(name, inner, false) {
                all.push(used);
            } else if let Some(mut used) =
                inner.entry("host").and_then(|host| plain(name, host, BrokerKind::Redis))
            {
                used.port = inner.entry("port").and_then(|p| {
                    if let ValueKind::Int(port) = p.kind { u16::try_from(port).ok() } else { None }
                });
                used.login.port = used.port;
                all.push(used);
            }
        }
        all
    }
}

/// The server a container runs by its image.
pub fn broker(container: &Container<'_>) -> Option<BrokerKind> {
    let image = match container.built() {
        Some(image) => image.external_base()?.as_str().to_owned(),
        None => container
            .service
            .image
            .as_ref()
            .filter(|_| container.service.build.is_none())?
            .known()?
            .as_str()
            .to_owned(),
    };
    BrokerKind::of_image(&image)
}

fn of_url(setting: &str, value: &Value, of_celery: bool) -> Option<BrokerUse> {
    let ValueKind::Str(text) = &value.kind else { return None };
    // Several brokers, of which the first is tried first.
    let first = text.split(';').next()?;
    let (scheme, _) = first.split_once("://")?;
    let kind = BrokerKind::of_scheme(&scheme.to_ascii_lowercase())?;
    let login = Endpoint::of_url(&text.slice_of(first))?;
    // Celery takes no host for localhost (kombu, "URLs").
    let host = if login.host.is_empty() { "localhost".to_owned() } else { login.host.clone() };
    Some(BrokerUse {
        setting: setting.to_owned(),
        value: value.clone(),
        kind,
        host,
        port: login.port,
        login,
        of_celery,
    })
}

fn plain(setting: &str, value: &Value, kind: BrokerKind) -> Option<BrokerUse> {
    let text = value.as_str().filter(|t| !t.is_empty() && !t.contains(['/', '{', '$']))?;
    let (host, port) =
        text.rsplit_once(':').filter(|(_, p)| p.parse::<u16>().is_ok()).unwrap_or((text, ""));
    let port = port.parse().ok();
    let login = Endpoint {
        scheme: String::new(),
        user: UrlPart::Unknown,
        password: UrlPart::Unknown,
        host: host.to_owned(),
        port,
        path: UrlPart::Unknown,
    };
    Some(BrokerUse {
        setting: setting.to_owned(),
        value: value.clone(),
        kind,
        host: host.to_owned(),
        port,
        login,
        of_celery: false,
    })
}

/// A password that stands beside the URL: `OPTIONS["PASSWORD"]` of a cache, `PASSWORD` of a queue.
fn add_options(used: &mut BrokerUse, entry: &Value) {
    let options = entry.entry("OPTIONS");
    let keys = ["PASSWORD", "password", "USERNAME", "username"];
    let given = keys
        .iter()
        .any(|k| entry.entry(k).is_some() || options.is_some_and(|o| o.entry(k).is_some()));
    if given
        || entry.is_open()
        || options.is_some_and(|o| o.is_open() || o.entry("CONNECTION_POOL_KWARGS").is_some())
    {
        used.login.user = UrlPart::Unknown;
        used.login.password = UrlPart::Unknown;
    }
}
