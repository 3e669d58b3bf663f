//! Where things are written, for labels, and what else lies near.

use super::Stack;
use crate::model::compose::{Mount, MountKind};
use crate::model::django::Value;
use crate::model::path;
use crate::model::roles::database::{Database, DatabaseUse, Engine};
use crate::model::roles::django::DjangoService;
use crate::model::stack::network::Resolved;

impl<'s> Stack<'s> {
    /// The database service that an entry of `DATABASES` reaches; where the settings are not known, the only one there is.
    pub fn database_of(
        &'s self,
        service: &DjangoService,
        used: Option<&DatabaseUse>,
    ) -> Option<&'s Database> {
        match used {
            Some(used) => {
                let host = used.host.as_ref().and_then(Value::as_str)?;
                match self.network().resolve(service.container, host) {
                    Resolved::Service(index) => {
                        self.roles.databases.iter().find(|d| d.container == index)
                    }
                    _ => None,
                }
            }
            None => match self.roles.databases.as_slice() {
                [one] => Some(one),
                _ => None,
            },
        }
    }

    /// The mount that holds a database's files.
    pub fn data_mount(&'s self, database: &Database) -> Option<&'s Mount> {
        let folder = match database.engine {
            // From version 18 on the image keeps its data one folder further up.
            Engine::Postgres if path::below(&database.data, "/var/lib/postgresql").is_some() => {
                "/var/lib/postgresql"
            }
            _ => database.data.as_str(),
        };
        let covers = |m: &&Mount| {
            let target = m.target.trim_end_matches('/');
            path::below(&database.data, target).is_some() || path::below(target, folder).is_some()
        };
        let mounts = &self.container(database.container).service.mounts;
        mounts
            .iter()
            .filter(covers)
            .find(|m| m.kind != MountKind::Anonymous)
            .or_else(|| mounts.iter().find(covers))
    }

    /// The bind mount of the project's code into a Django service.
    pub fn source_mount(&'s self, service: &DjangoService) -> Option<&'s Mount> {
        let base = service.python_path.first()?;
        let mounts = &self.container(service.container).service.mounts;
        mounts.iter().find(|m| {
            m.kind == MountKind::Bind && path::below(base, m.target.trim_end_matches('/')).is_some()
        })
    }
}
