//! Which services share a network (Compose specification, `networks`, `network_mode`; Docker docs,
//! "Networking in Compose").

use super::{Network, Resolved};
use crate::model::compose::Node;
use std::collections::HashMap;

/// Whether packets get from one service to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// They share a network, or are the same machine to each other.
    Shared,
    /// They share none.
    Apart,
    /// It depends on a variable that is not set, or on something outside the project.
    Unknown,
}

/// The networks of a service: names that Docker knows them by; `None` for one that is not known.
type Networks = Vec<Option<String>>;

impl<'s> Network<'s> {
    /// Whether `from` can reach `to` by any of its names.
    fn reach(&self, from: usize, to: usize) -> Reach {
        if from == to {
            return Reach::Shared;
        }
        let (Some(mine), Some(theirs)) = (self.networks_of(from, 0), self.networks_of(to, 0))
        else {
            return Reach::Unknown;
        };
        if mine.iter().any(|n| n.is_some() && theirs.contains(n)) {
            return Reach::Shared;
        }
        if mine.contains(&None) || theirs.contains(&None) { Reach::Unknown } else { Reach::Apart }
    }

    /// Whether a service is on a network that other projects are on as well, so that names mean more there.
    pub fn on_external_network(&self, index: usize) -> bool {
        self.networks(index).iter().any(|n| self.declared_network(n).is_some_and(is_external))
    }

    /// The services that are known by a name, wherever they are: by the service's name, `container_name`,
    /// `hostname` or an alias.
    pub fn services_named(&self, name: &str) -> Vec<usize> {
        self.services_called(&name.to_ascii_lowercase()).to_vec()
    }

    /// The same, for a name in lower case.
    pub(super) fn services_called(&self, lower: &str) -> &'s [usize] {
        let called = self.stack.network.called.get_or_init(|| {
            let mut called: HashMap<String, Vec<usize>> = HashMap::new();
            for index in 0..self.stack.containers.len() {
                for name in self.names(index) {
                    let of = called.entry(name.to_ascii_lowercase()).or_default();
                    if of.last() != Some(&index) {
                        of.push(index);
                    }
                }
            }
            called
        });
        called.get(lower).map_or(&[], Vec::as_slice)
    }

    /// The one service that `name` is meant for, and that `from` cannot reach; `None` where another answers.
    pub fn unreachable(&self, from: usize, name: &str) -> Option<usize> {
        let meant = self.services_named(name);
        let [one] = meant.as_slice() else { return None };
        let answered = matches!(self.resolve(from, name), Resolved::Outside | Resolved::Itself);
        (!answered && self.reach(from, *one) == Reach::Apart).then_some(*one)
    }

    /// The networks a service is on, by the names the project has for them.
    pub fn networks(&self, index: usize) -> Vec<&'s str> {
        let own = &self.stack.container(index).service.networks;
        if own.is_empty() { vec!["default"] } else { own.iter().map(|(n, _)| n.as_str()).collect() }
    }

    fn declared_network(&self, name: &str) -> Option<&'s Node> {
        self.stack.project.networks.iter().find(|n| n.key.as_str() == name).map(|n| &n.value)
    }

    /// `None` for a service whose networks are not the project's to say.
    fn networks_of(&self, index: usize, depth: usize) -> Option<Networks> {
        let service = self.stack.container(index).service;
        if let Some(mode) = service.node.get("network_mode") {
            let mode = mode.text()?;
            if mode.as_str() == "none" {
                return Some(Vec::new());
            }
            let other = mode.strip_prefix("service:").and_then(|s| self.stack.named(s))?;
            return if depth < 8 { self.networks_of(other, depth + 1) } else { None };
        }
        let name = |key: &str| match self.declared_network(key).and_then(|n| n.get("name")) {
            // A name of its own is one that other keys may have as well.
            Some(name) => name.text().map(|t| t.as_str().to_owned()),
            None if self.declared_network(key).is_some_and(is_external) => Some(key.to_owned()),
            None => Some(format!("{key} of this project")),
        };
        Some(self.networks(index).into_iter().map(name).collect())
    }
}

fn is_external(network: &Node) -> bool {
    network.get("external").is_some_and(|e| e.bool() != Some(false))
}
