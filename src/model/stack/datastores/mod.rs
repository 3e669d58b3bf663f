//! Databases, brokers and caches: which one a service means, what each asks of its clients, who migrates, and what guards
//! them.

mod broker_access;
mod drift;
mod exposed;
mod extensions;
mod migrating;
mod ready;
mod stores;

pub use broker_access::{BrokerAccess, Clash};
pub use drift::Drift;
pub use exposed::{ExposedDatastore, Protection};
pub use extensions::LackingExtension;
pub use ready::{ReadyCheck, Told};

use super::Stack;

/// Databases, brokers and caches: which one a service means, what each asks of its clients, who migrates, and what guards them.
#[derive(Clone, Copy)]
pub struct Datastores<'s> {
    stack: &'s Stack<'s>,
}

impl Stack<'_> {
    /// Databases, brokers and caches: which one a service means, what each asks of its clients, who migrates, and what guards them.
    pub fn datastores(&self) -> Datastores<'_> {
        Datastores { stack: self }
    }
}
