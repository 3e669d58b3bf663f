//! What the README shows is what the program says. `BLESS=1 cargo test --test readme` writes it anew.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test that fails may panic, and looks at the repository itself"
)]

mod support;

use compose_doctor::rules::meta;
use std::fmt::Write as _;
use std::process::Command;
use support::home;

/// The project of the first command.
const PROJECT: &str = "fixtures/pop_planner/1-as-published";

/// The text between `<!-- name:start -->` and `<!-- name:end -->`, as a range of `readme`.
fn block(readme: &str, name: &str) -> std::ops::Range<usize> {
    let (open, close) = (format!("<!-- {name}:start -->\n"), format!("<!-- {name}:end -->"));
    let start =
        readme.find(&open).unwrap_or_else(|| panic!("README.md has no line {open:?}")) + open.len();
    let end = readme[start..]
        .find(&close)
        .unwrap_or_else(|| panic!("README.md has no {close:?} after {open:?}"));
    start..start + end
}

/// What the first command prints, 100 columns wide and without colours.
fn output() -> String {
    let mut program = Command::new(env!("CARGO_BIN_EXE_compose-doctor"));
    for name in ["NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE"] {
        program.env_remove(name);
    }
    let output = program
        .current_dir(home())
        .args(["check", PROJECT, "--color", "never"])
        .env("COLUMNS", "100")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    format!("```text\n{}```\n", String::from_utf8(output.stdout).unwrap())
}

/// Every rule, as its page says it.
fn table() -> String {
    let mut out =
        "| rule | severity | confidence | what it finds |\n|---|---|---|---|\n".to_owned();
    for rule in meta::ALL {
        let (severity, confidence, summary) =
            (rule.severity.as_str(), rule.confidence.as_str(), rule.summary.replace('|', "\\|"));
        writeln!(out, "| [{0}](rules/{0}.md) | {severity} | {confidence} | {summary} |", rule.name)
            .unwrap();
    }
    out
}

#[test]
fn shows_what_the_program_says() {
    let path = home().join("README.md");
    let mut readme = std::fs::read_to_string(&path).unwrap();
    let bless = std::env::var_os("BLESS").is_some_and(|v| v == "1");
    for (name, now) in [("output", output()), ("rules", table())] {
        let place = block(&readme, name);
        if bless {
            readme.replace_range(place, &now);
            continue;
        }
        let then = &readme[place];
        if then != now {
            let line = then
                .lines()
                .zip(now.lines())
                .position(|(a, b)| a != b)
                .unwrap_or_else(|| then.lines().count().min(now.lines().count()));
            let at = |text: &str| text.lines().nth(line).unwrap_or("(nothing)").to_owned();
            panic!(
                "the block `{name}` of README.md is out of date, first in its line {}:\n  README   {}\n  program  {}\nrun `BLESS=1 cargo test --test readme`, and look at the difference",
                line + 1,
                at(then),
                at(&now)
            );
        }
    }
    if bless {
        std::fs::write(&path, readme).unwrap();
    }
}

#[test]
fn links_lead_somewhere() {
    for file in ["README.md", "CONTRIBUTING.md"] {
        let text = std::fs::read_to_string(home().join(file)).unwrap();
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let there = link.starts_with("https://")
                || home().join(link.split('#').next().unwrap_or("")).exists();
            assert!(there, "{file} links to {link}, which is not there");
        }
    }
}

#[test]
fn commands_are_the_ones_that_work() {
    let readme = std::fs::read_to_string(home().join("README.md")).unwrap();
    assert!(
        readme.contains(&format!("\ncargo run --release -- check {PROJECT}\n")),
        "the first command shows the output below it"
    );
    for (command, name, least) in [("check", "options", 6), ("config", "config", 6)] {
        let help = Command::new(env!("CARGO_BIN_EXE_compose-doctor"))
            .args([command, "--help"])
            .output()
            .unwrap();
        let help = String::from_utf8(help.stdout).unwrap();
        let table = &readme[block(&readme, name)];
        let named: Vec<&str> = table
            .split('`')
            .filter(|word| word.starts_with("--"))
            .filter_map(|word| word.split(' ').next())
            .collect();
        assert!(named.len() >= least, "{named:?}");
        for option in named {
            assert!(help.contains(option), "`{command}` has no option {option}");
        }
    }
}
