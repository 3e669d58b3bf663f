//! Anchors, and the aliases that stand for what they name.

use super::build::Builder;
use super::page::{Page, byte};
use super::{NodeId, NodeKind};
use crate::finding::{Quote, prose};
use crate::source::{Spanned, Text};
use std::collections::HashSet;
use std::ops::Range;

/// The most characters of a word that a message repeats: enough to find it by.
const MAX_SHOWN_CHARS: usize = 60;

/// The names of anchors that were blanked: an alias to one of them is no mistake of its own.
pub(super) fn lost_anchors<'a>(page: &Page<'a>) -> HashSet<&'a str> {
    let ends = |c: char| c.is_whitespace() || matches!(c, ',' | '[' | ']' | '{' | '}');
    let blanked = page.written.match_indices('&').filter(|(i, _)| byte(page.body, *i) != b'&');
    blanked.filter_map(|(i, _)| page.written.get(i + 1..)?.split(ends).next()).collect()
}

impl Builder<'_, '_> {
    /// Ties an anchor's number to its node; 0 stands for no anchor.
    pub(super) fn remember(&mut self, anchor: usize, id: NodeId) {
        if anchor != 0 {
            self.anchors.insert(anchor, id);
        }
    }

    pub(super) fn alias(&mut self, range: Range<usize>, target: Option<NodeId>) {
        let name = self.page.body.get(range.start + 1..range.end).unwrap_or_default().to_owned();
        let shown = Quote::name(&name.chars().take(MAX_SHOWN_CHARS).collect::<String>())
            .or_at(self.page.span(range.clone()));
        if let Some(target) = target {
            if self.frames.iter().any(|f| f.id == target) {
                let message = prose!("`*{}` stands for a value that it is itself part of", shown);
                self.errors.push(self.page.error(range.clone(), message, None));
            }
        } else if !self.limited && !self.lost.contains(name.as_str()) {
            let help = prose!(
                "an anchor `&{}` has to come before it; put the value in quotes if the `*` is part of it",
                shown
            );
            self.errors.push(self.page.error(
                range.clone(),
                prose!("`*{}` stands for nothing", shown),
                Some(help),
            ));
        }
        self.scalar = range.clone();
        self.add(range, None, NodeKind::Alias(name, target));
    }

    pub(super) fn anchor(&mut self, anchor: usize, name: &str, range: Range<usize>) {
        let Some(id) = self.anchors.get(&anchor).copied() else { return };
        let Some(node) = self.nodes.get_mut(id.0 as usize) else { return };
        let span = self.page.span(range);
        node.anchor = Some(Spanned::new(name.to_owned(), span));
        // A value that is missing stands after its anchor.
        if let NodeKind::Scalar(text, _) = &mut node.kind
            && node.span.is_empty()
            && node.span.start < span.end
        {
            node.span = crate::source::Span { start: span.end, ..span };
            *text = Text::empty(node.span);
        }
    }
}
