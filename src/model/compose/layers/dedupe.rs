//! Lists whose items are one for each key: a later item takes the place of an earlier one (Compose
//! specification, "Merge", "Unique resources").

use crate::finding::{Prose, Quote, prose};
use crate::model::compose::shape::canonical::volumes::volume_target;
use crate::model::compose::tree::{By, Fault, FaultKind, KeyPath, Kind, Node, ONE_EACH, Value};

/// Leaves one item for each key in every such list of a project.
pub(super) fn dedupe(tree: &mut Node, faults: &mut Vec<Fault>) {
    walk(tree, &KeyPath::TOP, faults);
}

fn walk(node: &mut Node, path: &KeyPath<'_>, faults: &mut Vec<Fault>) {
    match &mut node.kind {
        Kind::Map(entries) => {
            entries.iter_mut().for_each(|e| walk(&mut e.value, &path.next(e.key.as_str()), faults))
        }
        Kind::List(items) => {
            if let Some(by) = path.find(ONE_EACH) {
                faults.extend(items.iter().filter_map(|i| keyless(i, by, path.last())));
                one_each(items, by);
            }
        }
        _ => {}
    }
}

/// What is wrong with an item that has nothing to tell it apart by. What the schema refuses as well is left to it.
fn keyless(item: &Node, by: By, list: &str) -> Option<Fault> {
    let fault = |message: Prose, help: &'static str| {
        Some(Fault::new(FaultKind::Value, item.span, message).help(help))
    };
    let target = item.get("target").is_some_and(|t| !matches!(t.kind, Kind::Null));
    match (by, &item.kind) {
        (By::Target | By::Device, Kind::Map(_)) if !target => fault(
            prose!("an entry of `{}` has no `target`", Quote::name(list)),
            "add `target:` with the path in the container",
        ),
        (By::Port, Kind::Map(_)) if !target => fault(
            prose!("an entry of `{}` has no port of the container", Quote::name(list)),
            "add `target:` with the port the program listens on",
        ),
        (By::Whole, Kind::Scalar(s)) if !matches!(s.value, Value::Text | Value::Int(_)) => fault(
            prose!("`{}` in `{}` is no port", s.text, Quote::name(list)),
            "write a whole number, or a range in quotes",
        ),
        _ => None,
    }
}

fn one_each(items: &mut Vec<Node>, by: By) {
    let mut at = std::collections::HashMap::new();
    let mut kept: Vec<Node> = Vec::with_capacity(items.len());
    for item in items.drain(..) {
        // What has no key is no duplicate of anything; the schema says what is wrong with it.
        match key(&item, by) {
            Some(key) => match at.get(&key) {
                Some(index) => kept[*index] = item,
                None => {
                    at.insert(key, kept.len());
                    kept.push(item);
                }
            },
            None => kept.push(item),
        }
    }
    *items = kept;
}

fn key(item: &Node, by: By) -> Option<String> {
    let text = |key: &str| item.get(key).and_then(Node::scalar).map(|s| s.text.as_str().to_owned());
    let Some(scalar) = item.scalar() else {
        return match by {
            By::Target | By::Device => text("target"),
            By::Config | By::Secret => {
                text("target").or_else(|| text("source").map(|s| format!("{}/{s}", folder(by))))
            }
            By::EnvFile => text("path"),
            By::Port => {
                // A number and a text are two things to Compose, even with the same digits.
                let published = item
                    .get("published")
                    .and_then(Node::scalar)
                    .map(|s| format!("{:?}{}", s.value == Value::Text, s.text));
                let host = text("host_ip").unwrap_or_else(|| "0.0.0.0".into());
                let protocol = text("protocol").unwrap_or_else(|| "tcp".into());
                Some(format!("{host}:{published:?}:{}/{protocol}", text("target")?))
            }
            By::Name | By::Whole => None,
        };
    };
    let s = scalar.text.as_str();
    Some(match by {
        By::Name => s.split_once('=').map_or(s, |(name, _)| name).to_owned(),
        By::Target => volume_target(&scalar.text)?,
        By::Device => s.split(':').nth(1).unwrap_or(s).to_owned(),
        By::Config | By::Secret => format!("{}/{s}", folder(by)),
        By::Whole | By::Port | By::EnvFile => scalar.display(),
    })
}

/// The folder of a container in which a config or secret lies that says no path of its own.
fn folder(by: By) -> &'static str {
    if matches!(by, By::Secret) { "/run/secrets" } else { "" }
}
