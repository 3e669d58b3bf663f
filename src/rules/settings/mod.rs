//! Settings that mean something else in a container.

mod allowed_hosts_empty;
mod debug_enabled_in_prod;
mod debug_env_string_truthy;

use super::Rule;

/// The rules of this group, most pressing first.
pub(super) static RULES: &[&Rule] = &[&allowed_hosts_empty::RULE, &debug_env_string_truthy::RULE, &debug_enabled_in_prod::RULE];
