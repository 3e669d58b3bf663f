//! Which variables programs of well-known images and tools read by themselves.

use crate::facts::{self, ImageFacts};
use crate::model::compose::Service;

/// The image of a service, when it is one whose variables are known.
pub(super) fn image_of(service: &Service) -> Option<&'static ImageFacts> {
    let image = service.image.as_ref().filter(|_| service.build.is_none())?.known()?;
    facts::presumed(image).filter(|i| i.reads_all || !i.reads.is_empty())
}

/// The names that a service's image reads, where all of them are known and nobody added a script to it.
pub(super) fn all_read(service: &Service) -> Option<Vec<&'static str>> {
    let image = facts::image(service.image.as_ref()?.known()?).filter(|i| i.reads_all)?;
    let plain =
        service.entrypoint.is_none() && !service.mounts.iter().any(|m| m.target.contains("initdb"));
    plain.then(|| image.reads.iter().copied().filter(|name| !name.ends_with('*')).collect())
}
