//! The address that a server is told to bind, taken apart.

use super::bind_scope::BindScope;
use crate::source::{Reason, Span, Text, Unknown};

/// An address that a server binds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct BindAddress {
    pub(super) port: Option<u16>,
    pub(super) scope: BindScope,
    pub(super) span: Span,
    pub(super) default: bool,
}

/// The addresses that are written; those of sockets are left out.
pub(super) fn addresses(
    written: &[Text],
    default: Option<u16>,
) -> Result<Vec<BindAddress>, Unknown> {
    let mut all = Vec::new();
    for text in written.iter().flat_map(split) {
        if text.starts_with("unix:")
            || text.starts_with('/')
            || text.starts_with("fd://")
            || text.ends_with(".sock")
        {
            continue;
        }
        all.push(address(&text, default)?);
    }
    let place = written.first().map(Text::span);
    if all.is_empty() { Err(Unknown { reason: Reason::Socket, place }) } else { Ok(all) }
}

/// `a:1,b:2`: each.
fn split(text: &Text) -> Vec<Text> {
    let mut all = Vec::new();
    let mut from = 0;
    for (at, _) in text.as_str().match_indices(',').chain([(text.len(), "")]) {
        all.push(text.slice(from..at).trim());
        from = at + 1;
    }
    all
}

/// `0.0.0.0:8000`, `:8000`, `[::]:8000`, `8000`; without a port the default one.
pub(super) fn address(text: &Text, default: Option<u16>) -> Result<BindAddress, Unknown> {
    let unknown = || not_address(text);
    if text.is_empty() || !text.is_resolved() || text.contains(['$', '%', '{']) {
        return Err(unknown());
    }
    let whole = text.as_str();
    let whole =
        whole.strip_prefix("tcp://").or_else(|| whole.strip_prefix("http://")).unwrap_or(whole);
    let (host, port) = match whole.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => {
            (host, Some(port.parse().map_err(|_| unknown())?))
        }
        _ => match whole.parse() {
            // A port alone is one of every address only to some; none of them is asked here.
            Ok(port) => ("", Some(port)),
            Err(_) => (whole, default),
        },
    };
    Ok(BindAddress { port, scope: scope(host), span: text.span(), default: false })
}

/// Why a text is no address that is known.
pub(super) fn not_address(text: &Text) -> Unknown {
    text.why().unwrap_or(Unknown::at(Reason::NotA("a known address"), text.span()))
}

/// Who can connect to a host that is bound.
pub(super) fn scope(host: &str) -> BindScope {
    match host.trim_matches(['[', ']']) {
        "" | "0.0.0.0" | "0" | "::" | "*" => BindScope::Everyone,
        "127.0.0.1" | "localhost" | "::1" => BindScope::Loopback,
        _ => BindScope::Unknown,
    }
}
