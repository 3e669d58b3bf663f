//! Stages of a Dockerfile, their variables expanded and their paths made absolute.

use super::effects::Effects;
use super::instructions::{Vars, apply, argument, expand_with, size, within_budget};
use super::mounts::Mounts;
use crate::facts::{self, bare_name};
use crate::model::budget::Budget;
use crate::source::{Reason, Span, Text, Unknown};
use crate::syntax::dockerfile::{Command, Dockerfile, Instruction, Kind};
use crate::syntax::shell::Script;
use std::collections::BTreeMap;
use std::rc::Rc;

#[derive(Debug, Clone)]
pub struct Stage {
    pub name: Option<Text>,
    /// Its number, from 0.
    pub index: usize,
    /// What it starts from.
    pub base: Base,
    /// What changes its files, in order.
    pub layers: Vec<Layer>,
    /// Variables at its end, its base's included; `None` for a value that is not known.
    pub env: BTreeMap<String, Text>,
    /// The working folder at its end; `None` when it is not known.
    pub workdir: Option<String>,
    /// The instruction that sets the working folder; `None` where an image from elsewhere does.
    pub workdir_span: Option<Span>,
    /// `ENTRYPOINT` of this stage itself.
    pub entrypoint: Option<Command>,
    /// `CMD` of this stage itself.
    pub cmd: Option<Command>,
    /// Commands of this stage itself that were meant as lists and are run by a shell.
    pub failed_lists: Vec<FailedList>,
    /// What it leaves to the images that are built on it (`ONBUILD`).
    pub onbuild: Vec<Instruction>,
    /// `USER` at its end.
    pub user: Option<Text>,
    /// The `FROM` instruction.
    pub span: Span,
}

/// A command that was meant as a list and is no JSON, so that a shell runs the line as it is.
#[derive(Debug, Clone)]
pub struct FailedList {
    /// `RUN`, `CMD`, `ENTRYPOINT`
    pub keyword: &'static str,
    /// The line that the shell gets.
    pub line: Text,
    /// The arguments that were meant.
    pub items: Vec<String>,
}

impl FailedList {
    /// The program that the shell looks for: the first word without its quotes.
    pub fn program(&self) -> String {
        let first = self.line.as_str().split_whitespace().next().unwrap_or_default();
        first.replace(['"', '\''], "")
    }
}

/// What a stage starts from.
#[derive(Debug, Clone)]
pub enum Base {
    /// An earlier stage.
    Stage(usize),
    /// An image from elsewhere.
    External(Text),
    /// It is not known which, and why: it depends on an argument that is not set.
    Unknown(Unknown),
}

/// An instruction that changes files.
#[derive(Debug, Clone)]
pub struct Layer {
    /// What it does.
    pub kind: LayerKind,
    /// The working folder it runs in.
    pub workdir: Option<String>,
    /// The instruction.
    pub span: Span,
    /// `COPY --chmod=…`
    pub chmod: Option<Text>,
    /// Variables a `RUN` sees: the stage's so far, and its arguments; `None` for a value that is not known.
    pub vars: Rc<BTreeMap<String, Text>>,
    /// What `RUN --mount` brings in.
    pub mounts: Mounts,
    /// Whether it is `ADD`, which unpacks archives.
    pub adds: bool,
}

/// What an instruction does to files.
#[derive(Debug, Clone)]
pub enum LayerKind {
    /// `COPY`, `ADD`
    Copy {
        /// Where from.
        from: Origin,
        /// Paths there.
        sources: Vec<Text>,
        /// Absolute path; ends with `/` when it was written so. `None` when not known.
        dest: Option<String>,
    },
    /// `RUN`: its commands, and what they may do to files.
    Run(Script, Effects),
}

/// Where `COPY` takes files from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// The build context.
    Context,
    /// An earlier stage.
    Stage(usize),
    /// Another image, a here-document or a URL.
    Elsewhere,
}

impl Stage {
    /// Whether `target: name` means this stage (names are case-insensitive).
    pub fn is_called(&self, name: &str) -> bool {
        self.name.as_ref().is_some_and(|n| n.eq_ignore_ascii_case(name))
            || name.parse() == Ok(self.index)
    }
}

/// Splits a Dockerfile into its stages. `given` are the arguments of the build.
/// `contexts` are the names of its further contexts, which go before stages and images of the same name.
/// Where the folder's budget is exhausted, the rest is left out, and the place told.
pub(super) fn stages(
    tree: &Dockerfile,
    given: &Vars,
    contexts: &[String],
) -> (Vec<Stage>, Option<Span>) {
    let mut shared: Option<Rc<Vars>> = None;
    let mut stages: Vec<Stage> = Vec::new();
    let mut global = Vars::new();
    let mut args = Vars::new();
    // A stage takes over the arguments of the stage it is built from.
    let mut args_of: Vec<Vars> = Vec::new();
    for instruction in &tree.instructions {
        if Budget::is_exhausted() {
            return (stages, Some(instruction.span));
        }
        if !matches!(instruction.kind, Kind::Run(_)) {
            shared = None;
        }
        if let Kind::From { image, alias } = &instruction.kind {
            if !stages.is_empty() {
                args_of.push(std::mem::take(&mut args));
            }
            let mut stage = from_image(image, alias.clone(), &stages, &global, instruction.span);
            if let Base::External(name) = &stage.base
                && contexts.contains(&name.to_ascii_lowercase())
            {
                let reason = Reason::OtherContext(name.as_str().to_owned());
                stage.base = Base::Unknown(Unknown::at(reason, name.span()));
                stage.workdir = None;
            }
            Budget::charge(size(&stage.env));
            stages.push(stage);
            if let Some(Base::Stage(base)) = stages.last().map(|s| &s.base) {
                args = args_of.get(*base).cloned().unwrap_or_default();
                Budget::charge(size(&args));
                // What the base left for now is done before anything else.
                let left = stages.get(*base).map(|s| s.onbuild.clone()).unwrap_or_default();
                let last = stages.len().saturating_sub(1);
                let (before, rest) = stages.split_at_mut(last);
                if let [stage] = rest {
                    for instruction in &left {
                        shared = None;
                        apply(
                            instruction,
                            stage,
                            before,
                            &mut args,
                            &global,
                            given,
                            contexts,
                            &mut shared,
                        );
                    }
                }
            }
            continue;
        }
        let Some(stage) = stages.last().map(|s| s.index) else {
            if let Kind::Arg(list) = &instruction.kind {
                for (name, default) in list {
                    let value = argument(name, default.as_ref(), given, &global);
                    global.insert(name.as_str().to_owned(), within_budget(value));
                }
            }
            continue;
        };
        let (before, rest) = stages.split_at_mut(stage);
        if let [stage] = rest {
            stage.failed_lists.extend(failed_list(instruction));
            apply(instruction, stage, before, &mut args, &global, given, contexts, &mut shared);
        }
    }
    (stages, None)
}

fn failed_list(instruction: &Instruction) -> Option<FailedList> {
    let (keyword, command) = match &instruction.kind {
        Kind::Run(command) => ("RUN", command),
        Kind::Cmd(command) => ("CMD", command),
        Kind::Entrypoint(command) => ("ENTRYPOINT", command),
        _ => return None,
    };
    let Command::Shell(line) = command else { return None };
    Some(FailedList { keyword, line: line.clone(), items: command.meant_as_list()? })
}

fn from_image(
    image: &Text,
    alias: Option<Text>,
    before: &[Stage],
    global: &BTreeMap<String, Text>,
    span: Span,
) -> Stage {
    let argument = |name: &str| {
        let unset = || Text::unresolved(Reason::BuildArgument(name.to_owned()), image.span());
        Some(global.get(name).cloned().unwrap_or_else(unset))
    };
    let name = expand_with(image, argument);
    let base = match name.why() {
        None => match before
            .iter()
            .rposition(|s| s.name.as_ref().is_some_and(|n| n.eq_ignore_ascii_case(&name)))
        {
            Some(index) => Base::Stage(index),
            None => Base::External(name),
        },
        Some(why) => Base::Unknown(why),
    };
    let (env, workdir, user) = match &base {
        Base::Stage(index) => {
            let b = &before[*index];
            (b.env.clone(), b.workdir.clone(), b.user.clone())
        }
        // An image nobody here knows may have a working folder of its own.
        Base::External(name) => (BTreeMap::new(), known_base(name).then(|| "/".to_owned()), None),
        Base::Unknown(_) => (BTreeMap::new(), None, None),
    };
    let workdir_span = match &base {
        Base::Stage(index) => before.get(*index).and_then(|b| b.workdir_span),
        Base::External(_) | Base::Unknown(_) => None,
    };
    Stage {
        name: alias,
        index: before.len(),
        base,
        layers: Vec::new(),
        env,
        workdir,
        workdir_span,
        entrypoint: None,
        cmd: None,
        failed_lists: Vec::new(),
        onbuild: Vec::new(),
        user,
        span,
    }
}

/// Images that start in `/`, have no entrypoint that matters and no files of a project in them.
pub(crate) fn known_base(image: &str) -> bool {
    // `python:3-onbuild` copies and installs what the project has.
    if image.ends_with("onbuild") {
        return false;
    }
    let bare = bare_name(image);
    facts::presumed(image)
        .is_some_and(|i| i.plain_start && i.names.iter().any(|n| bare_name(n) == bare))
}

/// Images whose entrypoint does nothing of a project's: it prepares their own server, and runs what it is given.
pub(crate) fn hands_on(image: &str) -> bool {
    known_base(image) || facts::presumed(image).is_some_and(|i| !i.server.is_empty())
}

/// Where `from=name` takes files from.
pub(super) fn origin(name: &str, before: &[Stage], contexts: &[String]) -> Origin {
    if contexts.contains(&name.to_ascii_lowercase()) {
        return Origin::Elsewhere;
    }
    before.iter().rposition(|s| s.is_called(name)).map_or(Origin::Elsewhere, Origin::Stage)
}
