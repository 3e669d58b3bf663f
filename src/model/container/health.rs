//! Whether Docker checks the health of a service's containers.

use super::Container;
use crate::model::image::ImageHealth;
use crate::source::Span;

/// The health check of a service's containers: Compose's `healthcheck` over the image's `HEALTHCHECK`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    /// There is one.
    Checked,
    /// Compose switches it off, at this place.
    Disabled(Span),
    /// There is none; the place of a `HEALTHCHECK NONE`, where there is one.
    Unchecked(Option<Span>),
    /// Compose has none, and the image is not known.
    Unknown,
}

impl Container<'_> {
    /// What is known of its health check. A `healthcheck` without a test keeps the image's.
    pub fn health(&self) -> Health {
        if let Some(own) = &self.service.healthcheck {
            if own.disabled {
                return Health::Disabled(own.span);
            }
            if own.test.as_ref().is_some_and(|t| !t.words.is_empty()) {
                return Health::Checked;
            }
        }
        // A service of a provider has no containers, and nobody waits for them.
        if self.service.node.get("provider").is_some() {
            return Health::Checked;
        }
        let image = match (&self.service.build, self.built()) {
            _ if self.presumed => ImageHealth::Unknown,
            (_, Some(image)) => image.health(),
            (Some(_), None) => ImageHealth::Unknown,
            (None, None) => match self.service.image.as_ref().and_then(|i| i.known()) {
                Some(image) => ImageHealth::of_named(image),
                None => ImageHealth::Unknown,
            },
        };
        match image {
            ImageHealth::Checked => Health::Checked,
            ImageHealth::Unchecked(span) => Health::Unchecked(span),
            ImageHealth::Unknown => Health::Unknown,
        }
    }
}
