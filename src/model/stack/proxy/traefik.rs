//! What labels tell Traefik of a service (Traefik docs, "Docker" provider, "Services").

use super::Proxy;
use crate::source::Span;

impl Proxy<'_> {
    /// The ports at which Traefik is told to ask a service by HTTP, with the label that says so; none where the service
    /// is not for Traefik.
    pub fn traefik_ports(&self, index: usize) -> Vec<(u16, Span)> {
        let service = self.stack.container(index).service;
        let Some(labels) = service.node.get("labels") else { return Vec::new() };
        let pairs: Vec<(&str, &str, Span)> = labels
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
            .collect();
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
