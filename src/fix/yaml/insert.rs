//! Entries of mappings: added, or given another value.

use super::write::{self, indented};
use super::{Page, Target, column, nested};
use crate::finding::YamlValue;
use crate::fix::draft::Draft;
use crate::syntax::yaml::{NodeId, NodeKind, Style};

impl Page {
    /// Sets the value below the keys.
    pub(super) fn set(
        &self,
        draft: &mut Draft,
        target: Target,
        path: &[String],
        value: &YamlValue,
        only_missing: bool,
    ) -> Option<()> {
        let (name, rest) = path.split_first()?;
        match self.own_entry(target.node, name) {
            Some(entry) if rest.is_empty() => {
                if only_missing && (!self.is_empty(entry.value) || *value == YamlValue::Null) {
                    return Some(());
                }
                self.replace(draft, target.node, entry.key, entry.value, value)
            }
            Some(entry) => {
                if matches!(self.yaml.node(entry.value).kind, NodeKind::Alias(..)) {
                    return None;
                }
                let below = Target { node: entry.value, key: Some(entry.key) };
                self.set(draft, below, rest, value, only_missing)
            }
            None if self.is_merged(target.node, name) => None,
            None => self.insert(draft, target, name, &nested(rest, value)),
        }
    }

    /// Adds an entry at the end of a mapping.
    pub(super) fn insert(
        &self,
        draft: &mut Draft,
        target: Target,
        name: &str,
        value: &YamlValue,
    ) -> Option<()> {
        let node = self.yaml.node(target.node);
        match &node.kind {
            NodeKind::Mapping(pairs) if self.is_flow(draft, target.node) => {
                let entry = write::flow_entry(name, value, self.form.quotes)?;
                match pairs.last() {
                    Some((key, value)) => {
                        let end = self.end(draft, *value).max(self.end(draft, *key));
                        draft.replace(end..end, &format!(", {entry}"));
                    }
                    None => draft.replace(node.span.range(), &format!("{{{entry}}}")),
                }
                Some(())
            }
            NodeKind::Mapping(pairs) => {
                let (first, _) = pairs.first()?;
                let (key, last) = pairs.last()?;
                let indent = " ".repeat(column(draft, self.yaml.node(*first).span.start as usize));
                let end = self.end(draft, *last).max(self.end(draft, *key));
                let lines = write::entry(name, value, self.form)?;
                add_lines(draft, end, &indent, &lines);
                Some(())
            }
            _ if self.is_empty(target.node) => {
                let key = self.yaml.node(target.key?).span.start as usize;
                let indent = " ".repeat(column(draft, key) + self.form.step);
                let lines = write::entry(name, value, self.form)?;
                add_lines(draft, node.span.start as usize, &indent, &lines);
                Some(())
            }
            _ => None,
        }
    }

    /// Gives an entry another value.
    pub(super) fn replace(
        &self,
        draft: &mut Draft,
        map: NodeId,
        key: NodeId,
        old: NodeId,
        value: &YamlValue,
    ) -> Option<()> {
        let node = self.yaml.node(old);
        if node.anchor.is_some() || node.tag.is_some() {
            return None;
        }
        if self.is_flow(draft, map) {
            let text = write::flow(value, self.form.quotes)?;
            let gap = if node.span.is_empty() { " " } else { "" };
            draft.replace(node.span.range(), &format!("{gap}{text}"));
            return Some(());
        }
        match (&node.kind, value) {
            (NodeKind::Scalar(..), YamlValue::Text(text)) if !node.span.is_empty() => {
                let text = text.unmasked();
                let NodeKind::Scalar(_, style) = node.kind else { return None };
                if matches!(style, Style::Plain | Style::Single | Style::Double) {
                    draft.replace(node.span.range(), &write::scalar(&text, style)?);
                    return Some(());
                }
            }
            (
                NodeKind::Sequence(_) | NodeKind::Mapping(_),
                YamlValue::List(_) | YamlValue::Map(_),
            ) if self.is_flow(draft, old) => {
                let quotes = self.quotes_of(old);
                draft.replace(node.span.range(), &write::flow(value, quotes)?);
                return Some(());
            }
            _ => {}
        }
        let start = self.yaml.node(key).span.start as usize;
        let name = self.yaml.scalar(key)?.0.as_str().to_owned();
        let indent = " ".repeat(column(draft, start));
        let form = write::Form { quotes: self.quotes_of(old), ..self.form };
        let lines = write::entry(&name, value, form)?;
        let end = self.end(draft, old).max(self.end(draft, key) + 1);
        draft.write(start..end, &joined(&indent, &lines));
        Some(())
    }

    /// How the strings of a list are quoted: as each of them is, else not.
    pub(super) fn quotes_of(&self, list: NodeId) -> Style {
        let mut styles = self.yaml.items(list).iter().filter_map(|i| Some(self.yaml.scalar(*i)?.1));
        match styles.next() {
            Some(first @ (Style::Single | Style::Double)) if styles.all(|s| s == first) => first,
            _ => Style::Plain,
        }
    }
}

/// Lines of which the first goes on where it stands.
pub(super) fn joined(indent: &str, lines: &[String]) -> String {
    let rest = lines.iter().skip(1).map(|l| indented(indent, l));
    lines.iter().take(1).cloned().chain(rest).collect::<Vec<_>>().join("\n")
}

/// Adds lines below the line that holds a byte.
pub(super) fn add_lines(draft: &mut Draft, at: usize, indent: &str, lines: &[String]) {
    let lines: Vec<String> = lines.iter().map(|l| indented(indent, l)).collect();
    draft.add_below(at, &lines.join("\n"));
}
