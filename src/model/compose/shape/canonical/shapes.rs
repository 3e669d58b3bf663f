//! Values that cannot be made long (compose-go's canonical transformations). A file that is loaded by itself meets
//! the schema first; one that is only extended meets nothing but this.

use crate::finding::{Own, prose};
use crate::model::compose::tree::{
    Fault, FaultKind, ITEM, KeyPath, Kind, Node, TAKES, Takes, Value,
};

/// What in a file is of a form that its place does not know.
pub(crate) fn check(tree: &Node, faults: &mut Vec<Fault>) {
    walk(tree, &KeyPath::TOP, faults);
}

fn walk(node: &Node, path: &KeyPath<'_>, faults: &mut Vec<Fault>) {
    if let Some(takes) = path.find(TAKES)
        && !fits(node, takes)
    {
        let is = match &node.kind {
            Kind::Null => "nothing",
            Kind::Scalar(_) => "a single value",
            Kind::List(_) => "a list",
            Kind::Map(_) => "a mapping",
        };
        let message = prose!("`{}` is {}, which Compose cannot read there", path, Own(is));
        faults.push(
            Fault::new(FaultKind::Value, node.span, message)
                .label(is)
                .help("give it a value, or leave the key out"),
        );
        return;
    }
    match &node.kind {
        Kind::Map(entries) => {
            entries.iter().for_each(|e| walk(&e.value, &path.next(e.key.as_str()), faults))
        }
        Kind::List(items) => items.iter().for_each(|i| walk(i, &path.next(ITEM), faults)),
        _ => {}
    }
}

fn fits(node: &Node, takes: Takes) -> bool {
    match &node.kind {
        Kind::Null => false,
        Kind::Scalar(s) if !s.text.is_resolved() => true,
        Kind::Scalar(s) => match s.value {
            Value::Text => takes.text,
            Value::Int(_) => takes.int,
            _ => false,
        },
        Kind::List(_) => takes.list,
        Kind::Map(_) => takes.map,
    }
}
