//! The short syntaxes of mounts and ports, for those that hang on a variable that is not set and so stay short.

use super::service::{Mount, MountKind, MountSyntax, Port};
use crate::model::compose::tree::Scalar;

/// `[SOURCE:]TARGET[:MODE]` (Compose specification, `volumes` short syntax).
pub(crate) fn mount(scalar: &Scalar) -> Option<Mount> {
    let text = &scalar.text;
    let s = text.as_str();
    // A Windows drive's colon is no separator.
    let drive = s.len() > 2
        && s.as_bytes()[0].is_ascii_alphabetic()
        && s.as_bytes()[1] == b':'
        && matches!(s.as_bytes()[2], b'\\' | b'/');
    let from = if drive { 2 } else { 0 };
    let Some(colon) = s[from..].find(':').map(|i| i + from) else {
        return Some(Mount {
            kind: MountKind::Anonymous,
            source: None,
            target: text.clone(),
            read_only: false,
            nocopy: false,
            subpath: None,
            base: scalar.base.clone(),
            syntax: MountSyntax::Short,
            makes_host_path: false,
            span: text.span(),
        });
    };
    let source = text.slice(0..colon);
    let rest = &s[colon + 1..];
    let end = rest.find(':').map_or(s.len(), |i| colon + 1 + i);
    let mode = s.get(end + 1..).unwrap_or("");
    let kind =
        if source.starts_with('.') || source.starts_with('/') || source.starts_with('~') || drive {
            MountKind::Bind
        } else {
            MountKind::Volume
        };
    // A source that came from a variable that is not set could be either.
    let kind = if source.is_empty() || !source.is_resolved() { MountKind::Unknown } else { kind };
    let has = |flag: &str| mode.split(',').any(|m| m == flag);
    Some(Mount {
        kind,
        source: Some(source),
        target: text.slice(colon + 1..end),
        read_only: has("ro"),
        nocopy: has("nocopy"),
        subpath: None,
        base: scalar.base.clone(),
        syntax: MountSyntax::Short,
        makes_host_path: kind == MountKind::Bind,
        span: text.span(),
    })
}

/// `[HOST:]CONTAINER[/PROTOCOL]` (Compose specification, `ports` short syntax).
pub(crate) fn port(scalar: &Scalar) -> Option<Port> {
    let text = scalar.known()?;
    let s = text.as_str();
    let (ports, protocol) = s.rsplit_once('/').unwrap_or((s, "tcp"));
    // An address in brackets holds colons of its own.
    let mut parts: Vec<&str> = match ports.strip_prefix('[').and_then(|r| r.split_once("]:")) {
        Some((address, rest)) => std::iter::once(address).chain(rest.split(':')).collect(),
        None => ports.split(':').collect(),
    };
    let target = parts.pop()?.parse().ok();
    let published = parts.pop().filter(|p| !p.is_empty()).map(str::to_owned);
    let address = parts.pop().map(str::to_owned);
    Some(Port { target, published, address, protocol: protocol.to_owned(), span: text.span() })
}
