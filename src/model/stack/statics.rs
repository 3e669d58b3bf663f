//! Where static files are collected, kept and served (Django docs, "How to deploy static files").

use super::{DjangoService, Stack};
use crate::model::compose::Mount;
use crate::model::container::Volume;
use crate::model::django::{Binding, Settings, Value, ValueKind};
use crate::model::nginx::Location;
use crate::model::path;
use crate::model::place::{Found, Place};
use crate::source::{EntryKind, Span, Text};
use std::collections::BTreeSet;

/// The file of the admin that a page without style fails to load first.
const PROBE: &str = "admin/css/base.css";

/// The way of static files for one Django service.
#[derive(Debug)]
pub struct StaticPlan<'s> {
    /// Whether `django.contrib.staticfiles` is installed; its entry.
    pub app: Option<Span>,
    /// `STATIC_URL` as a path (`/static/`) and its binding.
    pub url: Option<(String, &'s Binding)>,
    /// `STATIC_ROOT`: its binding, and the absolute path where it is known and not `None`.
    pub root: Option<(&'s Binding, Option<String>)>,
    /// Whether files are kept on the local disk; `None` when that is not known.
    pub local: Option<bool>,
    /// WhiteNoise's entry in `MIDDLEWARE`.
    pub whitenoise: Option<Span>,
    /// Whether WhiteNoise serves without collecting.
    pub finders: bool,
    /// Every run of `collectstatic`.
    pub collected: Vec<Collect>,
    /// nginx services that answer the URL.
    pub serving: Vec<Serving<'s>>,
    /// A service that may serve files in a way that is not known (another proxy, an unread configuration).
    pub other_server: Option<String>,
}

/// A run of `collectstatic`.
#[derive(Debug, Clone)]
pub struct Collect {
    /// Where it is written.
    pub span: Span,
    /// Whether it runs while the image is built.
    pub at_build: bool,
    /// The number of the container that runs it.
    pub container: usize,
    /// `--clear`
    pub clear: bool,
}

/// What an nginx service does with the static URL.
#[derive(Debug, Clone)]
pub struct Serving<'s> {
    /// The number of its container.
    pub container: usize,
    /// The location.
    pub location: &'s Location,
    /// The folder it serves from and the directive that says so; `None` when it passes requests on.
    pub folder: Option<(String, &'s Text)>,
}

impl<'s> Stack<'s> {
    /// The way of static files for a Django service; `None` when its settings are not known.
    pub fn static_plan(&'s self, service: &'s DjangoService) -> Option<StaticPlan<'s>> {
        let settings = service.settings()?;
        let container = self.container(service.container);
        let url = settings.get("STATIC_URL").and_then(|b| Some((url_path(b.value.as_str()?), b)));
        let serving = url.as_ref().map(|(u, _)| self.serving(u)).unwrap_or_default();
        let unclear = url
            .as_ref()
            .filter(|(u, _)| self.nginx.iter().any(|n| n.serving(u).contains(&None)))
            .map(|_| "nginx answers by a pattern".to_owned());
        let unread = self.nginx.iter().find_map(|n| n.unknown.as_ref()).cloned();
        Some(StaticPlan {
            app: installed(settings, "django.contrib.staticfiles"),
            root: settings
                .get("STATIC_ROOT")
                .map(|b| (b, root_path(b, service, container.process.steps.first().and_then(|s| s.workdir.as_deref())))),
            url,
            local: local(settings),
            whitenoise: middleware(settings, "whitenoise").or_else(|| wsgi_wrapped(self, service)),
            finders: ["WHITENOISE_USE_FINDERS"]
                .iter()
                .any(|n| settings.get(n).and_then(|b| b.value.as_bool()) != Some(false) && settings.get(n).is_some())
                || settings.get("DEBUG").is_none_or(|b| b.uncertain || b.value.as_bool() != Some(false)),
            collected: self.collected().to_vec(),
            serving,
            other_server: self.other_server(service.container).or(unread).or(unclear),
        })
    }

    /// Where the Django services of the stack keep what they collect: storage and path inside it.
    fn keeps(&self) -> &BTreeSet<(Volume, String)> {
        self.keeps.get_or_init(|| {
            let kept = self.django.iter().filter_map(|service| {
                let container = self.container(service.container);
                let workdir = container.process.steps.first().and_then(|s| s.workdir.as_deref());
                let root = root_path(service.settings()?.get("STATIC_ROOT")?, service, workdir)?;
                let fs = container.filesystem(self.sources, &self.project.folder);
                fs.storage(&root).map(|(volume, at, _)| (volume, at))
            });
            kept.collect()
        })
    }

    fn collected(&self) -> &[Collect] {
        self.collected.get_or_init(|| self.find_collected())
    }

    fn find_collected(&self) -> Vec<Collect> {
        let mut all = Vec::new();
        for (index, container) in self.containers.iter().enumerate() {
            let built = container.built().into_iter().flat_map(|i| i.builds("collectstatic")).map(|s| (s, true));
            let run = container.process.manage("collectstatic").map(|s| (s, false));
            for (step, at_build) in built.chain(run) {
                let clear = step.words.iter().any(|w| matches!(w.as_str(), "--clear" | "-c"));
                all.push(Collect { span: step.span, at_build, container: index, clear });
            }
        }
        all
    }

    fn serving(&'s self, url: &str) -> Vec<Serving<'s>> {
        let mut all = Vec::new();
        // A file everybody asks for: some configurations have a location for the admin's files alone.
        let probe = format!("{url}{PROBE}");
        for nginx in &self.nginx {
            for location in nginx.serving(&probe).into_iter().flatten() {
                let folder =
                    location.file(&probe).and_then(|(f, text)| Some((f.strip_suffix(PROBE)?.trim_end_matches('/').to_owned(), text)));
                // `location /` with nginx's default root says nothing about static files.
                all.push(Serving { container: nginx.container, location, folder });
            }
        }
        all
    }

    /// A proxy or file server that is not nginx.
    fn other_server(&self, me: usize) -> Option<String> {
        const OTHERS: [&str; 12] = [
            "traefik",
            "caddy",
            "haproxy",
            "httpd",
            "apache",
            "envoy",
            "nginx-proxy",
            "swag",
            "openlitespeed",
            "nginx-proxy-manager",
            "varnish",
            "linuxserver",
        ];
        self.containers.iter().enumerate().filter(|(i, _)| *i != me).find_map(|(_, c)| {
            let name = match c.built() {
                Some(image) => image.external_base().map(|b| crate::model::container::bare_image(b)),
                None => c.image_name(),
            }?;
            OTHERS.iter().any(|o| name.contains(o)).then(|| format!("{} may serve them", c.name()))
        })
    }

    /// The storage behind a path of a container, the path inside it, and the mount.
    pub fn storage(&'s self, container: usize, at: &str) -> Option<(Volume, String, &'s Mount)> {
        self.container(container).filesystem(self.sources, &self.project.folder).storage(at)
    }

    /// Whether the static folder already holds files in the checkout.
    pub fn committed(&self, container: usize, root: &str) -> bool {
        let fs = self.container(container).filesystem(self.sources, &self.project.folder);
        match fs.find(root) {
            Found::Host(host) => {
                let mut open = vec![(host, 0)];
                while let Some((folder, depth)) = open.pop() {
                    for (name, kind) in self.sources.files().list(&folder) {
                        match kind {
                            EntryKind::File if !name.starts_with('.') => return true,
                            EntryKind::Folder if depth < 3 => open.extend(folder.join(&name).map(|f| (f, depth + 1))),
                            _ => {}
                        }
                    }
                }
                false
            }
            _ => false,
        }
    }
}

/// The entry of an app in `INSTALLED_APPS`.
pub fn installed(settings: &Settings, app: &str) -> Option<Span> {
    list_entry(settings, "INSTALLED_APPS", |a| a == app || a.starts_with(&format!("{app}.apps.")))
}

fn middleware(settings: &Settings, part: &str) -> Option<Span> {
    list_entry(settings, "MIDDLEWARE", |m| m.contains(part)).or_else(|| list_entry(settings, "MIDDLEWARE_CLASSES", |m| m.contains(part)))
}

fn list_entry(settings: &Settings, list: &str, wanted: impl Fn(&str) -> bool) -> Option<Span> {
    let items = settings.get(list)?.value.items()?;
    items.iter().find(|i| i.as_str().is_some_and(&wanted)).map(|i| i.span)
}

/// `wsgi.py` may wrap the application in WhiteNoise, dj-static and the like.
fn wsgi_wrapped(stack: &Stack<'_>, service: &DjangoService) -> Option<Span> {
    let Some(super::AppModule::Found(path)) = &service.app else { return None };
    let file = stack.sources.read(path, crate::source::Limit::Code).ok()?;
    ["WhiteNoise", "Cling(", "StaticFilesHandler(", "StaticFiles("]
        .iter()
        .find_map(|w| file.text.find(w).map(|at| Span::new(file.id, at, at + w.len())))
}

/// `STATIC_URL` as the path of a request.
fn url_path(url: &str) -> String {
    let path = match url.split_once("://") {
        Some((_, rest)) => rest.split_once('/').map_or("/", |(_, p)| p),
        None => url,
    };
    format!("/{}", path.trim_start_matches('/'))
}

/// `STATIC_ROOT` as an absolute path; a relative one starts in the working folder.
fn root_path(binding: &Binding, service: &DjangoService, workdir: Option<&str>) -> Option<String> {
    if binding.uncertain {
        return None;
    }
    match &binding.value.kind {
        ValueKind::Path(p) => Some(path::join("/", p)),
        ValueKind::Str(s) if s.is_empty() => None,
        ValueKind::Str(s) if s.starts_with('/') => Some(path::join("/", s)),
        ValueKind::Str(s) => workdir.or(service.python_path.first().map(String::as_str)).map(|w| path::join(w, s)),
        _ => None,
    }
}

/// Whether the storage of static files is the local disk.
fn local(settings: &Settings) -> Option<bool> {
    let backend = |value: &Value| -> Option<bool> {
        let name = value.as_str()?;
        Some(
            name.starts_with("django.contrib.staticfiles.")
                || name.starts_with("whitenoise.")
                || name.contains("Manifest") && !name.contains("S3"),
        )
    };
    if settings.names.iter().any(|(n, b)| b.uncertain && (n == "STATICFILES_STORAGE" || n == "STORAGES")) {
        return None;
    }
    if let Some(storages) = settings.get("STORAGES") {
        return match storages.value.entry("staticfiles") {
            Some(entry) => entry.entry("BACKEND").and_then(backend),
            None if storages.value.is_known() && !storages.value.is_open() => Some(true),
            None => None,
        };
    }
    match settings.get("STATICFILES_STORAGE") {
        Some(binding) => backend(&binding.value),
        None if settings.open => None,
        None => Some(true),
    }
}

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

impl<'s> Stack<'s> {
    /// A server that does not see what this service collects; `None` when one does, or when it is not known.
    pub fn static_split(&'s self, service: &'s DjangoService) -> Option<StaticSplit<'s>> {
        let plan = self.static_plan(service)?;
        let (url, _) = plan.url?;
        let (binding, Some(root)) = plan.root? else { return None };
        if plan.local != Some(true) || plan.app.is_none() {
            return None;
        }
        // Mounts taken over from another service are not followed.
        if plan.serving.iter().any(|s| self.container(s.container).service.entry("volumes_from").is_some()) {
            return None;
        }
        let kept = self.storage(service.container, &root);
        for serving in plan.serving.iter().filter(|s| s.location.path.len() > 1) {
            let Some((folder, directive)) = &serving.folder else { continue };
            let read = self.storage(serving.container, folder);
            let same = |a: &Volume, b: &Volume| a == b;
            // Another service of the same project may be the one that collects.
            let anyone = read.as_ref().is_some_and(|(volume, at, _)| self.keeps().contains(&(volume.clone(), at.clone())));
            if anyone {
                continue;
            }
            let split = |mount, same_volume| StaticSplit {
                server: serving.container,
                url: url.clone(),
                root: root.clone(),
                root_span: binding.name_span,
                folder: folder.clone(),
                directive,
                server_mount: mount,
                same_volume,
            };
            // The server mounts the volume that holds STATIC_ROOT, but reads beside it.
            let shared = kept.as_ref().and_then(|(volume, _, _)| {
                let mounts = &self.containers[serving.container].service.mounts;
                mounts
                    .iter()
                    .find(|m| self.storage(serving.container, m.target.trim_end_matches('/')).is_some_and(|(v, _, _)| same(&v, volume)))
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

    /// Whether a folder of the project holds files.
    fn has_files(&self, folder: &crate::source::RelPath) -> bool {
        self.sources.files().list(folder).iter().any(|(name, kind)| !name.starts_with('.') && *kind != EntryKind::Missing)
    }

    /// Whether an image may bring the folder along.
    fn may_hold(&self, container: usize, folder: &str) -> bool {
        let c = self.container(container);
        match c.built() {
            Some(image) => image.find(self.sources, folder) != Found::Missing,
            None => c.image_name() != Some("nginx") || folder.starts_with("/usr/share/nginx"),
        }
    }

    /// Whether a management command of the project, or a script we cannot read, may run `name`.
    pub fn may_run(&self, name: &str) -> bool {
        self.containers.iter().any(|c| {
            let built = c.built().into_iter().flat_map(|i| i.runs.iter().flat_map(|r| &r.process.steps));
            c.process.steps.iter().chain(built).any(|s| match &s.kind {
                crate::model::process::StepKind::Manage { command, .. } => self.command_mentions(command, name),
                _ => false,
            })
        }) || self.containers.iter().filter_map(|c| c.built()).any(|i| i.runs.iter().any(|r| r.process.unknown.is_some()))
    }
}
