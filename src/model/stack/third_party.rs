//! Packages that a project's settings import or list, and which distributions bring them.

use super::{DjangoService, Stack};
use crate::model::container::Filesystem;
use crate::model::django::Value;
use crate::model::image::Packages;
use crate::model::path;
use crate::model::place::{Found, Place};
use crate::source::{EntryKind, RelPath, Sources, Span};
use crate::syntax::python::StmtKind;
use std::collections::BTreeSet;

/// A package of other people that Django cannot start without.
#[derive(Debug, Clone)]
pub struct ThirdParty {
    /// The module: `rest_framework`.
    pub module: String,
    /// Where it is listed or imported.
    pub span: Span,
    /// The setting that lists it; `None` for an import.
    pub setting: Option<&'static str>,
    /// What to install.
    pub install: &'static str,
}

/// Modules, the distribution that is meant, and how the names of others begin that bring it along, or have the same module.
/// (Each project's page on the Python Package Index.)
const MODULES: [(&str, &str, &[&str]); 63] = [
    (
        "rest_framework",
        "djangorestframework",
        &[
            "drf",
            "adrf",
            "djangorestframework",
            "djoser",
            "dj-rest",
            "django-rest",
            "rest",
            "dry-rest",
            "wagtail",
            "knox",
        ],
    ),
    (
        "rest_framework_simplejwt",
        "djangorestframework-simplejwt",
        &["djangorestframework-simplejwt", "djoser", "dj-rest-auth"],
    ),
    ("rest_framework_jwt", "drf-jwt", &["djangorestframework-jwt", "drf-jwt"]),
    ("rest_framework_swagger", "django-rest-swagger", &["django-rest-swagger"]),
    ("rest_framework_nested", "drf-nested-routers", &["drf-nested"]),
    ("knox", "django-rest-knox", &["django-rest-knox"]),
    ("djoser", "djoser", &["djoser"]),
    ("dj_rest_auth", "dj-rest-auth", &["dj-rest-auth"]),
    ("corsheaders", "django-cors-headers", &["django-cors-headers", "django-cors-middleware"]),
    ("debug_toolbar", "django-debug-toolbar", &["django-debug-toolbar"]),
    ("django_extensions", "django-extensions", &["django-extensions"]),
    // WhiteNoise is judged with its place among the middleware.
    ("storages", "django-storages", &["django-storages"]),
    ("crispy_forms", "django-crispy-forms", &["django-crispy", "crispy"]),
    ("crispy_bootstrap4", "crispy-bootstrap4", &["crispy-bootstrap4"]),
    ("crispy_bootstrap5", "crispy-bootstrap5", &["crispy-bootstrap5"]),
    ("allauth", "django-allauth", &["django-allauth", "dj-rest-auth"]),
    ("channels", "channels", &["channels", "django-channels"]),
    ("daphne", "daphne", &["daphne", "channels"]),
    ("celery", "celery", &["celery", "django-celery", "flower", "django-structlog"]),
    ("kombu", "kombu", &["kombu", "celery", "django-celery", "flower"]),
    ("django_celery_beat", "django-celery-beat", &["django-celery-beat"]),
    ("django_celery_results", "django-celery-results", &["django-celery-results"]),
    (
        "django_filters",
        "django-filter",
        &["django-filter", "drf", "djangorestframework-filters", "wagtail"],
    ),
    ("drf_yasg", "drf-yasg", &["drf-yasg"]),
    ("drf_yasg2", "drf-yasg2", &["drf-yasg2"]),
    ("drf_spectacular", "drf-spectacular", &["drf-spectacular"]),
    ("drf_spectacular_sidecar", "drf-spectacular-sidecar", &["drf-spectacular"]),
    ("environ", "django-environ", &["django-environ", "environ"]),
    ("environs", "environs", &["environs"]),
    ("decouple", "python-decouple", &["python-decouple", "decouple"]),
    (
        "dotenv",
        "python-dotenv",
        &[
            "python-dotenv",
            "dotenv",
            "environs",
            "uvicorn",
            "pydantic-settings",
            "django-dotenv",
            "flask",
            "fastapi",
            "litellm",
            "langchain",
            "llama",
            "chromadb",
            "crewai",
            "mcp",
        ],
    ),
    (
        "dj_database_url",
        "dj-database-url",
        &[
            "dj-database-url",
            "environs",
            "django-heroku",
            "django-configurations",
            "django-on-heroku",
        ],
    ),
    ("configurations", "django-configurations", &["django-configurations"]),
    (
        "mptt",
        "django-mptt",
        &[
            "django-mptt",
            "django-cms",
            "django-filer",
            "django-categories",
            "django-polymorphic-tree",
            "django-fluent",
        ],
    ),
    (
        "treebeard",
        "django-treebeard",
        &["django-treebeard", "wagtail", "django-cms", "django-oscar"],
    ),
    ("taggit", "django-taggit", &["django-taggit", "wagtail"]),
    ("import_export", "django-import-export", &["django-import-export"]),
    ("simple_history", "django-simple-history", &["django-simple-history"]),
    ("guardian", "django-guardian", &["django-guardian", "djangorestframework-guardian"]),
    ("widget_tweaks", "django-widget-tweaks", &["django-widget-tweaks"]),
    ("django_tables2", "django-tables2", &["django-tables2"]),
    (
        "phonenumber_field",
        "django-phonenumber-field",
        &["django-phonenumber-field", "django-two-factor-auth"],
    ),
    ("django_countries", "django-countries", &["django-countries"]),
    ("ckeditor", "django-ckeditor", &["django-ckeditor"]),
    ("django_ckeditor_5", "django-ckeditor-5", &["django-ckeditor-5"]),
    ("tinymce", "django-tinymce", &["django-tinymce"]),
    ("imagekit", "django-imagekit", &["django-imagekit"]),
    (
        "easy_thumbnails",
        "easy-thumbnails",
        &["easy-thumbnails", "django-filer", "django-image-cropping"],
    ),
    ("sorl", "sorl-thumbnail", &["sorl-thumbnail", "django-oscar", "django-newsletter"]),
    ("compressor", "django-compressor", &["django-compressor", "django-libsass"]),
    ("axes", "django-axes", &["django-axes"]),
    ("jazzmin", "django-jazzmin", &["django-jazzmin"]),
    ("silk", "django-silk", &["django-silk"]),
    ("django_prometheus", "django-prometheus", &["django-prometheus"]),
    ("django_redis", "django-redis", &["django-redis"]),
    ("django_rq", "django-rq", &["django-rq"]),
    ("django_q", "django-q2", &["django-q"]),
    ("graphene_django", "graphene-django", &["graphene-django", "django-graphql", "graphql"]),
    (
        "oauth2_provider",
        "django-oauth-toolkit",
        &["django-oauth-toolkit", "drf-social-oauth2", "django-rest-framework-social"],
    ),
    (
        "social_django",
        "social-auth-app-django",
        &["social-auth-app-django", "drf-social", "djoser", "django-rest-framework-social"],
    ),
    ("anymail", "django-anymail", &["django-anymail"]),
    ("ninja", "django-ninja", &["django-ninja"]),
    ("sentry_sdk", "sentry-sdk", &["sentry-sdk"]),
];

impl Stack<'_> {
    /// Packages of other people that the settings of a service list or import without a condition, and that its image
    /// surely does not install.
    pub fn not_installed(&self, service: &DjangoService) -> Vec<ThirdParty> {
        let container = self.container(service.container);
        let (Some(settings), Some(packages)) = (service.settings(), container.packages.as_deref())
        else {
            return Vec::new();
        };
        // A list without Django in it is not the list that counts.
        if packages.incomplete.is_some()
            || packages.has("django") != Some(true)
            || container.adds_packages()
        {
            return Vec::new();
        }
        let fs = container.filesystem(self.sources, &self.project.folder);
        let mut all: Vec<ThirdParty> = Vec::new();
        let mut add = |name: &str, span: Span, setting: Option<&'static str>| {
            let root = name.split('.').next().unwrap_or("");
            let Some((module, install, brought)) = MODULES.iter().find(|(m, ..)| *m == root) else {
                return;
            };
            if !brings(packages, install, brought)
                && !all.iter().any(|t| t.module == *module)
                && !self.is_local(service, &fs, root)
            {
                all.push(ThirdParty { module: (*module).to_owned(), span, setting, install });
            }
        };
        for setting in ["INSTALLED_APPS", "MIDDLEWARE"] {
            let Some(binding) = settings.get(setting).filter(|b| b.is_certain()) else { continue };
            for item in
                binding.value.items().unwrap_or_default().iter().filter(|v| v.reads.is_empty())
            {
                if let Some(text) = Value::as_str(item) {
                    add(text, item.span, Some(setting));
                }
            }
        }
        for file in &settings.files {
            let file = self.sources.file(*file);
            // An import that fails in a parent package is a parent package's.
            if file.path.file_name() == "__init__.py" && file.id != settings.file {
                continue;
            }
            for statement in &self.parsed(&file).body {
                match &statement.kind {
                    StmtKind::Import(names) => {
                        names.iter().for_each(|(name, _)| add(&name.value, name.span, None))
                    }
                    StmtKind::ImportFrom { level: 0, module, .. } => {
                        add(&module.value, module.span, None)
                    }
                    _ => {}
                }
            }
        }
        all
    }

    /// Whether the project has a module of this name itself, somewhere Python may look.
    fn is_local(&self, service: &DjangoService, fs: &Filesystem<'_>, root: &str) -> bool {
        let own = |folder: &str| {
            [format!("{root}.py"), root.to_owned()].iter().any(|n| {
                !matches!(fs.find(&path::join(folder, n)), Found::Missing | Found::Unknown(_))
            })
        };
        service.python_path.iter().any(|p| own(p))
            || lies_in(self.sources, &self.project.folder, root, 0)
    }
}

/// Whether one of the distributions that bring a module is installed.
fn brings(packages: &Packages, install: &str, brought: &[&str]) -> bool {
    let named = |name: &str| name == install || brought.iter().any(|b| name.starts_with(b));
    // An extra of the same name brings it as well: `celery[…]`, `django-health-check[celery]`.
    let extra = |e: &String| named(e) || e.contains(install) || install.ends_with(e.as_str());
    let python: BTreeSet<&str> = packages.python.iter().map(|p| p.name.as_str()).collect();
    python.iter().any(|p| named(p))
        || packages.python.iter().any(|p| p.extras.iter().any(extra))
        || packages
            .system
            .iter()
            .any(|s| s.contains(install.trim_start_matches("django")) && s.contains("py"))
}

/// Whether a folder of the project, two deep, holds a module of this name.
fn lies_in(sources: &Sources<'_>, folder: &RelPath, root: &str, depth: usize) -> bool {
    let entries = sources.listed(folder);
    entries.iter().any(|(name, _)| name.strip_suffix(".py").unwrap_or(name) == root)
        || depth < 2
            && entries
                .iter()
                .filter(|(name, kind)| {
                    *kind == EntryKind::Folder && !name.starts_with('.') && name != "node_modules"
                })
                .take(100)
                .any(|(name, _)| {
                    folder.join(name).is_some_and(|f| lies_in(sources, &f, root, depth + 1))
                })
}
