//! What Compose decodes a project into: a table for each of its records (Compose specification, version 2.9.1
//! of its reference loader), in the order in which that one prints the fields.

mod build;
mod deploy;
mod project;
mod service;

pub(super) use project::{PROJECT, SECTIONS};

use super::types::{Names, Table, Type};

/// A record that keeps `x-` keys.
const fn table(fields: &'static [super::types::Field]) -> Table {
    Table { fields, extended: true }
}

/// A record that loses `x-` keys.
const fn closed(fields: &'static [super::types::Field]) -> Table {
    Table { fields, extended: false }
}

/// Names of the project's own making, each with a record.
const fn named(of: &'static Type) -> Type {
    Type::Map(of, Names { free: true, null: false })
}

/// Names that may stand without a value.
const fn nullable(of: &'static Type) -> Type {
    Type::Map(of, Names { free: false, null: true })
}
