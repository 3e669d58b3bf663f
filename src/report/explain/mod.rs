//! A rule's page in the terminal: what `compose-doctor explain` prints.

mod example;
mod page;
mod translation;

use super::RenderOptions;
use super::catalogue::rules_table;
use super::paint::{Paint, Style};
use super::safe::SafeText;
use super::wrap::wrap;
use crate::finding::{Confidence, RuleMeta, Severity};
use page::PageWriter;
pub use translation::Language;

/// Pages are read, not scanned: longer lines are hard on the eye.
const MAX_WIDTH: usize = 100;

/// What of a page is printed, and how.
#[derive(Debug, Clone, Copy)]
pub struct ExplainOptions {
    /// Every file of the example's project, not only those that the example changes.
    pub whole_example: bool,
    /// The language; English where a page has no other.
    pub language: Language,
    /// Colour and width.
    pub render: RenderOptions,
}

/// The page of a rule.
pub fn explain(rule: &'static RuleMeta, options: ExplainOptions) -> SafeText {
    let render = RenderOptions { width: options.render.width.min(MAX_WIDTH), ..options.render };
    let paint = Paint(render.color);
    let local = options.language.page(rule.name, rule.summary, rule.page);
    let words = local.words;
    let mut out = SafeText::new();
    paint.own(&mut out, Style::Bold, rule.name);
    out.push_own("\n");
    for line in wrap(&SafeText::own(local.summary), render.width, render.width) {
        out.push(&line).push_own("\n");
    }
    let mut facts = SafeText::own(match rule.severity {
        Severity::Error => words.error,
        Severity::Warning => words.warning,
        Severity::Info => words.info,
    });
    facts.push_own(" · ").push_own(match rule.confidence {
        Confidence::High => words.high,
        Confidence::Medium => words.medium,
        Confidence::Low => words.low,
    });
    facts.push_own(" · ").push_own(words.since[0]).push_own(rule.since).push_own(words.since[1]);
    for (index, alias) in rule.aliases.iter().copied().enumerate() {
        facts.push_own(if index == 0 { " · " } else { ", " });
        facts.push_own(if index == 0 { words.alias } else { "" }).push_own(alias);
    }
    paint.put(&mut out, Style::Dim, &facts);
    out.push_own("\n");
    let mut writer = PageWriter::new(render);
    writer.markdown(&local.page);
    if options.whole_example {
        example::unchanged_files(rule.page, words.other_files, &mut writer);
    }
    out.push_own("\n").push(&writer.finish());
    out
}

/// The rules of a group, with their summaries.
pub fn explain_group(
    group: &'static str,
    rules: &[&'static RuleMeta],
    options: RenderOptions,
) -> SafeText {
    let paint = Paint(options.color);
    let mut out = SafeText::new();
    paint.own(&mut out, Style::Bold, group);
    out.push_own(": ").push_number(rules.len());
    out.push_own(if rules.len() == 1 { " rule\n\n" } else { " rules\n\n" });
    out.push(&rules_table(rules, options));
    out.push_own("\n`compose-doctor explain RULE` prints the page of one of them.\n");
    out
}

/// The pages of several rules, one below the other.
pub fn explain_each(rules: &[&'static RuleMeta], options: ExplainOptions) -> SafeText {
    let RenderOptions { color, width } = options.render;
    let mut out = SafeText::new();
    for (index, rule) in rules.iter().enumerate() {
        if index > 0 {
            let line = SafeText::composed("─".repeat(width.min(MAX_WIDTH)));
            out.push_own("\n");
            Paint(color).put(&mut out, Style::Dim, &line);
            out.push_own("\n\n");
        }
        out.push(&explain(rule, options));
    }
    out
}
