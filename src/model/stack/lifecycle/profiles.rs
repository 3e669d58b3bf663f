//! Which services run when, and how many containers of each (Compose specification, "Profiles").

use super::{Lifecycle, NeedKind};
use crate::model::compose::{Kind, Node};
use crate::model::process::StepKind;
use crate::source::Span;
use std::collections::BTreeSet;

/// When two services run at the same time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Together {
    /// At every `up`.
    Always,
    /// When this profile is active, which brings up both.
    InProfile(String),
    /// Only when someone asks for the profile of one of them, the other running always.
    OnRequest,
    /// In no single profile.
    Apart,
    /// It depends on a variable that is not set.
    Unknown,
}

impl<'s> Lifecycle<'s> {
    /// The profiles of a service, empty for one that always runs; `None` when they are not known.
    pub fn profiles(&self, index: usize) -> Option<Vec<&'s str>> {
        let Some(node) = self.stack.container(index).service.node.get("profiles") else {
            return Some(Vec::new());
        };
        match &node.kind {
            Kind::Null => Some(Vec::new()),
            Kind::Scalar(one) => Some(vec![one.known()?.as_str()]),
            Kind::List(items) => items.iter().map(|i| i.text().map(|t| t.as_str())).collect(),
            Kind::Map(_) => None,
        }
    }

    /// The profiles that `.env` switches on (Compose: `COMPOSE_PROFILES`).
    fn active_profiles(&self) -> Vec<&'s str> {
        let listed = self.stack.project.dotenv.get("COMPOSE_PROFILES").map_or("", |(text, _)| text);
        listed.split(',').map(str::trim).filter(|p| !p.is_empty()).collect()
    }

    /// Whether a service runs at a plain `up`; `None` when its profiles are not known.
    pub fn runs_always(&self, index: usize) -> Option<bool> {
        let own = self.profiles(index)?;
        let active = self.active_profiles();
        Some(own.is_empty() || active.contains(&"*") || own.iter().any(|p| active.contains(p)))
    }

    /// Whether a plain `up` starts a service for what it does then: it runs on, or others wait for it. A service of its
    /// own that nobody waits for is a tool that is run by hand.
    pub fn starts_with_up(&self, index: usize) -> bool {
        let process = &self.stack.container(index).process;
        let runs_on = process.server().is_some()
            || process.steps.iter().any(|s| matches!(s.kind, StepKind::Celery { .. }));
        let awaited = || {
            let all = || {
                (0..self.stack.containers.len())
                    .flat_map(|i| self.needs(i))
                    .filter(|n| n.kind == NeedKind::DependsOn)
            };
            self.stack
                .lifecycle
                .awaited
                .get_or_init(|| all().map(|n| n.target).collect())
                .contains(&index)
        };
        self.runs_always(index) != Some(false) && (runs_on || awaited())
    }

    /// When two services run at the same time.
    pub fn run_together(&self, a: usize, b: usize) -> Together {
        let (Some(of_a), Some(of_b)) = (self.profiles(a), self.profiles(b)) else {
            return Together::Unknown;
        };
        match (self.runs_always(a), self.runs_always(b)) {
            (Some(true), Some(true)) => Together::Always,
            _ if of_a.is_empty() || of_b.is_empty() => Together::OnRequest,
            _ => match of_a.iter().find(|p| of_b.contains(p)) {
                Some(both) => Together::InProfile((*both).to_owned()),
                None => Together::Apart,
            },
        }
    }

    /// How many containers of a service run; `None` when that is not known.
    pub fn replicas(&self, index: usize) -> Option<(u64, Option<Span>)> {
        let node = &self.stack.container(index).service.node;
        let deploy = node.get("deploy");
        if deploy
            .and_then(|d| d.get("mode"))
            .and_then(Node::text)
            .is_some_and(|m| m.as_str() != "replicated")
        {
            return None;
        }
        let Some(count) = node.get("scale").or_else(|| deploy.and_then(|d| d.get("replicas")))
        else {
            return Some((1, None));
        };
        let number = count.text()?.trim().as_str().parse().ok()?;
        Some((number, Some(count.span)))
    }

    /// Whether people are told to bring up some of the services by name, and never all of them.
    pub fn is_started_in_part(&self) -> bool {
        self.stack.repository().picks_services()
    }

    /// Whether texts for people, or an example of `.env`, show how a profile is switched on.
    pub fn is_profile_documented(&self, profile: &str) -> bool {
        self.stack.repository().shows_profile(profile) || self.example_profiles().contains(profile)
    }

    /// The profiles that examples of `.env` beside the Compose file switch on.
    fn example_profiles(&self) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        for (name, _) in self.stack.sources.listed(&self.stack.project.folder) {
            let lower = name.to_ascii_lowercase();
            if !lower.contains("env") || lower == ".env" {
                continue;
            }
            let Some(path) = self.stack.project.folder.join(&name) else { continue };
            let Ok(file) = self.stack.sources.read(&path, crate::source::Limit::Code) else {
                continue;
            };
            for line in file.text.lines() {
                let line = line.trim_start().trim_start_matches(['#', ' ']);
                let line = line.strip_prefix("export ").unwrap_or(line);
                let Some(list) = line.strip_prefix("COMPOSE_PROFILES=") else { continue };
                found
                    .extend(list.split(',').map(|p| p.trim().trim_matches(['"', '\'']).to_owned()));
            }
        }
        found
    }

    /// Whether the project is written for `docker stack deploy`, where all replicas answer at one
    /// published port.
    pub fn is_for_swarm(&self) -> bool {
        let keys = ["placement", "update_config", "rollback_config", "endpoint_mode"];
        let deployed = self.stack.containers.iter().filter_map(|c| c.service.node.get("deploy"));
        let overlay = self
            .stack
            .project
            .networks
            .iter()
            .filter_map(|n| n.value.get("driver")?.text())
            .any(|d| d.as_str() == "overlay");
        let named = self.stack.project.files.iter().any(|f| {
            let name = f.path.file_name().to_ascii_lowercase();
            name.split(['.', '-', '_']).any(|part| part == "stack" || part == "swarm")
        });
        overlay
            || named
            || self.stack.repository().is_deployed_to_swarm()
            || deployed.into_iter().any(|d| keys.iter().any(|k| d.get(k).is_some()))
    }
}
