//! Whether a project has static files at all: an API without the admin has none.

use super::Storage;
use super::unfound_static::{FOLDER, app_folders, directories};
use crate::model::django::{Settings, Value};
use crate::model::roles::django::DjangoService;
use crate::model::roles::python_modules::Finder;
use crate::source::{EntryKind, RelPath};
use std::cell::RefCell;

/// Apps of Django and of packages without a directory `static` (looked up in Django 5.2 and in the packages of 2026-11).
const WITHOUT_FILES: [&str; 23] = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.sites",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django.contrib.flatpages",
    "django.contrib.redirects",
    "django.contrib.sitemaps",
    "django.contrib.syndication",
    "whitenoise.runserver_nostatic",
    "rest_framework.authtoken",
    "rest_framework_simplejwt",
    "rest_framework_simplejwt.token_blacklist",
    "corsheaders",
    "channels",
    "daphne",
    "storages",
    "django_filters",
    "drf_spectacular",
    "crispy_forms",
];

impl<'s> Storage<'s> {
    /// Whether an app or a directory of the project may bring static files; `false` where surely none does.
    pub fn may_have_static_files(&self, service: &'s DjangoService) -> bool {
        let Some(settings) = service.settings().filter(|s| s.open.is_none()) else { return true };
        let container = self.stack.container(service.container);
        let fs = container.filesystem(self.stack.sources, &self.stack.project.folder);
        let finder = Finder {
            fs: &fs,
            sources: self.stack.sources,
            path: &service.python_path,
            unknown: RefCell::default(),
        };
        let Some(folders) = app_folders(settings, &finder) else { return true };
        let apps = settings.get("INSTALLED_APPS").and_then(|b| b.value.items()).unwrap_or_default();
        let is_local = |name: &str| {
            let first = name.split('.').next().unwrap_or(name);
            finder.find(first).is_some()
        };
        let brings = |app: &Value| match app.as_str() {
            None => true,
            Some("rest_framework") => serves_browsable_pages(settings),
            Some(name) => !WITHOUT_FILES.contains(&name) && !is_local(name),
        };
        let holds = |folder: &RelPath| {
            folder.join(FOLDER).is_none_or(|f| self.stack.sources.kind(&f) != EntryKind::Missing)
        };
        apps.iter().any(brings)
            || folders.iter().any(holds)
            || directories(settings).is_none_or(|d| !d.is_empty())
            || settings.get("STATICFILES_FINDERS").is_some()
    }
}

/// Whether pages of Django REST framework's browsable API, which need its files, may be among the answers.
fn serves_browsable_pages(settings: &Settings) -> bool {
    let renderers = settings
        .get("REST_FRAMEWORK")
        .filter(|b| b.is_certain())
        .and_then(|b| b.value.entry("DEFAULT_RENDERER_CLASSES")?.items());
    renderers.is_none_or(|all| {
        all.iter().any(|r| {
            r.as_str().is_none_or(|name| name.contains("Browsable") || name.contains("Admin"))
        })
    })
}
