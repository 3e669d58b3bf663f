//! SARIF 2.1.0 (OASIS standard; section numbers below are its own), with what GitHub's code scanning asks for on top.
//! URIs are relative to the top of the repository, `%SRCROOT%`.

mod fixes;
mod log;

use super::gaps::{self, GapLine};
use super::json::written;
use super::safe::SafeText;
use super::view::{Spot, View};
use crate::finding::{Finding, RuleMeta, Severity};
use crate::source::RelPath;
use log::{
    ArtifactLocation, Configuration, Driver, Fingerprints, Invocation, Location, Log, Message,
    Multiformat, Notification, NotificationProperties, PhysicalLocation, Region, Result,
    ResultProperties, Rule, RuleProperties, Run, SourceRoot, Text, Tool, UriBases,
};
use std::collections::BTreeMap;

/// GitHub refuses a run with more results.
const MAX_RESULTS: usize = 25_000;
/// GitHub shows no more locations of a result.
const MAX_RELATED: usize = 100;

/// One log with one run.
pub(super) fn render(view: &View<'_>) -> SafeText {
    let mut findings = view.shown.clone();
    if findings.len() > MAX_RESULTS {
        findings = view.worst_first();
        findings.truncate(MAX_RESULTS);
    }
    // Only rules that speak here: a page each for all of them would be most of the file.
    let mut rules: BTreeMap<&str, &'static RuleMeta> = BTreeMap::new();
    for finding in &findings {
        rules.insert(finding.rule.name, finding.rule);
    }
    let index: BTreeMap<&str, usize> =
        rules.keys().enumerate().map(|(i, name)| (*name, i)).collect();
    let results = findings
        .iter()
        .map(|f| result(f, index.get(f.rule.name).copied().unwrap_or(0), view))
        .collect();
    written(&Log {
        schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        version: "2.1.0",
        runs: [Run {
            tool: Tool {
                driver: Driver {
                    name: env!("CARGO_PKG_NAME"),
                    version: env!("CARGO_PKG_VERSION"),
                    semantic_version: env!("CARGO_PKG_VERSION"),
                    rules: rules.into_values().map(rule).collect(),
                },
            },
            invocations: [Invocation {
                execution_successful: true,
                tool_execution_notifications: notifications(
                    view,
                    view.report.findings.len() - findings.len(),
                ),
            }],
            original_uri_base_ids: UriBases {
                root: SourceRoot { description: Text { text: "The top of the repository." } },
            },
            column_kind: "unicodeCodePoints",
            results,
        }],
    })
}

/// What was not looked at or not judged, so that an empty list of results is not taken for a clean bill.
fn notifications(view: &View<'_>, left_out: usize) -> Vec<Notification> {
    let mut all: Vec<Notification> = Vec::new();
    for (path, reason) in &view.report.coverage.skipped {
        let mut text = view.guard.path(path);
        text.push_own(" ").push(&view.guard.line(reason));
        let location = location(view, path, None, None);
        all.push(Notification {
            level: "warning",
            message: message(&text),
            locations: vec![location],
            properties: None,
        });
    }
    for GapLine { gap, text } in gaps::lines(view.report, view.guard, view.sources) {
        let place = gap.why.place.map(|span| view.sources.file(span.file));
        all.push(Notification {
            level: "warning",
            message: message(&text),
            locations: place.iter().map(|f| location(view, &f.path, None, None)).collect(),
            properties: None,
        });
    }
    if left_out > 0 {
        let mut text = SafeText::new();
        text.push_number(left_out).push_own(
            " further findings are left out, none of them worse than those that are here",
        );
        let properties = Some(NotificationProperties { left_out });
        all.push(Notification {
            level: "warning",
            message: message(&text),
            locations: Vec::new(),
            properties,
        });
    }
    all
}

fn rule(rule: &'static RuleMeta) -> Rule {
    let confidence = rule.confidence.as_str();
    let page = SafeText::pasted(rule.page.trim());
    Rule {
        id: rule.name,
        deprecated_ids: rule.aliases,
        short_description: Text { text: rule.summary },
        full_description: Multiformat {
            text: SafeText::pasted(first_section(rule.page)),
            markdown: None,
        },
        help: Multiformat { text: page.clone(), markdown: Some(page) },
        default_configuration: Configuration { level: level(rule.severity) },
        properties: RuleProperties {
            tags: ["docker-compose", rule.group],
            precision: confidence,
            problem_severity: match rule.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Info => "recommendation",
            },
        },
    }
}

/// The text below the first heading of a page: what happens.
fn first_section(page: &str) -> &str {
    let text = page.trim_start();
    let text =
        text.strip_prefix("## ").and_then(|t| t.split_once('\n')).map_or(text, |(_, rest)| rest);
    text.split("\n## ").next().unwrap_or(text).trim()
}

/// SARIF has no `info` (3.27.10): what is advice is a note.
fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

fn result(finding: &Finding, rule_index: usize, view: &View<'_>) -> Result {
    let primary = view.primary(finding);
    let why = finding.labels.first().map(|l| view.guard.line(&l.text)).filter(|t| !t.is_empty());
    let mut text = view.guard.line(&finding.message);
    let help = view.guard.lines(&finding.help);
    for (index, line) in help.iter().enumerate() {
        text.push_own(if index == 0 { "\n\n" } else { "\n" }).push(line);
    }
    let related = finding.labels.iter().skip(1).take(MAX_RELATED).enumerate();
    let related = related.map(|(index, label)| {
        let Spot { path, region: place } = view.spot(label.span);
        Location {
            id: Some(index + 1),
            ..location(view, &path, place.as_ref().map(region), Some(view.guard.line(&label.text)))
        }
    });
    let first = primary.region.as_ref().map_or_else(Region::first_line, region);
    let stacks = finding.stacks.iter().filter_map(|i| view.report.stacks.get(*i));
    Result {
        rule_id: finding.rule.name,
        rule_index,
        level: level(finding.severity),
        message: message(&text),
        locations: if primary.path.is_root() {
            Vec::new()
        } else {
            vec![location(view, &primary.path, Some(first), why)]
        },
        related_locations: related.collect(),
        partial_fingerprints: Fingerprints { own: finding.fingerprint.clone() },
        fixes: fixes::of_finding(finding, view),
        properties: ResultProperties {
            confidence: finding.confidence.as_str(),
            stacks: stacks.map(|s| super::heading::stack_name(s, view.guard)).collect(),
            waits_for: finding.waits_for.iter().map(|fault| fault.rule.name).collect(),
        },
    }
}

fn region(at: &std::ops::Range<crate::source::Position>) -> Region {
    Region {
        start_line: at.start.line,
        start_column: Some(at.start.column),
        end_line: Some(at.end.line),
        end_column: Some(at.end.column),
    }
}

fn location(
    view: &View<'_>,
    path: &RelPath,
    region: Option<Region>,
    text: Option<SafeText>,
) -> Location {
    Location {
        id: None,
        physical_location: PhysicalLocation { artifact_location: artifact(view, path), region },
        message: text.filter(|t| !t.is_empty()).map(|t| message(&t)),
    }
}

fn artifact(view: &View<'_>, path: &RelPath) -> ArtifactLocation {
    ArtifactLocation { uri: uri(&view.in_repository(path)), uri_base_id: "%SRCROOT%" }
}

/// A relative reference (RFC 3986, 4.2): all but unreserved characters and the slash is escaped, so that a colon in a
/// name is no scheme.
fn uri(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'/') {
            out.push(char::from(byte));
        } else {
            let hex = |n: u8| char::from(if n < 10 { b'0' + n } else { b'A' + n - 10 });
            out.extend(['%', hex(byte >> 4), hex(byte & 15)]);
        }
    }
    out
}

/// A message of plain text. `{0}` would be filled in (3.11.5) and `[words](place)` made a link (3.11.6), whoever wrote
/// them; other braces and brackets are shown as they are by the viewers there are, so they stay.
fn message(text: &SafeText) -> Message {
    let text = text.as_str().replace("](", "] (");
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(at) = rest.find('{') {
        let (before, after) = rest.split_at(at);
        let digits = after.bytes().skip(1).take_while(u8::is_ascii_digit).count();
        out.push_str(before);
        if digits > 0 && after.as_bytes().get(digits + 1) == Some(&b'}') {
            out.extend(["{{", after.get(1..=digits).unwrap_or_default(), "}}"]);
            rest = after.get(digits + 2..).unwrap_or_default();
        } else {
            out.push('{');
            rest = after.get(1..).unwrap_or_default();
        }
    }
    out.push_str(rest);
    Message { text: SafeText::composed(out) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uris_and_messages_hold_nothing_of_their_own() {
        assert_eq!(uri("a b/한글:1#?.yaml"), "a%20b/%ED%95%9C%EA%B8%80%3A1%23%3F.yaml");
        let said = |text: &str| message(&SafeText::outside(text)).text.to_string();
        assert_eq!(said("{0} {12} {a} ${X} {} {0"), "{{0}} {{12}} {a} ${X} {} {0");
        assert_eq!(said("[click](http://x) a[0](1)"), "[click] (http://x) a[0] (1)");
        assert_eq!(
            first_section("\n## What happens\nIt fails.\nSo.\n\n## Why\nX"),
            "It fails.\nSo."
        );
    }
}
