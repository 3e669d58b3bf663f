//! What the services run, as far as it is known.

use super::Lifecycle;
use crate::facts::Role;
use crate::model::container::Container;
use crate::source::Unknown;

impl Lifecycle<'_> {
    /// Why it is not known what some service that is built here runs; `None` when all is known.
    pub fn unknown_process(&self) -> Option<&Unknown> {
        self.stack
            .containers
            .iter()
            .enumerate()
            .filter(|(_, c)| c.process.unknown.is_some())
            .filter(|(index, c)| {
                let django = self.stack.roles.django.iter().any(|d| d.container == *index);
                let database = self.stack.roles.databases.iter().any(|d| d.container == *index);
                django && !database || c.image.is_some() && !database && !runs_no_django(c)
            })
            .find_map(|(_, c)| c.process.unknown.as_ref())
    }
}

/// Whether a container runs a well-known program that runs nothing of Django's, whatever prepares it: a proxy, a broker.
fn runs_no_django(container: &Container<'_>) -> bool {
    container.presumed_image().is_some_and(|image| {
        matches!(
            image.family.facts().role,
            Role::Database
                | Role::Broker
                | Role::Cache
                | Role::Search
                | Role::Store
                | Role::Proxy
                | Role::Web
                | Role::Mail
        )
    })
}
