//! Output. Renderers turn a [`Report`] into text; they decide nothing and print nothing.
//!
//! Whatever comes from a project passes through [`SafeText`] first: secrets are masked, control
//! characters made visible. Renderers have no other way to write.

mod baseline;
mod catalogue;
mod concise;
mod config;
mod drawing;
mod explain;
mod heading;
mod json;
mod ledger;
mod line;
mod paint;
mod place;
mod safe;
mod secret;
mod snippet;
mod summary;
mod terminal;
#[cfg(test)]
mod tests;
mod wrap;

pub use baseline::baseline;
pub use catalogue::{rules_json, rules_table};
pub use concise::concise;
pub use config::{config_json, config_yaml};
pub use explain::explain;
pub use json::json;
pub use ledger::{ledger, ledger_json};
pub use safe::SafeText;
pub use summary::{coverage_line, summary_line};
pub use terminal::{findings, full};

use crate::finding::Report;

/// How text output looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// Whether colours are used.
    pub color: bool,
    /// Columns of the terminal.
    pub width: usize,
}

/// The two lines that close a run: what was found, and what was looked at.
pub fn closing(report: &Report, sources: &crate::source::Sources<'_>, look: Look) -> SafeText {
    let guard = safe::Guard::new(report, sources);
    summary::closing(report, &guard, look)
}
