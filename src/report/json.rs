//! The output contract, version 1: JSON for programs. Keys are only ever added.
//!
//! Paths are relative to the checked folder; lines and columns start at 1 and columns count Unicode
//! characters; offsets count bytes. Secrets are masked here as everywhere.

use super::check_document::{
    AwaitedDocument, CheckDocument, CoverageDocument, EditDocument, FilesDocument, FindingDocument,
    FixDocument, GapDocument, HiddenDocument, LabelDocument, NewFileDocument, PlaceDocument,
    SkippedDocument, ToolDocument,
};
use super::gaps::{self, GapLine};
use super::guard::Guard;
use super::place::{Places, ShownFile};
use super::safe::{SafeText, hidden};
use super::view::View;
use crate::finding::{Awaited, Finding, Fix, Prose, Report, Safety, prose};
use serde::Serialize;
use std::fmt::Write as _;

/// The report as one JSON document.
pub(super) fn render(view: &View<'_>) -> SafeText {
    let stacks = stacks(view.report, view.guard);
    let document = CheckDocument {
        schema_version: 1,
        tool: tool(),
        findings: view.shown.iter().map(|f| finding(f, &stacks, view.places, view.guard)).collect(),
        not_shown: view.left_out(),
        hidden: HiddenDocument {
            suppressed: view.report.hidden.suppressed,
            ignored: view.report.hidden.ignored,
            baseline: view.report.hidden.known,
        },
        coverage: coverage(view),
    };
    written(&document)
}

/// One JSON object for each finding, with the keys it has in the whole document.
pub(super) fn render_lines(view: &View<'_>) -> SafeText {
    let stacks = stacks(view.report, view.guard);
    let mut out = String::new();
    for shown in &view.shown {
        // An object of texts, numbers and lists has nothing that could fail.
        let plain = serde_json::to_string(&finding(shown, &stacks, view.places, view.guard))
            .unwrap_or_default();
        escape_into(&plain, &mut out);
        out.push('\n');
    }
    SafeText::composed(out)
}

/// The stacks by their files.
pub(super) fn stacks(report: &Report, guard: &Guard<'_>) -> Vec<String> {
    report
        .stacks
        .iter()
        .map(|s| {
            s.files.iter().take(s.own).map(|f| guard.relative(f)).collect::<Vec<_>>().join(" + ")
        })
        .collect()
}

/// This program.
pub(super) fn tool() -> ToolDocument {
    ToolDocument { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") }
}

/// What was read and what was not.
pub(super) fn coverage(view: &View<'_>) -> CoverageDocument {
    let (cover, guard) = (&view.report.coverage, view.guard);
    CoverageDocument {
        files: FilesDocument {
            compose: cover.compose,
            dockerfile: cover.dockerfile,
            script: cover.script,
            nginx: cover.nginx,
            settings: cover.settings,
            env: cover.env,
        },
        skipped: cover
            .skipped
            .iter()
            .map(|(path, reason)| SkippedDocument {
                path: guard.relative(path),
                reason: guard.line(reason).to_string(),
            })
            .collect(),
        unknown: cover.unknown,
        not_run: cover.not_run.as_ref().map(|path| guard.relative(path)),
        not_judged: gaps::lines(view.report, guard, view.sources)
            .into_iter()
            .map(|GapLine { gap, text }| {
                let place = gap.why.place.map(|span| (view.sources.file(span.file), span.start));
                GapDocument {
                    services: gap.services.iter().map(|s| guard.name(s).to_string()).collect(),
                    what: gap.lack.as_str(),
                    reason: guard.line(&prose!("{}", gap.why)).to_string(),
                    path: place.as_ref().map(|(file, _)| guard.relative(&file.path)),
                    line: place.as_ref().map(|(file, at)| file.position(*at).line),
                    rules: gap.rules.iter().map(|r| r.name).collect(),
                    message: text.to_string(),
                }
            })
            .collect(),
    }
}

/// The JSON text of a document, ended by a line break. Control characters that JSON allows in a text
/// are escaped all the same, because people look at JSON in terminals.
pub(super) fn written(document: &impl Serialize) -> SafeText {
    // A document of texts, numbers and lists has nothing that could fail.
    let plain = serde_json::to_string_pretty(document).unwrap_or_default();
    let mut out = String::with_capacity(plain.len() + 1);
    escape_into(&plain, &mut out);
    out.push('\n');
    SafeText::composed(out)
}

/// Appends JSON text with what cannot be seen escaped, and with what a CI system takes for a command in any line: a
/// path is written letter by letter here.
pub(super) fn escape_into(plain: &str, out: &mut String) {
    for c in plain.chars() {
        if c == '\u{7f}' || hidden(c) || c == '[' && out.ends_with("##") {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(c);
        }
    }
}

/// One finding; `stacks` are those of its report.
pub(super) fn finding<'r>(
    finding: &Finding,
    stacks: &'r [String],
    places: &Places<'_>,
    guard: &Guard<'_>,
) -> FindingDocument<'r> {
    let message = guard.line(&finding.message).to_string();
    let labels: Vec<LabelDocument> = finding
        .labels
        .iter()
        .enumerate()
        .map(|(index, label)| {
            let file = places.file(label.span);
            LabelDocument {
                path: file.exact.clone(),
                start: place(&file, label.span.start),
                end: place(&file, label.span.end),
                text: guard.line(&label.text).to_string(),
                primary: index == 0,
            }
        })
        .collect();
    FindingDocument {
        rule: finding.rule.name,
        severity: finding.severity.as_str(),
        confidence: finding.confidence.as_str(),
        fingerprint: finding.fingerprint.clone(),
        help: text_of(&finding.help, guard),
        stacks: finding.stacks.iter().filter_map(|i| stacks.get(*i).map(String::as_str)).collect(),
        fixes: finding.fixes.iter().map(|f| fix(f, places, guard)).collect(),
        waits_for: finding.waits_for.iter().map(|fault| awaited(fault, places)).collect(),
        message,
        labels,
    }
}

fn awaited(fault: &Awaited, places: &Places<'_>) -> AwaitedDocument {
    let file = places.file(fault.span);
    let line = file.position(fault.span.start).line;
    AwaitedDocument { rule: fault.rule.name, path: file.exact.clone(), line }
}

fn text_of(prose: &Prose, guard: &Guard<'_>) -> String {
    guard.lines(prose).iter().map(SafeText::as_str).collect::<Vec<_>>().join("\n")
}

fn place(file: &ShownFile, offset: u32) -> PlaceDocument {
    // The file as such begins before a byte order mark; a place in it begins after.
    let at = file.position(offset);
    PlaceDocument {
        line: at.line,
        column: at.column,
        offset: if offset == 0 { 0 } else { file.clamp(offset) },
    }
}

/// An edit that would write a secret cannot be handed out, so its fix can only be looked at.
fn fix(fix: &Fix, places: &Places<'_>, guard: &Guard<'_>) -> FixDocument {
    let mut safety = fix.safety;
    let edits = fix
        .edits
        .iter()
        .map(|edit| {
            let file = places.file(edit.span);
            let text = edit.replacement.unmasked();
            let replacement = match guard.edit(&edit.replacement, &text) {
                Some(masked) => {
                    safety = Safety::Display;
                    masked
                }
                None => text,
            };
            EditDocument {
                path: file.exact.clone(),
                start: file.clamp(edit.span.start),
                end: file.clamp(edit.span.end),
                replacement,
            }
        })
        .collect();
    let new_files = fix
        .new_files
        .iter()
        .map(|file| {
            let text = file.text.unmasked();
            let text = match guard.edit(&file.text, &text) {
                Some(masked) => {
                    safety = Safety::Display;
                    masked
                }
                None => text,
            };
            NewFileDocument { path: guard.relative(&file.path), text }
        })
        .collect();
    let title = guard.line(&fix.title).to_string();
    FixDocument { title, safety: safety.as_str(), edits, new_files }
}
