//! The files that a run read, by what they were read as.

use crate::source::RelPath;
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
