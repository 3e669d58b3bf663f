//! The steps of a process as plain data.

use crate::finding::{ProcessAccount, StepAccount};
use crate::model::process::Process;

/// What a container runs, in order.
pub(super) fn process_account(process: &Process) -> ProcessAccount {
    ProcessAccount {
        steps: steps(process, None),
        unknown: process.unknown.iter().cloned().collect(),
    }
}

/// The steps that another one starts, or a shell does (`None`). A step comes after the one that starts it.
fn steps(process: &Process, inside: Option<usize>) -> Vec<StepAccount> {
    let all = process.steps.iter().enumerate();
    let own = all.filter(|(at, step)| step.inside == inside && inside != Some(*at));
    own.map(|(at, step)| StepAccount {
        argv: step.words.clone(),
        cwd: step.workdir.clone(),
        exec: step.exec,
        background: step.background,
        conditional: step.conditional,
        captured: step.captured,
        at: step.span,
        starts: steps(process, Some(at)),
    })
    .collect()
}
