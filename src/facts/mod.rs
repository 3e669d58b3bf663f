//! Facts of other people's software: images, packages, programs, releases, names of files and of secrets.
//!
//! The entries are data, `data/*.toml`, each with a source; the build turns them into statics, so that a lookup costs
//! nothing at start. No other file of `src/` holds a list of them (`tests/facts.rs`).

mod aging;
mod reference;

pub use aging::{
    BREAKS_ON, COMMANDS, FOLDERS, GONE, LATEST, Latest, MovedFolder, NEEDS_PYTHON, OPTIONS,
    PROGRAMS, RELEASES, REMOVED, Release, SETTINGS, STANDS_ON, StandsOn, WHEELS, Wheel, at_least,
    compare, latest, release,
};
pub use reference::Reference;
