//! What a stack is for, by its evidence. Intent sets severity, never truth.

use super::Repository;
use crate::finding::{Intent, Prose, Quote, prose};
use crate::model::compose::{MountKind, Project, is_compose_name};
use crate::model::container::{Container, SetBy};
use crate::model::process::ServerKind;
use crate::model::roles::Roles;
use crate::model::sample::{self, Purpose};
use crate::source::{EntryKind, Sources};

const PRODUCTION: [&str; 7] = ["production", "prod", "staging", "stage", "deploy", "live", "prd"];
const DEVELOPMENT: [&str; 7] = ["development", "dev", "local", "override", "debug", "test", "ci"];

/// Whether the name of a Compose file says development.
pub(super) fn named_for_development(project: &Project) -> bool {
    project.files.iter().any(|f| {
        f.path
            .file_name()
            .to_ascii_lowercase()
            .split(['.', '-', '_'])
            .any(|part| DEVELOPMENT.contains(&part))
    })
}

impl<'s> Repository<'s> {
    /// What the stack is for.
    pub fn intent(&self) -> Intent {
        self.stack.repository.intent
    }

    /// The strongest evidence for what the stack is for.
    pub fn intent_evidence(&self) -> &'s Prose {
        &self.stack.repository.intent_evidence
    }

    /// Whether the stack looks like production.
    pub fn is_production(&self) -> bool {
        self.intent() == Intent::Production
    }

    /// Whether the first Compose file is one that Compose finds by itself.
    pub fn has_default_name(&self) -> bool {
        self.stack.repository.has_default_name
    }

    /// Whether the name of a Compose file says development.
    pub fn is_named_for_development(&self) -> bool {
        self.stack.repository.named_for_development
    }

    /// Whether the name of a Compose file says production.
    pub fn is_named_for_production(&self) -> bool {
        let parts =
            |name: String| name.split(['.', '-', '_']).any(|part| PRODUCTION.contains(&part));
        self.stack.project.files.iter().any(|f| parts(f.path.file_name().to_ascii_lowercase()))
    }
}

/// The intent and the strongest evidence for it.
pub(super) fn infer(
    sources: &Sources<'_>,
    project: &Project,
    containers: &[Container<'_>],
    roles: &Roles,
) -> (Intent, Prose) {
    for file in project.files.iter().rev() {
        let name = file.path.file_name().to_ascii_lowercase();
        let has = |words: &[&str]| name.split(['.', '-', '_']).any(|part| words.contains(&part));
        if has(&PRODUCTION) {
            return (Intent::Production, prose!("{} is its name", Quote::name(&name)));
        }
        if has(&DEVELOPMENT) {
            return (Intent::Development, prose!("{} is its name", Quote::name(&name)));
        }
    }
    let mut production = Vec::new();
    let mut development = Vec::new();
    // Where production has a file of its own, the file without a name is for the desk.
    let is_for_production = |n: &str| {
        is_compose_name(n)
            && n.to_ascii_lowercase().split(['.', '-', '_']).any(|p| PRODUCTION.contains(&p))
    };
    let beside = sources.chosen(&project.folder, "files for production", is_for_production);
    if let Some(beside) = beside.first() {
        development.push((3, prose!("{} beside it is for production", Quote::value(beside))));
    }
    for service in &roles.django {
        let container = &containers[service.container];
        if let Some(source) = source_mount(sources, project, container) {
            development
                .push((2, prose!("{} is bind-mounted into {}", Quote::path(&source), container)));
        }
        // What chooses settings and names development outweighs what the rest looks like.
        if let Some(said) = chosen_for_development(sources, container) {
            development.push((4, said));
        }
        match container.server().filter(|(step, _)| !step.conditional).map(|(_, s)| s.kind) {
            Some(ServerKind::Runserver) => {
                development.push((1, prose!("{} runs runserver", container)))
            }
            Some(kind) => production.push((1, prose!("{} runs {}", container, kind))),
            None => {}
        }
        match service
            .settings()
            .and_then(|s| s.get("DEBUG"))
            .filter(|b| b.is_certain())
            .and_then(|b| b.value.as_bool())
        {
            Some(false) => production.push((1, prose!("DEBUG is off"))),
            Some(true) => development.push((1, prose!("DEBUG is on"))),
            None => {}
        }
        if matches!(container.service.restart(), "always" | "unless-stopped") {
            production.push((1, prose!("{} is restarted always", container)));
        }
    }
    if !roles.nginx.is_empty() && !roles.django.is_empty() {
        production.push((2, prose!("nginx stands in front")));
    }
    let weight = |evidence: &[(i32, Prose)]| {
        let mut seen: Vec<&Prose> = Vec::new();
        evidence
            .iter()
            .filter(|(_, why)| {
                if seen.contains(&why) {
                    false
                } else {
                    seen.push(why);
                    true
                }
            })
            .map(|(w, _)| w)
            .sum::<i32>()
    };
    let best = |evidence: &[(i32, Prose)]| {
        evidence
            .iter()
            .max_by_key(|(w, _)| *w)
            .map_or_else(|| prose!("nothing says otherwise"), |(_, why)| why.clone())
    };
    if weight(&production) > weight(&development) && !production.is_empty() {
        (Intent::Production, best(&production))
    } else {
        (Intent::Development, best(&development))
    }
}

/// The variable that chooses settings for development where the Compose file sets it, or an env file for development. One
/// in another file may be what was forgotten to be changed.
fn chosen_for_development(sources: &Sources<'_>, container: &Container<'_>) -> Option<Prose> {
    let for_development = |value: &str| Purpose::of_value(value) == Some(Purpose::Development);
    let mut vars = container.environment.vars.iter();
    vars.find_map(|(name, value)| {
        let text = value.text.known().filter(|t| sample::chooses(name) && for_development(t))?;
        let path = &sources.file(value.span.file).path;
        let set = match value.by {
            SetBy::Compose => value.via.is_empty(),
            SetBy::EnvFile => {
                container.environment.files.contains(path)
                    && sample::purpose(path.file_name()) == Some(Purpose::Development)
            }
            SetBy::Image => false,
        };
        set.then(|| prose!("{} is {}", Quote::name(name).or_at(value.span), Quote::value(text)))
    })
}

/// The host folder with the project's code that is mounted into a container, as written.
fn source_mount(
    sources: &Sources<'_>,
    project: &Project,
    container: &Container<'_>,
) -> Option<String> {
    container.service.mounts.iter().filter(|m| m.kind == MountKind::Bind).find_map(|m| {
        let host = m.host(&project.folder)?;
        if sources.kind(&host) != EntryKind::Folder {
            return None;
        }
        // A folder with Python in it, at its top or one below.
        let python = sources
            .listed(&host)
            .into_iter()
            .any(|(n, k)| k == EntryKind::File && n.ends_with(".py"));
        python.then(|| m.source.as_ref().map_or_else(String::new, |s| s.as_str().to_owned()))
    })
}
