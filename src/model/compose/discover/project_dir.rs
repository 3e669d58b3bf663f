//! The folder a project's relative paths start from.

use crate::facts::{FileKind, default_name};
use crate::model::compose::load::load;
use crate::source::{EntryKind, RelPath, Sources};

/// The project folder of a stack: the first file's own (Compose specification, "Paths"), unless what the
/// file builds from is only there as seen from a folder above. Such a file is meant to be laid over another
/// one with `-f`, whose folder then counts.
pub fn project_folder(sources: &Sources<'_>, paths: &[RelPath]) -> RelPath {
    let own = paths.first().map_or_else(RelPath::root, RelPath::parent);
    let mut folder = own.clone();
    let broken = |folder: &RelPath| {
        let project = load(sources, folder, paths);
        let builds = project.services.iter().filter_map(|s| s.build.as_ref());
        let missing = builds.filter(|b| match &b.context {
            Some(context) => {
                let dockerfile = context.join(
                    b.dockerfile
                        .as_ref()
                        .map_or(default_name(FileKind::Dockerfile), |d| d.as_str()),
                );
                dockerfile.is_none_or(|d| sources.kind(&d) == EntryKind::Missing)
            }
            // A path that leaves the root is no better than one that leads nowhere.
            None => b.context_text.starts_with('.'),
        });
        missing.count()
    };
    if broken(&own) == 0 {
        return own;
    }
    while !folder.is_root() {
        folder = folder.parent();
        if broken(&folder) == 0 {
            return folder;
        }
    }
    own
}
