//! What a run says: findings with places in any number of files, and the report that holds them.
//! Plain data; depends on [`crate::source`] alone, so that nothing that prints learns what YAML is.

mod account;
mod change;
mod config_lint;
mod diagnosis;
mod gap;
mod graph;
mod hidden;
mod ledger;
mod prose;
mod quote;
mod reasons;
mod rule_meta;
mod template;
#[cfg(test)]
mod tests;
mod trace;

pub use account::{
    DjangoAccount, Fact, Failure, PlainKey, PlainValue, ProcessAccount, ReadAccount, RouteStep,
    ServiceAccount, SettingsAccount, StackAccount, StepAccount,
};
pub use change::{
    Change, CommandChange, CommandEdit, Cure, NodeEdit, PyValue, PythonEdit, StatementEdit,
    YamlEdit, YamlMap, YamlValue,
};
pub use config_lint::{ConfigLint, KnownFinding, Remark, Silenced, Suppression};
pub use diagnosis::{Cause, Diagnosis, Fit, Symptom};
pub use gap::{Gap, Lack, Need, UnknownValue};
pub use graph::{EdgeKind, GraphEdge, GraphService, GraphVolume, StackGraph};
pub use hidden::Hidden;
pub use ledger::{Ledger, Reader, Reading, ServiceLedger, Setter, Setting, State, Variable, Worth};
pub use prose::{Fragment, Insert, Own, Prose, Quote, QuoteKind};
pub(crate) use prose::{check_template, prose};
pub use quote::Quoted;
pub use rule_meta::RuleMeta;
pub use template::{DefaultDiff, Demand, TakenBy, Taker, TemplateDiff, TemplateLack, Want};
pub use trace::{Trace, TraceAnswer, TraceEnding, TracePass, TraceStep};

use crate::source::{RelPath, Span};

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Advice.
    Info,
    /// A feature is broken or flaky.
    Warning,
    /// The stack will not come up, or loses data, or lets someone in.
    Error,
}

impl Severity {
    /// `info`, `warning`, `error`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// How sure a finding is. Low is hidden unless asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Confidence {
    Low,
    Medium,
    High,
}

impl Confidence {
    /// `low`, `medium`, `high`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

/// One problem.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The rule that found it.
    pub rule: &'static RuleMeta,
    /// Never worse than the rule's.
    pub severity: Severity,
    /// Never surer than the rule's.
    pub confidence: Confidence,
    /// What happens, in the words a person will meet it; one line, lower case, without a full stop.
    pub message: Prose,
    /// Why: each piece of evidence where it stands. The first is the primary one.
    pub labels: Vec<Label>,
    /// What to do; may have several lines, of which indented ones can be pasted.
    pub help: Prose,
    /// What removes its cause; the check turns it into `fixes` and `help`.
    pub cure: Option<Cure>,
    /// Edits that would cure it.
    pub fixes: Vec<Fix>,
    /// The faults that hide it: it holds once they are fixed, and is not seen before. Empty for what holds now.
    pub waits_for: Vec<Awaited>,
    /// Indices into [`Report::stacks`] of the stacks it holds for, ascending; never empty.
    pub stacks: Vec<usize>,
    /// What stays the same when lines move and values change, as 16 hexadecimal digits; empty until the check is done.
    pub fingerprint: String,
}

impl Finding {
    /// A finding as bad and as sure as its rule can be.
    pub fn new(rule: &'static RuleMeta, message: impl Into<Prose>) -> Self {
        Self {
            rule,
            severity: rule.severity,
            confidence: rule.confidence,
            message: message.into(),
            labels: Vec::new(),
            help: Prose::default(),
            cure: None,
            fixes: Vec::new(),
            waits_for: Vec::new(),
            stacks: Vec::new(),
            fingerprint: String::new(),
        }
    }

    /// The values that are quoted by what it says and by its edits.
    pub(crate) fn quotes_mut(&mut self) -> impl Iterator<Item = &mut Quote> {
        let labels = self.labels.iter_mut().map(|l| &mut l.text);
        let fixes = self.fixes.iter_mut().flat_map(|fix| {
            let edits = fix.edits.iter_mut().map(|e| &mut e.replacement);
            let files = fix.new_files.iter_mut().map(|f| &mut f.text);
            std::iter::once(&mut fix.title).chain(edits).chain(files)
        });
        let said = [&mut self.message, &mut self.help].into_iter().chain(labels).chain(fixes);
        said.flat_map(Prose::quotes_mut)
    }

    /// Adds evidence; the first label is the primary one. A place that is labelled already is not labelled twice.
    #[must_use]
    pub fn label(mut self, span: Span, text: impl Into<Prose>) -> Self {
        if !self.labels.iter().any(|l| l.span == span) {
            self.labels.push(Label { span, text: text.into() });
        }
        self
    }

    /// Adds evidence where there is some.
    #[must_use]
    pub fn label_if(self, span: Option<Span>, text: impl Into<Prose>) -> Self {
        match span {
            Some(span) => self.label(span, text),
            None => self,
        }
    }

    /// Says what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<Prose>) -> Self {
        self.help = help.into();
        self
    }

    /// Makes it at most this bad.
    #[must_use]
    pub fn at_most(mut self, severity: Severity) -> Self {
        self.severity = self.severity.min(severity);
        self
    }

    /// Makes it at most this sure.
    #[must_use]
    pub fn sure(mut self, confidence: Confidence) -> Self {
        self.confidence = self.confidence.min(confidence);
        self
    }

    /// Says what removes its cause. Where the changes fit, the help shows them, and what was given as help before is
    /// what is said where they do not.
    #[must_use]
    pub fn cure(mut self, cure: Cure) -> Self {
        self.cure = Some(cure);
        self
    }

    /// The same where there is a cure.
    #[must_use]
    pub fn cure_if(self, cure: Option<Cure>) -> Self {
        match cure {
            Some(cure) => self.cure(cure),
            None => self,
        }
    }

    /// Adds an edit that cures it.
    #[must_use]
    pub fn fix(mut self, fix: Fix) -> Self {
        self.fixes.push(fix);
        self
    }
}

/// A fault that another finding waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Awaited {
    /// The rule that found it.
    pub rule: &'static RuleMeta,
    /// The primary place of its finding.
    pub span: Span,
}

impl Awaited {
    /// What a finding is to those that wait for it.
    pub fn of(finding: &Finding) -> Option<Self> {
        Some(Self { rule: finding.rule, span: finding.labels.first()?.span })
    }
}

/// A place and what it has to do with the finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The place; an empty span at 0 is the file as such.
    pub span: Span,
    /// A few words, lower case, without a full stop.
    pub text: Prose,
}

/// Edits in any number of files that belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// What the edits do, in the imperative.
    pub title: Prose,
    /// Whether they can be applied without a look.
    pub safety: Safety,
    /// The edits, not overlapping.
    pub edits: Vec<Edit>,
    /// Files that are created.
    pub new_files: Vec<NewFile>,
}

/// A file that a fix creates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFile {
    /// Where.
    pub path: RelPath,
    /// Its text.
    pub text: Prose,
}

/// Replaces the text of a span.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// What is replaced; empty to insert.
    pub span: Span,
    /// The new text.
    pub replacement: Prose,
}

/// How far an edit can be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Safety {
    /// Shown only.
    Display,
    /// Changes what the stack does beyond the finding, or needs a decision.
    Unsafe,
    /// Deterministic, no effect on data.
    Safe,
}

impl Safety {
    /// `display`, `unsafe`, `safe`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Display => "display",
            Self::Unsafe => "unsafe",
            Self::Safe => "safe",
        }
    }
}

/// What a stack is for. It sets severity, never truth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Intent {
    /// Someone's desk.
    Development,
    /// Meant to be reached by others.
    Production,
}

impl Intent {
    /// `development`, `production`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Development => "development",
            Self::Production => "production",
        }
    }
}

/// A stack that was checked.
#[derive(Debug, Clone)]
pub struct StackInfo {
    /// Its Compose files in merge order, below the root; files they take in come last.
    pub files: Vec<RelPath>,
    /// How many of the files are brought up together; the rest is taken in by them.
    pub own: usize,
    /// Names of its services in file order.
    pub services: Vec<String>,
    /// What it seems to be for.
    pub intent: Intent,
    /// The evidence, e.g. `./backend is bind-mounted into django`.
    pub intent_why: Prose,
    /// What was worked out of it, where that was asked for.
    pub account: Option<StackAccount>,
    /// What was not judged, and why.
    pub gaps: Vec<Gap>,
    /// The values that stayed unknown.
    pub unknown: Vec<UnknownValue>,
}

/// What was read and what was not.
#[derive(Debug, Clone, Default)]
pub struct Coverage {
    /// Compose files.
    pub compose: usize,
    /// Dockerfiles.
    pub dockerfile: usize,
    /// Shell scripts.
    pub script: usize,
    /// nginx configurations.
    pub nginx: usize,
    /// Python files read for settings.
    pub settings: usize,
    /// Env files.
    pub env: usize,
    /// Each file that counts above, with what it was read as, such as `Dockerfile`.
    pub read: Vec<(&'static str, RelPath)>,
    /// What was not read and why.
    pub skipped: Vec<(RelPath, Prose)>,
    /// How many values stayed unknown.
    pub unknown: usize,
    /// The first `manage.py` where no service is known to run a Django project, so that no settings were read.
    pub not_run: Option<RelPath>,
    /// How many parts of the analysis ended in a fault of our own. What they would have said is missing, so the run
    /// has not done what it was asked to.
    pub faults: usize,
}

/// Everything one run found.
#[derive(Debug, Default)]
pub struct Report {
    /// The folder that was checked; printed paths are relative to it.
    pub folder: Option<RelPath>,
    /// The stacks, in the order they are shown.
    pub stacks: Vec<StackInfo>,
    /// The findings, those of the first stack first, and what stops a stack first within it.
    pub findings: Vec<Finding>,
    /// What the run looked at.
    pub coverage: Coverage,
    /// Byte ranges that hold secrets, which no output may show.
    pub secrets: Vec<Span>,
    /// How many findings are not shown because people said so.
    pub hidden: Hidden,
}
