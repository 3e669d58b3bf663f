//! Settings as a management command loads them while an image is built: the files of the stage, the variables of
//! `ENV` and `ARG`. Compose's `environment`, `env_file` and `.env` are not there yet.

use super::Django;
use crate::model::django::entry;
use crate::model::django::{EnvAnswer, ModuleFile, Settings, World};
use crate::model::exec_context::{ExecContext, PathLookup};
use crate::model::image::StageContext;
use crate::model::path;
use crate::model::process::{Step, StepKind};
use crate::model::roles::django::DjangoService;
use crate::source::{EntryKind, Known, Limit, RelPath, Span, Text};
use crate::syntax::python::Module;
use std::rc::Rc;

/// A management command of a build that ends because a variable is not set there.
#[derive(Debug, Clone)]
pub struct BuildLacks {
    pub command: Text,
    /// The whole command.
    pub span: Span,
    /// The instruction it stands in.
    pub instruction: Span,
    /// Variables without which the settings do not load, each with the place that reads it.
    pub lacks: Vec<(String, Span)>,
}

impl<'s> Django<'s> {
    /// Management commands in the build of a service's image that surely end at its settings.
    pub fn failing_build_commands(&self, service: &DjangoService) -> Vec<BuildLacks> {
        let container = self.stack.container(service.container);
        let Some(image) = container.built() else { return Vec::new() };
        let mut all = Vec::new();
        for run in &image.runs {
            let Some(layer) = image.stages.get(run.stage).and_then(|s| s.layers.get(run.layer))
            else {
                continue;
            };
            let text = &self.stack.sources.file(layer.span.file).text;
            // What follows `||` saves the line, and a secret may bring any variable.
            let saved = text
                .get(layer.span.range())
                .is_none_or(|t| t.contains("||") || t.contains("set +e"));
            if saved || layer.mounts.secrets || run.process.unknown.is_some() {
                continue;
            }
            let place = StageContext {
                sources: self.stack.sources,
                image,
                stage: run.stage,
                layers: run.layer,
            };
            for step in
                run.process.steps.iter().filter(|s| !s.conditional && (!s.background || s.awaited))
            {
                let StepKind::Manage { command, manage_py: Some(manage) } = &step.kind else {
                    continue;
                };
                // Commands that load no settings, or go on without them.
                if matches!(
                    command.as_str(),
                    "startproject"
                        | "startapp"
                        | "help"
                        | "version"
                        | "makemessages"
                        | "compilemessages"
                ) {
                    continue;
                }
                let lacks = self.lacks_in(&place, step, manage).unwrap_or_default();
                if !lacks.is_empty() {
                    all.push(BuildLacks {
                        command: command.clone(),
                        span: step.span,
                        instruction: layer.span,
                        lacks,
                    });
                }
            }
        }
        all
    }

    fn lacks_in(
        &self,
        place: &StageContext<'_>,
        step: &Step,
        manage: &Text,
    ) -> Option<Vec<(String, Span)>> {
        let at = if manage.starts_with('/') {
            path::join("/", manage)
        } else {
            path::join(step.workdir.as_deref()?, manage)
        };
        let PathLookup::Host(file_of_manage) = place.find(&at) else { return None };
        let read = |path: &RelPath| {
            self.stack.sources.read(path, Limit::Code).ok().map(|file| Rc::new(Module::read(&file)))
        };
        let env = |name: &str| match step.vars.get(name) {
            Some(text) => EnvAnswer::of(text.clone()),
            None => place.env(name),
        };
        let home = path::parent(&at);
        let find = |module: &str| {
            let relative = module.replace('.', "/");
            [("/__init__.py", true), (".py", false)].into_iter().find_map(|(tail, package)| {
                let container = path::join(home, &format!("{relative}{tail}"));
                match place.find(&container) {
                    PathLookup::Host(host) if self.stack.sources.kind(&host) == EntryKind::File => {
                        Some(ModuleFile { path: host, container, package })
                    }
                    _ => None,
                }
            })
        };
        let file = |at: &str| place.file(at);
        let world = World {
            sources: self.stack.sources,
            find: &find,
            file: &file,
            env: &env,
            module: &read,
            installed: &|_| None,
            folder: step.workdir.as_deref(),
        };
        let program =
            ModuleFile { path: file_of_manage.clone(), container: at.clone(), package: false };
        let chosen = entry::chosen(&world, &program, "__main__");
        // What `manage.py` reads of an env file that whoever builds may have is not known.
        if chosen.as_ref().is_some_and(|c| c.absent) {
            return None;
        }
        let chosen = chosen?;
        let module = match (step.option("--settings"), chosen.module) {
            (Some(option), _) if option.is_resolved() => option,
            (None, Some(Known::Known(text))) if !text.is_empty() => text,
            _ => return None,
        };
        // What `manage.py` sets is set for the settings as well.
        let env = |name: &str| chosen.variables.get(name).cloned().unwrap_or_else(|| env(name));
        let world = World { env: &env, ..world };
        let settings = Settings::evaluate(&world, module.as_str()).ok()?;
        (!settings.lacks.is_empty()).then_some(settings.lacks)
    }
}
