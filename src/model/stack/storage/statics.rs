//! Where static files are collected, kept and served (Django docs, "How to deploy static files").

use super::Storage;
use super::static_backend::{local, manifest};
use crate::facts;
use crate::model::compose::Mount;
use crate::model::container::{Container, Volume};
use crate::model::django::{Binding, Settings, ValueKind};
use crate::model::exec_context::{ExecContext, PathLookup};
use crate::model::path;
use crate::model::roles::django::{AppModule, DjangoService};
use crate::model::roles::nginx::{Location, Nginx};
use crate::model::stack::Stack;
use crate::source::{EntryKind, Reason, Span, Text, Unknown};
use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

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
    /// The storage that looks names up in a manifest, where it surely is one and strict.
    pub manifest: Option<Span>,
    /// WhiteNoise's entry in `MIDDLEWARE`.
    pub whitenoise: Option<Span>,
    /// Whether WhiteNoise serves without collecting.
    pub finders: bool,
    /// Every run of `collectstatic`.
    pub collected: Vec<Collect>,
    /// nginx services that answer the URL.
    pub serving: Vec<Serving<'s>>,
    /// A service that may serve files in a way that is not known (another proxy, an unread configuration).
    pub other_server: Option<Unknown>,
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
    pub location: &'s Location,
    /// The folder it serves from and the directive that says so; `None` when it passes requests on.
    pub folder: Option<(Rc<str>, &'s Text)>,
}

/// What all servers of nginx do with an address: worked out once, with the numbers of services and locations.
#[derive(Debug, Default)]
pub(super) struct Served {
    /// The number of the nginx service, that of the location among its own, and the folder.
    locations: Vec<(usize, usize, Option<Rc<str>>)>,
    /// Whether a location by a pattern may take it.
    by_pattern: bool,
}

impl<'s> Storage<'s> {
    /// The way of static files for a Django service; `None` when its settings are not known.
    pub fn static_plan(&self, service: &'s DjangoService) -> Option<StaticPlan<'s>> {
        let settings = service.settings()?;
        let container = self.stack.container(service.container);
        let url = settings.get("STATIC_URL").and_then(|b| Some((url_path(b.value.as_str()?), b)));
        let served = url.as_ref().and_then(|(u, _)| self.served(u));
        let serving = served.map(|s| self.serving(s)).unwrap_or_default();
        let unclear = served
            .filter(|s| s.by_pattern)
            .map(|_| Reason::NotEvaluated("a location by a pattern").into());
        let unread = self.stack.roles.nginx.iter().find_map(|n| n.unknown.as_ref()).cloned();
        let workdir = workdir_of(container);
        let root = settings.get("STATIC_ROOT").map(|b| (b, root_path(b, service, workdir)));
        let read = root
            .as_ref()
            .and_then(|(_, at)| self.reader_of(service.container, at.as_deref(), &serving));
        Some(StaticPlan {
            app: settings.installed("django.contrib.staticfiles"),
            root,
            url,
            local: local(settings),
            manifest: manifest(settings, container),
            whitenoise: middleware(settings, "whitenoise")
                .or_else(|| wsgi_wrapped(self.stack, service)),
            finders: ["WHITENOISE_USE_FINDERS"].iter().any(|n| {
                settings.get(n).and_then(|b| b.value.as_bool()) != Some(false)
                    && settings.get(n).is_some()
            }) || settings
                .get("DEBUG")
                .is_none_or(|b| !b.is_certain() || b.value.as_bool() != Some(false)),
            collected: self.collected().to_vec(),
            serving,
            other_server: self.other_server(service.container).or(read).or(unread).or(unclear),
        })
    }

    /// Where the Django services of the stack that collect keep it: storage and path inside it.
    pub(super) fn keeps(&self) -> &'s BTreeSet<(Volume, String)> {
        self.stack.storage.keeps.get_or_init(|| {
            let collected = self.collected();
            let collects = |service: &&DjangoService| {
                collected.is_empty() || collected.iter().any(|c| c.container == service.container)
            };
            let kept = self.stack.roles.django.iter().filter(collects).filter_map(|service| {
                let container = self.stack.container(service.container);
                let binding = service.settings()?.get("STATIC_ROOT")?;
                let root = root_path(binding, service, workdir_of(container))?;
                let fs = container.filesystem(self.stack.sources, &self.stack.project.folder);
                fs.storage(&root).map(|(volume, at, _)| (volume, at))
            });
            kept.collect()
        })
    }

    fn collected(&self) -> &'s [Collect] {
        self.stack.storage.collected.get_or_init(|| self.find_collected())
    }

    fn find_collected(&self) -> Vec<Collect> {
        let mut all = Vec::new();
        for (index, container) in self.stack.containers.iter().enumerate() {
            let built = container
                .built()
                .into_iter()
                .flat_map(|i| i.surely_builds(self.stack.sources, "collectstatic"))
                .map(|s| (s, true));
            let run = container.process.manage("collectstatic").map(|s| (s, false));
            for (step, at_build) in built.chain(run) {
                let clear = step.words.iter().any(|w| matches!(w.as_str(), "--clear" | "-c"));
                all.push(Collect { span: step.span, at_build, container: index, clear });
            }
        }
        all
    }

    /// What the servers do with a static address; `None` for one that no Django service of the stack has.
    fn served(&self, url: &str) -> Option<&'s Served> {
        let all = self.stack.storage.served.get_or_init(|| {
            let services = self.stack.roles.django.iter().filter_map(|d| d.settings());
            let urls = services.filter_map(|s| s.get("STATIC_URL")?.value.as_str().map(url_path));
            let urls: BTreeSet<String> = urls.collect();
            urls.into_iter().map(|url| (url.clone(), self.find_served(&url))).collect()
        });
        all.get(url)
    }

    fn find_served(&self, url: &str) -> Served {
        let mut all = Served::default();
        // A file everybody asks for: some configurations have a location for the admin's files alone.
        for (number, nginx) in self.stack.roles.nginx.iter().enumerate() {
            let places: HashMap<*const Location, usize> =
                nginx.locations().enumerate().map(|(at, l)| (std::ptr::from_ref(l), at)).collect();
            for serving in self.served_by(nginx, url, PROBE) {
                let at = places.get(&std::ptr::from_ref(serving.location)).copied();
                let folder = serving.folder.map(|(folder, _)| folder);
                all.locations.extend(at.map(|at| (number, at, folder)));
            }
        }
        all.by_pattern = self.stack.roles.nginx.iter().any(|n| n.serving(url).contains(&None));
        all
    }

    fn serving(&self, served: &Served) -> Vec<Serving<'s>> {
        let mut known: Option<(usize, Vec<&'s Location>)> = None;
        let mut all = Vec::with_capacity(served.locations.len());
        for (number, location, folder) in &served.locations {
            let Some(nginx) = self.stack.roles.nginx.get(*number) else { continue };
            let locations = match known.take().filter(|(n, _)| n == number) {
                Some((_, locations)) => locations,
                None => nginx.locations().collect(),
            };
            let found = locations.get(*location).copied();
            known = Some((*number, locations));
            all.extend(found.map(|location| Serving {
                container: nginx.container,
                location,
                folder: folder.clone().and_then(|f| Some((f, location.directive()?))),
            }));
        }
        all
    }

    /// What nginx services do with a request for the file `name` below `url`.
    pub(super) fn serving_of(&self, url: &str, name: &str) -> Vec<Serving<'s>> {
        let nginx = self.stack.roles.nginx.iter();
        nginx.flat_map(|n| self.served_by(n, url, name)).collect()
    }

    fn served_by(&self, nginx: &'s Nginx, url: &str, name: &str) -> Vec<Serving<'s>> {
        let probe = format!("{url}{name}");
        let found = nginx.serving(&probe).into_iter().flatten();
        found
            .map(|location| {
                let folder = location.file(&probe).and_then(|(f, text)| {
                    Some((f.strip_suffix(name)?.trim_end_matches('/').into(), text))
                });
                // `location /` with nginx's default root says nothing about static files.
                Serving { container: nginx.container, location, folder }
            })
            .collect()
    }

    /// A service that is neither Django nor an nginx with a location for them and shares the folder of collected files: it may
    /// serve them. Where that folder is not known, each one that is mounted may be it.
    fn reader_of(&self, me: usize, root: Option<&str>, serving: &[Serving<'_>]) -> Option<Unknown> {
        let mounted = || {
            let mounts = &self.stack.container(me).service.mounts;
            mounts.iter().map(|m| m.target.as_str()).collect::<Vec<_>>()
        };
        let places = root.map_or_else(mounted, |root| vec![root]);
        let volumes: Vec<Volume> =
            places.into_iter().filter_map(|at| Some(self.storage_of(me, at)?.0)).collect();
        if volumes.is_empty() {
            return None;
        }
        let roles = &self.stack.roles;
        let known = |i: usize| {
            i == me
                || roles.django.iter().any(|d| d.container == i)
                || serving.iter().any(|s| s.container == i)
        };
        let shares = |c: &Container<'_>| {
            let fs = c.filesystem(self.stack.sources, &self.stack.project.folder);
            let targets = c.service.mounts.iter().map(|m| m.target.as_str().to_owned());
            targets
                .into_iter()
                .any(|t| fs.storage(&t).is_some_and(|(own, _, _)| volumes.contains(&own)))
        };
        let all = self.stack.containers.iter().enumerate();
        let reader = all.filter(|(i, _)| !known(*i)).find(|(_, c)| shares(c));
        reader.map(|(_, c)| Unknown::at(Reason::MayServe(c.name().to_owned()), c.name_span()))
    }

    /// A proxy or file server that is not nginx.
    fn other_server(&self, me: usize) -> Option<Unknown> {
        let all = self.stack.storage.other_servers.get_or_init(|| {
            let proxies = |c: &Container<'_>| {
                c.base_image().is_some_and(|i| facts::names_proxy(facts::bare_name(i)))
            };
            let all = self.stack.containers.iter().enumerate();
            all.filter(|(_, c)| proxies(c)).map(|(i, _)| i).collect()
        });
        let other = all.iter().find(|i| **i != me)?;
        let container = self.stack.container(*other);
        let reason = Reason::MayServe(container.name().to_owned());
        Some(Unknown::at(reason, container.name_span()))
    }

    /// The storage behind a path of a container, the path inside it, and the mount.
    pub fn storage_of(&self, container: usize, at: &str) -> Option<(Volume, String, &'s Mount)> {
        self.stack
            .container(container)
            .filesystem(self.stack.sources, &self.stack.project.folder)
            .storage(at)
    }

    /// Whether the static folder already holds files in the checkout.
    pub fn has_committed_files(&self, container: usize, root: &str) -> bool {
        let fs = self
            .stack
            .container(container)
            .filesystem(self.stack.sources, &self.stack.project.folder);
        match fs.find(root) {
            PathLookup::Host(host) => {
                let mut open = vec![(host, 0)];
                while let Some((folder, depth)) = open.pop() {
                    for (name, kind) in self.stack.sources.listed(&folder) {
                        match kind {
                            EntryKind::File if !name.starts_with('.') => return true,
                            EntryKind::Folder if depth < 3 => {
                                open.extend(folder.join(&name).map(|f| (f, depth + 1)))
                            }
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

/// The folder in which files are collected or served, where relative paths of the settings start.
pub(super) fn workdir_of<'c>(container: &'c Container<'_>) -> Option<&'c str> {
    let steps = &container.process.steps;
    let collects = steps.iter().find(|s| s.manages("collectstatic"));
    let step = collects.or_else(|| container.server().map(|(s, _)| s)).or(steps.first())?;
    step.workdir.as_deref()
}

fn middleware(settings: &Settings, part: &str) -> Option<Span> {
    settings
        .entry_of("MIDDLEWARE", |m| m.contains(part))
        .or_else(|| settings.entry_of("MIDDLEWARE_CLASSES", |m| m.contains(part)))
}

/// `wsgi.py` may wrap the application in WhiteNoise, dj-static and the like.
fn wsgi_wrapped(stack: &Stack<'_>, service: &DjangoService) -> Option<Span> {
    let Some(AppModule::Found(path)) = &service.app else {
        return None;
    };
    let file = stack.sources.read(path, crate::source::Limit::Code).ok()?;
    ["WhiteNoise", "Cling(", "StaticFilesHandler(", "StaticFiles("]
        .iter()
        .find_map(|w| file.text.find(w).map(|at| Span::new(file.id, at, at + w.len())))
}

/// `STATIC_URL` as the path of a request.
pub(super) fn url_path(url: &str) -> String {
    let path = match url.split_once("://") {
        Some((_, rest)) => rest.split_once('/').map_or("/", |(_, p)| p),
        None => url,
    };
    format!("/{}", path.trim_start_matches('/'))
}

/// `STATIC_ROOT` as an absolute path; a relative one starts in the working folder.
pub(super) fn root_path(
    binding: &Binding,
    service: &DjangoService,
    workdir: Option<&str>,
) -> Option<String> {
    if !binding.is_certain() {
        return None;
    }
    match &binding.value.kind {
        ValueKind::Path(p) => Some(path::join("/", p)),
        ValueKind::Str(s) if s.is_empty() => None,
        ValueKind::Str(s) if s.starts_with('/') => Some(path::join("/", s)),
        ValueKind::Str(s) => {
            workdir.or(service.python_path.first().map(String::as_str)).map(|w| path::join(w, s))
        }
        _ => None,
    }
}
