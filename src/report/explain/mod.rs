//! A rule's page in the terminal: what `compose-doctor explain` prints.

mod example;
mod page;

use super::RenderOptions;
use super::catalogue::rules_table;
use super::paint::{Paint, Style};
use super::safe::SafeText;
use super::wrap::wrap;
use crate::finding::RuleMeta;
use page::PageWriter;

/// Pages are read, not scanned: longer lines are hard on the eye.
const MAX_WIDTH: usize = 100;

/// The page of a rule. With `whole_example` every file of the example's project is printed, not only those that the
/// example changes.
pub fn explain(rule: &'static RuleMeta, whole_example: bool, options: RenderOptions) -> SafeText {
    let options = RenderOptions { width: options.width.min(MAX_WIDTH), ..options };
    let paint = Paint(options.color);
    let mut out = SafeText::new();
    paint.own(&mut out, Style::Bold, rule.name);
    out.push_own("\n");
    for line in wrap(&SafeText::own(rule.summary), options.width, options.width) {
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
    out.push_own("\n");
    let mut writer = PageWriter::new(options);
    writer.markdown(rule.page);
    if whole_example {
        example::unchanged_files(rule.page, &mut writer);
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
pub fn explain_each(
    rules: &[&'static RuleMeta],
    whole_example: bool,
    options: RenderOptions,
) -> SafeText {
    let mut out = SafeText::new();
    for (index, rule) in rules.iter().enumerate() {
        if index > 0 {
            out.push_own("\n");
            Paint(options.color).put(
                &mut out,
                Style::Dim,
                &SafeText::composed("─".repeat(options.width.min(MAX_WIDTH))),
            );
            out.push_own("\n\n");
        }
        out.push(&explain(rule, whole_example, options));
    }
    out
}
