//! The repair that is the cure itself.

use crate::check::behind::repair::{New, Repair};
use crate::finding::{Change, Cure, Finding, NodeEdit, Report};
use crate::fix;
use crate::source::{Sources, Span};

/// The edits of the cure that the rule gave.
pub(super) fn edits(repair: Repair, fault: &Finding, sources: &Sources<'_>) -> Option<Repair> {
    fault.cure.as_ref()?;
    let mut report = Report { findings: vec![fault.clone()], ..Report::default() };
    fix::resolve(&mut report, sources, &fix::Languages::default());
    let fix = report.findings.pop()?.fixes.into_iter().next()?;
    let mut repair = repair;
    for edit in fix.edits {
        repair = repair.edit(edit.span, edit.replacement.unmasked());
    }
    for file in fix.new_files {
        let text = file.text.unmasked();
        repair = repair.file(New { path: file.path, text, origin: None });
    }
    Some(repair)
}

/// The edits of a change.
pub(super) fn change(
    repair: Repair,
    fault: &Finding,
    change: Change,
    sources: &Sources<'_>,
) -> Option<Repair> {
    let fault = Finding { cure: Some(Cure::new("").change(change)), ..fault.clone() };
    edits(repair, &fault, sources)
}

/// Removes what is at a place of a YAML file.
pub(super) fn removal(repair: Repair, at: Span, sources: &Sources<'_>) -> Option<Repair> {
    let fault = Finding::new(repair.fault.rule, "");
    change(repair, &fault, Change::YamlNode(at, NodeEdit::Remove), sources)
}
