//! Where an nginx service passes requests on to (nginx docs: `proxy_pass`, `upstream`).

use crate::source::{Span, Text};
use crate::syntax::nginx::{Config, Directive};

/// Directives that pass a request on.
pub(super) const PASS: [&str; 5] =
    ["proxy_pass", "uwsgi_pass", "fastcgi_pass", "grpc_pass", "scgi_pass"];

/// An address that requests are passed on to, and that nginx looks up when it starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upstream {
    pub host: Text,
    /// The port, also where it follows from the protocol; `None` when it is not known.
    pub port: Option<u16>,
    /// The address as it is written.
    pub span: Span,
    /// The directive that passes on: `proxy_pass`, `uwsgi_pass`; empty for a `server` of an `upstream` nothing passes to.
    pub by: &'static str,
}

/// Every address of a configuration. A name with a variable in it is looked up with the request, and is left out, as are
/// sockets and servers that are looked up again and again (`resolve`).
pub(super) fn upstreams<'c>(configs: impl Iterator<Item = &'c Config>) -> Vec<Upstream> {
    let configs: Vec<&Config> = configs.collect();
    let groups: Vec<&Directive> =
        configs.iter().flat_map(|c| c.find("upstream")).map(|(_, d)| d).collect();
    let passes: Vec<(&'static str, &Text)> = configs
        .iter()
        .flat_map(|c| {
            PASS.iter().flat_map(|name| c.find(name).into_iter().map(move |(_, d)| (*name, d)))
        })
        .filter_map(|(name, d)| Some((name, d.arg(0)?)))
        .collect();
    let mut all = Vec::new();
    for group in &groups {
        let named = |address: &Text| {
            group.arg(0).is_some_and(|n| host(address).is_some_and(|h| h.as_str() == n.as_str()))
        };
        let by = passes.iter().find(|(_, address)| named(address)).map_or("", |(by, _)| *by);
        for server in
            group.children("server").filter(|s| !s.args.iter().any(|a| a.as_str() == "resolve"))
        {
            all.extend(server.arg(0).and_then(|address| upstream(address, by)));
        }
    }
    for (by, address) in passes {
        let Some(found) = upstream(address, by) else { continue };
        if !groups.iter().any(|g| g.arg(0).is_some_and(|n| n.as_str() == found.host.as_str())) {
            all.push(found);
        }
    }
    all
}

/// The hosts that a configuration passes requests on to.
pub fn passed_to(text: &Text) -> Vec<Text> {
    let config = Config::read(text);
    if config.errors.is_empty() {
        upstreams(std::iter::once(&config)).into_iter().map(|u| u.host).collect()
    } else {
        Vec::new()
    }
}

fn upstream(address: &Text, by: &'static str) -> Option<Upstream> {
    let host = host(address)?;
    let text = address.as_str();
    let start = text.find("://").map_or(0, |at| at + 3);
    let authority = text[start..].split(['/', '?']).next().unwrap_or("");
    let port = match authority.rsplit_once(':') {
        Some((_, port)) => port.parse().ok(),
        None if text.starts_with("https://") => Some(443),
        None => Some(80),
    };
    Some(Upstream { host, port, span: address.span(), by })
}

/// `http://name:8000/path` and `name:8000`: the name.
pub(super) fn host(address: &Text) -> Option<Text> {
    let text = address.as_str();
    if text.contains('$') || text.starts_with("unix:") || text.contains("://unix:") {
        return None;
    }
    let start = text.find("://").map_or(0, |at| at + 3);
    let end = text[start..].find([':', '/', '?']).map_or(text.len(), |at| start + at);
    (start < end).then(|| address.slice(start..end))
}
