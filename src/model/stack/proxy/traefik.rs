//! What labels tell Traefik of a service (Traefik docs, "Docker" provider, "Services").

use super::Proxy;
use crate::facts;
use crate::model::compose::Service;
use crate::source::Span;

/// A service that Traefik may ask at an address it cannot reach.
#[derive(Debug)]
pub struct AmbiguousNetwork {
    /// The service that runs Traefik.
    pub traefik: usize,
    /// A network of the service that Traefik is not on, and where the service joins it.
    pub other: String,
    pub other_span: Span,
    /// The network that both are on, and the name that Docker knows it by.
    pub shared: String,
    pub network: String,
    /// The first label for Traefik.
    pub labels: Span,
    /// Whether the labels are a list.
    pub as_list: bool,
}

/// The labels of a service: key, value and place.
fn labels(service: &Service) -> Vec<(&str, &str, Span)> {
    let Some(labels) = service.node.get("labels") else { return Vec::new() };
    labels
        .items()
        .iter()
        .filter_map(|i| i.text())
        .filter_map(|t| t.split_once('=').map(|(key, value)| (key, value, t.span())))
        .chain(
            labels
                .entries()
                .iter()
                .filter_map(|e| e.value.text().map(|t| (e.key.as_str(), t.as_str(), t.span()))),
        )
        .map(|(key, value, span)| (key.trim(), value.trim(), span))
        .collect()
}

impl Proxy<'_> {
    /// The network of a service that Traefik may choose although it is not on it (Traefik docs, `traefik.docker.network`:
    /// without it, any network of the container may be taken).
    pub fn ambiguous_network(&self, index: usize) -> Option<AmbiguousNetwork> {
        let container = self.stack.container(index);
        let service = container.service;
        let all = labels(service);
        let for_traefik = |key: &str| {
            let key = key.to_ascii_lowercase();
            key == "traefik.enable" || key.starts_with("traefik.http.routers.")
        };
        let (_, _, first) =
            *all.iter().find(|(key, value, _)| for_traefik(key) && *value != "false")?;
        let named = |key: &str| {
            key.to_ascii_lowercase().ends_with(".network") && key.starts_with("traefik.")
        };
        let off = all
            .iter()
            .any(|(key, value, _)| key.eq_ignore_ascii_case("traefik.enable") && *value == "false");
        if off
            || all.iter().any(|(key, ..)| named(key))
            || service.node.get("network_mode").is_some()
        {
            return None;
        }
        let mut proxies = (0..self.stack.containers.len()).filter(|i| {
            let image = self.stack.container(*i).service.image.as_ref();
            image.is_some_and(|i| facts::bare_name(i.text.as_str()) == "traefik")
        });
        let traefik = proxies.next().filter(|_| proxies.next().is_none())?;
        let proxy = self.stack.container(traefik);
        // A network for all, by an option, a variable or a file that is not read here.
        let told = proxy.service.command.iter().flat_map(|c| &c.words).any(|w| {
            let w = w.to_ascii_lowercase();
            w.contains(".network") || w.contains("configfile") || w.contains("swarm")
        });
        let variable =
            proxy.environment.vars.keys().any(|n| n.to_ascii_uppercase().contains("NETWORK"));
        let file = proxy.service.mounts.iter().any(|m| {
            m.target.contains("traefik.y")
                || m.target.contains("traefik.toml")
                || m.target.trim_end_matches('/') == "/etc/traefik"
        });
        if told
            || variable
            || file
            || proxy.environment.open.is_some()
            || proxy.service.node.get("network_mode").is_some()
        {
            return None;
        }
        let (mine, its) =
            (self.stack.network().networks(index), self.stack.network().networks(traefik));
        let shared = mine.iter().find(|n| its.contains(n))?;
        let (other, other_span) = service
            .networks
            .iter()
            .find(|(n, _)| !its.contains(&n.as_str()))
            .map(|(n, _)| (n.as_str().to_owned(), n.span()))?;
        let declared = self.stack.project.networks.iter().find(|n| n.key.as_str() == *shared);
        let name = declared
            .and_then(|n| n.value.get("name"))
            .map(|n| n.text().map(|t| t.as_str().to_owned()));
        let external = declared.is_some_and(|n| n.value.get("external").is_some());
        let network = match name {
            Some(name) => name?,
            None if external => (*shared).to_owned(),
            // Compose puts the project's name in front, which a person may change.
            None => format!("{}_{shared}", self.stack.project.name.as_str()),
        };
        Some(AmbiguousNetwork {
            traefik,
            other,
            other_span,
            shared: (*shared).to_owned(),
            network,
            labels: first,
            as_list: service.node.get("labels").is_some_and(|l| !l.items().is_empty()),
        })
    }

    /// The ports at which Traefik is told to ask a service by HTTP, with the label that says so; none where the service
    /// is not for Traefik.
    pub fn traefik_ports(&self, index: usize) -> Vec<(u16, Span)> {
        let pairs = labels(self.stack.container(index).service);
        if pairs.iter().any(|(key, value, _)| *key == "traefik.enable" && *value == "false") {
            return Vec::new();
        }
        let asks = |key: &str| {
            key.starts_with("traefik.http.services.") && key.ends_with(".loadbalancer.server.port")
        };
        pairs
            .iter()
            .filter(|(key, ..)| asks(&key.to_ascii_lowercase()))
            .filter_map(|(_, value, span)| Some((value.parse().ok()?, *span)))
            .collect()
    }
}
