//! What a run is asked for: the configuration of the project, and above it the command line.

use super::args::CheckArgs;
use super::output::{about_path, err};
use super::output_file::OutputFile;
use super::targets::Targets;
use super::{CLEAN, fail, find_selector};
use crate::config::{self, Selection, Selector, Settings};
use crate::finding::{Confidence, ConfigLint, KnownFinding, Prose, Quote, Report, prose};
use crate::report::{self, RenderOptions, SafeText};
use crate::rules::{self, meta};
use crate::source::{RelPath, Sources};
use std::path::{Path, PathBuf};

/// The settings of a run; the error is the exit status, and what is wrong was said.
pub(super) fn resolve(
    args: &CheckArgs,
    sources: &Sources<'_>,
    targets: &Targets,
    options: RenderOptions,
) -> Result<Settings, u8> {
    let mut settings = match &args.config {
        _ if args.isolated => Settings::default(),
        Some(path) => named(path, sources, targets).map_err(|why| fail(&why))?,
        None => config::find(sources, &targets.folder),
    };
    if !settings.problems.is_empty() {
        return Err(refused(&settings, sources, targets, options));
    }
    settings.asked = Selection {
        select: (!args.select.is_empty())
            .then(|| selectors(&args.select))
            .transpose()
            .map_err(|why| fail(&why))?,
        extend_select: selectors(&args.extend_select).map_err(|why| fail(&why))?,
        ignore: selectors(&args.ignore).map_err(|why| fail(&why))?,
    };
    if args.strict_vars {
        settings.asked.extend_select.push(Selector::Rule(&meta::UNSET_VARIABLE));
    }
    if let Some(bar) = args.fail_on {
        settings.fail_on = Some(bar.into());
    }
    settings.min_confidence = Some(
        args.min_confidence
            .map_or_else(|| settings.min_confidence.unwrap_or(Confidence::Medium), Into::into),
    );
    settings.no_ignores = args.no_ignores;
    if let Some(path) = &args.baseline {
        let below = below_root(path, targets).map_err(|why| fail(&why))?;
        settings.baseline = Some(config::Baseline { path: below, named: None });
    }
    Ok(settings)
}

fn selectors(names: &[String]) -> Result<Vec<Selector>, SafeText> {
    names.iter().map(|n| n.trim()).filter(|n| !n.is_empty()).map(find_selector).collect()
}

/// The configuration at a path that was named: inside the root it is a file of the project like any other; outside, its
/// patterns and paths are relative to the checked folder.
fn named(path: &Path, sources: &Sources<'_>, targets: &Targets) -> Result<Settings, SafeText> {
    if let Ok(below) = below_root(path, targets) {
        return config::load(sources, &below)
            .ok_or_else(|| about_path(path, "has no table `tool.compose-doctor`"));
    }
    let text = super::targets::read_named(path).map_err(|why| {
        about_path(path, prose!("cannot be read: {}", Quote::value(&why.to_string())))
    })?;
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let at = targets.folder.join(&name).unwrap_or_else(|| targets.folder.clone());
    config::load_text(sources, &at, &text)
        .ok_or_else(|| about_path(path, "has no table `tool.compose-doctor`"))
}

/// A path as seen from the root; it need not exist, but its folder must.
pub(super) fn below_root(path: &Path, targets: &Targets) -> Result<RelPath, SafeText> {
    let folder =
        path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    let real = super::targets::real(folder).ok_or_else(|| about_path(folder, "does not exist"))?;
    let below = real.strip_prefix(&targets.root).ok().and_then(super::targets::below_root);
    let name = path.file_name().and_then(|n| n.to_str());
    below
        .zip(name)
        .and_then(|(below, name)| below.join(name))
        .ok_or_else(|| about_path(path, "lies outside of the project"))
}

/// Says what is wrong with the configuration.
fn refused(
    settings: &Settings,
    sources: &Sources<'_>,
    targets: &Targets,
    options: RenderOptions,
) -> u8 {
    let lint = ConfigLint { problems: settings.problems.clone(), ..ConfigLint::default() };
    let report = Report {
        folder: Some(targets.folder.clone()),
        findings: rules::judge_config(&lint),
        ..Report::default()
    };
    super::output::err(&report::findings(&report, sources, options));
    fail(&SafeText::own("the configuration is not understood; `--isolated` runs without it"))
}

/// A baseline that is to be written.
pub(super) struct BaselineFile {
    path: PathBuf,
    /// The path as it is shown.
    shown: Prose,
    /// The folder it lies in, below the root.
    pub(super) folder: RelPath,
}

/// A path as seen from the checked folder.
fn seen_from(path: &RelPath, folder: &RelPath) -> Prose {
    match path.relative_to(folder) {
        Some(below) => prose!("{}", Quote::path(below)),
        None => prose!("{}, above the checked folder", path),
    }
}

/// The baseline that is to be written, with the folder it lies in; the run that fills it takes no notice of it.
pub(super) fn baseline_to_write(
    settings: &mut Settings,
    targets: &Targets,
) -> Result<BaselineFile, SafeText> {
    let Some(baseline) = settings.baseline.take() else {
        return Err(SafeText::own(
            "--update-baseline needs to know the file: name it with --baseline, or as `baseline` in the configuration",
        ));
    };
    // What is not looked at would be missing in it.
    let folder = baseline.path.parent();
    let covered =
        targets.all.iter().any(|t| t.only.is_none() && folder.relative_to(&t.folder).is_some());
    if !covered {
        return Err(SafeText::own(
            "--update-baseline needs the whole folder that the baseline lies in: check that folder",
        ));
    }
    if !settings.asked.is_empty() {
        return Err(SafeText::own(
            "--update-baseline writes all findings: leave out --select, --extend-select and --ignore",
        ));
    }
    Ok(BaselineFile {
        path: targets.root.join(baseline.path.as_str()),
        shown: seen_from(&baseline.path, &targets.folder),
        folder,
    })
}

/// Writes a baseline and says so.
pub(super) fn write_baseline(to: &BaselineFile, known: &[KnownFinding]) -> u8 {
    let (path, shown) = (&to.path, &to.shown);
    let written =
        OutputFile::at_path(path).and_then(|file| file.write(&report::baseline(known), &[]));
    if let Err(why) = written {
        return fail(&why);
    }
    let count = known.iter().map(|k| k.count).sum();
    let mut line = SafeText::own("wrote ");
    line.push_number(count).push_own(if count == 1 { " finding to `" } else { " findings to `" });
    line.push(&SafeText::plain(shown)).push_own("`\n");
    err(&line);
    CLEAN
}

/// The files that were read, one a line, each behind what it was read as.
pub(super) fn files(report: &Report) -> SafeText {
    let mut text = SafeText::new();
    let wide = report.coverage.read.iter().map(|(kind, _)| kind.len()).max().unwrap_or(0);
    for (kind, path) in &report.coverage.read {
        text.push_own(kind)
            .push_spaces(wide + 2 - kind.len())
            .push(&SafeText::outside(path.as_str()))
            .push_own("\n");
    }
    text
}

/// The settings as a configuration file would write them.
pub(super) fn shown(settings: &Settings, targets: &Targets) -> SafeText {
    let mut text = SafeText::own("# ");
    match &settings.file {
        Some(file) => text.push(&SafeText::plain(&seen_from(file, &targets.folder))),
        None => text.push_own("no configuration"),
    };
    text.push_own("\n");
    let mut put = |line: &str| {
        text.push(&SafeText::outside(line)).push_own("\n");
    };
    let home = settings.file.as_ref().map_or_else(|| targets.folder.clone(), RelPath::parent);
    let path = |path: &RelPath| quoted(path.relative_to(&home).unwrap_or(path.as_str()));
    let list =
        |all: &[Selector]| all.iter().map(|s| quoted(s.as_str())).collect::<Vec<_>>().join(", ");
    let select = settings.asked.select.as_ref().or(settings.selection.select.as_ref());
    put(&format!("select = [{}]", select.map_or_else(|| quoted("ALL"), |s| list(s))));
    put(&format!(
        "extend-select = [{}]",
        list(&[&settings.selection.extend_select[..], &settings.asked.extend_select].concat())
    ));
    put(&format!(
        "ignore = [{}]",
        list(&[&settings.selection.ignore[..], &settings.asked.ignore].concat())
    ));
    if let Some(intent) = settings.intent {
        put(&format!("intent = {}", quoted(intent.as_str())));
    }
    put(&format!(
        "exclude = [{}]",
        settings.exclude.iter().map(|p| quoted(&p.text)).collect::<Vec<_>>().join(", ")
    ));
    let bar = match settings.fail_on.unwrap_or_default() {
        config::FailOn::At(severity) => severity.as_str(),
        config::FailOn::Never => "never",
    };
    put(&format!("fail-on = {}", quoted(bar)));
    put(&format!(
        "min-confidence = {}",
        quoted(settings.min_confidence.unwrap_or(Confidence::Low).as_str())
    ));
    if let Some(baseline) = &settings.baseline {
        put(&format!("baseline = {}", path(&baseline.path)));
    }
    put(&format!("require-suppression-reason = {}", settings.require_suppression_reason));
    if !settings.severity.is_empty() {
        put("");
        put("[severity]");
    }
    for (rule, severity) in &settings.severity {
        put(&format!("{} = {}", rule.name, quoted(severity.as_str())));
    }
    if !settings.path_ignores.is_empty() {
        put("");
        put("[per-path-ignores]");
    }
    for entry in &settings.path_ignores {
        put(&format!("{} = [{}]", quoted(&entry.pattern.text), list(&entry.rules)));
    }
    for stack in &settings.stacks {
        put("");
        put("[[stack]]");
        put(&format!("files = [{}]", stack.files.iter().map(path).collect::<Vec<_>>().join(", ")));
        if let Some(intent) = stack.intent {
            put(&format!("intent = {}", quoted(intent.as_str())));
        }
    }
    text
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}
