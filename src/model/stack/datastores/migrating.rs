//! Who migrates when the stack comes up, and who waits until that is done.

use super::Datastores;
use crate::model::process::{Process, Step, StepKind};
use crate::model::roles::database::Engine;
use crate::model::roles::django::DjangoService;
use crate::source::Text;

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

    /// Whether something that is started may make users and databases, beside those that the image of the server makes: SQL in a
    /// program of the project, `createuser`, `psql` with a script.
    pub fn makes_logins(&self) -> bool {
        self.stack.containers.iter().any(|c| {
            c.process.makes_logins || c.process.steps.iter().any(|step| makes_logins(&step.words))
        })
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

/// Whether a command makes users or databases, or reads SQL that may.
fn makes_logins(words: &[Text]) -> bool {
    let Some((program, rest)) = words.split_first() else { return false };
    match program.rsplit('/').next() {
        Some("createuser" | "createdb") => true,
        Some("psql" | "mysql" | "mariadb") => {
            let says = |w: &&Text| {
                matches!(w.as_str(), "-c" | "-e" | "-l" | "--list" | "--command" | "--execute")
                    || w.starts_with("--command=")
                    || w.starts_with("--execute=")
            };
            let creates = |w: &Text| !w.is_resolved() || w.to_ascii_uppercase().contains("CREATE ");
            !rest.iter().any(|w| says(&w)) || rest.iter().any(creates)
        }
        _ => false,
    }
}
