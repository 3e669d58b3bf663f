//! The JSON schema of the configuration, for editors, is made from the types that the configuration is read into.
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

#[path = "../src/report/trace_document.rs"]
#[allow(dead_code, reason = "only the schema is made of the types here")]
mod trace_document;

use file::{ConfigFile, KEYS, STACK_KEYS};

/// Where the schema lies in the repository.
const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/compose-doctor.schema.json");

#[test]
fn the_schema_is_what_the_types_say() {
    let schema = schemars::schema_for!(ConfigFile);
    let mut text = serde_json::to_string_pretty(&schema).expect("a schema is JSON");
    text.push('\n');
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(PATH, &text).expect("the repository can be written");
    }
    let kept = std::fs::read_to_string(PATH).unwrap_or_default();
    assert!(
        kept == text,
        "compose-doctor.schema.json is not what the types say; run `cargo xtask bless`"
    );
}

/// The schema of what `inspect --format json` writes.
const INSPECT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/inspect.schema.json");

#[test]
fn the_schema_of_accounts_is_what_the_types_say() {
    let schema = schemars::schema_for!(account_document::InspectDocument);
    let mut text = serde_json::to_string_pretty(&schema).expect("a schema is JSON");
    text.push('\n');
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(INSPECT, &text).expect("the repository can be written");
    }
    let kept = std::fs::read_to_string(INSPECT).unwrap_or_default();
    assert!(kept == text, "inspect.schema.json is not what the types say; run `cargo xtask bless`");
}

/// The schema of what `trace --format json` writes.
const TRACE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/trace.schema.json");

#[test]
fn the_schema_of_traces_is_what_the_types_say() {
    let schema = schemars::schema_for!(trace_document::TraceDocument);
    let mut text = serde_json::to_string_pretty(&schema).expect("a schema is JSON");
    text.push('\n');
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(TRACE, &text).expect("the repository can be written");
    }
    let kept = std::fs::read_to_string(TRACE).unwrap_or_default();
    assert!(kept == text, "trace.schema.json is not what the types say; run `cargo xtask bless`");
}

#[test]
fn the_keys_are_those_of_the_schema() {
    let schema = serde_json::to_value(schemars::schema_for!(ConfigFile)).expect("a schema is JSON");
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
