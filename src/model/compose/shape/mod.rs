//! The one shape in which everything is looked at: the schema holds, short notations are long, defaults are set.

pub(super) mod base_folders;
pub(super) mod canonical;
pub(super) mod defaults;
mod needs;
pub(super) mod notations;
pub(super) mod schema;
