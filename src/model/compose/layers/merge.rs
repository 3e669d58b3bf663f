//! Putting an override over a base, key by key (Compose specification, "Merge").

use crate::finding::{Own, Quote, prose};
use crate::model::compose::shape::notations::{build, dependencies, names, pairs};
use crate::model::compose::tree::{Entry, Fault, FaultKind, KeyPath, Kind, MERGED, Merged, Node};

/// Lays `over` over `base`, both at `path`.
pub(crate) fn merge(base: Node, over: Node, path: &KeyPath<'_>, faults: &mut Vec<Fault>) -> Node {
    if let Some(how) = path.find(MERGED) {
        return special(how, base, over, path, faults);
    }
    match (base.kind, over.kind) {
        (kind, Kind::Null) => Node { kind, ..Node::null(base.span) },
        (Kind::Map(below), Kind::Map(above)) => {
            Node::map(base.span, merge_maps(below, above, path, faults))
        }
        (Kind::List(mut below), Kind::List(above)) => {
            below.extend(above);
            Node::list(over.span, below)
        }
        (kind @ (Kind::Map(_) | Kind::List(_)), other) => {
            let (is, wants) = (shape(&other), shape(&kind));
            faults.push(
                Fault::new(
                    FaultKind::Value,
                    over.span,
                    prose!(
                        "`{}` is {} here and {} in what it is laid over",
                        Quote::name(path.last()),
                        Own(is),
                        Own(wants)
                    ),
                )
                .label(prose!("this is {}", Own(is)))
                .also(base.span, prose!("this is {}", Own(wants)))
                .help("write both in the same form, or replace the whole with `!override`"),
            );
            Node { kind, ..Node::null(base.span) }
        }
        (_, kind) => Node { kind, ..Node::null(over.span) },
    }
}

/// A value's shape in words.
fn shape(kind: &Kind) -> &'static str {
    match kind {
        Kind::Map(_) => "a mapping",
        Kind::List(_) => "a list",
        _ => "a single value",
    }
}

fn special(
    how: Merged,
    base: Node,
    over: Node,
    path: &KeyPath<'_>,
    faults: &mut Vec<Fault>,
) -> Node {
    let (below, above) = (base.span, over.span);
    let maps = |base: Node, over: Node, faults: &mut Vec<Fault>| {
        let (Kind::Map(b), Kind::Map(o)) = (base.kind, over.kind) else { return Node::null(above) };
        Node::map(below, merge_maps(b, o, path, faults))
    };
    match how {
        Merged::Replace => over,
        Merged::Pairs => {
            let mut items = pairs(base);
            items.extend(pairs(over));
            Node::list(above, items)
        }
        Merged::Hosts => {
            let mut items = pairs(base);
            let text = |n: &Node| n.scalar().map(|s| s.text.as_str().to_owned());
            let known: Vec<Option<String>> = items.iter().map(text).collect();
            items.extend(pairs(over).into_iter().filter(|n| !known.contains(&text(n))));
            Node::list(above, items)
        }
        Merged::Build => match (build(base), build(over)) {
            (base, Node { kind: Kind::Null, .. }) => base,
            (Node { kind: Kind::Null, .. }, over) => over,
            (base, over) => maps(base, over, faults),
        },
        Merged::Names => mapped(names(base), names(over), maps, faults),
        Merged::Dependencies => mapped(dependencies(base), dependencies(over), maps, faults),
        Merged::Logging => {
            let driver =
                |n: &Node| n.get("driver").map(|d| d.scalar().map(|s| s.text.as_str().to_owned()));
            match (driver(&base), driver(&over)) {
                (Some(a), Some(b)) if a != b => over,
                _ if matches!(over.kind, Kind::Null) => base,
                _ => maps(base, over, faults),
            }
        }
        Merged::Pools => pools(base, over, path, faults),
    }
}

/// Merges two mappings, either of which may be missing.
fn mapped(
    base: Node,
    over: Node,
    maps: impl Fn(Node, Node, &mut Vec<Fault>) -> Node,
    faults: &mut Vec<Fault>,
) -> Node {
    match (&base.kind, &over.kind) {
        (Kind::Map(_), Kind::Map(_)) => maps(base, over, faults),
        (Kind::Map(_), _) => base,
        _ => over,
    }
}

fn merge_maps(
    below: Vec<Entry>,
    above: Vec<Entry>,
    path: &KeyPath<'_>,
    faults: &mut Vec<Fault>,
) -> Vec<Entry> {
    let mut out = below;
    for entry in above {
        let Some(at) = out.iter().position(|e| e.key.as_str() == entry.key.as_str()) else {
            out.push(entry);
            continue;
        };
        let old = std::mem::replace(&mut out[at].value, Node::null(entry.value.span));
        let merged = merge(old, entry.value, &path.next(entry.key.as_str()), faults);
        // A value that is replaced brings its key along, so that a finding points at the file that wins.
        if matches!(merged.kind, Kind::Scalar(_)) && merged.span.file == entry.key.span().file {
            out[at].key = entry.key;
        }
        out[at].value = merged;
    }
    out
}

/// Address pools are merged where their subnets are the same.
fn pools(base: Node, over: Node, path: &KeyPath<'_>, faults: &mut Vec<Fault>) -> Node {
    let span = over.span;
    let (Kind::List(below), Kind::List(above)) = (base.kind, over.kind) else {
        return Node::null(span);
    };
    let subnet =
        |n: &Node| n.get("subnet").and_then(Node::scalar).map(|s| s.text.as_str().to_owned());
    let mut all: Vec<Node> = Vec::new();
    for original in below {
        for other in &above {
            let known = |all: &[Node], subnet_of: &Node| {
                all.iter().position(|a| subnet(a) == subnet(subnet_of))
            };
            if subnet(other) != subnet(&original) && known(&all, other).is_none() {
                all.push(other.clone());
                continue;
            }
            let (Kind::Map(b), Kind::Map(o)) = (original.kind.clone(), other.kind.clone()) else {
                continue;
            };
            let merged = Node::map(original.span, merge_maps(b, o, path, faults));
            match known(&all, &merged) {
                Some(at) => all[at] = merged,
                None => all.push(merged),
            }
        }
    }
    Node::list(span, all)
}
