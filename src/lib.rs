//! compose-doctor reads a Compose project's files together, works out what would run, and says what
//! will go wrong before `docker compose up`.
//!
//! # As a library
//!
//! [`check()`] takes [`Sources`] over a file source, a folder below their root and [`Options`], and gives a [`Report`] of
//! [`Finding`]s. A file source is anything that implements [`Files`]: [`DiskFiles`], [`MemoryFiles`] or a caller's own.
//!
//! ```
//! use compose_doctor::{MemoryFiles, Options, RelPath, Sources, check};
//!
//! let mut files = MemoryFiles::new();
//! files.add("compose.yaml", "services: {a: {image: nginx, ports: ['80:80']}, b: {image: nginx, ports: ['80:80']}}");
//! let report = check(&Sources::new(&files), &RelPath::root(), &Options::default());
//! assert_eq!(report.findings[0].rule.name, "duplicate-host-port");
//! ```
//!
//! The program itself is a thin user of this; what else the crate holds is private to it.
//!
//! # How a byte becomes a finding
//!
//! Data flows down this list; a module may use those above it and none below it. `report` uses only `finding` and what
//! is above it, and `rules` no more than the model and what is above that: neither sees what chose or sorted the findings.
//!
//! | module | turns | into |
//! |---|---|---|
//! | [`facts`] | `data/*.toml` | what is known of other people's software: images, packages, programs, names |
//! | [`source`] | files below one root | [`source::Text`]s: strings whose every byte knows its place |
//! | [`finding`] | (vocabulary) | what a run says: plain data with places in any number of files, in sentences that know what they quote |
//! | [`syntax`] | text | located trees that never fail: YAML, Dockerfile, shell, Python, nginx, env, INI, requirements |
//! | `fix` | changes that rules ask for | edits of files, and the help that shows them |
//! | [`model`] | trees | a stack brought up on paper, see below |
//! | [`rules`] | the model's answers | findings: judgement only, one small file per rule |
//! | [`config`] | what a project asks for | [`config::Settings`]: which rules, how bad, which stacks |
//! | `filter` | findings | those that are shown: comments, paths, known findings |
//! | `check` | a folder | a [`finding::Report`]: finds the stacks, brings each up, lets the rules judge |
//! | [`diagnose`] | a log, and a report | a [`finding::Diagnosis`]: what the log says, and what it comes from |
//! | [`report`] | a report | text for people and machines |
//! | [`cli`] | arguments | an exit status; the only place that prints |
//!
//! # The model
//!
//! For every service five answers, then what each service is, and then the relations between services:
//!
//! - [`model::compose`]: the Compose project as Compose would load it, see below;
//! - [`model::django`]: the settings that a process loads, evaluated with its environment; no Python is run;
//! - [`model::process`]: what a command does, followed through `sh -c`, wrappers, scripts and `exec "$@"`
//!   down to an ordered list of steps (used for the `RUN` lines of a build as well, which is why it is
//!   between Compose and the image);
//! - [`model::image`]: what a Dockerfile stage holds, installs and runs, and by [`facts`] what an image that is only named
//!   is based on;
//! - [`model::container`]: one service as it runs: environment, file system, process;
//! - [`model::roles`]: what one container is: Django service, database, nginx, component of Airflow. A role
//!   knows no stack;
//! - [`model::stack`]: what services are to each other, in one facet a subject: `stack.network().resolve(..)`. Worked
//!   out once here, read by many rules. `docs/architecture.md` lists every question with the method that answers it.
//! - [`model::inspect`]: the account of all that as plain data, for `compose-doctor inspect`.
//!
//! A storey uses those above it in this list, and a facet those before it in the order that [`model::stack`] gives.
//!
//! [`model::exec_context::ExecContext`] is what the process needs to know of where it runs; a finished container and a
//! half-built stage both are one.
//!
//! # How a Compose project is loaded
//!
//! [`model::compose::load`] takes the steps of Compose's own loader (compose-go 2.9.1), in its order, because what a
//! step makes of a value depends on those before it. Where Compose stops at the first fault, each step here notes
//! its [`model::compose::Fault`]s and goes on; what only follows from another fault is dropped at the end.
//!
//! 1. `discover`: which files are brought up together, and from which folder;
//! 2. `read`: the YAML of each file becomes documents, trees of nodes;
//! 3. `values`: variables are put in, texts become numbers and booleans where the place wants such;
//! 4. `shape`: the schema holds (a table made from `data/compose-spec.txt` by the build), short notations become long,
//!    defaults are set, and each path knows the folder it starts from;
//! 5. `layers`: each file, with what it extends and includes, is laid over those before it, `!reset` and `!override`
//!    are taken out, and lists keep one item for each key;
//! 6. `check`: what must fit together in the whole (services that are there, no circles, no contradictions); faults
//!    that only follow from others are dropped;
//! 7. `render`, for `config` only: what is implied is written out, env files are read in, profiles and unused entries
//!    are left out, and the result is put into Compose's types.
//!
//! These are folders of [`model::compose`]. `load` takes the steps, `tree` is what they work on, and `project` is the
//! result with its services typed. `layers` brings every file through steps 2 to 4, so it stands above them, and
//! `discover` above all: it tries which folder the paths lead from by loading. What a step does with one key and not
//! with another stands in `data/compose-keys.txt`.
//!
//! A path keeps its text and gains the folder it starts from ([`model::compose::Scalar::base`]), so that a value
//! keeps its place and its words wherever it is merged to. `check` loads a project as a stranger finds it, with
//! unresolved pieces for what a shell would set; `config` loads it with the environment it runs in, and blanks.
//! `tests/corpus.rs` holds both against what the real Compose answered to real files.
//!
//! # Invariants
//!
//! - Every scalar is born with its span. No position is ever found by searching a text again.
//! - Syntax never fails and never panics; limits (size, depth, nodes, steps) are findings, not crashes.
//! - Unknown is a value with a reason and a place ([`source::Known`]). What is not known silences a rule, or lowers its
//!   confidence. A variable that nothing in the project sets is an unresolved piece of a [`source::Text`], so that the
//!   host of a database URL is known even where its password is not.
//! - Files and their texts are private to the model: a rule asks a facet of the stack.
//! - The model reads files only through [`source::Sources`], which never leaves the root, follows no link out
//!   of it and opens regular files only. Nothing is executed, imported, pulled or fetched.
//! - Rules never parse, print or read files. A wrong finding is a fault of the model.
//! - The report never decides; only [`cli`] prints and exits.
//! - A secret's text never reaches an output; control characters are made visible.
//!
//! `tests/layers.rs` holds the directions, also inside the model, and the size of files, `tests/rules.rs` the
//! bond between pages, rules and fixtures, `tests/pages.rs` and `tests/fixtures.rs` what the pages and projects claim.

mod facts;

#[allow(clippy::disallowed_methods, reason = "the one door to the disk")]
mod source;

mod syntax;

mod finding;

#[allow(clippy::disallowed_methods, reason = "it writes files that are fixed")]
mod fix;

mod model;

mod rules;

mod config;

mod filter;

mod check;

mod diagnose;

mod report;

mod cli;

pub use check::{Options, check};
pub use config::Settings;
pub use finding::{Confidence, Coverage, Finding, Label, Report, RuleMeta, Severity};
pub use source::{DiskFiles, Files, MemoryFiles, RelPath, Sources, Span};

/// The layers, for the program and for the tests, benchmarks and examples of this package. Nothing in it is promised.
#[doc(hidden)]
pub mod internals {
    pub use crate::check::check_with_account;
    pub use crate::filter::known_findings;

    /// Names what a private module makes public.
    macro_rules! expose {
        ($($module:ident)*) => {
            $(
                pub mod $module {
                    pub use crate::$module::*;
                }
            )*
        };
    }

    expose!(cli config diagnose facts finding fix model report rules source syntax);
}
