//! Values that cannot be made long (compose-go's canonical transformations). A file that is loaded by itself meets
//! the schema first; one that is only extended meets nothing but this.

use crate::model::compose::tree::{Fault, FaultKind, ITEM, KeyPath, Kind, Node, Value};

/// What a place takes: a text, a whole number, a list, a mapping.
#[derive(Debug, Clone, Copy)]
struct Takes {
    text: bool,
    int: bool,
    list: bool,
    map: bool,
}

const NONE: Takes = Takes { text: false, int: false, list: false, map: false };
const TEXT: Takes = Takes { text: true, ..NONE };
const TEXT_OR_MAP: Takes = Takes { text: true, map: true, ..NONE };
const TEXT_OR_LIST: Takes = Takes { text: true, list: true, ..NONE };
const LIST_OR_MAP: Takes = Takes { list: true, map: true, ..NONE };

const SHAPES: &[(&[&str], Takes)] = &[
    (&["services", "*", "build"], TEXT_OR_MAP),
    (&["services", "*", "build", "secrets", "*"], TEXT_OR_MAP),
    (&["services", "*", "build", "additional_contexts"], LIST_OR_MAP),
    (&["services", "*", "build", "ssh"], LIST_OR_MAP),
    (&["services", "*", "build", "ulimits", "*"], Takes { int: true, map: true, ..NONE }),
    (&["services", "*", "depends_on"], LIST_OR_MAP),
    (&["services", "*", "depends_on", "*"], TEXT_OR_MAP),
    (&["services", "*", "env_file"], TEXT_OR_LIST),
    (&["services", "*", "extends"], TEXT_OR_MAP),
    (&["services", "*", "gpus"], TEXT_OR_LIST),
    (&["services", "*", "volumes", "*"], TEXT_OR_MAP),
    (&["services", "*", "devices", "*"], TEXT_OR_MAP),
    (&["services", "*", "secrets", "*"], TEXT_OR_MAP),
    (&["services", "*", "configs", "*"], TEXT_OR_MAP),
    (&["services", "*", "build", "args", ITEM], TEXT),
    (&["services", "*", "build", "labels", ITEM], TEXT),
    (&["services", "*", "build", "tags", ITEM], TEXT),
    (&["services", "*", "deploy", "labels", ITEM], TEXT),
    (&["services", "*", "annotations", ITEM], TEXT),
    (&["services", "*", "cap_add", ITEM], TEXT),
    (&["services", "*", "cap_drop", ITEM], TEXT),
    (&["services", "*", "dns", ITEM], TEXT),
    (&["services", "*", "dns_opt", ITEM], TEXT),
    (&["services", "*", "dns_search", ITEM], TEXT),
    (&["services", "*", "environment", ITEM], TEXT),
    (&["services", "*", "labels", ITEM], TEXT),
    (&["services", "*", "links", ITEM], TEXT),
    (&["services", "*", "profiles", ITEM], TEXT),
    (&["services", "*", "sysctls", ITEM], TEXT),
    (&["services", "*", "tmpfs", ITEM], TEXT),
    (&["services", "*", "ports"], Takes { list: true, ..NONE }),
    (&["services", "*", "ports", "*"], Takes { text: true, int: true, map: true, ..NONE }),
    (&["services", "*", "ulimits", "*"], Takes { int: true, map: true, ..NONE }),
];

/// What in a file is of a form that its place does not know.
pub(crate) fn check(tree: &Node, faults: &mut Vec<Fault>) {
    walk(tree, &KeyPath::TOP, faults);
}

fn walk(node: &Node, path: &KeyPath<'_>, faults: &mut Vec<Fault>) {
    if let Some(takes) = path.find(SHAPES)
        && !fits(node, takes)
    {
        let is = match &node.kind {
            Kind::Null => "nothing",
            Kind::Scalar(_) => "a single value",
            Kind::List(_) => "a list",
            Kind::Map(_) => "a mapping",
        };
        let message = format!("`{path}` is {is}, which Compose cannot read there");
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
