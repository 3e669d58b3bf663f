//! Secrets in plain sight.

mod db_or_redis_published_to_world;
mod dotenv_committed;
mod dotenv_in_image;
mod flower_or_admin_ui_exposed;
mod hardcoded_db_password;
mod hardcoded_secret_settings;
mod other_secrets;
mod privileged_or_docker_sock;

use super::Rule;

/// The rules of this group, most pressing first.
pub(super) static RULES: &[&Rule] = &[
    &db_or_redis_published_to_world::RULE,
    &dotenv_committed::RULE,
    &dotenv_in_image::RULE,
    &hardcoded_db_password::RULE,
    &hardcoded_secret_settings::RULE,
    &flower_or_admin_ui_exposed::RULE,
    &privileged_or_docker_sock::RULE,
];
