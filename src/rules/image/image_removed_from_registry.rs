//! An image that the registry no longer has.

use crate::facts::{REMOVED, Reference};
use crate::finding::Finding;
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
                    judge(base, &format!("the image of {} does not build", container.name()), sink);
                }
            }
        } else if container.service.build.is_none()
            && let Some(image) = container.service.image.as_ref().and_then(|i| i.known())
        {
            judge(image, &format!("{} does not start", container.name()), sink);
        }
    }
}

fn judge(image: &Text, what: &str, sink: &mut Sink) {
    let reference = Reference::of_image(image);
    // What is built anew keeps the tag `latest`; a digest may be in a cache of one's own.
    let Some(tag) = reference.tag.filter(|t| *t != "latest" && !reference.pinned) else { return };
    let Some((removed, rest)) =
        REMOVED.iter().find_map(|r| Some((r, reference.name.strip_prefix(r.prefix)?)))
    else {
        return;
    };
    sink.report(
        Finding::new(&meta::IMAGE_REMOVED_FROM_REGISTRY, format!("{what}: manifest for {}:{tag} not found: manifest unknown", reference.name))
            .label(image.span(), format!("tags with a version were taken away on {}", removed.date))
            .help(format!(
                "move to the official image of the program (its variables and folders have other names), or for the time being:\n    {}{rest}:{tag}",
                removed.instead
            )),
    );
}
