//! What mounts hide.

mod bind_mount_hides_image_files;
mod mount_missing_file_becomes_dir;

use super::Rule;

/// The rules of this group, most pressing first.
pub(super) static RULES: &[&Rule] = &[&mount_missing_file_becomes_dir::RULE, &bind_mount_hides_image_files::RULE];
