//! Whether an image brings a health check (Dockerfile reference, `HEALTHCHECK`).

use super::{Base, Image};
use crate::facts;
use crate::source::Span;
use crate::syntax::dockerfile::Kind;

/// What is known of the health check that containers of an image get from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImageHealth {
    Checked,
    /// It surely has none; the place that says `HEALTHCHECK NONE`, where one does.
    Unchecked(Option<Span>),
    /// The image comes from elsewhere, and may have one.
    Unknown,
}

impl ImageHealth {
    /// What is known of an image that is only named.
    pub fn of_named(image: &str) -> Self {
        match facts::image(image).and_then(|i| i.health_check) {
            Some(true) => Self::Checked,
            Some(false) => Self::Unchecked(None),
            None => Self::Unknown,
        }
    }
}

impl Image {
    /// The health check of the stage that is run: the nearest `HEALTHCHECK` of it and the stages it is
    /// built from, the last one of a stage counting; a stage takes over its base's.
    pub fn health(&self) -> ImageHealth {
        // `HEALTHCHECK` of each stage, by the stage's number: `FROM` begins the next one.
        let mut by_stage = vec![None; self.stages.len()];
        let mut next = 0usize;
        for instruction in &self.tree.instructions {
            match &instruction.kind {
                Kind::From { .. } => next += 1,
                Kind::Healthcheck(check) => {
                    if let Some(slot) =
                        next.checked_sub(1).and_then(|stage| by_stage.get_mut(stage))
                    {
                        *slot = Some((check.is_some(), instruction.span));
                    }
                }
                _ => {}
            }
        }
        for stage in self.chain() {
            match by_stage.get(stage.index).copied().flatten() {
                Some((true, _)) => return ImageHealth::Checked,
                Some((false, span)) => return ImageHealth::Unchecked(Some(span)),
                None => {}
            }
        }
        match self.chain().last().map(|s| &s.base) {
            Some(Base::External(base)) => ImageHealth::of_named(base),
            _ => ImageHealth::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_are_known_by_registry_and_name() {
        let without = [
            "postgres",
            "postgres:16-alpine",
            "docker.io/library/redis:7",
            "library/nginx",
            "postgis/postgis:16-3.4",
        ];
        for image in without.into_iter().chain([
            "docker.io/postgis/postgis",
            "python:3.12@sha256:00",
            "scratch",
        ]) {
            assert_eq!(ImageHealth::of_named(image), ImageHealth::Unchecked(None), "{image}");
        }
        for image in
            ["acme/postgres:16", "ghcr.io/acme/redis", "localhost:5000/postgres", "", "uv:한글"]
        {
            assert_eq!(ImageHealth::of_named(image), ImageHealth::Unknown, "{image}");
        }
        assert_eq!(ImageHealth::of_named("docker.io/axllent/mailpit:v1.20"), ImageHealth::Checked);
    }
}
