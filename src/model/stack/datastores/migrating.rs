//! Who migrates when the stack comes up, and who waits until that is done.

use super::Datastores;
use crate::model::process::{Process, Step, StepKind};
use crate::model::roles::database::Engine;
use crate::model::roles::django::DjangoService;

impl<'s> Datastores<'s> {
    /// The step in which a process migrates, by itself or in a management command of the project.
    pub fn migrate_step<'p>(&self, process: &'p Process) -> Option<&'p Step> {
        process.steps.iter().find(|step| match &step.kind {
            StepKind::Manage { command, .. } => {
                command.starts_with("migrate")
                    || command.as_str() == "syncdb"
                    || self.stack.django().command_mentions(command, "migrate")
            }
            _ => false,
        })
    }

    /// The services that surely migrate at every `up`, by the plain command, with the step.
    pub fn migrating_services(&self) -> Vec<(&'s DjangoService, &'s Step)> {
        let mut all = Vec::new();
        for service in self
            .stack
            .roles
            .django
            .iter()
            .filter(|d| self.stack.lifecycle().starts_with_up(d.container))
        {
            let steps = &self.stack.container(service.container).process.steps;
            // One that only looks (`--check`, `--plan`) changes nothing, and one that is tried again gets through.
            let looks = |s: &&Step| {
                s.words.iter().any(|w| matches!(w.as_str(), "--check" | "--plan" | "--help"))
            };
            let step = steps
                .iter()
                .find(|s| s.manages("migrate") && !s.conditional && !s.retried && !looks(s));
            all.extend(step.map(|s| (service, s)));
        }
        all
    }

    /// Whether two services use the same database server.
    pub fn same_database(&self, a: &DjangoService, b: &DjangoService) -> bool {
        let of = |service: &DjangoService| {
            let used = service.default_database()?;
            let database = self.database_of(service, Some(&used))?;
            (used.kind != Some(Engine::Sqlite)).then(|| {
                (database.container, used.name.as_ref().and_then(|n| n.as_str()).map(str::to_owned))
            })
        };
        of(a).is_some_and(|known| Some(known) == of(b))
    }
}
