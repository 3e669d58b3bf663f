//! The database: reached, waited for, migrated, kept.

mod createsuperuser_not_idempotent;
mod database_image_needs_password;
mod db_driver_missing;
mod db_env_name_mismatch;
mod db_extension_missing;
mod db_host_localhost;
mod db_host_unknown_service;
mod db_image_major_unpinned;
mod db_login_unsupported;
mod db_migrate_never_run;
mod db_no_volume;
mod db_version_unsupported;
mod depends_on_without_health;
mod entrypoint_flushes_db;
mod inner_host_port_used;
mod loaddata_at_start;
mod makemigrations_at_runtime;
mod migrate_at_image_build;
mod migrate_in_background;
mod migrate_race_replicas;
mod migrations_missing;
mod mysql_user_root;
mod pg18_data_dir_mount;
mod pg_data_mount_parent_pre18;
mod pg_isready_socket_false_healthy;
mod pg_isready_wrong_user;
mod sqlite_not_persisted;

use super::Rule;

/// The rules of this group, most pressing first.
pub(super) static RULES: &[&Rule] = &[
    &pg18_data_dir_mount::RULE,
    &mysql_user_root::RULE,
    &database_image_needs_password::RULE,
    &db_host_localhost::RULE,
    &db_host_unknown_service::RULE,
    &inner_host_port_used::RULE,
    &db_driver_missing::RULE,
    &migrate_at_image_build::RULE,
    &migrations_missing::RULE,
    &db_migrate_never_run::RULE,
    &migrate_in_background::RULE,
    &entrypoint_flushes_db::RULE,
    &db_env_name_mismatch::RULE,
    &createsuperuser_not_idempotent::RULE,
    &sqlite_not_persisted::RULE,
    &depends_on_without_health::RULE,
    &pg_isready_socket_false_healthy::RULE,
    &migrate_race_replicas::RULE,
    &makemigrations_at_runtime::RULE,
    &db_no_volume::RULE,
    &pg_data_mount_parent_pre18::RULE,
    &db_image_major_unpinned::RULE,
    &loaddata_at_start::RULE,
    &pg_isready_wrong_user::RULE,
    &db_version_unsupported::RULE,
    &db_extension_missing::RULE,
    &db_login_unsupported::RULE,
];

/// Whether a file or service by its name is for tests: its data is meant to be forgotten.
fn for_tests(name: &str) -> bool {
    name.to_ascii_lowercase()
        .split(['.', '-', '_'])
        .any(|part| matches!(part, "test" | "tests" | "ci" | "cd" | "testing" | "e2e"))
}
