//! Findings on their way back to the files as they are.

use super::layer::{Layer, Origin};
use super::repair::Repair;
use super::repairs::HIDING;
use crate::finding::{Awaited, Confidence, Finding, Own, Prose, Report, Severity, prose};
use crate::fix;
use crate::rules::meta;
use crate::source::{RelPath, Sources, Span};

/// The most faults that a message names.
const MAX_NAMED: usize = 2;

/// The way from layered files to those below.
pub(super) struct Translation<'t> {
    pub(super) layer: &'t Layer,
    pub(super) layered: &'t Sources<'t>,
    pub(super) sources: &'t Sources<'t>,
    /// What is laid.
    pub(super) laid: &'t [&'t Repair],
}

/// Whether a finding is a fault behind which others can be hidden.
pub(super) fn hides(finding: &Finding) -> bool {
    // Whoever runs a project has its env files, so a missing one is a note.
    let counts = finding.severity > Severity::Info && finding.confidence > Confidence::Low
        || std::ptr::eq(finding.rule, &meta::ENV_FILE_MISSING);
    counts && HIDING.iter().any(|rule| std::ptr::eq(*rule, finding.rule))
}

fn place(finding: &Finding) -> Option<Span> {
    finding.labels.first().map(|l| l.span)
}

/// Whether two findings are one: a rule reports one thing at a place, and in the same words only the same thing.
pub(crate) fn same(a: &Finding, b: &Finding) -> bool {
    std::ptr::eq(a.rule, b.rule) && (place(a) == place(b) || a.message == b.message)
}

/// Whether a finding is a fault of the layered files.
pub(super) fn is_one(finding: &Finding, fault: &Awaited, back: &Translation<'_>) -> bool {
    std::ptr::eq(finding.rule, fault.rule) && place(finding) == back.place(fault.span)
}

/// Begins a message with what must be fixed first.
pub(super) fn say_what_it_waits_for(finding: &mut Finding) {
    let mut rules: Vec<&'static str> = Vec::new();
    for fault in &finding.waits_for {
        if !rules.contains(&fault.rule.name) {
            rules.push(fault.rule.name);
        }
    }
    let more = rules.len().saturating_sub(MAX_NAMED);
    let named = Prose::join(rules.iter().take(MAX_NAMED).map(|name| Own(name)), "` and `");
    finding.message = match (rules.len(), more) {
        (0 | 1, _) => prose!("once `{}` is fixed: {}", named, finding.message),
        (_, 0) => prose!("once `{}` are fixed: {}", named, finding.message),
        (_, more) => {
            prose!("once `{}` and {} more are fixed: {}", named, more, finding.message)
        }
    };
}

impl Translation<'_> {
    /// Where a place is in the files below, if anywhere.
    pub(super) fn place(&self, span: Span) -> Option<Span> {
        match self.layer.below(span, self.layered, self.sources) {
            Origin::Written(at) | Origin::Replaced(at) => Some(at),
            Origin::Invented => None,
        }
    }

    pub(super) fn places(&self, spans: Vec<Span>) -> Vec<Span> {
        spans.into_iter().filter_map(|s| self.place(s)).collect()
    }

    /// Everything that is about what is in the files.
    pub(super) fn all(&self, findings: &[Finding]) -> Vec<Finding> {
        findings.iter().filter_map(|f| self.finding(f)).collect()
    }

    /// What is not known yet; what to do is written for the files with the repairs.
    pub(super) fn unknown_yet(
        &self,
        findings: &[Finding],
        known: &[Finding],
        folder: &RelPath,
    ) -> Vec<Finding> {
        let (mut report, mut all) =
            (Report { folder: Some(folder.clone()), ..Report::default() }, Vec::new());
        for (finding, translated) in findings.iter().filter_map(|f| Some((f, self.finding(f)?))) {
            if is_new(&translated, known) && !self.is_held_back(&translated) {
                report.findings.push(finding.clone());
                all.push(translated);
            }
        }
        fix::resolve(&mut report, self.layered, &fix::Languages::default());
        for (finding, shown) in all.iter_mut().zip(report.findings) {
            finding.help = self.prose(shown.help);
            finding.confidence = finding.confidence.min(Confidence::Medium);
        }
        all
    }

    /// What was found behind a fault of the layered files.
    pub(super) fn waiting(&self, findings: Vec<Finding>, known: &[Finding]) -> Vec<Finding> {
        let laid = || self.laid.iter().map(|r| r.fault);
        let mut all = Vec::new();
        for finding in findings {
            let Some(mut translated) = self.finding(&finding) else { continue };
            if !is_new(&translated, known) || self.is_held_back(&translated) {
                continue;
            }
            let moved = |fault: &Awaited| Some(Awaited { span: self.place(fault.span)?, ..*fault });
            translated.waits_for = finding.waits_for.iter().filter_map(moved).collect();
            if translated.waits_for.is_empty() {
                translated.waits_for = laid().collect();
            }
            all.push(translated);
        }
        all
    }

    /// Whether a repair that can only be meant so wrote what replaces a place.
    fn is_sure(&self, at: Span) -> bool {
        let within =
            |span: Span| span.file == at.file && span.start <= at.start && at.end <= span.end;
        self.laid.iter().any(|r| r.is_sure && r.edits.iter().any(|(span, _)| within(*span)))
    }

    fn is_held_back(&self, finding: &Finding) -> bool {
        self.laid.iter().any(|repair| repair.holds_back(finding))
    }

    /// A finding with places below; `None` for one that is about what a repair wrote.
    fn finding(&self, finding: &Finding) -> Option<Finding> {
        let mut all = finding.clone();
        all.cure = None;
        all.fixes.clear();
        all.labels.clear();
        for (index, label) in finding.labels.iter().enumerate() {
            let at = match self.layer.below(label.span, self.layered, self.sources) {
                Origin::Written(at) => at,
                Origin::Replaced(at) if index > 0 || self.is_sure(at) => at,
                Origin::Replaced(_) | Origin::Invented if index == 0 => return None,
                Origin::Replaced(_) | Origin::Invented => continue,
            };
            all = all.label(at, self.prose(label.text.clone()));
        }
        all.message = self.prose(all.message);
        all.help = self.prose(all.help);
        Some(all)
    }

    fn prose(&self, prose: Prose) -> Prose {
        prose.moved(&|span| self.place(span))
    }
}

/// Whether nothing of it is known, or less surely.
fn is_new(finding: &Finding, known: &[Finding]) -> bool {
    known
        .iter()
        .filter(|k| same(k, finding))
        .all(|k| k.confidence == Confidence::Low && finding.confidence > Confidence::Low)
}
