//! `compose-doctor inspect`: what was worked out of each service, and what is not known and why.

use super::args::{InspectArgs, InspectFormat};
use super::find::{clean, named_root};
use super::output::{about_path, err, out, variable};
use super::suggest::did_you_mean;
use super::targets::{Targets, below_root, open_files, real, resolve};
use super::{CLEAN, FINDINGS, fail};
use crate::check::check_with_account;
use crate::finding::{Finding, Report, ServiceAccount, Severity};
use crate::model::inspect::{ModuleCall, settings_of_module};
use crate::report::{self, RenderOptions, SafeText};
use crate::source::{RelPath, Sources};
use crate::{Options, Settings, config};
use std::path::{Path, PathBuf};

/// Shows the account that is asked for.
pub(super) fn run(args: &InspectArgs, options: RenderOptions) -> u8 {
    let targets = match resolve(std::slice::from_ref(&args.root)) {
        Ok(targets) => targets,
        Err(why) => return fail(&why),
    };
    let targets = match &args.settings {
        // Settings look for env files above the folder they are imported from.
        Some(_) => with_folder_above(targets),
        None => targets,
    };
    let files = match open_files(&targets.root) {
        Ok(files) => files,
        Err(why) => return fail(&why),
    };
    let sources = Sources::new(&files);
    let answer = match &args.settings {
        Some(module) => settings(args, module, &targets, &sources, options),
        None => services(args, &targets, &sources, options),
    };
    match answer {
        Ok((text, status)) => out(&text, status),
        Err(why) => fail(&why),
    }
}

/// The same folder in a root that holds the one above it, where no git work tree holds both.
fn with_folder_above(targets: Targets) -> Targets {
    let folder = targets.root.join(targets.folder.as_str());
    let home = variable("HOME");
    let root = named_root(&folder, false, home.as_deref());
    let below = folder.strip_prefix(&root).ok().and_then(below_root);
    below.map_or(targets, |folder| Targets { root, folder, all: Vec::new() })
}

/// A settings module.
fn settings(
    args: &InspectArgs,
    module: &str,
    targets: &Targets,
    sources: &Sources<'_>,
    options: RenderOptions,
) -> Result<(SafeText, u8), SafeText> {
    let mut variables = vec![("DJANGO_SETTINGS_MODULE".to_owned(), module.to_owned())];
    let class = args.configuration.iter();
    variables.extend(class.map(|c| ("DJANGO_CONFIGURATION".to_owned(), c.clone())));
    variables.extend(args.variables.iter().cloned());
    let call = ModuleCall {
        module,
        root: targets.folder.clone(),
        disk: targets.root.to_string_lossy().into_owned(),
        variables: &variables,
    };
    let Some(account) = settings_of_module(sources, &call) else {
        let mut why = SafeText::own("there is no module `");
        why.push(&SafeText::outside(module)).push_own("` in `");
        why.push(&SafeText::outside(&args.root.to_string_lossy())).push_own("`");
        return Err(why);
    };
    let report = Report { folder: Some(targets.folder.clone()), ..Report::default() };
    let text = match args.format {
        InspectFormat::Json => report::settings_json(&account, &report, sources),
        InspectFormat::Text => report::settings_text(&account, &report, sources, options),
    };
    Ok((text, CLEAN))
}

/// The services of every stack, or those that are named.
fn services(
    args: &InspectArgs,
    targets: &Targets,
    sources: &Sources<'_>,
    options: RenderOptions,
) -> Result<(SafeText, u8), SafeText> {
    let settings = config::find(sources, &targets.folder).unfiltered();
    let report = with_accounts(&args.files, targets, sources, settings)?;
    let all: Vec<&ServiceAccount> =
        report.stacks.iter().filter_map(|s| s.account.as_ref()).flat_map(|a| &a.services).collect();
    if report.stacks.is_empty() {
        return Err(SafeText::own(
            "no Compose file found; `compose-doctor check --show-files` lists what is read",
        ));
    }
    let named: Vec<&str> = args.services.iter().chain(&args.service).map(String::as_str).collect();
    if let Some(name) = named.iter().find(|name| !all.iter().any(|s| s.name == **name)) {
        let mut why = SafeText::own("there is no service `");
        why.push(&SafeText::outside(name)).push_own("`");
        did_you_mean(&mut why, name, all.iter().map(|s| s.name.as_str()));
        return Err(why);
    }
    let shown = |s: &ServiceAccount| named.is_empty() || named.contains(&s.name.as_str());
    let faults = report.findings.iter().filter(|f| stops_loading(f)).cloned().collect();
    let faults = Report { findings: faults, ..without_findings(&report) };
    let status = if faults.findings.is_empty() { CLEAN } else { FINDINGS };
    let one = args.service.as_ref().and_then(|name| all.iter().find(|s| s.name == *name));
    let text = match (args.format, one) {
        (InspectFormat::Json, Some(service)) => report::service_json(service, &report, sources),
        (InspectFormat::Json, None) => report::account_json(&faults, &shown, sources),
        (InspectFormat::Text, _) => {
            if status != CLEAN {
                err(&report::findings(&faults, sources, options));
            }
            report::account(&report, &shown, sources, options)
        }
    };
    Ok((text, status))
}

/// Whether it is something for which Compose does not load the project, or for which a file could not be read.
fn stops_loading(finding: &Finding) -> bool {
    finding.severity == Severity::Error && matches!(finding.rule.group, "files" | "project")
}

/// A report on the same stacks.
fn without_findings(report: &Report) -> Report {
    Report {
        folder: report.folder.clone(),
        stacks: report.stacks.clone(),
        secrets: report.secrets.clone(),
        ..Report::default()
    }
}

/// The project as `check` sees it, with the accounts of its stacks.
pub(super) fn with_accounts(
    files: &[PathBuf],
    targets: &Targets,
    sources: &Sources<'_>,
    settings: Settings,
) -> Result<Report, SafeText> {
    let only: Vec<RelPath> =
        files.iter().map(|file| named(file, targets)).collect::<Result<_, _>>()?;
    let only = if only.is_empty() { None } else { Some(only) };
    let options = Options { only, settings };
    let report = check_with_account(sources, &targets.folder, &options);
    Ok(Report { folder: Some(targets.folder.clone()), ..report })
}

/// A file that is named on the command line, below the root.
pub(super) fn named(file: &Path, targets: &Targets) -> Result<RelPath, SafeText> {
    let path = real(file).ok_or_else(|| about_path(file, "does not exist"))?;
    let below = clean(&path).strip_prefix(&targets.root).ok().and_then(below_root);
    below.ok_or_else(|| about_path(file, "is outside the project"))
}
