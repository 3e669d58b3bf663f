//! Variables on their way from a file into a container.

mod blank;
mod build_dummy_secret_becomes_runtime;
mod dollar_not_escaped;
mod dotenv_confusion;
mod env_file_missing;
mod env_list_item_without_equals;
mod env_list_literal_quotes;
mod env_template_incomplete;
mod env_var_never_read;
mod unset_var_blank;
mod unset_variable;
mod url_password_not_encoded;
mod worker_env_or_code_drift;
mod yaml_env_bool_number;

use super::Rule;

/// The rules of this group, most pressing first.
pub(super) static RULES: &[&Rule] = &[
    &env_file_missing::RULE,
    &env_list_item_without_equals::RULE,
    &dotenv_confusion::RULE,
    &unset_var_blank::RULE,
    &env_template_incomplete::RULE,
    &unset_variable::RULE,
    &build_dummy_secret_becomes_runtime::RULE,
    &worker_env_or_code_drift::RULE,
    &yaml_env_bool_number::RULE,
    &env_var_never_read::RULE,
    &dollar_not_escaped::RULE,
    &env_list_literal_quotes::RULE,
    &url_password_not_encoded::RULE,
];
