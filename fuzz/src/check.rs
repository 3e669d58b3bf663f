//! The whole of `check` on a folder, and every way to write what it found.
//!
//! Here is the place for what comes: suppression comments and a configuration file need nothing but their words in
//! `dict/check.dict`, because they are parts of the folder.

use crate::clock::timed;
use crate::folder::{File, files, lies_in, memory, plain, render_options, shown};
use crate::{Worth, chosen};
use compose_doctor::internals::finding::{Finding, Report, Safety};
use compose_doctor::internals::model::compose;
use compose_doctor::internals::model::instructions::Instructions;
use compose_doctor::internals::model::stack::{Shared, Stack};
use compose_doctor::internals::report::{self, RenderOptions};
use compose_doctor::internals::source::{RelPath, Sources};
use compose_doctor::{Options, check};
use std::fmt::Write as _;

/// Checks a folder.
pub fn run(data: &[u8]) -> Worth {
    let files = files(data, "compose.yaml");
    folder(data, &files);
    Worth::Keep
}

/// Checks files as a folder. `data` only decides what is looked at more closely.
pub fn folder(data: &[u8], files: &[File<'_>]) {
    let first = timed("check", || once(data, files));
    // Each run has hash tables of its own, in an order of their own.
    if chosen(data, 4) {
        assert_eq!(first, once(data, files), "the same folder is not told the same of");
    }
}

/// Everything that a run says.
fn once(data: &[u8], files: &[File<'_>]) -> String {
    let memory = memory(files.iter().map(|f| (f.path.as_str(), f.bytes)));
    let sources = Sources::new(&memory);
    let report = check(&sources, &RelPath::root(), &Options::default());
    holds(&report, &sources);
    let mut said = written(&report, &sources, render_options(data));
    if chosen(data, 2) {
        said += &ledgers(&report, &sources, render_options(data));
    }
    said
}

/// What holds of every report.
pub fn holds(report: &Report, sources: &Sources<'_>) {
    for finding in &report.findings {
        let name = finding.rule.name;
        assert!(!finding.labels.is_empty(), "{name} has no place");
        assert!(!finding.stacks.is_empty(), "{name} holds for no stack");
        assert!(
            finding.stacks.iter().all(|s| *s < report.stacks.len()),
            "{name} holds for a stack that is not there"
        );
        assert!(
            finding.severity <= finding.rule.severity
                && finding.confidence <= finding.rule.confidence,
            "{name} says more than its rule"
        );
        assert!(
            finding.fingerprint.len() == 16
                && finding.fingerprint.bytes().all(|b| b.is_ascii_hexdigit()),
            "{name}'s fingerprint"
        );
        assert!(!finding.message.is_empty(), "{name} says nothing");
        finding.labels.iter().for_each(|l| lies_in(sources, name, l.span));
        edits(finding, sources);
    }
    report.secrets.iter().for_each(|s| lies_in(sources, "a secret", *s));
    let failed = report.coverage.skipped.iter().find(|(_, why)| why.unmasked().contains("fault"));
    assert!(failed.is_none() && report.coverage.faults == 0, "{failed:?}");
}

/// Edits lie in their files and do not overlap.
fn edits(finding: &Finding, sources: &Sources<'_>) {
    for fix in &finding.fixes {
        let mut places: Vec<_> = fix.edits.iter().map(|e| e.span).collect();
        places.iter().for_each(|s| lies_in(sources, finding.rule.name, *s));
        places.sort_unstable();
        let apart = places.windows(2).all(|p| p[0].file != p[1].file || p[0].end <= p[1].start);
        assert!(
            apart || fix.safety == Safety::Display,
            "{}: edits of `{}` overlap",
            finding.rule.name,
            fix.title.unmasked()
        );
    }
}

/// The report in every notation.
pub fn written(report: &Report, sources: &Sources<'_>, options: RenderOptions) -> String {
    let full = report::full(report, sources, options).to_string();
    shown("full", &full, false);
    let coloured =
        report::full(report, sources, RenderOptions { color: true, ..options }).to_string();
    shown("full in colours", &coloured, true);
    assert_eq!(plain(&coloured), full, "colours change the text");
    let concise = report::concise(report, sources).to_string();
    shown("concise", &concise, false);
    assert_eq!(
        concise.lines().count(),
        report.findings.len(),
        "concise has not one line for each finding:\n{concise}"
    );
    let json = report::json(report, sources).to_string();
    shown("json", &json, false);
    let read: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(
        read["findings"].as_array().map(Vec::len),
        Some(report.findings.len()),
        "findings in JSON"
    );
    let summary = report::summary_line(report).to_string();
    shown("the summary", &summary, false);
    let coverage = report::coverage_line(report, sources).to_string();
    shown("the coverage", &coverage, false);
    format!("{full}\n{concise}\n{json}\n{summary}\n{coverage}")
}

/// The variables of each stack.
pub fn ledgers(report: &Report, sources: &Sources<'_>, options: RenderOptions) -> String {
    let mut said = String::new();
    for info in &report.stacks {
        let paths = &info.files[..info.own.min(info.files.len())];
        if paths.is_empty() {
            continue;
        }
        let folder = paths[0].parent();
        let project = compose::load(sources, &folder, paths);
        let (shared, texts) = (Shared::new(Vec::new()), Instructions::default());
        let stack = Stack::bring_up(sources, &project, &shared, &texts, &folder);
        let ledger = stack.environment().ledger();
        let own = Report {
            folder: Some(folder.clone()),
            stacks: vec![info.clone()],
            secrets: stack.environment().secret_places(),
            ..Report::default()
        };
        let table = report::ledger(&ledger, &own, sources, options).to_string();
        shown("the ledger", &table, false);
        let json = report::ledger_json(&ledger, &own, sources).to_string();
        shown("the ledger as JSON", &json, false);
        serde_json::from_str::<serde_json::Value>(&json).expect("the ledger is JSON");
        let _ = write!(said, "{table}\n{json}\n");
    }
    said
}
