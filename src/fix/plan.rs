//! Which fixes of a report can be applied together, and what the files are afterwards.

use super::parses;
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
    /// How many fixes wait: they overlap with one that is applied or set the same key, or change a file that is left
    /// alone.
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
        let breaks = touched(fix).into_iter().any(|id| {
            let mut all = edits.get(&id).cloned().unwrap_or_default();
            let own = fix.edits.iter().filter(|e| e.span.file == id);
            all.extend(own.map(|e| (e.span, e.replacement.unmasked())));
            parses::breaks(&sources.file(id), &all)
        });
        let kept = |p: RelPath| is_in_submodule(&p, sources) || is_recoded(&p, sources);
        if !free || breaks || paths(fix, sources).any(kept) {
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
    for (id, edits) in edits {
        let file = sources.file(id);
        let text = parses::edited(&file, &edits);
        plan.before.insert(file.path.clone(), Some(file.text.as_bytes().to_vec()));
        plan.files.insert(file.path.clone(), text.into_bytes());
    }
    plan
}

/// The files that a fix changes.
fn touched(fix: &Fix) -> BTreeSet<FileId> {
    fix.edits.iter().map(|e| e.span.file).collect()
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
