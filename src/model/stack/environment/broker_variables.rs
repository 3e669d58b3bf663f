//! Which variable names the host of a server of messages or caches, and what it has to hold to name another.

use super::Environments;
use crate::model::django::{EnvRead, ValueKind};
use crate::model::endpoint;
use crate::model::roles::broker::BrokerUse;
use crate::source::Text;

/// A variable that names a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostVariable {
    /// Its name.
    pub name: String,
    /// The text by which it names the wanted host: a URL, a host with a port, or the host alone, as the settings use it.
    pub value: String,
    /// Where the process has it from; `None` where it is not set.
    pub set_at: Option<Text>,
}

/// Words of a name that say that a variable holds a host.
const HOST: [&str; 5] = ["HOST", "HOSTNAME", "SERVER", "ADDR", "ADDRESS"];

impl Environments<'_> {
    /// The variable from which the host of a broker comes, with the text that makes it `host`; `None` where no variable
    /// gives the host, or where several may.
    pub fn broker_variable(&self, used: &BrokerUse, host: &str) -> Option<HostVariable> {
        let reads = &used.value.reads;
        let found = |read: &EnvRead, value: String| HostVariable {
            name: read.name.clone(),
            value,
            set_at: read.set_at.clone(),
        };
        if let Some(found) = reads.iter().rev().find_map(|read| {
            let value = with_host(text_of(read)?, &used.host, host)?;
            Some(found(read, value))
        }) {
            return Some(found);
        }
        // A blank host: the settings put the URL together from variables that are not set.
        if !used.login.host.is_empty() {
            return None;
        }
        let blank = |read: &&EnvRead| text_of(read).is_none_or(|text| text.is_empty());
        let is_host = |read: &&EnvRead| {
            read.name.to_ascii_uppercase().split('_').any(|word| HOST.contains(&word))
        };
        let mut named = reads.iter().filter(blank).filter(is_host);
        match (named.next(), named.next()) {
            (Some(read), None) => Some(found(read, host.to_owned())),
            _ => None,
        }
    }
}

/// The text that a read gave.
fn text_of(read: &EnvRead) -> Option<&Text> {
    let default = read.default.as_deref().and_then(|d| match &d.kind {
        ValueKind::Str(text) => Some(text),
        _ => None,
    });
    read.set_at.as_ref().or(default)
}

/// A URL, a host with a port or a host, with `new` in the place of the host `old`; `None` where `old` is not its host.
fn with_host(text: &Text, old: &str, new: &str) -> Option<String> {
    if let Some(url) = endpoint::with_host(text, new) {
        return Some(url);
    }
    let rest = text.resolved()?.strip_prefix(old).filter(|_| !old.is_empty())?;
    (rest.is_empty() || rest.starts_with(':')).then(|| format!("{new}{rest}"))
}

#[cfg(test)]
mod tests {
    use super::with_host;
    use crate::source::{FileId, Text};

    #[test]
    fn a_variable_keeps_its_shape() {
        let with = |text: &str| with_host(&Text::verbatim(FileId(0), 0, text), "localhost", "mq");
        for (text, made) in [
            ("localhost", Some("mq")),
            ("localhost:6379", Some("mq:6379")),
            ("redis://localhost:6379/1", Some("redis://mq:6379/1")),
            ("localhosted", None),
            ("6379", None),
        ] {
            assert_eq!(with(text).as_deref(), made, "{text}");
        }
    }
}
