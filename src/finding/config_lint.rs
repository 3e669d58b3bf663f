//! What people wrote to choose what they see, and what became of it: comments that silence rules, entries of a
//! configuration, known findings. Plain data, for the rules that judge it.

use super::{Prose, RuleMeta};
use crate::source::Span;

/// What a run knows of the configuration and the suppressions that it was given.
#[derive(Debug, Clone, Default)]
pub struct ConfigLint {
    /// Comments that silence rules.
    pub suppressions: Vec<Suppression>,
    /// Whether a comment must say why.
    pub reason_required: bool,
    /// What is wrong in the configuration.
    pub problems: Vec<Remark>,
    /// Entries of the configuration that nothing came of.
    pub idle: Vec<Remark>,
    /// Entries of the file of known findings that match nothing any more.
    pub stale: Vec<Span>,
}

/// An entry of a baseline: findings that are known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownFinding {
    /// The rule's name.
    pub rule: String,
    /// The file, relative to the folder of the baseline, with `/`.
    pub path: String,
    /// The fingerprint, as [`super::Finding::fingerprint`].
    pub fingerprint: String,
    /// How many findings are alike.
    pub count: usize,
}

/// A place with something to say about it.
#[derive(Debug, Clone)]
pub struct Remark {
    /// Where.
    pub span: Span,
    /// What, in lower case, without a full stop.
    pub message: Prose,
    /// What to do about it; may be empty.
    pub help: Prose,
}

impl Remark {
    /// A remark without advice. What it quotes is taken to stand at its place.
    pub fn new(span: Span, message: impl Into<Prose>) -> Self {
        Self { span, message: message.into().or_at(span), help: Prose::default() }
    }

    /// Says what to do about it.
    #[must_use]
    pub fn help(mut self, help: impl Into<Prose>) -> Self {
        self.help = help.into();
        self
    }
}

/// A comment that silences rules: `# compose-doctor: ignore[rule, other-rule] reason`.
#[derive(Debug, Clone)]
pub struct Suppression {
    /// The comment.
    pub span: Span,
    /// The rules it names.
    pub rules: Vec<Silenced>,
    /// Whether it holds for the whole file (`file-ignore`), not for a line.
    pub whole_file: bool,
    /// Whether it says why.
    pub reason: bool,
    /// Why it cannot be read; it then silences nothing.
    pub broken: Option<&'static str>,
    /// Whether all findings that it could silence are known, so that one that silenced none is of no use.
    pub judged: bool,
}

/// A rule that a comment names.
#[derive(Debug, Clone)]
pub struct Silenced {
    /// Its name in the comment.
    pub span: Span,
    /// The name as written.
    pub name: String,
    /// The rule; `None` where there is none of that name.
    pub rule: Option<&'static RuleMeta>,
    /// The rule whose name is most like it, where there is none.
    pub near: Option<&'static str>,
    /// Whether a finding was silenced.
    pub used: bool,
}
