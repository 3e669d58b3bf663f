//! Static files that templates name and that lie in a folder in which no finder looks (Django docs, "Managing static
//! files").

use super::Storage;
use crate::finding::prose;
use crate::model::container::Volume;
use crate::model::django::urls::{StaticKind, StaticRoute, StaticTarget};
use crate::model::django::{Settings, Value, ValueKind};
use crate::model::exec_context::{ExecContext, PathLookup};
use crate::model::path;
use crate::model::roles::django::DjangoService;
use crate::model::roles::python_modules::Finder;
use crate::model::search_limit::SearchLimit;
use crate::source::{EntryKind, Limit, RelPath, Span};
use crate::syntax::template;
use std::cell::RefCell;

/// What a folder of static files is called; Django looks for this name in apps.
pub(super) const FOLDER: &str = "static";
/// Where Django looks when nothing is said (`django/conf/global_settings.py`).
const FINDERS: [&str; 2] = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
];
/// The backend of templates whose tags are read.
const TEMPLATES: &str = "django.template.backends.django.DjangoTemplates";
/// The most templates that are read.
const MAX_TEMPLATES: usize = 1_000;
/// The most folders of templates.
const MAX_FOLDERS: usize = 2_000;

/// A static file that no finder finds.
#[derive(Debug)]
pub struct UnfoundStatic {
    /// The folder that holds it, below the root.
    pub folder: RelPath,
    /// Its name in the template: its path below the folder.
    pub name: String,
    /// The tag of the template.
    pub tag: Span,
    /// `STATIC_URL` as a path.
    pub url: String,
    /// The name `STATIC_URL` in the settings.
    pub url_name: Span,
    /// The list `STATICFILES_DIRS` as it is written, where there is one.
    pub dirs: Option<Span>,
    /// The folder as it is seen from `BASE_DIR`, part by part; `None` where it is not below it, or that is not known.
    pub below_base_dir: Option<Vec<String>>,
}

impl<'s> Storage<'s> {
    /// The first file that a template names, that lies in a folder `static` beside `manage.py` or the settings, and that
    /// no finder finds; `None` where something else may serve it.
    pub fn unfound_static(&self, service: &'s DjangoService) -> Option<UnfoundStatic> {
        let settings = service.settings()?;
        if settings.open.is_some() || !usual_finders(settings) {
            return None;
        }
        let container = self.stack.container(service.container);
        let fs = container.filesystem(self.stack.sources, &self.stack.project.folder);
        let host = |at: &str| match fs.find(at) {
            PathLookup::Host(host) => Some(host),
            _ => None,
        };
        let home = service.python_path.first()?;
        let package = settings_package(service);
        let places = [
            Some(path::join(home, FOLDER)),
            package.map(|p| path::join(home, &format!("{p}/{FOLDER}"))),
        ];
        let mut folders = places.into_iter().flatten().filter_map(|at| Some((host(&at)?, at)));
        // Most projects end here: the rest reads files.
        let (folder, at) =
            folders.find(|(folder, _)| !self.stack.sources.listed(folder).is_empty())?;
        let dirs = directories(settings)?;
        let finder = Finder {
            fs: &fs,
            sources: self.stack.sources,
            path: &service.python_path,
            unknown: RefCell::default(),
        };
        let plan = self.static_plan(service)?;
        plan.app?;
        let (url, binding) = plan.url.filter(|(u, b)| {
            u.len() > 1 && b.is_certain() && b.value.as_str().is_some_and(|v| !v.contains("//"))
        })?;
        let known =
            |d: &String| path::relative_to(&at, d).is_some() || path::relative_to(d, &at).is_some();
        let root = plan.root.as_ref();
        if root.is_some_and(|(b, at)| at.is_none() && b.value.kind != ValueKind::None)
            || root.and_then(|(_, at)| at.as_ref()).is_some_and(known)
            || dirs.iter().any(known)
            || plan.other_server.is_some()
            || service.routes.iter().any(serves_a_folder)
        {
            return None;
        }
        let apps = app_folders(settings, &finder)?;
        if apps.iter().any(|a| a.join(FOLDER).as_ref() == Some(&folder)) {
            return None;
        }
        // A volume that the collected files are kept in holds those that are found, and no others.
        let volume = |container, at: &str| {
            let (volume, ..) = self.storage_of(container, at)?;
            (!matches!(volume, Volume::Host(_))).then_some(volume)
        };
        let kept = root.and_then(|(_, at)| volume(service.container, at.as_ref()?));
        let collected = |server, at: &str| kept.is_some() && volume(server, at) == kept;
        let found = |name: &str| {
            dirs.iter().any(|d| match fs.find(d) {
                PathLookup::Host(folder) => self.is_file(&folder, name),
                PathLookup::Missing => false,
                _ => true,
            }) || apps.iter().any(|a| self.is_file(a, &format!("{FOLDER}/{name}")))
                || plan.serving.iter().any(|s| match &s.folder {
                    Some((at, _)) => {
                        !collected(s.container, at)
                            && self.may_have(s.container, &path::join(at, name))
                    }
                    None => false,
                })
        };
        let (name, tag) = self.named(&self.template_folders(settings, &apps, &host)?, |name| {
            self.is_file(&folder, name) && !found(name)
        })?;
        let below = settings.get("BASE_DIR").filter(|b| b.is_certain()).and_then(|b| {
            let base = b.value.as_str()?;
            let below = path::relative_to(&at, base).filter(|b| !b.is_empty())?;
            Some(below.split('/').map(str::to_owned).collect())
        });
        let list = settings.get("STATICFILES_DIRS").map(|b| b.value.span);
        Some(UnfoundStatic {
            folder,
            name,
            tag,
            url,
            url_name: binding.name_span,
            dirs: list,
            below_base_dir: below,
        })
    }

    /// Whether a container has something at a path, as far as is known.
    fn may_have(&self, container: usize, at: &str) -> bool {
        let container = self.stack.container(container);
        let fs = container.filesystem(self.stack.sources, &self.stack.project.folder);
        !matches!(fs.find(at), PathLookup::Missing)
    }

    fn is_file(&self, folder: &RelPath, name: &str) -> bool {
        folder.join(name).is_some_and(|p| self.stack.sources.kind(&p) == EntryKind::File)
    }

    /// Where Django looks for templates, as far as that is in the project; `None` where it is not known.
    fn template_folders(
        &self,
        settings: &Settings,
        apps: &[RelPath],
        host: &impl Fn(&str) -> Option<RelPath>,
    ) -> Option<Vec<RelPath>> {
        let binding = settings.get("TEMPLATES").filter(|b| b.is_certain())?;
        let mut folders = Vec::new();
        for engine in binding.value.items()? {
            if engine.entry("BACKEND").and_then(Value::as_str) != Some(TEMPLATES) {
                continue;
            }
            let dirs = engine.entry("DIRS").and_then(Value::items).unwrap_or_default();
            folders.extend(dirs.iter().filter_map(|d| host(d.as_str()?)));
            if engine.entry("APP_DIRS").and_then(Value::as_bool) == Some(true) {
                folders.extend(apps.iter().filter_map(|a| a.join("templates")));
            }
        }
        Some(folders)
    }

    /// The first name of a static file in templates that is wanted, and its tag.
    fn named(&self, folders: &[RelPath], wanted: impl Fn(&str) -> bool) -> Option<(String, Span)> {
        let mut open: Vec<RelPath> = folders.iter().rev().cloned().collect();
        let (mut seen, mut read) = (0, 0);
        while let Some(folder) = open.pop() {
            seen += 1;
            if seen > MAX_FOLDERS {
                self.stack.note_limit(prose!(
                    "names of static files are looked for in {} folders of templates; the rest is not looked at",
                    MAX_FOLDERS
                ));
                return None;
            }
            let mut below = Vec::new();
            for (name, kind) in self.stack.sources.listed(&folder) {
                let Some(path) = folder.join(&name) else { continue };
                match kind {
                    EntryKind::Folder if !name.starts_with('.') => below.push(path),
                    EntryKind::File if name.ends_with(".html") => {
                        let Ok(file) = self.stack.sources.read(&path, Limit::Code) else {
                            continue;
                        };
                        if read == MAX_TEMPLATES {
                            let message = prose!(
                                "names of static files are looked for in {} templates; the rest is not read",
                                MAX_TEMPLATES
                            );
                            SearchLimit::note(Span::new(file.id, 0, 0), message);
                            return None;
                        }
                        read += 1;
                        for tag in template::tags(&file) {
                            let name = tag.literal(0).filter(|_| tag.name.as_str() == "static");
                            if let Some(name) = name.filter(|n| wanted(n.as_str())) {
                                return Some((name.as_str().to_owned(), tag.span));
                            }
                        }
                    }
                    _ => {}
                }
            }
            open.extend(below.into_iter().rev());
        }
        None
    }
}

/// The folders of the installed apps that lie in the project; `None` where the list is not known.
pub(super) fn app_folders(settings: &Settings, finder: &Finder<'_>) -> Option<Vec<RelPath>> {
    let binding = settings.get("INSTALLED_APPS").filter(|b| b.is_certain())?;
    if !binding.value.is_known() || binding.value.is_open() {
        return None;
    }
    let mut folders = Vec::new();
    for name in binding.value.items()?.iter().map(Value::as_str) {
        let mut name = name?;
        // `shop.apps.ShopConfig` is a class in a module of the app, or of a package of apps.
        loop {
            if let Some(found) = finder.find(name).filter(|f| f.package) {
                folders.push(found.path.parent());
                break;
            }
            match name.rsplit_once('.') {
                Some((outer, _)) => name = outer,
                None => break,
            }
        }
    }
    Some(folders)
}

/// Whether files are found in the usual ways alone.
fn usual_finders(settings: &Settings) -> bool {
    match settings.get("STATICFILES_FINDERS") {
        None => true,
        Some(binding) => {
            let names = settings.texts("STATICFILES_FINDERS").unwrap_or_default();
            binding.is_certain()
                && names.iter().all(|n| FINDERS.contains(n))
                && names.contains(&FINDERS[0])
        }
    }
}

/// The folders of `STATICFILES_DIRS`; `None` where one is not known.
pub(super) fn directories(settings: &Settings) -> Option<Vec<String>> {
    let Some(binding) = settings.get("STATICFILES_DIRS") else { return Some(Vec::new()) };
    if !binding.is_certain() || binding.value.is_open() {
        return None;
    }
    let folder = |item: &Value| {
        // `(prefix, path)` is allowed as well.
        let item = match &item.kind {
            ValueKind::List { items, .. } => items.get(1)?,
            _ => item,
        };
        item.as_str().filter(|d| d.starts_with('/')).map(|d| path::join("/", d))
    };
    binding.value.items()?.iter().map(folder).collect()
}

/// Whether a route of the project serves files from a folder that it names: they may be these.
fn serves_a_folder(route: &StaticRoute) -> bool {
    route.kind != StaticKind::StaticfilesUrlpatterns && route.target != StaticTarget::MediaUrl
}

/// The folder of the settings below the folder of `manage.py`: `config` of `config.settings`.
fn settings_package(service: &DjangoService) -> Option<String> {
    let (package, _) = service.module.as_ref()?.name.as_str().split_once('.')?;
    Some(package.to_owned())
}
