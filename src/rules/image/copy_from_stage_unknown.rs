//! `COPY --from` or a mount names a stage that is not there before it.

use crate::finding::{Change, Confidence, Cure, Finding, Prose, Quote, prose};
use crate::model::image::{ReferenceFault, StageReference};
use crate::model::stack::Stack;
use crate::rules::{Check, MAX_OF_RULE, Rule, Sink, changes, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::COPY_FROM_STAGE_UNKNOWN, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    for container in stack.containers.iter().filter(|c| !c.presumed) {
        let (Some(image), Some(build)) = (container.built(), &container.service.build) else {
            continue;
        };
        sink.report_first(MAX_OF_RULE, image.stage_references(&build.contexts), |reference| {
            finding(prose!("the image of {} does not build", container), &reference)
        });
    }
}

fn finding(prefix: Prose, reference: &StageReference) -> Finding {
    let text = &reference.text;
    let new = |answer: Prose| {
        Finding::new(&meta::COPY_FROM_STAGE_UNKNOWN, prose!("{}: {}", prefix, answer))
    };
    match &reference.fault {
        ReferenceFault::Itself => new(prose!("circular dependency detected on stage: {}", text))
            .label(text.span(), "is the stage that this line is part of")
            .help("a file of the same stage needs no --from: use RUN cp"),
        ReferenceFault::Later(name) => new(prose!(
            "cannot copy from stage \"{}\", it needs to be defined before current stage",
            text
        ))
        .label(text.span(), "names a stage that comes later")
        .label(name.span(), "is defined here")
        .help("move that stage above the one that takes files from it"),
        ReferenceFault::Index(count) => new(prose!("invalid stage index {}", text))
            .label(text.span(), prose!("there are {} stages, and the first is 0", *count))
            .help("give the stage a name, and use the name:\n    FROM python:3.12-slim AS builder"),
        ReferenceFault::Misspelt(name) => {
            let cure = changes::verbatim(text).map(|at| {
                Cure::new("name the stage as it is called")
                    .change(Change::Replace { at, with: prose!("{}", Quote::name(name)) })
            });
            new(prose!("pull access denied, repository does not exist: docker.io/library/{}", text))
                // It might be an image after all.
                .sure(Confidence::Medium)
                .label(text.span(), "is not a stage, so it is pulled as an image")
                .label(name.span(), "is almost the same")
                .help(prose!("name the stage as it is called:\n    --from={}", name))
                .cure_if(cure)
        }
        ReferenceFault::Variable => new(prose!("variable expansion is not supported for --from"))
            .label(text.span(), "is not replaced here")
            .help("make it a stage, and copy from that one:\n    FROM ${IMAGE} AS source"),
    }
}
