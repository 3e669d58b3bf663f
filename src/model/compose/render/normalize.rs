//! What `docker compose config` makes of a loaded project: what is implied is written out (compose-go's
//! normalisation; Compose specification, "Networks", "default network").

use crate::facts::{FileKind, default_name};
use crate::model::compose::check::graph;
use crate::model::compose::shape::notations::started;
use crate::model::compose::tree::paths::clean;
use crate::model::compose::tree::{Entry, Kind, Node, Scalar, Value};
use crate::model::compose::values::dotenv::DotEnv;
use crate::source::Text;

/// Writes out what is implied.
pub(super) fn normalize(tree: &mut Node, name: &str, env: &DotEnv) {
    networks(tree);
    if let Some(Node { kind: Kind::Map(services), .. }) = tree.get_mut("services") {
        services.iter_mut().for_each(|s| service(&mut s.value, env));
    }
    names(tree, name);
}

fn entries(node: &mut Node) -> Option<&mut Vec<Entry>> {
    match &mut node.kind {
        Kind::Map(entries) => Some(entries),
        _ => None,
    }
}

fn text(node: &Node, value: &str) -> Node {
    Node::of_text(Text::derived(value, node.span))
}

fn networks(tree: &mut Node) {
    let mut uses_default = false;
    let span = tree.span;
    if let Some(Node { kind: Kind::Map(services), .. }) = tree.get_mut("services") {
        for service in services {
            let span = service.key.span();
            let Kind::Map(keys) = &mut service.value.kind else { continue };
            if keys.iter().any(|k| matches!(k.key.as_str(), "provider" | "network_mode")) {
                continue;
            }
            let default =
                || vec![Entry { key: Text::derived("default", span), value: Node::null(span) }];
            match keys.iter_mut().find(|k| k.key.as_str() == "networks") {
                None => {
                    keys.push(Entry {
                        key: Text::derived("networks", span),
                        value: Node::map(span, default()),
                    });
                    uses_default = true;
                }
                Some(own) if own.value.entries().is_empty() => {
                    own.value = Node::map(span, default());
                    uses_default = true;
                }
                Some(own) => uses_default |= own.value.get("default").is_some(),
            }
        }
    }
    if !uses_default || tree.get("networks").is_some_and(|n| n.get("default").is_some()) {
        return;
    }
    let entry = Entry { key: Text::derived("default", span), value: Node::null(span) };
    match tree.get_mut("networks") {
        Some(Node { kind: Kind::Map(networks), .. }) => networks.push(entry),
        Some(other) => *other = Node::map(span, vec![entry]),
        None => {
            if let Some(top) = entries(tree) {
                top.push(Entry {
                    key: Text::derived("networks", span),
                    value: Node::map(span, vec![entry]),
                });
            }
        }
    }
}

fn service(service: &mut Node, env: &DotEnv) {
    let implied: Vec<graph::Edge> =
        graph::edges(service).into_iter().filter(|e| e.restart.is_some()).collect();
    if let Some(policy) = service.get_mut("pull_policy")
        && policy.scalar().is_some_and(|s| s.text.as_str() == "if_not_present")
    {
        *policy = text(policy, "missing");
    }
    if let Some(build) = service.get_mut("build") {
        let span = build.span;
        let has =
            |build: &Node, key: &str| build.get(key).is_some_and(|n| !matches!(n.kind, Kind::Null));
        let wanted = [
            ("context", ".", !has(build, "context")),
            (
                "dockerfile",
                default_name(FileKind::Dockerfile),
                !has(build, "dockerfile") && !has(build, "dockerfile_inline"),
            ),
        ];
        if let Some(args) = build.get_mut("args") {
            resolve(args, env, false);
        }
        if let Some(entries) = entries(build) {
            for (key, value, _) in wanted.iter().filter(|w| w.2) {
                entries.retain(|e| e.key.as_str() != *key);
                entries.push(Entry::implied(key, Node::of_text(Text::derived(*value, span))));
            }
        }
    }
    if let Some(environment) = service.get_mut("environment") {
        resolve(environment, env, true);
    }
    if let Some(Node { kind: Kind::List(volumes), .. }) = service.get_mut("volumes") {
        for target in volumes.iter_mut().filter_map(|v| v.get_mut("target")) {
            if let Some(cleaned) = target.scalar().map(|s| clean(s.text.as_str())) {
                *target = text(target, &cleaned);
            }
        }
    }
    let span = service.span;
    if let Some(keys) = entries(service).filter(|_| !implied.is_empty()) {
        if !keys.iter().any(|k| k.key.as_str() == "depends_on") {
            keys.push(Entry {
                key: Text::derived("depends_on", span),
                value: Node::map(span, Vec::new()),
            });
        }
        let depends = keys
            .iter_mut()
            .find(|k| k.key.as_str() == "depends_on")
            .and_then(|k| entries(&mut k.value));
        if let Some(depends) = depends {
            depends.extend(
                implied.into_iter().map(|e| Entry {
                    key: e.to.seen_at(e.span),
                    value: started(e.span, e.restart),
                }),
            );
        }
    }
}

/// Gives values to names that have none; those that nobody sets stay (`keep`) or go.
fn resolve(node: &mut Node, env: &DotEnv, keep: bool) {
    match &mut node.kind {
        Kind::List(items) => items.retain_mut(|item| {
            let Kind::Scalar(scalar) = &mut item.kind else { return true };
            if scalar.value != Value::Text || scalar.text.contains('=') {
                return true;
            }
            let Some((value, _)) = env.get(scalar.text.as_str()) else { return keep };
            scalar.text.push_derived("=", item.span);
            scalar.text.push_text(&value.seen_at(item.span));
            true
        }),
        Kind::Map(entries) => entries.retain_mut(|entry| {
            if !matches!(entry.value.kind, Kind::Null) {
                return true;
            }
            let Some((value, _)) = env.get(entry.key.as_str()) else { return keep };
            entry.value.kind = Kind::Scalar(Scalar::of_text(value.seen_at(entry.value.span)));
            true
        }),
        _ => {}
    }
}

/// Networks, volumes, configs and secrets without a name get that of the project before their key.
fn names(tree: &mut Node, project: &str) {
    for section in ["networks", "volumes", "configs", "secrets"] {
        let Some(Node { kind: Kind::Map(all), .. }) = tree.get_mut(section) else { continue };
        for Entry { key, value } in all {
            if matches!(value.kind, Kind::Null) {
                *value = Node::map(key.span(), Vec::new());
            }
            let external = value
                .get("external")
                .and_then(Node::scalar)
                .is_some_and(|s| s.display().eq_ignore_ascii_case("true"));
            let named = value.get("name").is_some_and(|n| !matches!(n.kind, Kind::Null));
            if let (false, Some(own)) = (named, entries(value)) {
                let name =
                    if external { key.as_str().to_owned() } else { format!("{project}_{key}") };
                own.retain(|e| e.key.as_str() != "name");
                own.push(Entry {
                    key: Text::derived("name", key.span()),
                    value: Node::of_text(Text::derived(name, key.span())),
                });
            }
        }
    }
}
