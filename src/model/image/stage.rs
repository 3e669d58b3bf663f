//! Stages of a Dockerfile, their variables expanded and their paths made absolute.

use super::effects::Effects;
use super::mounts::Mounts;
use crate::model::{path, room};
use crate::source::{Span, Text};
use crate::syntax::dockerfile::{Command, Dockerfile, Instruction, Kind, expand};
use crate::syntax::shell::Script;
use std::collections::BTreeMap;
use std::rc::Rc;

/// What a variable or a path takes of the folder's room beside its text, in bytes.
const VALUE_ROOM: usize = 256;
/// The longest path that Linux takes, in bytes (path_resolution(7): `PATH_MAX`).
const LONGEST_PATH: usize = 4096;

/// A stage.
#[derive(Debug, Clone)]
pub struct Stage {
    /// Its name.
    pub name: Option<Text>,
    /// Its number, from 0.
    pub index: usize,
    /// What it starts from.
    pub base: Base,
    /// What changes its files, in order.
    pub layers: Vec<Layer>,
    /// Variables at its end, its base's included; `None` for a value that is not known.
    pub env: BTreeMap<String, Option<Text>>,
    /// The working folder at its end; `None` when it is not known.
    pub workdir: Option<String>,
    /// `ENTRYPOINT` of this stage itself.
    pub entrypoint: Option<Command>,
    /// `CMD` of this stage itself.
    pub cmd: Option<Command>,
    /// `USER` at its end.
    pub user: Option<Text>,
    /// The `FROM` instruction.
    pub span: Span,
}

/// What a stage starts from.
#[derive(Debug, Clone)]
pub enum Base {
    /// An earlier stage.
    Stage(usize),
    /// An image from elsewhere.
    External(Text),
    /// It depends on an argument that is not set.
    Unknown,
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
    pub vars: Rc<BTreeMap<String, Option<Text>>>,
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
/// Where the folder's room is spent, the rest is left out, and the place told.
pub(super) fn stages(
    tree: &Dockerfile,
    given: &Vars,
    contexts: &[String],
) -> (Vec<Stage>, Option<Span>) {
    let mut shared: Option<Rc<Vars>> = None;
    let mut stages: Vec<Stage> = Vec::new();
    let mut global: BTreeMap<String, Option<Text>> = BTreeMap::new();
    let mut args: BTreeMap<String, Option<Text>> = BTreeMap::new();
    // A stage takes over the arguments of the stage it is built from.
    let mut args_of: Vec<BTreeMap<String, Option<Text>>> = Vec::new();
    for instruction in &tree.instructions {
        if room::is_spent() {
            return (stages, Some(instruction.span));
        }
        if !matches!(instruction.kind, Kind::Run(_)) {
            shared = None;
        }
        if let Kind::From { image, alias } = &instruction.kind {
            if !stages.is_empty() {
                args_of.push(std::mem::take(&mut args));
            }
            let mut stage = from(image, alias.clone(), &stages, &global, instruction.span);
            if let Base::External(name) = &stage.base
                && contexts.contains(&name.to_ascii_lowercase())
            {
                stage.base = Base::Unknown;
                stage.workdir = None;
            }
            room::take(size(&stage.env));
            stages.push(stage);
            if let Some(Base::Stage(base)) = stages.last().map(|s| &s.base) {
                args = args_of.get(*base).cloned().unwrap_or_default();
                room::take(size(&args));
            }
            continue;
        }
        let Some(stage) = stages.last().map(|s| s.index) else {
            if let Kind::Arg(list) = &instruction.kind {
                for (name, default) in list {
                    let value = argument(name, default.as_ref(), given, &global)
                        .filter(|v| room::take(v.len() + VALUE_ROOM));
                    global.insert(name.as_str().to_owned(), value);
                }
            }
            continue;
        };
        let (before, rest) = stages.split_at_mut(stage);
        if let [stage] = rest {
            apply(instruction, stage, before, &mut args, &global, given, contexts, &mut shared);
        }
    }
    (stages, None)
}

/// Variables by name; `None` for a value that is not known.
type Vars = BTreeMap<String, Option<Text>>;

/// What variables take of the folder's room.
fn size(vars: &Vars) -> usize {
    vars.iter()
        .map(|(name, value)| name.len() + value.as_ref().map_or(0, |v| v.len()) + VALUE_ROOM)
        .sum()
}

fn argument(
    name: &Text,
    default: Option<&Text>,
    given: &BTreeMap<String, Option<Text>>,
    outer: &BTreeMap<String, Option<Text>>,
) -> Option<Text> {
    match given.get(name.as_str()) {
        Some(value) => value.clone(),
        None => match default {
            Some(default) => expand_with(default, |n| outer.get(n).cloned()),
            None => outer.get(name.as_str()).cloned().flatten(),
        },
    }
}

/// The text with its variables replaced; `None` when one of them is not known.
fn expand_with(text: &Text, lookup: impl Fn(&str) -> Option<Option<Text>>) -> Option<Text> {
    let mut unknown = false;
    let expanded = expand(text, '\\', &mut |name| match lookup(name) {
        Some(Some(value)) => Some(value),
        Some(None) => {
            unknown = true;
            None
        }
        None => None,
    });
    if unknown || expanded.unknown { None } else { Some(expanded.text) }
}

fn from(
    image: &Text,
    alias: Option<Text>,
    before: &[Stage],
    global: &BTreeMap<String, Option<Text>>,
    span: Span,
) -> Stage {
    let base = match expand_with(image, |n| Some(global.get(n).cloned().flatten())) {
        Some(name) => match before
            .iter()
            .rposition(|s| s.name.as_ref().is_some_and(|n| n.eq_ignore_ascii_case(&name)))
        {
            Some(index) => Base::Stage(index),
            None => Base::External(name),
        },
        None => Base::Unknown,
    };
    let (env, workdir, user) = match &base {
        Base::Stage(index) => {
            let b = &before[*index];
            (b.env.clone(), b.workdir.clone(), b.user.clone())
        }
        // An image nobody here knows may have a working folder of its own.
        Base::External(name) => (BTreeMap::new(), known_base(name).then(|| "/".to_owned()), None),
        Base::Unknown => (BTreeMap::new(), None, None),
    };
    Stage {
        name: alias,
        index: before.len(),
        base,
        layers: Vec::new(),
        env,
        workdir,
        entrypoint: None,
        cmd: None,
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
    let name = image.split('@').next().unwrap_or(image);
    let name = name.rsplit('/').next().unwrap_or(name);
    let name = name.split(':').next().unwrap_or(name);
    [
        "python", "debian", "ubuntu", "alpine", "node", "nginx", "scratch", "uv", "busybox",
        "httpd", "caddy", "slim", "pypy",
    ]
    .contains(&name)
}

#[allow(clippy::too_many_arguments, reason = "what an instruction may look at")]
fn apply(
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
    let known = |text: &Text| {
        if room::is_spent() {
            return None;
        }
        expand_with(text, |n| env.get(n).or_else(|| args.get(n)).cloned())
            .filter(|v| room::take(v.len() + VALUE_ROOM))
    };
    let absolute = |path: &Text| {
        let path = known(path)?;
        let workdir = if path.starts_with('/') { "/" } else { stage.workdir.as_deref()? };
        Some(path::join(workdir, &path)).filter(|p| p.len() <= LONGEST_PATH)
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
                    (name.as_str().to_owned(), value.filter(|v| room::take(v.len() + VALUE_ROOM)))
                })
                .collect();
            args.extend(new);
        }
        Kind::Env(list) => {
            let new: Vec<_> = list
                .iter()
                .map(|(name, value)| {
                    (name.as_str().to_owned(), known(value).map(|v| v.with_span(value.span())))
                })
                .collect();
            env.extend(new);
        }
        Kind::Workdir(path) => stage.workdir = absolute(path),
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
                sources: sources.iter().map(|s| known(s).unwrap_or_else(|| s.clone())).collect(),
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
            let effects = Effects::of(&script, stage.workdir.as_deref());
            // An argument gives way to a variable of the same name.
            let vars = shared.get_or_insert_with(|| {
                let mut vars = args.clone();
                vars.extend(env.iter().map(|(n, v)| (n.clone(), v.clone())));
                room::take(size(&vars));
                Rc::new(vars)
            });
            let mounts = Mounts::of(instruction, stage.workdir.as_deref(), before, contexts);
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

/// Where `from=name` takes files from.
pub(super) fn origin(name: &str, before: &[Stage], contexts: &[String]) -> Origin {
    if contexts.contains(&name.to_ascii_lowercase()) {
        return Origin::Elsewhere;
    }
    before.iter().rposition(|s| s.is_called(name)).map_or(Origin::Elsewhere, Origin::Stage)
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
    let span = words.iter().fold(first.span(), |all, w| all.to(w.span()));
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
