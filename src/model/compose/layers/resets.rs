//! `!reset` and `!override`: what a file takes out of those it is laid over (Compose specification, "Merge",
//! "Reset value" and "Replace value").

use crate::model::compose::read::tags::{RESET, is_tag};
use crate::model::compose::tree::{KeyPath, Kind, Node};

/// The paths that a file resets or overrides; keys from the top.
pub(super) type Resets = Vec<Vec<String>>;

/// Takes the tags out of a file: what is `!reset` is gone from it, what is `!override` stays. Says which paths
/// have to go from what the file is laid over.
pub(crate) fn take(node: &mut Node) -> Resets {
    let mut resets = Vec::new();
    if tagged(node) {
        walk(node, &mut Vec::new(), &mut resets);
    }
    resets
}

fn tagged(node: &Node) -> bool {
    node.tag.as_deref().is_some_and(is_tag)
        || match &node.kind {
            Kind::Map(entries) => entries.iter().any(|e| tagged(&e.value)),
            Kind::List(items) => items.iter().any(tagged),
            _ => false,
        }
}

fn walk(node: &mut Node, path: &mut Vec<String>, resets: &mut Resets) {
    match &mut node.kind {
        Kind::Map(entries) => entries.retain_mut(|entry| {
            path.push(entry.key.as_str().to_owned());
            let tag = entry.value.tag.take();
            if tag.as_deref().is_some_and(is_tag) {
                resets.push(path.clone());
            } else {
                walk(&mut entry.value, path, resets);
            }
            path.pop();
            tag.as_deref() != Some(RESET)
        }),
        // Items have no name by which they could be found in another file.
        Kind::List(items) => items.retain_mut(|item| {
            let tag = item.tag.take();
            if !tag.as_deref().is_some_and(is_tag) {
                walk(item, &mut vec!["\0".into()], &mut Vec::new());
            }
            tag.as_deref() != Some(RESET)
        }),
        _ => {}
    }
}

/// Removes what `resets` name from a tree that stands at `path`.
pub(crate) fn apply(resets: &Resets, node: &mut Node, path: &KeyPath<'_>) {
    if resets.is_empty() {
        return;
    }
    if let Kind::Map(entries) = &mut node.kind {
        entries.retain_mut(|entry| {
            let here = path.next(entry.key.as_str());
            let gone =
                resets.iter().any(|r| here.is(&r.iter().map(String::as_str).collect::<Vec<_>>()));
            if !gone {
                apply(resets, &mut entry.value, &here);
            }
            !gone
        });
    }
}
