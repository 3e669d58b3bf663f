//! A service, typed as far as anything above needs it.

use super::command_split::{Words, command_words};
use super::service_reader::{
    build, depends_on, env_files, environment, healthcheck, mounts, networks, port,
};
use crate::model::compose::tree::{Entry, Node, Scalar};
use crate::source::{RelPath, Span, Text};

/// A service of a project.
#[derive(Debug, Clone)]
pub struct Service {
    /// Its name: the key in the file that wrote it.
    pub name: Text,
    /// Everything it says.
    pub node: Node,
    /// `image`
    pub image: Option<Scalar>,
    /// `build`
    pub build: Option<Build>,
    /// `command`; empty words for an explicit `[]`.
    pub command: Option<Words>,
    /// `entrypoint`
    pub entrypoint: Option<Words>,
    /// `working_dir`
    pub working_dir: Option<Text>,
    /// `environment`, sorted as written.
    pub environment: Vec<EnvVar>,
    /// `env_file`
    pub env_files: Vec<EnvFileRef>,
    /// `volumes`
    pub mounts: Vec<Mount>,
    /// `ports`
    pub ports: Vec<Port>,
    /// `depends_on`
    pub depends_on: Vec<Dependency>,
    /// Names of networks with the aliases there; empty means `default`.
    pub networks: Vec<(Text, Vec<Text>)>,
    /// `healthcheck`
    pub healthcheck: Option<Healthcheck>,
}

/// `build`
#[derive(Debug, Clone)]
pub struct Build {
    /// The context folder below the root; `None` for a remote one, one that leaves the root, or an unknown one.
    pub context: Option<RelPath>,
    /// The context as written (or the `build` value).
    pub context_text: Text,
    /// `dockerfile`, relative to the context, as far as it is known.
    pub dockerfile: Option<Text>,
    /// `dockerfile_inline` was given.
    pub inline: bool,
    /// `target`
    pub target: Option<Text>,
    /// Names of `additional_contexts`, in lower case.
    pub contexts: Vec<String>,
    /// `args`; a null value is taken from the environment of whoever builds.
    pub args: Vec<(Text, Option<Scalar>)>,
    /// The whole value.
    pub span: Span,
}

/// An item of `environment`.
#[derive(Debug, Clone)]
pub struct EnvVar {
    /// The variable.
    pub name: Text,
    /// Its value; `None` when it is passed on from whoever runs Compose.
    pub value: Option<Scalar>,
    /// The item.
    pub span: Span,
}

/// An item of `env_file`.
#[derive(Debug, Clone)]
pub struct EnvFileRef {
    /// The path as written.
    pub path: Text,
    /// Whether its absence is an error.
    pub required: bool,
    /// The folder the path starts from.
    pub folder: RelPath,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MountKind {
    /// A folder or file of the host.
    Bind,
    /// A named volume.
    Volume,
    /// A volume without a name.
    Anonymous,
    /// Memory.
    Tmpfs,
    /// It depends on a variable that is not set.
    Unknown,
}

/// An item of `volumes`.
#[derive(Debug, Clone)]
pub struct Mount {
    pub kind: MountKind,
    /// Host path or volume name.
    pub source: Option<Text>,
    /// Path in the container.
    pub target: Text,
    /// Mounted `ro`.
    pub read_only: bool,
    /// A volume that is not filled from the image.
    pub nocopy: bool,
    /// Folder of the volume that is mounted.
    pub subpath: Option<Text>,
    /// The folder a relative source starts from; `None` for that of the project.
    pub base: Option<RelPath>,
    /// How it is written.
    pub syntax: MountSyntax,
    /// Whether Docker makes a directory where the source of a bind mount is missing: always with the short syntax, with
    /// the long one where `bind.create_host_path` is set (Compose specification, `volumes`).
    pub makes_host_path: bool,
    /// The item.
    pub span: Span,
}

/// How a mount is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MountSyntax {
    /// `SOURCE:TARGET:MODE`, and an item of `tmpfs`.
    Short,
    /// A mapping with `type`, `source` and `target`.
    Long,
}

/// An item of `ports`.
#[derive(Debug, Clone)]
pub struct Port {
    /// The container's port; `None` for a range.
    pub target: Option<u16>,
    /// The host's port or range.
    pub published: Option<String>,
    /// The host address it is bound to.
    pub address: Option<String>,
    /// `tcp`, `udp`
    pub protocol: String,
    /// The item.
    pub span: Span,
}

/// When a dependency counts as there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    ServiceStarted,
    ServiceHealthy,
    ServiceCompletedSuccessfully,
}

/// An item of `depends_on`.
#[derive(Debug, Clone)]
pub struct Dependency {
    /// The service that is waited for.
    pub service: Text,
    /// What is waited for.
    pub condition: Condition,
    /// The condition's value, or the item where none is written.
    pub span: Span,
}

/// `healthcheck`
#[derive(Debug, Clone)]
pub struct Healthcheck {
    /// `disable: true` or `test: NONE`.
    pub disabled: bool,
    /// `test`
    pub test: Option<Words>,
    /// The whole value.
    pub span: Span,
}

impl Service {
    /// Types a service of a project in `folder`.
    pub(crate) fn new(name: Text, node: Node, folder: &RelPath) -> Self {
        let get = |key: &str| node.get(key);
        let text = |key: &str| get(key).and_then(|n| n.text().cloned());
        Self {
            image: get("image").and_then(|n| n.scalar().cloned()),
            build: get("build").map(|n| build(n, folder)),
            command: get("command").and_then(command_words),
            entrypoint: get("entrypoint").and_then(command_words),
            working_dir: text("working_dir"),
            environment: get("environment").map(environment).unwrap_or_default(),
            env_files: get("env_file").map(|n| env_files(n, folder)).unwrap_or_default(),
            mounts: mounts(&node),
            ports: get("ports")
                .map(|n| n.items().iter().filter_map(port).collect())
                .unwrap_or_default(),
            depends_on: get("depends_on").map(depends_on).unwrap_or_default(),
            networks: get("networks").map(networks).unwrap_or_default(),
            healthcheck: get("healthcheck").map(healthcheck),
            name,
            node,
        }
    }

    /// A scalar of the service by its key, where it is known.
    pub fn text(&self, key: &str) -> Option<&Text> {
        self.node.get(key).and_then(Node::text)
    }

    /// The entry of a key, for labels.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.node.entry(key)
    }

    /// Whether the service belongs to a profile, so that a plain `up` leaves it out.
    pub fn has_profile(&self) -> bool {
        self.node.get("profiles").is_some_and(|p| !p.items().is_empty() || p.scalar().is_some())
    }

    /// `restart`, or the policy `deploy.restart_policy.condition` stands for; `no` where nothing is said.
    pub fn restart(&self) -> &str {
        let deployed =
            self.node.get("deploy").and_then(|d| d.get("restart_policy")?.get("condition"));
        match deployed.and_then(|c| c.text()).map(|t| t.as_str()) {
            Some("any") => "always",
            Some("none") => "no",
            Some(condition) => condition,
            None => self.text("restart").map_or("no", |t| t.as_str()),
        }
    }

    /// Whether the service shares the host's network.
    pub fn host_network(&self) -> bool {
        self.text("network_mode").is_some_and(|m| m.as_str() == "host")
    }

    /// An item of `environment`.
    pub fn env(&self, name: &str) -> Option<&EnvVar> {
        self.environment.iter().rev().find(|e| e.name.as_str() == name)
    }
}

impl Mount {
    /// Whether its source is written as it is: no variable says it.
    pub fn is_literal(&self) -> bool {
        self.source.as_ref().is_some_and(|s| s.pieces().iter().all(|p| p.verbatim()))
    }

    /// The host path below the root, for a bind mount of a project in `folder`; `None` when it lies elsewhere.
    pub fn host(&self, folder: &RelPath) -> Option<RelPath> {
        let folder = self.base.as_ref().unwrap_or(folder);
        match (self.kind, &self.source) {
            (MountKind::Bind, Some(source)) if matches!(source.as_str().as_bytes(), [b'.', ..]) => {
                folder.join(source.as_str())
            }
            // The long syntax takes a relative path without a leading dot as well.
            (MountKind::Bind, Some(source)) if !source.starts_with(['/', '~', '$']) => {
                folder.join(source.as_str())
            }
            _ => None,
        }
    }
}
