//! What one container is: a Django service, a database, a broker, nginx, a component of Airflow.
//!
//! A role is worked out from its container (and the files that the container sees) alone. What services are to each other
//! is for [`crate::model::stack`].

pub mod airflow;
pub mod broker;
pub mod database;
pub mod database_release;
pub mod django;
mod entry_files;
pub mod named_modules;
pub mod nginx;
pub(in crate::model) mod python_modules;
mod settings_candidates;

use crate::facts::{self, Family};
use crate::model::container::Container;
use crate::source::{RelPath, Sources};
use airflow::Airflow;
use database::{Database, Engine};
use database_release::DatabaseRelease;
use django::DjangoService;
use nginx::Nginx;
use python_modules::Modules;

/// The roles of a stack's containers, each list in file order.
#[derive(Debug)]
pub struct Roles {
    /// Services that run Django.
    pub django: Vec<DjangoService>,
    /// Services that are databases.
    pub databases: Vec<Database>,
    /// Services that run nginx.
    pub nginx: Vec<Nginx>,
    /// Services that run Airflow.
    pub airflow: Vec<Airflow>,
}

impl Roles {
    /// Works out what each container is. `folder` is the project folder.
    pub(in crate::model) fn of_containers(
        sources: &Sources<'_>,
        folder: &RelPath,
        modules: &Modules,
        containers: &[Container<'_>],
    ) -> Self {
        let numbered = || containers.iter().enumerate();
        let mut readings = nginx::Readings::default();
        Self {
            django: numbered()
                .filter_map(|(i, c)| django::of_container(sources, folder, modules, i, c))
                .collect(),
            databases: numbered()
                .filter_map(|(i, c)| Database::of_container(sources, folder, i, c))
                .collect(),
            nginx: numbered()
                .filter_map(|(i, c)| Nginx::of_container(&mut readings, sources, folder, i, c))
                .collect(),
            airflow: numbered().filter_map(|(i, c)| airflow::of_container(i, c)).collect(),
        }
    }

    /// The databases that Django has a backend for.
    pub fn sql_databases(&self) -> impl Iterator<Item = &Database> {
        self.databases.iter().filter(|d| d.engine != Engine::Mongo)
    }

    /// The databases that run a well-known image, with its release.
    pub fn database_releases(&self) -> impl Iterator<Item = (&Database, &DatabaseRelease)> {
        self.databases.iter().filter_map(|d| Some((d, d.release.as_ref()?)))
    }

    /// Whether the container with number `index` is a database, a broker, a cache or a search server.
    pub fn is_datastore(&self, index: usize, container: &Container<'_>) -> bool {
        let keeps = |name: &str| facts::family_of_bare(name).is_some_and(Family::keeps_data);
        self.sql_databases().any(|d| d.container == index)
            || container.image_name().is_some_and(keeps)
    }
}
