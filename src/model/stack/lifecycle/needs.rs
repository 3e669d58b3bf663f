//! Which services cannot do without another one, and which wait for another one (Compose specification, `depends_on`, `links`,
//! `network_mode`, `volumes_from`).

use super::Lifecycle;
use crate::model::compose::{Condition, Node};
use crate::source::Span;

/// How a service needs another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NeedKind {
    /// `depends_on`
    DependsOn,
    /// `links`
    Links,
    /// `network_mode: service:…`, and the same for `ipc`, `pid`, `uts` and `cgroup`.
    Shares,
    /// `volumes_from`
    VolumesFrom,
}

impl NeedKind {
    /// The key that says so.
    pub fn key(self) -> &'static str {
        match self {
            Self::DependsOn => "depends_on",
            Self::Links => "links",
            Self::Shares => "network_mode",
            Self::VolumesFrom => "volumes_from",
        }
    }
}

/// A service that another one cannot do without.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Need {
    /// The number of the service that is needed.
    pub target: usize,
    /// How.
    pub kind: NeedKind,
    /// Where it is named.
    pub span: Span,
    /// Whether Compose refuses to go on without it (`required: false` says that it may).
    pub required: bool,
}

/// How far a chain of services that wait for each other is followed.
const MAX_ROUNDS: usize = 20;

impl<'s> Lifecycle<'s> {
    /// The services that one needs, each once, in the order Compose looks at them.
    pub fn needs(&self, index: usize) -> &'s [Need] {
        let all = || (0..self.stack.containers.len()).map(|i| self.needs_of(i)).collect();
        self.stack.lifecycle.needs.get_or_init(all).get(index).map_or(&[], Vec::as_slice)
    }

    /// How many services start one after the other before this one. One that waits for itself in a circle never
    /// starts, and counts as one more.
    pub fn start_depth(&self, index: usize) -> usize {
        let all = || {
            // Each round finds those that start after the rounds before; a circle ends where no more can come.
            let count = self.stack.containers.len();
            let mut depths = vec![0; count];
            for _ in 0..MAX_ROUNDS.min(count) {
                let next: Vec<usize> = (0..count)
                    .map(|i| self.needs(i).iter().map(|n| 1 + depths[n.target]).max().unwrap_or(0))
                    .collect();
                if next == depths {
                    break;
                }
                depths = next;
            }
            depths
        };
        self.stack.lifecycle.depths.get_or_init(all).get(index).copied().unwrap_or(0)
    }

    fn needs_of(&self, index: usize) -> Vec<Need> {
        let node = &self.stack.container(index).service.node;
        let mut all: Vec<Need> = Vec::new();
        let mut add = |name: &str, kind: NeedKind, span: Span, required: bool| {
            let Some(target) = self.stack.named(name) else { return };
            if !all.iter().any(|n| n.target == target && (n.required || !required)) {
                all.push(Need { target, kind, span, required });
            }
        };
        if let Some(list) = node.get("depends_on") {
            for item in list.items() {
                let Some(name) = item.text() else { continue };
                add(name, NeedKind::DependsOn, name.span(), true);
            }
            for entry in list.entries() {
                let required = entry.value.get("required").and_then(Node::bool).unwrap_or(true);
                add(&entry.key, NeedKind::DependsOn, entry.key.span(), required);
            }
        }
        for key in ["network_mode", "ipc", "pid", "uts", "cgroup"] {
            let Some(text) = node.get(key).and_then(Node::text) else { continue };
            if let Some(name) = text.strip_prefix("service:") {
                add(name, NeedKind::Shares, text.span(), true);
            }
        }
        for (key, kind) in [("links", NeedKind::Links), ("volumes_from", NeedKind::VolumesFrom)] {
            for text in
                node.get(key).map(Node::items).unwrap_or_default().iter().filter_map(Node::text)
            {
                let name = text.split(':').next().unwrap_or("");
                // `container:name` is one outside the project.
                if name != "container" {
                    add(name, kind, text.span(), true);
                }
            }
        }
        all
    }

    /// Whether a service is held back until another one is healthy or has done its work, directly or by way of others.
    pub fn waits_for(&self, container: usize, other: usize) -> bool {
        let mut seen = vec![container];
        let mut open = vec![container];
        while let Some(index) = open.pop() {
            for dependency in &self.stack.container(index).service.depends_on {
                let Some(target) = self.stack.named(dependency.service.as_str()) else { continue };
                // Being started comes after that of the other's own dependencies, but waits for nothing it does.
                if dependency.condition != Condition::ServiceStarted && target == other {
                    return true;
                }
                if !seen.contains(&target) {
                    seen.push(target);
                    open.push(target);
                }
            }
        }
        false
    }
}
