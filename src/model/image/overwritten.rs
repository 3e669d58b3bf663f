//! `CMD`, `ENTRYPOINT` and `HEALTHCHECK` that a later one of the same stage replaces (Dockerfile reference, `CMD`).

use super::Image;
use crate::source::{Span, Text};
use crate::syntax::dockerfile::{Command, Kind};

/// An instruction that never counts.
#[derive(Debug, Clone)]
pub struct Overwritten {
    /// `CMD`, `ENTRYPOINT` or `HEALTHCHECK`
    pub keyword: &'static str,
    pub span: Span,
    /// The instruction that replaces it.
    pub later: Span,
    /// A management command that only the earlier one runs: `migrate` or `collectstatic`.
    pub lost: Option<&'static str>,
    /// Whether both say the same.
    pub same: bool,
}

/// Management commands whose loss is seen.
const NEEDED: [&str; 2] = ["migrate", "collectstatic"];

impl Image {
    /// The instructions of the stages that are run that a later one of their stage replaces.
    pub fn overwritten(&self) -> Vec<Overwritten> {
        let run: Vec<usize> = self.chain().iter().map(|s| s.index).collect();
        let mut all = Vec::new();
        let mut stages = 0usize;
        let mut last: Vec<(&'static str, Span, Vec<Text>)> = Vec::new();
        for instruction in &self.tree.instructions {
            let (keyword, texts) = match &instruction.kind {
                Kind::From { .. } => {
                    stages += 1;
                    last.clear();
                    continue;
                }
                Kind::Cmd(command) => ("CMD", command.texts()),
                Kind::Entrypoint(command) => ("ENTRYPOINT", command.texts()),
                Kind::Healthcheck(check) => {
                    ("HEALTHCHECK", check.as_ref().map(Command::texts).unwrap_or_default())
                }
                _ => continue,
            };
            if !stages.checked_sub(1).is_some_and(|stage| run.contains(&stage)) {
                continue;
            }
            match last.iter_mut().find(|(name, ..)| *name == keyword) {
                Some((_, span, earlier)) => {
                    let lost = NEEDED.into_iter().find(|n| {
                        keyword != "HEALTHCHECK" && names(earlier, n) && !names(&texts, n)
                    });
                    let same = earlier.iter().map(Text::as_str).eq(texts.iter().map(Text::as_str));
                    all.push(Overwritten {
                        keyword,
                        span: *span,
                        later: instruction.span,
                        lost,
                        same,
                    });
                    (*span, *earlier) = (instruction.span, texts);
                }
                None => last.push((keyword, instruction.span, texts)),
            }
        }
        all
    }
}

/// Whether a command has `name` as one of its words.
fn names(texts: &[Text], name: &str) -> bool {
    let words = texts.iter().flat_map(|t| t.split(|c: char| c.is_whitespace() || c == ';'));
    let words: Vec<&str> = words.collect();
    words.iter().any(|w| w.ends_with("manage.py") || w.ends_with("django-admin"))
        && words.contains(&name)
}
