//! The full format, for people: what happens, why, what to do.
//!
//! miette draws the snippets, one at a time. It can label one file in a report, prints what it is
//! given byte for byte and counts columns in bytes; so it is given prepared windows and their
//! places, and nothing else.

use super::paint::{Paint, Style};
use super::place::Places;
use super::safe::{Guard, SafeText};
use super::snippet::{Window, windows};
use super::wrap::wrap;
use super::{Look, summary};
use crate::finding::{Finding, Report, Severity, StackInfo};
use crate::source::Sources;
use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents,
    ThemeCharacters, ThemeStyles,
};
use std::fmt;

/// Everything a run found, and the two closing lines.
pub fn full(report: &Report, sources: &Sources<'_>, look: Look) -> SafeText {
    let guard = Guard::new(report, sources);
    let places = Places::new(sources, &guard);
    let mut out = SafeText::new();
    let mut stack = None;
    for finding in &report.findings {
        let first = finding.stacks.first().copied().unwrap_or(0);
        if stack != Some(first) {
            stack = Some(first);
            if let Some(info) = report.stacks.get(first) {
                header(&mut out, info, &guard, look);
            }
        }
        one(&mut out, finding, report, &places, &guard, look);
    }
    out.push(&summary::closing(report, &guard, look));
    out
}

/// A stack by its files.
fn stack_name(info: &StackInfo, guard: &Guard) -> SafeText {
    let mut name = SafeText::new();
    for (index, file) in info.files.iter().enumerate() {
        if index > 0 {
            name.push_own(" + ");
        }
        name.push(&guard.path(file));
    }
    name
}

/// `docker-compose.yaml · services db, django · looks like development: …`
fn header(out: &mut SafeText, info: &StackInfo, guard: &Guard, look: Look) {
    let paint = Paint(look.color);
    let name = stack_name(info, guard);
    let mut rest = SafeText::own(" · ");
    rest.push_own(if info.services.len() == 1 { "service " } else { "services " });
    for (index, service) in info.services.iter().enumerate() {
        if index > 0 {
            rest.push_own(", ");
        }
        rest.push(&guard.line(service));
    }
    if info.services.is_empty() {
        rest = SafeText::own(" · no services");
    }
    rest.push_own(" · looks like ").push_own(info.intent.as_str());
    if !info.intent_why.is_empty() {
        rest.push_own(": ").push(&guard.line(&info.intent_why));
    }
    let mut line = name.clone();
    line.push(&rest);
    for (index, part) in wrap(&line, look.width, look.width.saturating_sub(2)).iter().enumerate() {
        if index > 0 {
            out.push_own("  ");
            paint.put(out, Style::Dim, part);
        } else if let Some(tail) = part.as_str().strip_prefix(name.as_str()) {
            paint.put(out, Style::Bold, &name);
            paint.put(out, Style::Dim, &SafeText::composed(tail.to_owned()));
        } else {
            paint.put(out, Style::Bold, part);
        }
        out.push_own("\n");
    }
    out.push_own("\n");
}

fn one(out: &mut SafeText, finding: &Finding, report: &Report, places: &Places<'_>, guard: &Guard, look: Look) {
    let paint = Paint(look.color);
    let style = Style::of(finding.severity);
    let icon = match finding.severity {
        Severity::Error => "  × ",
        Severity::Warning => "  ⚠ ",
        Severity::Info => "  ☞ ",
    };
    let room = look.width.saturating_sub(4).max(20);
    for (index, line) in wrap(&guard.line(&finding.message), room, room).iter().enumerate() {
        paint.own(out, style, if index == 0 { icon } else { "  │ " });
        paint.put(out, Style::Bold, line);
        out.push_own("\n");
    }
    let windows = windows(finding, places, guard, look.width);
    let digits = windows.iter().map(|w| digits(w.last_line)).max().unwrap_or(1);
    for window in &windows {
        draw(out, window, finding.severity, digits, paint);
    }
    help(out, finding, guard, look);
    out.push_own("  ");
    let mut code = SafeText::own(finding.severity.as_str());
    code.push_own("[").push_own(finding.rule.name).push_own("]");
    paint.put(out, style, &code);
    let mut explain = SafeText::own(" · compose-doctor explain ");
    explain.push_own(finding.rule.name).push_own("\n");
    paint.put(out, Style::Dim, &explain);
    also(out, finding, report, guard, look);
    out.push_own("\n");
}

fn digits(line: usize) -> usize {
    line.max(1).to_string().len()
}

/// The other stacks a finding holds for.
fn also(out: &mut SafeText, finding: &Finding, report: &Report, guard: &Guard, look: Look) {
    let mut text = SafeText::own("also in: ");
    let others = finding.stacks.iter().skip(1).filter_map(|i| report.stacks.get(*i));
    for (index, stack) in others.enumerate() {
        if index > 0 {
            text.push_own(", ");
        }
        text.push(&stack_name(stack, guard));
    }
    if finding.stacks.len() > 1 {
        for (index, line) in wrap(&text, look.width.saturating_sub(2), look.width.saturating_sub(11)).iter().enumerate() {
            out.push_own(if index == 0 { "  " } else { "           " });
            Paint(look.color).put(out, Style::Dim, line);
            out.push_own("\n");
        }
    }
}

/// What to do. Indented lines are to be pasted, so they are never broken; they begin below the text.
fn help(out: &mut SafeText, finding: &Finding, guard: &Guard, look: Look) {
    let room = look.width.saturating_sub(8).max(20);
    let lines = guard.lines(&finding.help);
    let indent = |line: &SafeText| line.as_str().len() - line.as_str().trim_start_matches(' ').len();
    let code = lines.iter().map(indent).filter(|i| *i > 0).min().unwrap_or(0);
    for (index, line) in lines.iter().enumerate() {
        let deeper = indent(line);
        let parts = if deeper > 0 { vec![line.without(code)] } else { wrap(line, room, room) };
        for (part, text) in parts.iter().enumerate() {
            if index == 0 && part == 0 {
                out.push_own("  ");
                Paint(look.color).own(out, Style::Cyan, "help:");
                out.push_own(" ");
            } else if !text.is_empty() {
                out.push_own("        ");
            }
            out.push(text).push_own("\n");
        }
    }
}

/// Draws a window so that its line numbers end in the same column as those of its neighbours.
fn draw(out: &mut SafeText, window: &Window, severity: Severity, most_digits: usize, paint: Paint) {
    if window.at.is_none() {
        whole(out, window, most_digits, severity, paint);
        return;
    }
    let theme = GraphicalTheme { characters: ThemeCharacters::unicode(), styles: styles(window, severity, paint) };
    let handler = GraphicalReportHandler::new_themed(theme).with_width(usize::MAX / 4).with_wrap_lines(false).with_links(false);
    let mut text = String::new();
    let handler = handler.without_syntax_highlighting();
    if handler.render_report(&mut text, &Drawing { window, severity }).is_err() {
        return;
    }
    // The first line is for a message, which is already written.
    for line in text.lines().skip(1) {
        out.push_spaces(most_digits - digits(window.last_line));
        // Underlines end in spaces where a label begins at the end of a line.
        out.push(&SafeText::composed(line.trim_end().to_owned())).push_own("\n");
    }
}

/// A file as such: it has no line to show.
fn whole(out: &mut SafeText, window: &Window, most_digits: usize, severity: Severity, paint: Paint) {
    out.push_spaces(most_digits + 2).push_own("╭─[");
    paint.put(out, Style::Cyan, &window.path);
    out.push_own("]\n");
    for mark in &window.marks {
        let style = if mark.primary { Style::of(severity) } else { Style::Cyan };
        for line in mark.text.iter().filter(|l| !l.is_empty()) {
            out.push_spaces(most_digits + 2).push_own("· ");
            paint.put(out, style, line);
            out.push_own("\n");
        }
    }
    out.push_spaces(most_digits + 2).push_own("╰────\n");
}

/// The primary label has the colour of the severity, the others a quieter one.
fn styles(window: &Window, severity: Severity, paint: Paint) -> ThemeStyles {
    if !paint.0 {
        return ThemeStyles::none();
    }
    let mut styles = ThemeStyles::ansi();
    let primary = match severity {
        Severity::Error => styles.error,
        Severity::Warning => styles.warning,
        Severity::Info => styles.advice,
    };
    let other = if severity == Severity::Info { styles.linum } else { styles.advice };
    styles.highlights = window.marks.iter().map(|m| if m.primary { primary } else { other }).collect();
    styles.link = styles.help;
    styles
}

/// A window as miette wants it.
#[derive(Debug)]
struct Drawing<'w> {
    window: &'w Window,
    severity: Severity,
}

impl fmt::Display for Drawing<'_> {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}

impl std::error::Error for Drawing<'_> {}

impl Diagnostic for Drawing<'_> {
    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
            Severity::Info => miette::Severity::Advice,
        })
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(self.window)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.window.marks.iter().map(|mark| {
            let text: Vec<_> = mark.text.iter().map(SafeText::as_str).collect();
            let text = (!text.is_empty()).then(|| text.join("\n"));
            let span = SourceSpan::from(mark.range.clone());
            if mark.primary { LabeledSpan::new_primary_with_span(text, span) } else { LabeledSpan::new_with_span(text, span) }
        })))
    }
}

/// A window is always read whole. When miette asks without context lines it wants to know the place
/// for the header, and is told the one in the file, in characters.
impl SourceCode for Window {
    fn read_span<'a>(&'a self, span: &SourceSpan, before: usize, _: usize) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        if span.offset() + span.len() > self.text.len() {
            return Err(MietteError::OutOfBounds);
        }
        let name = self.path.as_str().to_owned();
        let whole = SourceSpan::from(0..self.text.len());
        let (line, column) = match self.at {
            Some(at) if before == 0 => (at.line as usize - 1, at.column as usize - 1),
            _ => (self.first_line.saturating_sub(1), 0),
        };
        let lines = self.text.lines().count();
        Ok(Box::new(MietteSpanContents::new_named(name, self.text.as_bytes(), whole, line, column, lines)))
    }
}
