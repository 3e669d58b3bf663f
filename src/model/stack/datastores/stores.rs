//! Which services run a database or a broker, and which of them a setting means.

use super::Datastores;
use crate::model::django::Value;
use crate::model::roles::broker::{BrokerKind, broker};
use crate::model::roles::database::{Database, DatabaseUse};
use crate::model::roles::django::DjangoService;
use crate::model::stack::network::Resolved;

impl<'s> Datastores<'s> {
    /// The services that run a server of this kind.
    pub fn brokers(&self, kind: BrokerKind) -> Vec<usize> {
        (0..self.stack.containers.len())
            .filter(|i| broker(self.stack.container(*i)) == Some(kind))
            .collect()
    }

    /// The database service that an entry of `DATABASES` reaches; where the settings are not known, the only one there is.
    pub fn database_of(
        &self,
        service: &DjangoService,
        used: Option<&DatabaseUse>,
    ) -> Option<&'s Database> {
        match used {
            Some(used) => {
                let host = used.host.as_ref().and_then(Value::as_str)?;
                match self.stack.network().resolve(service.container, host) {
                    Resolved::Service(index) => {
                        self.stack.roles.sql_databases().find(|d| d.container == index)
                    }
                    _ => None,
                }
            }
            None => {
                let mut all = self.stack.roles.sql_databases();
                all.next().filter(|_| all.next().is_none())
            }
        }
    }
}
