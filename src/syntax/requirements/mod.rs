//! What Python packages a project asks for: `requirements*.txt` (PEP 508 lines, `-r`, `-c`, `-e`),
//! `pyproject.toml` (PEP 621, dependency groups, Poetry, PDM, Hatch), `Pipfile`, `setup.cfg`.

mod lines;
mod location;
mod lock;
mod pep508;
mod pipfile;
mod pyproject;
mod read;
mod setup_cfg;
mod tables;
#[cfg(test)]
mod tests;

pub use lock::locked_names;

use super::SyntaxError;
use crate::source::{SourceFile, Span, Text};

/// The packages that one file names.
#[derive(Debug, Clone, Default)]
pub struct Requirements {
    /// In file order.
    pub packages: Vec<Requirement>,
    /// Files taken in with `-r` or `--requirement`, as written, relative to this file's folder.
    pub includes: Vec<Text>,
    /// Whether the file asks for things that cannot be named from here (`-e .`, a URL without a
    /// name, `dynamic` dependencies): then the list of packages is not complete.
    pub incomplete: bool,
    /// What could not be read.
    pub errors: Vec<SyntaxError>,
}

/// One package.
#[derive(Debug, Clone)]
pub struct Requirement {
    /// Normalised as PEP 503 says: lower case, runs of `-`, `_` and `.` are one `-`.
    pub name: String,
    /// The name as written.
    pub written: Text,
    /// Extras in brackets, normalised.
    pub extras: Vec<String>,
    /// Version part as written, e.g. `>=4.2,<5`; empty for none. Poetry's `^4.2` stays as it is.
    pub version: String,
    /// The environment marker as written, e.g. `sys_platform == "win32"`; empty for none. It is not evaluated.
    pub marker: String,
    /// An optional group: PEP 621 extra, PEP 735 group, Poetry group, `dev-packages`; `None` for the main list.
    pub group: Option<String>,
    /// The whole requirement.
    pub span: Span,
}

impl Requirements {
    /// Reads a file; its name tells the format: `pyproject.toml`, `Pipfile`, `setup.cfg`, anything else is
    /// a requirements file.
    pub fn read(file: &SourceFile) -> Self {
        read::read(file)
    }

    /// The requirement for a package, by its normalised name.
    pub fn get(&self, name: &str) -> Option<&Requirement> {
        self.packages.iter().find(|r| r.name == name)
    }
}

/// A distribution name as PEP 503 compares it.
pub fn normalise(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for c in name.chars() {
        match c {
            '-' | '_' | '.' if out.ends_with('-') => {}
            '-' | '_' | '.' => out.push('-'),
            c => out.extend(c.to_lowercase()),
        }
    }
    out
}
