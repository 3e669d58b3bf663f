//! The Compose project as Compose would load it (Compose specification; compose-go's loader):
//! located YAML, aliases and merge keys resolved, variables interpolated, `extends` and `include`
//! followed, overrides merged, and then a typed view of each service.

mod dotenv;
mod fault;
mod interpolate;
mod load;
mod lower;
mod merge;
mod node;
mod place;
mod service;
mod short;
mod stacks;
#[cfg(test)]
mod tests;
mod value;

pub use dotenv::DotEnv;
pub use fault::{Fault, FaultKind};
pub use interpolate::{HOLE, interpolate};
pub use load::{Project, load};
pub use node::{Entry, Kind, Node, Scalar, VarSource, VarUse};
pub use place::project_folder;
pub use service::{Build, Condition, Dependency, EnvFileRef, EnvVar, Healthcheck, Mount, MountKind, Port, Service};
pub use short::{Words, split_words};
pub use stacks::{StackFiles, is_compose_name, is_default_name, stacks};
pub use value::Value;
