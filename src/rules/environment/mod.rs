//! Variables on their way from a file into a container.

mod blank;
mod dollar_not_escaped;
mod dotenv_confusion;
mod env_file_missing;
mod env_list_item_without_equals;
mod env_list_literal_quotes;
mod unset_var_blank;

use super::Rule;

/// The rules of this group, most pressing first.
pub(super) static RULES: &[&Rule] = &[
    &env_file_missing::RULE,
    &env_list_item_without_equals::RULE,
    &dotenv_confusion::RULE,
    &unset_var_blank::RULE,
    &dollar_not_escaped::RULE,
    &env_list_literal_quotes::RULE,
];
