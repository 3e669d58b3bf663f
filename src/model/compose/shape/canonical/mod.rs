//! Short notations made long, as Compose does before it looks at anything (Compose specification, the "short
//! syntax" of each key). Every part of a long form keeps the place it was written at.
//!
//! What hangs on a variable that is not set stays as it is: it is unknown, not wrong.

pub(crate) mod ports;
pub(crate) mod shapes;
pub(crate) mod volumes;

pub(crate) use ports::cap as cap_ports;

use super::notations::{build, dependencies, names, pairs_to_map, started};
use crate::finding::{Quote, prose};
use crate::model::compose::tree::{
    Entry, Fault, FaultKind, ITEM, KeyPath, Kind, Node, SHORT, Scalar, Short, Value,
};
use crate::source::{Span, Text};

/// Makes every short notation of a project long.
pub(crate) fn canonical(tree: &mut Node, faults: &mut Vec<Fault>) {
    walk(tree, &KeyPath::TOP, faults);
}

fn walk(node: &mut Node, path: &KeyPath<'_>, faults: &mut Vec<Fault>) {
    if let Some(short) = path.find(SHORT) {
        let old = std::mem::replace(node, Node::null(node.span));
        *node = long(short, old, path, faults);
        if !matches!(short, Short::Build | Short::Extends | Short::Gpus) {
            return;
        }
    }
    walk_children(node, path, faults);
}

fn walk_children(node: &mut Node, path: &KeyPath<'_>, faults: &mut Vec<Fault>) {
    match &mut node.kind {
        Kind::Map(entries) => {
            entries.iter_mut().for_each(|e| walk(&mut e.value, &path.next(e.key.as_str()), faults))
        }
        Kind::List(items) => items.iter_mut().for_each(|i| walk(i, &path.next(ITEM), faults)),
        _ => {}
    }
}

fn long(short: Short, node: Node, path: &KeyPath<'_>, faults: &mut Vec<Fault>) -> Node {
    match short {
        Short::Build => build(node),
        Short::KeyValues => key_values(node, faults),
        Short::DependsOn => depends_on(node),
        Short::EnvFile => env_files(node),
        Short::TextOrList => text_or_list(node),
        Short::Dns => {
            let mut node = text_or_list(node);
            if let Kind::List(items) = &mut node.kind {
                items.retain(|i| {
                    !matches!(i.kind, Kind::Null) && i.scalar().is_none_or(|s| !s.text.is_empty())
                });
            }
            node
        }
        Short::AsText => as_text(node),
        Short::Extends => match node.scalar() {
            Some(_) => Node::map(node.span, vec![Entry::implied("service", node)]),
            None => node,
        },
        Short::Gpus => match node.scalar() {
            Some(s) => {
                let all =
                    Entry::implied("count", Node::of_text(Text::derived("all", s.text.span())));
                Node::list(node.span, vec![Node::map(node.span, vec![all])])
            }
            None => node,
        },
        Short::Names => names(node),
        Short::Volume => volumes::volume(node, faults),
        Short::Device => device(node, faults),
        Short::FileMount => match node.kind {
            Kind::Scalar(_) => Node::map(node.span, vec![Entry::implied("source", node)]),
            _ => node,
        },
        Short::Ports => ports::ports(node, faults),
        Short::Ssh => ssh(node, faults),
        Short::External => external(node, path, faults),
    }
}

fn text_or_list(node: Node) -> Node {
    match &node.kind {
        Kind::Scalar(s) if s.value == Value::Text => Node::list(node.span, vec![node]),
        _ => node,
    }
}

fn true_at(key: &str, span: Span) -> Entry {
    Entry::implied(key, Node::of_bool(true, span))
}

fn key_values(node: Node, faults: &mut Vec<Fault>) -> Node {
    let Kind::List(items) = &node.kind else { return node };
    for item in items {
        if let Some(scalar) = item.scalar()
            && scalar.text.is_resolved()
            && !scalar.text.contains('=')
        {
            faults.push(
                Fault::new(
                    FaultKind::Value,
                    item.span,
                    prose!("`{}` is no `name=value`", scalar.text),
                )
                .help("write the name, `=` and where it comes from"),
            );
        }
    }
    pairs_to_map(node)
}

fn depends_on(node: Node) -> Node {
    let mut node = dependencies(node);
    if let Kind::Map(entries) = &mut node.kind {
        for Entry { key, value } in entries {
            let Kind::Map(fields) = &mut value.kind else { continue };
            let Kind::Map(defaults) = started(key.span(), None).kind else { continue };
            for default in defaults {
                if !fields.iter().any(|f| f.key.as_str() == default.key.as_str()) {
                    fields.push(default);
                }
            }
        }
    }
    node
}

fn env_files(node: Node) -> Node {
    let span = node.span;
    let items = match node.kind {
        Kind::Scalar(_) => vec![node],
        Kind::List(items) => items,
        _ => return node,
    };
    let one = |item: Node| match item.kind {
        Kind::Scalar(_) => {
            let span = item.span;
            Node::map(span, vec![Entry::implied("path", item), true_at("required", span)])
        }
        Kind::Map(mut entries) => {
            if !entries.iter().any(|e| e.key.as_str() == "required") {
                entries.push(true_at("required", item.span));
            }
            Node::map(item.span, entries)
        }
        _ => item,
    };
    Node::list(span, items.into_iter().map(one).collect())
}

fn as_text(node: Node) -> Node {
    let Some(scalar) = node.scalar() else { return node };
    let text = scalar.shown();
    Node { kind: Kind::Scalar(Scalar { text, value: Value::Text, ..scalar.clone() }), ..node }
}

fn device(node: Node, faults: &mut Vec<Fault>) -> Node {
    let Some(scalar) = node.scalar() else { return node };
    let text = &scalar.text;
    let colons: Vec<usize> = text.match_indices(':').map(|(i, _)| i).collect();
    let (source, target, permissions) = match *colons.as_slice() {
        [] => (text.clone(), text.clone(), None),
        [a] => (text.slice(0..a), text.slice(a + 1..text.len()), None),
        [a, b] => (text.slice(0..a), text.slice(a + 1..b), Some(text.slice(b + 1..text.len()))),
        _ => {
            let message = prose!("`{}` has too many colons for a device", text);
            faults.push(
                Fault::new(FaultKind::Value, node.span, message)
                    .help("write `source:`, `target:` and `permissions:` instead"),
            );
            return node;
        }
    };
    let target = if target.is_empty() { source.clone() } else { target };
    let permissions = permissions.unwrap_or_else(|| Text::derived("rwm", node.span));
    let entries = [("source", source), ("target", target), ("permissions", permissions)];
    Node::map(
        node.span,
        entries.into_iter().map(|(key, text)| Entry::implied(key, Node::of_text(text))).collect(),
    )
}

fn ssh(node: Node, faults: &mut Vec<Fault>) -> Node {
    let Kind::List(items) = &node.kind else { return node };
    let mut entries = Vec::new();
    for scalar in items.iter().filter_map(Node::scalar) {
        let text = &scalar.text;
        match text.find('=') {
            Some(at) => entries.push(Entry {
                key: text.slice(0..at),
                value: Node::of_text(text.slice(at + 1..text.len())),
            }),
            None if text.as_str() == "default" => {
                entries.push(Entry { key: text.clone(), value: Node::null(text.span()) })
            }
            None => faults.push(
                Fault::new(
                    FaultKind::Value,
                    text.span(),
                    prose!("`{}` is no ssh key that Compose knows", text),
                )
                .help("write `default`, or `name=/path/to/key`"),
            ),
        }
    }
    Node::map(node.span, entries)
}

/// `external: {name: x}`, the old form of `external: true` and `name: x`.
fn external(mut node: Node, path: &KeyPath<'_>, faults: &mut Vec<Fault>) -> Node {
    let Some(old) =
        node.entry("external").filter(|e| matches!(e.value.kind, Kind::Map(_))).cloned()
    else {
        return node;
    };
    let name = node.get("name").and_then(Node::scalar).map(|s| s.text.clone());
    let old_name = old.value.get("name").and_then(Node::scalar).map(|s| s.text.clone());
    let span = old.key.span();
    if let Kind::Map(entries) = &mut node.kind {
        if let Some(entry) = entries.iter_mut().find(|e| e.key.as_str() == "external") {
            entry.value = Node::of_bool(true, span);
        }
        if let (None, Some(old_name)) = (&name, &old_name) {
            entries.push(Entry::implied("name", Node::of_text(old_name.clone())));
        }
    }
    if let Some(old_name) = old_name {
        faults.push(
            Fault::new(FaultKind::Deprecated, old_name.span(), "`external.name` is deprecated")
                .label("Compose warns about this name")
                .help(prose!("write `external: true` and, beside it, `name: {}`", old_name))
                .accepted(),
        );
        if let Some(name) = name.filter(|n| n.as_str() != old_name.as_str()) {
            let message = prose!(
                "`{}` has two names: `name` and `external.name` differ",
                Quote::name(path.last())
            );
            faults.push(
                Fault::new(FaultKind::Exclusive, old_name.span(), message)
                    .label("one name")
                    .also(name.span(), "another")
                    .help("keep `name` and write `external: true`"),
            );
        }
    }
    node
}
