//! A job that ends by itself is started again and again.

use crate::finding::{Change, Cure, Finding, prose};
use crate::model::process::StepKind;
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule = Rule { meta: &meta::RESTART_ON_ONESHOT, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    for container in &stack.containers {
        let service = container.service;
        let policy = service.restart();
        if !matches!(policy, "always" | "unless-stopped")
            || !container.process.ends()
            || container.presumed
            || container.ignored.is_some()
            // A server is meant: `entrypoint-branch-never-taken` names what keeps it out.
            || container.process.unserved().next().is_some()
        {
            continue;
        }
        // A pause makes it a job that is meant to come back.
        let paused = container
            .process
            .steps
            .iter()
            .any(|s| s.words.first().is_some_and(|w| w.as_str() == "sleep"));
        let dropped = [&service.command, &service.entrypoint]
            .iter()
            .any(|w| w.as_ref().is_some_and(|w| w.dropped.is_some()));
        let Some(place) = service.text("restart").filter(|_| !paused && !dropped) else { continue };
        let manage = container
            .process
            .steps
            .iter()
            .rfind(|s| !s.conditional && matches!(s.kind, StepKind::Manage { .. }));
        let Some(step) = manage else { continue };
        let StepKind::Manage { command, .. } = &step.kind else { continue };
        sink.report(
            Finding::new(
                &meta::RESTART_ON_ONESHOT,
                prose!(
                    "{} runs {} over and over: it ends, and `restart: {}` starts it again",
                    container,
                    command,
                    place
                ),
            )
            .label(place.span(), "starts it again after every end, also after a good one")
            .label(step.span, "ends when it is done")
            .help("let it run once, and again only when it fails:\n    restart: on-failure")
            .cure(
                Cure::new("let it run once, and again only when it fails")
                    .safe()
                    .change(Change::Replace { at: place.span(), with: "on-failure".into() }),
            ),
        );
    }
}
