//! Skeleton.
pub mod source;
pub mod syntax;
pub mod model;
pub mod finding;
