//! Settings that mean something else in a container.

mod allowed_hosts_blocks_healthcheck_or_proxy;
mod allowed_hosts_empty;
mod allowed_hosts_malformed;
mod allowed_hosts_star;
mod csrf_origin_no_scheme;
mod debug_enabled_in_prod;
mod debug_env_string_truthy;
mod django_setting_removed;
mod log_dir_missing;
mod prod_settings_not_selected;
mod required_env_not_provided;
mod settings_do_not_load;

use super::Rule;
use crate::finding::{Change, PyValue, PythonEdit};
use crate::model::django::Settings;
use crate::source::Span;

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
    &log_dir_missing::RULE,
];

/// The hosts that must be named once DEBUG is off, where none is: Django then answers every request with 400. With DEBUG on
/// an empty list allows localhost.
fn hosts_without_debug(settings: &Settings, debug: Span) -> Option<Change> {
    let value = PyValue::List(
        ["localhost", "127.0.0.1"].into_iter().map(|h| PyValue::Text(h.into())).collect(),
    );
    match settings.get("ALLOWED_HOSTS") {
        // What a variable holds may be set with DEBUG.
        Some(hosts) if !hosts.is_certain() || !hosts.value.all_reads().is_empty() => None,
        Some(hosts) => (!hosts.value.is_open() && hosts.value.items().is_some_and(<[_]>::is_empty))
            .then_some(Change::Python(PythonEdit::Replace(hosts.value.span, value))),
        None => settings.open.is_none().then_some(Change::Python(PythonEdit::Assign {
            after: debug,
            name: "ALLOWED_HOSTS",
            value,
        })),
    }
}

/// What a cure adds to [`hosts_without_debug`].
const ADD_HOSTS: &str = "add the host names that people will type, such as www.example.com";
