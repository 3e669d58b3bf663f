//! Which fixes of a report can be applied together, and what the files are afterwards.

use crate::finding::{Finding, Fix, Report, Safety};
use crate::source::{EntryKind, FileId, RelPath, Sources, Span};
use std::collections::{BTreeMap, BTreeSet};

/// The largest file that is changed, in bytes; larger ones are not read either.
const MAX_BYTES: u64 = 1024 * 1024;

/// What a round of fixes makes of the files.
#[derive(Debug, Default)]
pub struct Plan {
    /// Each file that changes or is created, with its new bytes.
    pub files: BTreeMap<RelPath, Vec<u8>>,
    /// What each of these files held when it was read; `None` for one that is created.
    pub before: BTreeMap<RelPath, Option<Vec<u8>>>,
    /// What is applied.
    pub applied: Vec<Applied>,
    /// How many fixes wait because they overlap with one that is applied, or change a file that is left alone.
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
        let kept = |p: RelPath| is_in_submodule(&p, sources) || is_recoded(&p, sources);
        if !free || paths(fix, sources).any(kept) {
            plan.waiting += 1;
            continue;
        }
        for edit in &fix.edits {
            taken.push(edit.span);
            edits.entry(edit.span.file).or_default().push((edit.span, edit.replacement.unmasked()));
        }
        for file in &fix.new_files {
            created.insert(&file.path);
            plan.before.insert(file.path.clone(), None);
            plan.files.insert(file.path.clone(), file.text.unmasked().into_bytes());
        }
        let path = paths(fix, sources).next();
        plan.applied
            .push(Applied { rule: finding.rule.name, path: path.unwrap_or_else(RelPath::root) });
    }
    for (id, mut edits) in edits {
        let file = sources.file(id);
        edits.sort_by_key(|(span, _)| span.start);
        let mut text = String::with_capacity(file.text.len() + 256);
        let mut at = 0;
        for (span, new) in edits {
            text.push_str(file.text.get(at..span.range().start).unwrap_or_default());
            text.push_str(&new);
            at = span.range().end;
        }
        text.push_str(file.text.get(at..).unwrap_or_default());
        plan.before.insert(file.path.clone(), Some(file.text.as_bytes().to_vec()));
        plan.files.insert(file.path.clone(), text.into_bytes());
    }
    plan
}

/// The files that a fix changes or creates.
fn paths<'f>(fix: &'f Fix, sources: &Sources<'_>) -> impl Iterator<Item = RelPath> + 'f {
    let changed: Vec<RelPath> =
        fix.edits.iter().map(|e| sources.file(e.span.file).path.clone()).collect();
    changed.into_iter().chain(fix.new_files.iter().map(|f| f.path.clone()))
}

/// Whether a file is in UTF-16 on disk: what was read of it is not what is there.
fn is_recoded(path: &RelPath, sources: &Sources<'_>) -> bool {
    let bytes = sources.files().read(path, MAX_BYTES);
    bytes.is_ok_and(|b| b.starts_with(&[0xff, 0xfe]) || b.starts_with(&[0xfe, 0xff]))
}

/// Whether a file belongs to a git work tree below the root, such as a submodule: what is changed there is not committed
/// with the project.
fn is_in_submodule(path: &RelPath, sources: &Sources<'_>) -> bool {
    let mut folder = path.parent();
    while !folder.as_str().is_empty() {
        let git = folder.join(".git");
        if git.is_some_and(|g| sources.kind(&g) != EntryKind::Missing) {
            return true;
        }
        folder = folder.parent();
    }
    false
}

/// Whether two edits must not be made together: they share bytes, or insert at the same point.
fn touch(a: Span, b: Span) -> bool {
    a.file == b.file && a.start <= b.end && b.start <= a.end
}
