//! The entrypoint does not run the command it is given.

use crate::finding::Finding;
use crate::model::process::{Lifetime, Process, Step, StepKind};
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::ENTRYPOINT_DOES_NOT_EXEC_CMD, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    for container in &stack.containers {
        let Some(ignored) = &container.ignored else { continue };
        let serves =
            |process: &Process| process.steps.iter().any(|s| s.lifetime() == Lifetime::LongRunning);
        // A command of the image that its own entrypoint replaces was left there by accident, and does no harm.
        let lost = match (serves(&container.process), ignored.in_compose) {
            (true, false) => continue,
            (true, true) => main_step(&ignored.process)
                .filter(|step| !container.process.steps.iter().any(|s| same(s, step))),
            (false, _) if !container.process.ends() => continue,
            (false, _) => {
                main_step(&ignored.process).filter(|s| s.lifetime() == Lifetime::LongRunning)
            }
        };
        let Some(lost) = lost else { continue };
        let name = lost.server().map_or_else(|| what(lost), |server| server.kind.name().to_owned());
        let message = if serves(&container.process) {
            format!(
                "{} never runs {name}: its entrypoint does not look at the command, and does the same as in every other service",
                container.name()
            )
        } else {
            format!(
                "{} exits with code 0 and never starts {name}: its entrypoint does not run the command",
                container.name()
            )
        };
        let script = ignored.script.as_ref().map(|s| stack.repository().display_path(s));
        let entry = match &script {
            Some(script) => format!("{script} has no `\"$@\"`, which would be the command"),
            None => "a shell reads this line, and gets no further arguments".to_owned(),
        };
        let help = match &script {
            Some(script) => format!("make this the last line of {script}:\n    exec \"$@\""),
            None => "write the entrypoint as a list, so that the command is added to it, or set `entrypoint` for this service".to_owned(),
        };
        sink.report(
            Finding::new(&meta::ENTRYPOINT_DOES_NOT_EXEC_CMD, message)
                .label(ignored.span, "never runs")
                .label(ignored.entrypoint, entry)
                .help(help),
        );
    }
}

/// What a command is there for: the last step that means something here.
fn main_step(process: &Process) -> Option<&Step> {
    process.steps.iter().rev().find(|s| {
        matches!(s.kind, StepKind::Server(_) | StepKind::Celery { .. } | StepKind::Manage { .. })
    })
}

fn same(a: &Step, b: &Step) -> bool {
    match (&a.kind, &b.kind) {
        (StepKind::Server(a), StepKind::Server(b)) => a.kind == b.kind,
        (StepKind::Celery { role: a, .. }, StepKind::Celery { role: b, .. }) => a == b,
        (StepKind::Manage { command: a, .. }, StepKind::Manage { command: b, .. }) => {
            a.as_str() == b.as_str()
        }
        _ => false,
    }
}

fn what(step: &Step) -> String {
    match &step.kind {
        StepKind::Celery { role, .. } => format!("celery {role}"),
        StepKind::Manage { command, .. } => format!("manage.py {}", command.as_str()),
        _ => "its command".to_owned(),
    }
}
