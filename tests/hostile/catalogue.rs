//! Which number is tested where, so that none is forgotten without a word.

use super::support::{files_below, home, name};
use std::collections::BTreeMap;

/// Numbers without a test, each with the reason.
const WAITING: &[(&str, &str)] = &[];

/// Numbers of which a part is tested; the rest waits for what does not exist yet.
const IN_PART: &[(&str, &str)] = &[
    ("H47", "the formats are in tests/canary.rs"),
    ("H50", "paths in a configuration and reasons of suppressions"),
    ("H52", "formats in HTML; XML and Markdown are in tests/formats.rs"),
    ("H53", "SARIF and a cap on the number of findings are in tests/formats.rs"),
    ("H54", "`--output-file` is in tests/sink.rs"),
];

/// Numbers that tests name: in the first words of their comment, `/// H07, H03: …`.
fn tested() -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let folder = home().join("tests");
    for file in files_below(&folder.join("hostile")).into_iter().chain([folder.join("hostile.rs")])
    {
        let text = std::fs::read_to_string(&file).unwrap();
        let mut numbers: Vec<String> = Vec::new();
        for line in text.lines() {
            if let Some(head) =
                line.strip_prefix("/// H").and_then(|l| l.split_once(':')).map(|(head, _)| head)
            {
                numbers = format!("H{head}")
                    .split(", ")
                    .map(|n| n.split_whitespace().next().unwrap_or("").to_owned())
                    .collect();
            } else if line == "#[test]" {
                found.extend(numbers.drain(..).map(|n| (n, name(&file))));
            } else if !line.starts_with("///") && !line.starts_with("#[") {
                numbers.clear();
            }
        }
    }
    found
}

#[test]
fn every_number_is_tested_or_waits() {
    let tested = tested();
    let mut wrong = Vec::new();
    for number in (1..=68).map(|n| format!("H{n:02}")) {
        let waits = WAITING.iter().any(|(n, _)| *n == number);
        match tested.get(&number) {
            None if !waits => wrong.push(format!("{number} has no test, and nothing says why")),
            Some(file) if waits => {
                wrong.push(format!("{number} is said to wait, and is tested in {file}"))
            }
            _ => {}
        }
    }
    for (number, _) in IN_PART {
        if !tested.contains_key(*number) {
            wrong.push(format!("{number} is said to be tested in part, and is not"));
        }
    }
    assert!(wrong.is_empty(), "\n  {}\n", wrong.join("\n  "));
}
