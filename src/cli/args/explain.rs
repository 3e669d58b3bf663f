//! The options of the commands that tell of the program itself: `explain` and `schema`.

use clap::ValueEnum;

/// What there is a schema of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum SchemaName {
    /// `compose-doctor.toml`, and `[tool.compose-doctor]` in `pyproject.toml`
    Configuration,
    /// `check --output-format json`
    Check,
    /// `env --format json`
    Env,
    /// `graph --format json`
    Graph,
    /// `inspect --format json`
    Inspect,
    /// `trace --format json`
    Trace,
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct ExplainArgs {
    /// The name of a rule, as below a finding, or of a group
    #[arg(required_unless_present = "all")]
    pub(in crate::cli) rule: Option<String>,
    /// Show the pages of all rules
    #[arg(long, conflicts_with = "rule")]
    pub(in crate::cli) all: bool,
    /// The language of the page [default: that of the locale, English where a page has no other]
    #[arg(long, value_enum, value_name = "LANG")]
    pub(in crate::cli) lang: Option<LanguageName>,
    /// Show every file of the example's project, not only what the example changes
    #[arg(long)]
    pub(in crate::cli) example: bool,
}

/// A language of rule pages, by its code of ISO 639-1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum LanguageName {
    /// English
    En,
    /// Korean
    Ko,
}
