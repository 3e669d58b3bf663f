//! The relations between services of one stack, each worked out once and read by many rules.
//!
//! A [`Stack`] holds the containers, their [`Roles`], and one facet a subject, which answers the questions about it:
//! `stack.network().resolve(..)`. A facet is a folder of this module. It owns what it remembers, and it asks only the
//! facets above it in this list:
//!
//! | facet | subject |
//! |---|---|
//! | [`repository`] | the checkout: files, what git ignores, what READMEs and CI tell people, what the stack is for |
//! | [`images`] | images that are built here: what a `COPY` finds, which programs and libraries are missing |
//! | [`lifecycle`] | which services run when and how often, and which wait for which |
//! | [`environment`] | variables: who sets them, who reads them, which are secret |
//! | [`network`] | names, ports and networks: who reaches whom, and who listens where |
//! | [`django`] | the code of Django services: server, apps, packages, management commands |
//! | [`storage`] | mounts, volumes, static files, uploads, SQLite files |
//! | [`datastores`] | databases, brokers and caches, what they ask of clients, and who migrates |
//! | [`workers`] | Celery |
//! | [`airflow`] | how the components of Airflow are configured |
//! | [`proxy`] | what nginx and Traefik pass on, and what Django takes it for |
//!
//! `docs/architecture.md` lists every question with the method that answers it. `tests/layers.rs` holds the order.

mod build;

pub mod airflow;
pub mod datastores;
pub mod django;
pub mod environment;
pub mod images;
pub mod lifecycle;
pub mod network;
pub mod proxy;
pub mod repository;
pub mod storage;
pub mod workers;

pub use build::{Problem, Shared};

use super::compose::{Project, Usage};
use super::container::Container;
use super::instructions::Instructions;
use super::roles::Roles;
use crate::finding::{Intent, Prose};
use crate::model::search_limit::SearchLimit;
use crate::source::{RelPath, Sources, Span};
use std::cell::OnceCell;
use std::collections::HashMap;

/// A stack, brought up on paper.
pub struct Stack<'s> {
    /// The files.
    sources: &'s Sources<'s>,
    /// The folder that is checked.
    checked: RelPath,
    /// The Compose project.
    pub project: &'s Project,
    /// Its services as they run, in file order.
    pub containers: Vec<Container<'s>>,
    /// What they are.
    pub roles: Roles,
    /// What the repository facet works out once.
    repository: repository::State,
    lifecycle: lifecycle::Cache,
    network: network::Cache,
    storage: storage::Cache,
    /// Texts in which people are told what to run by hand.
    instructions: &'s Instructions,
    /// What is wrong with files as such.
    pub problems: Vec<Problem>,
    /// The first service of each name, worked out when first asked for.
    named: OnceCell<HashMap<String, usize>>,
}

impl<'s> Stack<'s> {
    /// The container of a service, by its number.
    pub fn container(&self, index: usize) -> &Container<'s> {
        &self.containers[index]
    }

    /// The container of the service called `name`.
    pub fn named(&self, name: &str) -> Option<usize> {
        let names = || {
            (0..self.containers.len())
                .rev()
                .map(|i| (self.container(i).name().to_owned(), i))
                .collect()
        };
        self.named.get_or_init(names).get(name).copied()
    }

    /// Notes that a search for something of the whole stack ended: the place is the top of its first file.
    fn note_limit(&self, message: Prose) {
        if let Some(first) = self.project.files.first() {
            SearchLimit::note(Span::new(first.id, 0, 0), message);
        }
    }

    /// Takes the calls of Compose in the project's texts that have exactly the files of the stack.
    pub fn set_usages(&mut self, usages: Vec<Usage>) {
        self.repository.set_usages(usages);
    }

    /// Takes an intent that was given for the one that the evidence speaks for.
    pub fn set_intent(&mut self, intent: Intent, evidence: impl Into<Prose>) {
        self.repository.set_intent(intent, evidence.into());
    }
}
