//! The steps of a process as plain data.

use crate::finding::{ProcessAccount, StepAccount};
use crate::model::process::Process;

/// What a container runs, in order.
pub(super) fn process_account(process: &Process) -> ProcessAccount {
    let steps = process.steps.iter().map(|step| StepAccount {
        argv: step.words.clone(),
        cwd: step.workdir.clone(),
        exec: step.exec,
        background: step.background,
        conditional: step.conditional,
        at: step.span,
    });
    ProcessAccount { steps: steps.collect(), unknown: process.unknown.iter().cloned().collect() }
}
