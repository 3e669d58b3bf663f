//! `cargo xtask`: every task of a developer, listed in one place. It needs nothing but Rust; the summary of a task names what else it needs.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "tasks start programs, write files and say what they do"
)]

mod new_rule;
mod site;
mod steps;

use std::path::Path;
use std::process::ExitCode;
use steps::Steps;

/// A task.
struct Task {
    name: &'static str,
    /// What may follow the name.
    arguments: &'static str,
    summary: &'static str,
    run: fn(root: &Path, arguments: &[String]) -> Result<(), String>,
}

/// Every task.
const TASKS: [Task; 8] = [
    Task {
        name: "new-rule",
        arguments: "GROUP NAME",
        summary: "write the page, the file, the registration and the first cases of a rule",
        run: |root, arguments| match arguments {
            [group, name] => {
                new_rule::run(root, group, name)?;
                // Without rustfmt the list of the group is right all the same.
                let _ = Steps::new(root).run("cargo", &["fmt"], &[]);
                Ok(())
            }
            _ => Err("write `cargo xtask new-rule GROUP NAME`".to_owned()),
        },
    },
    Task {
        name: "bless",
        arguments: "",
        summary: "write README.md, rules/README.md, docs/ and the JSON schema again from what the program prints",
        run: bless,
    },
    Task {
        name: "docs",
        arguments: "[try [PART]]",
        summary: "check README, docs and rule pages; `try` runs docs/try: pip, pre-commit, the action, docker",
        run: docs,
    },
    Task {
        name: "site",
        arguments: "",
        summary: "build the site from docs/ and rules/ in target/site (needs mdbook)",
        run: |root, arguments| {
            site::write(root)?;
            Steps::new(root).run("mdbook", &["build"], arguments)?;
            site::check_links(root)
        },
    },
    Task {
        name: "ready",
        arguments: "",
        summary: "everything that CI checks: format, clippy, tests, documentation",
        run: ready,
    },
    Task {
        name: "bench",
        arguments: "",
        summary: "measure the time and memory of whole runs",
        run: |root, arguments| Steps::new(root).run("cargo", &["bench"], arguments),
    },
    Task {
        name: "proofs",
        arguments: "[RULE or TOPIC]",
        summary: "start the real Django, nginx, databases and compare what they print (needs Python and them)",
        run: |root, arguments| Steps::new(root).run("python3", &["tests/proofs/run"], arguments),
    },
    Task {
        name: "fuzz",
        arguments: "[-s SECONDS] [TARGET]",
        summary: "look for inputs that crash or hang the program (needs cargo-fuzz and a C++ compiler)",
        run: |root, arguments| Steps::new(root).run("bash", &["fuzz/run"], arguments),
    },
];

/// Tests that compare a file of the repository with the output of the program, and write it where `BLESS` is 1.
const BLESSABLE: [&str; 3] = ["readme", "docs", "config_schema"];
/// Tests of what a reader sees.
const OF_DOCUMENTATION: [&str; 4] = ["readme", "docs", "rules", "pages"];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((name, rest)) = arguments.split_first() else {
        print!("{}", list());
        return ExitCode::SUCCESS;
    };
    let Some(task) = TASKS.iter().find(|task| task.name == name) else {
        eprint!("error: there is no task `{name}`\n\n{}", list());
        return ExitCode::from(2);
    };
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."));
    match (task.run)(root, rest) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("error: {why}");
            ExitCode::FAILURE
        }
    }
}

/// The tasks, one on each line.
fn list() -> String {
    let calls = TASKS.map(|task| format!("{} {}", task.name, task.arguments));
    let width = calls.iter().map(String::len).max().unwrap_or(0);
    let lines = TASKS.iter().zip(&calls);
    lines.map(|(task, call)| format!("cargo xtask {call:width$}  {}\n", task.summary)).collect()
}

fn bless(root: &Path, _: &[String]) -> Result<(), String> {
    let mut steps = Steps::new(root);
    steps.set("BLESS", "1");
    for test in BLESSABLE {
        steps.run("cargo", &["test", "--test", test], &[])?;
    }
    println!("look at the difference before you commit it: git diff");
    Ok(())
}

fn docs(root: &Path, arguments: &[String]) -> Result<(), String> {
    let mut steps = Steps::new(root);
    match arguments.split_first() {
        None => {
            for test in OF_DOCUMENTATION {
                steps.run("cargo", &["test", "--test", test], &[])?;
            }
            rustdoc(&mut steps)
        }
        Some((first, parts)) if first == "try" => steps.run("bash", &["docs/try"], parts),
        Some(_) => Err("write `cargo xtask docs` or `cargo xtask docs try [PART]`".to_owned()),
    }
}

/// The documentation of the code, in which no link may be broken.
fn rustdoc(steps: &mut Steps<'_>) -> Result<(), String> {
    steps.set("RUSTDOCFLAGS", "-D warnings");
    steps.run("cargo", &["doc", "--no-deps", "--locked", "--document-private-items"], &[])
}

/// What is quick comes first. Clippy also compiles the benchmark, which would otherwise need a release build.
fn ready(root: &Path, _: &[String]) -> Result<(), String> {
    let own =
        ["--manifest-path", "xtask/Cargo.toml", "--target-dir", "target/xtask"].map(String::from);
    let mut steps = Steps::new(root);
    steps.run("cargo", &["fmt", "--check"], &[])?;
    steps.run("cargo", &["fmt", "--check"], &own[..2])?;
    let deny = ["--", "-D", "warnings"].map(String::from);
    steps.run("cargo", &["clippy", "--all-targets", "--locked"], &deny)?;
    steps.run("cargo", &["clippy", "--all-targets", "--locked"], &[&own[..], &deny].concat())?;
    steps.run("cargo", &["test", "--locked"], &own)?;
    steps.run("cargo", &["test", "--locked"], &[])?;
    rustdoc(&mut steps)?;
    steps.report();
    Ok(())
}
