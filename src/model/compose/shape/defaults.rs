//! What Compose adds to a merged file: defaults, the folders from which paths start, variables passed on by name.

use super::base_folders::bases;
use super::needs;
use crate::model::compose::tree::{DEFAULTS, Default, Entry, Fault, ITEM, KeyPath, Kind, Node};
use crate::model::compose::values::variables::{Unset, Variables};
use crate::source::{RelPath, Text};

/// Defaults, checks, paths and variables that are passed on by name.
pub(crate) fn add_defaults(
    tree: &mut Node,
    folder: &RelPath,
    env: &Variables,
    faults: &mut Vec<Fault>,
) {
    fill_in(tree, &KeyPath::TOP);
    needs::check(tree, faults);
    bases(tree, folder);
    if env.unset() == Unset::Blank {
        pass_on(tree, env);
    }
}

fn fill_in(node: &mut Node, path: &KeyPath<'_>) {
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
            entries.iter_mut().for_each(|e| fill_in(&mut e.value, &path.next(e.key.as_str())))
        }
        Kind::List(items) => items.iter_mut().for_each(|i| fill_in(i, &path.next(ITEM))),
        _ => {}
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
                scalar.text.push_derived("=", item.span);
                scalar.text.push_text(&value.seen_at(item.span));
            }
        }
    }
}
