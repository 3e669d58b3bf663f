//! Services (Compose specification, `services`).

use super::super::types::{Table, Type, always, command, field, given};
use super::build::{BUILD, DEVELOP, HOOK};
use super::deploy::{DEPLOY, DEVICES};
use super::{closed, named, nullable, table};

pub(super) static SERVICE: Table = table(&[
    field("profiles", Type::Texts),
    field("annotations", Type::Mapping),
    given("attach", Type::Bool),
    given("build", Type::Record(&BUILD)),
    given("develop", Type::Record(&DEVELOP)),
    given("blkio_config", Type::Record(&BLKIO)),
    field("cap_add", Type::Texts),
    field("cap_drop", Type::Texts),
    field("cgroup_parent", Type::Text),
    field("cgroup", Type::Text),
    field("cpu_count", Type::Int),
    field("cpu_percent", Type::Float32),
    field("cpu_period", Type::Int),
    field("cpu_quota", Type::Int),
    field("cpu_rt_period", Type::Int),
    field("cpu_rt_runtime", Type::Int),
    field("cpus", Type::Float32),
    field("cpuset", Type::Text),
    field("cpu_shares", Type::Int),
    command("command"),
    field("configs", Type::List(&Type::Record(&GRANT))),
    field("container_name", Type::Text),
    given("credential_spec", Type::Record(&CREDENTIALS)),
    field("depends_on", named(&Type::Record(&DEPENDENCY))),
    given("deploy", Type::Record(&DEPLOY)),
    field("device_cgroup_rules", Type::Texts),
    field("devices", Type::List(&Type::Record(&DEVICE))),
    field("dns", Type::TextOrList),
    field("dns_opt", Type::Texts),
    field("dns_search", Type::TextOrList),
    field("dockerfile", Type::Text),
    field("domainname", Type::Text),
    command("entrypoint"),
    given("provider", Type::Record(&PROVIDER)),
    field("environment", Type::Environment),
    field("env_file", Type::List(&Type::EnvFile)),
    field("expose", Type::Numbers),
    given("extends", Type::Record(&EXTENDS)),
    field("external_links", Type::Texts),
    field("extra_hosts", Type::Hosts),
    field("group_add", Type::Texts),
    field("gpus", Type::List(&Type::Record(&DEVICES))),
    field("hostname", Type::Text),
    given("healthcheck", Type::Record(&HEALTH)),
    field("image", Type::Text),
    given("init", Type::Bool),
    field("ipc", Type::Text),
    field("isolation", Type::Text),
    field("labels", Type::Mapping),
    field("label_file", Type::Texts),
    field("links", Type::Texts),
    given("logging", Type::Record(&LOGGING)),
    field("log_driver", Type::Text),
    field("log_opt", Type::TextMap),
    field("mem_limit", Type::Bytes),
    field("mem_reservation", Type::Bytes),
    field("memswap_limit", Type::Bytes),
    field("mem_swappiness", Type::Bytes),
    field("mac_address", Type::Text),
    field("models", nullable(&Type::Record(&MODEL))),
    field("net", Type::Text),
    field("network_mode", Type::Text),
    field("networks", nullable(&Type::Record(&NETWORK))),
    field("oom_kill_disable", Type::Bool),
    field("oom_score_adj", Type::Int),
    field("pid", Type::Text),
    field("pids_limit", Type::Int),
    field("platform", Type::Text),
    field("ports", Type::List(&Type::Record(&PORT))),
    field("privileged", Type::Bool),
    field("pull_policy", Type::Text),
    field("read_only", Type::Bool),
    field("restart", Type::Text),
    field("runtime", Type::Text),
    given("scale", Type::Int),
    field("secrets", Type::List(&Type::Record(&GRANT))),
    field("security_opt", Type::Texts),
    field("shm_size", Type::Bytes),
    field("stdin_open", Type::Bool),
    given("stop_grace_period", Type::Duration),
    field("stop_signal", Type::Text),
    field("storage_opt", Type::TextMap),
    field("sysctls", Type::Mapping),
    field("tmpfs", Type::TextOrList),
    field("tty", Type::Bool),
    field("ulimits", nullable(&Type::Ulimit)),
    field("use_api_socket", Type::Bool),
    field("user", Type::Text),
    field("userns_mode", Type::Text),
    field("uts", Type::Text),
    field("volume_driver", Type::Text),
    field("volumes", Type::List(&Type::Record(&MOUNT))),
    field("volumes_from", Type::Texts),
    field("working_dir", Type::Text),
    field("post_start", Type::List(&Type::Record(&HOOK))),
    field("pre_stop", Type::List(&Type::Record(&HOOK))),
]);

static BLKIO: Table = table(&[
    field("weight", Type::Unsigned(16)),
    field("weight_device", Type::List(&Type::Record(&WEIGHT))),
    field("device_read_bps", Type::List(&Type::Record(&THROTTLE))),
    field("device_read_iops", Type::List(&Type::Record(&THROTTLE))),
    field("device_write_bps", Type::List(&Type::Record(&THROTTLE))),
    field("device_write_iops", Type::List(&Type::Record(&THROTTLE))),
]);

// These two have no keys of their own for printing: JSON takes the names of the fields as they are.
static WEIGHT: Table = table(&[
    always("path", Type::Text).in_json("Path"),
    always("weight", Type::Unsigned(16)).in_json("Weight"),
]);
static THROTTLE: Table = table(&[
    always("path", Type::Text).in_json("Path"),
    always("rate", Type::Bytes).in_json("Rate"),
]);

static DEVICE: Table = table(&[
    field("source", Type::Text),
    field("target", Type::Text),
    field("permissions", Type::Text),
]);

static LOGGING: Table = table(&[field("driver", Type::Text), field("options", Type::Options)]);

static PROVIDER: Table = table(&[field("type", Type::Text), field("options", Type::MultiOptions)]);

static CREDENTIALS: Table =
    table(&[field("config", Type::Text), field("file", Type::Text), field("registry", Type::Text)]);

static DEPENDENCY: Table = table(&[
    field("condition", Type::Text),
    field("restart", Type::Bool),
    always("required", Type::Bool),
]);

static EXTENDS: Table = closed(&[field("file", Type::Text), field("service", Type::Text)]);

static HEALTH: Table = table(&[
    field("test", Type::Test),
    given("timeout", Type::Duration),
    given("interval", Type::Duration),
    given("retries", Type::Count),
    given("start_period", Type::Duration),
    given("start_interval", Type::Duration),
    field("disable", Type::Bool),
]);

static MODEL: Table = table(&[field("endpoint_var", Type::Text), field("model_var", Type::Text)]);

static NETWORK: Table = table(&[
    field("aliases", Type::Texts),
    field("driver_opts", Type::Options),
    field("gw_priority", Type::Int),
    field("interface_name", Type::Text),
    field("ipv4_address", Type::Text),
    field("ipv6_address", Type::Text),
    field("link_local_ips", Type::Texts),
    field("mac_address", Type::Text),
    field("priority", Type::Int),
]);

static PORT: Table = table(&[
    field("name", Type::Text),
    field("mode", Type::Text),
    field("host_ip", Type::Text),
    field("target", Type::Count),
    field("published", Type::Text),
    field("protocol", Type::Text),
    field("app_protocol", Type::Text),
]);

/// A config or secret that a service or its build may read.
pub(super) static GRANT: Table = table(&[
    field("source", Type::Text),
    field("target", Type::Text),
    field("uid", Type::Text),
    field("gid", Type::Text),
    given("mode", Type::Mode),
]);

static MOUNT: Table = table(&[
    field("type", Type::Text),
    field("source", Type::Text),
    field("target", Type::Text),
    field("read_only", Type::Bool),
    field("consistency", Type::Text),
    given("bind", Type::Record(&BIND)),
    given("volume", Type::Record(&VOLUME)),
    given("tmpfs", Type::Record(&TMPFS)),
    given("image", Type::Record(&IMAGE)),
]);

static BIND: Table = table(&[
    field("selinux", Type::Text),
    field("propagation", Type::Text),
    field("create_host_path", Type::Bool),
    field("recursive", Type::Text),
]);

static VOLUME: Table = table(&[
    field("labels", Type::Mapping),
    field("nocopy", Type::Bool),
    field("subpath", Type::Text),
]);

static TMPFS: Table = table(&[field("size", Type::Bytes), field("mode", Type::Unsigned(32))]);

static IMAGE: Table = table(&[field("subpath", Type::Text)]);
