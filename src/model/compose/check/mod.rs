//! What must hold of a project as a whole.

pub(super) mod consistency;
pub(super) mod derived_faults;
pub(super) mod env_file_limit;
pub(super) mod graph;
pub(super) mod whole;
