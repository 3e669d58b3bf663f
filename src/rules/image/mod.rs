//! The images that are built and pulled: what they stand on, and what can be installed there.

mod apt_lists_missing;
mod apt_netcat_gone;
mod base_distro_eol_apt;
mod base_image_argument_empty;
mod build_arg_undeclared;
mod build_target_unknown;
mod build_tool_command_removed;
mod collectstatic_build_needs_env;
mod copy_from_stage_unknown;
mod copy_source_missing_in_context;
mod dockerfile_value_invalid;
mod driver_build_deps_missing;
mod exec_form_not_json;
mod healthcheck_arguments_wrong;
mod healthcheck_cmd_shell_extra_args;
mod healthcheck_localhost_ipv6;
mod healthcheck_tool_missing_in_image;
mod image_removed_from_registry;
mod instruction_overwritten;
mod native_library_missing;
mod package_install_asks;
mod python_package_not_installed;
mod python_version_unsupported;
mod stage_name_twice;

use super::Rule;

/// The rules of this group, most pressing first.
pub(super) static RULES: &[&Rule] = &[
    &dockerfile_value_invalid::RULE,
    &base_image_argument_empty::RULE,
    &copy_from_stage_unknown::RULE,
    &image_removed_from_registry::RULE,
    &build_target_unknown::RULE,
    &copy_source_missing_in_context::RULE,
    &base_distro_eol_apt::RULE,
    &apt_lists_missing::RULE,
    &package_install_asks::RULE,
    &apt_netcat_gone::RULE,
    &driver_build_deps_missing::RULE,
    &python_version_unsupported::RULE,
    &collectstatic_build_needs_env::RULE,
    &python_package_not_installed::RULE,
    &healthcheck_tool_missing_in_image::RULE,
    &healthcheck_cmd_shell_extra_args::RULE,
    &instruction_overwritten::RULE,
    &stage_name_twice::RULE,
    &build_arg_undeclared::RULE,
    &exec_form_not_json::RULE,
    &build_tool_command_removed::RULE,
    &native_library_missing::RULE,
    &healthcheck_arguments_wrong::RULE,
    &healthcheck_localhost_ipv6::RULE,
];
