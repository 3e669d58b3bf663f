//! How often each rule speaks: for a first look at a large project, and to see which rule to begin with.

use super::check_document::{CoverageDocument, ToolDocument};
use super::json::{coverage, tool, written};
use super::paint::{Paint, Style};
use super::safe::SafeText;
use super::summary;
use super::view::View;
use super::wrap::wrap;
use crate::finding::{RuleMeta, Severity};
use serde::Serialize;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// A rule that spoke.
struct Row {
    rule: &'static RuleMeta,
    worst: Severity,
    count: usize,
}

/// The worst first, then the most frequent.
fn rows(view: &View<'_>) -> Vec<Row> {
    let mut rules: BTreeMap<&str, Row> = BTreeMap::new();
    for finding in &view.shown {
        let row = rules.entry(finding.rule.name).or_insert(Row {
            rule: finding.rule,
            worst: finding.severity,
            count: 0,
        });
        row.worst = row.worst.max(finding.severity);
        row.count += 1;
    }
    let mut rows: Vec<Row> = rules.into_values().collect();
    rows.sort_by_key(|r| (Reverse(r.worst), Reverse(r.count)));
    rows
}

/// A line for each rule, and the closing lines.
pub(super) fn table(view: &View<'_>) -> SafeText {
    let options = view.wanted.options;
    let paint = Paint(options.color);
    let rows = rows(view);
    let digits = rows.iter().map(|r| r.count.to_string().len()).max().unwrap_or(0);
    let longest = rows.iter().map(|r| r.rule.name.len()).max().unwrap_or(0);
    let mut out = SafeText::new();
    for row in &rows {
        let severity = row.worst.as_str();
        out.push_spaces(digits - row.count.to_string().len()).push_number(row.count).push_own("  ");
        paint.own(&mut out, Style::of_severity(row.worst), severity);
        out.push_spaces(9 - severity.len());
        paint.own(&mut out, Style::Bold, row.rule.name);
        let before = digits + 2 + 9 + longest + 2;
        // Where the column would be narrow, the summary is left to `explain`.
        if before + 24 <= options.width {
            let room = options.width - before;
            for (index, line) in
                wrap(&SafeText::own(row.rule.summary), room, room).iter().enumerate()
            {
                match index {
                    0 => out.push_spaces(longest + 2 - row.rule.name.len()),
                    _ => out.push_own("\n").push_spaces(before),
                };
                paint.put(&mut out, Style::Dim, line);
            }
        }
        out.push_own("\n");
    }
    if !rows.is_empty() {
        out.push_own("\n");
    }
    out.push(&summary::closing(view.report, view.guard, view.sources, options, view.left_out()));
    out
}

#[derive(Serialize)]
struct Document {
    schema_version: u32,
    tool: ToolDocument,
    statistics: Vec<Entry>,
    coverage: CoverageDocument,
}

#[derive(Serialize)]
struct Entry {
    rule: &'static str,
    severity: &'static str,
    count: usize,
}

/// The same as one JSON document.
pub(super) fn json(view: &View<'_>) -> SafeText {
    let entry = |r: Row| Entry { rule: r.rule.name, severity: r.worst.as_str(), count: r.count };
    written(&Document {
        schema_version: 1,
        tool: tool(),
        statistics: rows(view).into_iter().map(entry).collect(),
        coverage: coverage(view),
    })
}
