//! The Compose file by itself.

mod dockerfile_missing;
mod version_obsolete;

use super::Rule;

/// The rules of this group, most pressing first.
pub(super) static RULES: &[&Rule] = &[&dockerfile_missing::RULE, &version_obsolete::RULE];
