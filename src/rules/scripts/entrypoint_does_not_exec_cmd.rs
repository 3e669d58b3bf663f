//! The entrypoint does not run the command it is given.

use crate::finding::{Change, Cure, Finding, Prose, Quote, prose};
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
                let serves =
                    |s: &&Step| s.lifetime() == Lifetime::LongRunning || s.server().is_some();
                main_step(&ignored.process).filter(serves)
            }
        };
        let Some(lost) = lost else { continue };
        let name = lost.server().map_or_else(|| what(lost), |server| prose!("{}", server.kind));
        let message = if serves(&container.process) {
            prose!(
                "{} never runs {}: its entrypoint does not look at the command, and does the same as in every other service",
                container,
                name
            )
        } else {
            prose!(
                "{} exits with code 0 and never starts {}: its entrypoint does not run the command",
                container,
                name
            )
        };
        let script = ignored.script.as_ref().map(|s| stack.repository().display_path(s));
        let entry = match &script {
            Some(script) => prose!("{} has no `\"$@\"`, which would be the command", script),
            None => prose!("a shell reads this line, and gets no further arguments"),
        };
        // Behind a server the shell would not come to `exec`.
        let blocked = container.process.steps.iter().any(|s| s.stays() && !s.background);
        let help = match &script {
            Some(script) if blocked => prose!(
                "replace the server at the end of {} with this line, and set that server as `command` of the services without one:\n    exec \"$@\"",
                script
            ),
            Some(script) => prose!("make this the last line of {}:\n    exec \"$@\"", script),
            None => prose!(
                "write the entrypoint as a list, so that the command is added to it, or set `entrypoint` for this service"
            ),
        };
        let cure = ignored.script.as_ref().filter(|_| !blocked).map(|path| {
            Cure::new("run the command at the end of the script")
                .change(Change::Line { path: path.clone(), line: "exec \"$@\"".into() })
        });
        sink.report(
            Finding::new(&meta::ENTRYPOINT_DOES_NOT_EXEC_CMD, message)
                .label(ignored.span, "never runs")
                .label(ignored.entrypoint, entry)
                .help(help)
                .cure_if(cure),
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

fn what(step: &Step) -> Prose {
    match &step.kind {
        StepKind::Celery { role, .. } => prose!("celery {}", Quote::code(role)),
        StepKind::Manage { command, .. } => prose!("manage.py {}", command),
        _ => prose!("its command"),
    }
}
