//! `compose-doctor check`.

use super::args::CheckArgs;
use super::fixing;
use super::output::out;
use super::progress;
use super::settings;
use super::sink::ReportSink;
use super::targets::{Targets, open_files, resolve};
use super::{CLEAN, FINDINGS, TROUBLE, fail};
use crate::config::Settings;
use crate::facts::{FileKind, file_names};
use crate::filter::known_findings;
use crate::finding::{Coverage, Report};
use crate::report::{self, RenderOptions, SafeText};
use crate::rules::meta;
use crate::source::Sources;
use crate::{Options, check};

/// Checks the paths, writes what was found and says how it went.
pub(super) fn run(args: &CheckArgs, options: RenderOptions) -> u8 {
    let targets = match resolve(&args.paths) {
        Ok(targets) => targets,
        Err(why) => return fail(&why),
    };
    let files = match open_files(&targets.root) {
        Ok(files) => files,
        Err(why) => return fail(&why),
    };
    let sink = match ReportSink::open(args, options, &targets.root) {
        Ok(sink) => sink,
        Err(why) => return fail(&why),
    };
    if fixing::is_wanted(args) {
        return fixing::run(args, &files, &targets, &sink, options);
    }
    let sources = Sources::new(&files);
    let mut settings = match settings::resolve(args, &sources, &targets, options) {
        Ok(settings) => settings,
        Err(status) => return status,
    };
    if args.show_settings {
        return out(&settings::shown(&settings, &targets), CLEAN);
    }
    let update = match args
        .update_baseline
        .then(|| settings::baseline_to_write(&mut settings, &targets))
        .transpose()
    {
        Ok(update) => update,
        Err(why) => return fail(&why),
    };
    let bar = settings.fail_on.unwrap_or_default();
    let quiet = args.quiet || args.no_progress;
    let report =
        progress::shown(!quiet, &|| sources.count(), || check_all(&sources, &targets, &settings));
    if report.stacks.is_empty() && report.findings.is_empty() {
        return sink.nothing(&report, &sources, &nothing(args, &report, &sources));
    }
    if args.show_files {
        return out(&settings::files(&report), CLEAN);
    }
    if let Some(file) = update {
        if report.coverage.faults > 0 {
            return fail(&SafeText::own(
                "the baseline was not written: not everything could be judged, for a fault in compose-doctor",
            ));
        }
        return settings::write_baseline(&file, &known_findings(&report, &sources, &file.folder));
    }
    let gap = args.strict && report.stacks.iter().any(|s| !s.gaps.is_empty());
    let unset = args.strict_vars
        && report.findings.iter().any(|f| std::ptr::eq(f.rule, &meta::UNSET_VARIABLE));
    let failed =
        !args.exit_zero && (gap || unset || report.findings.iter().any(|f| bar.counts(f.severity)));
    // What a fault of ours hides may be worse than what was found.
    let status = match report.coverage.faults {
        0 if failed => FINDINGS,
        0 => CLEAN,
        _ => TROUBLE,
    };
    sink.findings(&report, &sources, status)
}

/// Checks each target and puts the reports together.
pub(super) fn check_all(sources: &Sources<'_>, targets: &Targets, settings: &Settings) -> Report {
    let mut whole = Report::default();
    for target in &targets.all {
        let what = Options { only: target.only.clone(), settings: settings.clone() };
        add(&mut whole, check(sources, &target.folder, &what));
    }
    whole.folder = Some(targets.folder.clone());
    whole
}

fn add(whole: &mut Report, part: Report) {
    let shift = whole.stacks.len();
    whole.stacks.extend(part.stacks);
    for mut finding in part.findings {
        finding.stacks.iter_mut().for_each(|s| *s += shift);
        // What belongs to no stack may be about a file that both have read.
        let place = finding.labels.first();
        let known = || {
            whole
                .findings
                .iter()
                .any(|f| std::ptr::eq(f.rule, finding.rule) && f.labels.first() == place)
        };
        if !finding.stacks.is_empty() || !known() {
            whole.findings.push(finding);
        }
    }
    whole.secrets.extend(part.secrets);
    whole.hidden.suppressed += part.hidden.suppressed;
    whole.hidden.ignored += part.hidden.ignored;
    whole.hidden.known += part.hidden.known;
    whole.hidden.off += part.hidden.off;
    whole.hidden.all_off = whole.hidden.all_off.or(part.hidden.all_off);
    let Coverage {
        compose,
        dockerfile,
        script,
        nginx,
        settings,
        env,
        read,
        skipped,
        unknown,
        not_run,
        faults,
    } = part.coverage;
    let cover = &mut whole.coverage;
    cover.compose += compose;
    cover.dockerfile += dockerfile;
    cover.script += script;
    cover.nginx += nginx;
    cover.settings += settings;
    cover.env += env;
    cover.unknown += unknown;
    cover.not_run = cover.not_run.take().or(not_run);
    let more: Vec<_> = read.into_iter().filter(|r| !cover.read.contains(r)).collect();
    cover.read.extend(more);
    cover.faults += faults;
    let fresh: Vec<_> = skipped.into_iter().filter(|s| !cover.skipped.contains(s)).collect();
    cover.skipped.extend(fresh);
}

/// There is no stack: that is not the same as a clean one.
fn nothing(args: &CheckArgs, report: &Report, sources: &Sources<'_>) -> SafeText {
    let mut text = SafeText::own("no Compose file found in ");
    for (index, path) in args.paths.iter().enumerate() {
        text.push_own(if index > 0 { ", `" } else { "`" })
            .push(&SafeText::outside(&path.to_string_lossy()))
            .push_own("`");
    }
    text.push_own("\n  looked for ");
    for (number, name) in file_names(FileKind::Compose).iter().enumerate() {
        text.push_own(if number > 0 { ", " } else { "" }).push_own(name);
    }
    text.push_own(" and variants such as compose.prod.yaml");
    if !report.coverage.skipped.is_empty() {
        text.push_own("\n  ").push(&report::coverage_line(report, sources));
    }
    text
}
