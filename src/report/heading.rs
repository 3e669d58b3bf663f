//! The line above the findings of a stack: what it is and how it was understood.

use super::RenderOptions;
use super::guard::Guard;
use super::paint::{Paint, Style};
use super::safe::SafeText;
use super::wrap::wrap;
use crate::finding::StackInfo;
use std::ops::Range;

/// A stack by its files.
pub(super) fn stack_name(info: &StackInfo, guard: &Guard<'_>) -> SafeText {
    let mut name = SafeText::new();
    for (index, file) in info.files.iter().take(info.own).enumerate() {
        if index > 0 {
            name.push_own(" + ");
        }
        name.push(&guard.path(file));
    }
    name
}

/// `docker-compose.yaml · services db, django · looks like development: …`, the names in bold.
pub(super) fn heading(
    out: &mut SafeText,
    info: &StackInfo,
    guard: &Guard<'_>,
    options: RenderOptions,
) {
    let mut line = stack_name(info, guard);
    // Where the names stand: paths have spaces, so words are no guide.
    let mut names: Vec<Range<usize>> = Vec::with_capacity(1 + info.services.len());
    names.push(0..line.as_str().len());
    line.push_own(match info.services.len() {
        0 => " · no services",
        1 => " · service ",
        _ => " · services ",
    });
    for (index, service) in info.services.iter().enumerate() {
        if index > 0 {
            line.push_own(", ");
        }
        let start = line.as_str().len();
        line.push(&guard.name(service));
        names.push(start..line.as_str().len());
    }
    line.push_own(" · looks like ").push_own(info.intent.as_str());
    if !info.intent_why.is_empty() {
        line.push_own(": ").push(&guard.line(&info.intent_why));
    }
    let mut at = 0;
    for (index, part) in
        wrap(&line, options.width, options.width.saturating_sub(2)).iter().enumerate()
    {
        // The spaces at which a line was broken are gone.
        let rest = line.as_str().get(at..).unwrap_or_default();
        if !rest.starts_with(part.as_str()) {
            at += rest.len() - rest.trim_start_matches(' ').len();
        }
        out.push_spaces(if index == 0 { 0 } else { 2 });
        painted(out, part, at, &names, Paint(options.color));
        out.push_own("\n");
        at += part.as_str().len();
    }
    out.push_own("\n");
}

/// Writes a part of a line that begins at byte `at` of it: `names` in bold, the rest dim.
fn painted(out: &mut SafeText, part: &SafeText, at: usize, names: &[Range<usize>], paint: Paint) {
    let text = part.as_str();
    let mut done = 0;
    let mut put = |style: Style, end: usize| {
        let end = end.clamp(done, text.len());
        paint.put(
            out,
            style,
            &SafeText::composed(text.get(done..end).unwrap_or_default().to_owned()),
        );
        done = end;
    };
    for name in names {
        put(Style::Dim, name.start.saturating_sub(at));
        put(Style::Bold, name.end.saturating_sub(at));
    }
    put(Style::Dim, text.len());
}
