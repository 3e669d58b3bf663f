//! Which files are brought up together, and from which folder: what the project's own texts hand to Compose, what Compose
//! takes by itself, and what can stand alone.

mod bases;
mod shape;
mod stacks;
mod usages;

pub use shape::{
    entry_in_file, is_compose_content, is_compose_name, is_default_name, is_yaml_name,
};
pub use stacks::{StackFiles, stacks};
pub use usages::{Usage, Usages, usages};
