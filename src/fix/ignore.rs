//! Comments that silence findings, for a project that starts to be checked.

use super::draft::Draft;
use super::plan::{Applied, Plan};
use crate::finding::Finding;
use crate::source::{FileId, Sources};
use crate::syntax::comments::{Language, comments};
use std::collections::BTreeMap;

/// What such a comment begins with.
const MARKER: &str = "compose-doctor:";

/// Adds a comment above the first place of each finding. A place where no comment can be written, such as the middle of
/// a string, is left alone.
pub fn ignore<'f>(
    findings: impl Iterator<Item = &'f Finding>,
    sources: &Sources<'_>,
    reason: &str,
) -> Plan {
    let mut plan = Plan::default();
    let mut lines: BTreeMap<(FileId, u32), Vec<&'static str>> = BTreeMap::new();
    for finding in findings {
        let Some(label) = finding.labels.first() else { continue };
        let line = sources.position(label.span).line;
        let rules = lines.entry((label.span.file, line)).or_default();
        if !rules.contains(&finding.rule.name) {
            rules.push(finding.rule.name);
        }
    }
    let mut drafts: BTreeMap<FileId, Draft> = BTreeMap::new();
    // From the last line to the first, so that lines keep their numbers.
    for ((id, line), rules) in lines.into_iter().rev() {
        let file = sources.file(id);
        let draft = drafts.entry(id).or_insert_with(|| Draft::new(file.clone()));
        let Some(range) = file.line(line) else { continue };
        let language = Language::of_name(file.path.file_name());
        let count = |draft: &Draft| comments(draft.file(), language, MARKER).len();
        let indent = draft.indent(range.start);
        let mut tried = draft.clone();
        let gap = if reason.is_empty() { "" } else { " " };
        let comment = format!("{indent}# {MARKER} ignore[{}]{gap}{reason}", rules.join(", "));
        tried.add_above(range.start, &comment);
        if count(&tried) == count(draft) {
            plan.waiting += rules.len();
            continue;
        }
        *draft = tried;
        let path = file.path.clone();
        plan.applied.extend(rules.into_iter().map(|rule| Applied { rule, path: path.clone() }));
    }
    for draft in drafts.into_values().filter(|d| !d.is_unchanged()) {
        let file = draft.original();
        plan.before.insert(file.path.clone(), Some(file.text.as_bytes().to_vec()));
        plan.files.insert(file.path.clone(), draft.text().as_bytes().to_vec());
    }
    plan
}
