//! The mounts that hold a database's files and a service's code.

use super::Storage;
use crate::model::compose::{Mount, MountKind};
use crate::model::container::{Container, Filesystem};
use crate::model::image::DatabaseVersion;
use crate::model::path;
use crate::model::roles::database::{Database, Engine};
use crate::model::roles::django::DjangoService;
use crate::source::RelPath;

impl<'s> Storage<'s> {
    /// The files that a container sees.
    pub fn filesystem<'c>(&self, container: &'c Container<'_>) -> Filesystem<'c>
    where
        's: 'c,
    {
        container.filesystem(self.stack.sources, &self.stack.project.folder)
    }

    /// The file or folder of the checkout that a mount binds; `None` for a volume, and for a path outside.
    pub fn host_path(&self, mount: &Mount) -> Option<RelPath> {
        mount.host(&self.stack.project.folder)
    }

    /// The mount that holds a database's files.
    pub fn data_mount(&self, database: &Database) -> Option<&'s Mount> {
        let release = database.release.as_ref().map(|r| &r.image);
        let exact = release.is_some_and(|image| {
            matches!(image.version, DatabaseVersion::Named(_)) && image.volume() == database.data
        });
        let folder = match database.engine {
            // From version 18 on the image keeps its data one folder further up.
            Engine::Postgres
                if !exact && path::relative_to(&database.data, "/var/lib/postgresql").is_some() =>
            {
                "/var/lib/postgresql"
            }
            _ => database.data.as_str(),
        };
        let covers = |m: &&Mount| {
            let target = m.target.trim_end_matches('/');
            path::relative_to(&database.data, target).is_some()
                || path::relative_to(target, folder).is_some()
        };
        let mounts = &self.stack.container(database.container).service.mounts;
        mounts
            .iter()
            .filter(covers)
            .find(|m| m.kind != MountKind::Anonymous)
            .or_else(|| mounts.iter().find(covers))
    }

    /// The bind mount of the project's code into a Django service.
    pub fn source_mount(&self, service: &DjangoService) -> Option<&'s Mount> {
        let base = service.python_path.first()?;
        let mounts = &self.stack.container(service.container).service.mounts;
        mounts.iter().find(|m| {
            m.kind == MountKind::Bind
                && path::relative_to(base, m.target.trim_end_matches('/')).is_some()
        })
    }
}
