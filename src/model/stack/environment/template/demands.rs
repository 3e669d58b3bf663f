//! What a project takes from an env file: for `${…}` of its Compose files, for the settings of services that get the file,
//! and for the programs of their images.

use super::super::Environments;
use super::super::ledger::python::worth;
use super::super::variables::surroundings;
use crate::facts::{ImageFacts, hidden_name};
use crate::finding::{Demand, TakenBy, Taker, Want, Worth};
use crate::model::compose::VarUse;
use crate::model::container::{Container, SetBy};
use crate::model::django::EnvRead;
use crate::source::{EntryKind, FileId, Limit, RelPath, Span, Text};

/// The most variables that are looked at.
const MAX_DEMANDS: usize = 500;
/// The most places that are kept of one variable.
const MAX_TAKERS: usize = 6;

/// An env file whose variables are asked for.
struct Asked<'a> {
    path: &'a RelPath,
    /// The file, where it is in the checkout.
    id: Option<FileId>,
}

impl<'s> Environments<'s> {
    /// What the project takes from an env file, in the order of first use.
    pub fn demands(&self, file: &RelPath) -> Vec<Demand> {
        let sources = self.stack.sources;
        let there = sources.kind(file) == EntryKind::File;
        let id = there.then(|| sources.read(file, Limit::Code).ok()).flatten().map(|f| f.id);
        let asked = Asked { path: file, id };
        let mut all = Vec::new();
        if self.is_interpolated(file) {
            self.of_compose(&mut all);
        }
        for (index, container) in self.stack.containers.iter().enumerate() {
            self.of_settings(index, container, &asked, &mut all);
            if gets(container, file) {
                of_image(container, &asked, &mut all);
            }
        }
        all
    }

    /// What Compose files put in.
    fn of_compose(&self, all: &mut Vec<Demand>) {
        let project = self.stack.project;
        let mut uses = project.variables();
        let order = |span: Span| project.pages().position(|(file, _)| file.id == span.file);
        uses.sort_by_key(|used| (order(used.span), used.span.start));
        for used in &uses {
            // Part of another one's default: `${TAG:-${BRANCH}}`.
            let within = |o: &VarUse| {
                o.span != used.span
                    && o.span.file == used.span.file
                    && o.span.start <= used.span.start
                    && used.span.end <= o.span.end
            };
            let Some((want, default)) = self.written_form(used) else { continue };
            let want = if uses.iter().any(within) { Want::Optional } else { want };
            let by = TakenBy::Compose;
            let service = None;
            add(all, &used.name, Taker { by, service, span: Some(used.span), want, default });
        }
    }

    /// What happens where a variable of a Compose file is not set, by the form in which it is written.
    fn written_form(&self, used: &VarUse) -> Option<(Want, Option<Text>)> {
        let file = self.stack.sources.file(used.span.file);
        let written = file.text.get(used.span.range())?;
        let Some(rest) = written.strip_prefix("${") else { return Some((Want::Blank, None)) };
        let rest = rest.strip_prefix(used.name.as_str())?.strip_suffix('}')?;
        let operator = rest.strip_prefix(':').unwrap_or(rest);
        let argument = operator.get(1..).unwrap_or_default();
        Some(match operator.chars().next() {
            None => (Want::Blank, None),
            Some('?') => (Want::Required, None),
            Some('-') if !argument.is_empty() && !argument.contains('$') => {
                let end = used.span.end as usize - 1;
                let start = end - argument.len();
                (Want::Optional, Some(Text::verbatim(used.span.file, start, argument)))
            }
            Some(_) => (Want::Optional, None),
        })
    }

    /// What the settings of a service read from the file: what it is given with it, and what they read of it themselves.
    fn of_settings(
        &self,
        index: usize,
        container: &Container<'_>,
        asked: &Asked<'_>,
        all: &mut Vec<Demand>,
    ) {
        let given = gets(container, asked.path);
        for service in self.stack.roles.django.iter().filter(|d| d.container == index) {
            let Some(settings) = service.settings() else { continue };
            // They look for a `.env` that is not in the checkout.
            let looked_for =
                settings.absent && asked.id.is_none() && asked.path.file_name() == ".env";
            for read in &settings.reads {
                let from_file =
                    read.set_at.as_ref().is_some_and(|at| Some(at.span().file) == asked.id);
                let own = match container.environment.vars.get(&read.name) {
                    Some(value) => match value.by {
                        SetBy::Compose => false,
                        SetBy::Image => given,
                        SetBy::EnvFile => {
                            Some(value.span.file) == asked.id
                                || rests_on(container, value.span, self)
                        }
                    },
                    None => given || from_file || looked_for && read.set_at.is_none(),
                };
                if own {
                    add(all, &read.name, of_read(read, container.name()));
                }
            }
        }
    }
}

/// Whether a variable is set by a template that is read in the place of an env file.
fn rests_on(container: &Container<'_>, at: Span, environments: &Environments<'_>) -> bool {
    let path = &environments.stack.sources.file(at.file).path;
    container.environment.templates.iter().any(|t| t.template == *path)
}

/// Whether a service is given an env file, which may not be in the checkout.
fn gets(container: &Container<'_>, file: &RelPath) -> bool {
    let environment = &container.environment;
    environment.files.contains(file)
        || environment.unusable.iter().any(|f| f.path.as_ref() == Some(file))
}

fn of_read(read: &EnvRead, service: &str) -> Taker {
    let default = read.default.as_deref().map(worth);
    let want = match (&default, read.required) {
        (_, true) => Want::Required,
        (Some(Worth::Blank) | None, false) => Want::Blank,
        (Some(_), false) => Want::Optional,
    };
    let default = match default {
        Some(Worth::Text(text)) => text.is_resolved().then_some(text),
        _ => None,
    };
    let service = Some(service.to_owned());
    Taker { by: TakenBy::Settings, service, span: Some(read.span), want, default }
}

/// What the program of a known image does not start without.
fn of_image(container: &Container<'_>, asked: &Asked<'_>, all: &mut Vec<Demand>) {
    let Some(image) = container.presumed_image() else { return };
    let vars = &container.environment.vars;
    let elsewhere = |name: &str| {
        vars.get(name).is_some_and(|v| v.by != SetBy::Image && Some(v.span.file) != asked.id)
    };
    let with_file = |name: &&str| elsewhere(name) || elsewhere(&format!("{name}_FILE"));
    let other = image.needs.iter().any(with_file)
        || container.any_holds(image.trusts_when)
        || container.any_holds(image.empty_when);
    let take = |name: &str, want| Taker {
        by: TakenBy::Image(image.family.facts().name),
        service: Some(container.name().to_owned()),
        span: None,
        want,
        default: default_of(image, name, container),
    };
    let made = image.user_variables.iter().chain(image.database_variables);
    for name in made.filter(|n| !elsewhere(n)) {
        add(all, name, take(name, Want::Optional));
    }
    let Some((first, rest)) = image.needs.split_first().filter(|_| !other) else { return };
    add(all, first, take(first, Want::Required));
    if let Some(demand) = all.iter_mut().find(|d| d.name == *first) {
        let files = image.needs.iter().map(|n| format!("{n}_FILE"));
        let switches = image.trusts_when.iter().chain(image.empty_when);
        let switches = switches.map(|s| s.split('=').next().unwrap_or(s).to_owned());
        demand.instead =
            rest.iter().map(|n| (*n).to_owned()).chain(files).chain(switches).collect();
    }
}

/// What an image takes where a variable for its user or its database is not set.
fn default_of(image: &ImageFacts, name: &str, container: &Container<'_>) -> Option<Text> {
    let default = match () {
        () if image.user_variables.contains(&name) => image.default_user,
        () if image.database_variables.contains(&name) => image.default_database,
        () => None,
    };
    default.map(|text| Text::derived(text, container.name_span()))
}

/// Adds a taker of a variable; what everyone has anyway is left out.
fn add(all: &mut Vec<Demand>, name: &str, taker: Taker) {
    if surroundings(name) {
        return;
    }
    if let Some(known) = all.iter_mut().find(|d| d.name == name) {
        let same = |t: &Taker| t.span == taker.span && t.by == taker.by;
        if known.takers.len() < MAX_TAKERS && !known.takers.iter().any(same) {
            known.takers.push(taker);
        }
    } else if all.len() < MAX_DEMANDS {
        all.push(Demand {
            name: name.to_owned(),
            instead: Vec::new(),
            secret: hidden_name(name),
            takers: vec![taker],
        });
    }
}
