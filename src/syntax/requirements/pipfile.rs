//! `Pipfile` (Pipenv documentation, "Pipfile & Pipfile.lock").

use super::tables::{entries, named, parse};
use super::*;

/// Reads a `Pipfile`.
pub(super) fn read(body: &Text, out: &mut Requirements) {
    let Some(root) = parse(body, out) else { return };
    for (section, packages) in entries(&root) {
        let group = match section.get_ref().as_ref() {
            "source" | "requires" | "scripts" | "pipenv" => continue,
            "packages" => None,
            // `dev-packages`, or a category of the project's own.
            category => Some(category),
        };
        for (name, value) in packages.get_ref().as_table().into_iter().flat_map(entries) {
            match named(body, name, value, group) {
                Ok(package) => out.put(package),
                Err(error) => out.error(error),
            }
            // A local project brings packages of its own.
            out.incomplete |= value.get_ref().as_table().is_some_and(|t| t.contains_key("path"));
        }
    }
}
