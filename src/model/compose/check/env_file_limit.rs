//! How much of the env and label files of all services is read.

use crate::finding::prose;
use crate::model::compose::tree::limits::{MAX_ENV_BYTES, MAX_ENV_LINES};
use crate::model::compose::tree::paths::in_root;
use crate::model::compose::tree::{Entry, Fault, FaultKind, Node};
use crate::source::{Limit, RelPath, Sources, Span};
use std::collections::HashSet;

/// The services whose env and label files are not read, because those before them have used up what is read; by the places
/// of their names. Reads the files, as whoever asks for the environment does.
pub(crate) fn beyond_limit(
    tree: &Node,
    sources: &Sources<'_>,
    folder: &RelPath,
    root: Option<&str>,
    faults: &mut Vec<Fault>,
) -> HashSet<Span> {
    let mut beyond = HashSet::new();
    let (mut lines, mut bytes) = (0usize, 0usize);
    for Entry { key, value } in tree.get("services").map(Node::entries).unwrap_or_default() {
        let named = |key: &str| value.get(key).map(Node::items).unwrap_or_default().iter();
        let paths = named("env_file")
            .filter_map(|i| i.get("path"))
            .chain(named("label_file"))
            .filter_map(Node::scalar);
        for path in paths.filter(|p| p.text.is_resolved()) {
            let at = in_root(path.base.as_ref().unwrap_or(folder), path.text.as_str(), root);
            let Some(Ok(file)) = at.map(|at| sources.read(&at, Limit::Code)) else { continue };
            lines = lines.saturating_add(file.line_count());
            bytes = bytes.saturating_add(file.text.len());
            if lines <= MAX_ENV_LINES && bytes <= MAX_ENV_BYTES {
                continue;
            }
            if beyond.is_empty() {
                let message = prose!(
                    "the env files of all services have more than {} lines or 8 MiB, counted for each service; the rest is not read",
                    MAX_ENV_LINES
                );
                faults.push(
                    Fault::new(FaultKind::Limit, path.text.span(), message)
                        .label("here reading stops"),
                );
            }
            beyond.insert(key.span());
            break;
        }
    }
    beyond
}
