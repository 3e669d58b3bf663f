//! What a log says, and what it comes from: the answer of `diagnose`.

use super::RuleMeta;

/// What was recognised in a log and what is behind it.
#[derive(Debug, Default)]
pub struct Diagnosis {
    /// How many lines were read, also those in which nothing was recognised.
    pub lines: u64,
    /// How many of them were longer than what is looked at, and were cut.
    pub cut: u64,
    /// The symptoms, in the order in which they first came.
    pub symptoms: Vec<Symptom>,
    /// How many recognised lines are in no [`Symptom`], because there were more kinds than are kept.
    pub more: u64,
    /// Whether a project was looked into.
    pub checked: bool,
    /// The causes, most likely first.
    pub causes: Vec<Cause>,
}

/// Lines of one service that say the same, as far as the patterns of the rules can tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Symptom {
    /// The service that said it, by the name in front of the line.
    pub service: Option<String>,
    /// The 1-based line on which it first came.
    pub line: u64,
    /// That line without what `docker compose` and the terminal put around it; hostile text like any other.
    pub text: String,
    /// Where in `text` the most exact pattern begins to match, in bytes.
    pub at: usize,
    /// How often it came. A traceback that says it twice counts once.
    pub count: u64,
}

/// A rule whose finding would explain a symptom.
#[derive(Debug, Clone)]
pub struct Cause {
    /// The rule.
    pub rule: &'static RuleMeta,
    /// How well its pattern fits.
    pub fit: Fit,
    /// Indices into [`Diagnosis::symptoms`], ascending; never empty.
    pub symptoms: Vec<usize>,
    /// Indices of its findings in the project's report, the one that explains the log best first. None: it is not
    /// found there, or there is no project.
    pub findings: Vec<usize>,
}

/// How well a rule's pattern fits a line, the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fit {
    /// No other rule describes the line more exactly.
    Best,
    /// The pattern of another rule says more about the line.
    Partly,
    /// A few words that many troubles have in common.
    Vague,
}

impl Fit {
    /// `best`, `partly`, `vague`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Best => "best",
            Self::Partly => "partly",
            Self::Vague => "vague",
        }
    }
}
