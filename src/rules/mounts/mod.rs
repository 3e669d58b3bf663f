//! What mounts hide.

mod absolute_or_home_host_path;
mod bind_mount_hides_image_files;
mod mount_missing_file_becomes_dir;
mod mount_never_used;
mod nonroot_volume_permissions;

use super::Rule;

/// The rules of this group, most pressing first.
pub(super) static RULES: &[&Rule] = &[
    &mount_missing_file_becomes_dir::RULE,
    &bind_mount_hides_image_files::RULE,
    &nonroot_volume_permissions::RULE,
    &mount_never_used::RULE,
    &absolute_or_home_host_path::RULE,
];
