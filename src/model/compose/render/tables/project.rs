//! The top level (Compose specification: networks, volumes, configs, secrets, models).

use super::super::types::{Field, Names, Table, Type, always, field, given};
use super::service::SERVICE;
use super::{closed, named, table};

/// The top level in the order of YAML.
pub(in super::super) static PROJECT: Table = table(&[
    field("name", Type::Text),
    always("services", named(&Type::Record(&SERVICE))),
    field("networks", named(&Type::Record(&NETWORK))),
    field("volumes", named(&Type::Record(&VOLUME))),
    field("secrets", named(&Type::Record(&SECRET))),
    field("configs", named(&Type::Record(&CONFIG))),
    field("models", Type::Map(&Type::Record(&MODEL), Names { free: false, null: false })),
]);

/// What JSON has of it: not the models.
pub(in super::super) static SECTIONS: [&str; 6] =
    ["name", "services", "networks", "volumes", "secrets", "configs"];

static NETWORK: Table = table(&[
    field("name", Type::Text),
    field("driver", Type::Text),
    field("driver_opts", Type::Options),
    field("ipam", Type::Record(&IPAM)),
    field("external", Type::Bool),
    field("internal", Type::Bool),
    field("attachable", Type::Bool),
    field("labels", Type::Mapping),
    given("enable_ipv4", Type::Bool),
    given("enable_ipv6", Type::Bool),
]);

static IPAM: Table =
    table(&[field("driver", Type::Text), field("config", Type::List(&Type::Record(&POOL)))]);

static POOL: Table = closed(&[
    field("subnet", Type::Text),
    field("gateway", Type::Text),
    field("ip_range", Type::Text),
    field("aux_addresses", Type::Mapping),
]);

static VOLUME: Table = table(&[
    field("name", Type::Text),
    field("driver", Type::Text),
    field("driver_opts", Type::Options),
    field("external", Type::Bool),
    field("labels", Type::Mapping),
]);

/// A file's content comes from these; a secret never prints what it holds.
const FILE: [Field; 9] = [
    field("name", Type::Text),
    field("file", Type::Text),
    field("environment", Type::Text),
    field("content", Type::Text),
    field("external", Type::Bool),
    field("labels", Type::Mapping),
    field("driver", Type::Text),
    field("driver_opts", Type::TextMap),
    field("template_driver", Type::Text),
];

static CONFIG: Table = table(&FILE);

/// Without `content`, which is a secret's text.
static SECRET: Table =
    table(&[FILE[0], FILE[1], FILE[2], FILE[4], FILE[5], FILE[6], FILE[7], FILE[8]]);

static MODEL: Table = table(&[
    field("name", Type::Text),
    field("model", Type::Text),
    field("context_size", Type::Int),
    field("runtime_flags", Type::Texts),
]);
