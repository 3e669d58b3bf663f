//! Env files that hold real secrets, and whether git has them.

use super::Environments;
use crate::facts;
use crate::model::sample::is_sample;
use crate::model::secrets::{is_generated_key, real, weak};
use crate::source::{EntryKind, Limit, RelPath, SourceFile, Span};
use crate::syntax::dotenv::EnvFile;
use std::cell::LazyCell;
use std::sync::Arc;

/// An env file with secrets in it.
#[derive(Debug, Clone)]
pub struct EnvSecrets {
    /// The file.
    pub path: RelPath,
    /// The assignments, by the places of their names, with the names; the values are not kept.
    pub secrets: Vec<(String, Span)>,
    pub in_git: InGit,
    /// Whether the file switches `DEBUG` on.
    pub debug: bool,
    /// Whether all of them only guard what the stack starts itself, such as its database and its sessions.
    pub inner: bool,
}

/// Whether git has a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InGit {
    Tracked,
    /// It is not tracked, and nothing ignores it: the next `git add .` takes it.
    Open,
    /// There is no work tree to ask, and no `.gitignore` names it: whoever has this folder has the file.
    Unknown,
    Ignored,
}

impl<'s> Environments<'s> {
    /// The env files of the stack that hold secrets: the `.env` beside the Compose files, what services name as
    /// `env_file`, what the settings read, and what else in these folders is named like one. Samples are none.
    pub fn env_secrets(&self) -> Vec<EnvSecrets> {
        let mut files: Vec<Arc<SourceFile>> = self.stack.project.dotenv.files.clone();
        files.extend(self.env_files().into_iter().map(|(file, ..)| file));
        for container in &self.stack.containers {
            let Some(context) = container.built().map(|i| i.context.join(".env")) else { continue };
            files.extend(
                context
                    .filter(|p| self.stack.sources.kind(p) == EntryKind::File)
                    .and_then(|p| self.stack.sources.read(&p, Limit::Code).ok()),
            );
        }
        files.sort_by(|a, b| a.path.cmp(&b.path));
        files.dedup_by(|a, b| a.path == b.path);
        let samples = |path: &RelPath| path.as_str().split('/').any(is_sample);
        files.iter().filter(|f| !samples(&f.path)).filter_map(|f| self.secrets_of(f)).collect()
    }

    fn secrets_of(&self, file: &SourceFile) -> Option<EnvSecrets> {
        let read = EnvFile::read(&file.body());
        let value = |name: &str| {
            read.entries
                .iter()
                .rev()
                .find(|e| e.name.as_str() == name)
                .and_then(|e| e.value.as_ref())
        };
        // A user's name for a password is what people take on their own desk.
        let names: Vec<&str> = read
            .entries
            .iter()
            .filter(|e| e.name.contains("USER") || e.name.contains("NAME") || e.name.contains("DB"))
            .filter(|e| !facts::secret_name(e.name.as_str()))
            .filter_map(|e| value(e.name.as_str()))
            .map(|v| v.as_str())
            .filter(|v| !is_generated_key(v))
            .collect();
        // What the sample gives to everyone is no secret.
        let sample = LazyCell::new(|| {
            let path = self.stack.repository().sample_of(&file.path).filter(|p| *p != file.path)?;
            let sample = self.stack.sources.read(&path, Limit::Code).ok()?;
            Some(EnvFile::read(&sample.body()))
        });
        let is_public = |name: &str, value: &str| {
            sample.as_ref().is_some_and(|sample| {
                let mut same = sample.entries.iter().filter(|e| e.name.as_str() == name);
                same.any(|e| e.value.as_ref().is_some_and(|v| v.as_str() == value))
            })
        };
        let mut secrets = Vec::new();
        for entry in &read.entries {
            let Some(text) = &entry.value else { continue };
            let (name, value) = (entry.name.as_str(), text.as_str());
            if (real(name, value) || is_generated_key(value))
                && !weak(value, &names)
                && !(value.starts_with("django-insecure-")
                    && !is_generated_key(value)
                    && facts::stands_in(&value.to_ascii_lowercase()))
                && !is_public(name, value)
            {
                secrets.push((entry.name.as_str().to_owned(), entry.name.span()));
            }
        }
        let in_git = match self.stack.sources.tracked(&file.path) {
            Some(true) => InGit::Tracked,
            _ if self.stack.repository().is_ignored(&file.path) => InGit::Ignored,
            Some(false) => InGit::Open,
            None => InGit::Unknown,
        };
        let is_debug = |name: &str| name == "DEBUG" || name.ends_with("_DEBUG");
        let mut switches = read.entries.iter().filter(|e| is_debug(e.name.as_str()));
        let debug = switches.any(|e| {
            let value = e.value.as_ref().map(|v| v.to_ascii_lowercase());
            matches!(value.as_deref(), Some("1" | "true" | "yes" | "on"))
        });
        let inner = secrets.iter().all(|(name, _)| facts::is_of_own_server(name));
        (!secrets.is_empty()).then(|| EnvSecrets {
            path: file.path.clone(),
            secrets,
            in_git,
            debug,
            inner,
        })
    }
}
