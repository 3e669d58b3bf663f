//! Items of lists: added, or replaced.

use super::insert::{add_lines, joined};
use super::write::{self, Form};
use super::{Page, Target, column};
use crate::finding::YamlValue;
use crate::fix::draft::Draft;
use crate::source::Text;
use crate::syntax::yaml::{NodeId, NodeKind, Style};

impl Page {
    /// Appends an item to the list below the keys.
    pub(super) fn append(
        &self,
        draft: &mut Draft,
        target: Target,
        path: &[String],
        item: &YamlValue,
    ) -> Option<()> {
        let Some(entry) = self.entry_below(target, path) else {
            return self.set(draft, target, path, &YamlValue::List(vec![item.clone()]), false);
        };
        match &self.yaml.node(entry.value).kind {
            NodeKind::Sequence(_) => self.append_item(draft, entry.value, item),
            NodeKind::Scalar(..) if self.is_empty(entry.value) => {
                self.set(draft, target, path, &YamlValue::List(vec![item.clone()]), false)
            }
            NodeKind::Scalar(text, Style::Plain | Style::Single | Style::Double) => {
                let both = YamlValue::List(vec![of_text(text), item.clone()]);
                self.set(draft, target, path, &both, false)
            }
            _ => None,
        }
    }

    /// Appends an item to a list that is there.
    pub(super) fn append_item(
        &self,
        draft: &mut Draft,
        list: NodeId,
        item: &YamlValue,
    ) -> Option<()> {
        let items = self.yaml.items(list);
        if let YamlValue::Text(new) = item
            && items.iter().any(|i| self.yaml.scalar(*i).is_some_and(|(t, _)| *new == *t.as_str()))
        {
            return Some(());
        }
        let quotes = self.quotes_of(list);
        let span = self.yaml.node(list).span;
        if self.is_flow(draft, list) {
            let written = write::flow(item, quotes)?;
            match items.last() {
                Some(last) => {
                    let end = self.end(draft, *last);
                    draft.replace(end..end, &format!(", {written}"));
                }
                None => draft.replace(span.range(), &format!("[{written}]")),
            }
            return Some(());
        }
        let indent = " ".repeat(column(draft, span.start as usize));
        let lines = write::items(std::slice::from_ref(item), Form { quotes, ..self.form })?;
        let end = self.end(draft, *items.last()?);
        add_lines(draft, end, &indent, &lines);
        Some(())
    }

    /// Gives an item another value.
    pub(super) fn replace_item(
        &self,
        draft: &mut Draft,
        list: NodeId,
        item: NodeId,
        value: &YamlValue,
    ) -> Option<()> {
        // A list of one takes the place of one item.
        let value = match value {
            YamlValue::List(items) if items.len() == 1 => &items[0],
            other => other,
        };
        let node = self.yaml.node(item);
        if node.anchor.is_some() || node.tag.is_some() {
            return None;
        }
        if let (
            NodeKind::Scalar(_, style @ (Style::Plain | Style::Single | Style::Double)),
            YamlValue::Text(text),
        ) = (&node.kind, value)
        {
            let text = text.unmasked();
            let special = self.is_flow(draft, list) && text.contains([',', '[', ']', '{', '}']);
            let style = if special && *style == Style::Plain { Style::Double } else { *style };
            draft.replace(node.span.range(), &write::scalar(&text, style)?);
            return Some(());
        }
        if self.is_flow(draft, list) {
            draft.replace(node.span.range(), &write::flow(value, self.form.quotes)?);
            return Some(());
        }
        let start = node.span.start as usize;
        let indent = " ".repeat(column(draft, start));
        let lines = match value {
            YamlValue::Map(map) => write::entries(map, self.form)?,
            _ => return None,
        };
        let end = self.end(draft, item);
        draft.write(start..end, &joined(&indent, &lines));
        Some(())
    }
}

impl Page {
    /// Adds an item before another.
    pub(super) fn insert_before(
        &self,
        draft: &mut Draft,
        id: NodeId,
        item: &YamlValue,
    ) -> Option<()> {
        let (list, None) = self.parent(id)? else { return None };
        let quotes = self.quotes_of(list);
        let start = self.yaml.node(id).span.start as usize;
        if self.is_flow(draft, list) {
            draft.replace(start..start, &format!("{}, ", write::flow(item, quotes)?));
            return Some(());
        }
        let lines = write::items(std::slice::from_ref(item), Form { quotes, ..self.form })?;
        let indent = " ".repeat(column(draft, self.yaml.node(list).span.start as usize));
        let own_line = draft.text()[draft.line_start(start)..start].trim() == "-";
        let lines: Vec<String> = lines.iter().map(|l| write::indented(&indent, l)).collect();
        own_line.then(|| draft.add_above(start, &lines.join("\n")))
    }

    /// Says of an env file that it may be missing: beside `path`, or in the place of the short notation.
    pub(super) fn make_optional(&self, draft: &mut Draft, id: NodeId) -> Option<()> {
        let (holder, key) = self.parent(id)?;
        let long =
            key.is_some_and(|k| self.yaml.scalar(k).is_some_and(|(t, _)| t.as_str() == "path"));
        let required = ("required".to_owned(), YamlValue::Bool(false));
        if long {
            let target = Target { node: holder, key: None };
            return self.set(draft, target, &[required.0], &required.1, false);
        }
        let (text, _) = self.yaml.scalar(id)?;
        let entry = YamlValue::Map(vec![("path".to_owned(), of_text(text)), required]);
        match key {
            Some(key) => self.replace(draft, holder, key, id, &YamlValue::List(vec![entry])),
            None => self.replace_item(draft, holder, id, &entry),
        }
    }
}

/// A text of the file as a value to write.
pub(super) fn of_text(text: &Text) -> YamlValue {
    YamlValue::text(crate::finding::prose!("{}", text))
}
