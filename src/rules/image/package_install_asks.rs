//! A package manager that asks during a build, where nothing answers.

use crate::finding::{Change, Confidence, Cure, Finding, Own, prose};
use crate::model::stack::Stack;
use crate::rules::{Check, MAX_OF_RULE, Rule, Sink, changes, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::PACKAGE_INSTALL_ASKS, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    for container in stack.containers.iter().filter(|c| !c.presumed) {
        let Some(image) = container.built() else { continue };
        sink.report_first(MAX_OF_RULE, image.asking_installs(), |install| {
            let cure = changes::verbatim(&install.verb).map(|at| {
                Cure::new("answer yes beforehand")
                    .safe()
                    .change(Change::Replace { at, with: prose!("{} -y", install.verb) })
            });
            Finding::new(
                &meta::PACKAGE_INSTALL_ASKS,
                prose!("the image of {} does not build: {}", container, Own(install.answer)),
            )
            // An image from elsewhere may be set to agree.
            .sure(match install.is_known_base {
                true => Confidence::Medium,
                false => Confidence::Low,
            })
            .label(install.verb.span(), "asks before it installs what the packages need")
            .help("answer yes beforehand:\n    apt-get install -y")
            .cure_if(cure)
        });
    }
}
