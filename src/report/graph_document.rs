//! What `compose-doctor graph --format json` writes: the types that its JSON schema is made from.

use serde::Serialize;

/// What `graph --format json` writes. While `schema_version` is 1, keys are added, never taken away or given another
/// meaning.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct GraphDocument {
    /// 1
    pub(super) schema_version: u32,
    /// The stacks, as `check` selects them.
    pub(super) stacks: Vec<StackGraphDocument>,
}

/// A stack.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct StackGraphDocument {
    /// Its Compose files, in the order they are merged.
    pub(super) files: Vec<String>,
    /// Its services, in file order.
    pub(super) services: Vec<NodeDocument>,
    /// What joins them.
    pub(super) edges: Vec<EdgeDocument>,
    /// The named volumes that two or more services mount.
    pub(super) volumes: Vec<VolumeDocument>,
}

/// A service.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct NodeDocument {
    /// Its name.
    pub(super) name: String,
    /// The programs that it runs, or the image where they are not known.
    pub(super) runs: Vec<String>,
    /// Whether that is all it runs. An image that is not built here counts as known by its name.
    pub(super) known: bool,
    /// The ports of the host, each with where it leads.
    pub(super) published: Vec<String>,
    /// Its networks.
    pub(super) networks: Vec<String>,
    /// The findings with a place in its entry.
    pub(super) findings: Vec<GraphFindingDocument>,
}

/// A finding.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct GraphFindingDocument {
    /// The rule's name.
    pub(super) rule: &'static str,
    /// `error`, `warning` or `info`.
    pub(super) severity: &'static str,
    /// What happens.
    pub(super) message: String,
}

/// What joins two services.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct EdgeDocument {
    /// The service that connects or waits.
    pub(super) from: String,
    /// The other one.
    pub(super) to: String,
    /// `connects` or `waits`.
    pub(super) kind: &'static str,
    /// The setting, directive or condition.
    pub(super) label: String,
    /// Where it is written: `path:line`.
    pub(super) at: String,
}

/// A named volume that services share.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct VolumeDocument {
    /// Its name.
    pub(super) name: String,
    /// The services that mount it.
    pub(super) services: Vec<String>,
}
