//! Table cases for the evaluator.

#![allow(clippy::unwrap_used, reason = "a test that fails may panic")]

mod cases;
mod entries;
mod environment;
mod hostile;
mod oracle;
mod world;
