//! What mounts hide.

mod bind_mount_hides_image_files;

use super::Rule;

/// The rules of this group, most pressing first.
pub(super) static RULES: &[&Rule] = &[&bind_mount_hides_image_files::RULE];
