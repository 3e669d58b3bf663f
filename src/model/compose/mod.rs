//! The Compose project as Compose would load it (Compose specification; compose-go's loader):
//! located YAML, aliases and merge keys resolved, variables interpolated, `extends` and `include`
//! followed, overrides merged, and then a typed view of each service.

mod bytes;
mod canonical;
mod casts;
mod complete;
mod consistency;
mod documents;
mod dotenv;
mod effective;
mod env_file_limit;
mod extends;
mod fault;
mod follow;
mod graph;
mod hole;
mod include;
mod interpolate;
mod keys;
mod layers;
mod limits;
mod load;
mod loader;
mod lower;
mod merge;
mod name;
mod near;
mod node;
mod normalize;
mod notations;
mod number;
mod paths;
mod place;
mod project;
mod put_in;
mod render;
mod resets;
mod schema;
mod service;
mod service_reader;
mod short;
mod stacks;
mod tags;
#[cfg(test)]
mod tests;
mod unique;
mod value;
mod variables;
mod whole;
mod words;

pub use dotenv::DotEnv;
pub use effective::Effective;
pub use fault::{About, Fault, FaultKind};
pub use hole::HOLE;
pub use layers::{PortsKey, PortsKeys};
pub use load::{load, load_with};
pub use node::{Entry, Kind, Node, Scalar, VarSource, VarUse, Via};
pub use place::project_folder;
pub use project::{Project, Provenance, Request, Route};
pub use render::{Form, Frame, Out};
pub use service::{
    Build, Condition, Dependency, EnvFileRef, EnvVar, Healthcheck, Mount, MountKind, Port, Service,
};
pub use stacks::{StackFiles, is_compose_name, is_default_name, stacks};
pub use value::Value;
pub use variables::{Unset, Variables};
pub use words::{Words, split_words};
