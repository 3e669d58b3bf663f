//! What `compose-doctor inspect` writes for programs: the types that its JSON schema is made from.

use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// What `inspect --format json` writes. While `schema_version` is 1, keys are added, never taken away or given another
/// meaning. Places are `path:line`, relative to the folder that is inspected.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(untagged)]
pub(super) enum InspectDocument {
    /// Every stack.
    Stacks(StacksDocument),
    /// With `--service`, one service.
    Service(Box<ServiceDocument>),
    /// With `--settings`, one settings module.
    Settings(SettingsDocument),
}

/// Every stack, with its services.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct StacksDocument {
    /// 1
    pub(super) schema_version: u32,
    /// The stacks, as `check` selects them.
    pub(super) stacks: Vec<StackDocument>,
}

/// One stack.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct StackDocument {
    /// Its Compose files, in the order they are merged.
    pub(super) files: Vec<String>,
    /// Why Compose does not accept the project; empty where it does.
    pub(super) faults: Vec<FaultDocument>,
    /// Its services, in file order.
    pub(super) services: Vec<ServiceAccountDocument>,
}

/// A reason why Compose does not accept the project.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct FaultDocument {
    /// The rule that reports it.
    pub(super) rule: &'static str,
    /// What is wrong.
    pub(super) message: String,
    /// Where.
    pub(super) at: Option<String>,
}

/// One service.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct ServiceDocument {
    /// 1
    pub(super) schema_version: u32,
    /// The service.
    #[serde(flatten)]
    pub(super) service: ServiceAccountDocument,
}

/// One settings module, as a process loads it that has only the variables of `--set`.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct SettingsDocument {
    /// 1
    pub(super) schema_version: u32,
    /// The module.
    #[serde(flatten)]
    pub(super) settings: SettingsAccountDocument,
}

/// A service, as it was brought up on paper.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct ServiceAccountDocument {
    /// Its name.
    pub(super) service: String,
    /// Where it is defined.
    pub(super) at: String,
    /// The image; of one that is built here the Dockerfile, the stage and the base.
    pub(super) image: Vec<FactDocument>,
    /// Where its files come from, and what hides them.
    pub(super) files: Vec<FactDocument>,
    /// Why more variables may be set than the files show.
    pub(super) more_variables: Option<UnknownDocument>,
    /// What it runs.
    pub(super) process: ProcessDocument,
    /// The ports that it listens on.
    pub(super) listens: Vec<FactDocument>,
    /// The ports of the host and the services through which requests come.
    pub(super) reached_by: Vec<FactDocument>,
    /// What it is as a Django service; `null` where it is not known to be one.
    pub(super) django: Option<DjangoDocument>,
}

/// A service that runs Django.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct DjangoDocument {
    /// The name of its settings module.
    pub(super) module: FactDocument,
    /// The settings that rules read; `null` where the module is not known.
    pub(super) settings: Option<SettingsAccountDocument>,
    /// Why the settings are not known.
    pub(super) settings_unknown: Option<UnknownDocument>,
    /// The entries of `DATABASES`.
    pub(super) databases: Vec<FactDocument>,
    /// The servers of messages and caches that the settings name.
    pub(super) brokers: Vec<FactDocument>,
    /// The way of the static files.
    pub(super) static_files: Vec<FactDocument>,
    /// The way of uploaded files.
    pub(super) media: Vec<FactDocument>,
}

/// A settings module.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct SettingsAccountDocument {
    /// Its dotted name.
    pub(super) module: String,
    /// The files that were read for it, the module itself first.
    pub(super) files: Vec<String>,
    /// Its upper-case names.
    pub(super) values: BTreeMap<String, ValueDocument>,
    /// Why there may be other names.
    pub(super) open: Option<UnknownDocument>,
    /// What is read from the environment.
    pub(super) reads: Vec<ReadDocument>,
    /// Where loading surely ends in an error.
    pub(super) fails: Option<FailureDocument>,
}

/// Whether something is known: `true`, `false`, or `"partly"`.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(untagged)]
pub(super) enum KnownDocument {
    /// All of it, or nothing.
    Wholly(bool),
    /// `"partly"`
    Partly(&'static str),
}

/// A value, as far as it is known.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct ValueDocument {
    /// How much of it is known.
    pub(super) known: KnownDocument,
    /// The value; left out where nothing of it is known. `{"unknown": reason}` stands for what is not known of it: in a
    /// list for any number of items, and in an object, under the key `<more>`, for any entries. A secret is as many `•`
    /// as it has characters, or, where it is short, is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) value: Option<Value>,
    /// Where nothing of it is known for certain, a value that it may have.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) perhaps: Option<Value>,
    /// Why not all of it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reason: Option<String>,
    /// The construct that made it so; `null` where no file has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) at: Option<String>,
    /// Where the value is written.
    pub(super) written_at: Option<String>,
    /// What it came through.
    pub(super) route: Vec<RouteDocument>,
}

/// One thing that was worked out.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct FactDocument {
    /// What it is about: the name of a setting, a port, a path, or a word for it.
    pub(super) subject: String,
    /// The value.
    #[serde(flatten)]
    pub(super) value: ValueDocument,
}

/// Something that a value came through.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct RouteDocument {
    /// What it is: the name of a variable, `COPY`, `bind mount`.
    pub(super) by: String,
    /// Where.
    pub(super) at: String,
}

/// Why something is not known.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct UnknownDocument {
    /// Why.
    pub(super) reason: String,
    /// The construct that made it so; `null` where no file has it.
    pub(super) at: Option<String>,
}

/// A read of a variable.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct ReadDocument {
    /// The variable.
    pub(super) name: String,
    /// Whether loading fails where it is not set.
    pub(super) required: bool,
    /// Where it is read.
    pub(super) at: String,
    /// Where it is set.
    pub(super) set_at: Option<String>,
    /// What is taken where it is not set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) default: Option<Value>,
}

/// Where loading a settings module surely ends in an error.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct FailureDocument {
    /// The name of the error's class.
    pub(super) kind: String,
    /// What it says.
    pub(super) message: String,
    /// The line that raises it.
    pub(super) at: Option<String>,
}

/// What a container runs.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct ProcessDocument {
    /// Whether the steps are all there is.
    pub(super) known: bool,
    /// The steps, in order.
    pub(super) steps: Vec<StepDocument>,
    /// Why there may be more or others.
    pub(super) unknown: Vec<UnknownDocument>,
}

/// A command.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct StepDocument {
    /// The command with its arguments; what is not known of them is between `«` and `»`.
    pub(super) argv: Vec<String>,
    /// The folder it runs in; `null` where it is not known.
    pub(super) cwd: Option<String>,
    /// Whether it takes the place of the process that starts it.
    pub(super) exec: bool,
    /// Whether the next step does not wait for it.
    pub(super) background: bool,
    /// Whether it may not run at all.
    pub(super) conditional: bool,
    /// Whether its output goes into a pipe or `$( )`.
    pub(super) captured: bool,
    /// Where the command is written.
    pub(super) at: String,
    /// Commands that this one starts, where it is no shell: those of `supervisord`, of a Python script.
    pub(super) starts: Vec<Self>,
}
