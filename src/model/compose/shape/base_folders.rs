//! From which folder the relative paths of a file start.

use crate::model::compose::tree::{ITEM, KeyPath, Kind, Node, Scalar};
use crate::source::RelPath;

/// Which values are paths, and whether they may also be something else.
const PATHS: &[(&[&str], Path)] = &[
    (&["services", "*", "build", "context"], Path::Context),
    (&["services", "*", "build", "additional_contexts", "*"], Path::Context),
    (&["services", "*", "build", "ssh", "*"], Path::Mounted),
    (&["services", "*", "env_file", "*", "path"], Path::Plain),
    (&["services", "*", "label_file", "*"], Path::Plain),
    (&["services", "*", "extends", "file"], Path::Plain),
    (&["services", "*", "develop", "watch", "*", "path"], Path::Plain),
    (&["configs", "*", "file"], Path::Mounted),
    (&["secrets", "*", "file"], Path::Mounted),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Path {
    /// An empty one stays empty.
    Plain,
    /// The same, and it may lie elsewhere.
    Context,
    /// An empty one is the folder itself.
    Mounted,
}

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
    if let Some(kind) = path.find(PATHS) {
        if let Kind::Scalar(scalar) = &mut node.kind
            && !(kind == Path::Context && is_remote(scalar.text.as_str()))
            && !(kind != Path::Mounted && scalar.text.is_empty())
        {
            start_from(scalar, folder);
        }
        return;
    }
    if path.is(&["services", "*", "volumes", "*"]) {
        let bind =
            node.get("type").and_then(Node::scalar).is_some_and(|t| t.text.as_str() == "bind");
        if let (true, Some(Node { kind: Kind::Scalar(source), .. })) =
            (bind, node.get_mut("source"))
        {
            start_from(source, folder);
        } else if let Kind::Scalar(scalar) = &mut node.kind {
            // A short form that could not be made long.
            start_from(scalar, folder);
        }
        return;
    }
    if path.is(&["volumes", "*"]) {
        let is = |n: Option<&Node>, wanted: &str| {
            n.and_then(Node::scalar).is_some_and(|s| s.text.as_str() == wanted)
        };
        let local = is(node.get("driver"), "local")
            && is(node.get("driver_opts").and_then(|o| o.get("o")), "bind");
        if local
            && let Some(Node { kind: Kind::Scalar(device), .. }) =
                node.get_mut("driver_opts").and_then(|o| o.get_mut("device"))
        {
            start_from(device, folder);
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

fn start_from(scalar: &mut Scalar, folder: &RelPath) {
    if scalar.base.is_none() {
        scalar.base = Some(folder.clone());
    }
}
