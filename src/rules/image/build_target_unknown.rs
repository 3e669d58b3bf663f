//! `target` names a stage that the Dockerfile does not have.

use crate::finding::{Change, Cure, Finding, Prose, Quote, prose};
use crate::model::image::ImageError;
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::BUILD_TARGET_UNKNOWN, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    for container in &stack.containers {
        let (Some(Err(ImageError::NoTarget(file, stages))), Some(target)) =
            (&container.image, container.service.build.as_ref().and_then(|b| b.target.as_ref()))
        else {
            continue;
        };
        let near = stages.iter().max_by(|a, b| {
            strsim::jaro_winkler(a, target).total_cmp(&strsim::jaro_winkler(b, target))
        });
        let help = match (near, stages.len()) {
            (Some(one), 1) => prose!("name the stage there is:\n    target: {}", one),
            (Some(near), _) => {
                prose!(
                    "name one of its stages ({}):\n    target: {}",
                    Prose::join(stages.iter().map(Quote::name), ", "),
                    near
                )
            }
            _ => prose!(
                "give the stage a name in {}:\n    FROM … AS {}",
                stack.repository().display_path(file),
                target
            ),
        };
        let mut finding = Finding::new(
            &meta::BUILD_TARGET_UNKNOWN,
            prose!(
                "the image of {} does not build: target stage \"{}\" could not be found",
                container,
                target
            ),
        )
        .label(
            target.span(),
            prose!("{} has no stage of this name", stack.repository().display_path(file)),
        );
        if let Some(first) = stages.first() {
            finding = finding.label(first.span(), "a stage it has");
        }
        let cure = near.map(|near| {
            Cure::new("name a stage of the Dockerfile")
                .change(Change::Replace { at: target.span(), with: prose!("{}", near) })
        });
        sink.report(finding.help(help).cure_if(cure));
    }
}
