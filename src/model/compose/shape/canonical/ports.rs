//! `[[HOST_IP:]HOST:]CONTAINER[/PROTOCOL]` (Compose specification, `ports`, short syntax).

use super::volumes::unset_names;
use crate::finding::{Prose, Quote, prose};
use crate::model::compose::tree::limits::MAX_PORTS;
use crate::model::compose::tree::{Entry, Fault, FaultKind, Kind, Node, Scalar, Value};
use crate::source::Text;
use std::net::IpAddr;

/// One published port.
#[derive(Debug, PartialEq, Eq)]
struct Binding {
    address: String,
    published: String,
    target: u16,
    protocol: String,
}

/// Leaves out the ports of services beyond the limit; each of the short forms takes as many as it stands for.
pub(crate) fn cap(tree: &mut Node, left: &mut usize, faults: &mut Vec<Fault>) {
    let Some(Node { kind: Kind::Map(services), .. }) = tree.get_mut("services") else { return };
    for service in services {
        let Some(Node { kind: Kind::List(items), .. }) = service.value.get_mut("ports") else {
            continue;
        };
        items.retain(|item| {
            let Some(scalar) = item.scalar() else { return true };
            let takes = count(scalar.text.as_str());
            if let Some(rest) = left.checked_sub(takes) {
                *left = rest;
                return true;
            }
            let message = prose!(
                "the services of the project publish more than {} ports; the rest is not read",
                MAX_PORTS
            );
            if !faults.iter().any(|f| f.message == message) {
                faults.push(
                    Fault::new(FaultKind::Limit, item.span, message).label("here reading stops"),
                );
            }
            false
        });
    }
}

/// How many ports a short form stands for.
fn count(spec: &str) -> usize {
    let container = spec.rsplit(':').next().unwrap_or_default();
    let container = container.split('/').next().unwrap_or_default();
    range(container).map_or(1, |(from, to)| usize::from(to - from) + 1)
}

/// The long forms of `ports`: a range is one for each port of the container, in the order of their texts.
pub(super) fn ports(node: Node, faults: &mut Vec<Fault>) -> Node {
    let span = node.span;
    let Kind::List(items) = node.kind else { return node };
    let mut all = Vec::with_capacity(items.len());
    for item in items {
        let Some(scalar) = item.scalar().filter(|s| s.text.is_resolved()) else {
            all.push(item);
            continue;
        };
        match bindings(&scalar.display()) {
            Ok(mut bindings) => {
                bindings.sort_by_key(|b| format!("{}/{}", b.target, b.protocol));
                all.extend(bindings.iter().map(|b| long(&item, scalar, b)));
            }
            Err(why) => {
                let unset = unset_names(scalar);
                let help = if unset.is_empty() {
                    prose!("write `\"host:container\"`, such as `\"8000:8000\"`")
                } else {
                    prose!(
                        "{} is not set, so nothing stands in its place; set it in .env or give it a default",
                        unset
                    )
                };
                faults.push(
                    Fault::new(
                        FaultKind::Value,
                        item.span,
                        prose!("`{}` is no port: {}", scalar.text, why.or_at(scalar.text.span())),
                    )
                    .help(help),
                );
                all.push(item);
            }
        }
    }
    Node::list(span, all)
}

fn long(item: &Node, scalar: &Scalar, binding: &Binding) -> Node {
    let span = item.span;
    // A part that stands in the text keeps its own place: the published port is the second to last, the
    // container's the last.
    let text = &scalar.text;
    let s = text.as_str();
    let end = s.find('/').unwrap_or(s.len());
    let colon = s[..end].rfind(':');
    let place = |wanted: &str, range: std::ops::Range<usize>| {
        if s.get(range.clone()) == Some(wanted) {
            text.slice(range)
        } else {
            Text::derived(wanted, span)
        }
    };
    let target = place(&binding.target.to_string(), colon.map_or(0, |c| c + 1)..end);
    let target = Node {
        span: target.span(),
        kind: Kind::Scalar(Scalar {
            value: Value::Int(i128::from(binding.target)),
            ..Scalar::of_text(target)
        }),
        tag: None,
    };
    let mut entries = vec![Entry::implied("mode", Node::of_text(Text::derived("ingress", span)))];
    if !binding.address.is_empty() {
        entries.push(Entry::implied(
            "host_ip",
            Node::of_text(place(&binding.address, 0..binding.address.len())),
        ));
    }
    // Port 0 is none to Compose, which then misses one.
    if binding.target != 0 {
        entries.push(Entry::implied("target", target));
    }
    if !binding.published.is_empty() {
        let from = colon.map_or(0, |c| s[..c].rfind(':').map_or(0, |i| i + 1));
        let published = place(&binding.published, from..colon.unwrap_or(0));
        let vars = scalar.vars.clone();
        let node = Node {
            span: published.span(),
            kind: Kind::Scalar(Scalar { vars, ..Scalar::of_text(published) }),
            tag: None,
        };
        entries.push(Entry::implied("published", node));
    }
    entries.push(Entry::implied(
        "protocol",
        Node::of_text(Text::derived(binding.protocol.clone(), span)),
    ));
    Node::map(span, entries)
}

fn bindings(spec: &str) -> Result<Vec<Binding>, Prose> {
    let parts: Vec<&str> = spec.split(':').collect();
    let (address, host, container) = match parts.as_slice() {
        [container] => (String::new(), "", *container),
        [host, container] => (String::new(), *host, *container),
        [address @ .., host, container] => (address.join(":"), *host, *container),
        [] => (String::new(), "", ""),
    };
    let (container, protocol) = match container.split_once('/') {
        _ if container.is_empty() || container.starts_with('/') => {
            return Err("the container's port is missing".into());
        }
        Some((port, "")) => (port, "tcp".to_owned()),
        Some((port, protocol)) => (port, protocol.to_ascii_lowercase()),
        None => (container, "tcp".to_owned()),
    };
    if !matches!(protocol.as_str(), "tcp" | "udp" | "sctp") {
        return Err(prose!("`{}` is no protocol; it is tcp, udp or sctp", Quote::value(&protocol)));
    }
    let address = match address.strip_prefix('[') {
        Some(inner) => {
            inner.strip_suffix(']').ok_or("the bracket of its address is not closed")?.to_owned()
        }
        None => address,
    };
    if !address.is_empty() && address.parse::<IpAddr>().is_err() {
        return Err(prose!("`{}` is no IP address", Quote::value(&address)));
    }
    let (from, to) = range(container)
        .ok_or_else(|| prose!("`{}` is no port of a container", Quote::value(container)))?;
    let (host_from, host_to) = if host.is_empty() {
        (0, 0)
    } else {
        range(host).ok_or_else(|| prose!("`{}` is no port of the host", Quote::value(host)))?
    };
    if !host.is_empty() && to - from != host_to - host_from && to != from {
        return Err("the two ranges differ in length".into());
    }
    let one = |i: u16| {
        let published = match (host.is_empty(), from == to && host_from != host_to) {
            (true, _) => String::new(),
            (false, true) => format!("{host_from}-{host_to}"),
            (false, false) => (host_from + i).to_string(),
        };
        Binding {
            address: address.clone(),
            published,
            target: from + i,
            protocol: protocol.clone(),
        }
    };
    Ok((0..=to - from).map(one).collect())
}

fn range(text: &str) -> Option<(u16, u16)> {
    let port =
        |t: &str| if t.bytes().all(|b| b.is_ascii_digit()) { t.parse::<u16>().ok() } else { None };
    let mut parts = text.split('-');
    let from = port(parts.next()?)?;
    let to = parts.next().map_or(Some(from), port)?;
    (from <= to).then_some((from, to))
}
