//! Workers beside the server: Celery's command lines.

mod celery5_cli_order;
mod celery_app_not_found;

use super::Rule;

/// The rules of this group, most pressing first.
pub(super) static RULES: &[&Rule] = &[&celery_app_not_found::RULE, &celery5_cli_order::RULE];
