//! The tags `!reset` and `!override`.

use crate::model::compose::tree::{Kind, Node};

/// The tag of what is taken out.
pub(crate) const RESET: &str = "!reset";

/// The tag of what stands alone.
pub(super) const OVERRIDE: &str = "!override";

pub(crate) fn is_tag(tag: &str) -> bool {
    matches!(tag, RESET | OVERRIDE)
}

/// Drops what is reset inside an anchor: Compose took it out where the anchor stands, and an alias no longer sees it.
pub(super) fn drop_reset(node: &mut Node) {
    let stays = |node: &mut Node| {
        drop_reset(node);
        node.tag.as_deref() != Some(RESET)
    };
    match &mut node.kind {
        _ if node.tag.as_deref() == Some(OVERRIDE) => {}
        Kind::Map(entries) => entries.retain_mut(|e| stays(&mut e.value)),
        Kind::List(items) => items.retain_mut(stays),
        _ => {}
    }
}
