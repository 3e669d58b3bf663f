//! A flag or a value of an instruction that BuildKit does not accept.

use crate::finding::{Change, Cure, Finding, Quote, Severity, prose};
use crate::model::stack::Stack;
use crate::rules::{Check, MAX_OF_RULE, Rule, Sink, changes, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::DOCKERFILE_VALUE_INVALID, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    for container in stack.containers.iter().filter(|c| !c.presumed) {
        let Some(image) = container.built() else { continue };
        sink.report_first(MAX_OF_RULE, image.invalid_values(), |invalid| {
            let finding = Finding::new(
                &meta::DOCKERFILE_VALUE_INVALID,
                prose!("the image of {} does not build: {}", container, invalid.answer),
            )
            .label(invalid.text.span(), "BuildKit does not accept this");
            let cure = invalid.instead.as_ref().and_then(|instead| {
                let at = changes::verbatim(&invalid.text)?;
                let with = prose!("{}", Quote::code(instead));
                Some(
                    Cure::new(prose!("write {}", with.clone()))
                        .change(Change::Replace { at, with }),
                )
            });
            finding.help(invalid.help).cure_if(cure)
        });
        // An empty owner is accepted and forgotten.
        for flag in image.empty_owners() {
            let name = Quote::name(flag.name.as_str());
            sink.report(
                Finding::new(
                    &meta::DOCKERFILE_VALUE_INVALID,
                    prose!("--{} in the image of {} has no value and no effect", name, container),
                )
                .at_most(Severity::Warning)
                .label(flag.name.span(), "nothing is set here")
                .help(prose!("name what is meant, or leave --{} out", name)),
            );
        }
    }
}
