//! From the located YAML tree to [`Node`]s: aliases and merge keys resolved within a budget.

use super::node::{Entry, Kind, Node, Scalar};
use super::value::{self, Value};
use crate::source::{Span, Text};
use crate::syntax::SyntaxError;
use crate::syntax::yaml::{NodeId, NodeKind, Style, Yaml};

/// The most nodes one file may unfold to, so that a few aliases cannot fill the memory.
const MOST_NODES: usize = 50_000;
/// The deepest nesting after aliases are resolved.
const DEEPEST: usize = 64;

/// Resolves a document; problems go to `errors`.
pub(super) fn lower(yaml: &Yaml, errors: &mut Vec<SyntaxError>) -> Option<Node> {
    let root = yaml.root?;
    let mut lowering = Lowering { yaml, errors, left: MOST_NODES, limit: false };
    Some(lowering.node(root, 0))
}

struct Lowering<'y> {
    yaml: &'y Yaml,
    errors: &'y mut Vec<SyntaxError>,
    left: usize,
    limit: bool,
}

impl Lowering<'_> {
    fn null(span: Span) -> Node {
        Node { span, kind: Kind::Null, tag: None }
    }

    fn over(&mut self, span: Span, depth: usize) -> bool {
        if self.left > 0 && depth < DEEPEST {
            self.left -= 1;
            return false;
        }
        if !self.limit {
            self.limit = true;
            let message = if depth < DEEPEST {
                "aliases unfold to too many values; the rest is not read"
            } else {
                "nested too deeply; the rest is not read"
            };
            self.errors.push(SyntaxError::new(span, message));
        }
        true
    }

    fn node(&mut self, id: NodeId, depth: usize) -> Node {
        let node = self.yaml.node(id);
        if self.over(node.span, depth) {
            return Self::null(node.span);
        }
        let tag = node.tag.as_ref().map(|t| t.value.clone());
        let kind = match &node.kind {
            NodeKind::Alias(_, Some(target)) => {
                let mut resolved = self.node(*target, depth + 1);
                resolved.tag = tag.or(resolved.tag);
                return resolved;
            }
            NodeKind::Alias(_, None) => Kind::Null,
            NodeKind::Scalar(text, style) => scalar(text, *style),
            NodeKind::Sequence(items) => Kind::List(items.iter().map(|i| self.node(*i, depth + 1)).collect()),
            NodeKind::Mapping(pairs) => Kind::Map(self.mapping(pairs, depth)),
        };
        Node { span: node.span, kind, tag }
    }

    /// A mapping's entries. Own keys win over merged ones, earlier merged ones over later
    /// (YAML merge key language-independent type).
    fn mapping(&mut self, pairs: &[(NodeId, NodeId)], depth: usize) -> Vec<Entry> {
        let mut own: Vec<Entry> = Vec::new();
        let mut merged: Vec<Entry> = Vec::new();
        for (key, value) in pairs {
            let Some(text) = self.key(*key) else { continue };
            if text.as_str() == "<<" {
                let value = self.node(*value, depth + 1);
                let sources = if matches!(value.kind, Kind::List(_)) { value.items().to_vec() } else { vec![value] };
                for entry in sources.into_iter().flat_map(|s| match s.kind {
                    Kind::Map(entries) => entries,
                    _ => Vec::new(),
                }) {
                    if !merged.iter().any(|e| e.key.as_str() == entry.key.as_str()) {
                        merged.push(entry);
                    }
                }
                continue;
            }
            let value = self.node(*value, depth + 1);
            if let Some(first) = own.iter().position(|e| e.key.as_str() == text.as_str()) {
                let message = format!("the key `{text}` stands here twice; Compose refuses the file");
                self.errors.push(SyntaxError::new(text.span(), message).help("keep one of the two"));
                own[first] = Entry { key: text, value };
                continue;
            }
            own.push(Entry { key: text, value });
        }
        merged.retain(|m| !own.iter().any(|e| e.key.as_str() == m.key.as_str()));
        own.extend(merged);
        own
    }

    fn key(&mut self, id: NodeId) -> Option<Text> {
        match &self.yaml.node(self.yaml.resolve(id)?).kind {
            NodeKind::Scalar(text, _) => Some(text.clone()),
            _ => None,
        }
    }
}

fn scalar(text: &Text, style: Style) -> Kind {
    let value = if style == Style::Plain { value::plain(text.as_str()) } else { Some(Value::Text) };
    value.map_or(Kind::Null, |value| Kind::Scalar(Scalar { value, ..Scalar::of(text.clone()) }))
}
