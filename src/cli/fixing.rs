//! `compose-doctor check --fix`: rounds of fixes in memory until nothing is left to fix, then one look at the disk.

use super::args::CheckArgs;
use super::check::check_all;
use super::output::{err, out};
use super::sink::ReportSink;
use super::targets::Targets;
use super::{CLEAN, FINDINGS, TROUBLE, fail, settings};
use crate::config::Settings;
use crate::finding::{Confidence, Finding, Report, Safety};
use crate::fix::{self, Applied, Plan};
use crate::report::{self, Changed, RenderOptions, SafeText};
use crate::source::{DiskFiles, LayeredFiles, RelPath, Sources};
use std::collections::{BTreeMap, BTreeSet};

/// The most rounds: each applies what does not overlap.
const MAX_ROUNDS: usize = 10;
/// Files with their new bytes.
type NewBytes = BTreeMap<RelPath, Vec<u8>>;

/// What files held when they were read from disk; `None` for one that did not exist.
type OldBytes = BTreeMap<RelPath, Option<Vec<u8>>>;

/// Whether anything is to be changed.
pub(super) fn is_wanted(args: &CheckArgs) -> bool {
    args.fix || args.fix_only || args.diff || args.add_ignore.is_some()
}

/// Fixes what can be fixed, and reports what is left.
pub(super) fn run(
    args: &CheckArgs,
    files: &DiskFiles,
    targets: &Targets,
    sink: &ReportSink<'_>,
    options: RenderOptions,
) -> u8 {
    let call = Call { args, files, targets, sink, options };
    if let Some(reason) = &args.add_ignore {
        return call.add_ignores(reason);
    }
    let trusted = if args.unsafe_fixes { Safety::Unsafe } else { Safety::Safe };
    let mut rounds = Rounds::default();
    loop {
        let layered = LayeredFiles::new(files, rounds.changed.clone());
        let sources = Sources::new(&layered);
        let settings = match settings::resolve(args, &sources, targets, options) {
            Ok(settings) => settings,
            Err(status) => return status,
        };
        let report = check_all(&sources, targets, &settings);
        let plan = fix::plan(&report, &sources, trusted, |f| is_shown(f, &settings));
        if plan.applied.is_empty() {
            return call.finish(&report, &sources, &settings, &rounds);
        }
        if let Err(rules) = rounds.apply(plan) {
            return circle(&rules);
        }
    }
}

/// Rounds of fixes, each laid over what those before it made.
#[derive(Default)]
struct Rounds {
    changed: NewBytes,
    before: OldBytes,
    /// What was changed before each round.
    states: Vec<NewBytes>,
    /// What each round applied.
    applied: Vec<Vec<Applied>>,
}

impl Rounds {
    /// Applies one more round; the rules whose fixes undo each other, or never come to an end, where it is one of those.
    fn apply(&mut self, plan: Plan) -> Result<(), Vec<&'static str>> {
        let mut next = self.changed.clone();
        next.extend(plan.files);
        self.states.push(std::mem::take(&mut self.changed));
        self.applied.push(plan.applied);
        let since = self.states.iter().position(|s| *s == next);
        if since.is_some() || self.states.len() > MAX_ROUNDS {
            // Without a circle, what still goes on is what the last rounds did.
            let since = since.unwrap_or(MAX_ROUNDS / 2);
            let rules: BTreeSet<&'static str> =
                self.applied.iter().skip(since).flatten().map(|a| a.rule).collect();
            return Err(rules.into_iter().collect());
        }
        // A file is read once from disk; what later rounds read of it is what they made of it.
        for (path, bytes) in plan.before {
            self.before.entry(path).or_insert(bytes);
        }
        self.changed = next;
        Ok(())
    }

    /// Everything that was applied.
    fn applied(&self) -> Vec<Applied> {
        self.applied.iter().flatten().cloned().collect()
    }
}

fn is_shown(finding: &Finding, settings: &Settings) -> bool {
    finding.confidence >= settings.min_confidence.unwrap_or(Confidence::Medium)
}

/// Fixes that undo each other: nothing is written.
fn circle(rules: &[&'static str]) -> u8 {
    let mut text =
        SafeText::own("the fixes of these rules never come to an end, and nothing was written: ");
    for (index, rule) in rules.iter().enumerate() {
        text.push_own(if index > 0 { ", " } else { "" }).push_own(rule);
    }
    text.push_own("; this is a bug, please report it");
    fail(&text)
}

/// What the program was called for.
struct Call<'c> {
    args: &'c CheckArgs,
    files: &'c DiskFiles,
    targets: &'c Targets,
    sink: &'c ReportSink<'c>,
    options: RenderOptions,
}

impl Call<'_> {
    /// The folder that listed files are relative to, where they are to be listed.
    fn each(&self) -> Option<&RelPath> {
        self.args.show_fixes.then_some(&self.targets.folder)
    }

    /// Writes the files, or shows what would be written, and reports what is left.
    fn finish(
        &self,
        report: &Report,
        sources: &Sources<'_>,
        settings: &Settings,
        rounds: &Rounds,
    ) -> u8 {
        let Rounds { changed, before, .. } = rounds;
        let applied = &rounds.applied();
        if self.args.diff {
            return self.diff(changed, before);
        }
        fix::remove_leftovers(
            &Sources::new(self.files),
            report.coverage.read.iter().map(|(_, path)| path),
        );
        if let Err(why) = self.write(changed, before) {
            return fail(&why);
        }
        let fixed = !applied.is_empty();
        if fixed && !self.args.quiet || self.args.show_fixes {
            err(&summary("fixed", applied, changed.len(), self.each()));
        }
        let bar = settings.fail_on.unwrap_or_default();
        let left = !self.args.fix_only && report.findings.iter().any(|f| bar.counts(f.severity));
        let failed = left && !self.args.exit_zero || fixed && self.args.exit_non_zero_on_fix;
        let status = match report.coverage.faults {
            0 if failed => FINDINGS,
            0 => CLEAN,
            _ => TROUBLE,
        };
        if self.args.fix_only {
            return status;
        }
        if report.stacks.is_empty() && report.findings.is_empty() {
            return self.sink.nothing(report, sources, &SafeText::own("no Compose file found"));
        }
        self.sink.findings(report, sources, status)
    }

    fn write(&self, changed: &NewBytes, before: &OldBytes) -> Result<(), SafeText> {
        let sources = Sources::new(self.files);
        fix::write(&sources, changed, before).map_err(|e| {
            let mut text = shown(&e.path, &self.targets.folder);
            text.push_own(" was not written: ").push(&SafeText::outside(&e.why));
            for path in &e.written {
                text.push_own("\n  written before: ").push(&shown(path, &self.targets.folder));
            }
            text
        })
    }

    /// Shows what would be written; 1 where that is something.
    fn diff(&self, changed: &NewBytes, before: &OldBytes) -> u8 {
        let sources = Sources::new(self.files);
        let settings = match settings::resolve(self.args, &sources, self.targets, self.options) {
            Ok(settings) => settings,
            Err(status) => return status,
        };
        let report = check_all(&sources, self.targets, &settings);
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let texts: Vec<(&RelPath, Option<String>, String)> = changed
            .iter()
            .map(|(path, after)| {
                let before = before.get(path).and_then(|b| b.as_deref()).map(text);
                (path, before, text(after))
            })
            .filter(|(_, before, after)| before.as_ref() != Some(after))
            .collect();
        let files: Vec<Changed<'_>> = texts
            .iter()
            .map(|(path, before, after)| Changed { path, before: before.as_deref(), after })
            .collect();
        let status = if files.is_empty() { CLEAN } else { FINDINGS };
        out(&report::diff(&report, &sources, &files, self.options), status)
    }

    /// Adds a comment beside everything that would be shown.
    fn add_ignores(&self, reason: &str) -> u8 {
        let sources = Sources::new(self.files);
        let settings = match settings::resolve(self.args, &sources, self.targets, self.options) {
            Ok(settings) => settings,
            Err(status) => return status,
        };
        let report = check_all(&sources, self.targets, &settings);
        let shown = report.findings.iter().filter(|f| is_shown(f, &settings));
        let plan = fix::ignore(shown, &sources, reason);
        if self.args.diff {
            return self.diff(&plan.files, &plan.before);
        }
        if let Err(why) = self.write(&plan.files, &plan.before) {
            return fail(&why);
        }
        err(&summary("silenced", &plan.applied, plan.files.len(), self.each()));
        if plan.waiting > 0 {
            let mut line = SafeText::new();
            line.push_number(plan.waiting).push_own(" are at places that take no comment\n");
            err(&line);
        }
        CLEAN
    }
}

/// A path as it is seen from the checked folder.
fn shown(path: &RelPath, folder: &RelPath) -> SafeText {
    SafeText::outside(path.relative_to(folder).unwrap_or(path.as_str()))
}

/// `fixed 3 findings in 2 files`, with a line for each file and rule where they are asked for.
fn summary(
    what: &'static str,
    applied: &[Applied],
    files: usize,
    each: Option<&RelPath>,
) -> SafeText {
    let mut text = SafeText::own(what);
    text.push_own(" ")
        .push_number(applied.len())
        .push_own(if applied.len() == 1 { " finding in " } else { " findings in " })
        .push_number(files)
        .push_own(if files == 1 { " file\n" } else { " files\n" });
    if let Some(folder) = each {
        let mut counts: BTreeMap<(&RelPath, &'static str), usize> = BTreeMap::new();
        applied.iter().for_each(|a| *counts.entry((&a.path, a.rule)).or_default() += 1);
        for ((path, rule), count) in counts {
            text.push_own("  ").push(&shown(path, folder)).push_own(": ");
            text.push_number(count).push_own(" × ").push_own(rule).push_own("\n");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A round in which a rule writes this into the one file.
    fn round(rule: &'static str, text: &str) -> Plan {
        let path = RelPath::new("compose.yaml").unwrap_or_else(RelPath::root);
        Plan {
            files: NewBytes::from([(path.clone(), text.as_bytes().to_vec())]),
            before: OldBytes::from([(path.clone(), Some(b"before".to_vec()))]),
            applied: vec![Applied { rule, path }],
            ..Plan::default()
        }
    }

    #[test]
    fn a_circle_names_its_rules_alone() {
        let mut rounds = Rounds::default();
        for (rule, text) in [("first", "1"), ("there", "2"), ("back", "3")] {
            assert_eq!(rounds.apply(round(rule, text)), Ok(()));
        }
        assert_eq!(rounds.apply(round("again", "1")), Err(vec!["again", "back", "there"]));
        assert_eq!(rounds.before.len(), 1);
    }

    #[test]
    fn rounds_come_to_an_end() {
        let mut rounds = Rounds::default();
        for number in 0..MAX_ROUNDS {
            assert_eq!(rounds.apply(round("grows", &number.to_string())), Ok(()));
        }
        assert_eq!(rounds.apply(round("grows", "on")), Err(vec!["grows"]));
    }
}
