//! What the names of stages lead to: `COPY --from` and `RUN --mount=from=` that name no stage before them, and names that
//! two stages have (what BuildKit answers is in its package `dockerfile2llb`).

use super::Image;
use crate::facts;
use crate::model::compose::nearest;
use crate::source::Text;
use crate::syntax::dockerfile::{Instruction, Kind};

/// The shortest name that is taken for the slip of another: short ones are names of images as well.
const MIN_NAME: usize = 4;

/// A `from` that stops the build.
#[derive(Debug, Clone)]
pub struct StageReference {
    /// The name or number, where it is written.
    pub text: Text,
    pub fault: ReferenceFault,
}

/// Why it does.
#[derive(Debug, Clone)]
pub enum ReferenceFault {
    /// It is the stage that it stands in.
    Itself,
    /// The stage comes later: its name.
    Later(Text),
    /// There are only so many stages.
    Index(usize),
    /// No stage is called so, but one almost: its name.
    Misspelt(Text),
    /// It holds a variable, which is not read here.
    Variable,
}

/// A name that two stages have.
#[derive(Debug, Clone)]
pub struct StageTwice {
    pub first: Text,
    pub second: Text,
}

impl Image {
    /// The `from`s that stop the build. `contexts` are the names of its further contexts.
    pub fn stage_references(&self, contexts: &[String]) -> Vec<StageReference> {
        let built: Vec<usize> = self.contributing().iter().map(|s| s.index).collect();
        let mut all = Vec::new();
        let mut current: Option<usize> = None;
        // Images that are copied from are counted as stages by the time a later number is looked for.
        let mut copied_images = 0usize;
        for instruction in &self.tree.instructions {
            if matches!(instruction.kind, Kind::From { .. }) {
                current = Some(current.map_or(0, |n| n + 1));
                continue;
            }
            let Some(stage) = current else { continue };
            for text in origins(instruction) {
                if text.is_empty() || contexts.contains(&text.to_ascii_lowercase()) {
                    continue;
                }
                let fault = self.reference_fault(&text, stage, built.contains(&stage));
                let is_stage = self.stages.iter().any(|s| s.is_called(&text));
                copied_images += usize::from(!is_stage && text.parse::<usize>().is_err());
                let may_be_there = |count: usize| {
                    let index = text.parse::<usize>().unwrap_or(usize::MAX);
                    index < count.saturating_add(copied_images)
                };
                match fault {
                    Some(ReferenceFault::Index(count)) if may_be_there(count) => {}
                    Some(fault) => all.push(StageReference { text, fault }),
                    None => {}
                }
            }
        }
        all
    }

    fn reference_fault(&self, text: &Text, stage: usize, is_built: bool) -> Option<ReferenceFault> {
        if text.contains('$') {
            return Some(ReferenceFault::Variable);
        }
        if let Ok(index) = text.parse::<usize>() {
            return match index {
                _ if index == stage => Some(ReferenceFault::Itself),
                _ if index >= self.stages.len() => Some(ReferenceFault::Index(self.stages.len())),
                _ => None,
            };
        }
        let is_called = |name: &Text| name.eq_ignore_ascii_case(text);
        let named: Vec<_> =
            self.stages.iter().filter(|s| s.name.as_ref().is_some_and(is_called)).collect();
        match named.as_slice() {
            [only] if only.index == stage => return Some(ReferenceFault::Itself),
            [only] if only.index > stage && is_built => {
                return only.name.clone().map(ReferenceFault::Later);
            }
            [] => {}
            _ => return None,
        }
        let may_be_image = text.contains(['/', ':', '@', '.']) || facts::image(text).is_some();
        if may_be_image || !is_built || text.len() < MIN_NAME {
            return None;
        }
        let names = self.stages.iter().take(stage).filter_map(|s| s.name.as_ref());
        let near = nearest(text, names.clone().map(Text::as_str))?;
        names.into_iter().find(|n| n.as_str() == near).cloned().map(ReferenceFault::Misspelt)
    }

    /// The names that two stages have: a reference gets the later one.
    pub fn stages_twice(&self) -> Vec<StageTwice> {
        let named: Vec<&Text> = self.stages.iter().filter_map(|s| s.name.as_ref()).collect();
        let mut all = Vec::new();
        for (i, second) in named.iter().enumerate() {
            let first = named.iter().take(i).rev().find(|n| n.eq_ignore_ascii_case(second));
            all.extend(
                first
                    .map(|first| StageTwice { first: (*first).clone(), second: (*second).clone() }),
            );
        }
        all
    }
}

/// What the flags of an instruction take files from.
fn origins(instruction: &Instruction) -> Vec<Text> {
    match instruction.kind {
        // `ADD` has no such flag.
        Kind::Copy { .. } if instruction.keyword.value == "COPY" => {
            instruction.flag("from").cloned().into_iter().collect()
        }
        Kind::Run(_) => {
            let mounts = instruction.flags.iter().filter(|f| f.name.as_str() == "mount");
            mounts.filter_map(|f| f.value.as_ref()).filter_map(mount_origin).collect()
        }
        _ => Vec::new(),
    }
}

/// `from` of a `--mount`.
fn mount_origin(value: &Text) -> Option<Text> {
    let mut start = 0;
    value.split(',').find_map(|part| {
        let at = start;
        start += part.len() + 1;
        part.strip_prefix("from=").map(|_| value.slice(at + "from=".len()..at + part.len()))
    })
}
