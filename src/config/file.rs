//! What may stand in a configuration file: the types that it is read into and that its JSON schema is made from.

use serde::Deserialize;
use std::collections::BTreeMap;
use toml::Spanned;

/// A text with its place.
type Name = Spanned<String>;

/// A configuration file, or the table `tool.compose-doctor` of `pyproject.toml`.
///
/// Paths and patterns are relative to the folder of the file.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(deny_unknown_fields))]
pub(super) struct ConfigFile {
    /// The rules that are shown: names of rules or groups, or `ALL`. All, where it is left out.
    #[cfg_attr(test, schemars(with = "Option<Vec<super::schema::Selector>>"))]
    pub(super) select: Option<Vec<Name>>,
    /// Rules that are shown besides those of `select`.
    #[cfg_attr(test, schemars(with = "Vec<super::schema::Selector>"))]
    pub(super) extend_select: Vec<Name>,
    /// Rules that are not shown. What names a rule wins over what names its group, and that over `ALL`.
    #[cfg_attr(test, schemars(with = "Vec<super::schema::Selector>"))]
    pub(super) ignore: Vec<Name>,
    /// For files that match a pattern (as in `.gitignore`), the rules that are not shown where one of their places is in
    /// such a file.
    #[cfg_attr(test, schemars(with = "BTreeMap<String, Vec<super::schema::Selector>>"))]
    pub(super) per_path_ignores: BTreeMap<Name, Vec<Name>>,
    /// How bad the findings of a rule are taken to be, instead of what the rule says.
    #[cfg_attr(test, schemars(with = "BTreeMap<super::schema::RuleName, Level>"))]
    pub(super) severity: BTreeMap<Name, Level>,
    /// What the stacks are for, instead of what is inferred for each.
    pub(super) intent: Option<Purpose>,
    /// Stacks named by hand. The folder of a stack's first file then has these stacks and no others.
    pub(super) stack: Vec<StackTable>,
    /// Files and folders (patterns as in `.gitignore`) that no stack is looked for in.
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    pub(super) exclude: Vec<Name>,
    /// The mildest severity that makes the exit status 1.
    pub(super) fail_on: Option<Bar>,
    /// Hide findings that are less sure.
    pub(super) min_confidence: Option<Sureness>,
    /// A file of findings that are known and not shown, as `--update-baseline` writes it.
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub(super) baseline: Option<Name>,
    /// Whether a comment that silences a rule must say why.
    pub(super) require_suppression_reason: bool,
}

/// A stack named by hand.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(deny_unknown_fields))]
pub(super) struct StackTable {
    /// Its Compose files, each laid over those before it, as `docker compose -f` takes them.
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    pub(super) files: Vec<Name>,
    /// What this stack is for.
    pub(super) intent: Option<Purpose>,
}

/// How bad a finding is.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) enum Level {
    /// The stack will not come up, or loses data, or lets someone in.
    Error,
    /// A feature is broken or flaky.
    Warning,
    /// Advice.
    Info,
}

/// What makes a run fail.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) enum Bar {
    /// Errors only.
    Error,
    /// Errors and warnings.
    Warning,
    /// Any finding.
    Info,
    /// Nothing.
    Never,
}

/// How sure a finding is.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) enum Sureness {
    /// Guesses too.
    Low,
    /// What is most likely so.
    Medium,
    /// What is certain.
    High,
}

/// What a stack is for.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) enum Purpose {
    /// Someone's desk.
    Development,
    /// Meant to be reached by others.
    Production,
}

/// The keys of [`ConfigFile`]; a test holds them against the schema.
pub(super) const KEYS: [&str; 12] = [
    "select",
    "extend-select",
    "ignore",
    "per-path-ignores",
    "severity",
    "intent",
    "stack",
    "exclude",
    "fail-on",
    "min-confidence",
    "baseline",
    "require-suppression-reason",
];
/// The keys of [`StackTable`].
pub(super) const STACK_KEYS: [&str; 2] = ["files", "intent"];
