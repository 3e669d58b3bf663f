//! The JSON schemas in `schemas/` are made from the types: that of the configuration, for editors, and those of the
//! documents that the commands write.
#![allow(clippy::disallowed_methods, reason = "a test looks at the repository itself")]

#[path = "../src/config/file.rs"]
#[allow(dead_code, reason = "only the schema is made of the types here")]
mod file;
#[path = "../src/config/schema.rs"]
mod schema;

/// What the two files above find in the library.
mod selector {
    pub(crate) use compose_doctor::internals::config::names;
}
mod rules {
    pub(crate) use compose_doctor::internals::rules::meta;
}

#[path = "../src/report/account_document.rs"]
#[allow(dead_code, reason = "only the schema is made of the types here")]
mod account_document;

#[path = "../src/report/graph_document.rs"]
#[allow(dead_code, reason = "only the schema is made of the types here")]
mod graph_document;

#[path = "../src/report/trace_document.rs"]
#[allow(dead_code, reason = "only the schema is made of the types here")]
mod trace_document;

#[path = "../src/report/check_document.rs"]
#[allow(dead_code, reason = "only the schema is made of the types here")]
mod check_document;

#[path = "../src/report/env_document.rs"]
#[allow(dead_code, reason = "only the schema is made of the types here")]
mod env_document;

use file::{ConfigFile, KEYS, STACK_KEYS};
use schemars::{Schema, generate::SchemaSettings, schema_for};
use serde_json::Value;

/// Where SchemaStore serves the schema of the configuration.
const SCHEMA_STORE: &str = "https://json.schemastore.org/compose-doctor.json";

/// A schema of the repository is what the types say; with `BLESS` it is written.
fn hold(name: &str, schema: &Schema) {
    let path = format!("{}/schemas/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let mut text = serde_json::to_string_pretty(schema).expect("a schema is JSON");
    text.push('\n');
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, &text).expect("the repository can be written");
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == text, "schemas/{name}.json is not what the types say; run `cargo xtask bless`");
}

#[test]
fn each_schema_is_what_the_types_say() {
    hold("configuration", &schema_for!(ConfigFile));
    hold("check", &schema_for!(check_document::CheckDocument<'static>));
    hold("env", &schema_for!(env_document::EnvDocument));
    hold("graph", &schema_for!(graph_document::GraphDocument));
    hold("inspect", &schema_for!(account_document::InspectDocument));
    hold("trace", &schema_for!(trace_document::TraceDocument));
}

/// SchemaStore wants draft 7 and an address of its own.
#[test]
fn the_schema_for_the_store_is_what_the_types_say() {
    let mut schema =
        SchemaSettings::draft07().into_generator().into_root_schema_for::<ConfigFile>();
    schema.insert("$id".into(), Value::from(SCHEMA_STORE));
    hold("schemastore/compose-doctor", &schema);
}

#[test]
fn the_keys_are_those_of_the_schema() {
    let schema = serde_json::to_value(schema_for!(ConfigFile)).expect("a schema is JSON");
    let keys = |at: &str| {
        let mut keys: Vec<String> = schema
            .pointer(at)
            .and_then(|p| p.as_object())
            .into_iter()
            .flat_map(|o| o.keys().cloned())
            .collect();
        keys.sort();
        keys
    };
    let sorted = |of: &[&str]| {
        let mut all: Vec<String> = of.iter().map(|k| (*k).to_owned()).collect();
        all.sort();
        all
    };
    assert_eq!(keys("/properties"), sorted(&KEYS));
    assert_eq!(keys("/$defs/StackTable/properties"), sorted(&STACK_KEYS));
}
