//! The images that are built and pulled: what they stand on, and what can be installed there.

mod apt_netcat_gone;
mod base_distro_eol_apt;
mod image_removed_from_registry;

use super::Rule;

/// The rules of this group, most pressing first.
pub(super) static RULES: &[&Rule] = &[&image_removed_from_registry::RULE, &base_distro_eol_apt::RULE, &apt_netcat_gone::RULE];
