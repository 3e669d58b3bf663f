//! Servers of static files that read from another place than the files are collected to.

use super::{StaticPlan, Storage};
use crate::model::compose::Mount;
use crate::model::container::Volume;
use crate::model::django::Settings;
use crate::model::exec_context::PathLookup;
use crate::model::path;
use crate::model::roles::django::DjangoService;
use crate::model::roles::nginx::Nginx;
use crate::model::stack::Stack;
use crate::model::stack::network::Resolved;
use crate::source::{EntryKind, Span, Text};

/// A server of static files that reads from another place than they are collected to.
#[derive(Debug)]
pub struct StaticSplit<'s> {
    /// The number of the server's container.
    pub server: usize,
    /// `STATIC_URL` as a path.
    pub url: String,
    /// `STATIC_ROOT` in the Django container.
    pub root: String,
    /// The name `STATIC_ROOT` in the settings.
    pub root_span: Span,
    /// The folder the server reads from.
    pub folder: String,
    /// The directive that says so.
    pub directive: &'s Text,
    /// The mount of the server that matters: the shared one, or the one it reads from.
    pub server_mount: Option<&'s Mount>,
    /// Whether the server has the right volume, and only looks in the wrong place of it.
    pub same_volume: bool,
}

impl<'s> Storage<'s> {
    /// A server that does not see what this service collects; `None` when one does, or when it is not known.
    pub fn static_split(&self, service: &'s DjangoService) -> Option<StaticSplit<'s>> {
        let plan = self.static_plan(service)?;
        let (url, _) = plan.url?;
        let (binding, Some(root)) = plan.root? else { return None };
        if plan.local != Some(true) || plan.app.is_none() {
            return None;
        }
        // Mounts taken over from another service are not followed.
        if plan
            .serving
            .iter()
            .any(|s| self.stack.container(s.container).service.entry("volumes_from").is_some())
        {
            return None;
        }
        // A worker loads the same settings, but collects nothing and is asked for nothing.
        let collects = |index: usize| plan.collected.iter().any(|c| c.container == index);
        if !plan.collected.is_empty() && !collects(service.container)
            || self.copies_collected(service.container, &root)
        {
            return None;
        }
        let kept = self.storage_of(service.container, &root);
        for serving in plan.serving.iter().filter(|s| s.location.path.len() > 1) {
            let Some((folder, directive)) = &serving.folder else { continue };
            let read = self.storage_of(serving.container, folder);
            let same = |a: &Volume, b: &Volume| a == b;
            // Another service of the same project may be the one that collects.
            let anyone = read.as_ref().is_some_and(|(volume, at, _)| {
                self.keeps().contains(&(volume.clone(), at.clone()))
            });
            if anyone
                || !self.answers_behind(service.container, serving.container)
                || self.sibling_keeps(service.container, &root, read.as_ref(), &collects)
            {
                continue;
            }
            let split = |mount, same_volume| StaticSplit {
                server: serving.container,
                url: url.clone(),
                root: root.clone(),
                root_span: binding.name_span,
                folder: folder.to_string(),
                directive,
                server_mount: mount,
                same_volume,
            };
            // The server mounts the volume that holds STATIC_ROOT, but reads beside it.
            let shared = kept.as_ref().and_then(|(volume, _, _)| {
                let mounts = &self.stack.containers[serving.container].service.mounts;
                mounts.iter().find(|m| {
                    self.storage_of(serving.container, m.target.trim_end_matches('/'))
                        .is_some_and(|(v, _, _)| same(&v, volume))
                })
            });
            match (&read, shared) {
                (_, Some(mount)) => return Some(split(Some(mount), true)),
                (Some((Volume::Host(host), _, _)), None) if self.has_files(host) => continue,
                (Some((Volume::Elsewhere(_), ..)), None) => continue,
                (Some((_, _, mount)), None) => return Some(split(Some(mount), false)),
                (None, None) => {
                    if self.may_hold(serving.container, folder) {
                        continue;
                    }
                    return Some(split(None, false));
                }
            }
        }
        None
    }

    /// Whether `service` answers the requests that the nginx of container `server` takes: those that it passes on, or, where it
    /// passes on nothing, those to a server of its own.
    fn answers_behind(&self, service: usize, server: usize) -> bool {
        let Some(nginx) = self.stack.roles.nginx.iter().find(|n| n.container == server) else {
            return false;
        };
        let mut upstreams = nginx.upstreams.iter();
        let network = self.stack.network();
        if nginx.locations().all(|l| l.pass.is_none()) {
            return nginx.unknown.is_none() && self.stack.container(service).server().is_some();
        }
        upstreams.any(|u| network.resolve(server, &u.host) == Resolved::Service(service))
    }

    /// Whether another service of the same image collects, and has the storage that the server reads at `STATIC_ROOT`.
    fn sibling_keeps(
        &self,
        service: usize,
        root: &str,
        read: Option<&(Volume, String, &Mount)>,
        collects: &dyn Fn(usize) -> bool,
    ) -> bool {
        let Some((volume, at, _)) = read else { return false };
        let image = |index: usize| {
            let container = self.stack.container(index);
            (container.built().map(std::ptr::from_ref), container.service.image.as_ref())
        };
        let (built, named) = image(service);
        (0..self.stack.containers.len()).filter(|i| *i != service).any(|index| {
            let (other, name) = image(index);
            let same = built.is_some() && built == other
                || built.is_none()
                    && named
                        .is_some_and(|n| name.is_some_and(|o| n.text.as_str() == o.text.as_str()));
            same && collects(index)
                && self
                    .storage_of(index, root)
                    .is_some_and(|(v, inside, _)| v == *volume && inside == *at)
        })
    }

    /// Whether a command of the start copies what is collected to another place.
    fn copies_collected(&self, service: usize, root: &str) -> bool {
        self.stack.container(service).process.steps.iter().any(|step| {
            let mut words = step.words.iter();
            let copies = words.next().is_some_and(|w| {
                matches!(w.rsplit('/').next(), Some("cp" | "mv" | "rsync" | "ln"))
            });
            copies
                && words.filter(|w| !w.starts_with('-')).any(|w| {
                    let base = step.workdir.as_deref().unwrap_or("/");
                    !w.is_resolved() || path::relative_to(&path::join(base, w), root).is_some()
                })
        })
    }

    /// Whether a folder of the project holds files.
    fn has_files(&self, folder: &crate::source::RelPath) -> bool {
        self.stack
            .sources
            .listed(folder)
            .iter()
            .any(|(name, kind)| !name.starts_with('.') && *kind != EntryKind::Missing)
    }

    /// Whether an image may bring the folder along.
    fn may_hold(&self, container: usize, folder: &str) -> bool {
        let c = self.stack.container(container);
        match c.built() {
            Some(image) => image.find(self.stack.sources, folder) != PathLookup::Missing,
            None => c.image_name() != Some("nginx") || folder.starts_with("/usr/share/nginx"),
        }
    }

    /// Whether nginx serves or writes anything below a mount; `None` when its configuration is not all known.
    pub fn nginx_reads(&self, nginx: &Nginx, mount: &Mount) -> Option<bool> {
        let container = self.stack.container(nginx.container);
        let target = path::join("/", mount.target.as_str());
        // The image's own server reads its folder, and its own folders of configuration and logs are its affair.
        let replaced = nginx
            .files
            .iter()
            .any(|f| f.as_str().ends_with(".conf") || f.as_str().ends_with(".template"));
        let own = ["/etc/nginx", "/var/log", "/var/cache", "/run", "/tmp", "/etc/letsencrypt"]
            .iter()
            .any(|o| path::relative_to(&target, o).is_some());
        if nginx.unknown.is_some()
            || nginx.more_listens.is_some()
            || nginx.locations().next().is_none()
            || !replaced
            || own
            || nginx.misplaced.is_some()
        {
            return None;
        }
        if nginx.named_paths.iter().any(|p| p.contains('$')) {
            // A path with a variable may be any path.
            let any = nginx
                .named_paths
                .iter()
                .any(|p| p.starts_with('$') && !p.starts_with("$uri") && !p.contains("://"));
            if any
                && nginx
                    .named_paths
                    .iter()
                    .any(|p| p.starts_with("$document_root") || p.starts_with("$root"))
            {
                return None;
            }
        }
        let covering = |at: &str| {
            let mounts = container
                .service
                .mounts
                .iter()
                .filter(|m| path::relative_to(at, m.target.trim_end_matches('/')).is_some());
            mounts
                .max_by_key(|m| m.target.trim_end_matches('/').len())
                .is_some_and(|m| m.span == mount.span)
        };
        // `root` above the mount may lead into it.
        let read = nginx
            .named_paths
            .iter()
            .filter(|p| p.starts_with('/'))
            .map(|p| path::join("/", p))
            .any(|p| covering(&p) || p != "/" && path::relative_to(&target, &p).is_some());
        Some(read)
    }
}

impl StaticPlan<'_> {
    /// Where pages surely ask the manifest for names: the storage, `DEBUG` that is off, and the admin, which names files.
    pub fn manifest_asked(&self, settings: &Settings) -> Option<(Span, Span, Span)> {
        let off =
            |d: &&crate::model::django::Binding| d.is_certain() && d.value.as_bool() == Some(false);
        let debug = settings.get("DEBUG").filter(off)?;
        Some((self.manifest?, debug.name_span, settings.installed("django.contrib.admin")?))
    }

    /// Whether nginx or WhiteNoise is there to serve what was collected.
    pub fn serves_collected(&self) -> bool {
        let nginx = self.serving.iter().any(|s| s.folder.is_some() && s.location.path.len() > 1);
        nginx || self.whitenoise.is_some() && !self.finders
    }

    /// Whether nothing that is known or may be collects to `root`, and no files lie there already.
    pub fn unwritten(&self, stack: &Stack<'_>, service: &DjangoService, root: &str) -> bool {
        // A management command of the project may collect as well.
        self.collected.is_empty()
            && stack.lifecycle().unknown_process().is_none()
            && !stack.django().may_run_command("collectstatic")
            && !stack.storage().has_committed_files(service.container, root)
    }
}
