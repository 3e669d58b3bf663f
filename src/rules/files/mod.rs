//! Files that cannot be read as what they claim to be.

mod file_unreadable;
mod multiple_config_files;
mod syntax_error;

pub(super) use file_unreadable::finding as unusable;
pub(super) use syntax_error::finding as unread;

use super::Rule;

/// The rules of this group, most pressing first.
pub(super) static RULES: &[&Rule] =
    &[&syntax_error::RULE, &file_unreadable::RULE, &multiple_config_files::RULE];
