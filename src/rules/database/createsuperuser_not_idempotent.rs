//! The second start stops where the first one made a user.

use crate::finding::{CommandEdit, Cure, Finding, Own, Prose, prose};
use crate::model::process::{Step, StepKind};
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, changes, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::CREATESUPERUSER_NOT_IDEMPOTENT, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    for (index, container) in stack.containers.iter().enumerate() {
        if !stack.lifecycle().starts_with_up(index) {
            continue;
        }
        let steps = &container.process.steps;
        for (at, step) in steps.iter().enumerate() {
            let silent =
                step.words.iter().any(|w| matches!(w.as_str(), "--noinput" | "--no-input"));
            if !step.manages("createsuperuser")
                || !silent
                || !step.stops
                || step.conditional
                || step.retried
            {
                continue;
            }
            // What empties the database, or looks whether there is a user, comes before.
            if steps[..at].iter().any(guards) {
                continue;
            }
            let Some(next) = steps[at + 1..].iter().find(|s| !s.conditional) else { continue };
            let restarts =
                matches!(container.service.restart(), "always" | "unless-stopped" | "on-failure");
            let then = if restarts { ", again and again" } else { "" };
            let mut finding = Finding::new(
                &meta::CREATESUPERUSER_NOT_IDEMPOTENT,
                prose!("the second start of {} stops here{}: CommandError: Error: That username is already taken.", container, Own(then)),
            )
            .label(step.span, "fails when the user is there, and ends the start")
            .label(next.span, "is not reached then");
            if step.span.file != container.name_span().file {
                finding = finding.label(container.named_at(), "the service that runs it");
            }
            let django = stack.roles.django.iter().find(|d| d.container == index);
            let database = django
                .and_then(|d| stack.datastores().database_of(d, d.default_database().as_ref()));
            if let Some(mount) = database.and_then(|d| stack.storage().data_mount(d)) {
                finding = finding.label(mount.span, "keeps the user between starts");
            }
            let line = step.words.iter().filter(|w| w.is_resolved() && !w.is_empty());
            sink.report(
                finding
                    .help(prose!(
                        "let the start go on when the user is there:\n    {} || true",
                        Prose::command(line)
                    ))
                    .cure(
                        Cure::new("let the start go on when the user exists")
                            .change(changes::command(step, [CommandEdit::Tolerate])),
                    ),
            );
        }
    }
}

fn guards(step: &Step) -> bool {
    match &step.kind {
        StepKind::Manage { command, .. } => {
            matches!(command.as_str(), "shell" | "shell_plus" | "flush" | "reset_db")
        }
        _ => step.words.iter().any(|w| w.contains("exists") || w.contains("superuser")),
    }
}
