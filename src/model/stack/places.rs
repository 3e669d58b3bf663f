//! Where things are written, for labels, and what else lies near.

use super::{Resolved, Stack};
use crate::facts;
use crate::model::compose::{Mount, MountKind};
use crate::model::django::{Value, ValueKind};
use crate::model::path;
use crate::model::process::{Server, Step};
use crate::model::roles::database::{Database, DatabaseUse, Engine};
use crate::model::roles::django::DjangoService;
use crate::source::{EntryKind, Span};

/// Where a value that Django uses is written, and how it got there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written {
    /// The place a person would change.
    pub span: Span,
    /// Whether it is written in the settings (as a literal, or as the default of a read).
    pub in_settings: bool,
}

impl<'s> Stack<'s> {
    /// The HTTP server of a Django service.
    pub fn serves(&'s self, service: &DjangoService) -> Option<(&'s Step, &'s Server)> {
        self.container(service.container).server()
    }

    /// Where the text of a setting is written: the environment entry it is read from, or the settings.
    pub fn written(&self, service: &DjangoService, value: &Value) -> Written {
        let container = self.container(service.container);
        if let Some(read) = value.reads.iter().rev().find(|r| r.set_at.is_some()) {
            let at = container
                .environment
                .written_at(&read.name)
                .or_else(|| read.set_at.as_ref().map(|t| t.span()));
            return Written { span: at.unwrap_or(value.span), in_settings: false };
        }
        // The default stands inside the call that reads the variable.
        let default = value.reads.iter().rev().find_map(|r| r.default.as_ref().map(|d| d.span));
        let text = match &value.kind {
            ValueKind::Str(text) if !text.span().is_empty() => Some(text.span()),
            _ => None,
        };
        Written { span: default.or(text).unwrap_or(value.span), in_settings: true }
    }

    /// The database service that an entry of `DATABASES` reaches; where the settings are not known, the only one there is.
    pub fn database_of(
        &'s self,
        service: &DjangoService,
        used: Option<&DatabaseUse>,
    ) -> Option<&'s Database> {
        match used {
            Some(used) => {
                let host = used.host.as_ref().and_then(Value::as_str)?;
                match self.resolve(service.container, host) {
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

    /// The mount that holds a database's files.
    pub fn data_mount(&'s self, database: &Database) -> Option<&'s Mount> {
        let folder = match database.engine {
            // From version 18 on the image keeps its data one folder further up.
            Engine::Postgres if path::below(&database.data, "/var/lib/postgresql").is_some() => {
                "/var/lib/postgresql"
            }
            _ => database.data.as_str(),
        };
        let covers = |m: &&Mount| {
            let target = m.target.trim_end_matches('/');
            path::below(&database.data, target).is_some() || path::below(target, folder).is_some()
        };
        let mounts = &self.container(database.container).service.mounts;
        mounts
            .iter()
            .filter(covers)
            .find(|m| m.kind != MountKind::Anonymous)
            .or_else(|| mounts.iter().find(covers))
    }

    /// Whether a database's port is published on every address of the host.
    pub fn published(&self, container: usize) -> Option<Span> {
        let open =
            |a: &Option<String>| a.as_deref().is_none_or(|a| matches!(a, "0.0.0.0" | "::" | "*"));
        self.container(container)
            .service
            .ports
            .iter()
            .find(|p| p.published.is_some() && open(&p.address))
            .map(|p| p.span)
    }

    /// Whether a management command that Django does not bring may do what `word` says: its file in the
    /// project mentions it, or its file is not in the project.
    pub fn command_mentions(&self, command: &str, word: &str) -> bool {
        if facts::management(command).is_some() || command.is_empty() {
            return false;
        }
        let name = format!("{command}.py");
        let mut open = vec![(self.checked.clone(), 0)];
        while let Some((folder, depth)) = open.pop() {
            for (entry, kind) in self.sources.listed(&folder) {
                let Some(path) = folder.join(&entry) else { continue };
                if kind == EntryKind::File
                    && entry == name
                    && path.as_str().contains("management/commands/")
                {
                    return self
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

    /// The bind mount of the project's code into a Django service.
    pub fn source_mount(&'s self, service: &DjangoService) -> Option<&'s Mount> {
        let base = service.python_path.first()?;
        let mounts = &self.container(service.container).service.mounts;
        mounts.iter().find(|m| {
            m.kind == MountKind::Bind && path::below(base, m.target.trim_end_matches('/')).is_some()
        })
    }
}
