//! Templates of env files (`.env.example`): what the project takes from the file that people make of one, and what the
//! template lists.

mod compare;
mod demands;
mod similar;

pub use similar::similar_name;

use super::Environments;
use crate::finding::{Demand, TemplateDiff};
use crate::model::sample::is_sample;
use crate::source::{EntryKind, Limit, RelPath, Span, Text};
use crate::syntax::dotenv::EnvFile;
use std::collections::BTreeSet;

/// A template of an env file of the stack.
#[derive(Debug, Clone)]
pub struct EnvTemplate {
    /// The template.
    pub path: RelPath,
    /// The file that people make of it.
    pub file: RelPath,
    /// The template as a place.
    pub span: Span,
    /// The names that it lists, with those in comments (`# TAG=latest`): they are offers as well.
    pub names: BTreeSet<String>,
    /// Whether the file is in the checkout.
    pub is_there: bool,
    /// Whether people have to make the file from it: git has the template, and not the file.
    pub is_copied: bool,
}

impl EnvTemplate {
    /// Whether it lists a variable, or one that serves as well.
    pub fn lists(&self, demand: &Demand) -> bool {
        self.names.contains(&demand.name) || demand.instead.iter().any(|n| self.names.contains(n))
    }
}

impl<'s> Environments<'s> {
    /// The env files that the stack takes variables from: the `.env` that Compose reads, and those that services name.
    pub fn env_file_paths(&self) -> Vec<RelPath> {
        let project = self.stack.project;
        let mut all: Vec<RelPath> = self.interpolated_files().cloned().collect();
        all.extend(project.folder.join(".env").filter(|_| all.is_empty()));
        for container in &self.stack.containers {
            let missing = container.environment.unusable.iter().filter_map(|f| f.path.as_ref());
            all.extend(container.environment.files.iter().chain(missing).cloned());
        }
        let mut seen = BTreeSet::new();
        all.retain(|path| seen.insert(path.clone()) && !is_sample(path.file_name()));
        all
    }

    /// The templates of these files, as far as one is certain to be that of the file.
    pub fn templates(&self) -> Vec<EnvTemplate> {
        let mut all: Vec<EnvTemplate> = Vec::new();
        for file in self.env_file_paths() {
            let repository = self.stack.repository();
            let Some(found) = repository.template_of(&file).filter(|t| t.exact) else { continue };
            let own = self.is_interpolated(&file);
            // One in a folder above is the template of another project.
            if own && found.path.parent() != file.parent()
                || all.iter().any(|t| t.path == found.path)
            {
                continue;
            }
            let template = self.template_at(&found.path, &file);
            // One that lists nothing of it is there for something else.
            all.extend(template.filter(|t| self.demands(&file).iter().any(|d| t.lists(d))));
        }
        all
    }

    /// A file as the template of another; `None` where it cannot be read.
    pub fn template_at(&self, path: &RelPath, file: &RelPath) -> Option<EnvTemplate> {
        let sources = self.stack.sources;
        let text = sources.read(path, Limit::Code).ok()?;
        let is_there = sources.kind(file) == EntryKind::File;
        let repository = self.stack.repository();
        let is_left_to_people = match sources.tracked(file) {
            _ if !is_there => true,
            Some(tracked) => !tracked,
            None => repository.is_ignored(file),
        };
        let is_in_git = sources.tracked(path) != Some(false) && !repository.is_ignored(path);
        let is_copied = is_left_to_people && is_in_git;
        Some(EnvTemplate {
            path: path.clone(),
            file: file.clone(),
            span: Span::whole(text.id),
            names: names_of(&text.body()),
            is_there,
            is_copied,
        })
    }

    /// Whether Compose reads a file for `${…}`.
    pub fn is_interpolated(&self, file: &RelPath) -> bool {
        match self.interpolated_files().next() {
            Some(_) => self.interpolated_files().any(|p| p == file),
            None => self.stack.project.folder.join(".env").as_ref() == Some(file),
        }
    }

    /// Whether a place is in a file.
    pub fn is_in_file(&self, at: Span, file: &RelPath) -> bool {
        self.stack.sources.file(at.file).path == *file
    }

    /// The files that are read for `${…}`, without a template that is read in the place of one.
    fn interpolated_files(&self) -> impl Iterator<Item = &'s RelPath> + use<'s> {
        self.stack.project.dotenv.paths().filter(|p| !is_sample(p.file_name()))
    }

    /// What a template has and lacks of what the project takes from the file that is made of it.
    pub fn template_diff(&self, template: &EnvTemplate) -> TemplateDiff {
        compare::diff(self, template)
    }

    /// Whether a variable that a service needs is one that the template of its env file leaves out, which is a fault of
    /// the template.
    pub fn is_left_out(&self, container: usize, name: &str) -> bool {
        let used = &self.stack.container(container).environment.templates;
        !used.is_empty()
            && self.templates().iter().any(|t| {
                t.is_copied && used.iter().any(|u| u.template == t.path) && !t.names.contains(name)
            })
    }
}

/// The names that an env file lists, with those that are commented out.
fn names_of(text: &Text) -> BTreeSet<String> {
    let read = EnvFile::read(text);
    let mut names: BTreeSet<String> =
        read.entries.iter().map(|e| e.name.as_str().to_owned()).collect();
    let plain =
        |n: &&str| !n.is_empty() && n.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let offers = text.as_str().lines().filter_map(|line| {
        let line = line.trim().strip_prefix('#')?.trim_start_matches('#').trim_start();
        let (name, _) = line.split_once('=')?;
        Some(name.trim().trim_start_matches("export "))
    });
    names.extend(offers.filter(plain).map(str::to_owned));
    names
}
