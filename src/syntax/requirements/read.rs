//! Reading: which format a file has, and what all formats share.

use super::*;
use crate::finding::prose;

/// Errors noted per file; a foreign file would have one on every line.
const MAX_ERRORS: usize = 100;
/// Packages noted per file; groups that include groups can multiply them.
const MAX_PACKAGES: usize = 20_000;

pub(super) fn read(file: &SourceFile) -> Requirements {
    let mut out = Requirements::default();
    let body = file.body();
    match file.path.as_str().rsplit('/').next().unwrap_or_default() {
        "pyproject.toml" => pyproject::read(&body, &mut out),
        "Pipfile" => pipfile::read(&body, &mut out),
        "setup.cfg" => setup_cfg::read(&body, &mut out),
        _ => lines::read(&body, &mut out),
    }
    out
}

impl Requirements {
    /// Notes a mistake; what it hides may be a package, so the list is not complete.
    pub(super) fn error(&mut self, error: SyntaxError) {
        self.incomplete = true;
        match self.errors.len() {
            0..MAX_ERRORS => self.errors.push(error),
            MAX_ERRORS => self.errors.push(SyntaxError::new(
                error.span,
                "more errors follow; only the first 100 are listed",
            )),
            _ => {}
        }
    }

    /// Adds a package.
    pub(super) fn put(&mut self, package: Requirement) {
        match self.packages.len() {
            0..MAX_PACKAGES => self.packages.push(package),
            _ if self.incomplete => {}
            _ => self.error(SyntaxError::new(
                package.span,
                prose!("more than {} packages; the rest is not read", MAX_PACKAGES),
            )),
        }
    }

    /// Reads one requirement as PEP 508 or pip writes it and adds what it names.
    pub(super) fn put_line(&mut self, line: &Text, group: Option<&str>) {
        let line = line.trim();
        if line.is_empty() {
            return;
        }
        if let Some(location) = location::location_of_line(&line) {
            match location.name {
                Some(name) => self.put(pep508::package(
                    &line,
                    name,
                    location.extras,
                    String::new(),
                    String::new(),
                    group,
                )),
                None => self.incomplete = true,
            }
            return;
        }
        let parsed = pep508::parse(&line, group);
        if let Some(package) = parsed.package {
            self.put(package);
        }
        if let Some(error) = parsed.error {
            self.error(error);
        }
    }
}
