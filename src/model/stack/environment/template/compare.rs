//! A template beside what is taken from the file that people make of it.

use super::super::Environments;
use super::super::ledger::names::mentioned;
use super::super::variables::surroundings;
use super::{EnvTemplate, similar_name};
use crate::finding::{DefaultDiff, Demand, TemplateDiff, TemplateLack, Want};
use crate::model::secrets::placeholder;
use crate::source::{EntryKind, Limit, RelPath, Span, Text};
use crate::syntax::dotenv::{Entry, EnvFile};
use std::collections::BTreeSet;

/// The most other Compose files that are looked through for names.
const MAX_FILES: usize = 50;

pub(super) fn diff(environments: &Environments<'_>, template: &EnvTemplate) -> TemplateDiff {
    let sources = environments.stack.sources;
    let demands = environments.demands(&template.file);
    let entries = match sources.read(&template.path, Limit::Code) {
        Ok(file) => EnvFile::read(&file.body()).entries,
        Err(_) => Vec::new(),
    };
    // One template may serve several files.
    let mut taken: BTreeSet<String> = BTreeSet::new();
    for file in environments.env_file_paths() {
        taken.extend(environments.demands(&file).into_iter().flat_map(|d| {
            let Demand { name, instead, .. } = d;
            std::iter::once(name).chain(instead)
        }));
    }
    let is_taken = |name: &str| taken.contains(name);
    let lacks: Vec<TemplateLack> = demands
        .iter()
        .filter(|demand| !template.lists(demand))
        .map(|demand| {
            let names = entries.iter().map(|e| e.name.as_str());
            let meant = similar_name(&is_taken, &demand.name, names)
                .filter(|_| demand.want() > Want::Optional);
            let place = |name: &str| {
                entries.iter().find(|e| e.name.as_str() == name).map(|e| e.name.span())
            };
            let similar = meant.and_then(|name| Some((name.to_owned(), place(name)?)));
            TemplateLack { demand: demand.clone(), similar }
        })
        .collect();
    let unread = unread(environments, &entries, &taken, &lacks);
    let defaults = demands.iter().filter_map(|demand| default_diff(demand, &entries)).collect();
    TemplateDiff {
        template: template.path.clone(),
        file: template.file.clone(),
        lacks,
        unread,
        defaults,
    }
}

/// The names that a template sets and nothing reads, as far as that is certain.
fn unread(
    environments: &Environments<'_>,
    entries: &[Entry],
    taken: &BTreeSet<String>,
    lacks: &[TemplateLack],
) -> Vec<(String, Span)> {
    let stack = environments.stack;
    // The program of an image that is not known may read any variable that it is given with a file.
    let any = |c: &crate::model::container::Container<'_>| {
        let given = !c.environment.files.is_empty() || !c.environment.unusable.is_empty();
        given && c.built().is_none_or(|image| !image.starts_bare())
    };
    if stack.containers.iter().any(any) {
        return Vec::new();
    }
    let meant = |name: &str| {
        lacks.iter().any(|l| l.similar.as_ref().is_some_and(|(other, _)| other == name))
    };
    let mut open: BTreeSet<String> = entries
        .iter()
        .map(|e| e.name.as_str())
        .filter(|name| !taken.contains(*name) && !surroundings(name) && !meant(name))
        .filter(|name| stack.repository().line_on_variable(name).is_none())
        .map(str::to_owned)
        .collect();
    for path in other_compose_files(environments) {
        let Ok(file) = stack.sources.read(&path, Limit::Config) else { return Vec::new() };
        open.retain(|name| !file.text.contains(name.as_str()));
    }
    if open.is_empty() {
        return Vec::new();
    }
    for folder in [&stack.project.folder, &stack.checked] {
        match mentioned(stack.sources, folder, &open) {
            Ok(found) => open.retain(|name| !found.contains_key(name)),
            Err(_) => return Vec::new(),
        }
    }
    let mut seen = BTreeSet::new();
    let names = entries.iter().map(|e| (e.name.as_str().to_owned(), e.name.span()));
    names.filter(|(name, _)| open.contains(name) && seen.insert(name.clone())).collect()
}

/// YAML files in the project folder: other Compose files may read the same env file.
fn other_compose_files(environments: &Environments<'_>) -> Vec<RelPath> {
    let folder = &environments.stack.project.folder;
    let listed = environments.stack.sources.listed(folder);
    let yaml = listed.into_iter().filter(|(name, kind)| {
        *kind == EntryKind::File && (name.ends_with(".yml") || name.ends_with(".yaml"))
    });
    yaml.filter_map(|(name, _)| folder.join(&name)).take(MAX_FILES).collect()
}

/// A value of the template that is another one than the default of the project.
fn default_diff(demand: &Demand, entries: &[Entry]) -> Option<DefaultDiff> {
    let entry = entries.iter().rev().find(|e| e.name.as_str() == demand.name)?;
    let value = entry.value.as_ref().filter(|v| !v.is_empty() && !placeholder(v.as_str()))?;
    let default = demand.default().filter(|d| !d.is_empty())?;
    let same = value.as_str().eq_ignore_ascii_case(default.as_str())
        || is_true(value) && is_true(default)
        || is_false(value) && is_false(default);
    (!same && !demand.secret).then(|| DefaultDiff {
        name: demand.name.clone(),
        value: value.clone(),
        default: default.clone(),
    })
}

fn is_true(text: &Text) -> bool {
    matches!(text.to_ascii_lowercase().as_str(), "1" | "true" | "yes" | "on")
}

fn is_false(text: &Text) -> bool {
    matches!(text.to_ascii_lowercase().as_str(), "0" | "false" | "no" | "off")
}
