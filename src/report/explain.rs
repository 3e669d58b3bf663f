//! A rule's page in the terminal. Markdown is meant to be read as it is, so little is done to it:
//! headings stand out, code is set in, prose is broken at the width.

use super::RenderOptions;
use super::paint::{Paint, Style};
use super::safe::SafeText;
use super::wrap::wrap;
use crate::finding::RuleMeta;

/// Pages are read, not scanned: longer lines are hard on the eye.
const MAX_WIDTH: usize = 100;

/// The page of a rule.
pub fn explain(rule: &'static RuleMeta, options: RenderOptions) -> SafeText {
    let paint = Paint(options.color);
    let width = options.width.min(MAX_WIDTH);
    let mut out = SafeText::new();
    paint.own(&mut out, Style::Bold, rule.name);
    out.push_own("\n");
    for line in wrap(&SafeText::own(rule.summary), width, width) {
        out.push(&line).push_own("\n");
    }
    let mut facts = SafeText::own(rule.severity.as_str());
    facts
        .push_own(" · ")
        .push_own(rule.confidence.as_str())
        .push_own(" confidence · since ")
        .push_own(rule.since);
    for (index, alias) in rule.aliases.iter().copied().enumerate() {
        facts.push_own(if index == 0 { " · also known as " } else { ", " }).push_own(alias);
    }
    paint.put(&mut out, Style::Dim, &facts);
    out.push_own("\n\n");
    let mut fence: Option<&str> = None;
    for line in rule.page.trim().lines() {
        let trimmed = line.trim_start();
        if let Some(mark) = fence {
            if trimmed.trim_end() == mark {
                fence = None;
            } else {
                out.push_own(if line.is_empty() { "" } else { "    " })
                    .push(&SafeText::outside(&line.replace('\t', "    ")))
                    .push_own("\n");
            }
        } else if trimmed.starts_with("```") {
            fence = Some(&trimmed[..trimmed.len() - trimmed.trim_start_matches('`').len()]);
        } else if let Some(title) = line.strip_prefix("## ").or_else(|| line.strip_prefix("### ")) {
            if !out.as_str().ends_with("\n\n") {
                out.push_own("\n");
            }
            paint.put(&mut out, Style::Bold, &SafeText::outside(title));
            out.push_own("\n");
        } else {
            prose(&mut out, line, width);
        }
    }
    out
}

/// A line of prose or of a list; what follows the first line of a list item hangs below its text.
fn prose(out: &mut SafeText, line: &str, width: usize) {
    let text = line.trim_start();
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let bullet = if text.starts_with("- ") || text.starts_with("* ") {
        2
    } else if digits > 0 && text[digits..].starts_with(". ") {
        digits + 2
    } else {
        0
    };
    let indent = line.len() - text.len();
    let room = width.saturating_sub(indent + bullet).max(20);
    for (index, part) in wrap(&SafeText::outside(&text[bullet..]), room, room).iter().enumerate() {
        if !text.is_empty() {
            out.push_spaces(indent);
            match index {
                0 => out.push(&SafeText::outside(&text[..bullet])),
                _ => out.push_spaces(bullet),
            };
        }
        out.push(part).push_own("\n");
    }
}
