//! What can be written behind `inspect`.

use clap::ValueEnum;
use std::path::PathBuf;

pub(super) const INSPECT_STATUS: &str = "Exit status: 0 it was shown, 1 Compose does not accept the project, 2 wrong call or internal error.";

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct InspectArgs {
    /// Services to show; all where none is named
    #[arg(value_name = "SERVICE", conflicts_with = "settings")]
    pub(in crate::cli) services: Vec<String>,
    /// Show this service alone: with `--format json` as one object, without the stacks around it
    #[arg(long = "service", value_name = "NAME", conflicts_with_all = ["services", "settings"])]
    pub(in crate::cli) service: Option<String>,
    /// Compose files, each laid over those before it; otherwise found as `check` finds them
    #[arg(short, long = "file", value_name = "FILE", conflicts_with = "settings")]
    pub(in crate::cli) files: Vec<PathBuf>,
    /// The folder of the project; with --settings, the folder that Python imports from
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub(in crate::cli) root: PathBuf,
    /// Show a settings module instead, as a process with only the variables of --set loads it
    #[arg(long, value_name = "MODULE")]
    pub(in crate::cli) settings: Option<String>,
    /// The class of settings to load (django-configurations)
    #[arg(long, value_name = "CLASS", requires = "settings")]
    pub(in crate::cli) configuration: Option<String>,
    /// A variable of the process that loads the settings (may be repeated)
    #[arg(long = "set", value_name = "NAME=VALUE", requires = "settings", value_parser = assignment)]
    pub(in crate::cli) variables: Vec<(String, String)>,
    /// How to write the account
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = InspectFormat::Text)]
    pub(in crate::cli) format: InspectFormat,
}

/// `NAME=VALUE`
fn assignment(text: &str) -> Result<(String, String), &'static str> {
    let (name, value) = text.split_once('=').ok_or("expected `NAME=VALUE`")?;
    if name.is_empty() { Err("the name is missing") } else { Ok((name.into(), value.into())) }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum InspectFormat {
    /// For people
    Text,
    /// One JSON document, for programs
    Json,
}
