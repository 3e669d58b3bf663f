//! One line per finding, for editors and scripts.

use super::place::Places;
use super::safe::{Guard, SafeText};
use crate::finding::Report;
use crate::source::Sources;

/// `path:line:column: error[rule] message`, in the order of the full format. The closing lines are
/// not in it: they go elsewhere, so that every line here is a finding.
pub fn concise(report: &Report, sources: &Sources<'_>) -> SafeText {
    let guard = Guard::new(report, sources);
    let places = Places::new(sources, &guard);
    let mut out = SafeText::new();
    for finding in &report.findings {
        match finding.labels.first() {
            Some(label) => {
                let file = places.file(label.span);
                let at = file.position(label.span.start);
                out.push(&file.path).push_own(":").push_number(at.line as usize).push_own(":").push_number(at.column as usize);
            }
            None => {
                out.push_own(".");
            }
        }
        out.push_own(": ").push_own(finding.severity.as_str()).push_own("[").push_own(finding.rule.name).push_own("] ");
        out.push(&guard.line(&finding.message)).push_own("\n");
    }
    out
}
