//! Files laid one over the other, with the services they extend and the projects they include.

mod dedupe;
mod extends;
mod include;
pub(super) mod loader;
mod merge;
pub(super) mod project_name;
mod resets;
