//! A container's files: what the image holds, under the bind mounts and volumes.

use super::Environment;
use crate::model::compose::{Mount, MountKind, Service};
use crate::model::django::EnvAnswer;
use crate::model::exec_context::{Dialect, ExecContext, PathLookup};
use crate::model::image::{Image, Mode};
use crate::model::path;
use crate::model::submodules::submodule;
use crate::source::{EntryKind, Limit, Reason, RelPath, Sources, Text, Unknown};

/// A container's files.
pub struct Filesystem<'c> {
    /// The project's files.
    pub sources: &'c Sources<'c>,
    /// The folder of the Compose file.
    pub folder: &'c RelPath,
    pub service: &'c Service,
    /// The image it builds.
    pub image: Option<&'c Image>,
    /// Its variables.
    pub environment: &'c Environment,
}

/// A storage that outlives containers and can be shared between them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Volume {
    /// A named volume.
    Named(String),
    /// A folder or file of the project.
    Host(RelPath),
    /// A host path elsewhere, as written.
    Elsewhere(String),
}

impl<'c> Filesystem<'c> {
    /// The mount that covers `path`, and the rest of the path below its target: the one with the longest
    /// target wins.
    pub fn mount<'p>(&self, path: &'p str) -> Option<(&'c Mount, &'p str)> {
        self.service
            .mounts
            .iter()
            .filter_map(|m| {
                path::relative_to(path, m.target.as_str().trim_end_matches('/'))
                    .map(|rest| (m, rest))
            })
            .max_by_key(|(m, _)| m.target.trim_end_matches('/').len())
    }

    /// The storage behind `path` with the path inside it; `None` where the container's own layer holds it.
    pub fn storage(&self, path: &str) -> Option<(Volume, String, &'c Mount)> {
        let (mount, rest) = self
            .service
            .mounts
            .iter()
            .filter_map(|m| {
                path::relative_to(path, m.target.as_str().trim_end_matches('/'))
                    .map(|rest| (m, rest))
            })
            .max_by_key(|(m, _)| m.target.trim_end_matches('/').len())?;
        let source = mount.source.as_ref().map_or("", |s| s.as_str());
        match mount.kind {
            MountKind::Volume => {
                let inside = path::join(mount.subpath.as_ref().map_or("/", |s| s.as_str()), rest);
                Some((Volume::Named(source.to_owned()), path::join("/", &inside), mount))
            }
            MountKind::Bind => match mount.host(self.folder) {
                Some(host) => Some((Volume::Host(host.join(rest)?), String::new(), mount)),
                None => Some((
                    Volume::Elsewhere(path::join(source.trim_end_matches('/'), rest)),
                    String::new(),
                    mount,
                )),
            },
            _ => None,
        }
    }

    /// The mode of the file of the project that stands at `at`.
    pub fn mode(&self, at: &str, file: &RelPath) -> Mode {
        let covering =
            self.service.mounts.iter().filter(|m| {
                path::relative_to(at, m.target.as_str().trim_end_matches('/')).is_some()
            });
        let Some(mount) = covering.max_by_key(|m| m.target.trim_end_matches('/').len()) else {
            return self.image.map_or(Mode::Unknown, |image| image.mode(self.sources, at, file));
        };
        match (mount.kind, self.sources.files().executable(file)) {
            (MountKind::Bind, Some(true)) => Mode::Executable,
            (MountKind::Bind, Some(false)) => Mode::Plain(mount.span),
            _ => Mode::Unknown,
        }
    }

    /// What stands at `path` in the image, below every mount.
    pub fn under_mounts(&self, path: &str) -> PathLookup {
        self.in_image(path)
    }

    fn in_image(&self, path: &str) -> PathLookup {
        match self.image {
            Some(image) => image.find(self.sources, path),
            None => {
                let image = self.service.image.as_ref().map(|i| i.text.span());
                PathLookup::Unknown(Unknown { reason: Reason::ImageElsewhere, place: image })
            }
        }
    }
}

impl ExecContext for Filesystem<'_> {
    fn find(&self, path: &str) -> PathLookup {
        let covering = self.service.mounts.iter().filter_map(|m| {
            path::relative_to(path, m.target.as_str().trim_end_matches('/')).map(|rest| (m, rest))
        });
        let Some((mount, rest)) =
            covering.max_by_key(|(m, _)| m.target.trim_end_matches('/').len())
        else {
            return self.in_image(path);
        };
        match mount.kind {
            MountKind::Bind => match mount.host(self.folder).and_then(|h| h.join(rest)) {
                Some(host) => match self.sources.kind(&host) {
                    EntryKind::File | EntryKind::Folder => PathLookup::Host(host),
                    EntryKind::Missing => submodule(self.sources, &host)
                        .map_or(PathLookup::Missing, PathLookup::Unknown),
                    // Asking for it notes it as passed over.
                    EntryKind::Special | EntryKind::Outside
                        if self.sources.read(&host, Limit::Code).is_ok() =>
                    {
                        PathLookup::Host(host)
                    }
                    EntryKind::Special | EntryKind::Outside => {
                        let reason = Reason::FileUnreadable(host.as_str().to_owned());
                        PathLookup::Unknown(Unknown::at(reason, mount.span))
                    }
                },
                None => {
                    let source = mount.source.as_ref().map_or("a mount", |s| s.as_str());
                    let reason = Reason::FileElsewhere(source.to_owned());
                    PathLookup::Unknown(Unknown::at(reason, mount.span))
                }
            },
            MountKind::Tmpfs => PathLookup::Missing,
            // A volume starts as a copy of the image's folder, and then keeps whatever it was given.
            MountKind::Volume | MountKind::Anonymous => match self.in_image(path) {
                PathLookup::Missing => PathLookup::Unknown(Unknown::at(Reason::Volume, mount.span)),
                found => found,
            },
            MountKind::Unknown => {
                let why = mount.source.as_ref().and_then(Text::why);
                PathLookup::Unknown(why.unwrap_or(Unknown::at(Reason::Volume, mount.span)))
            }
        }
    }

    fn env(&self, name: &str) -> EnvAnswer {
        self.environment.answer(name)
    }

    fn may_come(&self, path: &str) -> bool {
        // Secrets and configs are put there by Compose, or by whoever deploys.
        if path.starts_with("/run/") || path.starts_with("/etc/") {
            return true;
        }
        match self.mount(path) {
            Some((mount, _)) => mount.kind != MountKind::Tmpfs,
            None => self.image.is_none_or(|image| image.may_come(self.sources, path)),
        }
    }

    fn text(&self, path: &RelPath) -> Option<Text> {
        self.sources.read(path, Limit::Code).ok().map(|f| f.body())
    }

    fn names(&self, folder: &RelPath) -> Vec<String> {
        self.sources
            .list(folder)
            .iter()
            .filter(|(_, kind)| *kind == EntryKind::Folder)
            .map(|(name, _)| name.clone())
            .collect()
    }

    fn entries(&self, folder: &RelPath) -> Option<Vec<String>> {
        let is_folder = self.sources.kind(folder) == EntryKind::Folder;
        is_folder.then(|| self.sources.list(folder).iter().map(|(name, _)| name.clone()).collect())
    }

    fn shell(&self) -> Dialect {
        self.image.map_or(Dialect::Unknown, Image::shell)
    }

    fn executable(&self, path: &str, file: &RelPath) -> Option<bool> {
        match self.mode(path, file) {
            Mode::Executable => Some(true),
            Mode::Plain(_) => Some(false),
            Mode::Unknown => None,
        }
    }
}
