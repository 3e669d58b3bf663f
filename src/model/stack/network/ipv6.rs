//! Health checks that reach `localhost` by IPv6 only, where the server listens by IPv4 (BusyBox's `wget` tries the first
//! address of a name; in images of Alpine that of `localhost` is `::1`).

use super::Network;
use crate::facts::{self, Reference};
use crate::model::process::Step;
use crate::source::{Span, Text};

/// A check that fails although the server is well.
#[derive(Debug)]
pub struct WrongFamily {
    /// The address that is requested.
    pub request: Span,
    /// The name in it, where that is written out.
    pub host: Option<Span>,
    /// Where the server is told to listen.
    pub listens: Span,
    /// The port.
    pub port: u16,
    /// The image of Alpine.
    pub image: Text,
}

impl Network<'_> {
    /// The check of a service that asks `localhost` by IPv6 for what listens by IPv4.
    pub fn wrong_family(&self, index: usize) -> Option<WrongFamily> {
        let container = self.stack.container(index);
        let request = self.stack.lifecycle().health_request(index)?;
        if request.host != "localhost" || container.presumed {
            return None;
        }
        let test = container.service.healthcheck.as_ref()?.test.as_ref()?;
        let says = |w: &str| test.words.iter().any(|word| word.contains(w));
        // GNU wget and curl try all addresses.
        if !says("wget") || says("curl") || says("127.0.0.1") || says("-4") {
            return None;
        }
        let image = match (container.built(), &container.service.build) {
            (Some(image), _) => image.external_base()?.clone(),
            (None, Some(_)) => return None,
            (None, None) => container.service.image.as_ref()?.known()?.clone(),
        };
        let known = facts::image(&image)?;
        if !known.on_alpine(Reference::of_image(&image).tag.unwrap_or("")) {
            return None;
        }
        let packages = container.packages.as_deref();
        if packages.is_some_and(|p| p.system.iter().any(|s| s.starts_with("wget")))
            || container.built().is_some() && packages.is_none()
        {
            return None;
        }
        let listens = self.only_by_ipv4(index, request.port)?;
        let host = test.words.iter().find_map(|w| {
            let at = w.find("://localhost")? + 3;
            let place = w.span_of(at..at + "localhost".len());
            (place.len() == "localhost".len()).then_some(place)
        });
        Some(WrongFamily { request: request.span, host, listens, port: request.port, image })
    }

    /// Where a service says that it listens at a port, where that is surely by IPv4 alone.
    fn only_by_ipv4(&self, index: usize, port: u16) -> Option<Span> {
        if let Some(nginx) = self.stack.roles.nginx.iter().find(|n| n.container == index) {
            if nginx.unknown.is_some() || nginx.more_listens.is_some() || !nginx.errors.is_empty() {
                return None;
            }
            let here = || nginx.listens.iter().filter(|l| l.port == Some(port));
            if here().any(|l| l.ipv6) {
                return None;
            }
            return here().next().map(|l| l.span);
        }
        let container = self.stack.container(index);
        let listening = self.listening(index);
        let ports = listening.certain()?;
        let one = ports.iter().find(|l| l.port == Some(port) && !l.default)?;
        let bound = |s: &&Step| {
            s.server().is_some_and(|server| {
                server.bind.iter().all(|b| b.is_resolved() && !b.contains('['))
                    && server.bind.iter().any(|b| b.contains("0.0.0.0"))
            })
        };
        container.process.steps.iter().find(bound).map(|_| one.span)
    }
}
