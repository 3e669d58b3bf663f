//! What becomes of a fault.

use crate::finding::{Confidence, Finding, Severity};
use crate::model::compose::{Fault, FaultKind, load};
use crate::model::instructions::Instructions;
use crate::model::stack::{Shared, Stack};
use crate::rules::judge;
use crate::source::{MemoryFiles, RelPath, Sources, Span};

const KINDS: [(FaultKind, &str); 20] = [
    (FaultKind::Key, "yaml-dup-keys-tabs-unknown"),
    (FaultKind::Value, "value-invalid"),
    (FaultKind::ExtendsInclude, "extends-include-broken"),
    (FaultKind::Remote, "remote-not-fetched"),
    (FaultKind::Limit, "limit-reached"),
    (FaultKind::RequiredVariable, "required-var-missing"),
    (FaultKind::Dependency, "depends-on-unknown-or-cycle"),
    (FaultKind::Undefined, "undefined-or-unused-top-level"),
    (FaultKind::NoImage, "no-image-or-build"),
    (FaultKind::Exclusive, "exclusive-keys"),
    (FaultKind::Limits, "conflicting-limits"),
    (FaultKind::ContainerNameReplicas, "container-name-with-replicas"),
    (FaultKind::ContainerNameTwice, "duplicate-container-name"),
    (FaultKind::HealthcheckForm, "healthcheck-test-form"),
    (FaultKind::MountTwice, "duplicate-mount-target"),
    (FaultKind::NoSource, "secret-or-config-without-source"),
    (FaultKind::BuildReference, "build-reference-unknown"),
    (FaultKind::Watch, "watch-target-missing"),
    (FaultKind::ProjectName, "project-name-invalid"),
    (FaultKind::Deprecated, "deprecated-notation"),
];

/// What is said of a project with the faults that `make` gives it; the unused volume `u` is declared in it.
fn judged(make: impl FnOnce(&dyn Fn(usize, usize) -> Span) -> Vec<Fault>) -> Vec<Finding> {
    let mut files = MemoryFiles::new();
    files.add("compose.yaml", "services:\n  web:\n    image: nginx:1.28\nvolumes:\n  u:\n");
    let sources = Sources::new(&files);
    let mut project = load(&sources, &RelPath::root(), &[RelPath::new("compose.yaml").unwrap()]);
    let file = project.first_file().unwrap();
    project.faults = make(&|start, end| Span::new(file, start, end));
    let (shared, docs) = (Shared::new(Vec::new()), Instructions::default());
    judge(&Stack::bring_up(&sources, &project, &shared, &docs, &RelPath::root())).findings
}

#[test]
fn every_kind_has_its_rule_and_only_that() {
    for (kind, rule) in KINDS {
        let found = judged(|at| vec![Fault::new(kind, at(12, 15), "it is wrong")]);
        let found: Vec<_> = found.iter().filter(|f| f.message == "it is wrong").collect();
        assert_eq!(found.iter().map(|f| f.rule.name).collect::<Vec<_>>(), [rule]);
        assert_eq!(
            (found[0].severity, found[0].confidence),
            (found[0].rule.severity, Confidence::High)
        );
    }
}

#[test]
fn a_fault_is_shown_with_all_its_places() {
    let found = judged(|at| {
        let fault = Fault::new(FaultKind::Key, at(21, 26), "the key `image` stands here twice")
            .label("again");
        vec![
            fault.also(at(12, 15), "of this service").help("keep one"),
            Fault::new(FaultKind::Key, at(30, 31), "another"),
        ]
    });
    let found: Vec<_> =
        found.iter().filter(|f| f.rule.name == "yaml-dup-keys-tabs-unknown").collect();
    assert_eq!(found.len(), 2, "all of a kind are told");
    assert_eq!(
        found[0].labels.iter().map(|l| (l.span.start, l.text.unmasked())).collect::<Vec<_>>(),
        [(21, "again".to_owned()), (12, "of this service".to_owned())]
    );
    assert_eq!(found[0].help, "keep one");
}

#[test]
fn a_flood_of_faults_is_cut_short() {
    let found = judged(|at| {
        (0..150).map(|i| Fault::new(FaultKind::Value, at(i % 50, i), "it is wrong")).collect()
    });
    let found: Vec<_> = found.iter().filter(|f| f.rule.name == "value-invalid").collect();
    assert_eq!(found.len(), 101);
    assert!(found[100].message.unmasked().contains("50 more"), "{:?}", found[100].message);
}

#[test]
fn what_compose_takes_is_no_error() {
    for (kind, severity) in [
        (FaultKind::MountTwice, Severity::Warning),
        (FaultKind::Deprecated, Severity::Info),
        (FaultKind::Limit, Severity::Warning),
    ] {
        let found = judged(|at| vec![Fault::new(kind, at(12, 15), "it works").accepted()]);
        assert!(
            found.iter().any(|f| f.message == "it works" && f.severity == severity),
            "{kind:?}"
        );
    }
}

#[test]
fn unused_is_told_only_where_all_of_the_project_is_understood() {
    let unused = |kind| {
        judged(|at| vec![Fault::new(kind, at(12, 15), "it is wrong")])
            .iter()
            .any(|f| f.message.unmasked().contains("volume u"))
    };
    assert!(
        judged(|_| Vec::new())
            .iter()
            .any(|f| f.message.unmasked().contains("volume u") && f.severity == Severity::Info)
    );
    assert!(unused(FaultKind::HealthcheckForm), "a health check uses no volume");
    for kind in [
        FaultKind::Key,
        FaultKind::Value,
        FaultKind::ExtendsInclude,
        FaultKind::Remote,
        FaultKind::Limit,
        FaultKind::Undefined,
    ] {
        assert!(!unused(kind), "{kind:?}");
    }
}
