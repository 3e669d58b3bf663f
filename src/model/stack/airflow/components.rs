//! How each component of Airflow is configured, and what its components have in common (Airflow docs, "Setting
//! Configuration Options").

use super::AirflowComponents;
use crate::model::compose::{Mount, MountKind};
use crate::model::container::Container;
use crate::model::endpoint::UrlPart;
use crate::model::image::LayerKind;
use crate::model::path;
use crate::model::roles::airflow::{Airflow, airflow_command, creates, run};
use crate::source::{Known, Span, Text};

/// Where Airflow keeps its files in the official image.
const HOME: &str = "/opt/airflow";

/// What is known of an option of `airflow.cfg`.
#[derive(Debug, Clone)]
pub enum OptionValue {
    /// A variable sets it: its text, which may be empty, and where a person changes it.
    Is(Text, Span),
    /// Nothing sets it: Airflow's default counts.
    Unset,
    /// A variable sets it to what is not known here, or a file may set it.
    Unknown,
}

impl OptionValue {
    /// As a part to compare.
    pub fn part(&self) -> UrlPart {
        match self {
            Self::Is(text, _) => UrlPart::of_text(text),
            Self::Unset => UrlPart::Absent,
            Self::Unknown => UrlPart::Unknown,
        }
    }
}

impl<'s> AirflowComponents<'s> {
    /// Whether all that runs Airflow here is known: no image that may be Airflow goes unrecognised.
    pub fn is_known(&self) -> bool {
        let all = &self.stack.roles.airflow;
        let maybe = |c: &Container<'_>| {
            let image = c.service.image.as_ref().map_or("", |i| i.text.as_str());
            // What an image is that a variable names, nobody knows.
            let hidden =
                c.image.is_none() && c.service.image.as_ref().is_some_and(|i| i.known().is_none());
            let named = c
                .process
                .steps
                .iter()
                .filter_map(|s| s.words.first())
                .any(|w| airflow_command(w).is_some_and(|c| c.component));
            hidden || named || image.contains("airflow") || c.name().contains("airflow")
        };
        let known = |index: usize| {
            all.iter().any(|a| a.container == index && !a.unsure)
                || self.stack.roles.sql_databases().any(|d| d.container == index)
        };
        self.stack.containers.iter().enumerate().all(|(i, c)| !maybe(c) || known(i))
            && all.iter().all(|a| !a.unsure)
    }

    /// What creates the tables of the metadata database: a command, or a variable that the entrypoint acts on.
    pub fn creates_tables(&self) -> bool {
        let all = &self.stack.roles.airflow;
        let migrates = |c: &Container<'_>| {
            ["_AIRFLOW_DB_MIGRATE", "_AIRFLOW_DB_UPGRADE"].iter().any(|n| {
                match c.environment.vars.get(*n) {
                    Some(value) => value.text.known().is_none_or(|t| !t.is_empty()),
                    None => false,
                }
            })
        };
        let builds = |c: &Container<'_>| {
            c.built().is_some_and(|i| {
                i.runs
                    .iter()
                    .flat_map(|r| &r.process.steps)
                    .filter_map(|s| run(s, false))
                    .any(|r| creates(&r))
            })
        };
        let elsewhere = |c: &Container<'_>| {
            c.process.steps.iter().filter_map(|s| run(s, false)).any(|r| creates(&r))
        };
        all.iter().flat_map(|a| &a.runs).any(creates)
            || self.stack.containers.iter().any(|c| migrates(c) || builds(c) || elsewhere(c))
    }

    /// An option of `airflow.cfg`, as a component sees it: `AIRFLOW__SECTION__KEY`.
    pub fn option(&self, airflow: &Airflow, section: &str, key: &str) -> OptionValue {
        let container = self.stack.container(airflow.container);
        let name = format!("AIRFLOW__{}__{}", section.to_uppercase(), key.to_uppercase());
        if container.process.steps.iter().any(|s| s.vars.contains_key(&name)) {
            return OptionValue::Unknown;
        }
        if let Some(value) = container.environment.vars.get(&name) {
            let span = value.via.first().copied().unwrap_or(value.span);
            let text = match &value.text {
                Known::Known(text) => Some(text),
                // Of a URL the host may be known, and its password not.
                Known::Partly(text, _) => Some(text).filter(|t| t.contains("://")),
                Known::Unknown(_) => None,
            };
            return text.map_or(OptionValue::Unknown, |text| OptionValue::Is(text.clone(), span));
        }
        let indirect = ["_CMD", "_SECRET"]
            .iter()
            .any(|end| container.environment.vars.contains_key(&format!("{name}{end}")));
        if indirect || container.environment.open.is_some() || self.has_config_file(airflow) {
            return OptionValue::Unknown;
        }
        OptionValue::Unset
    }

    /// The URL of the metadata database. Its section was `core` before 2.3, which 3.0 no longer reads (proven with 3.1).
    pub fn database(&self, airflow: &Airflow) -> OptionValue {
        let named = |section| self.option(airflow, section, "sql_alchemy_conn");
        match (named("database"), airflow.is_at_least("3.0")) {
            (OptionValue::Unset, Some(true)) => OptionValue::Unset,
            (OptionValue::Unset, Some(false)) => named("core"),
            (OptionValue::Unset, None) => match named("core") {
                OptionValue::Unset => OptionValue::Unset,
                _ => OptionValue::Unknown,
            },
            // What an env file that is not here may say, nobody says who still uses the old name.
            (OptionValue::Unknown, Some(false)) => match named("core") {
                OptionValue::Unset => OptionValue::Unknown,
                core => core,
            },
            (named, _) => named,
        }
    }

    /// Whether a component may read its options from a file that others made: one of the project, one that is mounted,
    /// or one that the build left behind.
    fn has_config_file(&self, airflow: &Airflow) -> bool {
        let container = self.stack.container(airflow.container);
        let set = |name: &str| container.environment.vars.contains_key(name);
        let mounted = container.service.mounts.iter().any(|m| {
            let target = path::join("/", m.target.as_str());
            m.kind == MountKind::Unknown
                || target.ends_with("airflow.cfg")
                || path::relative_to(HOME, &target).is_some()
        });
        let built = container.built().is_some_and(|image| {
            image.runs.iter().flat_map(|r| &r.process.steps).any(|s| {
                s.words.iter().any(|w| w.contains("airflow.cfg")) || run(s, false).is_some()
            }) || image.chain().iter().flat_map(|s| &s.layers).any(|l| match &l.kind {
                LayerKind::Copy { sources, dest, .. } => {
                    sources.iter().any(|s| s.contains("airflow.cfg"))
                        || dest.as_ref().is_some_and(|d| d.contains("airflow.cfg"))
                }
                LayerKind::Run(..) => false,
            }) || !self.stack.repository().find_files(&image.context, "airflow.cfg").is_empty()
        });
        let more = ["configs", "secrets", "volumes_from"]
            .iter()
            .any(|key| container.service.node.get(key).is_some());
        !airflow.entrypoint && container.built().is_none()
            || set("AIRFLOW_CONFIG")
            || set("AIRFLOW_HOME")
            || mounted
            || built
            || more
            || !self
                .stack
                .repository()
                .find_files(&self.stack.project.folder, "airflow.cfg")
                .is_empty()
    }

    /// Where a folder of Airflow (`logs`, `dags`) comes from in a component: the mount that covers it.
    pub fn mount(&self, airflow: &Airflow, folder: &str) -> Option<&'s Mount> {
        let wanted = path::join(HOME, folder);
        let mounts = self.stack.container(airflow.container).service.mounts.iter();
        mounts
            .filter(|m| path::relative_to(&wanted, &path::join("/", m.target.as_str())).is_some())
            .max_by_key(|m| m.target.len())
    }

    /// Whether two components surely do not have a folder in common.
    pub fn are_apart(&self, a: &Airflow, b: &Airflow, folder: &str) -> bool {
        let unknown = |x: &Airflow| {
            let service = self.stack.container(x.container).service;
            service.node.get("volumes_from").is_some()
                || service.mounts.iter().any(|m| m.kind == MountKind::Unknown)
        };
        if a.container == b.container || unknown(a) || unknown(b) {
            return false;
        }
        let place = |m: &Mount| {
            (
                m.source.as_ref().map(|s| s.as_str().trim_end_matches('/').to_owned()),
                m.subpath.is_some(),
            )
        };
        match (self.mount(a, folder), self.mount(b, folder)) {
            (None, None) | (Some(_), None) | (None, Some(_)) => true,
            (Some(x), Some(y)) => x.target.as_str() == y.target.as_str() && place(x) != place(y),
        }
    }
}
