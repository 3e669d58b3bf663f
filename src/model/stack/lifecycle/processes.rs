//! What the services run, as far as it is known.

use super::Lifecycle;
use crate::source::Unknown;

impl Lifecycle<'_> {
    /// Why it is not known what some service that is built here runs; `None` when all is known.
    pub fn unknown_process(&self) -> Option<&Unknown> {
        self.stack
            .containers
            .iter()
            .filter(|c| {
                c.image.is_some()
                    || self
                        .stack
                        .roles
                        .django
                        .iter()
                        .any(|d| self.stack.container(d.container).name() == c.name())
            })
            // A database runs nothing of Django's, whatever prepares it.
            .filter(|c| {
                let databases = &self.stack.roles.databases;
                !databases.iter().any(|d| self.stack.container(d.container).name() == c.name())
            })
            .find_map(|c| c.process.unknown.as_ref())
    }
}
