//! A Code Quality report of GitLab ("Code Quality report format" in its documentation): a list of findings that a merge
//! request compares with that of its target. Paths are from the top of the repository, without `./`.

use super::json::written;
use super::safe::SafeText;
use super::view::View;
use crate::finding::Severity;
use serde::Serialize;
use std::collections::HashMap;

#[derive(Serialize)]
struct Entry {
    description: SafeText,
    check_name: &'static str,
    fingerprint: String,
    severity: &'static str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
}

/// One JSON list.
pub(super) fn render(view: &View<'_>) -> SafeText {
    // GitLab shows one of several entries with the same fingerprint.
    let mut seen: HashMap<&str, usize> = HashMap::new();
    let mut entries = Vec::with_capacity(view.shown.len());
    for finding in &view.shown {
        let times = seen.entry(finding.fingerprint.as_str()).or_default();
        *times += 1;
        let spot = view.primary(finding);
        entries.push(Entry {
            description: view.guard.line(&finding.message),
            check_name: finding.rule.name,
            fingerprint: if *times == 1 {
                finding.fingerprint.clone()
            } else {
                format!("{}-{times}", finding.fingerprint)
            },
            severity: match finding.severity {
                Severity::Error => "critical",
                Severity::Warning => "major",
                Severity::Info => "info",
            },
            location: Location {
                path: view.in_repository(&spot.path),
                lines: Lines { begin: spot.line() },
            },
        });
    }
    written(&entries)
}
