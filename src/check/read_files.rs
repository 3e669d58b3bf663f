//! The files that a run read, by what they were read as.

use crate::model::stack::Stack;
use crate::source::{RelPath, Sources};
use crate::syntax::comments::Language;
use std::collections::{BTreeMap, BTreeSet};

/// Files by what they were read as.
#[derive(Default)]
pub(super) struct Read {
    pub(super) compose: BTreeSet<RelPath>,
    pub(super) dockerfile: BTreeSet<RelPath>,
    pub(super) script: BTreeSet<RelPath>,
    pub(super) nginx: BTreeSet<RelPath>,
    pub(super) settings: BTreeSet<RelPath>,
    pub(super) env: BTreeSet<RelPath>,
}

impl Read {
    /// Adds what was read for a stack.
    pub(super) fn note(&mut self, sources: &Sources<'_>, stack: &Stack<'_>) {
        let project = stack.project;
        self.compose.extend(project.paths().cloned());
        self.env.extend(project.dotenv.paths().cloned());
        for container in &stack.containers {
            let templates = container.environment.templates.iter().map(|t| &t.template);
            self.env.extend(container.environment.files.iter().chain(templates).cloned());
            self.script.extend(container.process.scripts.iter().cloned());
        }
        for nginx in &stack.roles.nginx {
            self.nginx.extend(nginx.files.iter().cloned());
        }
        for settings in stack.roles.django.iter().filter_map(|d| d.settings()) {
            self.settings.extend(settings.files.iter().map(|f| sources.file(*f).path.clone()));
        }
    }

    /// Adds what else was read.
    pub(super) fn add(&mut self, other: Self) {
        self.compose.extend(other.compose);
        self.dockerfile.extend(other.dockerfile);
        self.script.extend(other.script);
        self.nginx.extend(other.nginx);
        self.settings.extend(other.settings);
        self.env.extend(other.env);
    }

    /// Leaves out what is not meant.
    pub(super) fn retain(&mut self, is_meant: impl Fn(&RelPath) -> bool) {
        let all = [
            &mut self.compose,
            &mut self.dockerfile,
            &mut self.script,
            &mut self.nginx,
            &mut self.settings,
            &mut self.env,
        ];
        all.into_iter().for_each(|files| files.retain(&is_meant));
    }

    /// Each file with what it was read as.
    pub(super) fn named(&self) -> Vec<(&'static str, RelPath)> {
        let kinds = [
            ("Compose file", &self.compose),
            ("Dockerfile", &self.dockerfile),
            ("script", &self.script),
            ("nginx file", &self.nginx),
            ("settings file", &self.settings),
            ("env file", &self.env),
        ];
        kinds
            .into_iter()
            .flat_map(|(kind, files)| files.iter().map(move |f| (kind, f.clone())))
            .collect()
    }

    /// What each file is written in. A file that is read in two ways counts as what it most likely is by its name.
    pub(super) fn languages(self) -> BTreeMap<RelPath, Language> {
        let mut all: BTreeMap<RelPath, Language> = BTreeMap::new();
        let kinds = [
            (self.compose, Language::Yaml),
            (self.dockerfile, Language::Dockerfile),
            (self.script, Language::Shell),
            (self.nginx, Language::Nginx),
            (self.settings, Language::Python),
            (self.env, Language::Env),
        ];
        for (files, language) in kinds {
            for file in files {
                let name = Language::of_name(file.file_name());
                // The command of a container may be a program in Python.
                let language = if language == Language::Shell && name == Language::Python {
                    name
                } else {
                    language
                };
                all.entry(file).and_modify(|known| *known = name).or_insert(language);
            }
        }
        all
    }
}
