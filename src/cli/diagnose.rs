//! `compose-doctor diagnose`: reads a log, and says what it comes from.

use super::args::{DiagnoseArgs, DiagnoseFormat};
use super::find::search;
use super::output::{about_path, out};
use super::targets::{Targets, open_files, resolve};
use super::{CLEAN, FINDINGS, fail};
use crate::diagnose::{LogScan, Places, explain, read};
use crate::finding::{Quote, Report, prose};
use crate::model::compose::is_compose_name;
use crate::report::{self, RenderOptions, SafeText};
use crate::source::Sources;
use crate::{Options, check, config};
use std::fs::File;
use std::io::{self, BufReader, IsTerminal, Read};
use std::path::{Path, PathBuf};

/// Bytes that are read at a time.
const BUFFER: usize = 64 * 1024;
/// The most names of a folder that are looked through for a Compose file.
const MAX_NAMES: usize = 10_000;

/// Reads the log, checks the project where there is one, and writes what the log comes from.
pub(super) fn run(args: &DiagnoseArgs, options: RenderOptions) -> u8 {
    let targets = match args.project.clone().or_else(here).map(|path| resolve(&[path])).transpose()
    {
        Ok(targets) => targets,
        Err(why) => return fail(&why),
    };
    let scan = match scan(args.file.as_deref()) {
        Ok(scan) => scan,
        Err(why) => return fail(&why),
    };
    let Some(targets) = targets else {
        let nowhere = crate::source::MemoryFiles::default();
        return write(args, options, scan, None, &Sources::new(&nowhere));
    };
    let files = match open_files(&targets.root) {
        Ok(files) => files,
        Err(why) => return fail(&why),
    };
    let sources = Sources::new(&files);
    let report = checked(&sources, &targets);
    // A folder that was named is said to be no project; one that only happens to be here is none.
    if report.stacks.is_empty() && report.findings.is_empty() {
        if args.project.is_some() {
            return fail(&SafeText::own("no Compose file found in the project"));
        }
        return write(args, options, scan, None, &sources);
    }
    write(args, options, scan, Some(&report), &sources)
}

fn checked(sources: &Sources<'_>, targets: &Targets) -> Report {
    let Some(target) = targets.all.first() else { return Report::default() };
    let settings = config::find(sources, &target.folder).unfiltered();
    let report = check(sources, &target.folder, &Options { only: target.only.clone(), settings });
    Report { folder: Some(targets.folder.clone()), ..report }
}

fn write(
    args: &DiagnoseArgs,
    options: RenderOptions,
    scan: LogScan,
    project: Option<&Report>,
    sources: &Sources<'_>,
) -> u8 {
    let places = project.map(|report| Places::of_report(report, sources));
    let diagnosis = explain(scan, project.zip(places.as_ref()));
    let status = if diagnosis.symptoms.is_empty() { FINDINGS } else { CLEAN };
    let nothing = Report::default();
    let report = project.unwrap_or(&nothing);
    let text = match args.output_format {
        DiagnoseFormat::Full => report::diagnosis(&diagnosis, report, sources, options),
        DiagnoseFormat::Json => report::diagnosis_json(&diagnosis, report, sources),
    };
    out(&text, status)
}

/// The folder of the project one stands in: the nearest with a Compose file, from here up, as Compose looks for it.
/// Other Compose files than the default ones count only in the folder itself.
#[allow(
    clippy::disallowed_methods,
    reason = "the command line is where paths come in; files are read through `source`"
)]
fn here() -> Option<PathBuf> {
    let here = std::path::absolute(".").ok()?;
    let names = std::fs::read_dir(&here).ok()?.take(MAX_NAMES).flatten();
    if names.into_iter().any(|n| n.file_name().to_str().is_some_and(is_compose_name)) {
        return Some(here);
    }
    search(&here)?.parent().map(Path::to_path_buf)
}

/// Reads the log from a file, or from standard input.
fn scan(file: Option<&Path>) -> Result<LogScan, SafeText> {
    let input: Box<dyn Read> = match file.filter(|f| f.as_os_str() != "-") {
        Some(path) => Box::new(open(path)?),
        None if file.is_none() && io::stdin().is_terminal() => {
            return Err(SafeText::own(
                "there is no log to read: name a file, or pipe one in\n  docker compose logs 2>&1 | compose-doctor diagnose",
            ));
        }
        None => Box::new(io::stdin().lock()),
    };
    read(BufReader::with_capacity(BUFFER, input)).map_err(|why| {
        let mut text = SafeText::own("the log cannot be read: ");
        text.push(&SafeText::outside(&why.to_string()));
        text
    })
}

/// Opens a log that may lie anywhere, because it was named by hand. Only a regular file is opened, or what a shell
/// puts there for `<(command)`: a pipe below `/dev`. Any other pipe could keep the program waiting for ever.
#[allow(
    clippy::disallowed_methods,
    reason = "the log is no part of the project, and may be larger than what is read of one"
)]
fn open(path: &Path) -> Result<File, SafeText> {
    let meta = std::fs::metadata(path).map_err(|why| {
        about_path(path, prose!("cannot be read: {}", Quote::value(&why.to_string())))
    })?;
    if meta.is_dir() {
        return Err(about_path(
            path,
            "is a folder; name a file with logs, and the project with --project",
        ));
    }
    let handed = path.starts_with("/dev") && is_pipe(&meta);
    if !meta.is_file() && !handed {
        return Err(about_path(path, "is no regular file"));
    }
    File::open(path).map_err(|why| {
        about_path(path, prose!("cannot be read: {}", Quote::value(&why.to_string())))
    })
}

#[cfg(unix)]
fn is_pipe(meta: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::FileTypeExt;
    meta.file_type().is_fifo()
}

#[cfg(not(unix))]
fn is_pipe(_: &std::fs::Metadata) -> bool {
    false
}
