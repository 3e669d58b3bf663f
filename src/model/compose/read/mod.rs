//! From the YAML of a file to its documents.

pub(super) mod documents;
pub(super) mod lower;
pub(super) mod tags;
