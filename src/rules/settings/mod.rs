//! Settings that mean something else in a container.

mod allowed_hosts_blocks_healthcheck_or_proxy;
mod allowed_hosts_empty;
mod allowed_hosts_malformed;
mod allowed_hosts_star;
mod csrf_origin_no_scheme;
mod debug_enabled_in_prod;
mod debug_env_string_truthy;
mod django_setting_removed;
mod prod_settings_not_selected;
mod required_env_not_provided;
mod settings_do_not_load;

use super::Rule;

/// The rules of this group, most pressing first.
pub(super) static RULES: &[&Rule] = &[
    &required_env_not_provided::RULE,
    &settings_do_not_load::RULE,
    &csrf_origin_no_scheme::RULE,
    &allowed_hosts_empty::RULE,
    &allowed_hosts_malformed::RULE,
    &allowed_hosts_blocks_healthcheck_or_proxy::RULE,
    &prod_settings_not_selected::RULE,
    &debug_env_string_truthy::RULE,
    &debug_enabled_in_prod::RULE,
    &django_setting_removed::RULE,
    &allowed_hosts_star::RULE,
];
