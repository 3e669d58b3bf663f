//! Where things are written, for labels, and what else lies near.

use super::Stack;
use crate::model::django::Value;
use crate::model::roles::database::{Database, DatabaseUse};
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
}
