//! What a rule is.

use super::{Confidence, Need, Severity};

/// What a rule is: the front matter of its page in `rules/`, put here by the build script.
#[derive(Debug, PartialEq, Eq)]
pub struct RuleMeta {
    /// Kebab-case name; the page's file stem.
    pub name: &'static str,
    /// Former or other names by which it may be asked for.
    pub aliases: &'static [&'static str],
    /// The folder below `src/rules/` that holds its code.
    pub group: &'static str,
    /// How bad it is at worst; a finding may say less.
    pub severity: Severity,
    /// How sure it is at best; a finding may say less.
    pub confidence: Confidence,
    /// The version that brought it.
    pub since: &'static str,
    /// One line, lower case, without a full stop.
    pub summary: &'static str,
    /// What it must know of a service, so that it can judge it; `None` where the page does not say.
    pub needs: Option<&'static [Need]>,
    /// Regular expressions of what a person meets in a log or traceback.
    pub symptoms: &'static [&'static str],
    /// Whether it is off until someone asks for it by its name or its group.
    pub opt_in: bool,
    /// The page below the front matter, as Markdown.
    pub page: &'static str,
}
