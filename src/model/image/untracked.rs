//! Files that are not in the checkout and that a build would bring all the same: people keep them out of git.

use super::{Base, Image, LayerKind, Origin};
use crate::model::path;
use crate::source::{EntryKind, Sources, Text};

/// How deep stages may copy from each other.
const MAX_DEPTH: usize = 16;

/// Whether a `COPY` of the first `layers` layers of a stage would bring a file to `at`, if the context had it.
pub(super) fn would_copy(
    sources: &Sources<'_>,
    image: &Image,
    stage: usize,
    layers: usize,
    at: &str,
    depth: usize,
) -> bool {
    let Some(this) = image.stages.get(stage).filter(|_| depth < MAX_DEPTH) else { return true };
    let copied = this.layers.iter().take(layers).any(|layer| match &layer.kind {
        LayerKind::Copy { from, sources: from_paths, dest: Some(dest) } => {
            let folder = dest.trim_end_matches('/');
            let folder = if folder.is_empty() { "/" } else { folder };
            path::relative_to(at, folder).is_some_and(|rest| {
                from_paths.iter().any(|source| match from {
                    Origin::Elsewhere => true,
                    Origin::Stage(stage) => {
                        let layers = image.stages.get(*stage).map_or(0, |s| s.layers.len());
                        let below = path::join(&path::join("/", source), rest);
                        would_copy(sources, image, *stage, layers, &below, depth + 1)
                    }
                    Origin::Context => in_context(sources, image, source, rest),
                })
            })
        }
        LayerKind::Copy { dest: None, .. } => true,
        LayerKind::Run(..) => false,
    });
    copied
        || match &this.base {
            Base::Stage(base) => {
                let layers = image.stages.get(*base).map_or(0, |s| s.layers.len());
                would_copy(sources, image, *base, layers, at, depth + 1)
            }
            Base::External(_) | Base::Unknown(_) => false,
        }
}

/// Whether a source of the context covers `rest`, and `.dockerignore` lets it through.
fn in_context(sources: &Sources<'_>, image: &Image, source: &Text, rest: &str) -> bool {
    let clean = path::join("/", source);
    let source = clean.trim_start_matches('/');
    if source.contains(['*', '?', '[']) || rest.is_empty() {
        return true;
    }
    let Some(whole) = image.context.join(source) else { return true };
    let inside = match sources.kind(&whole) {
        EntryKind::Folder if source.is_empty() => rest.to_owned(),
        EntryKind::Folder => format!("{source}/{rest}"),
        // A file, or nothing: the source itself.
        _ if whole.file_name() == rest => source.to_owned(),
        _ => return false,
    };
    !image.ignored.excludes(&inside)
}
