//! An image that the registry no longer has.

use crate::facts::{REMOVED, Reference};
use crate::finding::{Change, Cure, Finding, Own, Prose, Quote, prose};
use crate::model::image::Base;
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, meta};
use crate::source::Text;

pub(super) static RULE: Rule =
    Rule { meta: &meta::IMAGE_REMOVED_FROM_REGISTRY, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    for container in &stack.containers {
        if let Some(image) = container.built() {
            for stage in image.contributing() {
                if let Base::External(base) = &stage.base {
                    judge(base, &prose!("the image of {} does not build", container), sink);
                }
            }
        } else if container.service.build.is_none()
            && let Some(image) = container.service.image.as_ref().and_then(|i| i.known())
        {
            judge(image, &prose!("{} does not start", container), sink);
        }
    }
}

fn judge(image: &Text, what: &Prose, sink: &mut Sink) {
    let reference = Reference::of_image(image);
    // What is built anew keeps the tag `latest`; a digest may be in a cache of one's own.
    let Some(tag) = reference.tag.filter(|t| *t != "latest" && !reference.pinned) else { return };
    let Some((removed, rest)) =
        REMOVED.iter().find_map(|r| Some((r, reference.name.strip_prefix(r.prefix)?)))
    else {
        return;
    };
    if removed.kept.iter().any(|kept| reference.name.starts_with(kept)) {
        return;
    }
    let tag = Quote::value(tag).or_at(image.span());
    sink.report(
        Finding::new(&meta::IMAGE_REMOVED_FROM_REGISTRY, prose!("{}: manifest for {}:{} not found: manifest unknown", what, Quote::value(reference.name).or_at(image.span()), tag))
            .label(image.span(), prose!("tags with a version were taken away on {}", Own(removed.date)))
            .cure(
                Cure::new("use the images that were kept, for the time being")
                    .change(Change::Replace {
                        at: image.span(),
                        with: prose!(
                            "{}{}:{}",
                            Own(removed.instead),
                            Quote::value(rest).or_at(image.span()),
                            tag
                        ),
                    })
                    .also("move to the official image of the program; its variables and directories have other names"),
            )
            .help(prose!("move to the official image of the program (its variables and folders have other names), or for the time being:\n    {}{}:{}", Own(removed.instead), Quote::value(rest).or_at(image.span()), tag)),
    );
}
