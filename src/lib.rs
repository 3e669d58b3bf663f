//! compose-doctor reads what a Compose project says, works out what would run, and says what will go wrong.

#[allow(clippy::disallowed_methods, reason = "the one door to the disk")]
pub mod source;

pub mod syntax;

pub mod finding;

pub mod model;

pub mod rules;

mod check;

pub mod report;

pub mod cli;

pub use check::{Options, check};
