//! What can be written on the command line.

mod env;
mod explain;
mod graph;
mod inspect;
mod trace;

pub(super) use env::{EnvArgs, EnvFormat};
pub(super) use explain::{ExplainArgs, LanguageName, SchemaName};
pub(super) use graph::{GraphArgs, GraphFormat};
pub(super) use inspect::{InspectArgs, InspectFormat};
pub(super) use trace::{TraceArgs, TraceFormat};

use crate::config;
use crate::finding::{Confidence, Severity};
use crate::report::{FORMATS, Format};
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Parser, Subcommand, ValueEnum};
use env::ENV_STATUS;
use inspect::INSPECT_STATUS;
use std::path::PathBuf;
use trace::TRACE_STATUS;

/// Reads Compose files, Dockerfiles, scripts, nginx configs, env files and Django settings together,
/// and says what will go wrong before `docker compose up`.
///
/// Nothing is executed, imported, pulled or fetched.
#[derive(Debug, Parser)]
#[command(name = "compose-doctor", version, after_help = EXIT_STATUS)]
pub(super) struct Args {
    /// What to do.
    #[command(subcommand)]
    pub(super) command: Command,
    /// When to use colours; `auto` also looks at `NO_COLOR` and `FORCE_COLOR`
    #[arg(long, value_enum, value_name = "WHEN", default_value_t = ColorWhen::Auto, global = true)]
    pub(super) color: ColorWhen,
    /// Columns to write for, instead of the terminal's
    #[arg(long, value_name = "COLUMNS", hide = true, global = true, value_parser = clap::value_parser!(u16).range(40..=1000))]
    pub(super) width: Option<u16>,
}

const EXIT_STATUS: &str = "Exit status: 0 clean, 1 findings at or above --fail-on (or with --strict something that was not judged), 2 wrong call, internal error or nothing to check.";

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Check the stacks of a project
    #[command(after_help = EXIT_STATUS)]
    Check(CheckArgs),
    /// Print the effective Compose project, as `docker compose config` does
    ///
    /// Variables come from the environment and from `.env`, as they do there. Values are printed as
    /// they are, passwords as well.
    #[command(after_help = CONFIG_STATUS)]
    Config(ConfigArgs),
    /// Show for each service every variable: who sets it, who reads it, who wins, and what is missing
    ///
    /// Variables come from the environment and from `.env`, as `docker compose` takes them. Values of
    /// secrets are never printed.
    #[command(after_help = ENV_STATUS)]
    Env(EnvArgs),
    /// Show what was worked out of each service, and what is not known and why
    #[command(after_help = INSPECT_STATUS)]
    Inspect(InspectArgs),
    /// Say what happens to a request: which server takes it, what is passed on to whom, and what comes back
    ///
    /// Follows a request from the published port through nginx's servers and locations to the service or the file that
    /// answers. Nothing is sent. For example: compose-doctor trace http://localhost:8000/static/css/style.css
    #[command(after_help = TRACE_STATUS)]
    Trace(TraceArgs),
    /// Draw the services of each stack: what they run, who connects to whom, and where the findings are
    Graph(GraphArgs),
    /// Read a log or a traceback, and say what it comes from
    ///
    /// Recognises what the rule pages list as symptoms. In a project, or with --project, the project is checked as well,
    /// and the causes that are true in it are shown with their lines. Without one, the likely causes are listed. For
    /// example: docker compose logs 2>&1 | compose-doctor diagnose
    #[command(after_help = DIAGNOSE_STATUS)]
    Diagnose(DiagnoseArgs),
    /// Show what a rule finds, how to fix it, and why it matters
    ///
    /// With the name of a group, the rules of the group are listed.
    Explain(ExplainArgs),
    /// List all rules
    Rules {
        /// How to write the list
        #[arg(long, value_enum, value_name = "FORMAT", default_value_t = RulesFormat::Table)]
        output_format: RulesFormat,
    },
    /// Print the JSON schema of the configuration, or of what a command writes as JSON
    Schema {
        /// What the schema describes
        #[arg(value_enum, default_value_t = SchemaName::Configuration)]
        of: SchemaName,
    },
    /// Write the script that makes a shell complete commands, options and rule names
    #[command(after_help = COMPLETIONS_WHERE)]
    Completions {
        /// The shell to write for
        shell: clap_complete::Shell,
    },
    /// Write a manual page, for `man`
    Man {
        /// The command to describe; the program itself where none is named
        command: Option<String>,
        /// List the commands that have a page, one on each line
        #[arg(long, conflicts_with = "command")]
        list: bool,
    },
}

const COMPLETIONS_WHERE: &str =
    "For bash, put this line into ~/.bashrc: source <(compose-doctor completions bash)";

/// The heading of the options that change files.
const FIXES: &str = "Fixes";

#[derive(Debug, clap::Args)]
pub(super) struct CheckArgs {
    /// Folders or Compose files
    #[arg(value_name = "PATH", default_value = ".")]
    pub(super) paths: Vec<PathBuf>,
    /// How to write the findings [default: full] [env: COMPOSE_DOCTOR_OUTPUT_FORMAT]
    #[arg(long, value_name = "FORMAT", value_parser = formats())]
    pub(super) output_format: Option<&'static Format>,
    /// Write them to a file; the summary goes to standard error [env: COMPOSE_DOCTOR_OUTPUT_FILE]
    #[arg(short, long, value_name = "FILE")]
    pub(super) output_file: Option<PathBuf>,
    /// Show so many findings, the worst, or `none` to leave none out [default: 50 in `full`, else none]
    #[arg(long, value_name = "N", value_parser = most)]
    pub(super) max_diagnostics: Option<usize>,
    /// Show how often each rule speaks instead of what it says
    #[arg(long)]
    pub(super) statistics: bool,
    /// The mildest severity that makes the exit status 1 [default: warning]
    #[arg(long, value_enum, value_name = "SEVERITY")]
    pub(super) fail_on: Option<FailOn>,
    /// Hide findings that are less sure [default: medium]
    #[arg(long, value_enum, value_name = "CONFIDENCE")]
    pub(super) min_confidence: Option<MinConfidence>,
    /// Show these rules or groups only (comma separated, may be repeated)
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub(super) select: Vec<String>,
    /// Show these rules or groups besides those that are selected
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub(super) extend_select: Vec<String>,
    /// Hide these rules or groups (comma separated, may be repeated)
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub(super) ignore: Vec<String>,
    /// The configuration to use, instead of the nearest `compose-doctor.toml` or `pyproject.toml`
    #[arg(long, value_name = "FILE", conflicts_with = "isolated")]
    pub(super) config: Option<PathBuf>,
    /// Use no configuration
    #[arg(long)]
    pub(super) isolated: bool,
    /// Show also what comments in the files silence
    #[arg(long)]
    pub(super) no_ignores: bool,
    /// A file of findings that are known; only others are shown
    #[arg(long, value_name = "FILE")]
    pub(super) baseline: Option<PathBuf>,
    /// Write all findings to the baseline, which from then on knows them
    #[arg(long)]
    pub(super) update_baseline: bool,
    /// Apply the safe fixes, and report what is left
    #[arg(long, conflicts_with_all = ["update_baseline", "show_settings", "show_files"], help_heading = FIXES)]
    pub(super) fix: bool,
    /// Apply fixes as well that change more than the finding, or need a decision
    #[arg(long, help_heading = FIXES)]
    pub(super) unsafe_fixes: bool,
    /// Show what would be changed instead of changing it; 1 where that is something
    #[arg(long, conflicts_with_all = ["update_baseline", "show_settings", "show_files"], help_heading = FIXES)]
    pub(super) diff: bool,
    /// Apply fixes, and do not report what is left
    #[arg(long, conflicts_with_all = ["update_baseline", "show_settings", "show_files"], help_heading = FIXES)]
    pub(super) fix_only: bool,
    /// List what was fixed
    #[arg(long, help_heading = FIXES)]
    pub(super) show_fixes: bool,
    /// End with 1 where something was fixed
    #[arg(long, help_heading = FIXES)]
    pub(super) exit_non_zero_on_fix: bool,
    /// Add a comment beside each finding that silences it, with this reason
    #[arg(long, value_name = "REASON", num_args = 0..=1, require_equals = true, default_missing_value = "", conflicts_with_all = ["fix", "fix_only", "update_baseline", "show_settings", "show_files"], help_heading = FIXES)]
    pub(super) add_ignore: Option<String>,
    /// Print the settings that a run would use, and stop
    #[arg(long)]
    pub(super) show_settings: bool,
    /// Print the files that a run reads, and what each is read as
    #[arg(long, conflicts_with = "show_settings")]
    pub(super) show_files: bool,
    /// End with 1 also where something was not judged
    #[arg(long, conflicts_with = "exit_zero")]
    pub(super) strict: bool,
    /// End with 1 also where a variable is set nowhere, so that Compose puts a blank in its place (selects `unset-variable`)
    #[arg(long, conflicts_with = "exit_zero")]
    pub(super) strict_vars: bool,
    /// End with 0 where there are findings; 2 stays 2
    #[arg(short, long)]
    pub(super) exit_zero: bool,
    /// End with 0 where there is nothing to check
    #[arg(long)]
    pub(super) no_errors_on_unmatched: bool,
    /// Write the summary line only; what programs read is written all the same
    #[arg(short, long)]
    pub(super) quiet: bool,
    /// Say on standard error which files were read, and which were not and why
    #[arg(short, long, conflicts_with = "quiet")]
    pub(super) verbose: bool,
    /// Show no progress; it is shown on a terminal only, and when a run takes long
    #[arg(long)]
    pub(super) no_progress: bool,
}

/// The names of the formats, each with what it is.
fn formats() -> impl TypedValueParser<Value = &'static Format> {
    PossibleValuesParser::new(FORMATS.iter().map(|f| PossibleValue::new(f.name).help(f.about)))
        .try_map(|name| Format::named(&name).ok_or("there is no such format"))
}

/// A number, or `none`.
fn most(text: &str) -> Result<usize, &'static str> {
    if text == "none" {
        Ok(usize::MAX)
    } else {
        text.parse().map_err(|_| "expected a number or `none`")
    }
}

const CONFIG_STATUS: &str = "Exit status: 0 Compose takes the project, 1 it does not (the reasons go to standard error), 2 wrong call or internal error.";

#[derive(Debug, clap::Args)]
pub(super) struct ConfigArgs {
    /// Compose files, each laid over those before it; otherwise found as Compose finds them
    #[arg(short, long = "file", value_name = "FILE")]
    pub(super) files: Vec<PathBuf>,
    /// Profiles to take in (`*` for all)
    #[arg(long = "profile", value_name = "PROFILE")]
    pub(super) profiles: Vec<String>,
    /// Env files to read instead of `.env`
    #[arg(long = "env-file", value_name = "FILE")]
    pub(super) env_files: Vec<PathBuf>,
    #[arg(short, long, value_name = "NAME")]
    pub(super) project_name: Option<String>,
    /// How to write the project
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = ConfigFormat::Yaml)]
    pub(super) format: ConfigFormat,
    /// Write nothing but what is wrong
    #[arg(short, long)]
    pub(super) quiet: bool,
}

const DIAGNOSE_STATUS: &str =
    "Exit status: 0 something in the log is known, 1 nothing is, 2 wrong call or internal error.";

#[derive(Debug, clap::Args)]
pub(super) struct DiagnoseArgs {
    /// The log; `-` or nothing for standard input
    #[arg(value_name = "FILE")]
    pub(super) file: Option<PathBuf>,
    /// The project the log comes from: a folder or a Compose file [default: where `docker compose` would find one]
    #[arg(long, value_name = "PATH")]
    pub(super) project: Option<PathBuf>,
    /// How to write what was found
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = DiagnoseFormat::Full)]
    pub(super) output_format: DiagnoseFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum DiagnoseFormat {
    /// With the lines of the log and of the project, for people
    Full,
    /// One JSON document, for programs
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ConfigFormat {
    /// For people, and to be used as a Compose file
    Yaml,
    /// For programs
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ColorWhen {
    /// When the output is a terminal
    Auto,
    Always,
    Never,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum RulesFormat {
    /// A table, for people
    Table,
    /// One JSON document, for programs
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum FailOn {
    /// The stack will not come up, or loses data, or lets someone in
    Error,
    /// A feature is broken or flaky
    Warning,
    /// Advice
    Info,
    /// The exit status never says that there are findings
    Never,
}

impl From<FailOn> for config::FailOn {
    fn from(bar: FailOn) -> Self {
        match bar {
            FailOn::Error => Self::At(Severity::Error),
            FailOn::Warning => Self::At(Severity::Warning),
            FailOn::Info => Self::At(Severity::Info),
            FailOn::Never => Self::Never,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum MinConfidence {
    /// Show guesses too
    Low,
    /// What is most likely so
    Medium,
    /// What is certain
    High,
}

impl From<MinConfidence> for Confidence {
    fn from(least: MinConfidence) -> Self {
        match least {
            MinConfidence::Low => Self::Low,
            MinConfidence::Medium => Self::Medium,
            MinConfidence::High => Self::High,
        }
    }
}
