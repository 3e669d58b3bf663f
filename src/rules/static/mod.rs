//! Static files: collected, kept, served.

mod collectstatic_clear_on_bind;
mod collectstatic_hidden_by_mount;
mod collectstatic_never_run;
mod manifest_missing_entry;
mod media_not_persisted_or_served;
mod static_dir_not_in_finders;
mod static_nginx_path_mismatch;
mod static_no_server_debug_false;
mod static_root_not_mounted;
mod static_root_unset;
mod static_volume_stale;
mod staticfiles_dirs_contains_root;
mod whitenoise_missing_or_misordered;

use super::Rule;

/// The rules of this group, most pressing first.
pub(super) static RULES: &[&Rule] = &[
    &staticfiles_dirs_contains_root::RULE,
    &static_no_server_debug_false::RULE,
    &static_root_unset::RULE,
    &static_dir_not_in_finders::RULE,
    &collectstatic_never_run::RULE,
    &static_root_not_mounted::RULE,
    &static_nginx_path_mismatch::RULE,
    &collectstatic_hidden_by_mount::RULE,
    &manifest_missing_entry::RULE,
    &media_not_persisted_or_served::RULE,
    &collectstatic_clear_on_bind::RULE,
    &static_volume_stale::RULE,
    &whitenoise_missing_or_misordered::RULE,
];
