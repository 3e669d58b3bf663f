//! What `compose-doctor env` writes for programs: the types that its JSON schema is made from.

use serde::Serialize;
use std::collections::BTreeMap;

/// What `env --format json` writes. While `schema_version` is 1, keys are added, never taken away or given another
/// meaning. Places are `path:line:column`, relative to the folder of the project. Secrets are masked.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct EnvDocument {
    /// 1
    pub(super) schema_version: u32,
    /// The services, in file order.
    pub(super) services: Vec<ServiceEnvDocument>,
}

/// A service.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct ServiceEnvDocument {
    /// Its name.
    pub(super) service: String,
    /// The variables by name.
    pub(super) variables: BTreeMap<String, VariableDocument>,
    /// Why more variables may be set than are listed.
    pub(super) more_may_be_set: Option<String>,
    /// Why there may be more readers than are listed.
    pub(super) readers_not_known: Option<String>,
}

/// A variable of a service.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct VariableDocument {
    /// `set`, `default`, `blank`, `missing` (required and set nowhere), `unset`, `never-read` or `unknown`.
    pub(super) state: &'static str,
    /// Whether its value is a secret.
    pub(super) secret: bool,
    /// Its value; none where it is not known.
    pub(super) value: Option<String>,
    /// Who sets it, from the weakest to the one that wins.
    pub(super) set: Vec<SetDocument>,
    /// Who reads it.
    pub(super) read: Vec<ReadDocument>,
}

/// A place that sets a variable.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct SetDocument {
    /// `environment`, `env_file`, `image`, `script` or `settings`.
    pub(super) by: &'static str,
    /// Where.
    pub(super) place: String,
    /// Its value; none where it is not known.
    pub(super) value: Option<String>,
    /// The places that the value came through.
    pub(super) via: Vec<String>,
    /// Whether the value comes from the environment of Compose.
    pub(super) from_shell: bool,
    /// Whether it is the one that counts.
    pub(super) wins: bool,
}

/// A place that reads a variable.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct ReadDocument {
    /// `settings`, `code`, `script`, `nginx` or `program`.
    pub(super) by: &'static str,
    /// The program that reads it, where its image is known.
    pub(super) program: Option<&'static str>,
    /// Where.
    pub(super) place: Option<String>,
    /// What the value is turned into.
    pub(super) cast: Option<&'static str>,
    /// What it is without the variable.
    pub(super) default: Option<String>,
    /// Whether it fails without the variable.
    pub(super) required: bool,
}
