//! Faults that only follow from another one are dropped: whoever mends the first has mended them too.

use crate::model::compose::layers::loader::Loader;
use crate::model::compose::tree::{Fault, FaultKind, Node};
use crate::model::compose::values::dotenv::DotEnv;
use crate::model::compose::values::variables::Unset;
use crate::source::{FileId, Span};
use std::collections::HashSet;

/// Drops what is no fault of its own.
pub(crate) fn drop_derived(loader: &mut Loader<'_, '_>, env: &DotEnv, tree: &Node) {
    let mut faults = std::mem::take(&mut loader.faults);
    name_environment_items(&mut faults, tree);
    // A variable that is required is a guard: whoever runs Compose sets it. Only a `.env` that sets variables
    // of the project, and not this one, says otherwise.
    if env.unset() == Unset::Open && !env.iter().any(|(name, _)| !name.starts_with("COMPOSE_")) {
        faults.retain(|f| f.kind != FaultKind::RequiredVariable);
    }
    let limited: HashSet<FileId> =
        faults.iter().filter(|f| f.kind == FaultKind::Limit).map(|f| f.span.file).collect();
    // What was not read may hold what seems to be missing.
    let partly = !limited.is_empty()
        || !loader.unread.is_empty()
        || !loader.unusable.is_empty()
        || loader.left_out
        || faults.iter().any(|f| f.kind == FaultKind::Remote);
    faults.retain(|f| match f.kind {
        FaultKind::NoImage => !partly && !loader.incomplete.contains(&f.span),
        FaultKind::Undefined | FaultKind::Dependency | FaultKind::NoSource | FaultKind::Watch => {
            !partly
        }
        FaultKind::Value => !limited.contains(&f.span.file) && !before_unread(f, loader),
        _ => true,
    });
    loader.faults = faults;
}

/// A value that is wrong because it is an item of an `environment` list is told as such.
fn name_environment_items(faults: &mut [Fault], tree: &Node) {
    let services = tree.get("services").map(Node::entries).unwrap_or_default();
    let mut items: Vec<Span> = services
        .iter()
        .filter_map(|s| s.value.get("environment"))
        .flat_map(Node::items)
        .map(|i| i.span)
        .collect();
    items.sort_unstable();
    for fault in faults.iter_mut().filter(|f| f.kind == FaultKind::Value) {
        if lies_in(&items, fault.span) {
            fault.kind = FaultKind::EnvironmentItem;
        }
    }
}

/// Whether a place lies in one of these, which are sorted and do not overlap.
pub(crate) fn lies_in(sorted: &[Span], span: Span) -> bool {
    let before = sorted.partition_point(|s| (s.file, s.start) <= (span.file, span.start));
    before
        .checked_sub(1)
        .and_then(|i| sorted.get(i))
        .is_some_and(|s| s.file == span.file && span.end <= s.end)
}

/// Whether a value seems to be missing only because it was left out: nothing stands between the two.
fn before_unread(fault: &Fault, loader: &Loader<'_, '_>) -> bool {
    let file = loader.files.iter().find(|f| f.id == fault.span.file);
    loader.unread.iter().filter(|u| u.file == fault.span.file).any(|unread| {
        let between = file.and_then(|f| f.text.get(fault.span.end as usize..unread.start as usize));
        between.is_some_and(|t| t.chars().all(|c| c.is_whitespace() || matches!(c, ':' | '-')))
    })
}
