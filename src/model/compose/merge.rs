//! Putting an override over a base, key by key (Compose specification, "Merge").

use super::node::{Entry, Kind, Node, Scalar};
use crate::source::{Span, Text};

/// Lays `over` over `base`.
pub(super) fn merge(base: Node, over: Node, path: &mut Vec<String>) -> Node {
    if matches!(over.tag.as_deref(), Some("!override")) {
        return Node { tag: None, ..over };
    }
    if matches!(over.kind, Kind::Null) {
        return base;
    }
    let base = canonical(base, path);
    let over = canonical(over, path);
    match (base.kind, over.kind) {
        (Kind::Map(below), Kind::Map(above)) => Node { span: base.span, kind: Kind::Map(merge_maps(below, above, path)), tag: base.tag },
        (Kind::List(below), Kind::List(above)) => {
            let kind = if replaces(path) { Kind::List(above) } else { Kind::List(merge_lists(below, above, path)) };
            Node { span: over.span, kind, tag: over.tag }
        }
        (_, kind) => Node { span: over.span, kind, tag: over.tag },
    }
}

fn merge_maps(below: Vec<Entry>, above: Vec<Entry>, path: &mut Vec<String>) -> Vec<Entry> {
    let mut out = below;
    for entry in above {
        let at = out.iter().position(|e| e.key.as_str() == entry.key.as_str());
        if matches!(entry.value.tag.as_deref(), Some("!reset")) {
            if let Some(at) = at {
                out.remove(at);
            }
            continue;
        }
        match at {
            Some(at) => {
                path.push(entry.key.as_str().to_owned());
                let old = std::mem::replace(&mut out[at].value, Node { span: entry.value.span, kind: Kind::Null, tag: None });
                // A value that is replaced brings its key along, so that a finding points at the file that wins.
                if matches!(entry.value.kind, Kind::Scalar(_)) {
                    out[at].key = entry.key;
                }
                out[at].value = merge(old, entry.value, path);
                path.pop();
            }
            None => out.push(entry),
        }
    }
    out
}

/// Lists that an override replaces instead of extending.
fn replaces(path: &[String]) -> bool {
    let names: Vec<&str> = path.iter().map(String::as_str).collect();
    matches!(names.as_slice(), ["services", _, "command" | "entrypoint"] | ["services", _, "healthcheck", "test"])
}

/// Lists whose items are one per container path, so that a later item takes the earlier one's place.
fn merge_lists(below: Vec<Node>, above: Vec<Node>, path: &[String]) -> Vec<Node> {
    let by_target = matches!(path, [s, _, key] if s == "services" && (key == "volumes" || key == "devices"));
    let mut out = below;
    for item in above {
        if by_target {
            let target = mount_target(&item);
            if let Some(at) = out.iter().position(|o| target.is_some() && mount_target(o) == target) {
                out[at] = item;
                continue;
            }
        }
        let same = |o: &Node| matches!((o.scalar(), item.scalar()), (Some(a), Some(b)) if a.text.as_str() == b.text.as_str());
        if !out.iter().any(same) {
            out.push(item);
        }
    }
    out
}

fn mount_target(item: &Node) -> Option<String> {
    if let Some(target) = item.get("target") {
        return target.scalar().map(|s| s.text.as_str().trim_end_matches('/').to_owned());
    }
    let text = item.scalar()?.text.as_str().to_owned();
    let mut parts = text.split(':');
    let first = parts.next()?;
    Some(parts.next().unwrap_or(first).trim_end_matches('/').to_owned())
}

/// Values with two notations are brought to one, so that they can be merged.
fn canonical(node: Node, path: &[String]) -> Node {
    let [s, _, key] = path else { return node };
    if s != "services" {
        return node;
    }
    match key.as_str() {
        "environment" | "labels" | "extra_hosts" => pairs_to_map(node),
        "depends_on" | "networks" => names_to_map(node),
        "build" => match &node.kind {
            Kind::Scalar(context) => {
                let key = Text::derived("context", context.text.span());
                let value = Node { span: node.span, kind: Kind::Scalar(context.clone()), tag: None };
                Node { span: node.span, kind: Kind::Map(vec![Entry { key, value }]), tag: node.tag }
            }
            _ => node,
        },
        "env_file" | "dns" | "tmpfs" => match node.kind {
            Kind::Scalar(_) => Node { span: node.span, tag: node.tag.clone(), kind: Kind::List(vec![node]) },
            _ => node,
        },
        _ => node,
    }
}

/// `["A=b"]` as `{A: b}`; an item without `=` has a null value.
pub(super) fn pairs_to_map(node: Node) -> Node {
    let Kind::List(items) = &node.kind else { return node };
    let entries = items
        .iter()
        .filter_map(|item| {
            let scalar = item.scalar()?;
            let text = &scalar.text;
            let (key, kind) = match text.find('=') {
                Some(at) => {
                    let value = text.slice(at + 1..text.len());
                    (text.slice(0..at), Kind::Scalar(Scalar { vars: scalar.vars.clone(), ..Scalar::of(value) }))
                }
                None => (text.clone(), Kind::Null),
            };
            Some(Entry { key, value: Node { span: item.span, kind, tag: None } })
        })
        .collect();
    Node { span: node.span, kind: Kind::Map(entries), tag: node.tag }
}

/// `[a, b]` as `{a: null, b: null}`.
pub(super) fn names_to_map(node: Node) -> Node {
    let Kind::List(items) = &node.kind else { return node };
    let null = |span: Span| Node { span, kind: Kind::Null, tag: None };
    let entries = items.iter().filter_map(|i| Some(Entry { key: i.scalar()?.text.clone(), value: null(i.span) })).collect();
    Node { span: node.span, kind: Kind::Map(entries), tag: node.tag }
}
