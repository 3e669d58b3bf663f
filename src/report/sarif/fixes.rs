//! Fixes as a viewer can apply them. One that would write a secret is left out: here its text could not be masked.

use super::log::{ArtifactChange, Content, Fix, Region, Replacement};
use super::{artifact, message};
use crate::finding::{self, Finding, NewFile, Safety};
use crate::report::view::View;
use crate::source::{FileId, RelPath};

/// The fixes of a finding that can be handed out.
pub(super) fn of_finding(finding: &Finding, view: &View<'_>) -> Vec<Fix> {
    let shown = finding.fixes.iter().filter(|f| f.safety > Safety::Display);
    shown.filter_map(|f| fix(f, view)).collect()
}

fn fix(fix: &finding::Fix, view: &View<'_>) -> Option<Fix> {
    let mut changes: Vec<(FileId, ArtifactChange)> = Vec::new();
    for edit in &fix.edits {
        let file = view.places.file(edit.span);
        let (start, end) = (file.position(edit.span.start), file.position(edit.span.end));
        let text = view.guard.without_secrets(&edit.replacement)?;
        let replacement = Replacement {
            deleted_region: Region {
                start_line: start.line,
                start_column: Some(start.column),
                end_line: Some(end.line),
                end_column: Some(end.column),
            },
            inserted_content: (!text.is_empty()).then_some(Content { text }),
        };
        match changes.iter_mut().find(|(id, _)| *id == edit.span.file) {
            Some((_, change)) => change.replacements.push(replacement),
            None => changes.push((edit.span.file, change(view, file.below_root(), replacement))),
        }
    }
    let mut changes: Vec<ArtifactChange> = changes.into_iter().map(|(_, c)| c).collect();
    for NewFile { path, text } in &fix.new_files {
        let start =
            Region { start_line: 1, start_column: Some(1), end_line: Some(1), end_column: Some(1) };
        let text = view.guard.without_secrets(text)?;
        let whole = Replacement { deleted_region: start, inserted_content: Some(Content { text }) };
        changes.push(change(view, path, whole));
    }
    Some(Fix { description: message(&view.guard.line(&fix.title)), artifact_changes: changes })
}

fn change(view: &View<'_>, path: &RelPath, replacement: Replacement) -> ArtifactChange {
    ArtifactChange { artifact_location: artifact(view, path), replacements: vec![replacement] }
}
