//! From the located YAML tree to [`Node`]s: aliases and merge keys resolved within a budget, scalars given
//! their meaning.

use super::tags;
use crate::finding::{Prose, prose};
use crate::model::compose::tree::{Entry, Fault, FaultKind, Kind, Node, Scalar, Value, value};
use crate::source::{Span, Text};
use crate::syntax::yaml::{NodeId, NodeKind, Style, Yaml};
use std::collections::{HashMap, HashSet};

/// The most nodes one file may unfold to, so that a few aliases cannot fill the memory.
const MAX_NODES: usize = 50_000;
/// The deepest nesting after aliases are resolved.
const MAX_DEPTH: usize = 64;

/// Resolves the documents of a file, in order; an empty one is null. Problems go to `faults`.
pub(crate) fn lower(yaml: &Yaml, faults: &mut Vec<Fault>) -> Vec<Node> {
    let mut lowering = Lowering { yaml, faults, left: MAX_NODES, limit: false, overriding: 0 };
    let end = yaml.ids().last().map(|id| yaml.node(id).span);
    let roots: Vec<Option<NodeId>> =
        std::iter::once(yaml.root).chain(yaml.later.iter().copied()).collect();
    // A file without any document is no document at all; one of `---` alone is.
    if roots.len() == 1 && roots[0].is_none() {
        return Vec::new();
    }
    roots
        .into_iter()
        .filter_map(|root| root.map(|r| lowering.node(r, 0)).or_else(|| end.map(Node::null)))
        .collect()
}

struct Lowering<'y> {
    yaml: &'y Yaml,
    faults: &'y mut Vec<Fault>,
    left: usize,
    limit: bool,
    /// How many `!override` are around the value at hand.
    overriding: usize,
}

/// What merge keys bring into a mapping.
#[derive(Default)]
struct Merged {
    entries: Vec<Entry>,
    names: HashSet<String>,
}

impl Lowering<'_> {
    fn exceeds_limit(&mut self, span: Span, depth: usize) -> bool {
        if self.left > 0 && depth < MAX_DEPTH {
            self.left -= 1;
            return false;
        }
        if !self.limit {
            self.limit = true;
            let message = if depth < MAX_DEPTH {
                prose!("aliases unfold to more than {} values; the rest is not read", MAX_NODES)
            } else {
                prose!("nested deeper than {} levels; the rest is not read", MAX_DEPTH)
            };
            self.faults
                .push(Fault::new(FaultKind::Limit, span, message).label("here reading stops"));
        }
        true
    }

    fn node(&mut self, id: NodeId, depth: usize) -> Node {
        let node = self.yaml.node(id);
        if self.exceeds_limit(node.span, depth) {
            return Node::null(node.span);
        }
        let tag = node.tag.as_ref().map(|t| t.value.clone());
        // Compose takes `!reset` out before it reads what stands there; below `!override` it looks no further.
        if self.overriding == 0 && tag.as_deref() == Some(tags::RESET) {
            return Node { tag, ..Node::null(node.span) };
        }
        let overriding = usize::from(tag.as_deref() == Some(tags::OVERRIDE));
        self.overriding += overriding;
        let node = self.tagged(id, tag, depth);
        self.overriding -= overriding;
        node
    }

    fn tagged(&mut self, id: NodeId, tag: Option<String>, depth: usize) -> Node {
        let node = self.yaml.node(id);
        let kind = match &node.kind {
            NodeKind::Alias(_, Some(target)) => {
                let mut resolved = self.node(*target, depth + 1);
                tags::drop_reset(&mut resolved);
                resolved.each_scalar(&mut |s| s.via.anchor = true);
                resolved.tag = tag.or(resolved.tag);
                return resolved;
            }
            NodeKind::Alias(_, None) => Kind::Null,
            NodeKind::Scalar(text, style) => scalar(text, *style, tag.as_deref()),
            NodeKind::Sequence(items) => {
                Kind::List(items.iter().map(|i| self.node(*i, depth + 1)).collect())
            }
            NodeKind::Mapping(pairs) => Kind::Map(self.mapping(pairs, depth)),
        };
        Node { span: node.span, kind, tag }
    }

    /// A mapping's entries. Own keys win over merged ones, earlier merged ones over later
    /// (YAML merge key language-independent type).
    fn mapping(&mut self, pairs: &[(NodeId, NodeId)], depth: usize) -> Vec<Entry> {
        let mut own: Vec<Entry> = Vec::with_capacity(pairs.len());
        let mut seen = HashMap::with_capacity(pairs.len());
        let mut merged = Merged::default();
        let mut merge_key: Option<Span> = None;
        for (key, value) in pairs {
            let Some((text, plain)) = self.key(*key) else { continue };
            if text.as_str() == "<<" && plain {
                if let Some(first) = merge_key.replace(text.span()) {
                    self.twice(&text, first, "put both anchors into one list: `<<: [*a, *b]`");
                }
                let value = self.node(*value, depth + 1);
                self.merge_in(value, &mut merged);
                continue;
            }
            let value = self.node(*value, depth + 1);
            if let Some(first) = seen.get(text.as_str()).copied() {
                let first: usize = first;
                self.twice(&text, own[first].key.span(), "keep one of the two");
                own[first] = Entry { key: text, value };
                continue;
            }
            seen.insert(text.as_str().to_owned(), own.len());
            own.push(Entry { key: text, value });
        }
        own.extend(merged.entries.into_iter().filter(|m| !seen.contains_key(m.key.as_str())));
        own
    }

    fn merge_in(&mut self, mut value: Node, merged: &mut Merged) {
        value.each_scalar(&mut |s| s.via.anchor = true);
        let span = value.span;
        let sources = match value.kind {
            Kind::List(items) => items,
            _ => vec![value],
        };
        for source in sources {
            let Kind::Map(entries) = source.kind else {
                self.faults.push(
                    Fault::new(
                        FaultKind::Value,
                        span,
                        "`<<` wants a mapping, or a list of mappings",
                    )
                    .label("this is none")
                    .help(
                        "write `<<: *name` with the name of an anchor that stands before a mapping",
                    ),
                );
                continue;
            };
            for entry in entries {
                if merged.names.insert(entry.key.as_str().to_owned()) {
                    merged.entries.push(entry);
                }
            }
        }
    }

    fn twice(&mut self, key: &Text, first: Span, help: impl Into<Prose>) {
        self.faults.push(
            Fault::new(
                FaultKind::Key,
                key.span(),
                prose!("the key `{}` stands here twice; Compose refuses the file", key),
            )
            .label("again")
            .also(first, "first")
            .help(help),
        );
    }

    /// The text of a key, and whether it stands without quotes.
    fn key(&mut self, id: NodeId) -> Option<(Text, bool)> {
        let node = self.yaml.node(self.yaml.resolve(id)?);
        let NodeKind::Scalar(text, style) = &node.kind else {
            self.faults.push(
                Fault::new(
                    FaultKind::Key,
                    node.span,
                    "a key is a text, and this is a list or a mapping",
                )
                .label("no key")
                .help("quote it if braces or brackets are meant as they stand"),
            );
            return None;
        };
        let plain = *style == Style::Plain;
        if plain && value::plain(text.as_str()) != Some(Value::Text) {
            self.faults.push(
                Fault::new(
                    FaultKind::Key,
                    text.span(),
                    prose!("the key `{}` is no text, and Compose refuses the file", text),
                )
                .label("a number, boolean or null to YAML")
                .help(prose!("write \"{}\"", text)),
            );
        }
        Some((text.clone(), plain))
    }
}

fn scalar(text: &Text, style: Style, tag: Option<&str>) -> Kind {
    let plain = match tag {
        Some("!!int" | "!!float" | "!!bool" | "!!null") => true,
        None | Some("!") => style == Style::Plain,
        // What has any other tag, `!override` among them, is a text.
        Some(_) => false,
    };
    let value = if plain { value::plain(text.as_str()) } else { Some(Value::Text) };
    value
        .map_or(Kind::Null, |value| Kind::Scalar(Scalar { value, ..Scalar::of_text(text.clone()) }))
}
