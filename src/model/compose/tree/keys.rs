//! What each step of the loading does with a key, where it treats that in a way of its own. Which key it is stands
//! in `data/compose-keys.txt`, of which the build makes the lists.

/// What a text is made into.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Cast {
    Int,
    Float,
    Bool,
}

/// What a place takes: a text, a whole number, a list, a mapping.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Takes {
    pub(crate) text: bool,
    pub(crate) int: bool,
    pub(crate) list: bool,
    pub(crate) map: bool,
}

impl Takes {
    const NOTHING: Self = Self { text: false, int: false, list: false, map: false };
}

/// What a short notation is.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Short {
    /// A text is the context.
    Build,
    /// A list of `name=value` is a mapping.
    KeyValues,
    /// A list is a mapping from names to "started, required".
    DependsOn,
    /// A text, or a list of texts, is files that must be there.
    EnvFile,
    TextOrList,
    /// The same, without what is empty.
    Dns,
    /// A boolean or a number is a text.
    AsText,
    /// A text is the service.
    Extends,
    /// A text is all of them.
    Gpus,
    /// A list is a mapping from names to nothing.
    Names,
    /// `source:target:options`
    Volume,
    /// `source:target:permissions`
    Device,
    /// A text is the source.
    FileMount,
    /// `address:published:target/protocol`
    Ports,
    /// A list of `name=path` is a mapping.
    Ssh,
    /// `external: {name: x}`
    External,
}

/// How a key is merged where it is not merged by its shape (Compose specification, "Merge").
#[derive(Debug, Clone, Copy)]
pub(crate) enum Merged {
    /// The override's value stands alone.
    Replace,
    /// Both are brought to a list of `name=value` and put one after the other.
    Pairs,
    /// Both as a list; what stands in the base already is not added.
    Hosts,
    /// A text is a build context.
    Build,
    /// A list is a mapping from names to nothing.
    Names,
    /// A list is a mapping from names to "started, required".
    Dependencies,
    /// Merged only where both name the same driver, or one names none.
    Logging,
    /// By subnet.
    Pools,
}

/// By what the items of a list are told apart (Compose specification, "Merge", "Unique resources").
#[derive(Debug, Clone, Copy)]
pub(crate) enum By {
    /// What stands before the `=`.
    Name,
    /// The path in the container.
    Target,
    /// The path of the device in the container.
    Device,
    /// The path in the container, which for a short form is the name below the root.
    Config,
    /// The same, below `/run/secrets`.
    Secret,
    /// The whole value.
    Whole,
    /// Host address, host port, container port and protocol.
    Port,
    EnvFile,
}

/// What is added when it is not given.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Default {
    /// The folder itself as the context.
    Context,
    /// The path in the container.
    SecretTarget,
    /// Protocol and mode.
    Port,
    /// All devices.
    Count,
}

/// A value that is a path, and what else it may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Folder {
    /// An empty one stays empty.
    Plain,
    /// The same, and it may lie elsewhere.
    Context,
    /// An empty one is the folder itself.
    Mounted,
    /// The `source` of a bind mount.
    Mount,
    /// The device of a local volume that is a bind mount.
    Device,
}

include!(concat!(env!("OUT_DIR"), "/compose_keys.rs"));
