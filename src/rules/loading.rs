//! What loading a project found, for a command that shows the project and does not bring it up.

use super::{files, meta, project};
use crate::finding::{Finding, Quote, prose};
use crate::model::compose::{Effective, Fault, Project};
use crate::source::{ReadError, Span};
use std::collections::BTreeMap;

/// What Compose refuses in a project, and what could not be read of it: the worst first, then as it stands in the files.
pub fn loading(project: &Project, effective: &Effective) -> Vec<Finding> {
    let faults: Vec<&Fault> = project.faults.iter().chain(&effective.faults).collect();
    let mut findings: Vec<Finding> = Vec::new();
    findings.extend(project.errors.iter().chain(&effective.errors).map(files::unread));
    findings.extend(project.unusable.iter().chain(&effective.unusable).map(unusable));
    for finding in faults.into_iter().map(project::finding) {
        // The schema and the types of Compose may both refuse a value.
        let place = |f: &Finding| f.labels.first().map(|l| l.span);
        if !findings
            .iter()
            .any(|f| std::ptr::eq(f.rule, finding.rule) && place(f) == place(&finding))
        {
            findings.push(finding);
        }
    }
    findings.sort_by_key(|f| (std::cmp::Reverse(f.severity), f.labels.first().map(|l| l.span)));
    few_of_each(findings)
}

/// The most findings of a rule that are shown, as in a check.
const MAX_SHOWN: usize = 100;

/// Leaves out what is too much to read, and says so.
fn few_of_each(findings: Vec<Finding>) -> Vec<Finding> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut few = Vec::with_capacity(findings.len().min(MAX_SHOWN));
    for finding in findings {
        let count = counts.entry(finding.rule.name).or_default();
        *count += 1;
        if *count == MAX_SHOWN + 1 {
            let message = prose!(
                "there are more places like these; mend the first {} and look again",
                MAX_SHOWN
            );
            few.push(Finding {
                message,
                help: "is this the file that is meant?".into(),
                ..finding
            });
        } else if *count <= MAX_SHOWN {
            few.push(finding);
        }
    }
    few
}

fn unusable((span, path, why): &(Span, String, ReadError)) -> Finding {
    if *why != ReadError::Missing {
        return files::unusable(*span, path, why);
    }
    Finding::new(&meta::ENV_FILE_MISSING, prose!("Compose stops: the file {} is not there", Quote::path(path).or_at(*span)))
        .label(*span, "named here")
        .help("make it, perhaps from a sample beside it; or write `required: false` where it may be missing")
}

/// Whether Compose refuses the project, or would go on with files that we do not fetch or read.
pub fn refused(project: &Project, effective: &Effective) -> bool {
    let faults = || project.faults.iter().chain(&effective.faults);
    let unread = project.errors.iter().chain(&effective.errors).next().is_some();
    let unusable = project.unusable.iter().chain(&effective.unusable).next().is_some();
    unread || unusable || faults().any(|f| f.refused || project::hides_something(f))
}
