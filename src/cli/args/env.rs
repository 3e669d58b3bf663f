//! What can be written behind `env`.

use clap::ValueEnum;
use std::path::PathBuf;

pub(super) const ENV_STATUS: &str = "Exit status: 0 all variables are known, 1 one is missing that something cannot do without (with --check-template in the template), 2 wrong call or internal error.";

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct EnvArgs {
    /// Services to show; all where none is named
    #[arg(value_name = "SERVICE")]
    pub(in crate::cli) services: Vec<String>,
    /// Compose files, each laid over those before it; otherwise found as Compose finds them
    #[arg(short, long = "file", value_name = "FILE")]
    pub(in crate::cli) files: Vec<PathBuf>,
    /// Env files to read instead of `.env`
    #[arg(long = "env-file", value_name = "FILE")]
    pub(in crate::cli) env_files: Vec<PathBuf>,
    /// How to write the variables
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = EnvFormat::Table)]
    pub(in crate::cli) format: EnvFormat,
    /// Show what a template of an env file lacks, instead; 1 where that is something without a default [default: the templates of all env files]
    #[arg(long, value_name = "FILE", num_args = 0..=1, conflicts_with_all = ["services", "write_template"], help_heading = TEMPLATES)]
    #[allow(clippy::option_option, reason = "the option may stand without a value")]
    pub(in crate::cli) check_template: Option<Option<PathBuf>>,
    /// Write a template: names in the order of first use, who reads each, defaults, and blanks for secrets [default: .env.example]
    #[arg(long, value_name = "FILE", num_args = 0..=1, conflicts_with_all = ["services", "format"], help_heading = TEMPLATES)]
    #[allow(clippy::option_option, reason = "the option may stand without a value")]
    pub(in crate::cli) write_template: Option<Option<PathBuf>>,
    /// Write it over a file that is there
    #[arg(long, requires = "write_template", help_heading = TEMPLATES)]
    pub(in crate::cli) force: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum EnvFormat {
    /// A table for each service, for people
    Table,
    /// One JSON document, for programs
    Json,
}

/// The heading of the options about templates of env files.
const TEMPLATES: &str = "Templates";
