//! Named volumes that are filled from an image when they are new, and never again (Docker docs, "Volumes").

use super::Storage;
use crate::facts;
use crate::model::compose::{Mount, MountKind};
use crate::model::container::Container;
use crate::model::image::LayerKind;
use crate::model::path;
use crate::model::process::Step;
use crate::source::Span;

/// A volume over files of an image, which an nginx service reads.
#[derive(Debug)]
pub struct PrepopulatedVolume<'s> {
    /// The number of the container whose image fills it.
    pub container: usize,
    pub mount: &'s Mount,
    pub volume: &'s str,
    /// The instruction that puts the files there.
    pub copied: Span,
    /// The number of the nginx container that reads it.
    pub reader: usize,
}

impl<'s> Storage<'s> {
    /// The volumes of services that do not run Django, which image fills them, and that nothing fills anew.
    pub fn prepopulated_volumes(&self) -> Vec<PrepopulatedVolume<'s>> {
        let mut all = Vec::new();
        for (index, container) in self.stack.containers.iter().enumerate() {
            if self.stack.roles.django.iter().any(|d| d.container == index)
                || container.process.unknown.is_some()
            {
                continue;
            }
            for mount in container
                .service
                .mounts
                .iter()
                .filter(|m| m.kind == MountKind::Volume && !m.nocopy && !m.read_only)
            {
                all.extend(self.prepopulated_by(index, container, mount));
            }
        }
        all
    }

    fn prepopulated_by(
        &self,
        index: usize,
        container: &'s Container<'s>,
        mount: &'s Mount,
    ) -> Option<PrepopulatedVolume<'s>> {
        let (image, volume) = (container.built()?, mount.source.as_ref()?.as_str());
        let target = path::join("/", mount.target.as_str());
        let special = self
            .stack
            .project
            .volumes
            .iter()
            .any(|v| v.key.as_str() == volume && v.value.get("driver_opts").is_some());
        let into = |dest: &str| path::relative_to(dest.trim_end_matches('/'), &target).is_some();
        let layer =
            image.stage().layers.iter().find(
                |l| matches!(&l.kind, LayerKind::Copy { dest: Some(dest), .. } if into(dest)),
            )?;
        // Whatever is no server may bring the files up to date.
        if special || !container.process.steps.iter().all(idle) {
            return None;
        }
        let same = |m: &Mount| {
            m.kind == MountKind::Volume && m.source.as_ref().is_some_and(|s| s.as_str() == volume)
        };
        let users = || {
            self.stack
                .containers
                .iter()
                .enumerate()
                .filter(move |(i, c)| *i != index && c.service.mounts.iter().any(same))
        };
        let reader = self.stack.roles.nginx.iter().find(|n| {
            let mounts = &self.stack.container(n.container).service.mounts;
            n.container != index
                && mounts.iter().any(|m| same(m) && self.nginx_reads(n, m) != Some(false))
        })?;
        // Another service may write to it.
        (users().count() == 1).then_some(PrepopulatedVolume {
            container: index,
            mount,
            volume,
            copied: layer.span,
            reader: reader.container,
        })
    }
}

/// Whether a step writes no files of the project.
fn idle(step: &Step) -> bool {
    let name = step.words.first().map_or("", |w| w.rsplit('/').next().unwrap_or(""));
    facts::program_is(name, |p| p.quiet)
}
