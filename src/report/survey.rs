//! What a run looked at, in full: for `--verbose`, and for the question why a finding did or did not come.

use super::guard::Guard;
use super::heading::heading;
use super::place::Places;
use super::safe::SafeText;
use super::view::View;
use super::{RenderOptions, Wanted, gaps};
use crate::finding::{Quote, Report, prose};
use crate::source::{FileId, RelPath, Sources};
use std::collections::BTreeSet;

/// The folder, the stacks, every file that was read with what it was read as, every file that was not with the reason.
/// `root` is how the folder is named that nothing outside of was opened.
pub fn survey(
    report: &Report,
    sources: &Sources<'_>,
    options: RenderOptions,
    root: &SafeText,
) -> SafeText {
    let guard = Guard::new(report, sources);
    let places = Places::new(sources, &guard);
    let wanted =
        Wanted { options: RenderOptions { color: false, ..options }, most: usize::MAX, above: "" };
    write(&View::new(report, sources, &guard, &places, &wanted), root)
}

fn write(view: &View<'_>, root: &SafeText) -> SafeText {
    let (report, guard) = (view.report, view.guard);
    let mut out = SafeText::own("nothing outside of ");
    out.push(root).push_own(" was opened\n");
    let folder = report.folder.clone().unwrap_or_else(RelPath::root);
    out.push_own("checked ")
        .push(&SafeText::outside(&folder.to_string()))
        .push_own(" in it; paths below are from there\n\n");
    for stack in &report.stacks {
        heading(&mut out, stack, guard, view.wanted.options);
    }
    let known: BTreeSet<&RelPath> = report.coverage.read.iter().map(|(_, path)| path).collect();
    let others: BTreeSet<RelPath> = (0..view.sources.count())
        .map(|n| view.sources.file(FileId(u32::try_from(n).unwrap_or(u32::MAX))).path.clone())
        .filter(|path| !known.contains(path))
        .collect();
    let read = report.coverage.read.iter().map(|(kind, path)| (*kind, path));
    for (kind, path) in read.chain(others.iter().map(|p| ("other file", p))) {
        out.push_own("read ").push_own(kind).push_own(" ").push(&guard.path(path)).push_own("\n");
    }
    for (path, reason) in &report.coverage.skipped {
        out.push_own("skipped ")
            .push(&guard.path(path))
            .push_own(": it ")
            .push(&guard.line(reason))
            .push_own("\n");
    }
    for line in gaps::lines(report, guard, view.sources) {
        out.push_own("not judged: ").push(&line.text).push_own("\n");
        for rule in &line.gap.rules {
            out.push_own("  ").push_own(rule.name).push_own("\n");
        }
    }
    let mut unknown = BTreeSet::new();
    for value in report.stacks.iter().flat_map(|s| &s.unknown) {
        let name = Quote::name(&value.service);
        let mut line = prose!("{}: {} not known: {}", name, value.subject, value.why);
        if let Some(span) = value.why.place {
            line.push(&prose!(" ({})", gaps::place(span, guard, view.sources)));
        }
        let line = guard.line(&line);
        // Two stacks may hold the same service.
        if unknown.insert(line.to_string()) {
            out.push(&line).push_own("\n");
        }
    }
    out.push_own("\n");
    out
}
