//! Turns the front matter of `rules/*.md` into statics, so that a rule without a page does not compile.

#![allow(clippy::disallowed_methods, reason = "a build script reads its own package")]
#![allow(clippy::print_stdout, clippy::print_stderr, clippy::exit, reason = "that is how a build script speaks")]

use std::path::PathBuf;
use std::{env, fs, process};

#[path = "build/pages.rs"]
mod pages;

fn main() {
    println!("cargo:rerun-if-changed=rules");
    println!("cargo:rerun-if-changed=build/pages.rs");
    if let Err(why) = run() {
        eprintln!("\n{why}\n");
        process::exit(1);
    }
}

fn run() -> Result<(), String> {
    let folder = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default()).join("rules");
    let mut found = Vec::new();
    // No folder is no rules: the crate still builds.
    for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.extension().is_none_or(|e| e != "md") {
            continue;
        }
        let stem = path.file_stem().and_then(|s| s.to_str()).unwrap_or_default().to_owned();
        let file = format!("rules/{stem}.md");
        println!("cargo:rerun-if-changed={file}");
        let text = fs::read_to_string(&path).map_err(|e| format!("{file}: {e}"))?;
        found.push((file.clone(), pages::read(&file, &stem, &text)?));
    }
    found.sort_by(|a, b| a.0.cmp(&b.0));
    pages::unique(&found)?;
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default()).join("rule_pages.rs");
    fs::write(&out, pages::generate(&mut found)).map_err(|e| format!("{}: {e}", out.display()))
}
