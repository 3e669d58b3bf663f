//! The Compose project as Compose would load it (Compose specification; compose-go's loader):
//! located YAML, aliases and merge keys resolved, variables interpolated, `extends` and `include`
//! followed, overrides merged, and then a typed view of each service.

mod check;
mod discover;
mod layers;
mod load;
mod project;
mod read;
mod render;
mod shape;
#[cfg(test)]
mod tests;
mod tree;
mod values;

pub use discover::{
    StackFiles, Usage, Usages, entry_in_file, is_compose_content, is_compose_name, is_default_name,
    is_yaml_name, stacks, usages,
};
pub use load::{load, load_assuming, load_with};
pub use project::{
    Build, Condition, Dependency, EnvFileRef, EnvVar, Healthcheck, Mount, MountKind, MountSyntax,
    Port, PortsKey, PortsKeys, Project, Provenance, Request, Route, Service, Words, split_words,
};
pub use render::{Effective, Form, Frame, Out};
pub(in crate::model) use tree::suggest::nearest;
pub use tree::{About, Entry, Fault, FaultKind, Kind, Node, Scalar, Value, VarSource, VarUse, Via};
pub use values::dotenv::DotEnv;
pub use values::variables::{Unset, Variables};
