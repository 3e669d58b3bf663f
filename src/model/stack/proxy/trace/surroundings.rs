//! What an nginx container finds around it: its files, and the names of its networks.

use super::super::Proxy;
use crate::finding::{Prose, Quote, prose};
use crate::model::compose::{Mount, MountKind};
use crate::model::container::Container;
use crate::model::exec_context::{ExecContext, PathLookup};
use crate::model::image::{LayerKind, Origin};
use crate::model::path;
use crate::model::roles::nginx::follow::{
    FileState, HostMeaning, Surroundings, is_stock_file, is_stock_folder, runs_official,
};
use crate::model::stack::network::Resolved;
use crate::source::{EntryKind, Reason, RelPath, Unknown};

/// A container in its stack.
pub(super) struct InContainer<'a, 's> {
    proxy: &'a Proxy<'s>,
    index: usize,
    container: &'a Container<'s>,
    /// Whether the files of the image are known.
    official: bool,
}

impl<'a, 's> InContainer<'a, 's> {
    pub(super) fn new(proxy: &'a Proxy<'s>, index: usize) -> Self {
        let container = proxy.stack.container(index);
        Self { proxy, index, container, official: runs_official(container) }
    }

    /// Whether nothing of the checkout is mounted.
    fn is_made_by_docker(&self, mount: &Mount) -> bool {
        let stack = self.proxy.stack;
        let host = mount.host(&stack.project.folder);
        host.is_some_and(|host| stack.sources.kind(&host) == EntryKind::Missing)
    }

    /// Whether a `RUN` line removes the image's own pages.
    fn is_removed(&self, at: &str) -> bool {
        let folder = path::parent(at);
        self.container.built().is_some_and(|image| {
            image.runs.iter().flat_map(|r| &r.process.steps).any(|step| {
                let removes = step.words.first().is_some_and(|w| w.as_str() == "rm");
                removes && step.words.iter().any(|w| w.starts_with(folder))
            })
        })
    }

    /// Whether the image itself has a file, and keeps it.
    fn keeps_stock(&self, at: &str) -> bool {
        self.official && is_stock_file(at) && !self.is_removed(at)
    }

    fn kind(&self, host: &RelPath) -> FileState {
        match self.proxy.stack.sources.kind(host) {
            EntryKind::File => FileState::File,
            EntryKind::Folder => FileState::Folder,
            EntryKind::Missing => FileState::Missing,
            EntryKind::Special | EntryKind::Outside => {
                FileState::Unknown(Reason::FileUnreadable(host.as_str().to_owned()).into())
            }
        }
    }

    /// Whether a path is a mount, or above one.
    fn is_above_mount(&self, at: &str) -> bool {
        let mounts = self.container.service.mounts.iter();
        mounts.filter(|m| m.kind != MountKind::Bind).any(|m| {
            let target = path::join("/", m.target.as_str());
            path::relative_to(&target, at).is_some()
        }) || self.container.service.mounts.iter().any(|m| {
            let target = path::join("/", m.target.as_str());
            path::relative_to(&target, at).is_some_and(|rest| !rest.is_empty())
        })
    }

    /// Whether a path is the index of a folder that another stage builds: every build of pages has one.
    fn is_built_index(&self, at: &str) -> bool {
        let Some(folder) = at.strip_suffix("/index.html") else { return false };
        self.container.built().is_some_and(|image| {
            image.chain().iter().flat_map(|s| &s.layers).any(|layer| match &layer.kind {
                LayerKind::Copy { from, dest: Some(dest), .. } if *from != Origin::Context => {
                    path::join("/", dest) == folder
                }
                _ => false,
            })
        })
    }

    /// What the image has that the project says nothing of.
    fn of_image(&self, at: &str, why: Unknown) -> FileState {
        if self.keeps_stock(at) {
            FileState::File
        } else if is_stock_folder(at) || self.is_above_mount(at) {
            FileState::Folder
        } else if self.official && at != "/var/www" {
            FileState::Missing
        } else {
            FileState::Unknown(why)
        }
    }
}

impl Surroundings for InContainer<'_, '_> {
    fn file(&self, at: &str) -> FileState {
        let at = path::join("/", at);
        let stack = self.proxy.stack;
        let fs = self.container.filesystem(stack.sources, &stack.project.folder);
        let mount = fs.mount(&at).map(|(mount, rest)| (mount, rest.is_empty()));
        // Docker makes a folder of a bind whose source is not there.
        if let Some((mount, true)) = mount
            && (matches!(mount.kind, MountKind::Volume | MountKind::Anonymous | MountKind::Tmpfs)
                || mount.kind == MountKind::Bind && self.is_made_by_docker(mount))
        {
            return FileState::Folder;
        }
        if self.official && mount.is_none() && (is_stock_folder(&at) || self.is_above_mount(&at)) {
            return FileState::Folder;
        }
        // A volume starts as a copy of what the image has there.
        let own = mount.is_none_or(|(mount, _)| {
            matches!(mount.kind, MountKind::Volume | MountKind::Anonymous)
        });
        match fs.find(&at) {
            PathLookup::Host(host) => self.kind(&host),
            PathLookup::Missing if mount.is_none() && self.is_above_mount(&at) => FileState::Folder,
            PathLookup::Missing => match mount {
                // A folder that is not in the checkout may be filled where the project runs.
                Some((mount, _)) if mount.kind == MountKind::Bind => {
                    if self.is_made_by_docker(mount) {
                        let name = mount.source.as_ref().map_or("", |s| s.as_str());
                        let reason = Reason::FileMissing(name.to_owned());
                        FileState::Unknown(Unknown::at(reason, mount.span))
                    } else {
                        FileState::Missing
                    }
                }
                _ if self.keeps_stock(&at) => FileState::File,
                _ => FileState::Missing,
            },
            PathLookup::Made(_) if own && self.is_built_index(&at) => FileState::File,
            PathLookup::Made(place) => FileState::Unknown(Unknown::at(Reason::MadeByRun, place)),
            PathLookup::Unknown(why) => match (&why.reason, mount) {
                (Reason::ImageElsewhere | Reason::BaseImage(_), None) => self.of_image(&at, why),
                // A volume starts as a copy of the image's folder.
                (Reason::ImageElsewhere | Reason::BaseImage(_), Some((mount, _)))
                    if mount.kind != MountKind::Bind =>
                {
                    if self.keeps_stock(&at) {
                        FileState::File
                    } else {
                        FileState::Unknown(Unknown::at(Reason::Volume, mount.span))
                    }
                }
                _ if own && self.is_built_index(&at) => FileState::File,
                _ => FileState::Unknown(why),
            },
        }
    }

    fn host(&self, name: &str) -> HostMeaning {
        let stack = self.proxy.stack;
        let network = stack.network();
        if let Some(owner) = self.owner_of_address(name) {
            return HostMeaning::Service(owner);
        }
        match network.resolve(self.index, name) {
            Resolved::Service(index) => {
                HostMeaning::Service(stack.container(index).name().to_owned())
            }
            Resolved::Itself => HostMeaning::Itself,
            Resolved::Nothing => HostMeaning::Nothing,
            Resolved::Outside if network.is_listed(self.index, name) => HostMeaning::Listed,
            Resolved::Outside => {
                let named = network.services_named(name);
                match named.as_slice() {
                    [one] if *one != self.index => {
                        HostMeaning::Service(stack.container(*one).name().to_owned())
                    }
                    _ => HostMeaning::Unknown(Reason::Outside(name.to_owned()).into()),
                }
            }
            Resolved::Unknown => HostMeaning::Unknown(Reason::Outside(name.to_owned()).into()),
        }
    }
}

impl InContainer<'_, '_> {
    /// Why it is not known whether a file is there.
    pub(super) fn why_unknown(&self, at: &str) -> Option<Unknown> {
        match self.file(at) {
            FileState::Unknown(why) => Some(why),
            _ => None,
        }
    }

    /// What keeps the files at a path, as the end of a sentence: the volume or the folder that is mounted there.
    pub(super) fn place_of(&self, at: &str) -> Prose {
        let stack = self.proxy.stack;
        let fs = self.container.filesystem(stack.sources, &stack.project.folder);
        match fs.mount(at).map(|(mount, _)| mount) {
            None => prose!(": nothing is mounted there"),
            Some(mount) => match (&mount.source, mount.kind) {
                (Some(source), MountKind::Volume) => {
                    prose!(": the volume {} is mounted there", Quote::value(source.as_str()))
                }
                (Some(source), _) => {
                    prose!(": {} is mounted there", Quote::path(source.as_str()))
                }
                (None, _) => prose!(": an anonymous volume is mounted there"),
            },
        }
    }

    /// The service that Compose gives an address.
    fn owner_of_address(&self, address: &str) -> Option<String> {
        address.parse::<core::net::Ipv4Addr>().ok()?;
        let has = |c: &&Container<'_>| {
            let networks = c.service.node.get("networks")?.entries();
            let own = networks.iter().any(|n| {
                let given = n.value.get("ipv4_address").and_then(|a| a.text());
                given.is_some_and(|a| a.as_str() == address)
            });
            own.then_some(())
        };
        let mut all = self.proxy.stack.containers.iter();
        all.find(|c| has(c).is_some()).map(|c| c.name().to_owned())
    }
}
