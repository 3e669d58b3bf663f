//! What of the findings is shown: what people asked for, by name, by path, by a comment, by a file of known findings.
//!
//! The order matters. A comment counts as used whenever it meets a finding, also one that is not shown for another
//! reason, so that nobody is told to take out what is needed tomorrow. Known findings come last, because the file of
//! them holds what would be shown.

mod baseline;
mod suppression;

pub use baseline::known_findings;

use crate::config::{Selection, Settings};
use crate::finding::{Awaited, ConfigLint, Finding, Own, Quote, Remark, Report, RuleMeta, prose};
use crate::rules;
use crate::source::{RelPath, Sources};
use crate::syntax::comments::Language;
use std::collections::BTreeMap;

/// What a run looked at, as far as it matters for what is shown.
pub(crate) struct FilterScope<'a> {
    /// The checked folder.
    pub(crate) folder: &'a RelPath,
    /// Whether all of the folder was checked, and not some files of it.
    pub(crate) whole: bool,
    /// The files that were read, and what they are written in.
    pub(crate) files: &'a BTreeMap<RelPath, Language>,
    /// The patterns of `exclude` that left nothing out, by their number.
    pub(crate) idle_excludes: &'a [usize],
}

/// Leaves out of the report what is not to be shown, and adds what there is to report about the configuration.
pub(crate) fn apply(
    report: &mut Report,
    sources: &Sources<'_>,
    settings: &Settings,
    scope: &FilterScope<'_>,
) {
    let mut lint = ConfigLint {
        reason_required: settings.require_suppression_reason,
        problems: settings.problems.clone(),
        ..ConfigLint::default()
    };
    report.findings.iter_mut().for_each(|f| override_severity(f, settings));
    let all: Vec<Awaited> = report.findings.iter().filter_map(Awaited::of).collect();
    if !settings.no_ignores {
        let comments = suppression::Comments::read(&report.findings, sources, scope);
        let before = report.findings.len();
        report.findings.retain(|f| !comments.silence(f, sources));
        report.hidden.suppressed = before - report.findings.len();
        lint.suppressions = comments.into_suppressions();
    }
    let before = report.findings.len();
    report.findings.retain(|f| !ignored_there(f, settings, sources));
    report.hidden.ignored = before - report.findings.len();
    leave_out_orphans(report, &all);
    let off = |f: &&Finding| {
        !f.rule.opt_in
            && settings.selection.shows(f.rule) == Some(false)
            && !asked(settings, f.rule)
    };
    report.hidden.off = report.findings.iter().filter(off).count();
    report.hidden.all_off = settings.shows_nothing();
    report.findings.retain(|f| wanted(f, settings));
    // A rule that was not asked for is not missed.
    for gaps in report.stacks.iter_mut().map(|s| &mut s.gaps) {
        gaps.iter_mut().for_each(|g| g.rules.retain(|rule| shows(settings, rule)));
        gaps.retain(|g| !g.rules.is_empty());
    }
    lint.idle = idle(settings, scope);
    if let Some(path) = &settings.baseline {
        let before = report.findings.len();
        match baseline::Known::read(sources, path) {
            Ok(mut known) => {
                report.findings.retain(|f| !known.holds(f, sources));
                lint.stale = if scope.whole { known.left(scope.folder) } else { Vec::new() };
            }
            Err(problem) => lint.problems.push(problem),
        }
        report.hidden.known = before - report.findings.len();
    }
    let own = rules::judge_config(&lint).into_iter().map(|mut f| {
        override_severity(&mut f, settings);
        f
    });
    report
        .findings
        .extend(own.filter(|f| wanted(f, settings) && !ignored_there(f, settings, sources)));
}

/// Leaves out what waits for a fault that people chose to live with: it will not be fixed. `all` is what there was.
fn leave_out_orphans(report: &mut Report, all: &[Awaited]) {
    loop {
        let left: Vec<Awaited> = report.findings.iter().filter_map(Awaited::of).collect();
        let gone = |fault: &Awaited| all.contains(fault) && !left.contains(fault);
        let before = report.findings.len();
        report.findings.retain(|f| !f.waits_for.iter().any(gone));
        // Others may wait for what went.
        if report.findings.len() == before {
            return;
        }
    }
}

/// Gives a finding the severity that the project wants for its rule.
fn override_severity(finding: &mut Finding, settings: &Settings) {
    if let Some((_, severity)) =
        settings.severity.iter().find(|(rule, _)| std::ptr::eq(*rule, finding.rule))
    {
        finding.severity = *severity;
    }
}

/// Whether the rule of a finding was asked for, and it is sure enough.
fn wanted(finding: &Finding, settings: &Settings) -> bool {
    shows(settings, finding.rule)
        && settings.min_confidence.is_none_or(|least| finding.confidence >= least)
}

/// Whether a rule was asked for: the command line has the last word, then the file.
fn shows(settings: &Settings, rule: &RuleMeta) -> bool {
    let by = |selection: &Selection| selection.shows(rule);
    by(&settings.asked).or_else(|| by(&settings.selection)).unwrap_or(!rule.opt_in)
}

/// Whether the command line names the rule: who typed that knows what is left out.
fn asked(settings: &Settings, rule: &RuleMeta) -> bool {
    settings.asked.shows(rule).is_some()
}

/// Whether the project does not want to see the rule in one of the files that the finding stands in.
fn ignored_there(finding: &Finding, settings: &Settings, sources: &Sources<'_>) -> bool {
    let entries = || {
        settings
            .path_ignores
            .iter()
            .filter(|e| e.rules.iter().any(|s| s.names(finding.rule).is_some()))
    };
    !settings.path_ignores.is_empty()
        && finding.labels.iter().any(|l| {
            let file = sources.file(l.span.file);
            entries().any(|e| e.pattern.matches(&file.path))
        })
}

/// Entries of the configuration that nothing came of, where everything they could be about was looked at.
fn idle(settings: &Settings, scope: &FilterScope<'_>) -> Vec<Remark> {
    let Some(folder) = settings.file.as_ref().map(RelPath::parent) else { return Vec::new() };
    if !scope.whole || folder.relative_to(scope.folder).is_none() {
        return Vec::new();
    }
    let unmatched = settings
        .path_ignores
        .iter()
        .map(|e| &e.pattern)
        .filter(|p| !scope.files.keys().any(|f| p.matches(f)));
    let excludes = scope.idle_excludes.iter().filter_map(|i| settings.exclude.get(*i));
    let unmatched = unmatched.map(|p| (p, "no file that was read matches"));
    let excludes = excludes.map(|p| (p, "no Compose file, Dockerfile or manual matches"));
    let remark = |(pattern, what): (&crate::config::Pattern, &'static str)| {
        Remark {
        span: pattern.span,
        message: prose!("{} `{}`: the entry does nothing", Own(what), Quote::value(&pattern.text)),
        help: "patterns are those of .gitignore, relative to the folder of this file; mend it or take it out".into(),
    }
    };
    unmatched.chain(excludes).map(remark).collect()
}
