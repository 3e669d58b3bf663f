//! The full format, for people: what happens, why, what to do.

use super::drawing::draw;
use super::guard::Guard;
use super::heading::{heading, stack_name};
use super::paint::{Paint, Style};
use super::place::Places;
use super::safe::SafeText;
use super::snippet::snippets;
use super::view::View;
use super::wrap::wrap;
use super::{RenderOptions, summary};
use crate::finding::{Finding, Report, Severity};
use crate::source::Sources;

/// Columns at which the text of the help begins.
const HELP: usize = 8;
/// Columns by which code to be pasted is set in below it.
const CODE: usize = 4;

/// Everything a run found, and the two closing lines.
pub(super) fn render(view: &View<'_>) -> SafeText {
    let (report, options) = (view.report, view.wanted.options);
    let mut out = SafeText::new();
    let mut stack = None;
    for finding in &view.shown {
        // What is reported about the configuration belongs to no stack, and comes last.
        let first = finding.stacks.first().copied();
        if first.is_some() && stack != first {
            stack = first;
            if let Some(info) = first.and_then(|f| report.stacks.get(f)) {
                heading(&mut out, info, view.guard, options);
            }
        }
        one(&mut out, finding, report, view.places, view.guard, options);
    }
    out.push(&summary::closing(report, view.guard, view.sources, options, view.left_out()));
    out
}

/// The findings alone, for a command whose output is something else.
pub fn findings(report: &Report, sources: &Sources<'_>, options: RenderOptions) -> SafeText {
    let guard = Guard::new(report, sources);
    let places = Places::new(sources, &guard);
    let mut out = SafeText::new();
    report
        .findings
        .iter()
        .for_each(|finding| one(&mut out, finding, report, &places, &guard, options));
    out
}

/// One finding with the lines of its files.
pub(super) fn one(
    out: &mut SafeText,
    finding: &Finding,
    report: &Report,
    places: &Places<'_>,
    guard: &Guard<'_>,
    options: RenderOptions,
) {
    let paint = Paint(options.color);
    let style = Style::of_severity(finding.severity);
    let icon = match finding.severity {
        Severity::Error => "  × ",
        Severity::Warning => "  ⚠ ",
        Severity::Info => "  ☞ ",
    };
    let room = options.width.saturating_sub(4).max(20);
    for (index, line) in wrap(&guard.line(&finding.message), room, room).iter().enumerate() {
        paint.own(out, style, if index == 0 { icon } else { "  │ " });
        paint.put(out, Style::Bold, line);
        out.push_own("\n");
    }
    draw(out, &snippets(finding, places, guard, options.width), finding.severity, paint);
    help(out, finding, guard, options);
    also(out, finding, report, guard, options);
    let mut rule = SafeText::own("  ");
    rule.push_own(finding.severity.as_str())
        .push_own("[")
        .push_own(finding.rule.name)
        .push_own("]");
    rule.push_own(" · compose-doctor explain ").push_own(finding.rule.name);
    paint.put(out, Style::Dim, &rule);
    out.push_own("\n\n");
}

/// The other stacks a finding holds for.
fn also(
    out: &mut SafeText,
    finding: &Finding,
    report: &Report,
    guard: &Guard<'_>,
    options: RenderOptions,
) {
    let mut text = SafeText::own("also in: ");
    let others = finding.stacks.iter().skip(1).filter_map(|i| report.stacks.get(*i));
    for (index, stack) in others.enumerate() {
        if index > 0 {
            text.push_own(", ");
        }
        text.push(&stack_name(stack, guard));
    }
    if finding.stacks.len() > 1 {
        for (index, line) in
            wrap(&text, options.width.saturating_sub(2), options.width.saturating_sub(11))
                .iter()
                .enumerate()
        {
            out.push_own(if index == 0 { "  " } else { "           " });
            Paint(options.color).put(out, Style::Dim, line);
            out.push_own("\n");
        }
    }
}

/// What to do. Indented lines are to be pasted, so they are never broken, and stand out from the
/// sentences around them.
fn help(out: &mut SafeText, finding: &Finding, guard: &Guard<'_>, options: RenderOptions) {
    let room = options.width.saturating_sub(HELP).max(20);
    let lines = guard.lines(&finding.help);
    let indent =
        |line: &SafeText| line.as_str().len() - line.as_str().trim_start_matches(' ').len();
    let least = lines.iter().map(indent).filter(|i| *i > 0).min().unwrap_or(0);
    for (index, line) in lines.iter().enumerate() {
        let code = indent(line) > 0;
        let parts = if code { vec![line.strip_bytes(least)] } else { wrap(line, room, room) };
        if index == 0 {
            out.push_own("  ");
            Paint(options.color).own(out, Style::Cyan, "help:");
            out.push_own(if code { "\n" } else { " " });
        }
        for (part, text) in parts.iter().enumerate() {
            let begun = index == 0 && part == 0 && !code;
            if !text.is_empty() && !begun {
                out.push_spaces(if code { HELP + CODE } else { HELP });
            }
            out.push(text).push_own("\n");
        }
    }
}
