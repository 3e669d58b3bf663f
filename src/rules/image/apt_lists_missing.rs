//! `apt-get install` in an image that has no lists of packages.

use crate::finding::{Change, Cure, Finding, prose};
use crate::model::stack::Stack;
use crate::rules::{Check, MAX_OF_RULE, Rule, Sink, changes, meta};

pub(super) static RULE: Rule = Rule { meta: &meta::APT_LISTS_MISSING, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    for container in stack.containers.iter().filter(|c| !c.presumed) {
        let Some(image) = container.built() else { continue };
        sink.report_first(MAX_OF_RULE, image.listless_installs(), |install| {
            let cure = changes::verbatim(&install.program).map(|at| {
                Cure::new("fetch the lists of packages first").change(Change::Replace {
                    at,
                    with: prose!("{} update && {}", install.program, install.program),
                })
            });
            Finding::new(
                &meta::APT_LISTS_MISSING,
                prose!(
                    "the image of {} does not build: E: Unable to locate package {}",
                    container,
                    install.package
                ),
            )
            .label(install.program.span(), "has no lists of packages")
            .label_if(install.removed, "removes the lists again")
            .help("fetch the lists in the same RUN:\n    apt-get update && apt-get install -y")
            .cure_if(cure)
        });
    }
}
