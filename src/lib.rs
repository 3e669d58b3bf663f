//! compose-doctor reads a Compose project's files together, works out what would run, and says what
//! will go wrong before `docker compose up`.
//!
//! # How a byte becomes a finding
//!
//! Data flows down this list; a module may use those above it and none below it.
//!
//! | module | turns | into |
//! |---|---|---|
//! | [`source`] | files below one root | [`source::Text`]s: strings whose every byte knows its place |
//! | [`syntax`] | text | located trees that never fail: YAML, Dockerfile, shell, Python, nginx, env, INI, requirements |
//! | [`finding`] | (vocabulary) | what a run says: plain data with places in any number of files |
//! | [`model`] | trees | a stack brought up on paper, see below |
//! | [`rules`] | the model's answers | findings: judgement only, one small file per rule |
//! | `check` | a folder | a [`finding::Report`]: finds the stacks, brings each up, lets the rules judge |
//! | [`report`] | a report | text for people and machines |
//! | [`cli`] | arguments | an exit status; the only place that prints |
//!
//! # The model
//!
//! For every service four answers, and then the relations between services:
//!
//! - [`model::compose`]: the Compose project as Compose would load it;
//! - [`model::process`]: what a command does, followed through `sh -c`, wrappers, scripts and `exec "$@"`
//!   down to an ordered list of steps (used for the `RUN` lines of a build as well, which is why it stands
//!   between Compose and the image);
//! - [`model::image`]: what a Dockerfile stage holds, installs and runs;
//! - [`model::container`]: one service as it runs: environment, file system, process;
//! - [`model::django`]: the settings that process loads, evaluated with that environment; no Python is run;
//! - [`model::nginx`]: what a proxy serves and passes on;
//! - [`model::stack`]: who reaches whom, which database is meant, where static files are collected, kept
//!   and served. Joined once here, read by many rules.
//!
//! [`model::place::Place`] is what the process needs to know of where it runs; a finished container and a
//! half-built stage both are one.
//!
//! # Invariants
//!
//! - Every scalar is born with its span. No position is ever found by searching a text again.
//! - Syntax never fails and never panics; limits (size, depth, nodes, steps) are findings, not crashes.
//! - Unknown is a value with a reason. What is not known silences a rule, or lowers its confidence. A
//!   variable nobody here sets is a [`model::compose::HOLE`] in its text, so that the host of a database URL
//!   is known even where its password is not.
//! - The model reads files only through [`source::Sources`], which never leaves the root, follows no link out
//!   of it and opens regular files only. Nothing is executed, imported, pulled or fetched.
//! - Rules never parse, print or read files. A wrong finding is a fault of the model.
//! - The report never decides; only [`cli`] prints and exits.
//! - A secret's text never reaches an output; control characters are made visible.
//!
//! `tests/layers.rs` holds the directions and the size of files, `tests/rules.rs` the bond between pages, rules and
//! fixtures, `tests/pages.rs` and `tests/fixtures.rs` what the pages and projects claim.

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
