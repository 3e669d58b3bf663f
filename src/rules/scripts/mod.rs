//! What a container does when it starts: its scripts, and whether they can be run.

mod command_never_reached;
mod container_exits;
mod entrypoint_branch_never_taken;
mod entrypoint_crlf;
mod entrypoint_does_not_exec_cmd;
mod entrypoint_hidden_or_missing;
mod entrypoint_not_executable;
mod multi_command_multiline_not_joined;
mod restart_on_oneshot;
mod run_export_lost;
mod script_tool_missing_in_image;
mod shell_operators_without_shell;
mod wait_loop_never_ends;

use super::Rule;

/// The rules of this group, most pressing first.
pub(super) static RULES: &[&Rule] = &[
    &entrypoint_crlf::RULE,
    &entrypoint_not_executable::RULE,
    &entrypoint_hidden_or_missing::RULE,
    &shell_operators_without_shell::RULE,
    &multi_command_multiline_not_joined::RULE,
    &entrypoint_does_not_exec_cmd::RULE,
    &command_never_reached::RULE,
    &container_exits::RULE,
    &wait_loop_never_ends::RULE,
    &script_tool_missing_in_image::RULE,
    &entrypoint_branch_never_taken::RULE,
    &restart_on_oneshot::RULE,
    &run_export_lost::RULE,
];
