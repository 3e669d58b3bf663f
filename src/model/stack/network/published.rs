//! Ports of the host that services take (Compose specification, `ports`; Docker docs, "Port publishing").

use super::Network;
use crate::finding::{Prose, Quote, prose};
use crate::model::compose::Port;
use crate::source::Span;
use core::net::IpAddr;
use std::collections::HashSet;

/// The addresses of the host at which a port is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HostAddress {
    /// No address is written: all of both families.
    Any,
    /// This one; `0.0.0.0` and `::` stand for all of their family.
    Is(IpAddr),
}

/// Ports of the host that one item of `ports` takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// Where.
    pub address: HostAddress,
    pub first: u16,
    /// The last, the same for a single one.
    pub last: u16,
    /// `tcp`, `udp`
    pub protocol: String,
    /// The container's port; `None` for a range.
    pub target: Option<u16>,
    /// The item.
    pub span: Span,
}

impl Published {
    /// What an item takes; `None` when it takes what is free, or when that is not known.
    pub fn of_port(port: &Port) -> Option<Self> {
        let published = port.published.as_deref()?.trim();
        let (first, last) = match published.split_once('-') {
            // Of a range for a single port, Docker takes one that is free.
            Some(_) if port.target.is_some() => return None,
            Some((first, last)) => (first.trim().parse().ok()?, last.trim().parse().ok()?),
            None => {
                let one = published.parse().ok()?;
                (one, one)
            }
        };
        if first == 0 || last < first {
            return None;
        }
        let address = match port.address.as_deref().map(|a| a.trim().trim_matches(['[', ']'])) {
            None | Some("") => HostAddress::Any,
            Some(text) => HostAddress::Is(text.parse().ok()?),
        };
        Some(Self {
            address,
            first,
            last,
            protocol: port.protocol.to_ascii_lowercase(),
            target: port.target,
            span: port.span,
        })
    }

    /// A port that both take at the same address.
    pub fn collides(&self, other: &Self) -> Option<u16> {
        let first = self.first.max(other.first);
        (self.protocol == other.protocol
            && first <= self.last.min(other.last)
            && self.address.meets(other.address))
        .then_some(first)
    }

    /// What Compose compares to tell two apart: what both amount to, no address being `0.0.0.0`.
    fn key(&self) -> (IpAddr, u16, u16, Option<u16>, String) {
        let address = match self.address {
            HostAddress::Any => IpAddr::from([0, 0, 0, 0]),
            HostAddress::Is(address) => address,
        };
        (address, self.first, self.last, self.target, self.protocol.clone())
    }

    /// Whether Compose takes the two for one and the same.
    pub fn is_same(&self, other: &Self) -> bool {
        self.key() == other.key()
    }

    /// Whether it is open at one address only.
    pub fn is_narrow(&self) -> bool {
        matches!(self.address, HostAddress::Is(address) if !address.is_unspecified())
    }

    /// The address and port as Docker names them in its errors.
    pub fn display(&self, port: u16) -> Prose {
        match self.address {
            HostAddress::Any => prose!("0.0.0.0:{}", port),
            HostAddress::Is(IpAddr::V6(address)) => {
                prose!("[{}]:{}", Quote::value(&address.to_string()), port)
            }
            HostAddress::Is(address) => prose!("{}:{}", Quote::value(&address.to_string()), port),
        }
    }
}

impl HostAddress {
    /// Whether there is an address that both stand for.
    fn meets(self, other: Self) -> bool {
        match (self, other) {
            (Self::Is(a), Self::Is(b)) => {
                a == b || a.is_ipv4() == b.is_ipv4() && (a.is_unspecified() || b.is_unspecified())
            }
            _ => true,
        }
    }
}

impl<'s> Network<'s> {
    /// The host's ports that a service takes, without what Compose drops as said twice. Empty for one that
    /// shares another network stack: Docker ignores its `ports`, or refuses them.
    pub fn host_ports(&self, index: usize) -> Vec<Published> {
        let service = self.stack.container(index).service;
        if service
            .node
            .get("network_mode")
            .is_some_and(|m| m.text().is_none_or(|m| m.as_str() != "bridge"))
        {
            return Vec::new();
        }
        let mut seen = HashSet::new();
        let ports = service.ports.iter().filter_map(Published::of_port);
        ports.filter(|port| seen.insert(port.key())).collect()
    }

    /// Whether a database's port is published on every address of the host.
    pub fn published_to_all(&self, container: usize) -> Option<Span> {
        let open =
            |a: &Option<String>| a.as_deref().is_none_or(|a| matches!(a, "0.0.0.0" | "::" | "*"));
        self.stack
            .container(container)
            .service
            .ports
            .iter()
            .find(|p| p.published.is_some() && open(&p.address))
            .map(|p| p.span)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that fails may panic")]
    use super::*;
    use crate::source::{FileId, Text};

    fn port(
        target: Option<u16>,
        published: &str,
        address: &str,
        protocol: &str,
    ) -> Option<Published> {
        let address = Some(address.to_owned()).filter(|a| !a.is_empty());
        let span = Text::empty(Span::whole(FileId(0))).span();
        Published::of_port(&Port {
            target,
            published: Some(published.into()),
            address,
            protocol: protocol.into(),
            span,
        })
    }

    #[test]
    fn ports_meet_by_number_protocol_and_address() {
        let one = |published, address| port(Some(80), published, address, "tcp").unwrap();
        let range = port(None, "8000-8010", "", "tcp").unwrap();
        assert_eq!(range.collides(&one("8005", "")), Some(8005));
        assert_eq!(range.collides(&one("8011", "")), None);
        assert_eq!(one("80", "").collides(&port(Some(80), "80", "", "udp").unwrap()), None);
        assert_eq!(one("80", "127.0.0.1").collides(&one("80", "127.0.0.2")), None);
        assert_eq!(one("80", "127.0.0.1").collides(&one("80", "0.0.0.0")), Some(80));
        assert_eq!(one("80", "127.0.0.1").collides(&one("80", "")), Some(80));
        assert_eq!(one("80", "0.0.0.0").collides(&one("80", "::")), None);
        assert_eq!(one("80", "[::1]").collides(&one("80", "::")), Some(80));
    }

    #[test]
    fn what_docker_chooses_takes_nothing() {
        assert!(port(Some(80), "8000-8010", "", "tcp").is_none());
        assert!(port(Some(80), "0", "", "tcp").is_none());
        assert!(port(Some(80), "팔십", "", "tcp").is_none());
        assert!(port(Some(80), "80", "${IP}", "tcp").is_none());
        assert!(port(None, "90-80", "", "tcp").is_none());
    }

    #[test]
    fn no_address_is_the_same_as_all_of_ipv4_to_compose() {
        let one = |address| port(Some(80), "80", address, "tcp").unwrap();
        assert!(one("").is_same(&one("0.0.0.0")));
        assert!(!one("").is_same(&one("127.0.0.1")));
    }
}
