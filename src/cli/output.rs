//! Writing to the terminal: colours, width, and readers that have had enough.

use super::TROUBLE;
use super::args::{Args, ColorWhen, Command};
use super::sink;
use crate::finding::Prose;
use crate::report::{RenderOptions, SafeText};
use std::io::{self, IsTerminal, Write};
use std::path::Path;

/// The width where there is no terminal to ask.
const WIDTH: usize = 100;

/// A path, and what is to be said of it.
pub(super) fn about_path(path: &Path, what: impl Into<Prose>) -> SafeText {
    let mut text = SafeText::own("`");
    text.push(&SafeText::outside(&path.to_string_lossy()))
        .push_own("` ")
        .push(&SafeText::plain(&what.into()));
    text
}

/// Writes to standard output and gives back `status`; where the text cannot be written, as on a full
/// disk, the status of trouble instead.
///
/// A reader that closed the pipe, such as `head`, has what it wants.
pub(super) fn out(text: &SafeText, status: u8) -> u8 {
    match write(&mut io::stdout().lock(), text) {
        Err(why) if why.kind() != io::ErrorKind::BrokenPipe => {
            let mut line = SafeText::own("error: the output cannot be written: ");
            line.push(&SafeText::outside(&why.to_string())).push_own("\n");
            err(&line);
            TROUBLE
        }
        _ => status,
    }
}

/// Writes to standard error; there is nowhere to complain when that fails.
pub(super) fn err(text: &SafeText) {
    let _ = write(&mut io::stderr().lock(), text);
}

fn write(to: &mut dyn Write, text: &SafeText) -> io::Result<()> {
    to.write_all(text.as_str().as_bytes())?;
    to.flush()
}

/// How output looks. A file is no terminal, whatever standard output is.
pub(super) fn render_options(args: &Args) -> RenderOptions {
    let to_file = matches!(&args.command, Command::Check(check) if sink::file(check).is_some());
    let color = color(args.color, !to_file && io::stdout().is_terminal());
    RenderOptions { color, width: args.width.map_or_else(|| width(!to_file), usize::from) }
}

#[allow(clippy::disallowed_methods, reason = "the command line reads the settings of its terminal")]
pub(super) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|v| !v.is_empty())
}

/// `--color`, then no-color.org, then the two ways to force it, then whether it is a terminal.
fn color(when: ColorWhen, terminal: bool) -> bool {
    match when {
        ColorWhen::Always => true,
        ColorWhen::Never => false,
        ColorWhen::Auto if variable("NO_COLOR").is_some() => false,
        ColorWhen::Auto
            if ["FORCE_COLOR", "CLICOLOR_FORCE"]
                .iter()
                .any(|n| variable(n).is_some_and(|v| v != "0")) =>
        {
            true
        }
        ColorWhen::Auto => terminal && variable("TERM").is_none_or(|t| t != "dumb"),
    }
}

fn width(terminal: bool) -> usize {
    let asked = variable("COLUMNS").and_then(|c| c.parse::<usize>().ok());
    let size = || {
        terminal_size::terminal_size().filter(|_| terminal).map(|(width, _)| usize::from(width.0))
    };
    asked.or_else(size).filter(|w| *w > 0).unwrap_or(WIDTH).clamp(40, 240)
}
