//! As whom a service runs, and whether that user may write to a folder that a volume is mounted on.
//!
//! A new named volume takes over what the image has at its path, owner and mode included; where the image has nothing,
//! Docker makes the folder, and it is root's (Docker docs, "Volumes", "Populate a volume using a container").

use super::Storage;
use crate::model::compose::{Mount, MountKind};
use crate::model::container::Container;
use crate::model::exec_context::{ExecContext, PathLookup};
use crate::model::image::{Image, LayerKind, StageContext};
use crate::model::path;
use crate::source::{EntryKind, RelPath, Sources, Span, Text};
use crate::syntax::dockerfile::{Command, Instruction, Kind};

/// A folder that the service's user cannot write to.
#[derive(Debug)]
pub struct NotWritable<'s> {
    /// The user it runs as, where that is written.
    pub user: Text,
    /// Whose folder it is.
    pub owner: RootOwned<'s>,
    /// The folder.
    pub folder: String,
}

/// Why a folder is root's.
#[derive(Debug)]
pub enum RootOwned<'s> {
    /// A new volume is mounted where the image has nothing.
    Volume(&'s Mount),
    /// The source of a bind mount is not there, so Docker makes it.
    HostFolder(&'s Mount, RelPath),
    /// The image has it by an instruction that gives it to root.
    Image(Span),
}

impl<'s> Storage<'s> {
    /// The named volume below which `at` lies, where it is surely root's while the service runs as somebody else.
    pub fn not_writable(&self, index: usize, at: &str) -> Option<NotWritable<'s>> {
        let container = self.stack.container(index);
        let image = container.built().filter(|i| i.starts_bare())?;
        let user = user(container, image)?;
        let mounts = container
            .service
            .mounts
            .iter()
            .filter(|m| path::relative_to(at, m.target.trim_end_matches('/')).is_some());
        let Some(mount) = mounts.max_by_key(|m| m.target.trim_end_matches('/').len()) else {
            let (folder, made) = root_owned(self.stack.sources, image, at)?;
            return Some(NotWritable { user, owner: RootOwned::Image(made), folder });
        };
        let folder = path::join("/", mount.target.as_str());
        if mount.kind == MountKind::Bind && mount.makes_host_path && !mount.read_only {
            let host = mount.host(&self.stack.project.folder)?;
            let missing = self.stack.sources.kind(&host) == EntryKind::Missing
                && !self.others_bind(index, &host);
            let owner = RootOwned::HostFolder(mount, host);
            return missing.then_some(NotWritable { user, owner, folder });
        }
        if mount.kind != MountKind::Volume
            || mount.read_only
            || self.filled_by_another(index, mount)
        {
            return None;
        }
        // Where the image has the folder, its owner counts, which only a `chown` tells.
        let missing = image.find(self.stack.sources, &folder) == PathLookup::Missing
            || self.is_missing_beside_static(index, image, &folder);
        if !missing || handed_over(image, &folder) {
            return None;
        }
        Some(NotWritable { user, owner: RootOwned::Volume(mount), folder })
    }

    /// Whether an image surely lacks a folder, where only a `collectstatic` of its build could have made it, which writes
    /// elsewhere.
    pub(super) fn is_missing_beside_static(
        &self,
        index: usize,
        image: &Image,
        folder: &str,
    ) -> bool {
        let service = self.stack.roles.django.iter().find(|d| d.container == index);
        let Some((_, Some(root))) = service.and_then(|s| self.static_plan(s)).and_then(|p| p.root)
        else {
            return false;
        };
        let apart = path::relative_to(&root, folder).is_none()
            && path::relative_to(folder, &root).is_none();
        let stage = image.stage();
        let run =
            |layer: usize| image.runs.iter().find(|r| r.stage == stage.index && r.layer == layer);
        let collects = |layer: usize| {
            run(layer).is_some_and(|r| {
                r.process.unknown.is_none()
                    && !r.process.steps.is_empty()
                    && r.process.steps.iter().all(|s| s.manages("collectstatic"))
            })
        };
        let Some(first) = (0..stage.layers.len()).find(|l| collects(*l)) else { return false };
        // What comes after it changes owners and modes, and no more.
        let plain = |layer: usize| {
            run(layer).is_some_and(|r| {
                r.process.unknown.is_none()
                    && r.process.steps.iter().all(|s| {
                        s.words
                            .first()
                            .is_some_and(|w| matches!(w.as_str(), "chown" | "chmod" | "rm"))
                    })
            })
        };
        let rest = (first + 1..stage.layers.len()).all(|l| plain(l) || collects(l));
        let sources = self.stack.sources;
        let before = StageContext { sources, image, stage: stage.index, layers: first };
        apart && rest && before.find(folder) == PathLookup::Missing
    }

    /// Whether a service that may change the owner mounts the same folder of the host.
    fn others_bind(&self, index: usize, host: &RelPath) -> bool {
        self.stack.containers.iter().enumerate().any(|(i, c)| {
            let mounts = c.service.mounts.iter();
            let same = mounts
                .filter_map(|m| m.host(&self.stack.project.folder))
                .any(|h| h == *host || host.relative_to(&h).is_some());
            let told = |w: &Text| w.contains("chown") || w.contains("chmod");
            let words = c.process.steps.iter().flat_map(|s| &s.words);
            same && (words.into_iter().any(told) || i != index && c.process.unknown.is_some())
        })
    }

    /// Whether another service of the stack may be the first to fill the volume, or mends its owner.
    fn filled_by_another(&self, index: usize, mount: &Mount) -> bool {
        let name = mount.source.as_ref().map_or("", |s| s.as_str());
        let special = self.stack.project.volumes.iter().any(|v| {
            v.key.as_str() == name
                && (v.value.get("driver_opts").is_some() || v.value.get("external").is_some())
        });
        let uses = |c: &Container<'_>| {
            c.service.mounts.iter().any(|m| {
                m.kind == MountKind::Volume && m.source.as_ref().is_some_and(|s| s.as_str() == name)
            })
        };
        special
            || self.stack.containers.iter().enumerate().any(|(i, c)| {
                let mends = c.process.unknown.is_some() && c.service.image.is_none()
                    || c.process.steps.iter().any(|s| {
                        s.words.iter().any(|w| w.contains("chown") || w.contains("chmod"))
                    });
                let command = c
                    .service
                    .command
                    .iter()
                    .chain(&c.service.entrypoint)
                    .flat_map(|w| &w.words)
                    .any(|w| w.contains("chown") || w.contains("chmod"));
                uses(c)
                    && (mends
                        || command
                        || i != index
                            && c.built().is_some_and(|b| {
                                user(c, b).is_none()
                                    && b.find(self.stack.sources, &mount.target)
                                        != PathLookup::Missing
                            }))
            })
    }
}

/// The nearest folder that an image has at or above a path, where it surely is root's, and the instruction that made it.
fn root_owned(sources: &Sources<'_>, image: &Image, at: &str) -> Option<(String, Span)> {
    // Whoever changes owners or modes anywhere, or makes folders as another user, may mean this one.
    let gives = image.tree.instructions.iter().any(|i| match &i.kind {
        Kind::Run(command) => {
            let text = run_text(i, command);
            [
                "chown",
                "chmod",
                "chgrp",
                "install -",
                "mkdir",
                "setfacl",
                "collectstatic",
                "-d ",
                "-h ",
                "--home",
            ]
            .iter()
            .any(|w| text.contains(w))
        }
        Kind::Copy { .. } => i.flag("chown").is_some() || i.flag("chmod").is_some(),
        Kind::Volume(_) | Kind::Onbuild(_) => true,
        _ => false,
    });
    if gives || !at.starts_with('/') || image.chain().len() > 1 {
        return None;
    }
    let mut folder = at;
    loop {
        match image.find(sources, folder) {
            PathLookup::Host(_) => break,
            PathLookup::Missing if folder != "/" => folder = path::parent(folder),
            _ => return None,
        }
    }
    let mut copies = image.stage().layers.iter().filter(|l| match &l.kind {
        LayerKind::Copy { dest: Some(dest), .. } => {
            path::relative_to(folder, dest.trim_end_matches('/')).is_some()
        }
        _ => false,
    });
    Some((folder.to_owned(), copies.next_back()?.span))
}

/// The user a service runs as, where it is surely not root.
fn user(container: &Container<'_>, image: &Image) -> Option<Text> {
    let user = match container.service.node.get("user") {
        Some(node) => node.text()?.clone(),
        None => image.stage().user.clone()?,
    };
    let name = user.split(':').next().unwrap_or("");
    let root = matches!(name, "root" | "0" | "") || user.contains('$');
    // A start that changes the user may have changed the owner before.
    (!root && container.process.unknown.is_none()).then_some(user)
}

/// Whether something in the image may have given the folder, or one above it, to somebody else.
fn handed_over(image: &Image, folder: &str) -> bool {
    // Only what surely leaves the folder alone is passed over, since variables and loops can name any folder.
    image.tree.instructions.iter().any(|i| match &i.kind {
        Kind::Run(command) => {
            let text = run_text(i, command);
            ["chown", "chmod", "install -", "mkdir", "setfacl"].iter().any(|w| text.contains(w))
                && may_mean(&text, folder)
        }
        // A folder that WORKDIR or COPY makes above it says nothing of the folder itself, since the volume covers it.
        // Who owns what WORKDIR makes depends on the builder.
        Kind::Workdir(at) => path::join("/", at) == folder,
        Kind::Volume(all) => all.iter().any(|v| path::join("/", v) == folder),
        _ => false,
    })
}

fn run_text(instruction: &Instruction, command: &Command) -> String {
    let mut text = match command {
        Command::Shell(text) => text.as_str().to_owned(),
        Command::Exec(words) => words.iter().map(|w| w.as_str()).collect::<Vec<_>>().join(" "),
    };
    for document in &instruction.heredocs {
        text.push_str(document.body.as_str());
    }
    text
}

/// Whether words of a line may name the folder: its own name, or a variable.
fn may_mean(text: &str, folder: &str) -> bool {
    let last = folder.rsplit('/').next().unwrap_or("");
    text.contains(last) || text.contains('$') && text.contains("mkdir")
}
