//! Meaning: what the files say, worked out. The stack is brought up on paper.
//!
//! Four answers for every service: its environment, its file system, its process and the Django
//! settings that process loads; then what each container is; then the relations between services. What cannot be
//! known says why.

pub mod assumptions;
pub mod budget;
pub mod compose;
pub mod container;
pub mod django;
pub mod endpoint;
pub mod exec_context;
pub mod image;
pub mod inspect;
pub mod instructions;
pub mod path;
pub mod process;
pub mod roles;
pub(crate) mod sample;
pub mod search_limit;
pub mod secrets;
pub mod stack;
mod submodules;
