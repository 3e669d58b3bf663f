//! Facts of other people's software: images, packages, programs, releases, names of files and of secrets.
//!
//! The entries are data, `data/*.toml`, each with a source; the build turns them into statics, so that a lookup costs
//! nothing at start. No other file of `src/` holds a list of them (`tests/facts.rs`).

mod aging;
mod images;
mod reference;

pub use aging::{
    BREAKS_ON, COMMANDS, FOLDERS, GONE, LATEST, Latest, MovedFolder, NEEDS_PYTHON, OPTIONS,
    PROGRAMS, RELEASES, REMOVED, Release, SETTINGS, WHEELS, Wheel, at_least, compare, latest,
    release,
};
pub use images::{
    Contents, FAMILIES, Family, FamilyFacts, IMAGES, ImageFacts, Role, STANDS_ON, StandsOn, System,
    family_of_bare, image, names_proxy, presumed,
};
pub use reference::{Reference, bare_name};
