//! The figures of `docs/safety.md` are those of the code.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test that fails may panic, and looks at the repository itself"
)]

mod support;

use support::home;

/// Each limit of the page: a piece of the page with the number as `{}`, the file that sets it, what stands before the
/// number there, and how many of the code's units are one of the page's.
const LIMITS: [(&str, &str, &str, u64); 16] = [
    (
        "| Compose file, nginx configuration, requirements | {} MiB |",
        "src/source/store.rs",
        "Self::Config => ",
        1 << 20,
    ),
    (
        "| Dockerfile, script, env file, Python file | {} KiB |",
        "src/source/store.rs",
        "Self::Code => ",
        1 << 10,
    ),
    ("looked at | {}, at most", "src/source/discover.rs", "const MAX_ENTRIES: usize = ", 1),
    ("at most {} in one folder", "src/source/discover.rs", "const MAX_IN_FOLDER: usize = ", 1),
    ("and {} folders deep", "src/source/discover.rs", "const MAX_DEPTH: usize = ", 1),
    ("nesting, nodes | {}, ", "src/syntax/yaml/build.rs", "const MAX_DEPTH: usize = ", 1),
    ("nesting, nodes | 64, {} |", "src/syntax/yaml/build.rs", "const MAX_NODES: usize = ", 1),
    (
        "| files of one Compose project | {} |",
        "src/model/compose/layers/loader.rs",
        "const MAX_FILES: usize = ",
        1,
    ),
    (
        "| services of one Compose project | {} |",
        "src/model/compose/tree/limits.rs",
        "const MAX_SERVICES: usize = ",
        1,
    ),
    (
        "| nesting of brackets in Python | {} |",
        "src/syntax/python/depth.rs",
        "const MAX_BRACKETS: usize = ",
        1,
    ),
    ("start scripts | {} deep", "src/model/process/follow.rs", "const MAX_DEPTH: usize = ", 1),
    ("deep, {} commands |", "src/model/process/follow.rs", "const MAX_COMMANDS: usize = ", 1),
    ("hold on to | {} MiB", "src/model/budget.rs", "const MAX_OF_STACK: usize = ", 1 << 20),
    ("| work of one stack | {} steps", "src/model/budget.rs", "const MAX_STEPS: u64 = ", 1),
    ("as the last net, {} seconds", "src/model/budget.rs", "const MAX_SECONDS: u64 = ", 1),
    ("| a whole run | {} seconds", "src/model/budget.rs", "const MAX_RUN_SECONDS: u64 = ", 1),
];

/// The number that a text begins with, a product such as `8 * 1024 * 1024` included.
fn number(text: &str) -> u64 {
    let end = text.find([';', ',', '\n', '}']).unwrap();
    text[..end].split('*').map(|n| n.trim().replace('_', "").parse::<u64>().unwrap()).product()
}

/// A number as pages write it: `100,000`.
fn written(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[test]
fn limits_of_the_page_are_those_of_the_code() {
    let page = std::fs::read_to_string(home().join("docs/safety.md")).unwrap();
    for (piece, file, before, unit) in LIMITS {
        let code = std::fs::read_to_string(home().join(file)).unwrap();
        let at = code.find(before).unwrap_or_else(|| panic!("{file} has no `{before}`"));
        let limit = number(&code[at + before.len()..]);
        assert_eq!(limit % unit, 0, "{file}: {before}");
        let piece = piece.replace("{}", &written(limit / unit));
        assert!(page.contains(&piece), "docs/safety.md lacks: {piece}");
    }
    // Every row has its limit above, but for the two of the folder's share.
    let table = page.split("| | limit |").nth(1).unwrap().split("\n\n").next().unwrap();
    assert_eq!(table.lines().filter(|l| l.starts_with("| ")).count(), 11);
}
