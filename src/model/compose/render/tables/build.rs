//! `build` and `develop` (Compose build specification, Compose develop specification).

use super::super::types::{Table, Type, always, command, field};
use super::service::GRANT;
use super::{nullable, table};

pub(super) static BUILD: Table = table(&[
    field("context", Type::Text),
    field("dockerfile", Type::Text),
    field("dockerfile_inline", Type::Text),
    field("entitlements", Type::Texts),
    field("args", Type::Environment),
    field("provenance", Type::Text),
    field("sbom", Type::Text),
    field("ssh", Type::Ssh),
    field("labels", Type::Mapping),
    field("cache_from", Type::TextOrList),
    field("cache_to", Type::TextOrList),
    field("no_cache", Type::Bool),
    field("additional_contexts", Type::Mapping),
    field("pull", Type::Bool),
    field("extra_hosts", Type::Hosts),
    field("isolation", Type::Text),
    field("network", Type::Text),
    field("target", Type::Text),
    field("secrets", Type::List(&Type::Record(&GRANT))),
    field("shm_size", Type::Bytes),
    field("tags", Type::TextOrList),
    field("ulimits", nullable(&Type::Ulimit)),
    field("platforms", Type::TextOrList),
    field("privileged", Type::Bool),
]);

pub(super) static DEVELOP: Table = table(&[field("watch", Type::List(&Type::Record(&TRIGGER)))]);

static TRIGGER: Table = table(&[
    always("path", Type::Text),
    always("action", Type::Text),
    field("target", Type::Text),
    field("exec", Type::Record(&HOOK)),
    field("include", Type::Texts),
    field("ignore", Type::Texts),
    field("initial_sync", Type::Bool),
]);

/// Also `post_start` and `pre_stop`.
pub(super) static HOOK: Table = table(&[
    command("command"),
    field("user", Type::Text),
    field("privileged", Type::Bool),
    field("working_dir", Type::Text),
    field("environment", Type::Environment),
]);
