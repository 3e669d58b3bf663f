//! The database: reached, waited for, migrated, kept.

mod db_driver_missing;
mod db_env_name_mismatch;
mod db_host_localhost;
mod db_host_unknown_service;
mod db_image_major_unpinned;
mod db_migrate_never_run;
mod db_no_volume;
mod depends_on_without_health;
mod entrypoint_flushes_db;
mod makemigrations_at_runtime;
mod pg18_data_dir_mount;
mod pg_data_mount_parent_pre18;

use super::Rule;

/// The rules of this group, most pressing first.
pub(super) static RULES: &[&Rule] = &[
    &pg18_data_dir_mount::RULE,
    &db_host_localhost::RULE,
    &db_host_unknown_service::RULE,
    &db_driver_missing::RULE,
    &db_migrate_never_run::RULE,
    &entrypoint_flushes_db::RULE,
    &db_env_name_mismatch::RULE,
    &depends_on_without_health::RULE,
    &makemigrations_at_runtime::RULE,
    &db_no_volume::RULE,
    &pg_data_mount_parent_pre18::RULE,
    &db_image_major_unpinned::RULE,
];
