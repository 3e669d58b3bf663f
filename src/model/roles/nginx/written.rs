//! What stands below `/etc/nginx` when nginx starts: what the image has, under the mounts, and what the commands of the
//! start make of it.

mod commands;

use super::Container;
use super::files::is_official;
use super::includes::{FOLDER, fits, is_pattern};
use crate::model::compose::MountKind;
use crate::model::exec_context::ExecContext;
use crate::model::image::{Image, Layer, LayerKind, Origin, StageContext};
use crate::model::path;
use crate::source::{EntryKind, Reason, RelPath, Sources, Unknown};
use std::collections::BTreeMap;

/// The most files below `/etc/nginx`.
const MAX_FILES: usize = 2_000;
/// How deep folders are looked into.
const MAX_DEPTH: usize = 6;
/// The server that the official image brings.
pub(super) const DEFAULT: &str = "/etc/nginx/conf.d/default.conf";
/// Folders of the image into which a file is copied by its name.
const FOLDERS: [&str; 8] = [
    "",
    "conf.d",
    "http.d",
    "templates",
    "sites-enabled",
    "sites-available",
    "snippets",
    "modules",
];

/// What stands at a path.
#[derive(Debug, Clone)]
pub(super) enum At {
    /// A file of the project.
    File(RelPath),
    /// The same with variables put in: of all names, or only of these.
    Filled(RelPath, Option<Vec<String>>),
    /// Something that is not known.
    Unknown(Unknown),
}

/// The files below `/etc/nginx`.
pub(super) struct Tree {
    paths: BTreeMap<String, At>,
    /// Why some of it is not known.
    pub(super) unknown: Option<Unknown>,
    /// Why there may be more.
    pub(super) may_write: Option<Unknown>,
    /// Why the start may have chosen another file: it takes one of several that lie side by side.
    pub(super) chosen: Option<Unknown>,
    /// Whether the image's `default.conf` is removed, or hidden by a mount.
    pub(super) default_gone: bool,
}

impl Tree {
    pub(super) fn of_container(
        sources: &Sources<'_>,
        folder: &RelPath,
        container: &Container<'_>,
    ) -> Self {
        let mut tree = Self {
            paths: BTreeMap::new(),
            unknown: None,
            may_write: None,
            chosen: None,
            default_gone: false,
        };
        if let Some(image) = container.built() {
            tree.take_image(sources, image);
        }
        tree.take_mounts(sources, folder, container);
        let fs = container.filesystem(sources, folder);
        tree.fill_templates(container);
        for step in &container.process.steps {
            tree.run(sources, step, &|at| fs.find(at), "its command");
        }
        let own = container.process.unknown.as_ref().filter(|why| {
            !(is_official(container)
                && matches!(why.reason, Reason::ImageEntrypoint(_) | Reason::ImageCommand))
        });
        if let Some(why) = own {
            tree.may_write.get_or_insert(why.clone());
        }
        tree
    }

    /// What stands at a path below `/etc/nginx`.
    pub(super) fn at(&self, at: &str) -> Option<&At> {
        self.paths.get(at)
    }

    /// Whether something of the project, or something that replaces it, stands at a path.
    pub(super) fn holds(&self, at: &str) -> bool {
        self.paths.contains_key(at)
    }

    /// The paths, in order.
    pub(super) fn paths(&self) -> impl Iterator<Item = &str> {
        self.paths.keys().map(String::as_str)
    }

    fn take_image(&mut self, sources: &Sources<'_>, image: &Image) {
        for stage in image.chain().into_iter().rev() {
            for (number, layer) in stage.layers.iter().enumerate() {
                if let LayerKind::Copy { from, sources: paths, dest: Some(dest) } = &layer.kind {
                    let into = dest.ends_with('/') || paths.len() > 1;
                    for source in paths {
                        match from {
                            Origin::Context => {
                                self.copy(sources, image, source, dest, into, layer);
                            }
                            _ if path::relative_to(dest.trim_end_matches('/'), FOLDER)
                                .is_none() => {}
                            _ => {
                                let name = source.rsplit('/').next().unwrap_or("");
                                let at = self.target(dest, name, into);
                                match image.brought(sources, stage.index, number, &at) {
                                    Some(host) if sources.kind(&host) == EntryKind::File => {
                                        self.paths.insert(at, At::File(host));
                                    }
                                    _ => {
                                        let reason = Reason::CopiedFromElsewhere(dest.clone());
                                        self.unknown.get_or_insert(Unknown::at(reason, layer.span));
                                    }
                                }
                            }
                        }
                    }
                    continue;
                }
                let place = StageContext { sources, image, stage: stage.index, layers: number };
                let run = image.runs.iter().find(|r| r.stage == stage.index && r.layer == number);
                for step in run.into_iter().flat_map(|r| &r.process.steps) {
                    self.run(sources, step, &|at| place.find(at), "a `RUN` line");
                }
            }
        }
    }

    /// What one source of a `COPY` puts below `/etc/nginx`.
    fn copy(
        &mut self,
        sources: &Sources<'_>,
        image: &Image,
        source: &str,
        dest: &str,
        into: bool,
        layer: &Layer,
    ) {
        let folder = path::join("/", dest);
        let inside = path::relative_to(&folder, FOLDER).is_some();
        let above = path::relative_to(FOLDER, &folder).filter(|_| !inside);
        if !inside && above.is_none() {
            return;
        }
        let taken = |host: &RelPath| {
            let inside = host.relative_to(&image.context);
            inside.is_none_or(|i| i.is_empty() || !image.ignored.excludes(i))
        };
        let source = path::join("/", source);
        let source = source.trim_start_matches('/');
        if is_pattern(source) {
            let (parent, pattern) = source.rsplit_once('/').unwrap_or(("", source));
            let Some(parent) = image.context.join(parent) else { return };
            for (name, kind) in sources.listed(&parent) {
                if let Some(host) = parent.join(&name)
                    && fits(&format!("/{pattern}"), &format!("/{name}"))
                    && taken(&host)
                    && kind == EntryKind::File
                    && inside
                {
                    self.paths.insert(path::join(&folder, &name), At::File(host));
                }
            }
            return;
        }
        let Some(host) = image.context.join(source) else {
            if inside {
                let reason = Reason::FileElsewhere(source.to_owned());
                self.unknown = Some(Unknown::at(reason, layer.span));
            }
            return;
        };
        match (sources.kind(&host), above) {
            (EntryKind::File, None) if taken(&host) => {
                let at = self.target(dest, host.file_name(), into);
                self.paths.insert(at, At::File(host));
            }
            (EntryKind::Folder, None) => self.add_folder(sources, &host, &folder, &taken, 0),
            (EntryKind::Folder, Some(rest)) => {
                if let Some(host) = host.join(rest) {
                    self.add_folder(sources, &host, FOLDER, &taken, 0);
                }
            }
            // Such as a file of production that is kept out of the checkout.
            (EntryKind::Missing, None) => {
                let reason = Reason::FileMissing(source.to_owned());
                self.unknown = Some(Unknown::at(reason, layer.span));
            }
            _ => {}
        }
    }

    /// Where a file called `name` ends up that is copied to `dest`.
    fn target(&self, dest: &str, name: &str, into: bool) -> String {
        let at = path::join("/", dest);
        if into || dest.ends_with('/') || self.is_folder(&at) { path::join(&at, name) } else { at }
    }

    /// Whether a path is a folder: of the image, or because something stands below it.
    fn is_folder(&self, at: &str) -> bool {
        path::relative_to(at, FOLDER).is_some_and(|rest| FOLDERS.contains(&rest))
            || self.paths.keys().any(|p| path::relative_to(p, at).is_some_and(|r| !r.is_empty()))
    }

    fn add_folder(
        &mut self,
        sources: &Sources<'_>,
        host: &RelPath,
        at: &str,
        taken: &dyn Fn(&RelPath) -> bool,
        depth: usize,
    ) {
        for (name, kind) in sources.listed(host) {
            let Some(inner) = host.join(&name).filter(|h| taken(h)) else { continue };
            if self.paths.len() >= MAX_FILES {
                return;
            }
            let at = path::join(at, &name);
            match kind {
                EntryKind::File => {
                    self.paths.insert(at, At::File(inner));
                }
                EntryKind::Folder if depth < MAX_DEPTH => {
                    self.add_folder(sources, &inner, &at, taken, depth + 1);
                }
                _ => {}
            }
        }
    }

    fn take_mounts(&mut self, sources: &Sources<'_>, folder: &RelPath, container: &Container<'_>) {
        // Docker mounts the outer folders first, in whatever order they are written.
        let mut mounts: Vec<_> = container.service.mounts.iter().collect();
        mounts.sort_by_key(|m| m.target.trim_end_matches('/').len());
        for mount in mounts {
            let target = path::join("/", mount.target.as_str());
            let above = path::relative_to(FOLDER, &target).filter(|r| !r.is_empty());
            if above.is_none() && path::relative_to(&target, FOLDER).is_none() {
                continue;
            }
            self.paths.retain(|at, _| path::relative_to(at, &target).is_none());
            self.default_gone |= path::relative_to(DEFAULT, &target).is_some();
            let host = mount.host(folder).filter(|_| mount.kind == MountKind::Bind);
            match host.map(|host| (sources.kind(&host), host)) {
                Some((EntryKind::File, host)) => {
                    self.paths.insert(target, At::File(host));
                }
                Some((EntryKind::Folder, host)) => {
                    let (host, at) = match above {
                        Some(rest) => (host.join(rest), FOLDER),
                        None => (Some(host), target.as_str()),
                    };
                    if let Some(host) = host {
                        self.add_folder(sources, &host, at, &|_| true, 0);
                    }
                }
                _ if holds_secrets(&target) => {}
                _ => {
                    let source = mount.source.as_ref().map_or("a mount", |s| s.as_str());
                    let reason = Reason::FileMissing(source.to_owned());
                    self.unknown = Some(Unknown::at(reason, mount.span));
                }
            }
        }
    }

    /// Templates, which the official image's own start fills in (docker-nginx, `20-envsubst-on-templates.sh`), when it is
    /// that which starts nginx.
    fn fill_templates(&mut self, container: &Container<'_>) {
        if !is_official(container) || !starts_by_itself(container) {
            return;
        }
        let known = |name: &str, usual: &str| match container.environment.vars.get(name) {
            None => Some(usual.to_owned()),
            Some(value) => value.text.known().map(|t| t.as_str().to_owned()),
        };
        let folder = known("NGINX_ENVSUBST_TEMPLATE_DIR", "/etc/nginx/templates");
        let suffix = known("NGINX_ENVSUBST_TEMPLATE_SUFFIX", ".template");
        let output = known("NGINX_ENVSUBST_OUTPUT_DIR", "/etc/nginx/conf.d");
        let (Some(folder), Some(suffix), Some(output)) = (folder, suffix, output) else { return };
        // A folder that is mounted `ro` is not written to.
        let covering = container.service.mounts.iter().filter(|m| {
            path::relative_to(&output, m.target.as_str().trim_end_matches('/')).is_some()
        });
        if covering.max_by_key(|m| m.target.len()).is_some_and(|m| m.read_only) {
            return;
        }
        let filled: Vec<(String, At)> = self
            .paths
            .iter()
            .filter_map(|(at, what)| {
                let name = path::relative_to(at, &folder)?.strip_suffix(suffix.as_str())?;
                let what = match what {
                    At::File(host) => At::Filled(host.clone(), None),
                    other => other.clone(),
                };
                Some((path::join(&output, name), what))
            })
            .collect();
        self.paths.extend(filled);
    }
}

/// Whether the entrypoint of the official image runs, and is given nginx to start.
pub(super) fn starts_by_itself(container: &Container<'_>) -> bool {
    const OWN: &str = "/docker-entrypoint.sh";
    let steps = container.process.steps.iter().flat_map(|s| &s.words);
    if steps.chain(&container.process.argv).any(|w| w.as_str() == OWN) {
        return true;
    }
    let own_entrypoint = container.service.entrypoint.as_ref().is_some_and(|e| !e.words.is_empty())
        || container.built().is_some_and(|i| i.entrypoint().is_some());
    let first = match container.service.command.as_ref().filter(|c| !c.words.is_empty()) {
        Some(command) => command.words.first(),
        None => match container.built().and_then(Image::cmd) {
            Some(crate::syntax::dockerfile::Command::Exec(words)) => words.first(),
            Some(crate::syntax::dockerfile::Command::Shell(_)) => return false,
            None => None,
        },
    };
    !own_entrypoint && first.is_none_or(|w| matches!(w.as_str(), "nginx" | "nginx-debug"))
}

/// Whether what stands there are certificates, keys or passwords, by the names of its folders.
fn holds_secrets(at: &str) -> bool {
    let inside = at.strip_prefix(FOLDER).unwrap_or(at).to_ascii_lowercase();
    !inside.ends_with(".conf")
        && ["cert", "ssl", "tls", "key", "pki", "passwd", "dhparam"]
            .iter()
            .any(|w| inside.contains(w))
}
