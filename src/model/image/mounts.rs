//! What `RUN --mount` brings into a line (Dockerfile reference, `RUN --mount`).

use super::stage::{Origin, Stage, origin};
use crate::model::path;
use crate::source::{Span, Text};
use crate::syntax::dockerfile::Instruction;

/// The mounts of a `RUN` line.
#[derive(Debug, Clone, Default)]
pub struct Mounts {
    /// `type=bind`: files of the context, of a stage or of an image.
    pub binds: Vec<BindMount>,
    /// Whether a secret is there, of which neither file nor variable is known.
    pub secrets: bool,
    /// Whether a cache or an empty folder is mounted.
    pub others: bool,
}

/// `--mount=type=bind,source=…,target=…`
#[derive(Debug, Clone)]
pub struct BindMount {
    /// Where its files come from.
    pub from: Origin,
    /// The path there, as written; empty for the whole of it.
    pub source: Text,
    /// The absolute path in the stage; `None` when it is not known.
    pub target: Option<String>,
    /// The whole flag's value.
    pub span: Span,
}

impl Mounts {
    /// The mounts of an instruction that runs in `workdir`.
    pub(super) fn of_instruction(
        instruction: &Instruction,
        workdir: Option<&str>,
        before: &[Stage],
        contexts: &[String],
    ) -> Self {
        let mut all = Self::default();
        for value in instruction
            .flags
            .iter()
            .filter(|f| f.name.as_str() == "mount")
            .filter_map(|f| f.value.as_ref())
        {
            let get = |keys: &[&str]| {
                let mut start = 0;
                value.split(',').find_map(|part| {
                    let at = start;
                    start += part.len() + 1;
                    let (key, _) = part.split_once('=')?;
                    keys.contains(&key.trim())
                        .then(|| value.slice(at + key.len() + 1..at + part.len()))
                })
            };
            match get(&["type"]).as_ref().map_or("bind", |t| t.as_str()) {
                "bind" => {
                    let target = get(&["target", "dst", "destination"])
                        .filter(|t| !t.contains('$'))
                        .and_then(|t| {
                            if t.starts_with('/') {
                                Some(path::join("/", &t))
                            } else {
                                Some(path::join(workdir?, &t))
                            }
                        });
                    let from = get(&["from"])
                        .map_or(Origin::Context, |name| origin(&name, before, contexts));
                    let source =
                        get(&["source", "src"]).unwrap_or_else(|| Text::empty(value.span()));
                    all.binds.push(BindMount { from, source, target, span: value.span() });
                }
                "secret" | "ssh" => all.secrets = true,
                _ => all.others = true,
            }
        }
        all
    }
}
