//! What a proxy makes of requests, and what Django makes of that.

mod csrf_trusted_origins;
mod deploy_checks;
mod nginx_alias_slash;
mod nginx_body_size;
mod nginx_host_header_drops_port_csrf;
mod nginx_missing_proxy_headers;
mod ssl_redirect_loop_behind_proxy;
mod traefik_network_ambiguous;
mod underscore_host_rejected;

use super::Rule;

/// The rules of this group, most pressing first.
pub(super) static RULES: &[&Rule] = &[
    &underscore_host_rejected::RULE,
    &nginx_missing_proxy_headers::RULE,
    &ssl_redirect_loop_behind_proxy::RULE,
    &csrf_trusted_origins::RULE,
    &nginx_host_header_drops_port_csrf::RULE,
    &nginx_alias_slash::RULE,
    &deploy_checks::RULE,
    &nginx_body_size::RULE,
    &traefik_network_ambiguous::RULE,
];
