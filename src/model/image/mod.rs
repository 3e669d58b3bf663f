//! What one Dockerfile stage holds and runs (Dockerfile reference).

mod apt;
mod arguments;
mod bases;
mod closed;
mod constraint;
mod context;
mod database;
mod distribution;
mod effects;
mod files;
mod health;
mod ignore_file;
mod installs;
mod instructions;
mod libraries;
mod lists;
mod lost;
mod markers;
mod modes;
mod mount_values;
mod mounts;
mod natives;
mod overwritten;
mod package_files;
mod packages;
mod python;
mod selection;
mod stage;
mod stage_names;
#[cfg(test)]
mod tests;
mod tool_commands;
mod tools;
mod untracked;
mod values;
mod version;

pub use apt::AptRun;
pub use arguments::{Argument, ArgumentUse};
pub use bases::{BaseFault, InvalidBase};
pub use context::{ContextSource, InContext};
pub use database::{DatabaseImage, DatabaseKind, DatabaseVersion};
pub use distribution::Successor;
pub use effects::Effects;
pub use files::StageContext;
pub use health::ImageHealth;
pub use ignore_file::DockerIgnore;
pub use installs::{AskingInstall, ListlessInstall};
pub use libraries::{LibraryFault, LibraryKind};
pub use lost::{Lost, LostKind};
pub use modes::Mode;
pub use mounts::Mounts;
pub use natives::NativeFault;
pub use overwritten::Overwritten;
pub use packages::{Package, Packages};
pub use python::PythonVersion;
pub use stage::{Base, FailedList, Layer, LayerKind, Origin, Stage};
pub use stage_names::{ReferenceFault, StageReference, StageTwice};
pub use tool_commands::RemovedToolCommand;
pub use tools::Lacking;
pub use values::InvalidValue;

use super::compose::Build;
use super::path;
use super::process::{Process, Start, Step, StepKind, follow_script};
use crate::facts::{FileKind, default_name, file_names};
use crate::model::budget::Budget;
use crate::model::exec_context::{Dialect, ExecContext, PathLookup};
use crate::model::submodules::submodule;
use crate::source::{
    EntryKind, FileId, Limit, ReadError, Reason, RelPath, SourceFile, Sources, Text, Unknown,
};
use crate::syntax::SyntaxError;
use crate::syntax::dockerfile::{Command, Dockerfile};
use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::sync::Arc;

/// An image that a service builds.
#[derive(Debug)]
pub struct Image {
    /// The Dockerfile.
    pub(in crate::model) file: Arc<SourceFile>,
    /// The build context below the root.
    pub context: RelPath,
    /// What the context leaves out.
    pub ignored: DockerIgnore,
    /// Every stage, in file order.
    pub stages: Vec<Stage>,
    /// The stage that is run.
    pub target: usize,
    /// The Dockerfile's tree, for its errors.
    pub tree: Dockerfile,
    /// What the `RUN` lines of contributing stages do.
    pub runs: Vec<BuildRun>,
    /// `FROM` lines whose image has no name that can be pulled.
    invalid_bases: Vec<InvalidBase>,
    /// The arguments it declares and uses, worked out when first asked for.
    names: OnceCell<arguments::Names>,
    /// For each stage the first layer that may change apt's list of servers, worked out when first asked for.
    new_servers: OnceCell<Vec<Option<usize>>>,
}

/// A `RUN` line, followed.
#[derive(Debug)]
pub struct BuildRun {
    /// The number of its stage.
    pub stage: usize,
    /// The number of its layer in the stage.
    pub layer: usize,
    /// What it does.
    pub process: Process,
}

/// Why a service's image is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImageError {
    /// The Dockerfile is not there (the project's mistake): where it should be.
    Missing(RelPath),
    /// The build context is not there (the project's mistake).
    NoContext(RelPath),
    /// The Dockerfile cannot be read.
    Unusable(RelPath, ReadError),
    /// The context is remote, outside the root, or depends on an unset variable.
    Unknown(Unknown),
    /// The Dockerfile has no stage at all: what is wrong in it, nothing where it has no instructions.
    NoStage(Vec<SyntaxError>),
    /// The Dockerfile has no stage of the name that is asked for (the project's mistake): the file, the stages it has.
    NoTarget(RelPath, Vec<Text>),
}

impl Image {
    /// The path of its Dockerfile.
    pub fn dockerfile(&self) -> &RelPath {
        &self.file.path
    }

    /// Its Dockerfile, for a label.
    pub fn file_id(&self) -> FileId {
        self.file.id
    }

    /// Works out the image of a service's `build`.
    ///
    /// # Errors
    /// Says why nothing is known about it.
    pub fn of_build(sources: &Sources<'_>, build: &Build) -> Result<Self, ImageError> {
        if build.inline {
            return Err(ImageError::Unknown(Unknown::at(Reason::InlineDockerfile, build.span)));
        }
        let Some(context) = build.context.clone() else {
            let reason = Reason::FileElsewhere(build.context_text.as_str().to_owned());
            let why = build.context_text.why();
            return Err(ImageError::Unknown(
                why.unwrap_or(Unknown::at(reason, build.context_text.span())),
            ));
        };
        if sources.kind(&context) == EntryKind::Missing {
            let why = submodule(sources, &context);
            return Err(why.map_or(ImageError::NoContext(context), ImageError::Unknown));
        }
        if let Some(why) = build.dockerfile.as_ref().and_then(Text::why) {
            return Err(ImageError::Unknown(why));
        }
        let written =
            build.dockerfile.as_ref().map_or(default_name(FileKind::Dockerfile), |d| d.as_str());
        let Some(path) = context.join(written) else {
            let place = build.dockerfile.as_ref().map_or(build.span, Text::span);
            let reason = Reason::FileElsewhere(written.to_owned());
            return Err(ImageError::Unknown(Unknown::at(reason, place)));
        };
        // BuildKit takes a lower-case `dockerfile` where `Dockerfile` is asked for and not there.
        let usual = path.file_name() == default_name(FileKind::Dockerfile)
            && sources.kind(&path) == EntryKind::Missing;
        let other = file_names(FileKind::Dockerfile).iter().filter_map(|n| path.parent().join(n));
        let other = other.filter(|_| usual).find(|p| sources.kind(p) == EntryKind::File);
        let path = other.unwrap_or(path);
        let file = sources.read(&path, Limit::Code).map_err(|why| match why {
            ReadError::Missing => submodule(sources, &path)
                .map_or_else(|| ImageError::Missing(path.clone()), ImageError::Unknown),
            why => ImageError::Unusable(path.clone(), why),
        })?;
        let mut tree = Dockerfile::read(&file);
        let args: BTreeMap<String, Text> = build
            .args
            .iter()
            .map(|(name, value)| {
                let given = value.as_ref().map(|v| match v.text.why() {
                    Some(why) => Text::unresolved(why, v.text.span()),
                    None => v.text.clone(),
                });
                // Without a value it is passed on from the environment of the person who builds.
                let unset =
                    || Text::unresolved(Reason::NotSet(name.as_str().to_owned()), name.span());
                (name.as_str().to_owned(), given.unwrap_or_else(unset))
            })
            .collect();
        let before = Budget::left();
        let (stages, stopped) = stage::stages(&tree, &args, &build.contexts);
        // Where others used the budget, this file is not to blame.
        if let Some(span) = stopped.filter(|_| before - Budget::left() > Budget::MAX_OF_STACK / 4) {
            let what = "variables put too much text into this folder's files; from here on the file is not looked at";
            tree.errors.push(SyntaxError::new(span, what));
        }
        let target = match build.target.as_ref().filter(|t| !t.is_empty()) {
            // Of two stages of one name the later one counts.
            Some(name) => match stages.iter().rposition(|s| s.is_called(name.as_str())) {
                None if tree.errors.is_empty() && !stages.is_empty() => {
                    return Err(ImageError::NoTarget(
                        path,
                        stages.into_iter().filter_map(|s| s.name).collect(),
                    ));
                }
                found => found,
            },
            None => stages.len().checked_sub(1),
        };
        let Some(target) = target else {
            // A file without instructions is a placeholder for one that is made elsewhere.
            let errors = if tree.instructions.is_empty() { Vec::new() } else { tree.errors };
            return Err(ImageError::NoStage(errors));
        };
        let ignored = DockerIgnore::read(sources, &context, &path);
        let mut image = Self {
            file,
            context,
            ignored,
            stages,
            target,
            tree,
            runs: Vec::new(),
            invalid_bases: Vec::new(),
            names: OnceCell::new(),
            new_servers: OnceCell::new(),
        };
        image.runs = image.follow_runs(sources);
        image.invalid_bases = bases::invalid_bases(&image, &args);
        Ok(image)
    }

    fn follow_runs(&self, sources: &Sources<'_>) -> Vec<BuildRun> {
        let mut runs = Vec::new();
        for stage in self.contributing() {
            for (layer, what) in stage.layers.iter().enumerate() {
                let LayerKind::Run(script, _) = &what.kind else { continue };
                let place =
                    StageContext { sources, image: self, stage: stage.index, layers: layer };
                let process =
                    follow_script(&place, script, Start { workdir: what.workdir.clone() });
                runs.push(BuildRun { stage: stage.index, layer, process });
            }
        }
        runs
    }

    /// Steps of the build that are the management command `name`.
    pub fn builds(&self, name: &str) -> impl Iterator<Item = &Step> {
        self.runs.iter().flat_map(|r| &r.process.steps).filter(move |s| s.manages(name))
    }

    /// The same, without those that stop because their `manage.py` is not copied yet.
    pub fn surely_builds(&self, sources: &Sources<'_>, name: &str) -> Vec<&Step> {
        let runs = |run: &BuildRun, step: &Step| {
            let StepKind::Manage { manage_py: Some(manage_py), .. } = &step.kind else {
                return true;
            };
            let Some(workdir) = &step.workdir else { return true };
            let layers = run.layer;
            let before = StageContext { sources, image: self, stage: run.stage, layers };
            before.find(&path::join(workdir, manage_py)) != PathLookup::Missing
        };
        let all = self.runs.iter().flat_map(|r| r.process.steps.iter().map(move |s| (r, s)));
        all.filter(|(r, s)| s.manages(name) && runs(r, s)).map(|(_, s)| s).collect()
    }

    /// The stage that is run.
    pub fn stage(&self) -> &Stage {
        &self.stages[self.target]
    }

    /// The stage that is run and the stages it is built from, itself first.
    pub fn chain(&self) -> Vec<&Stage> {
        let mut chain = vec![self.stage()];
        while let Some(Base::Stage(index)) = chain.last().map(|s| &s.base) {
            chain.push(&self.stages[*index]);
        }
        chain
    }

    /// The chain, and every stage something is copied from, directly or not.
    pub fn contributing(&self) -> Vec<&Stage> {
        let mut seen = vec![false; self.stages.len()];
        let mut open = vec![self.target];
        let mut all = Vec::new();
        while let Some(index) = open.pop() {
            if std::mem::replace(&mut seen[index], true) {
                continue;
            }
            let stage = &self.stages[index];
            all.push(stage);
            if let Base::Stage(base) = stage.base {
                open.push(base);
            }
            for layer in &stage.layers {
                if let LayerKind::Copy { from: Origin::Stage(from), .. } = &layer.kind {
                    open.push(*from);
                }
            }
        }
        all
    }

    /// The image outside this Dockerfile that everything starts from, where it is known.
    pub fn external_base(&self) -> Option<&Text> {
        match self.chain().last().map(|s| &s.base) {
            Some(Base::External(name)) => Some(name),
            _ => None,
        }
    }

    /// Which shell `/bin/sh` is, by what everything starts from.
    pub(in crate::model) fn shell(&self) -> Dialect {
        self.external_base().map_or(Dialect::Unknown, |base| distribution::shell_of(base))
    }

    /// Whether everything starts from an image that does nothing of a project's by itself.
    pub fn starts_bare(&self) -> bool {
        self.external_base().is_some_and(|b| stage::known_base(b))
    }

    /// Whether the entrypoint of the image that everything starts from runs what it is given, and nothing of a project's.
    pub fn hands_on(&self) -> bool {
        self.external_base().is_some_and(|b| stage::hands_on(b))
    }

    /// Why its containers may have variables that no instruction here sets: the image that everything starts from is
    /// not known.
    pub fn open_environment(&self) -> Option<Unknown> {
        match self.chain().last().map(|s| &s.base)? {
            Base::External(name)
                if crate::facts::presumed(name).is_none() && name.as_str() != "scratch" =>
            {
                Some(Unknown::at(Reason::BaseImage(name.as_str().to_owned()), name.span()))
            }
            Base::Unknown(why) => Some(why.clone()),
            _ => None,
        }
    }

    /// The `WORKDIR` that names a working folder with a blank in it, of which its author thought as two.
    pub fn spaced_workdir(&self, workdir: &str) -> Option<&Text> {
        let spaced = workdir.contains(char::is_whitespace);
        self.tree.instructions.iter().rev().filter(|_| spaced).find_map(|i| match &i.kind {
            crate::syntax::dockerfile::Kind::Workdir(text)
                if text.contains(char::is_whitespace) =>
            {
                Some(text)
            }
            _ => None,
        })
    }

    /// The effective `ENTRYPOINT`: the nearest one of the chain.
    pub fn entrypoint(&self) -> Option<&Command> {
        self.chain().into_iter().find_map(|s| s.entrypoint.as_ref())
    }

    /// The effective `CMD`. An `ENTRYPOINT` resets a `CMD` that was inherited (Dockerfile reference, `CMD`).
    pub fn cmd(&self) -> Option<&Command> {
        for stage in self.chain() {
            if stage.cmd.is_some() {
                return stage.cmd.as_ref();
            }
            if stage.entrypoint.is_some() {
                return None;
            }
        }
        None
    }

    /// The folder commands start in.
    pub fn workdir(&self) -> Option<&str> {
        self.stage().workdir.as_deref()
    }

    /// The environment the image gives its containers.
    pub fn env(&self) -> &BTreeMap<String, Text> {
        &self.stage().env
    }
}
