//! What people wrote to choose what they see: does it still hold?

mod baseline_entry_stale;
mod config_entry_unused;
mod config_invalid;
mod suppression_invalid;
mod suppression_unused;
mod suppression_without_reason;

use super::Rule;

/// The rules of this group, most pressing first.
pub(super) static RULES: &[&Rule] = &[
    &config_invalid::RULE,
    &suppression_invalid::RULE,
    &suppression_without_reason::RULE,
    &suppression_unused::RULE,
    &config_entry_unused::RULE,
    &baseline_entry_stale::RULE,
];
