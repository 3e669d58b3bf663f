//! The image of a service: what it is, and from which lines of which Dockerfile.

use crate::finding::{Fact, PlainValue, Prose, Quote, prose};
use crate::model::container::Container;
use crate::model::image::{Base, Image, ImageError, Stage};
use crate::model::stack::Stack;
use crate::source::{Reason, Span, Text, Unknown};

/// The image, and of one that is built here the Dockerfile, the stage and the base.
pub(super) fn image_facts(stack: &Stack<'_>, container: &Container<'_>) -> Vec<Fact> {
    let service = container.service;
    let mut all = Vec::new();
    if let Some(image) = &service.image {
        all.push(text_fact("image", image.shown()));
    }
    let place = service.build.as_ref().map_or(container.name_span(), |b| b.span);
    match &container.image {
        Some(Ok(image)) => {
            let file = prose!("{}", stack.repository().display_path(image.dockerfile()));
            built(&mut all, image, file, (container.presumed, place));
        }
        Some(Err(error)) => all.push(Fact::unknown("Dockerfile", why_not(error, place))),
        None if service.image.is_none() => {
            all.push(Fact::unknown("image", Unknown::at(Reason::ImageElsewhere, place)));
        }
        None => {}
    }
    all
}

/// A text as it is written somewhere.
fn text_fact(subject: &'static str, text: Text) -> Fact {
    let at = text.span();
    Fact {
        subject: subject.into(),
        value: PlainValue::Text(text),
        uncertain: None,
        at: Some(at),
        route: Vec::new(),
    }
}

/// What is built, and by what: whether that is a guess by the name of the image, and the place.
fn built(all: &mut Vec<Fact>, image: &Image, file: Prose, (presumed, place): (bool, Span)) {
    let stage = image.stage();
    let file = Fact::words("Dockerfile", file, stage.span);
    all.push(file.through(if presumed { "the name of the image" } else { "build" }, place));
    let name = match &stage.name {
        Some(name) => prose!("{}", Quote::name(name)),
        None => prose!("{}", stage.index),
    };
    all.push(Fact::words("stage", name, stage.span));
    let chain = image.chain();
    let Some(last) = chain.last() else { return };
    let base = match &last.base {
        Base::External(name) => text_fact("base", name.clone()),
        Base::Unknown(why) => Fact::unknown("base", why.clone().or_at(last.span)),
        Base::Stage(_) => return,
    };
    // The stages between the one that is run and the base.
    let between = chain.iter().skip(1);
    all.push(between.fold(base, |fact, stage| fact.through(stage_name(stage), stage.span)));
}

fn stage_name(stage: &Stage) -> Prose {
    match &stage.name {
        Some(name) => prose!("stage {}", Quote::name(name)),
        None => "a stage without a name".into(),
    }
}

/// Why nothing is known of an image.
pub(super) fn why_not(error: &ImageError, place: Span) -> Unknown {
    match error {
        ImageError::Missing(path) | ImageError::NoContext(path) => {
            Unknown::at(Reason::FileMissing(path.as_str().to_owned()), place)
        }
        ImageError::Unusable(path, _) | ImageError::NoTarget(path, _) => {
            Unknown::at(Reason::FileUnreadable(path.as_str().to_owned()), place)
        }
        ImageError::NoStage(_) => {
            Unknown::at(Reason::FileUnreadable("the Dockerfile".to_owned()), place)
        }
        ImageError::Unknown(why) => why.clone().or_at(place),
    }
}
