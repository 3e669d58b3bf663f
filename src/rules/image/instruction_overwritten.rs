//! A `CMD`, `ENTRYPOINT` or `HEALTHCHECK` that a later one of its stage replaces.

use crate::finding::{Change, Cure, Finding, Own, Severity, StatementEdit, prose};
use crate::model::stack::Stack;
use crate::rules::{Check, MAX_OF_RULE, Rule, Sink, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::INSTRUCTION_OVERWRITTEN, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    for container in stack.containers.iter().filter(|c| !c.presumed) {
        let Some(image) = container.built() else { continue };
        let service = &container.service;
        sink.report_first(MAX_OF_RULE, image.overwritten(), |overwritten| {
            let keyword = Own(overwritten.keyword);
            // What Compose replaces as a whole does not run either way.
            let is_replaced = match overwritten.keyword {
                "CMD" => service.command.is_some() || service.entrypoint.is_some(),
                "ENTRYPOINT" => service.entrypoint.is_some(),
                _ => false,
            };
            let lost = overwritten.lost.filter(|_| !is_replaced);
            let message = match lost {
                Some(lost) => prose!(
                    "{} never runs {}: a later {} replaces the one that does",
                    container,
                    Own(lost),
                    keyword
                ),
                None => prose!(
                    "this {} of the image of {} never runs: a later one replaces it",
                    keyword,
                    container
                ),
            };
            let severity = match lost {
                Some(_) => Severity::Error,
                _ if overwritten.same || is_replaced => Severity::Info,
                _ => Severity::Warning,
            };
            let finding = Finding::new(&meta::INSTRUCTION_OVERWRITTEN, message)
                .at_most(severity)
                .label(overwritten.span, "never runs")
                .label(overwritten.later, "replaces it");
            match lost {
                Some(_) => finding.help(prose!(
                    "a container runs one {}: run both from one script, or as services of their own",
                    keyword
                )),
                None => finding
                    .help(prose!("remove the {} that never runs", keyword))
                    .cure(
                        Cure::new(prose!("remove the {} that never runs", keyword))
                            .change(Change::Statement(overwritten.span, StatementEdit::Remove)),
                    ),
            }
        });
    }
}
