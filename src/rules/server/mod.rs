//! What starts, and whether it can.

mod asgi_wsgi_mismatch;
mod bind_127_in_container;
mod channels_runserver_without_daphne;
mod envsubst_unlimited;
mod manage_py_not_in_workdir;
mod nginx_certificate_missing;
mod nginx_conf_not_mounted;
mod nginx_conf_wrong_level;
mod nginx_directive_refused;
mod nginx_upstream_localhost;
mod nginx_upstream_unknown_host;
mod proxy_or_published_port_mismatch;
mod proxy_protocol_mismatch;
mod runserver_beside_gunicorn;
mod runserver_effective_in_prod;
mod server_binary_not_installed;
mod server_daemonized;
mod settings_module_missing;
mod upstream_without_depends_on;
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
    &nginx_conf_wrong_level::RULE,
    &nginx_directive_refused::RULE,
    &nginx_conf_not_mounted::RULE,
    &nginx_upstream_unknown_host::RULE,
    &nginx_upstream_localhost::RULE,
    &bind_127_in_container::RULE,
    &proxy_or_published_port_mismatch::RULE,
    &asgi_wsgi_mismatch::RULE,
    &upstream_without_depends_on::RULE,
    &channels_runserver_without_daphne::RULE,
    &nginx_certificate_missing::RULE,
    &proxy_protocol_mismatch::RULE,
    &envsubst_unlimited::RULE,
];
