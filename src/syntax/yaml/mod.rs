//! YAML as a located tree.
//!
//! The tree keeps what was written: aliases are links, merge keys (`<<`) are ordinary entries,
//! duplicate keys are both there, scalars are unresolved text with their style. What they mean to
//! Compose is the model's business.

mod anchors;
mod block;
mod build;
mod flow;
mod page;
mod parse_errors;
mod read;
mod recover;
#[cfg(test)]
mod tests;

use super::SyntaxError;
use crate::source::{SourceFile, Sources, Span, Spanned, Text};
use std::sync::Arc;

/// Index of a [`Node`] in its [`Yaml`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(pub(crate) u32);

/// The YAML documents of a file, of which most have one.
#[derive(Debug, Clone, Default)]
pub struct Yaml {
    nodes: Vec<Node>,
    /// The top node of the first document; `None` for an empty or unreadable one.
    pub root: Option<NodeId>,
    /// The top nodes of further documents (after `---`).
    pub later: Vec<Option<NodeId>>,
    /// What could not be read, in file order. Limits (nesting, nodes) are errors too.
    pub errors: Vec<SyntaxError>,
    /// What was left out after an error so that the rest could be read, in file order. A key whose
    /// value was left out reads as one without a value.
    pub unread: Vec<Span>,
}

/// A value, key or item.
#[derive(Debug, Clone)]
pub struct Node {
    /// From the first byte of its text (quotes and block headers such as `|` included) to the last.
    pub span: Span,
    /// An explicit tag such as `!reset` or `!!str`, as written.
    pub tag: Option<Spanned<String>>,
    /// The name given by `&name`, without the `&`.
    pub anchor: Option<Spanned<String>>,
    pub kind: NodeKind,
}

#[derive(Debug, Clone)]
pub enum NodeKind {
    /// A scalar: its text after unescaping and folding, and how it was written.
    /// A value that is missing altogether (`key:`) is a plain, empty scalar with an empty span.
    Scalar(Text, Style),
    /// Entries in file order, duplicates included.
    Mapping(Vec<(NodeId, NodeId)>),
    /// Items in file order.
    Sequence(Vec<NodeId>),
    /// `*name`; the node it stands for, `None` when no such anchor precedes it.
    Alias(String, Option<NodeId>),
}

/// How a scalar was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Without quotes: may be a number, boolean or null.
    Plain,
    /// `'…'`
    Single,
    /// `"…"`
    Double,
    /// `|`
    Literal,
    /// `>`
    Folded,
}

/// An entry of a mapping.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'y> {
    /// The key's text.
    pub name: &'y Text,
    pub key: NodeId,
    pub value: NodeId,
}

impl Yaml {
    /// Reads the documents of a file.
    pub fn read(file: &SourceFile) -> Self {
        super::contained(
            file,
            || read::read(file),
            |error| Self { errors: vec![error], ..Self::default() },
        )
    }

    /// The documents of a file of this run, which is parsed once.
    pub fn shared(sources: &Sources<'_>, file: &Arc<SourceFile>) -> Arc<Self> {
        sources.derived(file, || Self::read(file))
    }

    /// Every node of these documents.
    pub fn nodes(&self) -> impl Iterator<Item = &Node> {
        self.nodes.iter()
    }

    /// A node of these documents.
    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.0 as usize]
    }

    /// The node, or the one it stands for when it is an alias; `None` for an alias to nothing.
    pub fn resolve(&self, id: NodeId) -> Option<NodeId> {
        match &self.node(id).kind {
            NodeKind::Alias(_, target) => *target,
            _ => Some(id),
        }
    }

    /// The entries of a mapping (or of the one an alias stands for) whose keys are scalars, in file
    /// order, duplicates included. Nothing for any other node.
    pub fn entries(&self, id: NodeId) -> impl Iterator<Item = Entry<'_>> {
        self.pairs(id).iter().filter_map(|(key, value)| {
            let (name, _) = self.scalar(*key)?;
            Some(Entry { name, key: *key, value: *value })
        })
    }

    /// All entries of a mapping, also those whose keys are no scalars; empty for any other node.
    pub fn pairs(&self, id: NodeId) -> &[(NodeId, NodeId)] {
        match self.kind(id) {
            Some(NodeKind::Mapping(pairs)) => pairs,
            _ => &[],
        }
    }

    /// The first entry called `name` of a mapping.
    pub fn entry(&self, id: NodeId, name: &str) -> Option<Entry<'_>> {
        self.entries(id).find(|e| e.name.as_str() == name)
    }

    /// The items of a sequence; empty for any other node.
    pub fn items(&self, id: NodeId) -> &[NodeId] {
        match self.kind(id) {
            Some(NodeKind::Sequence(items)) => items,
            _ => &[],
        }
    }

    /// Text and style of a scalar; `None` for any other node.
    pub fn scalar(&self, id: NodeId) -> Option<(&Text, Style)> {
        match self.kind(id) {
            Some(NodeKind::Scalar(text, style)) => Some((text, *style)),
            _ => None,
        }
    }

    /// What a node is, seen through an alias; `None` for an alias to nothing.
    ///
    /// An alias never stands for an alias, but it may stand for a value that it is part of
    /// (`&a [*a]`, which is an error as well): whoever walks down counts the levels.
    pub fn kind(&self, id: NodeId) -> Option<&NodeKind> {
        self.resolve(id).map(|id| &self.node(id).kind)
    }

    /// Every node, a collection before what lies in it.
    pub fn ids(&self) -> impl Iterator<Item = NodeId> + use<> {
        (0..u32::try_from(self.nodes.len()).unwrap_or(u32::MAX)).map(NodeId)
    }

    /// How many nodes the documents have.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there are no nodes.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }
}
