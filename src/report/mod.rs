//! Output. Renderers turn a [`Report`] into text; they decide nothing and print nothing.
//!
//! Whatever comes from a project passes through [`SafeText`] first: secrets are masked, control
//! characters made visible. Renderers have no other way to write.

mod account;
mod account_document;
mod account_json;
mod account_value;
mod baseline;
mod catalogue;
mod check_document;
mod collected;
mod concise;
mod config;
mod diagnosis;
mod diff;
mod drawing;
mod env_document;
mod explain;
mod format;
mod gaps;
mod github;
mod gitlab;
mod graph;
mod graph_document;
mod grouped;
mod guard;
mod heading;
mod json;
mod junit;
mod ledger;
mod ledger_json;
mod line;
mod markdown;
mod paint;
mod place;
mod provenance;
mod safe;
mod sarif;
mod secret;
mod snippet;
mod statistics;
mod summary;
mod survey;
mod template;
mod template_json;
mod terminal;
#[cfg(test)]
mod tests;
mod trace_document;
mod trace_json;
mod trace_text;
mod view;
mod wrap;

pub use account::{account, settings_text};
pub use account_json::{account_json, service_json, settings_json};
pub use baseline::baseline;
pub use catalogue::{rules_json, rules_table};
pub use config::{config_json, config_yaml};
pub use diagnosis::{diagnosis, diagnosis_json};
pub use diff::{Changed, diff};
pub use explain::{ExplainOptions, Language, explain, explain_each, explain_group};
pub use format::{FORMATS, Format, Kind, Rendered, Wanted, render, render_counts};
pub use graph::{graph_dot, graph_json, graph_mermaid};
pub use ledger::ledger;
pub use ledger_json::ledger_json;
pub use safe::SafeText;
pub use summary::{coverage_line, summary_line};
pub use survey::survey;
pub use template::{template_diffs, template_file};
pub use template_json::template_diffs_json;
pub use terminal::findings;
pub use trace_json::trace_json;
pub use trace_text::trace_text;

use crate::finding::Report;
use crate::source::SourceFile;

/// How text output looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RenderOptions {
    /// Whether colours are used.
    pub color: bool,
    /// Columns of the terminal.
    pub width: usize,
}

impl RenderOptions {
    /// For text that no terminal shows.
    const PLAIN: Self = Self { color: false, width: 100 };
}

/// The two lines that close a run: what was found, and what was looked at.
pub fn closing(
    report: &Report,
    sources: &crate::source::Sources<'_>,
    options: RenderOptions,
) -> SafeText {
    let guard = guard::Guard::new(report, sources);
    summary::closing(report, &guard, sources, options, 0)
}

/// Whether a byte of a file is a part of what looks like a secret.
pub fn is_masked(file: &SourceFile, at: u32) -> bool {
    let at = at as usize;
    secret::ranges(&file.text, &[]).iter().any(|r| r.contains(&at))
}

/// The format `full`, with every finding.
pub fn full(
    report: &Report,
    sources: &crate::source::Sources<'_>,
    options: RenderOptions,
) -> SafeText {
    format::whole(report, sources, options, terminal::render)
}

/// The format `concise`, with every finding.
pub fn concise(report: &Report, sources: &crate::source::Sources<'_>) -> SafeText {
    format::whole(report, sources, RenderOptions::PLAIN, concise::render)
}

/// The format `json`, with every finding.
pub fn json(report: &Report, sources: &crate::source::Sources<'_>) -> SafeText {
    format::whole(report, sources, RenderOptions::PLAIN, json::render)
}
