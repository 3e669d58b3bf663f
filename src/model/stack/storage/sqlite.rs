//! Where the file of an SQLite database lies, and what keeps it.

use super::Storage;
use crate::model::container::Volume;
use crate::model::exec_context::{ExecContext, PathLookup};
use crate::model::path;
use crate::model::roles::database::{DatabaseUse, Engine};
use crate::model::roles::django::DjangoService;
use crate::source::{EntryKind, RelPath};
use crate::syntax::dockerfile::Kind;

/// The file of an SQLite database in one container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SqliteFile {
    /// Its path in the container.
    pub path: String,
    /// What keeps it.
    pub kept: Kept,
    /// The file of the checkout that stands there when a container is made.
    pub committed: Option<RelPath>,
}

/// What keeps a file that a container writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kept {
    /// Nothing: it lies in the container's own layer, and goes with the container.
    Nowhere,
    /// A volume or a folder of the host: which, and the path in it.
    Storage(Volume, String),
    /// Not known.
    Unknown,
}

impl Storage<'_> {
    /// The file of an SQLite database that a service uses; `None` for another database, for one in memory, and where
    /// its path is not known.
    pub fn sqlite_file(&self, service: &DjangoService, used: &DatabaseUse) -> Option<SqliteFile> {
        let name = used.name.as_ref().filter(|_| used.kind == Some(Engine::Sqlite))?.as_str()?;
        if name.is_empty() || name.contains(':') || name.contains("memory") {
            return None;
        }
        let container = self.stack.container(service.container);
        let at = if name.starts_with('/') {
            path::join("/", name)
        } else {
            // A relative name starts from where the process stands.
            let step = self
                .stack
                .django()
                .server(service)
                .map(|(step, _)| step)
                .or_else(|| container.process.steps.first())?;
            path::join(step.workdir.as_deref()?, name)
        };
        let fs = container.filesystem(self.stack.sources, &self.stack.project.folder);
        let committed = match fs.find(&at) {
            PathLookup::Host(host) if self.stack.sources.kind(&host) == EntryKind::File => {
                Some(host)
            }
            _ => None,
        };
        let kept = match (fs.mount(&at), fs.storage(&at)) {
            (_, Some((volume, inside, _))) => Kept::Storage(volume, inside),
            // A volume without a name, or memory: somebody thought of it.
            (Some(_), None) => Kept::Unknown,
            (None, None) if self.in_image_volume(service.container, &at) => Kept::Unknown,
            (None, None) => Kept::Nowhere,
        };
        Some(SqliteFile { path: at, kept, committed })
    }

    /// Whether a `VOLUME` of the Dockerfile may hold a path, or the image is not known.
    fn in_image_volume(&self, container: usize, at: &str) -> bool {
        let Some(image) = self.stack.container(container).built() else { return true };
        if self.stack.container(container).service.node.get("volumes_from").is_some() {
            return true;
        }
        image.tree.instructions.iter().any(|i| match &i.kind {
            Kind::Volume(paths) => paths
                .iter()
                .any(|p| p.contains('$') || path::relative_to(at, &path::join("/", p)).is_some()),
            _ => false,
        })
    }
}
