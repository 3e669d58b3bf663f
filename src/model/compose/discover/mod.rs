//! Which files are brought up together, and from which folder.

mod project_dir;
mod stacks;

pub use project_dir::project_folder;
pub use stacks::{StackFiles, is_compose_name, is_default_name, stacks};
