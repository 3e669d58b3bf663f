//! What a build asks Debian's and Ubuntu's package servers for.

use super::distribution::{Successor, release_of, successor_of};
use super::{Base, Image, LayerKind, Stage};
use crate::facts::{GONE, Gone, Release, at_least};
use crate::source::{Span, Text};
use crate::syntax::shell::Simple;
use std::collections::BTreeMap;

/// A run of `apt-get update` or `apt-get install` that surely happens.
#[derive(Debug, Clone)]
pub struct AptRun {
    /// The image its stage starts from, where it is written.
    pub base: Text,
    /// The release that image stands on.
    pub release: &'static Release,
    /// The command.
    pub span: Span,
    /// What it installs; nothing for an update.
    pub packages: Vec<Text>,
    /// Whether the list of servers may have been changed before.
    pub other_servers: bool,
    /// Whether packages may come from further servers as well, or the build names the release in other places.
    pub further_servers: bool,
}

impl AptRun {
    /// The packages that a release does not have.
    pub fn gone_from(
        &self,
        release: &'static Release,
    ) -> impl Iterator<Item = (&Text, &'static Gone)> {
        let gone = move |package: &str| {
            GONE.iter().find(|g| {
                g.package == package
                    && g.distribution == release.distribution
                    && at_least(release.version, g.since)
            })
        };
        self.packages.iter().filter_map(move |p| Some((p, gone(p.as_str())?)))
    }

    /// Whether a package is asked for in one version, which a newer release does not have.
    pub fn pins_versions(&self) -> bool {
        self.packages.iter().any(|p| p.contains('='))
    }

    /// The same image on a release that is served.
    pub fn successor(&self) -> Option<Successor> {
        successor_of(self.base.as_str())
    }
}

impl Image {
    /// The runs of apt in the stages that are built, on releases that are known.
    pub fn apt(&self) -> Vec<AptRun> {
        let mut all = Vec::new();
        // Every layer of a stage is looked at, which is the same for all of its runs.
        let mut further: BTreeMap<(usize, &str), bool> = BTreeMap::new();
        for run in &self.runs {
            let Some(base) = self.outer_base(run.stage) else { continue };
            let Some(release) = release_of(base) else { continue };
            for step in run.process.steps.iter().filter(|s| !s.conditional) {
                let Some((program, rest)) = step.words.split_first() else { continue };
                // `install_packages` is minideb's `apt-get update` and `apt-get install`.
                let name = program.rsplit('/').next();
                if !matches!(name, Some("apt-get" | "apt" | "aptitude" | "install_packages")) {
                    continue;
                }
                let packages =
                    match rest.iter().position(|w| matches!(w.as_str(), "install" | "update")) {
                        Some(at) if rest[at].as_str() == "install" => {
                            rest[at + 1..].iter().filter(|w| !w.starts_with('-')).cloned().collect()
                        }
                        Some(_) => Vec::new(),
                        None if name == Some("install_packages") => rest.to_vec(),
                        None => continue,
                    };
                let other_servers = self.changes_servers(run.stage, run.layer);
                let further_servers = *further
                    .entry((run.stage, release.name))
                    .or_insert_with(|| self.adds_servers(run.stage, release));
                all.push(AptRun {
                    base: base.clone(),
                    release,
                    span: step.span,
                    packages,
                    other_servers,
                    further_servers,
                });
            }
        }
        // In the order they are written.
        all.sort_by_key(|r| (r.span.file, r.span.start));
        all
    }

    /// The image outside this Dockerfile that a stage starts from.
    pub(super) fn outer_base(&self, stage: usize) -> Option<&Text> {
        let mut stage = self.stages.get(stage)?;
        // A stage starts from an earlier one.
        for _ in 0..self.stages.len() {
            match &stage.base {
                Base::External(name) => return Some(name),
                Base::Stage(index) => stage = self.stages.get(*index)?,
                Base::Unknown(_) => return None,
            }
        }
        None
    }

    /// Whether apt's list of servers may be another one once `layer` of `stage` runs.
    fn changes_servers(&self, stage: usize, layer: usize) -> bool {
        let first = self.new_servers.get_or_init(|| self.stages.iter().map(changed).collect());
        let mut next = self.stages.get(stage).map(|s| (s, layer.saturating_add(1)));
        while let Some((stage, layers)) = next {
            if first.get(stage.index).copied().flatten().is_some_and(|first| first < layers) {
                return true;
            }
            next = match stage.base {
                Base::Stage(index) if index < stage.index => {
                    self.stages.get(index).map(|s| (s, s.layers.len()))
                }
                _ => None,
            };
        }
        false
    }
}

impl Image {
    /// Whether a stage or one below it adds servers of packages, or names the release by itself.
    fn adds_servers(&self, stage: usize, release: &Release) -> bool {
        let mut next = self.stages.get(stage);
        while let Some(stage) = next {
            if stage.layers.iter().any(|layer| adds(&layer.kind, release.name)) {
                return true;
            }
            next = match stage.base {
                Base::Stage(index) if index < stage.index => self.stages.get(index),
                _ => None,
            };
        }
        false
    }
}

fn adds(layer: &LayerKind, release: &str) -> bool {
    let signs = ["sources.list", "apt-add-repository", "add-apt-repository", ".deb", release];
    match layer {
        LayerKind::Copy { dest, .. } => dest.as_ref().is_some_and(|d| d.contains("/apt")),
        LayerKind::Run(script, _) => script.body.all_commands().any(|step| {
            let text = |t: &str| signs.iter().any(|s| t.contains(s));
            step.command.words.iter().any(|w| text(w.raw.as_str()))
                || step.command.redirects.iter().any(|r| {
                    text(r.target.raw.as_str()) || r.body.as_ref().is_some_and(|b| text(b.as_str()))
                })
        }),
    }
}

/// The number of the first layer of a stage that may change apt's list of servers.
fn changed(stage: &Stage) -> Option<usize> {
    stage.layers.iter().position(|layer| match &layer.kind {
        LayerKind::Copy { dest: Some(dest), .. } => {
            dest.starts_with("/etc/apt") || dest == "/etc/" || dest == "/"
        }
        LayerKind::Copy { dest: None, .. } => false,
        LayerKind::Run(script, _) => {
            script.body.all_commands().any(|step| names_servers(step.command))
        }
    })
}

/// Whether a command touches `/etc/apt/sources.list` or what takes its place. A list that is added in
/// `sources.list.d/` leaves the others as they are.
fn names_servers(command: &Simple) -> bool {
    let text = |t: &str| {
        let main = t
            .match_indices("sources.list")
            .any(|(at, found)| !t[at + found.len()..].starts_with(".d"));
        main || [
            "sources.list.d/debian",
            "sources.list.d/ubuntu",
            "sources.list.d/*",
            "archive.debian.org",
            "snapshot.debian.org",
            "old-releases.",
        ]
        .iter()
        .any(|s| t.contains(s))
    };
    command.words.iter().any(|w| text(w.raw.as_str()))
        || command.redirects.iter().any(|r| {
            text(r.target.raw.as_str()) || r.body.as_ref().is_some_and(|b| text(b.as_str()))
        })
}
