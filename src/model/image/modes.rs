//! Whether a file of a stage can be executed: `COPY` keeps the mode of the checkout, `chmod` changes it, and a
//! later `COPY` over it brings the checkout's mode back.

use super::effects::is_source;
use super::{Base, Image, LayerKind, Origin, Stage};
use crate::model::path;
use crate::source::{RelPath, Sources, Span};
use crate::syntax::shell::{Script, Simple, Word};

/// How deep stages may build on each other.
const MAX_DEPTH: usize = 16;

/// What is known of a file's execute bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    Executable,
    /// It has none; the instruction or mount that brings it.
    Plain(Span),
    /// It cannot be told.
    Unknown,
}

impl Image {
    /// The mode of the file of the project that stands at `path` of the finished image.
    pub fn mode(&self, sources: &Sources<'_>, at: &str, file: &RelPath) -> Mode {
        self.mode_in(sources, self.stage(), at, file, 0)
    }

    fn mode_in(
        &self,
        sources: &Sources<'_>,
        stage: &Stage,
        at: &str,
        file: &RelPath,
        depth: usize,
    ) -> Mode {
        let brings = |layers: usize| super::files::find_in(sources, self, stage.index, layers, at);
        for (number, layer) in stage.layers.iter().enumerate().rev() {
            match &layer.kind {
                LayerKind::Run(script, effects) => {
                    if makes_executable(script, at, layer.workdir.as_deref()) {
                        return Mode::Executable;
                    }
                    if effects.makes(at, is_source(at)) != Some(false) {
                        return Mode::Unknown;
                    }
                }
                LayerKind::Copy { from, .. } => {
                    // Below this layer the file is another one, or none: this layer brought it.
                    if brings(number) == brings(number + 1)
                        && !self.rewrites(sources, stage, number, at, file)
                    {
                        continue;
                    }
                    if let Some(mode) = &layer.chmod {
                        return if executable(mode) {
                            Mode::Executable
                        } else {
                            Mode::Plain(layer.span)
                        };
                    }
                    if let Origin::Stage(index) = from {
                        let changed = self.stages.get(*index).is_some_and(|s| {
                            s.layers.iter().any(|l| {
                                l.chmod.is_some() || matches!(&l.kind, LayerKind::Run(script, _) if makes_executable(script, at, None))
                            })
                        });
                        if changed {
                            return Mode::Executable;
                        }
                    }
                    return match sources.files().executable(file) {
                        Some(true) => Mode::Executable,
                        Some(false) => Mode::Plain(layer.span),
                        None => Mode::Unknown,
                    };
                }
            }
        }
        match &stage.base {
            Base::Stage(index) if depth < MAX_DEPTH && *index < stage.index => {
                self.mode_in(sources, &self.stages[*index], at, file, depth + 1)
            }
            _ => Mode::Unknown,
        }
    }

    /// Whether the layer copies the same file once more.
    fn rewrites(
        &self,
        sources: &Sources<'_>,
        stage: &Stage,
        layer: usize,
        at: &str,
        file: &RelPath,
    ) -> bool {
        super::files::layer_brings(sources, self, stage.index, layer, at).as_ref() == Some(file)
    }

    /// The line that makes `path` executable, in the stage that is run and those below it.
    pub fn chmod_of(&self, at: &str) -> Option<Span> {
        self.chain().into_iter().flat_map(|s| s.layers.iter().rev()).find_map(|layer| match &layer
            .kind
        {
            LayerKind::Run(script, _) => {
                makes_executable(script, at, layer.workdir.as_deref()).then_some(layer.span)
            }
            LayerKind::Copy { .. } => None,
        })
    }

    /// Whether a line of the stages that are run may take carriage returns out of files.
    pub fn converts_line_ends(&self, at: &str) -> bool {
        let name = at.rsplit('/').next().unwrap_or("");
        self.contributing().into_iter().flat_map(|s| &s.layers).any(|layer| match &layer.kind {
            LayerKind::Run(script, _) => script.body.all_commands().any(|step| {
                let words = &step.command.words;
                let has = |t: &str| words.iter().any(|w| w.raw.contains(t));
                let converts = has("dos2unix")
                    || has("fromdos")
                    || has("\\r")
                    || has("\\015")
                    || has("\\x0D")
                    || has("^M");
                converts
                    && (has(name)
                        || has("*")
                        || has("find")
                        || has("xargs")
                        || has("$")
                        || has("{}")
                        || has("-r"))
            }),
            LayerKind::Copy { .. } => false,
        })
    }
}

/// Whether a mode of `chmod` gives somebody the right to execute.
fn executable(mode: &str) -> bool {
    match u32::from_str_radix(mode, 8) {
        Ok(bits) => bits & 0o111 != 0,
        Err(_) => mode.contains(['x', 'X', '$']),
    }
}

/// Whether a line may make `path` executable.
fn makes_executable(script: &Script, at: &str, workdir: Option<&str>) -> bool {
    script.body.all_commands().any(|step| changes(step.command, at, workdir))
}

fn changes(simple: &Simple, at: &str, workdir: Option<&str>) -> bool {
    let literal = |w: &Word| w.literal();
    let words: Vec<Option<String>> = simple.words.iter().map(literal).collect();
    let program = words.first().cloned().flatten().unwrap_or_default();
    let program = program.rsplit('/').next().unwrap_or("").to_owned();
    let any_chmod = words
        .iter()
        .flatten()
        .any(|w| w == "chmod" || w.ends_with("/chmod") || w.contains("chmod "));
    if !matches!(program.as_str(), "chmod" | "install" | "setfacl") {
        // `find … -exec chmod`, `xargs chmod`, `sh -c "chmod …"`.
        return any_chmod;
    }
    if simple.words.len() < 2 || program != "chmod" {
        return true;
    }
    let recursive = words.iter().flatten().any(|w| {
        w == "--recursive" || w.starts_with('-') && !w.starts_with("--") && w.contains('R')
    });
    let operands: Vec<&Word> = simple
        .words
        .iter()
        .skip(1)
        .filter(|w| w.literal().is_none_or(|l| !l.starts_with('-') || l.contains('x')))
        .collect();
    let Some((mode, targets)) = operands.split_first() else { return true };
    if mode.literal().is_some_and(|m| !executable(&m)) {
        return false;
    }
    let name = at.rsplit('/').next().unwrap_or("");
    targets.iter().any(|target| match target.literal() {
        None => true,
        Some(text) if text.contains(['*', '?', '[', '{']) => true,
        Some(text) if text.rsplit('/').next() == Some(name) => true,
        Some(text) if recursive => match workdir {
            Some(workdir) => path::relative_to(at, &path::join(workdir, &text)).is_some(),
            None => true,
        },
        Some(_) => false,
    })
}
