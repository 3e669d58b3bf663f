//! Which fixes of a report can be applied together, and what the files are afterwards.

use crate::finding::{Finding, Report, Safety};
use crate::source::{FileId, Files, RelPath, Sources, Span};
use std::collections::{BTreeMap, BTreeSet};

/// The largest file that is changed, in bytes; larger ones are not read either.
const MAX_BYTES: u64 = 1024 * 1024;

/// What a round of fixes makes of the files.
#[derive(Debug, Default)]
pub struct Plan {
    /// Each file that changes or is created, with its new bytes.
    pub files: BTreeMap<RelPath, Vec<u8>>,
    /// What is applied.
    pub applied: Vec<Applied>,
    /// How many fixes wait because they overlap with one that is applied.
    pub waiting: usize,
}

/// A fix that is applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// The rule of its finding.
    pub rule: &'static str,
    /// The first file that it changes.
    pub path: RelPath,
}

/// Chooses fixes that can be trusted at least this far and do not overlap, in the order of the findings.
pub fn plan(
    report: &Report,
    sources: &Sources<'_>,
    trusted: Safety,
    wanted: impl Fn(&Finding) -> bool,
) -> Plan {
    let mut plan = Plan::default();
    let mut taken: Vec<Span> = Vec::new();
    let mut created: BTreeSet<&RelPath> = BTreeSet::new();
    let mut edits: BTreeMap<FileId, Vec<(Span, String)>> = BTreeMap::new();
    for finding in report.findings.iter().filter(|f| wanted(f)) {
        let Some(fix) =
            finding.fixes.iter().find(|f| f.safety >= trusted && f.safety > Safety::Display)
        else {
            continue;
        };
        let free = fix.edits.iter().all(|e| taken.iter().all(|t| !touch(*t, e.span)))
            && fix.new_files.iter().all(|f| !created.contains(&f.path));
        if !free {
            plan.waiting += 1;
            continue;
        }
        for edit in &fix.edits {
            taken.push(edit.span);
            edits.entry(edit.span.file).or_default().push((edit.span, edit.replacement.unmasked()));
        }
        for file in &fix.new_files {
            created.insert(&file.path);
            plan.files.insert(file.path.clone(), file.text.unmasked().into_bytes());
        }
        let first = fix.edits.first().map(|e| sources.file(e.span.file).path.clone());
        let path = first.or_else(|| fix.new_files.first().map(|f| f.path.clone()));
        plan.applied
            .push(Applied { rule: finding.rule.name, path: path.unwrap_or_else(RelPath::root) });
    }
    for (id, mut edits) in edits {
        let file = sources.file(id);
        // What is on disk may be in another encoding than what was read of it.
        let same =
            |f: &dyn Files| f.read(&file.path, MAX_BYTES).is_ok_and(|b| b == file.text.as_bytes());
        if !same(sources.files()) {
            return Plan::default();
        }
        edits.sort_by_key(|(span, _)| span.start);
        let mut text = String::with_capacity(file.text.len() + 256);
        let mut at = 0;
        for (span, new) in edits {
            text.push_str(file.text.get(at..span.range().start).unwrap_or_default());
            text.push_str(&new);
            at = span.range().end;
        }
        text.push_str(file.text.get(at..).unwrap_or_default());
        plan.files.insert(file.path.clone(), text.into_bytes());
    }
    plan
}

/// Whether two edits must not be made together: they share bytes, or insert at the same point.
fn touch(a: Span, b: Span) -> bool {
    a.file == b.file && a.start <= b.end && b.start <= a.end
}
