//! The two lines at the end of a run: what was found, and what was looked at, so that a clean run
//! is never a silent skip.

use super::guard::Guard;
use super::paint::{Paint, Style};
use super::safe::SafeText;
use super::wrap::{columns, wrap};
use super::{RenderOptions, gaps};
use crate::finding::{Finding, Hidden, Report, Safety, Severity};
use crate::source::Sources;

/// How many skipped files are named.
const NAMED: usize = 3;

/// How many findings there are of a severity.
pub(super) fn count(report: &Report, severity: Severity) -> usize {
    report.findings.iter().filter(|f| f.severity == severity).count()
}

fn counted(out: &mut SafeText, number: usize, one: &'static str, many: &'static str) {
    out.push_number(number).push_own(" ").push_own(if number == 1 { one } else { many });
}

/// `3 errors, 2 warnings, 1 note in 2 stacks`, or `no problems found in 1 stack`, and how many findings are hidden.
pub fn summary_line(report: &Report) -> SafeText {
    let mut out = SafeText::new();
    for (severity, one, many) in [
        (Severity::Error, "error", "errors"),
        (Severity::Warning, "warning", "warnings"),
        (Severity::Info, "note", "notes"),
    ] {
        let number = count(report, severity);
        if number > 0 {
            if !out.is_empty() {
                out.push_own(", ");
            }
            counted(&mut out, number, one, many);
        }
    }
    if out.is_empty() {
        out.push_own("no problems found");
    }
    out.push_own(" in ");
    counted(&mut out, report.stacks.len(), "stack", "stacks");
    let mut chosen = report.hidden;
    // Who switched a rule off knows; where nothing is left, it is no clean project.
    if !report.findings.is_empty() {
        (chosen.off, chosen.all_off) = (0, None);
    }
    hidden(&mut out, chosen);
    out
}

/// ` (2 suppressed, 14 in the baseline)`: what is not shown because people said so.
fn hidden(out: &mut SafeText, hidden: Hidden) {
    let parts = [
        (hidden.suppressed, "suppressed"),
        (hidden.ignored, "ignored by path"),
        (hidden.known, "in the baseline"),
        (hidden.off, "of rules that are off"),
    ];
    // A configuration that shows nothing is no clean project.
    if let Some(configuration) = hidden.all_off {
        out.push_own(": no rule is on in ").push_own(configuration);
    }
    let mut before = " (";
    for (number, what) in parts.into_iter().filter(|(number, _)| *number > 0) {
        out.push_own(before).push_number(number).push_own(" ").push_own(what);
        before = ", ";
    }
    if before != " (" {
        out.push_own(")");
    }
}

/// `2 fixable with --fix (3 more with --unsafe-fixes)`; empty where nothing can be fixed.
fn fixable(report: &Report) -> SafeText {
    let count = |safety| {
        let is_fixed = |f: &&Finding| f.fixes.iter().any(|x| x.safety == safety);
        report.findings.iter().filter(is_fixed).count()
    };
    let (safe, more) = (count(Safety::Safe), count(Safety::Unsafe));
    let mut out = SafeText::new();
    match (safe, more) {
        (0, 0) => {}
        (0, _) => {
            out.push_number(more).push_own(" fixable with --fix --unsafe-fixes");
        }
        _ => {
            out.push_number(safe).push_own(" fixable with --fix");
            if more > 0 {
                out.push_own(" (").push_number(more).push_own(" more with --unsafe-fixes)");
            }
        }
    }
    out
}

/// `read 1 compose file, 1 Dockerfile · skipped 1: big.yaml is larger than 1024 KiB` (not read)`.
pub fn coverage_line(report: &Report, sources: &Sources<'_>) -> SafeText {
    coverage(report, &Guard::new(report, sources))
}

pub(super) fn coverage(report: &Report, guard: &Guard<'_>) -> SafeText {
    let cover = &report.coverage;
    let mut out = SafeText::own("read ");
    let mut any = false;
    for (number, one, many) in [
        (cover.compose, "compose file", "compose files"),
        (cover.dockerfile, "Dockerfile", "Dockerfiles"),
        (cover.script, "script", "scripts"),
        (cover.nginx, "nginx file", "nginx files"),
        (cover.settings, "settings file", "settings files"),
        (cover.env, "env file", "env files"),
    ] {
        if number > 0 {
            if any {
                out.push_own(", ");
            }
            counted(&mut out, number, one, many);
            any = true;
        }
    }
    if !any {
        out.push_own("no file");
    }
    if !cover.skipped.is_empty() {
        out.push_own(" · skipped ").push_number(cover.skipped.len()).push_own(": ");
        for (index, (path, reason)) in cover.skipped.iter().take(NAMED).enumerate() {
            if index > 0 {
                out.push_own(", ");
            }
            out.push(&guard.path(path)).push_own(" ").push(&guard.line(reason));
        }
        if cover.skipped.len() > NAMED {
            out.push_own(" and ").push_number(cover.skipped.len() - NAMED).push_own(" more");
        }
    }
    out
}

/// The summary line with how many of the findings it counts are not shown, or that there was nothing to check.
pub(super) fn counts(report: &Report, left_out: usize) -> SafeText {
    if report.stacks.is_empty() && report.findings.is_empty() {
        return SafeText::own("no Compose file found");
    }
    let mut out = summary_line(report);
    if left_out > 0 {
        out.push_own(" · ")
            .push_number(left_out)
            .push_own(" of them not shown, see --max-diagnostics");
    }
    out
}

/// Both lines, and what was not judged, coloured and broken at the width; `left_out` findings are not shown.
pub(super) fn closing(
    report: &Report,
    guard: &Guard<'_>,
    sources: &Sources<'_>,
    options: RenderOptions,
    left_out: usize,
) -> SafeText {
    let paint = Paint(options.color);
    let worst = report.findings.iter().map(|f| f.severity).max();
    let mut out = SafeText::new();
    for (index, line) in pieces(&counts(report, left_out), options.width).iter().enumerate() {
        out.push_spaces(if index == 0 { 0 } else { 2 });
        paint.put(&mut out, worst.map_or(Style::Green, Style::of_severity), line);
        out.push_own("\n");
    }
    let fixable = fixable(report);
    if !fixable.is_empty() {
        out.push(&fixable).push_own("\n");
    }
    for (index, line) in pieces(&coverage(report, guard), options.width).iter().enumerate() {
        out.push_spaces(if index == 0 { 0 } else { 2 });
        paint.put(&mut out, Style::Dim, line);
        out.push_own("\n");
    }
    for text in gaps::first_lines(report, guard, sources) {
        let lines = wrap(&text, options.width, options.width.saturating_sub(2));
        for (index, line) in lines.iter().enumerate() {
            out.push_spaces(if index == 0 { 0 } else { 2 });
            paint.put(&mut out, Style::Yellow, line);
            out.push_own("\n");
        }
    }
    out
}

/// Breaks the line between its parts where that is enough, so that a number stays with what it counts.
fn pieces(line: &SafeText, width: usize) -> Vec<SafeText> {
    let mut lines: Vec<SafeText> = Vec::new();
    let rest = width.saturating_sub(2);
    for piece in line.as_str().split(" · ") {
        let wide = columns(piece);
        let room = if lines.len() < 2 { width } else { rest };
        match lines.last_mut() {
            Some(last) if columns(last.as_str()) + 3 + wide <= room => {
                last.push_own(" · ").push(&SafeText::composed(piece.to_owned()));
            }
            _ => lines.extend(wrap(
                &SafeText::composed(piece.to_owned()),
                if lines.is_empty() { width } else { rest },
                rest,
            )),
        }
    }
    lines
}
