//! What starts, and whether it can.

mod manage_py_not_in_workdir;
mod runserver_beside_gunicorn;
mod runserver_effective_in_prod;
mod server_binary_not_installed;
mod server_daemonized;
mod settings_module_missing;
mod wsgi_module_missing;

use super::Rule;

/// The rules of this group, most pressing first.
pub(super) static RULES: &[&Rule] = &[
    &settings_module_missing::RULE,
    &manage_py_not_in_workdir::RULE,
    &wsgi_module_missing::RULE,
    &server_binary_not_installed::RULE,
    &server_daemonized::RULE,
    &runserver_effective_in_prod::RULE,
    &runserver_beside_gunicorn::RULE,
];
