//! The labelled snippet of one file, as miette draws it.
//!
//! miette knows one run of lines in a file, prints what it is given byte for byte and counts columns
//! in bytes; so it is given prepared windows, one at a time, and its drawings are put together here.

use super::paint::{Paint, Style};
use super::safe::SafeText;
use super::snippet::{Aside, Snippet, Window};
use super::wrap::columns;
use crate::finding::Severity;
use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError,
    MietteSpanContents, SourceCode, SourceSpan, SpanContents, ThemeCharacters, ThemeStyles,
};
use std::fmt;

/// Draws the snippets of a finding, with the line numbers of all of them in one column.
pub(super) fn draw(out: &mut SafeText, snippets: &[Snippet], severity: Severity, paint: Paint) {
    let last = snippets.iter().flat_map(|s| &s.windows).map(|w| w.last_line).max().unwrap_or(1);
    for snippet in snippets {
        one(out, snippet, severity, digits(last), paint);
    }
}

fn digits(line: usize) -> usize {
    line.max(1).to_string().len()
}

fn one(
    out: &mut SafeText,
    snippet: &Snippet,
    severity: Severity,
    most_digits: usize,
    paint: Paint,
) {
    let mut place = snippet.path.clone();
    if let Some(at) = snippet.at {
        place
            .push_own(":")
            .push_number(at.line as usize)
            .push_own(":")
            .push_number(at.column as usize);
    }
    out.push_spaces(most_digits + 2).push_own("╭─[");
    paint.put(out, Style::Cyan, &place);
    out.push_own("]\n");
    for mark in &snippet.about {
        let style = if mark.primary { Style::of_severity(severity) } else { quiet(severity) };
        for line in mark.text.iter().filter(|l| !l.is_empty()) {
            out.push_spaces(most_digits + 2).push_own("· ");
            paint.put(out, style, line);
            out.push_own("\n");
        }
    }
    let mut last = None;
    for window in &snippet.windows {
        if last.is_some_and(|last| window.first_line > last + 1) {
            out.push_spaces(most_digits + 2).push_own("⋮\n");
        }
        last = Some(window.last_line);
        lines(out, window, severity, most_digits, paint);
        if let Some(aside) = &window.aside {
            label_at_left(out, aside, most_digits, snippet.gutter, severity, paint);
        }
    }
    out.push_spaces(most_digits + 2).push_own("╰────\n");
}

/// The lines of a window with their labels.
fn lines(
    out: &mut SafeText,
    window: &Window,
    severity: Severity,
    most_digits: usize,
    paint: Paint,
) {
    let theme = GraphicalTheme {
        characters: ThemeCharacters::unicode(),
        styles: styles(window, severity, paint),
    };
    let handler = GraphicalReportHandler::new_themed(theme)
        .with_width(usize::MAX / 4)
        .with_wrap_lines(false)
        .with_links(false);
    let mut text = String::new();
    if handler
        .without_syntax_highlighting()
        .render_report(&mut text, &Drawing { window, severity })
        .is_err()
    {
        return;
    }
    // The first line is for a message and the second begins a box, which are already written. The last
    // one ends the box; before it stands the text that goes elsewhere.
    let drawn: Vec<&str> = text.lines().skip(2).collect();
    let end = drawn.len().saturating_sub(if window.aside.is_some() { 2 } else { 1 });
    for line in drawn.iter().take(end) {
        out.push_spaces(most_digits - digits(window.last_line));
        // Underlines end in spaces where a label begins at the end of a line.
        out.push(&SafeText::composed(line.trim_end().to_owned())).push_own("\n");
    }
}

/// The text of a label at its left: `the text ───╯`.
fn label_at_left(
    out: &mut SafeText,
    aside: &Aside,
    most_digits: usize,
    gutter: usize,
    severity: Severity,
    paint: Paint,
) {
    let style = if aside.primary { Style::of_severity(severity) } else { quiet(severity) };
    let indent = aside.middle.saturating_sub(3 + aside.widest);
    for (index, line) in aside.text.iter().enumerate() {
        out.push_spaces(most_digits + 2).push_own("· ").push_spaces(gutter + indent);
        let mut text = line.clone();
        if index == 0 {
            let hook = aside.middle.saturating_sub(indent + columns(line.as_str()) + 1);
            text.push_own(" ").push(&SafeText::composed("─".repeat(hook))).push_own("╯");
        }
        paint.put(out, style, &text);
        out.push_own("\n");
    }
}

/// The style of labels that are not the primary one.
fn quiet(severity: Severity) -> Style {
    if severity == Severity::Info { Style::Dim } else { Style::Cyan }
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
    let other = if quiet(severity) == Style::Dim { styles.linum } else { styles.advice };
    styles.highlights =
        window.marks.iter().map(|m| if m.primary { primary } else { other }).collect();
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
        Some(Box::new(self.window.marks.iter().enumerate().map(|(index, mark)| {
            let text: Vec<_> = mark.text.iter().map(SafeText::as_str).collect();
            let text = match (&self.window.aside, mark.text.is_empty()) {
                // The last label's text is written beside it; for miette it is one line.
                (Some(_), _) if index + 1 == self.window.marks.len() => Some("•".to_owned()),
                (_, true) => None,
                (_, false) => Some(text.join("\n")),
            };
            let span = SourceSpan::from(mark.range.clone());
            if mark.primary {
                LabeledSpan::new_primary_with_span(text, span)
            } else {
                LabeledSpan::new_with_span(text, span)
            }
        })))
    }
}

/// A window is always read whole.
impl SourceCode for Window {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        _: usize,
        _: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        if span.offset() + span.len() > self.text.len() {
            return Err(MietteError::OutOfBounds);
        }
        let whole = SourceSpan::from(0..self.text.len());
        let lines = self.text.lines().count();
        Ok(Box::new(MietteSpanContents::new(
            self.text.as_bytes(),
            whole,
            self.first_line.saturating_sub(1),
            0,
            lines,
        )))
    }
}
