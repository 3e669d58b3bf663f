//! What each instruction does to a stage.

use super::effects::Effects;
use super::mounts::Mounts;
use super::stage::{Layer, LayerKind, Origin, Stage, origin};
use crate::model::budget::Budget;
use crate::model::path;
use crate::source::{Reason, Text};
use crate::syntax::dockerfile::{Command, Instruction, Kind, expand};
use crate::syntax::shell::Script;
use std::collections::BTreeMap;
use std::rc::Rc;

/// What a variable or a path costs of the folder's budget beside its text, in bytes.
pub(super) const VALUE_COST: usize = 256;

/// The longest path that Linux takes, in bytes (path_resolution(7): `PATH_MAX`).
const MAX_PATH_BYTES: usize = 4096;

/// Variables by name; one that is not known is an unresolved text.
pub(super) type Vars = BTreeMap<String, Text>;

/// What variables cost of the folder's budget.
pub(super) fn size(vars: &Vars) -> usize {
    vars.iter().map(|(name, value)| name.len() + value.len() + VALUE_COST).sum()
}

pub(super) fn argument(name: &Text, default: Option<&Text>, given: &Vars, outer: &Vars) -> Text {
    match (given.get(name.as_str()), default) {
        (Some(value), _) => value.clone(),
        (None, Some(default)) => expand_with(default, |n| outer.get(n).cloned()),
        (None, None) => outer.get(name.as_str()).cloned().unwrap_or_else(|| {
            Text::unresolved(Reason::BuildArgument(name.as_str().to_owned()), name.span())
        }),
    }
}

/// The text with its variables replaced; unresolved as a whole when one of them is not known.
pub(super) fn expand_with(text: &Text, lookup: impl Fn(&str) -> Option<Text>) -> Text {
    let mut unknown = None;
    let expanded = expand(text, '\\', &mut |name| {
        let value = lookup(name)?;
        unknown = unknown.take().or_else(|| value.why());
        value.is_resolved().then_some(value)
    });
    match unknown {
        Some(why) => Text::unresolved(why, text.span()),
        None if expanded.unknown => {
            Text::unresolved(Reason::NotEvaluated("this form of a variable"), text.span())
        }
        None => expanded.text,
    }
}

/// The value, unless the folder's budget is exhausted.
pub(super) fn within_budget(value: Text) -> Text {
    if value.is_resolved() && !Budget::charge(value.len() + VALUE_COST) {
        return Text::unresolved(Reason::Limit("variables"), value.span());
    }
    value
}

#[allow(clippy::too_many_arguments, reason = "what an instruction may look at")]
pub(super) fn apply(
    instruction: &Instruction,
    stage: &mut Stage,
    before: &[Stage],
    args: &mut Vars,
    global: &Vars,
    given: &Vars,
    contexts: &[String],
    shared: &mut Option<Rc<Vars>>,
) {
    let mut env = std::mem::take(&mut stage.env);
    let expanded = |text: &Text| {
        if Budget::is_exhausted() {
            return Text::unresolved(Reason::Limit("variables"), text.span());
        }
        within_budget(expand_with(text, |n| env.get(n).or_else(|| args.get(n)).cloned()))
    };
    let absolute = |path: &Text| {
        let path = expanded(path);
        let path = path.resolved()?;
        let workdir = if path.starts_with('/') { "/" } else { stage.workdir.as_deref()? };
        Some(path::join(workdir, path)).filter(|p| p.len() <= MAX_PATH_BYTES)
    };
    let chmod = instruction.flag("chmod").cloned();
    let layer = |kind| Layer {
        kind,
        workdir: stage.workdir.clone(),
        span: instruction.span,
        chmod: chmod.clone(),
        vars: Rc::default(),
        mounts: Mounts::default(),
        adds: instruction.keyword.value == "ADD",
    };
    match &instruction.kind {
        Kind::Arg(list) => {
            let new: Vec<_> = list
                .iter()
                .map(|(name, default)| {
                    let value = argument(
                        name,
                        default.as_ref(),
                        given,
                        if default.is_some() { args } else { global },
                    );
                    (name.as_str().to_owned(), within_budget(value))
                })
                .collect();
            args.extend(new);
        }
        Kind::Env(list) => {
            let new: Vec<_> = list
                .iter()
                .map(|(name, value)| {
                    (name.as_str().to_owned(), expanded(value).with_span(value.span()))
                })
                .collect();
            env.extend(new);
        }
        Kind::Onbuild(inner) => stage.onbuild.push((**inner).clone()),
        Kind::Workdir(path) => {
            stage.workdir = absolute(path);
            stage.workdir_span = Some(instruction.span);
        }
        Kind::User(user) => stage.user = Some(user.clone()),
        Kind::Cmd(command) => stage.cmd = Some(command.clone()),
        Kind::Entrypoint(command) => {
            stage.entrypoint = Some(command.clone());
            stage.cmd = None;
        }
        Kind::Copy { sources, dest } => {
            let from = match instruction.flag("from") {
                None if sources.iter().any(|s| s.contains("://") || s.starts_with("<<")) => {
                    Origin::Elsewhere
                }
                None => Origin::Context,
                Some(name) => origin(name, before, contexts),
            };
            // With `--parents` a source keeps its folders below the destination.
            let parents = instruction.flags.iter().any(|f| f.name.as_str() == "parents");
            let slash = |d: String| {
                if (dest.ends_with('/') || dest.as_str() == ".") && d != "/" { d + "/" } else { d }
            };
            let copy = LayerKind::Copy {
                from,
                sources: sources
                    .iter()
                    .map(|s| Some(expanded(s)).filter(Text::is_resolved).unwrap_or(s.clone()))
                    .collect(),
                dest: absolute(dest).map(slash).filter(|_| !parents),
            };
            stage.layers.push(layer(copy));
        }
        Kind::Run(command) => {
            let script = match command {
                Command::Shell(text)
                    if text.is_empty()
                        || !instruction.heredocs.is_empty() && text.trim().starts_with("<<") =>
                {
                    instruction.heredocs.first().map(|h| Script::read(&h.body)).unwrap_or_default()
                }
                Command::Shell(text) => Script::read(text),
                Command::Exec(words) => match words.as_slice() {
                    [shell, flag, text, ..]
                        if shell.ends_with("sh")
                            && flag.starts_with('-')
                            && flag.ends_with('c') =>
                    {
                        Script::read(text)
                    }
                    words => exec_script(words),
                },
            };
            let effects = Effects::of_script(&script, stage.workdir.as_deref());
            // An argument gives way to a variable of the same name.
            let vars = shared.get_or_insert_with(|| {
                let mut vars = args.clone();
                vars.extend(env.iter().map(|(n, v)| (n.clone(), v.clone())));
                Budget::charge(size(&vars));
                Rc::new(vars)
            });
            let mounts =
                Mounts::of_instruction(instruction, stage.workdir.as_deref(), before, contexts);
            stage.layers.push(Layer {
                vars: vars.clone(),
                mounts,
                ..layer(LayerKind::Run(script, effects))
            });
        }
        _ => {}
    }
    stage.env = env;
}

/// An argument list as the script it amounts to.
fn exec_script(words: &[Text]) -> Script {
    use crate::syntax::shell::{Item, Joined, List, Part, Simple, Word};
    let Some(first) = words.first() else { return Script::default() };
    let word = |text: &Text| Word {
        raw: text.clone(),
        parts: vec![Part::Literal { text: text.clone(), quoted: true }],
    };
    let simple = Simple { words: words.iter().map(word).collect(), ..Simple::default() };
    let span = words.iter().fold(first.span(), |all, w| all.cover(w.span()));
    let item = Item {
        joined: Joined::Then,
        negated: false,
        background: false,
        redirects: Vec::new(),
        command: crate::syntax::shell::Command::Simple(simple),
        span,
    };
    Script { body: List { items: vec![item] }, ..Script::default() }
}
