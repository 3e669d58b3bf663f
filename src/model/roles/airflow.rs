//! Services that run Airflow: which of its components they are, and of which version (Airflow docs, "Docker Image for
//! Apache Airflow").

use crate::facts::{self, SubcommandFacts, at_least, latest};
use crate::model::container::{Container, image_tag, is_airflow_image};
use crate::model::process::Step;
use crate::source::{Span, Text};

/// A service that runs Airflow.
#[derive(Debug)]
pub struct Airflow {
    /// The number of its container.
    pub container: usize,
    /// Whether it starts through the entrypoint of the official image.
    pub entrypoint: bool,
    /// Its version as far as it is written: `2.10.5`, `3`.
    pub version: Option<String>,
    /// Where the image is named.
    pub named: Span,
    /// The commands of Airflow it runs, in order.
    pub runs: Vec<Run>,
    /// Whether it may run more than that.
    pub unsure: bool,
}

/// One command of Airflow.
#[derive(Debug, Clone)]
pub struct Run {
    /// Its name, with the group it belongs to: `db migrate`, `webserver`.
    pub verb: String,
    /// Where it stands.
    pub span: Span,
    /// Whether it may not run at all.
    pub conditional: bool,
}

impl Airflow {
    /// The first of these commands that it runs.
    pub fn runs(&self, verbs: &[&str]) -> Option<&Run> {
        self.runs.iter().find(|r| verbs.contains(&r.verb.as_str()))
    }

    /// The first part of Airflow that it runs, of those that are `so`.
    pub fn component(&self, so: impl Fn(&SubcommandFacts) -> bool) -> Option<&Run> {
        let part = |r: &&Run| airflow_command(&r.verb).is_some_and(|c| c.component && so(c));
        self.runs.iter().find(part)
    }

    /// Whether its version is surely `version` or later.
    pub fn is_at_least(&self, version: &str) -> Option<bool> {
        self.version.as_deref().map(|v| at_least(v, version))
    }

    /// Where the web interface is served.
    pub fn serves(&self) -> Option<&Run> {
        self.runs(&["webserver", "api-server"])
    }
}

/// What a container is as a part of Airflow; `None` when it runs none of it.
pub(in crate::model) fn of_container(index: usize, container: &Container<'_>) -> Option<Airflow> {
    let image = match container.built() {
        Some(image) => image.external_base(),
        None => container
            .service
            .image
            .as_ref()
            .filter(|_| container.service.build.is_none())
            .and_then(|i| i.known()),
    };
    let official = image.is_some_and(|i| is_airflow_image(i));
    let own = container.built().is_some_and(|i| i.entrypoint().is_some());
    let entrypoint = official && container.service.entrypoint.is_none() && !own;
    let runs: Vec<Run> =
        container.process.steps.iter().filter_map(|s| run(s, entrypoint)).collect();
    if !official && runs.is_empty() {
        return None;
    }
    let version = match image.filter(|_| official) {
        Some(image) => version(image),
        None => container
            .packages
            .as_ref()
            .and_then(|p| p.get("apache-airflow"))
            .map(|p| p.version.clone())
            .filter(|v| numbered(v)),
    };
    let named = image.filter(|_| official).map_or_else(|| container.name_span(), Text::span);
    // A script that is not in the project may do anything.
    let script = |s: &Step| {
        let first = s.words.first().map_or("", |w| w.as_str());
        run(s, entrypoint).is_none()
            && (!s.words.iter().take(1).all(Text::is_resolved)
                || first.ends_with(".sh")
                || first.ends_with(".py")
                || s.words.iter().any(|w| w.ends_with(".sh")))
    };
    let unsure = container.process.unknown.is_some() || container.process.steps.iter().any(script);
    Some(Airflow { container: index, entrypoint, version, named, runs, unsure })
}

/// The command of Airflow that a step is. The official entrypoint takes one without `airflow` in front.
pub(in crate::model) fn run(step: &Step, entrypoint: bool) -> Option<Run> {
    let mut words = step.words.as_slice();
    let mut direct = entrypoint && !step.in_shell;
    if matches!(words.first()?.as_str(), "/entrypoint" | "/entrypoint.sh") && words.len() > 1 {
        words = &words[1..];
        direct = true;
    }
    let first = words.first()?;
    if first.rsplit('/').next() == Some("airflow") {
        words = &words[1..];
    } else if !direct || first.contains('/') {
        return None;
    }
    let mut named = words.iter().filter(|w| !w.starts_with('-') && w.is_resolved());
    let first = named.next()?.as_str();
    let verb = match named.next().filter(|_| airflow_command(first).is_some_and(|c| c.group)) {
        Some(second) => format!("{first} {second}"),
        None => first.to_owned(),
    };
    Some(Run { verb, span: step.span, conditional: step.conditional })
}

pub(in crate::model) fn airflow_command(name: &str) -> Option<&'static SubcommandFacts> {
    facts::subcommand("airflow", name)
}

/// Whether a command creates the tables of the metadata database.
pub(in crate::model) fn creates(run: &Run) -> bool {
    airflow_command(&run.verb).is_some_and(|c| c.creates_tables)
}

fn numbered(version: &str) -> bool {
    version.starts_with(|c: char| c.is_ascii_digit())
}

/// The version that an image's tag names: `slim-2.9.1-python3.11` is 2.9.1, no tag is the newest.
fn version(image: &str) -> Option<String> {
    let tag = image_tag(image).unwrap_or("latest");
    let tag = tag.strip_prefix("slim-").unwrap_or(tag);
    let number = tag.split('-').next().unwrap_or(tag);
    if number == "latest" {
        return latest("apache/airflow").map(|l| l.version.to_owned());
    }
    Some(number.to_owned()).filter(|n| numbered(n))
}
