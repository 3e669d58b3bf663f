//! The repair of each fault that can hide others.

mod build;
mod compose;
mod cure;
mod near;
mod python;
mod scripts;
mod yaml;

use super::repair::Repair;
use crate::finding::{Finding, RuleMeta};
use crate::model::stack::Stack;
use crate::rules::meta;
use crate::source::Sources;
use crate::syntax::comments::Language;

/// Rules whose findings can hide others.
pub(super) static HIDING: [&RuleMeta; 32] = [
    &meta::BUILD_TARGET_UNKNOWN,
    &meta::DOCKERFILE_MISSING,
    &meta::COPY_SOURCE_MISSING_IN_CONTEXT,
    &meta::ENTRYPOINT_HIDDEN_OR_MISSING,
    &meta::ENTRYPOINT_DOES_NOT_EXEC_CMD,
    &meta::SHELL_OPERATORS_WITHOUT_SHELL,
    &meta::EXEC_FORM_NOT_JSON,
    &meta::MANAGE_PY_NOT_IN_WORKDIR,
    &meta::WSGI_MODULE_MISSING,
    &meta::CELERY_APP_NOT_FOUND,
    &meta::SETTINGS_MODULE_MISSING,
    &meta::ENV_FILE_MISSING,
    &meta::NGINX_CONF_NOT_MOUNTED,
    &meta::NGINX_CONF_WRONG_LEVEL,
    &meta::NO_IMAGE_OR_BUILD,
    &meta::SYNTAX_ERROR,
    &meta::YAML_DUP_KEYS_TABS_UNKNOWN,
    &meta::EXCLUSIVE_KEYS,
    &meta::DEPENDS_ON_UNKNOWN_OR_CYCLE,
    &meta::PROFILE_DISABLED_DEPENDENCY,
    &meta::NETWORK_ISOLATION_UNREACHABLE,
    &meta::DB_HOST_LOCALHOST,
    &meta::DB_HOST_UNKNOWN_SERVICE,
    &meta::BROKER_HOST_LOCALHOST,
    &meta::BROKER_HOST_UNKNOWN_SERVICE,
    &meta::NGINX_UPSTREAM_LOCALHOST,
    &meta::NGINX_UPSTREAM_UNKNOWN_HOST,
    &meta::DB_NO_VOLUME,
    &meta::CONTAINER_EXITS,
    &meta::RESTART_ON_ONESHOT,
    &meta::ENTRYPOINT_NOT_EXECUTABLE,
    &meta::BIND_MOUNT_HIDES_IMAGE_FILES,
];

/// Rules of hosts that settings connect to.
static HOSTS: [&RuleMeta; 4] = [
    &meta::DB_HOST_LOCALHOST,
    &meta::DB_HOST_UNKNOWN_SERVICE,
    &meta::BROKER_HOST_LOCALHOST,
    &meta::BROKER_HOST_UNKNOWN_SERVICE,
];

/// Rules of hosts that nginx passes requests on to.
static UPSTREAMS: [&RuleMeta; 2] =
    [&meta::NGINX_UPSTREAM_LOCALHOST, &meta::NGINX_UPSTREAM_UNKNOWN_HOST];

/// The repair of a fault; `None` where none can be written down.
pub(super) fn of_fault(
    fault: &Finding,
    stack: &Stack<'_>,
    sources: &Sources<'_>,
) -> Option<Repair> {
    let repair = Repair::of(fault)?;
    let is = |rule: &'static RuleMeta| std::ptr::eq(fault.rule, rule);
    let at = repair.fault.span;
    if is(&meta::BUILD_TARGET_UNKNOWN) {
        build::target(repair, at, stack, sources)
    } else if is(&meta::DOCKERFILE_MISSING) {
        build::dockerfile(repair, at, stack, sources)
    } else if is(&meta::COPY_SOURCE_MISSING_IN_CONTEXT) {
        build::copy_source(repair, at, stack, sources)
    } else if is(&meta::ENTRYPOINT_HIDDEN_OR_MISSING) {
        scripts::script(repair, at, stack, sources)
    } else if is(&meta::MANAGE_PY_NOT_IN_WORKDIR) {
        scripts::workdir(repair, at, stack, sources)
    } else if is(&meta::SETTINGS_MODULE_MISSING) {
        python::settings(repair, at, stack, sources)
    } else if is(&meta::WSGI_MODULE_MISSING) || is(&meta::CELERY_APP_NOT_FOUND) {
        python::module(repair, fault, stack, sources)
    } else if is(&meta::ENV_FILE_MISSING) {
        compose::env_file(repair, at, stack, sources)
    } else if is(&meta::DEPENDS_ON_UNKNOWN_OR_CYCLE) {
        compose::dependency(repair, at, stack, sources)
    } else if is(&meta::NO_IMAGE_OR_BUILD) {
        compose::image(repair, at, stack, sources)
    } else if is(&meta::CONTAINER_EXITS) || is(&meta::RESTART_ON_ONESHOT) {
        compose::command(repair, fault, stack, sources)
    } else if is(&meta::BIND_MOUNT_HIDES_IMAGE_FILES) {
        cure::removal(repair, at, sources)
    } else if is(&meta::SYNTAX_ERROR) {
        yaml::syntax(repair, at, sources)
    } else if HOSTS.iter().any(|rule| is(rule)) {
        // What a script makes of variables is not written anew.
        let in_script = |repair: &Repair| {
            repair.edits.iter().any(|(at, _)| {
                let file = sources.file(at.file);
                let language = Language::of_name(file.path.file_name());
                !matches!(language, Language::Yaml | Language::Env | Language::Python)
            })
        };
        let repair = cure::edits(repair, fault, sources).filter(|repair| !in_script(repair))?;
        Some(Repair { is_sure: true, ..repair })
    } else if UPSTREAMS.iter().any(|rule| is(rule)) {
        Some(Repair { is_sure: true, ..cure::edits(repair, fault, sources)? })
    } else {
        cure::edits(repair, fault, sources)
    }
}
