//! `deploy` (Compose deploy specification).

use super::super::types::{Table, Type, always, field, given};
use super::{closed, table};

pub(super) static DEPLOY: Table = table(&[
    field("mode", Type::Text),
    given("replicas", Type::Int),
    field("labels", Type::Mapping),
    given("update_config", Type::Record(&UPDATE)),
    given("rollback_config", Type::Record(&UPDATE)),
    field("resources", Type::Record(&RESOURCES)),
    given("restart_policy", Type::Record(&RESTART)),
    field("placement", Type::Record(&PLACEMENT)),
    field("endpoint_mode", Type::Text),
]);

static UPDATE: Table = table(&[
    given("parallelism", Type::Count),
    field("delay", Type::Duration),
    field("failure_action", Type::Text),
    field("monitor", Type::Duration),
    field("max_failure_ratio", Type::Float32),
    field("order", Type::Text),
]);

static RESOURCES: Table = table(&[
    given("limits", Type::Record(&RESOURCE)),
    given("reservations", Type::Record(&RESOURCE)),
]);

static RESOURCE: Table = table(&[
    field("cpus", Type::Float32),
    field("memory", Type::Bytes),
    field("pids", Type::Int),
    field("devices", Type::List(&Type::Record(&DEVICES))),
    field("generic_resources", Type::List(&Type::Record(&GENERIC))),
]);

/// Also `gpus`.
pub(super) static DEVICES: Table = closed(&[
    field("capabilities", Type::Texts),
    field("driver", Type::Text),
    field("count", Type::DeviceCount),
    field("device_ids", Type::Texts),
    field("options", Type::Mapping),
]);

static GENERIC: Table = table(&[given("discrete_resource_spec", Type::Record(&DISCRETE))]);

static DISCRETE: Table = table(&[always("kind", Type::Text), always("value", Type::Int)]);

static RESTART: Table = table(&[
    field("condition", Type::Text),
    given("delay", Type::Duration),
    given("max_attempts", Type::Count),
    given("window", Type::Duration),
]);

static PLACEMENT: Table = table(&[
    field("constraints", Type::Texts),
    field("preferences", Type::List(&Type::Record(&PREFERENCE))),
    field("max_replicas_per_node", Type::Count),
]);

static PREFERENCE: Table = table(&[field("spread", Type::Text)]);
