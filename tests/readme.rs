//! What the README and the list of rules show is what the program prints. `cargo xtask bless` writes it again.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test that fails may panic, and looks at the repository itself"
)]

#[path = "support/picture.rs"]
mod picture;
mod support;

use compose_doctor::internals::rules::meta;
use std::fmt::Write as _;
use std::process::Command;
use support::home;

/// The project of the first command.
const PROJECT: &str = "fixtures/pop_planner/1-as-published";
/// How many messages the README shows.
const MESSAGES: usize = 5;
/// The most bytes of the README: it is read by people who do not know yet whether they want this.
const MAX_BYTES: u64 = 8 * 1024;

/// The text between `<!-- name:start -->` and `<!-- name:end -->`, as a range of `page`.
fn block(file: &str, page: &str, name: &str) -> std::ops::Range<usize> {
    let (open, close) = (format!("<!-- {name}:start -->\n"), format!("<!-- {name}:end -->"));
    let start =
        page.find(&open).unwrap_or_else(|| panic!("{file} has no line {open:?}")) + open.len();
    let end = page[start..]
        .find(&close)
        .unwrap_or_else(|| panic!("{file} has no {close:?} after {open:?}"));
    start..start + end
}

/// What `check` prints about the project, 100 columns wide and without colours.
fn check(options: &[&str]) -> String {
    let mut program = Command::new(env!("CARGO_BIN_EXE_compose-doctor"));
    for name in ["NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE"] {
        program.env_remove(name);
    }
    let output = program
        .current_dir(home())
        .args(["check", PROJECT])
        .args(options)
        .env("COLUMNS", COLUMNS)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Columns of the picture.
const COLUMNS: &str = "100";
/// The picture of the worst finding.
const PICTURE: &str = "docs/check.svg";

/// The worst finding as the first command draws it, up to the line that names its rule.
fn finding() -> String {
    let whole = check(&["--color", "always"]);
    let end = whole.find(" · compose-doctor explain").expect("a finding names its rule");
    let line = whole[end..].find('\n').map_or(whole.len(), |length| end + length + 1);
    whole[..line].to_owned()
}

/// The picture shows what the program prints. Lines to paste that are wider end where it ends.
#[test]
fn the_picture_shows_what_the_program_prints() {
    let columns: usize = COLUMNS.parse().unwrap();
    let cut = |line: &str| match line.contains('\u{1b}') || line.chars().count() <= columns {
        true => line.to_owned(),
        false => line.chars().take(columns - 1).chain(['…']).collect(),
    };
    let text: Vec<String> = finding().lines().map(cut).collect();
    let title = format!("compose-doctor check {PROJECT}");
    let now = picture::svg(&text.join("\n"), columns, &title);
    let path = home().join(PICTURE);
    if std::env::var_os("BLESS").is_some_and(|v| v == "1") {
        std::fs::write(&path, &now).unwrap();
    }
    let then = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(then == now, "{PICTURE} is out of date; run `cargo xtask bless`, and look at it");
}

/// The worst findings, a message on each line.
fn messages() -> String {
    let most = MESSAGES.to_string();
    let lines = check(&["--output-format", "concise", "--max-diagnostics", &most]);
    assert_eq!(lines.lines().count(), MESSAGES, "{lines}");
    format!("```text\n{lines}```\n")
}

/// Every rule, as its page describes it.
fn table() -> String {
    let mut out =
        "| rule | severity | confidence | what it finds |\n|---|---|---|---|\n".to_owned();
    for rule in meta::ALL {
        let (severity, confidence, summary) =
            (rule.severity.as_str(), rule.confidence.as_str(), rule.summary.replace('|', "\\|"));
        writeln!(out, "| [{0}]({0}.md) | {severity} | {confidence} | {summary} |", rule.name)
            .unwrap();
    }
    out
}

#[test]
fn shows_what_the_program_prints() {
    let bless = std::env::var_os("BLESS").is_some_and(|v| v == "1");
    for (file, name, now) in
        [("README.md", "messages", messages()), ("rules/README.md", "rules", table())]
    {
        let path = home().join(file);
        let mut page = std::fs::read_to_string(&path).unwrap();
        let place = block(file, &page, name);
        if bless {
            page.replace_range(place, &now);
            std::fs::write(&path, page).unwrap();
            continue;
        }
        let then = &page[place];
        if then != now {
            let line = then
                .lines()
                .zip(now.lines())
                .position(|(a, b)| a != b)
                .unwrap_or_else(|| then.lines().count().min(now.lines().count()));
            let at = |text: &str| text.lines().nth(line).unwrap_or("(nothing)").to_owned();
            panic!(
                "the block `{name}` of {file} is out of date, first in its line {}:\n  page     {}\n  program  {}\nrun `cargo xtask bless`, and look at the difference",
                line + 1,
                at(then),
                at(&now)
            );
        }
    }
}

#[test]
fn the_readme_is_short() {
    let bytes = std::fs::metadata(home().join("README.md")).unwrap().len();
    assert!(
        bytes <= MAX_BYTES,
        "README.md has {bytes} bytes of at most {MAX_BYTES}; move something to docs/"
    );
}

#[test]
fn links_lead_somewhere() {
    for file in ["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "rules/README.md"] {
        let path = home().join(file);
        let text = std::fs::read_to_string(&path).unwrap_or_else(|why| panic!("{file}: {why}"));
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let there = link.starts_with("https://")
                || path.with_file_name(link.split('#').next().unwrap_or("")).exists();
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
    let page = std::fs::read_to_string(home().join("docs/commands.md")).unwrap();
    for (command, name, least) in [
        ("check", "options", 20),
        ("config", "config", 6),
        ("env", "env", 3),
        ("inspect", "inspect", 7),
        ("trace", "trace", 8),
    ] {
        let help = Command::new(env!("CARGO_BIN_EXE_compose-doctor"))
            .args([command, "--help"])
            .output()
            .unwrap();
        let help = String::from_utf8(help.stdout).unwrap();
        let table = &page[block("docs/commands.md", &page, name)];
        let named: Vec<&str> = table
            .split('`')
            .filter(|word| word.starts_with("--"))
            .filter_map(|word| word.split(' ').next())
            .collect();
        assert!(named.len() >= least, "{named:?}");
        for option in &named {
            assert!(help.contains(option), "`{command}` has no option {option}");
        }
        // Options of every command are described above the tables.
        let listed = help.lines().filter_map(|line| {
            let at = line.find("--").filter(|_| line.trim_start().starts_with('-'))?;
            line[at..].split([' ', ',']).next()
        });
        for option in listed.filter(|option| !["--color", "--help"].contains(option)) {
            assert!(
                named.contains(&option),
                "docs/commands.md does not list {option} of `{command}`"
            );
        }
    }
}
