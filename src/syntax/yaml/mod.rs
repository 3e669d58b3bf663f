//! YAML as a located tree.
//!
//! The tree keeps what was written: aliases are links, merge keys (`<<`) are ordinary entries,
//! duplicate keys are both there, scalars are unresolved text with their style. What they mean to
//! Compose is the model's business.

mod read;

use super::SyntaxError;
use crate::source::{SourceFile, Span, Spanned, Text};

/// Index of a [`Node`] in its [`Yaml`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(pub(crate) u32);

/// One YAML document.
#[derive(Debug, Clone, Default)]
pub struct Yaml {
    nodes: Vec<Node>,
    /// The top node; `None` for an empty or unreadable document.
    pub root: Option<NodeId>,
    /// What could not be read, in file order. Limits (nesting, nodes) are errors too.
    pub errors: Vec<SyntaxError>,
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
    /// What it is.
    pub kind: NodeKind,
}

/// What a node is.
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

impl Yaml {
    /// Reads the first document of a file.
    pub fn read(file: &SourceFile) -> Self {
        read::read(file)
    }

    /// A node of this document.
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

    /// How many nodes the document has.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether the document has no nodes.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }
}
