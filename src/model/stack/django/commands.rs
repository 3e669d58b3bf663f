//! Management commands that the project or its packages bring.

use super::Django;
use crate::facts;
use crate::model::exec_context::{ExecContext, PathLookup};
use crate::model::path;
use crate::model::process::{Step, StepKind};
use crate::model::roles::django::DjangoService;
use crate::source::EntryKind;

impl Django<'_> {
    /// Whether a service only runs management commands of Django's own that end, such as `migrate`: they connect to the
    /// database, and to no cache, queue or channel layer.
    pub fn only_manages(&self, service: &DjangoService) -> bool {
        let process = &self.stack.container(service.container).process;
        let manages = |step: &Step| match &step.kind {
            StepKind::Manage { command, .. } => {
                facts::management(command).is_some_and(|m| m.one_shot)
            }
            StepKind::Celery { .. } | StepKind::Server(_) => false,
            _ => step.django.is_none(),
        };
        process.unknown.is_none()
            && process.steps.iter().any(|s| matches!(s.kind, StepKind::Manage { .. }))
            && process.steps.iter().all(manages)
    }

    /// Whether a management command that Django does not bring may do what `word` says: its file in the
    /// project mentions it, or its file is not in the project.
    pub fn command_mentions(&self, command: &str, word: &str) -> bool {
        if facts::management(command).is_some() || command.is_empty() {
            return false;
        }
        let name = format!("{command}.py");
        let mut open = vec![(self.stack.checked.clone(), 0)];
        while let Some((folder, depth)) = open.pop() {
            for (entry, kind) in self.stack.sources.listed(&folder) {
                let Some(path) = folder.join(&entry) else { continue };
                if kind == EntryKind::File
                    && entry == name
                    && path.as_str().contains("management/commands/")
                {
                    return self
                        .stack
                        .sources
                        .read(&path, crate::source::Limit::Code)
                        .is_ok_and(|f| f.text.trim().is_empty() || f.text.contains(word));
                }
                if kind == EntryKind::Folder
                    && depth < 8
                    && open.len() < 500
                    && !entry.starts_with('.')
                    && !matches!(entry.as_str(), "node_modules" | "venv" | "site-packages")
                {
                    open.push((path, depth + 1));
                }
            }
        }
        // A command of an installed package, of which nothing is known.
        true
    }

    /// `manage.py` as a command names it that runs where a step does: `src/manage.py`; `None` where it is not found.
    pub fn manage_py_from(&self, service: &DjangoService, step: &Step) -> Option<String> {
        let container = self.stack.container(service.container);
        let named =
            container.process.steps.iter().filter(|s| s.workdir == step.workdir).find_map(|s| {
                match &s.kind {
                    StepKind::Manage { manage_py, .. } => manage_py.as_ref(),
                    StepKind::Server(server) => server.manage_py.as_ref(),
                    _ => None,
                }
            });
        if let Some(named) = named {
            return named.resolved().map(str::to_owned);
        }
        let workdir = step.workdir.as_deref()?;
        let fs = container.filesystem(self.stack.sources, &self.stack.project.folder);
        let folders =
            std::iter::once(workdir).chain(service.python_path.iter().map(String::as_str));
        let there = |at: &String| matches!(fs.find(at), PathLookup::Host(_) | PathLookup::Made(_));
        let found = folders.map(|folder| path::join(folder, "manage.py")).find(there)?;
        let inside = found.strip_prefix(workdir.trim_end_matches('/'));
        let inside = inside.and_then(|rest| rest.strip_prefix('/')).map(str::to_owned);
        Some(inside.unwrap_or(found))
    }

    /// Whether a management command of the project, or a script we cannot read, may run `name`.
    pub fn may_run_command(&self, name: &str) -> bool {
        self.stack.containers.iter().any(|c| {
            let built =
                c.built().into_iter().flat_map(|i| i.runs.iter().flat_map(|r| &r.process.steps));
            c.process.steps.iter().chain(built).any(|s| match &s.kind {
                crate::model::process::StepKind::Manage { command, .. } => {
                    self.command_mentions(command, name)
                }
                _ => false,
            })
        }) || self
            .stack
            .containers
            .iter()
            .filter_map(|c| c.built())
            .any(|i| i.runs.iter().any(|r| r.process.unknown.is_some()))
    }
}
