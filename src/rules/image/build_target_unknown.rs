//! `target` names a stage that the Dockerfile does not have.

use crate::finding::Finding;
use crate::model::image::ImageError;
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, meta};
use crate::source::Text;

pub(super) static RULE: Rule =
    Rule { meta: &meta::BUILD_TARGET_UNKNOWN, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    for container in &stack.containers {
        let (Some(Err(ImageError::NoTarget(file, stages))), Some(target)) =
            (&container.image, container.service.build.as_ref().and_then(|b| b.target.as_ref()))
        else {
            continue;
        };
        let names: Vec<&str> = stages.iter().map(Text::as_str).collect();
        let near = names.iter().copied().max_by(|a, b| {
            strsim::jaro_winkler(a, target).total_cmp(&strsim::jaro_winkler(b, target))
        });
        let help = match (near, names.len()) {
            (Some(one), 1) => format!("name the stage there is:\n    target: {one}"),
            (Some(near), _) => {
                format!("name one of its stages ({}):\n    target: {near}", names.join(", "))
            }
            _ => format!(
                "give the stage a name in {}:\n    FROM … AS {target}",
                stack.repository().display_path(file)
            ),
        };
        let mut finding = Finding::new(
            &meta::BUILD_TARGET_UNKNOWN,
            format!(
                "the image of {} does not build: target stage \"{target}\" could not be found",
                container.name()
            ),
        )
        .label(
            target.span(),
            format!("{} has no stage of this name", stack.repository().display_path(file)),
        );
        if let Some(first) = stages.first() {
            finding = finding.label(first.span(), "a stage it has");
        }
        sink.report(finding.help(help));
    }
}
