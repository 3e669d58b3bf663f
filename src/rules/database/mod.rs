//! The database: reached, waited for, migrated, kept.

mod db_driver_missing;
mod db_env_name_mismatch;
mod db_host_localhost;
mod db_host_unknown_service;
mod db_migrate_never_run;
mod db_no_volume;
mod depends_on_without_health;

use super::Rule;

/// The rules of this group, most pressing first.
pub(super) static RULES: &[&Rule] = &[
    &db_host_localhost::RULE,
    &db_host_unknown_service::RULE,
    &db_driver_missing::RULE,
    &db_migrate_never_run::RULE,
    &db_env_name_mismatch::RULE,
    &depends_on_without_health::RULE,
    &db_no_volume::RULE,
];
