//! Airflow: whether its components fit together, and its image's version fits the commands.

mod airflow_component_missing;
mod airflow_connection_wrong;
mod airflow_dags_not_shared;
mod airflow_db_not_initialised;
mod airflow_execution_api_unreachable;
mod airflow_removed_cli;
mod airflow_secret_or_fernet_not_shared;
mod airflow_sequential_sqlite;
mod airflow_uid_permissions;

use super::Rule;

/// The rules of this group, most pressing first.
pub(super) static RULES: &[&Rule] = &[
    &airflow_removed_cli::RULE,
    &airflow_db_not_initialised::RULE,
    &airflow_connection_wrong::RULE,
    &airflow_sequential_sqlite::RULE,
    &airflow_component_missing::RULE,
    &airflow_execution_api_unreachable::RULE,
    &airflow_dags_not_shared::RULE,
    &airflow_secret_or_fernet_not_shared::RULE,
    &airflow_uid_permissions::RULE,
];
