//! A fault of ours in one place leaves the rest as it is, and is told.
#![allow(clippy::unwrap_used, reason = "a test that fails may panic")]

mod assumed;
mod behind;
mod checkout;
mod starts;
mod variables;

use super::*;
use crate::finding::Finding;
use crate::source::MemoryFiles;

const ONE: &str = "services:\n  app:\n    build: ./gone\n    version: 1\n";

fn checked(files: &[(&str, &str)]) -> (Report, Vec<String>) {
    let mut all = MemoryFiles::new();
    files.iter().for_each(|(path, text)| all.add(path, *text));
    let sources = Sources::new(&all);
    let report = check(&sources, &RelPath::root(), &Options::default());
    let told = report
        .coverage
        .skipped
        .iter()
        .map(|(path, why)| format!("{path} {}", why.unmasked()))
        .collect();
    (report, told)
}

fn rules_of(report: &Report) -> Vec<&str> {
    report.findings.iter().map(|f| f.rule.name).collect()
}

#[test]
fn a_fault_in_a_rule_leaves_the_other_rules() {
    let (whole, told) = checked(&[("compose.yaml", ONE)]);
    assert_eq!((whole.coverage.faults, told.len()), (0, 0));
    assert!(rules_of(&whole).contains(&"dockerfile-missing"), "{:?}", rules_of(&whole));
    let broken = format!("{ONE}  fault-in-dockerfile-missing:\n    image: x\n");
    let (report, told) = checked(&[("compose.yaml", &broken)]);
    assert_eq!(
        told,
        ["compose.yaml was not judged by dockerfile-missing: a fault in compose-doctor"]
    );
    assert_eq!(report.coverage.faults, 1);
    let others: Vec<&str> =
        rules_of(&whole).into_iter().filter(|r| *r != "dockerfile-missing").collect();
    assert!(
        !others.is_empty() && others.iter().all(|r| rules_of(&report).contains(r)),
        "{:?}",
        rules_of(&report)
    );
}

#[test]
fn a_fault_in_one_stack_leaves_the_other_stacks() {
    let broken = format!("{ONE}  fault-in-the-model:\n    image: x\n");
    // The same folder, where `compose.b.yaml` is a stack of its own, and another folder.
    for other in ["compose.b.yaml", "b/compose.yaml"] {
        let (report, told) = checked(&[("compose.yaml", &broken), (other, ONE)]);
        let at: Vec<String> =
            report.stacks.iter().flat_map(|s| &s.files).map(ToString::to_string).collect();
        if !at.iter().any(|f| f == other) {
            // Where the two are laid over each other they are one stack, and nothing of it is known.
            assert_eq!((other, report.stacks.len()), ("compose.b.yaml", 0));
            continue;
        }
        assert_eq!(told, ["compose.yaml could not be analysed: a fault in compose-doctor"]);
        assert_eq!((report.stacks.len(), report.coverage.faults), (1, 1));
        assert!(rules_of(&report).contains(&"dockerfile-missing"));
    }
}

#[test]
fn a_fault_in_a_reader_leaves_the_other_files() {
    let compose = "services:\n  web:\n    build: .\n    command: python manage.py runserver 0.0.0.0:8000\n  app:\n    build: ./gone\n";
    let files = [
        ("compose.yaml", compose),
        ("Dockerfile", "FROM python:3.12\nWORKDIR /app\nCOPY . .\nRUN pip install django\n"),
        ("manage.py", "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'settings')\n"),
        ("settings.py", "# fault-in-the-reader\nDEBUG = True\n"),
        ("b/compose.yaml", "# fault-in-the-reader\nservices: {}\n"),
    ];
    let (report, _) = checked(&files);
    let about: Vec<&Finding> = report
        .findings
        .iter()
        .filter(|f| f.message.unmasked().contains("fault in compose-doctor"))
        .collect();
    assert_eq!(about.len(), 2, "{:?}", report.findings);
    assert!(rules_of(&report).contains(&"dockerfile-missing"));
    assert!(report.findings.iter().all(|f| !f.message.unmasked().contains("planted-payload")));
}

#[test]
fn one_folder_cannot_take_all_the_work_of_another() {
    let script = "#!/bin/sh\n".to_owned() + &"echo a && b\n".repeat(2_000);
    let services: String = (0..400).map(|i| format!("  s{i}:\n    image: x\n    entrypoint: ./e.sh\n    volumes: ['./e.sh:/e.sh']\n    working_dir: /\n    environment: {{A: '{i}'}}\n")).collect();
    let (report, told) = checked(&[
        ("a/compose.yaml", &format!("services:\n{services}")),
        ("a/e.sh", &script),
        ("b/compose.yaml", ONE),
    ]);
    assert!(told.iter().any(|t| t.starts_with("a/compose.yaml asks for more work")), "{told:?}");
    assert!(
        !told.iter().any(|t| t.starts_with("b/"))
            && rules_of(&report).contains(&"dockerfile-missing"),
        "{told:?}"
    );
}
