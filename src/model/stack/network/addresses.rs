//! Who can be reached from where by which name (Docker docs, "Networking in Compose").

use super::Network;
use crate::model::budget::Budget;

/// What a host name means inside a container.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resolved {
    /// A service of the stack.
    Service(usize),
    /// The container itself.
    Itself,
    /// Something outside the stack: a name with dots, an `extra_hosts` entry, `host.docker.internal`.
    Outside,
    /// Surely nothing.
    Nothing,
    /// It may be known on an external network.
    Unknown,
}

/// Why a name is not found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotFound {
    /// No service has it.
    NoService,
    /// A service has it, but the container is on the network of the host, where names of services are not known (Docker
    /// docs, "Host network driver").
    HostNetwork,
    /// `host.docker.internal`, which Docker Desktop knows, and Docker on Linux only where `extra_hosts` names it.
    NoGateway,
}

impl<'s> Network<'s> {
    /// Why a host's name is surely not found by the service with number `from`. A service that is on other networks only
    /// is a matter of networks, not of the name.
    pub fn not_found(&self, from: usize, host: &str) -> Option<NotFound> {
        let me = self.stack.container(from);
        let named = !self.services_named(host).is_empty();
        if me.service.host_network() {
            let local = self.names(from).iter().any(|n| n.eq_ignore_ascii_case(host));
            return (named && !local && !self.lists(from, "extra_hosts", host))
                .then_some(NotFound::HostNetwork);
        }
        let shared = me.service.text("network_mode").is_some();
        if matches!(host, "host.docker.internal" | "gateway.docker.internal") {
            return (!shared && !self.lists(from, "extra_hosts", host))
                .then_some(NotFound::NoGateway);
        }
        (self.resolve(from, host) == Resolved::Nothing && !named).then_some(NotFound::NoService)
    }

    /// Whether Compose itself gives a service an address for a name: `extra_hosts`, `external_links`.
    pub fn is_listed(&self, from: usize, host: &str) -> bool {
        self.lists(from, "extra_hosts", host) || self.lists(from, "external_links", host)
    }

    /// Whether a list of hosts of a service has `host`: `extra_hosts`, `external_links`.
    fn lists(&self, from: usize, key: &str, host: &str) -> bool {
        let node = self.stack.container(from).service.node.get(key);
        let items = node
            .map(|n| n.items())
            .unwrap_or_default()
            .iter()
            .filter_map(|i| i.text().map(|t| t.as_str()));
        let keys = node.map(|n| n.entries()).unwrap_or_default().iter().map(|e| e.key.as_str());
        items.chain(keys).any(|t| {
            t.split([':', '=']).next() == Some(host) || key == "external_links" && t.ends_with(host)
        })
    }

    /// What `host` means to the service with number `from`.
    pub fn resolve(&self, from: usize, host: &str) -> Resolved {
        if !Budget::step(1) {
            return Resolved::Unknown;
        }
        let me = self.stack.container(from);
        let host_lower = host.to_ascii_lowercase();
        if matches!(host_lower.as_str(), "localhost" | "127.0.0.1" | "::1" | "0.0.0.0") {
            return Resolved::Itself;
        }
        if host.contains(['.', ':', '/', '$', '{']) || host.is_empty() {
            return Resolved::Outside;
        }
        if me.service.host_network() {
            return Resolved::Outside;
        }
        if let Some(mode) = me.service.text("network_mode")
            && (mode.starts_with("service:") || mode.starts_with("container:"))
        {
            return Resolved::Unknown;
        }
        let named = self.services_called(&host_lower);
        if let Some(index) = named.iter().copied().find(|i| self.share_network(from, *i)) {
            return if index == from { Resolved::Itself } else { Resolved::Service(index) };
        }
        let numbered = host.rsplit_once(['-', '_']).is_some_and(|(_, n)| n.parse::<u16>().is_ok());
        let mut all = 0..self.stack.containers.len();
        if numbered
            && Budget::step(all.len())
            && let Some(index) =
                all.find(|i| self.generated(*i, host) && self.share_network(from, *i))
        {
            return if index == from { Resolved::Itself } else { Resolved::Service(index) };
        }
        if self.lists(from, "extra_hosts", host) || self.lists(from, "external_links", host) {
            return Resolved::Outside;
        }
        if let Some(target) = self.link_target(from, host) {
            return Resolved::Service(target);
        }
        let external =
            |name: &str| {
                self.stack.project.networks.iter().find(|n| n.key.as_str() == name).is_some_and(
                    |n| n.value.get("external").is_some_and(|e| e.bool() != Some(false)),
                )
            };
        let mut networks = me.service.networks.iter().map(|(n, _)| n.as_str()).peekable();
        let unknown =
            if networks.peek().is_none() { external("default") } else { networks.any(external) };
        if unknown { Resolved::Unknown } else { Resolved::Nothing }
    }

    /// Whether `host` may be the name Compose gives to a container of the service: `project-web-1`, once `project_web_1`.
    fn generated(&self, index: usize, host: &str) -> bool {
        let service = self.stack.containers[index].service;
        let Some((rest, number)) =
            host.rsplit_once(['-', '_']).filter(|_| service.text("container_name").is_none())
        else {
            return false;
        };
        let project =
            rest.strip_suffix(service.name.as_str()).and_then(|r| r.strip_suffix(['-', '_']));
        number.parse::<u16>().is_ok() && project.is_some_and(|p| !p.is_empty())
    }

    /// Every name a service is known by to others.
    pub(super) fn names(&self, index: usize) -> Vec<&'s str> {
        let service = self.stack.containers[index].service;
        let aliases =
            service.networks.iter().flat_map(|(_, aliases)| aliases.iter().map(|a| a.as_str()));
        std::iter::once(service.name.as_str())
            .chain(service.text("container_name").map(|t| t.as_str()))
            .chain(service.text("hostname").map(|t| t.as_str()))
            .chain(aliases)
            .collect()
    }

    fn link_target(&self, from: usize, host: &str) -> Option<usize> {
        let links = self.stack.container(from).service.node.get("links")?;
        links.items().iter().filter_map(|i| i.text()).find_map(|t| {
            let (service, alias) = t.split_once(':').unwrap_or((t.as_str(), t.as_str()));
            (alias == host).then(|| self.stack.named(service)).flatten()
        })
    }

    /// Whether two services are on a common network.
    fn share_network(&self, a: usize, b: usize) -> bool {
        if a == b {
            return true;
        }
        let of = |i: usize| -> Vec<&str> {
            let service = self.stack.containers[i].service;
            if service.networks.is_empty() {
                vec!["default"]
            } else {
                service.networks.iter().map(|(n, _)| n.as_str()).collect()
            }
        };
        let (a, b) = (of(a), of(b));
        a.iter().any(|n| b.contains(n))
    }
}
