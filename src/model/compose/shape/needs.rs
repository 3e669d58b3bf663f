//! Keys that need one another or exclude each other, as Compose checks them before anything else.

use crate::finding::{Own, prose};
use crate::model::compose::tree::{Entry, Fault, FaultKind, Kind, Node, Value, exclusive};

pub(super) fn check(tree: &Node, faults: &mut Vec<Fault>) {
    for volume in tree.get("volumes").map(Node::entries).unwrap_or_default() {
        external_alone(volume, faults);
    }
    for secret in tree.get("secrets").map(Node::entries).unwrap_or_default() {
        one_source(secret, "secret", &["file", "environment"], faults);
    }
    for config in tree.get("configs").map(Node::entries).unwrap_or_default() {
        one_source(config, "config", &["file", "environment", "content"], faults);
    }
    for service in
        tree.get("services").map(Node::entries).unwrap_or_default().iter().map(|e| &e.value)
    {
        for port in service.get("ports").map(Node::items).unwrap_or_default() {
            if let Some(address) = port.get("host_ip").and_then(Node::text)
                && address.as_str().parse::<std::net::IpAddr>().is_err()
            {
                let message = prose!("`{}` is no IP address to publish a port on", address);
                faults.push(
                    Fault::new(FaultKind::Value, address.span(), message)
                        .label("no IP address")
                        .help("write `127.0.0.1`, or leave it out for all"),
                );
            }
        }
        for volume in service.get("volumes").map(Node::items).unwrap_or_default() {
            let bind = volume
                .get("type")
                .and_then(Node::scalar)
                .is_some_and(|t| t.text.as_str() == "bind");
            if bind && volume.get("source").is_none() {
                faults.push(
                    Fault::new(FaultKind::Value, volume.span, "a bind mount needs a `source`")
                        .label("nothing is mounted here")
                        .help("add `source:` with a path of the host"),
                );
            }
        }
        let watches = service
            .get("develop")
            .and_then(|d| d.get("watch"))
            .map(Node::items)
            .unwrap_or_default();
        for path in watches.iter().filter_map(|w| w.get("path")) {
            if path.scalar().is_some_and(|s| s.text.is_empty()) {
                faults.push(
                    Fault::new(FaultKind::Watch, path.span, "`path` of a watch is empty")
                        .help("write the folder to watch"),
                );
            }
        }
        let reserved = service
            .get("deploy")
            .and_then(|d| d.get("resources"))
            .and_then(|r| r.get("reservations"))
            .and_then(|r| r.get("devices"));
        for request in reserved.into_iter().chain(service.get("gpus")).flat_map(Node::items) {
            if let (Some(count), Some(ids)) = (request.entry("count"), request.entry("device_ids"))
            {
                exclusive(count, ids, &"a device request".into(), faults);
            }
        }
    }
}

fn is_external(node: &Node) -> bool {
    node.get("external").and_then(Node::scalar).is_some_and(|s| s.value == Value::Bool(true))
}

fn external_alone(volume: &Entry, faults: &mut Vec<Fault>) {
    if !is_external(&volume.value) {
        return;
    }
    let Some(external) = volume.value.entry("external") else { return };
    let other = volume
        .value
        .entries()
        .iter()
        .find(|e| !matches!(e.key.as_str(), "name" | "external") && !e.key.starts_with("x-"));
    if let Some(other) = other {
        exclusive(external, other, &prose!("the volume `{}`", volume.key), faults);
    }
}

fn one_source(object: &Entry, what: &'static str, keys: &[&str], faults: &mut Vec<Fault>) {
    if !matches!(object.value.kind, Kind::Map(_)) {
        return;
    }
    let set: Vec<&Entry> = keys.iter().filter_map(|k| object.value.entry(k)).collect();
    if let [first, second, ..] = set.as_slice() {
        exclusive(first, second, &prose!("the {} `{}`", Own(what), object.key), faults);
    }
    if set.is_empty()
        && object.value.get("driver").is_none()
        && object.value.get("external").is_none()
    {
        let message =
            prose!("the {} `{}` does not say where its content comes from", Own(what), object.key);
        let help = prose!(
            "add `file:` with its path, or {}",
            Own(if what == "config" {
                "`content:`"
            } else {
                "`environment:` with the name of a variable"
            })
        );
        faults.push(
            Fault::new(FaultKind::NoSource, object.key.span(), message)
                .label("no source")
                .help(help),
        );
    }
}
