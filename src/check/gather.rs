//! What all folders gave, put together as one report.

use super::fingerprint;
use super::folder::FolderReport;
use super::read_files::Read;
use crate::finding::{Coverage, Report};
use crate::source::{RelPath, Skipped, Sources};
use crate::syntax::comments::Language;
use std::collections::{BTreeMap, BTreeSet};

/// Why not everything of a folder was followed.
const CUT: &str = "asks for more work than one folder gets; scripts, images and settings were not followed to their ends";

/// Leaves out stacks whose file another stack takes in with `include` or `extends`: they are no stacks of
/// their own, and are checked where they are taken in.
fn without_parts_of_others(mut parts: Vec<FolderReport>) -> Vec<FolderReport> {
    let takes: Vec<(RelPath, RelPath)> = parts
        .iter()
        .flat_map(|p| &p.stacks)
        .flat_map(|s| {
            s.files.iter().skip(s.own).filter_map(|f| Some((s.files.first()?.clone(), f.clone())))
        })
        .collect();
    // Of two that take each other in, the first one shows it.
    let circle =
        |by: &RelPath, of: &RelPath| by >= of && takes.iter().any(|(b, o)| b == of && o == by);
    let taken: BTreeSet<RelPath> =
        takes.iter().filter(|(by, of)| !circle(by, of)).map(|(_, of)| of.clone()).collect();
    for part in &mut parts {
        let keep: Vec<bool> = part
            .stacks
            .iter()
            .map(|s| s.own > 1 || !s.files.first().is_some_and(|f| taken.contains(f)))
            .collect();
        if keep.iter().all(|k| *k) {
            continue;
        }
        let number: Vec<usize> = keep
            .iter()
            .scan(0, |next, k| {
                let this = *next;
                *next += usize::from(*k);
                Some(this)
            })
            .collect();
        part.findings.iter_mut().for_each(|f| {
            f.stacks = f.stacks.iter().filter(|s| keep[**s]).map(|s| number[*s]).collect()
        });
        part.findings.retain(|f| !f.stacks.is_empty());
        let mut kept = keep.iter();
        part.stacks.retain(|_| kept.next() == Some(&true));
    }
    parts
}

/// Puts the parts together; with the files that were read, and what they are written in.
pub(super) fn gather(
    sources: &Sources<'_>,
    folder: &RelPath,
    parts: Vec<FolderReport>,
    unseen: Vec<Skipped>,
) -> (Report, BTreeMap<RelPath, Language>) {
    let mut report = Report { folder: Some(folder.clone()), ..Report::default() };
    let mut read = Read::default();
    let mut coverage = Coverage::default();
    for mut part in without_parts_of_others(parts) {
        let shift = report.stacks.len();
        report.stacks.append(&mut part.stacks);
        report.findings.extend(part.findings.into_iter().map(|mut f| {
            f.stacks.iter_mut().for_each(|s| *s += shift);
            f
        }));
        report.secrets.extend(part.secrets);
        coverage.unknown += part.unknown;
        coverage.faults += part.failed.len();
        coverage.skipped.extend(part.failed);
        coverage.skipped.extend(part.passed_over);
        coverage.skipped.extend(part.cut.map(|place| (place, CUT.into())));
        read.add(part.read);
    }
    coverage
        .skipped
        .extend(unseen.into_iter().chain(sources.skipped()).map(|s| (s.path, s.reason.reason())));
    (coverage.compose, coverage.dockerfile, coverage.script) =
        (read.compose.len(), read.dockerfile.len(), read.script.len());
    (coverage.nginx, coverage.settings, coverage.env) =
        (read.nginx.len(), read.settings.len(), read.env.len());
    report.coverage = coverage;
    report.findings.sort_by_key(|f| {
        let waits = !f.waits_for.is_empty();
        (f.stacks.first().copied(), waits, std::cmp::Reverse(f.severity))
    });
    report.coverage.read = read.named();
    let files = read.languages();
    fingerprint::mark(&mut report.findings, sources, &files);
    report.secrets.sort_unstable();
    report.secrets.dedup();
    (report, files)
}
