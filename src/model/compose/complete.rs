//! What Compose adds to a merged file, and what it checks there before anything else: defaults, keys that need one
//! another, and from where relative paths start.

use super::fault::{Fault, FaultKind, exclusive};
use super::keys::{ITEM, KeyPath};
use super::node::{Entry, Kind, Node, Scalar};
use super::value::Value;
use super::variables::{Unset, Variables};
use crate::source::{RelPath, Text};

/// Defaults, checks, paths and variables that are passed on by name.
pub(super) fn complete(
    tree: &mut Node,
    folder: &RelPath,
    env: &Variables,
    faults: &mut Vec<Fault>,
) {
    defaults(tree, &KeyPath::TOP);
    checks(tree, faults);
    bases(tree, folder);
    if env.unset() == Unset::Blank {
        pass_on(tree, env);
    }
}

#[derive(Debug, Clone, Copy)]
enum Default {
    Context,
    SecretTarget,
    Port,
    Count,
}

const DEFAULTS: &[(&[&str], Default)] = &[
    (&["services", "*", "build"], Default::Context),
    (&["services", "*", "secrets", "*"], Default::SecretTarget),
    (&["services", "*", "ports", "*"], Default::Port),
    (&["services", "*", "deploy", "resources", "reservations", "devices", "*"], Default::Count),
    (&["services", "*", "gpus", "*"], Default::Count),
];

fn defaults(node: &mut Node, path: &KeyPath<'_>) {
    if let Some(default) = path.find(DEFAULTS) {
        let span = node.span;
        let source = node.get("source").and_then(Node::scalar).map(|s| s.text.clone());
        let counted = node.get("count").is_some() || node.get("device_ids").is_some();
        let text = |t: &str| Node::of_text(Text::derived(t, span));
        let wanted: Vec<(&str, Node)> = match default {
            Default::Context => vec![("context", text("."))],
            Default::SecretTarget => source
                .map(|source| {
                    let mut target = Text::empty(span);
                    target.push_derived("/run/secrets/", span);
                    target.push_text(&source);
                    vec![("target", Node::of_text(target))]
                })
                .unwrap_or_default(),
            Default::Port => vec![("protocol", text("tcp")), ("mode", text("ingress"))],
            Default::Count if counted => Vec::new(),
            Default::Count => vec![("count", text("all"))],
        };
        if let Kind::Map(entries) = &mut node.kind {
            for (key, value) in wanted {
                if !entries.iter().any(|e| e.key.as_str() == key) {
                    entries.push(Entry::implied(key, value));
                }
            }
        }
        return;
    }
    match &mut node.kind {
        Kind::Map(entries) => {
            entries.iter_mut().for_each(|e| defaults(&mut e.value, &path.next(e.key.as_str())))
        }
        Kind::List(items) => items.iter_mut().for_each(|i| defaults(i, &path.next(ITEM))),
        _ => {}
    }
}

fn checks(tree: &Node, faults: &mut Vec<Fault>) {
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
                let message = format!("`{address}` is no IP address to publish a port on");
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
                exclusive(count, ids, "a device request", faults);
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
        exclusive(external, other, &format!("the volume `{}`", volume.key), faults);
    }
}

fn one_source(object: &Entry, what: &str, keys: &[&str], faults: &mut Vec<Fault>) {
    if !matches!(object.value.kind, Kind::Map(_)) {
        return;
    }
    let set: Vec<&Entry> = keys.iter().filter_map(|k| object.value.entry(k)).collect();
    if let [first, second, ..] = set.as_slice() {
        exclusive(first, second, &format!("the {what} `{}`", object.key), faults);
    }
    if set.is_empty()
        && object.value.get("driver").is_none()
        && object.value.get("external").is_none()
    {
        let message =
            format!("the {what} `{}` does not say where its content comes from", object.key);
        let help = format!(
            "add `file:` with its path, or {}",
            if what == "config" {
                "`content:`"
            } else {
                "`environment:` with the name of a variable"
            }
        );
        faults.push(
            Fault::new(FaultKind::NoSource, object.key.span(), message)
                .label("no source")
                .help(help),
        );
    }
}

/// Which values are paths, and whether they may also be something else.
const PATHS: &[(&[&str], Path)] = &[
    (&["services", "*", "build", "context"], Path::Context),
    (&["services", "*", "build", "additional_contexts", "*"], Path::Context),
    (&["services", "*", "build", "ssh", "*"], Path::Mounted),
    (&["services", "*", "env_file", "*", "path"], Path::Plain),
    (&["services", "*", "label_file", "*"], Path::Plain),
    (&["services", "*", "extends", "file"], Path::Plain),
    (&["services", "*", "develop", "watch", "*", "path"], Path::Plain),
    (&["configs", "*", "file"], Path::Mounted),
    (&["secrets", "*", "file"], Path::Mounted),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Path {
    /// An empty one stays empty.
    Plain,
    /// The same, and it may lie elsewhere.
    Context,
    /// An empty one is the folder itself.
    Mounted,
}

/// Whether a build context lies elsewhere than in this file system (Compose specification, `build`, `context`).
pub(super) fn is_remote(context: &str) -> bool {
    let schemes = ["https://", "http://", "git://", "ssh://", "github.com/", "git@", "service:"];
    context.contains("://") || schemes.iter().any(|s| context.starts_with(s))
}

/// Notes for every path of a tree in long notation that it starts from `folder`, unless that is said already.
pub(super) fn bases(tree: &mut Node, folder: &RelPath) {
    walk(tree, &KeyPath::TOP, folder);
}

fn walk(node: &mut Node, path: &KeyPath<'_>, folder: &RelPath) {
    if let Some(kind) = path.find(PATHS) {
        if let Kind::Scalar(scalar) = &mut node.kind
            && !(kind == Path::Context && is_remote(scalar.text.as_str()))
            && !(kind != Path::Mounted && scalar.text.is_empty())
        {
            start_from(scalar, folder);
        }
        return;
    }
    if path.is(&["services", "*", "volumes", "*"]) {
        let bind =
            node.get("type").and_then(Node::scalar).is_some_and(|t| t.text.as_str() == "bind");
        if let (true, Some(Node { kind: Kind::Scalar(source), .. })) =
            (bind, node.get_mut("source"))
        {
            start_from(source, folder);
        } else if let Kind::Scalar(scalar) = &mut node.kind {
            // A short form that could not be made long.
            start_from(scalar, folder);
        }
        return;
    }
    if path.is(&["volumes", "*"]) {
        let is = |n: Option<&Node>, wanted: &str| {
            n.and_then(Node::scalar).is_some_and(|s| s.text.as_str() == wanted)
        };
        let local = is(node.get("driver"), "local")
            && is(node.get("driver_opts").and_then(|o| o.get("o")), "bind");
        if local
            && let Some(Node { kind: Kind::Scalar(device), .. }) =
                node.get_mut("driver_opts").and_then(|o| o.get_mut("device"))
        {
            start_from(device, folder);
        }
        return;
    }
    match &mut node.kind {
        Kind::Map(entries) => {
            entries.iter_mut().for_each(|e| walk(&mut e.value, &path.next(e.key.as_str()), folder))
        }
        Kind::List(items) => items.iter_mut().for_each(|i| walk(i, &path.next(ITEM), folder)),
        _ => {}
    }
}

fn start_from(scalar: &mut Scalar, folder: &RelPath) {
    if scalar.base.is_none() {
        scalar.base = Some(folder.clone());
    }
}

/// Gives `- NAME` in an `environment` list the value it has around the file, and a secret or config its content.
fn pass_on(tree: &mut Node, env: &Variables) {
    let Some(Node { kind: Kind::Map(services), .. }) = tree.get_mut("services") else { return };
    for service in services {
        let Some(Node { kind: Kind::List(items), .. }) = service.value.get_mut("environment")
        else {
            continue;
        };
        for item in items {
            let Kind::Scalar(scalar) = &mut item.kind else { continue };
            if let Some((value, _)) = env.get(scalar.text.as_str()) {
                let value = format!("={value}");
                scalar.text.push_derived(&value, item.span);
            }
        }
    }
}
