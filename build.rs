//! Turns the front matter of `rules/*.md` into statics, so that a rule without a page does not compile, and
//! the table of Compose's keys and the facts of `data/*.toml`, so that they cost nothing at start.

#![allow(clippy::disallowed_methods, reason = "a build script reads its own package")]
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::exit,
    reason = "that is how a build script speaks"
)]

use std::path::{Path, PathBuf};
use std::{env, fs, process};

#[path = "build/bases.rs"]
mod bases;
#[path = "build/facts.rs"]
mod facts;
#[path = "build/keys.rs"]
mod keys;
#[path = "build/pages.rs"]
mod pages;
#[path = "build/schema.rs"]
mod schema;
#[path = "build/translations.rs"]
mod translations;

/// The table of Compose's keys.
const TABLE: &str = "data/compose-spec.txt";
/// What the loader does with them.
const KEYS: &str = "data/compose-keys.txt";

fn main() {
    println!("cargo:rerun-if-changed=rules");
    println!("cargo:rerun-if-changed=build/bases.rs");
    println!("cargo:rerun-if-changed=build/facts.rs");
    println!("cargo:rerun-if-changed=fixtures/bases");
    println!("cargo:rerun-if-changed=build/keys.rs");
    println!("cargo:rerun-if-changed=build/pages.rs");
    println!("cargo:rerun-if-changed=build/schema.rs");
    println!("cargo:rerun-if-changed=build/tables.rs");
    println!("cargo:rerun-if-changed=build/translations.rs");
    println!("cargo:rerun-if-changed=data");
    let home = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    if let Err(why) = rule_pages(&home, &out)
        .and_then(|()| compose_spec(&home, &out))
        .and_then(|()| known_facts(&home, &out))
        .and_then(|()| write(&out.join("translations.rs"), &translations::generate(&home)?))
        .and_then(|()| write(&out.join("example_bases.rs"), &bases::generate(&home)?))
    {
        eprintln!("\n{why}\n");
        process::exit(1);
    }
}

fn compose_spec(home: &Path, out: &Path) -> Result<(), String> {
    let read = |file: &str| fs::read_to_string(home.join(file)).map_err(|e| format!("{file}: {e}"));
    let (table, keys) = (read(TABLE)?, read(KEYS)?);
    write(&out.join("compose_spec.rs"), &schema::generate(TABLE, &table)?)?;
    let lists = keys::generate(KEYS, &keys, |path| schema::knows(&table, path))?;
    write(&out.join("compose_keys.rs"), &lists)
}

fn known_facts(home: &Path, out: &Path) -> Result<(), String> {
    for file in facts::FILES {
        let path = home.join(file.path);
        let text = fs::read_to_string(&path).map_err(|e| format!("{}: {e}", file.path))?;
        let name = path.file_stem().unwrap_or_default();
        write(&out.join(name).with_extension("rs"), &facts::generate(file, &text)?)?;
    }
    Ok(())
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    fs::write(path, text).map_err(|e| format!("{}: {e}", path.display()))
}

fn rule_pages(home: &Path, out: &Path) -> Result<(), String> {
    let folder = home.join("rules");
    let mut found = Vec::new();
    // No folder is no rules: the crate still builds.
    for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.extension().is_none_or(|e| e != "md") {
            continue;
        }
        let stem = path.file_stem().and_then(|s| s.to_str()).unwrap_or_default().to_owned();
        // The list of rules for people, which `tests/readme.rs` writes.
        if stem == "README" {
            continue;
        }
        let file = format!("rules/{stem}.md");
        println!("cargo:rerun-if-changed={file}");
        let text = fs::read_to_string(&path).map_err(|e| format!("{file}: {e}"))?;
        found.push((file.clone(), pages::read(&file, &stem, &text)?));
    }
    found.sort_by(|a, b| a.0.cmp(&b.0));
    pages::unique(&found)?;
    write(&out.join("rule_pages.rs"), &pages::generate(&mut found))
}
