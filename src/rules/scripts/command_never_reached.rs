//! A server or worker that is started behind a command that runs until it is stopped.

use crate::finding::{Finding, Own, Prose, Quote, prose};
use crate::model::process::{Step, StepKind, Unreached};
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::COMMAND_NEVER_REACHED, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    for container in &stack.containers {
        for unreached in &container.process.unreached {
            let Some(before) = container.process.steps.get(unreached.by) else { continue };
            let message = prose!(
                "{} never runs in {}: {} before it runs until the container stops",
                what(&unreached.kind),
                container,
                name(before)
            );
            let finding = Finding::new(&meta::COMMAND_NEVER_REACHED, message)
                .label(
                    unreached.span,
                    "not started: the shell still waits for the command before it",
                )
                .label(before.span, "stays in the foreground")
                .help(help(unreached));
            let elsewhere = unreached.span.file != container.name_span().file;
            sink.report(if elsewhere {
                finding.label(container.name_span(), "the service that runs it")
            } else {
                finding
            });
        }
    }
}

/// The command that does not run, as people call it.
fn what(kind: &StepKind) -> Prose {
    match kind {
        StepKind::Manage { command, .. } => prose!("{}", Quote::code(command)),
        StepKind::Celery { role, .. } if role.is_empty() => prose!("celery"),
        StepKind::Celery { role, .. } => prose!("celery {}", Quote::name(role)),
        StepKind::Server(server) => prose!("{}", Own(server.kind.name())),
        StepKind::Wait { .. } | StepKind::Other => prose!("the next command"),
    }
}

fn name(step: &Step) -> Prose {
    match &step.kind {
        StepKind::Other => prose!("the command"),
        kind => what(kind),
    }
}

fn help(unreached: &Unreached) -> Prose {
    match unreached.kind {
        StepKind::Manage { .. } => prose!(
            "run {} before the server: move it in front of the command that stays",
            what(&unreached.kind)
        ),
        _ => prose!(
            "give {} its own service, with the same image and environment, and this as its `command`",
            what(&unreached.kind)
        ),
    }
}
