//! Secrets in plain sight.

mod hardcoded_db_password;
mod hardcoded_secret_settings;

use super::Rule;

/// The rules of this group, most pressing first.
pub(super) static RULES: &[&Rule] = &[&hardcoded_db_password::RULE, &hardcoded_secret_settings::RULE];
