//! Commands and options of build tools that the release which is installed no longer has (`data/pairs.toml`,
//! `tool_command`).

use super::{BuildRun, Image, LayerKind, Packages, StageContext};
use crate::facts::{NEEDS_PYTHON, TOOL_COMMANDS, ToolCommand, at_least};
use crate::model::exec_context::{ExecContext, PathLookup};
use crate::model::path;
use crate::model::process::Step;
use crate::source::{Limit, Sources, Span, Text};

/// A line that calls a tool in a way it no longer knows.
#[derive(Debug, Clone)]
pub struct RemovedToolCommand {
    pub known: &'static ToolCommand,
    /// The words of the call.
    pub words: Vec<Text>,
    /// The word that the tool no longer knows.
    pub word: Span,
    /// The number of that word.
    pub at: usize,
    /// Where the tool is installed.
    pub installed: Span,
    /// The words of the command of pip that installs it.
    pub pip: Option<Vec<Text>>,
    /// Whether no version is named there.
    pub unpinned: bool,
}

/// The address of Poetry's own installer.
const INSTALLER: &str = "https://install.python-poetry.org";

impl Image {
    /// Calls of build tools that stop the build, because the tool no longer has the command or the option.
    pub fn removed_tool_commands(
        &self,
        sources: &Sources<'_>,
        packages: &Packages,
    ) -> Vec<RemovedToolCommand> {
        let mut all = Vec::new();
        for run in &self.runs {
            for step in run.process.steps.iter().filter(|s| !s.conditional) {
                all.extend(self.removed_tool_command(sources, packages, run, step));
            }
        }
        all
    }

    fn removed_tool_command(
        &self,
        sources: &Sources<'_>,
        packages: &Packages,
        run: &BuildRun,
        step: &Step,
    ) -> Option<RemovedToolCommand> {
        let name = |w: &Text| w.rsplit('/').next().unwrap_or("").to_owned();
        let words = &step.words;
        let first = words.first()?;
        // `python -m poetry …`
        let program =
            if name(first).starts_with("python") && words.get(1)?.as_str() == "-m" { 2 } else { 0 };
        let tool = name(words.get(program)?);
        let command = (program + 1..words.len()).find(|i| !words[*i].starts_with('-'))?;
        let (known, at) = TOOL_COMMANDS
            .iter()
            .filter(|c| c.tool == tool && c.command == words[command].as_str())
            .find_map(|c| match c.option {
                None => Some((c, command)),
                Some(option) => {
                    let given =
                        |w: &Text| w.as_str() == option || w.starts_with(&format!("{option}="));
                    (command + 1..words.len()).find(|i| given(&words[*i])).map(|i| (c, i))
                }
            })?;
        let stages = self.stages_below(run.stage);
        if let Some(plugin) = known.plugin
            && self.has_plugin(sources, packages, run, step, plugin, &stages)
        {
            return None;
        }
        let (installed, unpinned) = self.installed_tool(packages, run, known, &stages)?;
        let pip = self
            .runs
            .iter()
            .flat_map(|r| &r.process.steps)
            .find(|s| s.words.len() > 2 && s.words.iter().any(|w| covers(w.span(), installed)))
            .map(|s| s.words.clone());
        Some(RemovedToolCommand {
            known,
            pip,
            words: words.clone(),
            word: words.get(at)?.span(),
            at,
            installed,
            unpinned,
        })
    }

    /// A stage and those it is built from.
    fn stages_below(&self, stage: usize) -> Vec<usize> {
        let mut all = vec![stage];
        while let Some(super::Base::Stage(base)) =
            all.last().and_then(|s| self.stages.get(*s)).map(|s| &s.base)
        {
            if all.len() > self.stages.len() {
                break;
            }
            all.push(*base);
        }
        all
    }

    /// Where a release that lacks the command is surely installed, and whether no version is named there.
    fn installed_tool(
        &self,
        packages: &Packages,
        run: &BuildRun,
        known: &ToolCommand,
        stages: &[usize],
    ) -> Option<(Span, bool)> {
        let below = |r: &&BuildRun| {
            stages.contains(&r.stage) && (r.stage != run.stage || r.layer <= run.layer)
        };
        let installs = |span: Span| {
            let steps = self.runs.iter().filter(below).flat_map(|r| &r.process.steps);
            steps
                .filter(|s| s.words.iter().any(|w| w.as_str() == "install"))
                .any(|s| s.words.iter().any(|w| covers(w.span(), span)))
        };
        let mut asked = packages.python.iter().filter(|p| p.name == known.tool && installs(p.span));
        let by_pip = asked.next();
        let mut installers = self
            .runs
            .iter()
            .filter(below)
            .flat_map(|r| r.process.steps.iter().map(move |s| (r, s)))
            .filter(|(_, s)| {
                known.tool == "poetry" && s.words.iter().any(|w| w.contains(INSTALLER))
            });
        let by_installer = installers.next();
        match (by_pip, by_installer) {
            (Some(package), None) if asked.next().is_none() => {
                let new = package.surely_since(known.since)
                    || !package.locked && package.newest_is_since(known.since) == Some(true);
                new.then_some((package.span, package.version.is_empty()))
            }
            (None, Some((installing, step))) if installers.next().is_none() => {
                let layer = self.stages.get(installing.stage)?.layers.get(installing.layer)?;
                let told = layer.vars.contains_key("POETRY_VERSION")
                    || step.vars.contains_key("POETRY_VERSION")
                    || matches!(&layer.kind, LayerKind::Run(script, _) if names_version(script));
                let old = self.python(installing.stage).is_some_and(|p| {
                    NEEDS_PYTHON.iter().any(|n| {
                        n.package == known.tool
                            && at_least(n.since, known.since)
                            && !at_least(&p.version, n.python)
                    })
                });
                (!told && !old).then_some((step.span, true))
            }
            _ => None,
        }
    }

    /// Whether a plugin may be there: installed beside the tool, added by a command, or asked for by the project.
    fn has_plugin(
        &self,
        sources: &Sources<'_>,
        packages: &Packages,
        run: &BuildRun,
        step: &Step,
        plugin: &str,
        stages: &[usize],
    ) -> bool {
        let named = packages.get(plugin).is_some()
            || self
                .runs
                .iter()
                .filter(|r| stages.contains(&r.stage))
                .flat_map(|r| &r.process.steps)
                .any(|s| s.words.iter().any(|w| !w.is_resolved() || w.contains(plugin)));
        let project = path::join(step.workdir.as_deref().unwrap_or("/"), "pyproject.toml");
        let place = StageContext { sources, image: self, stage: run.stage, layers: run.layer };
        named
            || match place.find(&project) {
                PathLookup::Host(host) => sources
                    .read(&host, Limit::Code)
                    .map_or(true, |f| f.text.contains("requires-plugins")),
                PathLookup::Missing => false,
                _ => true,
            }
    }
}

fn covers(outer: Span, inner: Span) -> bool {
    outer.file == inner.file && outer.start <= inner.start && inner.end <= outer.end
}

/// Whether a line names the version of what it installs.
fn names_version(script: &crate::syntax::shell::Script) -> bool {
    script.body.all_commands().any(|s| {
        s.command
            .words
            .iter()
            .any(|w| w.raw.contains("--version") || w.raw.contains("POETRY_VERSION"))
            || s.command.assignments.iter().any(|(n, _)| n.as_str() == "POETRY_VERSION")
    })
}
