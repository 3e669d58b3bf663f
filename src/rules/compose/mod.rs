//! The Compose file by itself.

mod dockerfile_missing;
mod duplicate_host_port;
mod network_isolation_unreachable;
mod ports_concatenated_by_override;
mod profile_disabled_dependency;
mod service_healthy_without_healthcheck;
mod version_obsolete;

use super::Rule;

/// The rules of this group, most pressing first.
pub(super) static RULES: &[&Rule] = &[
    &dockerfile_missing::RULE,
    &profile_disabled_dependency::RULE,
    &duplicate_host_port::RULE,
    &service_healthy_without_healthcheck::RULE,
    &network_isolation_unreachable::RULE,
    &ports_concatenated_by_override::RULE,
    &version_obsolete::RULE,
];
