//! Workers beside the server: Celery's command lines, and the servers their messages go through.

mod broker_credentials_mismatch;
mod broker_host_localhost;
mod broker_host_unknown_service;
mod celery5_cli_order;
mod celery_app_not_found;
mod celery_before_migrate;
mod celery_settings_not_read;
mod multiple_beats;

use super::Rule;

/// The rules of this group, most pressing first.
pub(super) static RULES: &[&Rule] = &[
    &broker_host_localhost::RULE,
    &broker_host_unknown_service::RULE,
    &broker_credentials_mismatch::RULE,
    &celery_app_not_found::RULE,
    &celery5_cli_order::RULE,
    &celery_before_migrate::RULE,
    &multiple_beats::RULE,
    &celery_settings_not_read::RULE,
];
