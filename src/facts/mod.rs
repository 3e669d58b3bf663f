//! Facts of other people's software: images, packages, programs, releases, names of files and of secrets.
//!
//! The entries are data, `data/*.toml`, each with a source; the build turns them into statics, so that a lookup costs
//! nothing at start. No other file of `src/` holds a list of them (`tests/facts.rs`).

mod aging;
mod files;
mod hidden;
mod images;
mod nginx;
mod packages;
mod pairs;
mod programs;
mod reference;
mod secrets;

pub use aging::*;
pub use files::*;
pub use hidden::*;
pub use images::*;
pub use nginx::*;
pub use packages::*;
pub use pairs::*;
pub use programs::*;
pub use reference::{Reference, bare_name};
pub use secrets::*;

/// The entry that a sorted list of words names.
fn found(names: &[(&str, usize)], name: &str) -> Option<usize> {
    names.binary_search_by(|(n, _)| (*n).cmp(name)).ok().map(|at| names[at].1)
}

/// Whether a name is the known one, or begins like it where that ends in `*`.
fn fits(known: &str, name: &str) -> bool {
    match known.strip_suffix('*') {
        Some(start) => name.starts_with(start),
        None => known == name,
    }
}
