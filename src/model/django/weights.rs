//! How large values are.

use super::evaluator::{MAX_BYTES, MAX_ITEMS, MAX_NODES};
use super::{Value, ValueKind};

/// Lists in lists.
const MAX_NESTING: usize = 32;

/// How many values a value is made of, or more than may be kept.
pub(super) fn weight(value: &Value) -> usize {
    let mut nodes = 0;
    if weigh(value, 0, &mut nodes) { nodes } else { MAX_NODES + 1 }
}

/// Whether a value is small enough, counting its parts.
pub(super) fn weigh(value: &Value, depth: usize, nodes: &mut usize) -> bool {
    *nodes += 1;
    if *nodes > MAX_NODES || depth > MAX_NESTING {
        return false;
    }
    match &value.kind {
        ValueKind::Str(text) => {
            *nodes += text.as_str().len() / 128;
            text.as_str().len() <= MAX_BYTES
        }
        ValueKind::Path(path) => path.len() <= MAX_BYTES,
        ValueKind::List { items, .. } => {
            items.len() <= MAX_ITEMS && items.iter().all(|item| weigh(item, depth + 1, nodes))
        }
        ValueKind::Dict { entries, .. } => {
            entries.iter().all(|(k, v)| weigh(k, depth + 1, nodes) && weigh(v, depth + 1, nodes))
        }
        _ => true,
    }
}
