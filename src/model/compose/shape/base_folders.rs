//! From which folder the relative paths of a file start.

use crate::model::compose::tree::{FOLDERS, Folder, ITEM, KeyPath, Kind, Node, Scalar};
use crate::source::RelPath;

/// Whether a build context lies elsewhere than in this file system (Compose specification, `build`, `context`).
pub(crate) fn is_remote(context: &str) -> bool {
    let schemes = ["https://", "http://", "git://", "ssh://", "github.com/", "git@", "service:"];
    context.contains("://") || schemes.iter().any(|s| context.starts_with(s))
}

/// Notes for every path of a tree in long notation that it starts from `folder`, unless that is said already.
pub(crate) fn bases(tree: &mut Node, folder: &RelPath) {
    walk(tree, &KeyPath::TOP, folder);
}

fn walk(node: &mut Node, path: &KeyPath<'_>, folder: &RelPath) {
    if let Some(kind) = path.find(FOLDERS) {
        if let Some(scalar) = path_in(node, kind) {
            start_from(scalar, folder);
        }
        return;
    }
    match &mut node.kind {
        Kind::Map(entries) => {
            entries.iter_mut().for_each(|e| walk(&mut e.value, &path.next(e.key.as_str()), folder))
        }
        Kind::List(items) => items.iter_mut().for_each(|i| walk(i, &path.next(ITEM), folder)),
        _ => {}
    }
}

/// The path that stands at such a place, if one does.
fn path_in(node: &mut Node, kind: Folder) -> Option<&mut Scalar> {
    let is = |n: Option<&Node>, wanted: &str| {
        n.and_then(Node::scalar).is_some_and(|s| s.text.as_str() == wanted)
    };
    let (bind, local) = (
        is(node.get("type"), "bind"),
        is(node.get("driver"), "local")
            && is(node.get("driver_opts").and_then(|o| o.get("o")), "bind"),
    );
    let path = match kind {
        Folder::Mount if bind && node.get("source").is_some_and(|s| s.scalar().is_some()) => {
            node.get_mut("source")?
        }
        Folder::Device if local => node.get_mut("driver_opts")?.get_mut("device")?,
        Folder::Device => return None,
        // A mount as a text: a short form that could not be made long.
        Folder::Mount | Folder::Plain | Folder::Context | Folder::Mounted => node,
    };
    let Kind::Scalar(scalar) = &mut path.kind else { return None };
    let none = match kind {
        Folder::Plain => scalar.text.is_empty(),
        Folder::Context => scalar.text.is_empty() || is_remote(scalar.text.as_str()),
        Folder::Mounted | Folder::Mount | Folder::Device => false,
    };
    (!none).then_some(scalar)
}

fn start_from(scalar: &mut Scalar, folder: &RelPath) {
    if scalar.base.is_none() {
        scalar.base = Some(folder.clone());
    }
}
