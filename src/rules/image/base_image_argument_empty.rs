//! A `FROM` line whose argument is set by neither a default nor `build.args`.

use crate::finding::{Finding, Quote, prose};
use crate::model::image::BaseFault;
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::BASE_IMAGE_ARGUMENT_EMPTY, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    for container in stack.containers.iter().filter(|c| !c.presumed) {
        let (Some(image), Some(build)) = (container.built(), &container.service.build) else {
            continue;
        };
        for base in image.invalid_bases() {
            let (name, declared) = &base.argument;
            let name = Quote::name(name);
            let answer = match &base.fault {
                BaseFault::Blank => prose!("base name ({}) should not be blank", base.text),
                BaseFault::Malformed(left) => prose!(
                    "failed to parse stage name \"{}\": invalid reference format",
                    Quote::code(left)
                ),
            };
            let finding = Finding::new(
                &meta::BASE_IMAGE_ARGUMENT_EMPTY,
                prose!("the image of {} does not build: {}", container, answer),
            )
            .label(base.text.span(), prose!("${} has no value", name.clone()));
            let finding = match declared {
                Some(argument) => finding
                    .label(argument.span(), "has no default")
                    .label(build.span, "no build.args set it")
                    .help(prose!(
                        "give the ARG a default, or pass it in build.args:\n    ARG {}=3.12",
                        name
                    )),
                None => finding.label(build.span, "no build.args set it").help(prose!(
                    "declare it above the first FROM, with a default:\n    ARG {}=3.12",
                    name
                )),
            };
            sink.report(finding);
        }
    }
}
