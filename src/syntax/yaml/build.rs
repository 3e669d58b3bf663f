//! Parser events to nodes, without recursion.

use super::anchors::lost_anchors;
use super::page::{Page, byte, is_item, line_start};
use super::recover::open_bracket;
use super::{Node, NodeId, NodeKind, Style, SyntaxError, block, flow};
use crate::finding::prose;
use crate::source::{Spanned, Text};
use granit_parser::{ErrorKind, Event, Parser, ScalarStyle, Span as Mark, StructureStyle, options};
use std::collections::{HashMap, HashSet};
use std::ops::Range;

/// How deep collections may lie in each other.
pub(super) const MAX_DEPTH: usize = 64;
/// How many nodes a document may have.
pub(super) const MAX_NODES: usize = 100_000;

/// Why the parser stopped.
pub(super) struct Failure {
    /// Where, as the parser says.
    pub(super) at: usize,
    pub(super) kind: ErrorKind,
    /// The outermost bracket that was open.
    pub(super) bracket: Option<usize>,
    /// The scalar read last.
    pub(super) scalar: Range<usize>,
}

/// What could be built.
pub(super) struct Built {
    /// The nodes; parents come before their children.
    pub(super) nodes: Vec<Node>,
    /// The top node of each document; a document without one is empty.
    pub(super) roots: Vec<Option<NodeId>>,
    /// Errors of the tree: limits, aliases to nothing.
    pub(super) errors: Vec<SyntaxError>,
    /// The error that ended the parse.
    pub(super) failure: Option<Failure>,
}

/// A collection that is still open.
pub(super) struct Frame {
    pub(super) id: NodeId,
    /// First byte: the bracket, the first dash, or where the parser says the first key stands.
    start: usize,
    /// Whether it is written with brackets.
    bracket: bool,
    children: Children,
}

pub(super) enum Children {
    Pairs(Vec<(NodeId, NodeId)>, Option<NodeId>),
    Items(Vec<NodeId>),
}

/// The tree as far as it is built.
pub(super) struct Builder<'p, 'a> {
    pub(super) page: &'p Page<'a>,
    pub(super) nodes: Vec<Node>,
    pub(super) roots: Vec<Option<NodeId>>,
    pub(super) frames: Vec<Frame>,
    pub(super) anchors: HashMap<usize, NodeId>,
    /// Anchors on lines that were blanked.
    pub(super) lost: HashSet<&'a str>,
    pub(super) errors: Vec<SyntaxError>,
    /// Levels of a collection that is left out because it lies too deep.
    pub(super) skipped: usize,
    /// Whether a limit was hit: an alias to what was left out is then no error.
    pub(super) limited: bool,
    pub(super) scalar: Range<usize>,
    /// Where the last event ended.
    pub(super) seen: usize,
}

/// Parses the page's body and builds what can be built.
pub(super) fn build(page: &Page<'_>) -> Built {
    let mut b = Builder {
        page,
        nodes: Vec::new(),
        roots: Vec::new(),
        frames: Vec::new(),
        anchors: HashMap::new(),
        lost: lost_anchors(page),
        errors: Vec::new(),
        skipped: 0,
        limited: false,
        scalar: 0..0,
        seen: 0,
    };
    // Compose reads with a libyaml port, which takes under-indented brackets and adds no line
    // feed to a block scalar that the end of the file cuts off.
    let options = options! {
        emit_comments: false,
        emit_anchor_events: true,
        emit_unresolved_aliases: true,
        block_scalar_eof_without_line_feed: true,
    };
    let mut failure = None;
    for next in Parser::new_from_str_with_options(page.body, options) {
        match next {
            Ok((event, mark)) => {
                if !b.event(event, &mark) {
                    break;
                }
            }
            Err(e) => {
                let at = e.marker().byte_offset().unwrap_or_default().min(page.body.len());
                // The parser's own limit lies above ours, but it may hit that first: it holds
                // brackets back until it knows that they are no keys.
                if matches!(e.kind(), ErrorKind::RecursionLimitExceeded) {
                    if !b.limited {
                        b.errors.push(too_deep(page, at..at));
                    }
                    break;
                }
                let bracket = b.frames.iter().find(|f| f.bracket).map(|f| f.start);
                let bracket = bracket.or_else(|| open_bracket(page.body, b.seen.min(at)..at));
                failure =
                    Some(Failure { at, kind: e.kind().clone(), bracket, scalar: b.scalar.clone() });
                break;
            }
        }
    }
    while !b.frames.is_empty() {
        b.close(None);
    }
    let present = |id: &NodeId| !b.nodes.get(id.0 as usize).is_some_and(is_nothing);
    let roots = b.roots.iter().map(|root| root.filter(present)).collect();
    Built { nodes: b.nodes, roots, errors: b.errors, failure }
}

/// Whether a node is a value that is missing altogether: a document of it has no root.
fn is_nothing(node: &Node) -> bool {
    matches!(node.kind, NodeKind::Scalar(..))
        && node.span.is_empty()
        && node.tag.is_none()
        && node.anchor.is_none()
}

/// The error for what lies too deep.
fn too_deep(page: &Page<'_>, at: Range<usize>) -> SyntaxError {
    page.error(
        at,
        prose!("nested deeper than {} levels, what lies deeper is not read", MAX_DEPTH),
        None,
    )
}

impl Builder<'_, '_> {
    /// Takes in one event; `false` to read no further.
    fn event(&mut self, event: Event<'_>, mark: &Mark) -> bool {
        let range = mark.byte_range().unwrap_or(0..0);
        let range = range.start..range.end.max(range.start);
        self.seen = self.seen.max(range.end);
        if self.skipped > 0 {
            match event {
                Event::SequenceStart(..) | Event::MappingStart(..) => self.skipped += 1,
                Event::SequenceEnd | Event::MappingEnd => self.skipped -= 1,
                _ => {}
            }
            return true;
        }
        match event {
            Event::DocumentStart(..) => {
                self.roots.push(None);
                self.anchors.clear();
            }
            Event::Scalar(value, style, anchor, _) => {
                let id = self.scalar_node(&value, style, range, mark);
                self.remember(anchor, id);
            }
            Event::SequenceStart(style, anchor, _) => {
                self.open(range, mark, style, anchor, Children::Items(Vec::new()))
            }
            Event::MappingStart(style, anchor, _) => {
                self.open(range, mark, style, anchor, Children::Pairs(Vec::new(), None))
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(Some(range.end)),
            Event::Alias(anchor) => self.alias(range, self.anchors.get(&anchor).copied()),
            Event::UnresolvedAlias(_) => self.alias(range, None),
            Event::Anchor(anchor, name) => self.anchor(anchor, &name, range),
            _ => {}
        }
        if self.nodes.len() < MAX_NODES {
            return true;
        }
        let at = self.scalar.clone();
        let message = prose!("more than {} values, the rest of this file is not read", MAX_NODES);
        self.errors.push(self.page.error(at, message, None));
        false
    }

    /// Adds a node below the innermost open collection.
    pub(super) fn add(
        &mut self,
        range: Range<usize>,
        tag: Option<Spanned<String>>,
        kind: NodeKind,
    ) -> NodeId {
        let id = NodeId(u32::try_from(self.nodes.len()).unwrap_or(u32::MAX));
        self.nodes.push(Node { span: self.page.span(range), tag, anchor: None, kind });
        match self.frames.last_mut().map(|f| &mut f.children) {
            None => {
                if let Some(root) = self.roots.last_mut() {
                    *root = root.or(Some(id));
                }
            }
            Some(Children::Items(items)) => items.push(id),
            Some(Children::Pairs(pairs, key)) => match key.take() {
                Some(key) => pairs.push((key, id)),
                None => *key = Some(id),
            },
        }
        id
    }

    /// Start and end of a node in the page.
    fn range(&self, id: NodeId) -> Range<usize> {
        let span = self.nodes.get(id.0 as usize).map_or(0..0, |n| n.span.range());
        span.start.saturating_sub(self.page.base)..span.end.saturating_sub(self.page.base)
    }

    fn tag(&self, mark: &Mark) -> Option<Spanned<String>> {
        let range = mark.tag_span()?.byte_range()?;
        let tag = self.page.body.get(range.clone())?;
        Some(Spanned::new(tag.to_owned(), self.page.span(range)))
    }

    fn scalar_node(
        &mut self,
        value: &str,
        style: ScalarStyle,
        range: Range<usize>,
        mark: &Mark,
    ) -> NodeId {
        let tag = self.tag(mark);
        let tag_end = tag.as_ref().map_or(0, |t| t.span.range().end.saturating_sub(self.page.base));
        let (text, range, style) = match style {
            ScalarStyle::Plain if range.is_empty() => {
                let at = self.missing(range.start).max(tag_end);
                (Text::empty(self.page.span(at..at)), at..at, Style::Plain)
            }
            ScalarStyle::SingleQuoted => {
                (flow::text(self.page, range.clone(), Style::Single, value), range, Style::Single)
            }
            ScalarStyle::DoubleQuoted => {
                (flow::text(self.page, range.clone(), Style::Double, value), range, Style::Double)
            }
            ScalarStyle::Plain => {
                (flow::text(self.page, range.clone(), Style::Plain, value), range, Style::Plain)
            }
            ScalarStyle::Literal | ScalarStyle::Folded => {
                let style =
                    if style == ScalarStyle::Literal { Style::Literal } else { Style::Folded };
                let (text, range) =
                    block::text(self.page, range, self.scalar.end.max(tag_end), style, value);
                (text, range, style)
            }
        };
        self.scalar = range.clone();
        self.add(range, tag, NodeKind::Scalar(text, style))
    }

    /// Where a value that is not there would stand: after its key's colon, else where the parser
    /// noticed.
    fn missing(&self, noticed: usize) -> usize {
        let Some(Children::Pairs(_, Some(key))) = self.frames.last().map(|f| &f.children) else {
            return noticed;
        };
        let end = self.range(*key).end;
        let mut at = end;
        loop {
            match byte(self.page.body, at) {
                b' ' | b'\t' | b'\n' | b'\r' => at += 1,
                b'#' if at > end => {
                    let rest = self.page.body.as_bytes().get(at..).unwrap_or_default();
                    at +=
                        rest.iter().position(|b| matches!(b, b'\n' | b'\r')).unwrap_or(rest.len());
                }
                b':' => return at + 1,
                _ => return end,
            }
        }
    }

    fn open(
        &mut self,
        range: Range<usize>,
        mark: &Mark,
        style: StructureStyle,
        anchor: usize,
        children: Children,
    ) {
        let tag = self.tag(mark);
        if self.frames.len() >= MAX_DEPTH {
            if !self.limited {
                self.errors.push(too_deep(self.page, range.clone()));
            }
            self.limited = true;
            self.skipped = 1;
            let point = range.start..range.start;
            self.add(
                point.clone(),
                tag,
                NodeKind::Scalar(Text::empty(self.page.span(point)), Style::Plain),
            );
            return;
        }
        // Only a bracket has a place of its own: the pair in `[a: b]` starts at its key.
        let bracket = style == StructureStyle::Flow
            && matches!(byte(self.page.body, range.start), b'[' | b'{')
            && !range.is_empty();
        let list = matches!(children, Children::Items(_));
        let start = if list && !bracket { self.first_dash(range.start) } else { range.start };
        let kind =
            if list { NodeKind::Sequence(Vec::new()) } else { NodeKind::Mapping(Vec::new()) };
        let id = self.add(start..range.end.max(start), tag, kind);
        self.remember(anchor, id);
        self.frames.push(Frame { id, start, bracket, children });
    }

    /// Where the first dash of a list stands. The parser says so, but for lists that are indented
    /// no deeper than their key, where it names the first item.
    fn first_dash(&self, said: usize) -> usize {
        let Some(Frame { children: Children::Pairs(pairs, Some(key)), bracket: false, .. }) =
            self.frames.last()
        else {
            return said;
        };
        let body = self.page.body;
        let key = self.range(pairs.first().map_or(*key, |(first, _)| *first)).start;
        let line = line_start(body, said);
        let dash = line + (key - line_start(body, key));
        let indented = body.get(line..dash).is_some_and(|s| s.bytes().all(|b| b == b' '));
        if indented && dash < said && is_item(body, dash) { dash } else { said }
    }

    /// Ends the innermost collection, at its closing bracket if the parser saw one.
    fn close(&mut self, end: Option<usize>) {
        if let Some(Frame { children: Children::Pairs(_, Some(key)), .. }) = self.frames.last() {
            let at = self.range(*key).end;
            self.add(
                at..at,
                None,
                NodeKind::Scalar(Text::empty(self.page.span(at..at)), Style::Plain),
            );
        }
        let Some(frame) = self.frames.pop() else { return };
        let (first, last) = match &frame.children {
            Children::Items(items) => (items.first().copied(), items.last().copied()),
            Children::Pairs(pairs, _) => (pairs.first().map(|p| p.0), pairs.last().map(|p| p.1)),
        };
        let list = matches!(frame.children, Children::Items(_));
        let first = first.map(|id| self.range(id).start).filter(|_| !frame.bracket);
        let start = if list {
            first.map_or(frame.start, |f| f.min(frame.start))
        } else {
            first.unwrap_or(frame.start)
        };
        let after =
            last.map_or(start + usize::from(frame.bracket), |id| self.range(id).end).max(start);
        let end = if frame.bracket { end.unwrap_or(after).max(after) } else { after };
        if let Some(node) = self.nodes.get_mut(frame.id.0 as usize) {
            node.span = self.page.span(start..end);
            node.kind = match frame.children {
                Children::Items(items) => NodeKind::Sequence(items),
                Children::Pairs(pairs, _) => NodeKind::Mapping(pairs),
            };
        }
    }
}
