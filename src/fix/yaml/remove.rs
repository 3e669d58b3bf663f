//! Entries and items that are removed, with what holds nothing else.

use super::Page;
use crate::fix::draft::Draft;
use crate::syntax::yaml::{NodeId, NodeKind};

impl Page {
    /// Removes an entry (by its key or its value), or an item.
    pub(super) fn remove(&self, draft: &mut Draft, id: NodeId) -> Option<()> {
        let (holder, key) = self.parent(id)?;
        let parts: Vec<(NodeId, NodeId)> = match &self.yaml.node(holder).kind {
            NodeKind::Mapping(pairs) => pairs.clone(),
            NodeKind::Sequence(items) => items.iter().map(|i| (*i, *i)).collect(),
            _ => return None,
        };
        let at = parts.iter().position(|(first, _)| *first == key.unwrap_or(id))?;
        if parts.len() == 1 {
            // An empty collection would mean something else than none.
            return if self.yaml.root == Some(holder) { None } else { self.remove(draft, holder) };
        }
        let (first, last) = parts[at];
        let start = self.yaml.node(first).span.start as usize;
        let end = self.end(draft, last).max(self.end(draft, first));
        if self.is_flow(draft, holder) {
            match parts.get(at + 1) {
                Some((next, _)) => {
                    draft.replace(start..self.yaml.node(*next).span.start as usize, "")
                }
                None => {
                    let (a, b) = parts[at - 1];
                    draft.replace(self.end(draft, b).max(self.end(draft, a))..end, "");
                }
            }
            return Some(());
        }
        let before = &draft.text()[draft.line_start(start)..start];
        let dash = matches!(self.yaml.node(holder).kind, NodeKind::Sequence(_));
        let own_line = before
            .trim_start_matches(' ')
            .trim_start_matches(if dash { "-" } else { "" })
            .trim()
            .is_empty();
        match parts.get(at + 1) {
            // The first entry of an item: the next one takes its place behind the dash.
            Some((next, _)) if !own_line => {
                draft.replace(start..self.yaml.node(*next).span.start as usize, "");
            }
            _ if !own_line => return None,
            _ => draft.remove_lines(start..end),
        }
        Some(())
    }
}
