//! What the integration tests share.
#![allow(dead_code, unreachable_pub, reason = "each test file uses its part")]
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test that fails may panic, and looks at the repository itself"
)]

pub mod cases;

use compose_doctor::internals::config;
use compose_doctor::internals::finding::{Confidence, Finding, Report, Severity};
use compose_doctor::internals::source::{Files, RelPath, Sources};
use compose_doctor::{Options, check};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The repository.
pub fn home() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// A finding as tests compare it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hit {
    pub path: String,
    pub line: u32,
    pub rule: String,
}

/// A finding that was reported, with its message.
pub struct Reported {
    pub hit: Hit,
    pub severity: Severity,
    pub message: String,
}

/// Checks the files from their root, and gives the findings a person would see by default.
pub fn findings(files: &dyn Files) -> Vec<Reported> {
    let sources = Sources::new(files);
    let options =
        Options { settings: config::find(&sources, &RelPath::root()), ..Options::default() };
    let report = check(&sources, &RelPath::root(), &options);
    reported(&report, &sources)
}

fn reported(report: &Report, sources: &Sources<'_>) -> Vec<Reported> {
    let seen = report.findings.iter().filter(|f| f.confidence >= Confidence::Medium);
    seen.map(|f| {
        let (path, line) = f.labels.first().map_or((String::new(), 0), |label| {
            (sources.file(label.span.file).path.to_string(), sources.position(label.span).line)
        });
        Reported {
            hit: Hit { path, line, rule: named(f) },
            severity: f.severity,
            message: f.message.unmasked(),
        }
    })
    .collect()
}

/// The rule of a finding, and whether it waits for a fault that hides it.
fn named(finding: &Finding) -> String {
    let waits = if finding.waits_for.is_empty() { "" } else { " (waits)" };
    format!("{}{waits}", finding.rule.name)
}

/// What was expected and is not there, and the other way round; empty when all is well.
pub fn difference(expected: &BTreeSet<Hit>, reported: &[Reported]) -> String {
    let mut out = String::new();
    for hit in expected {
        if !reported.iter().any(|r| r.hit == *hit) {
            out += &format!("    missing     {}:{} {}\n", hit.path, hit.line, hit.rule);
        }
    }
    for r in reported {
        if !expected.contains(&r.hit) {
            out += &format!(
                "    unexpected  {}:{} {}\n                {}\n",
                r.hit.path, r.hit.line, r.hit.rule, r.message
            );
        }
    }
    out
}

/// The folders in a folder, sorted; none where there is no such folder.
pub fn folders(folder: &Path) -> Vec<PathBuf> {
    let mut all: Vec<_> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|e| e.path())
        .filter(|p| p.is_dir())
        .collect();
    all.sort();
    all
}

/// Every file below a folder, sorted.
pub fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if entry.file_type().is_ok_and(|t| t.is_dir()) {
                open.push(path);
            } else {
                all.push(path);
            }
        }
    }
    all.sort();
    all
}

/// A folder's last component.
pub fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
