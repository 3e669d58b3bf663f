//! Changes of YAML files: each finds its place in the tree, and writes in the form that is used there.

mod insert;
mod list;
mod remove;
mod service;
mod write;

#[cfg(test)]
mod tests;

use super::draft::Draft;
use crate::finding::{NodeEdit, YamlEdit, YamlMap, YamlValue};
use crate::source::{FileId, Span};
use crate::syntax::yaml::{Entry, NodeId, NodeKind, Style, Yaml};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;
use write::Form;

pub(super) use write::scalar;

/// A mapping to change, or the place where one can be.
#[derive(Debug, Clone, Copy)]
struct Target {
    /// Its node; an empty scalar where nothing is written yet.
    node: NodeId,
    /// The key it is the value of.
    key: Option<NodeId>,
}

/// A file as it is now.
struct Page {
    yaml: Yaml,
    form: Form,
}

/// A page that was read.
struct ReadPage {
    file: FileId,
    text: Arc<str>,
    /// Whether it is the file as it lies on disk.
    unchanged: bool,
    page: Option<Rc<Page>>,
}

/// The most pages that are kept.
const MAX_READ: usize = 4;
/// Bytes of files that are read once more after a change, in one run: a cure that changes one mapping for each of many
/// services is said in words where it would take more.
const MAX_AGAIN: usize = 16 * 1024 * 1024;

thread_local! {
    static READ: RefCell<Vec<ReadPage>> = const { RefCell::new(Vec::new()) };
    static AGAIN: Cell<usize> = const { Cell::new(0) };
}

/// Forgets what was read: the next run has other files.
pub(super) fn forget() {
    READ.take();
    AGAIN.set(0);
}

/// Changes a mapping; `None` where that does not fit.
pub(super) fn change(draft: &mut Draft, of: YamlMap, edit: &YamlEdit) -> Option<()> {
    let page = Page::of_draft(draft)?;
    let target = match of {
        YamlMap::Top(_) => match page.yaml.root {
            Some(node) => Target { node, key: None },
            None => return None,
        },
        YamlMap::Of(span) => page.value_of_key(draft.now(span)?)?,
    };
    match edit {
        YamlEdit::Set(path, value) => page.set(draft, target, path, value, false),
        YamlEdit::Default(path, value) => page.set(draft, target, path, value, true),
        YamlEdit::Append(path, item) => page.append(draft, target, path, item),
        YamlEdit::Remove(path) => match page.entry_below(target, path) {
            Some(entry) => page.remove(draft, entry.key),
            None => Some(()),
        },
        YamlEdit::SetVariable(name, value) => page.set_variable(draft, target, name, value),
        YamlEdit::RemoveVariable(name) => page.remove_variable(draft, target, name),
        YamlEdit::DependOn(service, condition) => {
            page.depend_on(draft, target, service, *condition)
        }
    }
}

/// Changes what is at a place; `None` where that does not fit.
pub(super) fn change_node(draft: &mut Draft, at: Span, edit: &NodeEdit) -> Option<()> {
    let page = Page::of_draft(draft)?;
    let id = page.node_at(draft.now(at)?)?;
    match edit {
        NodeEdit::Remove => page.remove(draft, id),
        NodeEdit::InsertBefore(item) => page.insert_before(draft, id, item),
        NodeEdit::MakeOptional => page.make_optional(draft, id),
        NodeEdit::Rename(name) => page.write_scalar(draft, id, &name.unmasked()),
        NodeEdit::Replace(value) => match page.parent(id)? {
            (map, Some(key)) => page.replace(draft, map, key, id, value),
            (list, None) => page.replace_item(draft, list, id, value),
        },
    }
}

impl Page {
    /// The file as it is now; `None` for one with errors, whose tree may not be what it seems. Cures of one file each begin
    /// with the same text, which is read once.
    fn of_draft(draft: &Draft) -> Option<Rc<Self>> {
        let (id, text) = (draft.file().id, &draft.file().text);
        let known = READ.with_borrow(|read| {
            let same = |r: &&ReadPage| r.file == id && r.text == *text;
            read.iter().find(same).map(|r| r.page.clone())
        });
        if let Some(page) = known {
            return page;
        }
        let unchanged = draft.is_unchanged();
        if !unchanged {
            AGAIN.set(AGAIN.get().saturating_add(text.len()));
            if AGAIN.get() > MAX_AGAIN {
                return None;
            }
        }
        let page = Self::read(draft).map(Rc::new);
        READ.with_borrow_mut(|read| {
            if read.len() >= MAX_READ {
                // The file as it lies on disk is asked for again by the next cure.
                let old = read.iter().position(|p| !p.unchanged).unwrap_or(0);
                read.remove(old);
            }
            read.push(ReadPage { file: id, text: text.clone(), unchanged, page: page.clone() });
        });
        page
    }

    /// Reads the file.
    fn read(draft: &Draft) -> Option<Self> {
        let yaml = Yaml::read(draft.file());
        if !yaml.errors.is_empty() {
            return None;
        }
        let form = form(draft, &yaml);
        Some(Self { yaml, form })
    }

    /// Every key with its value and the mapping that holds them.
    fn all_pairs(&self) -> impl Iterator<Item = (NodeId, NodeId, NodeId)> {
        self.yaml.ids().flat_map(move |map| match &self.yaml.node(map).kind {
            NodeKind::Mapping(pairs) => pairs.iter().map(|(k, v)| (map, *k, *v)).collect(),
            _ => Vec::new(),
        })
    }

    fn value_of_key(&self, at: Span) -> Option<Target> {
        let (_, key, node) = self.all_pairs().find(|(_, k, _)| self.yaml.node(*k).span == at)?;
        // What an alias stands for is used elsewhere as well.
        (!matches!(self.yaml.node(node).kind, NodeKind::Alias(..)))
            .then_some(Target { node, key: Some(key) })
    }

    /// The outermost node of a place; a place inside a scalar is the scalar's.
    fn node_at(&self, at: Span) -> Option<NodeId> {
        let exact = self.yaml.ids().find(|id| self.yaml.node(*id).span == at);
        exact
            .or_else(|| {
                let holds = |span: Span| span.start <= at.start && at.end <= span.end;
                self.yaml.ids().find(|id| {
                    let node = self.yaml.node(*id);
                    matches!(node.kind, NodeKind::Scalar(..)) && holds(node.span)
                })
            })
            .or_else(|| {
                // A whole entry, from its key to the end of its value.
                self.all_pairs()
                    .find(|(_, k, v)| self.yaml.node(*k).span.cover(self.yaml.node(*v).span) == at)
                    .map(|(_, k, _)| k)
            })
    }

    /// What holds a node: its mapping with its key (itself, where it is the key), or its list.
    fn parent(&self, id: NodeId) -> Option<(NodeId, Option<NodeId>)> {
        self.all_pairs().find(|(_, k, v)| *k == id || *v == id).map(|(map, k, _)| (map, Some(k))).or_else(|| {
            let list = self.yaml.ids().find(|list| {
                matches!(&self.yaml.node(*list).kind, NodeKind::Sequence(items) if items.contains(&id))
            });
            Some((list?, None))
        })
    }

    fn own_entry(&self, map: NodeId, name: &str) -> Option<Entry<'_>> {
        match self.yaml.node(map).kind {
            NodeKind::Mapping(_) => self.yaml.entry(map, name),
            _ => None,
        }
    }

    fn entry_below(&self, target: Target, path: &[String]) -> Option<Entry<'_>> {
        let (last, above) = path.split_last()?;
        let map =
            above.iter().try_fold(target.node, |map, key| Some(self.own_entry(map, key)?.value))?;
        self.own_entry(map, last)
    }

    /// Whether a mapping takes in an entry by `<<`: one that is added would hide it.
    fn is_merged(&self, map: NodeId, name: &str) -> bool {
        let merges = self.yaml.entries(map).filter(|e| e.name.as_str() == "<<");
        merges
            .flat_map(|e| match self.yaml.items(e.value) {
                [] => vec![e.value],
                items => items.to_vec(),
            })
            .any(|source| {
                self.yaml.entry(source, name).is_some() || self.yaml.entry(source, "<<").is_some()
            })
    }

    fn is_flow(&self, draft: &Draft, id: NodeId) -> bool {
        draft.text()[self.yaml.node(id).span.range()].starts_with(['{', '['])
    }

    fn is_empty(&self, id: NodeId) -> bool {
        let node = self.yaml.node(id);
        matches!(node.kind, NodeKind::Scalar(_, Style::Plain))
            && node.span.is_empty()
            && node.anchor.is_none()
            && node.tag.is_none()
    }

    /// The end of what is written of a node.
    fn end(&self, draft: &Draft, id: NodeId) -> usize {
        let span = self.yaml.node(id).span;
        let text = &draft.text()[..span.end as usize];
        text.trim_end().len().max(span.start as usize)
    }

    /// Writes another string in the quotes of a scalar.
    fn write_scalar(&self, draft: &mut Draft, id: NodeId, text: &str) -> Option<()> {
        let node = self.yaml.node(id);
        let NodeKind::Scalar(_, style) = node.kind else { return None };
        let mut written = scalar(text, style)?;
        if style == Style::Plain && text.contains([',', '[', ']', '{', '}']) {
            written = scalar(text, Style::Double)?;
        }
        draft.replace(node.span.range(), &written);
        Some(())
    }
}

/// The columns before a place, where only white space and dashes are.
fn column(draft: &Draft, at: usize) -> usize {
    at - draft.line_start(at)
}

/// How a file indents, by its first collections.
fn form(draft: &Draft, yaml: &Yaml) -> Form {
    let mut form = Form::default();
    let (mut step, mut dash) = (None, None);
    for map in yaml.ids() {
        let NodeKind::Mapping(pairs) = &yaml.node(map).kind else { continue };
        for (key, value) in pairs {
            let (key, node) = (yaml.node(*key).span, yaml.node(*value));
            let start = node.span.start as usize;
            let text = &draft.text()[node.span.range()];
            let columns = || column(draft, start).checked_sub(column(draft, key.start as usize));
            match &node.kind {
                NodeKind::Mapping(_) if !text.starts_with('{') && step.is_none() => {
                    step = columns()
                }
                NodeKind::Sequence(_) if text.starts_with('-') && dash.is_none() => {
                    dash = columns()
                }
                _ => {}
            }
        }
    }
    form.step = step.filter(|s| (1..=8).contains(s)).unwrap_or(form.step);
    form.dash = dash.filter(|d| *d <= 8).unwrap_or(form.step);
    form
}

/// A value below further keys.
fn nested(path: &[String], value: &YamlValue) -> YamlValue {
    path.iter().rev().fold(value.clone(), |value, key| YamlValue::Map(vec![(key.clone(), value)]))
}
