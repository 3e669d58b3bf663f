//! Lays a case of `fixtures/` out as a folder, so that a person can run the program on it:
//! `cargo run --example lay-out-case RULE CASE DIR`. RULE alone lists its cases; `--all DIR` lays out every case, as
//! `DIR/<rule>/<bad or good>/<case>/`.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "it talks to a person")]
#![allow(clippy::disallowed_methods, reason = "it writes the folder that a person names")]

#[path = "../tests/support/cases.rs"]
mod cases;

use std::path::Path;
use std::process::ExitCode;

const USAGE: &str = "usage: lay-out-case RULE CASE DIR
       lay-out-case RULE          (lists the cases)
       lay-out-case --all DIR";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match run(&args) {
        Ok(said) => {
            print!("{said}");
            ExitCode::SUCCESS
        }
        Err(why) => {
            eprintln!("{why}");
            ExitCode::from(2)
        }
    }
}

fn run(args: &[&str]) -> Result<String, String> {
    let all = || cases::all(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures"));
    match *args {
        ["--all", folder] => {
            let cases = all()?;
            for case in &cases {
                let path = Path::new(folder).join(&case.rule).join(case.kind.name());
                lay_out(case, &path.join(&case.name))?;
            }
            Ok(format!("{} cases in {folder}\n", cases.len()))
        }
        [rule] if !rule.starts_with('-') => {
            let cases = all()?;
            let titles = cases.iter().filter(|c| c.rule == rule).map(|c| c.title() + "\n");
            let titles: String = titles.collect();
            if titles.is_empty() { Err(no_rule(rule)) } else { Ok(titles) }
        }
        [rule, name, folder] => {
            let cases = all()?;
            if !cases.iter().any(|c| c.rule == rule) {
                return Err(no_rule(rule));
            }
            let case = cases.iter().find(|c| c.rule == rule && c.name == name);
            let case = case.ok_or_else(|| format!("fixtures/{rule}.md has no case {name}"))?;
            lay_out(case, Path::new(folder))?;
            Ok(format!("{}\n  in {folder}\n", case.title()))
        }
        _ => Err(USAGE.into()),
    }
}

fn no_rule(rule: &str) -> String {
    format!("there is no fixtures/{rule}.md")
}

/// Never writes into a folder that holds something: what is left of another case would change this one.
fn lay_out(case: &cases::Case, folder: &Path) -> Result<(), String> {
    let why = |why: std::io::Error| format!("{}: {why}", folder.display());
    if folder.is_dir() && folder.read_dir().map_err(why)?.next().is_some() {
        return Err(format!("{} is not empty", folder.display()));
    }
    case.project.lay_out(folder).map_err(why)
}
