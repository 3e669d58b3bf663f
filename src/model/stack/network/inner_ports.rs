//! Ports of the host that are asked for inside the stack's network, where only the container's own are (Compose docs,
//! "Networking": a service is reached at the port it listens on).

use super::{Network, Resolved};
use crate::model::container::SetBy;
use crate::model::django::{Value, ValueKind};
use crate::model::roles::database::Engine;
use crate::model::roles::django::DjangoService;
use crate::source::Span;

/// A port that is published on the host, asked for at a service that listens on another one.
#[derive(Debug, Clone)]
pub struct WrongPort {
    /// The number of the service that is asked.
    pub target: usize,
    /// The port that is asked for.
    pub port: u16,
    /// The port that the service listens on.
    pub listens: u16,
    /// Where it is asked for.
    pub span: Span,
    /// The item of `ports` that publishes it.
    pub published: Span,
}

impl Network<'_> {
    /// Where a Django service asks another service for the port that is published on the host.
    pub fn wrong_ports(&self, service: &DjangoService) -> Vec<WrongPort> {
        let from = service.container;
        let mut found: Vec<WrongPort> = Vec::new();
        let mut ask = |host: &str, port: u16, span: Span| {
            if let Some(wrong) = self.wrong_port(from, host, port, span)
                && !found.iter().any(|w| w.span == wrong.span)
            {
                found.push(wrong);
            }
        };
        for used in
            service.databases().into_iter().filter(|d| d.kind.is_some_and(|k| k != Engine::Sqlite))
        {
            let (Some(host), Some(port)) = (&used.host, &used.port) else { continue };
            if let (Some(name), Some(number)) = (host.as_str(), number(port)) {
                ask(name, number, self.stack.environment().written(service, port).span);
            }
        }
        let known = service
            .settings()
            .into_iter()
            .flat_map(|s| &s.names)
            .filter(|(name, b)| b.is_certain() && *name != "DATABASES");
        for (_, binding) in known {
            let mut open = vec![&binding.value];
            while let Some(value) = open.pop() {
                let reads = if value.reads.is_empty() { &binding.value } else { value };
                match &value.kind {
                    ValueKind::Str(text) => {
                        if let Some((host, port)) = address(text) {
                            ask(host, port, self.stack.environment().written(service, reads).span);
                        }
                    }
                    ValueKind::List { items, .. } => match items.as_slice() {
                        // `("redis", 6380)`
                        [host, port] if matches!(port.kind, ValueKind::Int(_)) => {
                            if let (Some(name), Some(number)) = (host.as_str(), number(port)) {
                                ask(
                                    name,
                                    number,
                                    self.stack.environment().written(service, port).span,
                                );
                            }
                        }
                        items => open.extend(items),
                    },
                    ValueKind::Dict { entries, .. } => open.extend(entries.iter().map(|(_, v)| v)),
                    _ => {}
                }
            }
        }
        for value in
            self.stack.container(from).environment.vars.values().filter(|v| v.by == SetBy::Compose)
        {
            if let Some((host, port)) = value.text.partly().and_then(|t| address(t)) {
                ask(host, port, value.span);
            }
        }
        found
    }

    fn wrong_port(&self, from: usize, host: &str, port: u16, span: Span) -> Option<WrongPort> {
        let Resolved::Service(target) = self.resolve(from, host) else { return None };
        let container = self.stack.container(target);
        let listens = container.presumed_image()?.port?;
        // A server that is told another port may listen on the one that is asked for.
        let told = |text: &str| text.contains(&port.to_string());
        let words = container
            .service
            .command
            .iter()
            .chain(container.service.entrypoint.iter())
            .flat_map(|c| &c.words);
        let environment = &container.environment;
        if listens == port
            || words.into_iter().any(|w| told(w) || !w.is_resolved())
            || environment
                .vars
                .iter()
                .any(|(name, v)| name.contains("PORT") && v.text.known().is_none_or(|t| told(t)))
            || container.service.host_network()
        {
            return None;
        }
        let published = container.service.ports.iter().find(|p| {
            p.target == Some(listens) && p.published.as_deref() == Some(&port.to_string())
        })?;
        Some(WrongPort { target, port, listens, span, published: published.span })
    }
}

fn number(value: &Value) -> Option<u16> {
    match &value.kind {
        ValueKind::Int(number) => u16::try_from(*number).ok(),
        ValueKind::Str(text) => text.trim().as_str().parse().ok(),
        _ => None,
    }
}

/// Host and port of `scheme://user:password@host:port/…`; `None` for a web address, and where no port is written.
fn address(text: &str) -> Option<(&str, u16)> {
    let (scheme, rest) = text.split_once("://")?;
    if matches!(scheme, "http" | "https") {
        return None;
    }
    let (host, port) = rest.split(['/', '?', '#']).next()?.rsplit('@').next()?.split_once(':')?;
    Some((host, port.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::address;

    #[test]
    fn an_address_has_a_host_and_a_port() {
        assert_eq!(address("postgres://u:p%40@db:5433/app"), Some(("db", 5433)));
        assert_eq!(address("redis://cache:6380"), Some(("cache", 6380)));
        for text in [
            "redis://cache",
            "http://web:8000",
            "db:5433",
            "redis://:9",
            "redis://x:99999",
            "://",
            "",
        ] {
            assert!(address(text).is_none_or(|(host, _)| host.is_empty()), "{text}");
        }
    }
}
