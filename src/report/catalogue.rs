//! All rules at a glance.

use super::RenderOptions;
use super::json::written;
use super::paint::{Paint, Style};
use super::safe::SafeText;
use super::wrap::wrap;
use crate::finding::RuleMeta;
use serde::Serialize;

/// Below this many columns a summary gets lines of its own.
const NARROW: usize = 36;

/// Name, severity, confidence and summary of each rule.
pub fn rules_table(rules: &[&'static RuleMeta], options: RenderOptions) -> SafeText {
    let paint = Paint(options.color);
    let longest = rules.iter().map(|r| r.name.len()).max().unwrap_or(0);
    // `warning` and `medium` are the longest words of the two columns in between.
    let before = longest + 2 + 7 + 2 + 6 + 2;
    let narrow = options.width < before + NARROW;
    let mut out = SafeText::new();
    for rule in rules {
        paint.own(&mut out, Style::Bold, rule.name);
        out.push_spaces(longest + 2 - rule.name.len());
        paint.own(&mut out, Style::of_severity(rule.severity), rule.severity.as_str());
        out.push_spaces(9 - rule.severity.as_str().len());
        paint.own(&mut out, Style::Dim, rule.confidence.as_str());
        let indent = if narrow { 4 } else { before };
        let room = options.width.saturating_sub(indent).max(20);
        for (index, line) in wrap(&SafeText::own(rule.summary), room, room).iter().enumerate() {
            if index == 0 && !narrow {
                out.push_spaces(8 - rule.confidence.as_str().len());
            } else {
                out.push_own("\n").push_spaces(indent);
            }
            out.push(line);
        }
        out.push_own("\n");
    }
    out
}

#[derive(Serialize)]
struct Catalogue {
    schema_version: u32,
    rules: Vec<Entry>,
}

#[derive(Serialize)]
struct Entry {
    name: &'static str,
    aliases: &'static [&'static str],
    group: &'static str,
    severity: &'static str,
    confidence: &'static str,
    since: &'static str,
    summary: &'static str,
    symptoms: &'static [&'static str],
}

/// The same facts as JSON.
pub fn rules_json(rules: &[&'static RuleMeta]) -> SafeText {
    let rules = rules
        .iter()
        .map(|r| Entry {
            name: r.name,
            aliases: r.aliases,
            group: r.group,
            severity: r.severity.as_str(),
            confidence: r.confidence.as_str(),
            since: r.since,
            summary: r.summary,
            symptoms: r.symptoms,
        })
        .collect();
    written(&Catalogue { schema_version: 1, rules })
}
