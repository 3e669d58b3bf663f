//! Two notations of the same thing: a list and a mapping, a text and a mapping, and how one becomes the other.

use crate::model::compose::tree::value::moment;
use crate::model::compose::tree::{Entry, Kind, Node, Scalar, Value};
use crate::source::{Span, Text};

/// `{A: b}` as `["A=b"]`, sorted; a lone text as a list of it.
pub(crate) fn pairs(node: Node) -> Vec<Node> {
    let entries = match node.kind {
        Kind::List(items) => return items,
        Kind::Scalar(Scalar { value: Value::Text, .. }) => return vec![node],
        // A lone number is dropped without a word.
        Kind::Null | Kind::Scalar(_) => return Vec::new(),
        Kind::Map(entries) => entries,
    };
    let mut items: Vec<Node> = Vec::new();
    for Entry { key, value } in entries {
        match value.kind {
            Kind::List(values) => items.extend(values.iter().map(|v| pair(&key, v))),
            _ => items.push(pair(&key, &value)),
        }
    }
    let text = |n: &Node| n.scalar().map(|s| s.text.as_str().to_owned());
    items.sort_by_key(text);
    items
}

/// `key=value` as one text; only the key where there is no value.
fn pair(key: &Text, value: &Node) -> Node {
    let span = key.span().cover(value.span);
    let mut text = Text::empty(span);
    text.push_text(key);
    if matches!(value.kind, Kind::Null) {
        return Node { span, ..Node::of_text(text) };
    }
    text.push_derived("=", span);
    let shown = written(value);
    let Some(scalar) = value.scalar() else {
        text.push_derived(&shown, value.span);
        return Node { span, ..Node::of_text(text) };
    };
    if shown == scalar.text.as_str() {
        text.push_text(&scalar.text);
    } else {
        text.push_derived(&shown, scalar.text.span());
    }
    let scalar = Scalar { vars: scalar.vars.clone(), via: scalar.via, ..Scalar::of_text(text) };
    Node { span, kind: Kind::Scalar(scalar), tag: None }
}

/// A value as Compose writes it into a text, whatever it is.
fn written(node: &Node) -> String {
    match &node.kind {
        Kind::Null => "<nil>".into(),
        Kind::Scalar(s) if s.value == Value::Date => {
            // `2024-01-05 00:00:00 +0000 UTC`
            let moment = moment(&s.text).replace('T', " ");
            match moment.strip_suffix('Z') {
                Some(utc) => format!("{utc} +0000 UTC"),
                None => moment,
            }
        }
        Kind::Scalar(s) => s.display(),
        Kind::List(items) => {
            format!("[{}]", items.iter().map(written).collect::<Vec<_>>().join(" "))
        }
        Kind::Map(entries) => {
            let mut entries: Vec<String> =
                entries.iter().map(|e| format!("{}:{}", e.key, written(&e.value))).collect();
            entries.sort();
            format!("map[{}]", entries.join(" "))
        }
    }
}

/// `["A=b"]` as `{A: b}`; an item without `=` has a null value.
pub(crate) fn pairs_to_map(node: Node) -> Node {
    let Kind::List(items) = &node.kind else { return node };
    let entries = items
        .iter()
        .filter_map(|item| {
            let scalar = item.scalar()?;
            let text = &scalar.text;
            let (key, kind) = match text.find('=') {
                Some(at) => {
                    let value = text.slice(at + 1..text.len());
                    let scalar = Scalar {
                        vars: scalar.vars.clone(),
                        via: scalar.via,
                        ..Scalar::of_text(value)
                    };
                    (text.slice(0..at), Kind::Scalar(scalar))
                }
                None => (text.clone(), Kind::Null),
            };
            Some(Entry { key, value: Node { span: item.span, kind, tag: None } })
        })
        .collect();
    Node { span: node.span, kind: Kind::Map(entries), tag: node.tag }
}

/// A build context as `{context: …}`.
pub(crate) fn build(node: Node) -> Node {
    let Kind::Scalar(context) = &node.kind else { return node };
    let key = Text::derived("context", context.text.span());
    Node::map(node.span, vec![Entry { key, value: node }])
}

/// `[a, b]` as `{a: null, b: null}`.
pub(crate) fn names(node: Node) -> Node {
    let Kind::List(items) = &node.kind else { return node };
    let mut seen = std::collections::HashSet::new();
    let once =
        items.iter().filter(|i| i.scalar().is_none_or(|s| seen.insert(s.text.as_str().to_owned())));
    let entries = once
        .filter_map(|i| Some(Entry { key: i.scalar()?.text.clone(), value: Node::null(i.span) }))
        .collect();
    Node::map(node.span, entries)
}

/// `[a]` as `{a: {condition: service_started, required: true}}`.
pub(crate) fn dependencies(node: Node) -> Node {
    let Kind::List(items) = &node.kind else { return node };
    let entries = items
        .iter()
        .filter_map(|i| Some(Entry { key: i.scalar()?.text.clone(), value: started(i.span, None) }))
        .collect();
    Node::map(node.span, entries)
}

/// `{condition: service_started, required: true}`, and `restart` where it is said.
pub(crate) fn started(span: Span, restart: Option<bool>) -> Node {
    let mut entries = vec![
        Entry {
            key: Text::derived("condition", span),
            value: Node::of_text(Text::derived("service_started", span)),
        },
        Entry { key: Text::derived("required", span), value: Node::of_bool(true, span) },
    ];
    if let Some(restart) = restart {
        entries.push(Entry {
            key: Text::derived("restart", span),
            value: Node::of_bool(restart, span),
        });
    }
    Node::map(span, entries)
}
