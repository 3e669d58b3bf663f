//! What the JSON schema of the configuration says of names of rules. The schema is made by `tests/config_schema.rs`.

use super::selector;
use crate::rules::meta;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use std::borrow::Cow;

/// A name of rules, as [`super::Selector`] reads it.
pub(super) struct Selector;

impl JsonSchema for Selector {
    fn schema_name() -> Cow<'static, str> {
        "Selector".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let mut names: Vec<&str> = selector::names().collect();
        names.sort_unstable();
        json_schema!({"type": "string", "description": "A rule, a group of rules, or ALL.", "enum": names})
    }
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct RuleName;

impl JsonSchema for RuleName {
    fn schema_name() -> Cow<'static, str> {
        "RuleName".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let names: Vec<&str> = meta::ALL.iter().map(|r| r.name).collect();
        json_schema!({"type": "string", "enum": names})
    }
}
