//! Where the result of a check goes, and in which format.

use super::args::CheckArgs;
use super::output::{err, out, variable};
use super::output_file::OutputFile;
use super::suggest;
use super::{CLEAN, fail};
use crate::finding::Report;
use crate::report::{self, FORMATS, Format, RenderOptions, SafeText, Wanted};
use crate::source::Sources;
use std::path::{Path, PathBuf};

/// The format and the file that were asked for.
pub(super) struct ReportSink<'a> {
    args: &'a CheckArgs,
    format: &'static Format,
    /// `None`: standard output.
    file: Option<OutputFile>,
    options: RenderOptions,
    /// The folder that nothing outside of is opened.
    root: &'a Path,
    /// See [`Wanted::above`].
    above: String,
}

impl<'a> ReportSink<'a> {
    /// Looks at what was asked for, before the work begins.
    ///
    /// # Errors
    /// Says what is wrong with the format or the file.
    pub(super) fn open(
        args: &'a CheckArgs,
        options: RenderOptions,
        root: &'a Path,
    ) -> Result<Self, SafeText> {
        let format = format(args)?;
        if args.statistics && !format.counts() {
            let mut text = SafeText::own(
                "`--statistics` is text for people, or JSON with `--output-format json`; there are no statistics in `",
            );
            text.push_own(format.name).push_own("`");
            return Err(text);
        }
        let file = file(args).map(|path| OutputFile::at_path(&path)).transpose()?;
        Ok(Self { args, format, file, options, root, above: path_above(root) })
    }

    /// Writes what was found, and gives back `status`, or that of trouble where it cannot be written.
    pub(super) fn findings(&self, report: &Report, sources: &Sources<'_>, status: u8) -> u8 {
        self.survey(report, sources);
        if self.args.quiet && self.file.is_none() && self.format.kind.for_people() {
            let mut line = report::summary_line(report);
            line.push_own("\n");
            return out(&line, status);
        }
        let most = self.args.max_diagnostics.unwrap_or(self.format.most);
        let wanted = Wanted { options: self.options, most, above: &self.above };
        let write = if self.args.statistics { report::render_counts } else { report::render };
        let rendered = write(self.format, report, sources, &wanted);
        let status = match &self.file {
            None => out(&rendered.text, status),
            Some(file) => match file.write(&rendered.text, &self.read(report)) {
                Ok(()) => status,
                Err(why) => return fail(&why),
            },
        };
        let said = self.file.is_none() && (self.format.kind.closes() || self.args.statistics);
        if !said {
            err(if self.args.quiet { &rendered.summary } else { &rendered.closing });
        }
        status
    }

    /// Says that there is nothing to check. A program that waits for a document gets one all the same.
    pub(super) fn nothing(&self, report: &Report, sources: &Sources<'_>, why: &SafeText) -> u8 {
        self.survey(report, sources);
        let wanted = Wanted { options: self.options, most: usize::MAX, above: &self.above };
        let text = match self.format.kind.awaited() {
            true if self.args.statistics => {
                report::render_counts(self.format, report, sources, &wanted).text
            }
            true => report::render(self.format, report, sources, &wanted).text,
            false => SafeText::new(),
        };
        match &self.file {
            None => {
                out(&text, CLEAN);
            }
            // What an earlier run left there is not the result of this one.
            Some(file) => {
                if let Err(why) = file.write(&text, &self.read(report)) {
                    return fail(&why);
                }
            }
        }
        if !self.args.no_errors_on_unmatched {
            return fail(why);
        }
        let mut line = why.clone();
        line.push_own("\n");
        if !self.args.quiet {
            err(&line);
        }
        CLEAN
    }

    fn survey(&self, report: &Report, sources: &Sources<'_>) {
        if self.args.verbose {
            err(&report::survey(
                report,
                sources,
                self.options,
                &SafeText::outside(&self.root.to_string_lossy()),
            ));
        }
    }

    /// The files that were read, which no output may take the place of.
    fn read(&self, report: &Report) -> Vec<PathBuf> {
        let stacks = report.stacks.iter().flat_map(|s| &s.files);
        stacks
            .chain(report.coverage.read.iter().map(|(_, path)| path))
            .map(|p| self.root.join(p.as_str()))
            .collect()
    }
}

/// The format that was asked for; an option is stronger than a variable.
fn format(args: &CheckArgs) -> Result<&'static Format, SafeText> {
    if let Some(format) = args.output_format {
        return Ok(format);
    }
    let Some(name) = variable("COMPOSE_DOCTOR_OUTPUT_FORMAT") else { return Ok(&FORMATS[0]) };
    Format::named(&name).ok_or_else(|| {
        let mut text = SafeText::own("COMPOSE_DOCTOR_OUTPUT_FORMAT: there is no format `");
        text.push(&SafeText::outside(&name)).push_own("`");
        suggest::did_you_mean(&mut text, &name, FORMATS.iter().map(|f| f.name));
        text
    })
}

/// The file that was asked for; `-` is standard output, as elsewhere.
pub(super) fn file(args: &CheckArgs) -> Option<PathBuf> {
    let asked = args
        .output_file
        .clone()
        .or_else(|| variable("COMPOSE_DOCTOR_OUTPUT_FILE").map(PathBuf::from));
    asked.filter(|f| f != Path::new("-"))
}

/// What stands before paths below the root on a code host. The root is the top of the git work tree where there is
/// one; elsewhere the top is the folder the program runs in, as long as it holds the root.
#[allow(clippy::disallowed_methods, reason = "the command line knows where it runs")]
fn path_above(root: &Path) -> String {
    if root.join(".git").exists() {
        return String::new();
    }
    let here = std::env::current_dir().and_then(std::fs::canonicalize).unwrap_or_default();
    let below = root.strip_prefix(&here).ok().filter(|_| here.parent().is_some());
    let parts: Option<Vec<&str>> =
        below.map(|b| b.components().map(|c| c.as_os_str().to_str()).collect()).unwrap_or_default();
    parts.unwrap_or_default().iter().map(|part| format!("{part}/")).collect()
}
