//! Two stages of a Dockerfile have the same name.

use crate::finding::{Finding, prose};
use crate::model::stack::Stack;
use crate::rules::{Check, MAX_OF_RULE, Rule, Sink, meta};

pub(super) static RULE: Rule = Rule { meta: &meta::STAGE_NAME_TWICE, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    for container in stack.containers.iter().filter(|c| !c.presumed) {
        let Some(image) = container.built() else { continue };
        sink.report_first(MAX_OF_RULE, image.stages_twice(), |twice| {
            Finding::new(
                &meta::STAGE_NAME_TWICE,
                prose!(
                    "two stages of the image of {} are called {}: a target gets the later one",
                    container,
                    twice.second
                ),
            )
            .label(twice.second.span(), "hides the stage above it")
            .label(twice.first.span(), "has the same name")
            .help("give one of the two another name, where it is used as well")
        });
    }
}
