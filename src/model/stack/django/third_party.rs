//! Packages that a project's settings import or list, and which distributions bring them.

use super::Django;
use crate::facts;
use crate::finding::prose;
use crate::model::container::Filesystem;
use crate::model::django::{Value, ValueKind};
use crate::model::exec_context::{ExecContext, PathLookup};
use crate::model::image::Packages;
use crate::model::path;
use crate::model::roles::django::DjangoService;
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
    pub install: &'static str,
}

/// Settings that name what is loaded when it is first used, with the key of each entry where they are mappings.
const LOADED: [(&str, Option<&str>); 7] = [
    ("AUTHENTICATION_BACKENDS", None),
    ("DEFAULT_FILE_STORAGE", None),
    ("STATICFILES_STORAGE", None),
    ("EMAIL_BACKEND", None),
    ("STORAGES", Some("BACKEND")),
    ("CACHES", Some("BACKEND")),
    ("CHANNEL_LAYERS", Some("BACKEND")),
];

impl ThirdParty {
    /// Whether it is loaded when it is first used, rather than when Django starts.
    pub fn is_late(&self) -> bool {
        LOADED.iter().any(|(setting, _)| Some(*setting) == self.setting)
    }
}

/// The most folders of a project that are looked through for a module.
const MAX_FOLDERS: usize = 5_000;

impl<'s> Django<'s> {
    /// Packages of other people that the settings of a service list or import without a condition, and that its image
    /// surely does not install.
    pub fn missing_packages(&self, service: &DjangoService) -> Vec<ThirdParty> {
        let container = self.stack.container(service.container);
        let (Some(settings), Some(packages)) = (service.settings(), container.packages.as_deref())
        else {
            return Vec::new();
        };
        // A list without Django in it is not the list that counts.
        if !packages.is_closed()
            || packages.has("django") != Some(true)
            || container.adds_packages()
        {
            return Vec::new();
        }
        let fs = container.filesystem(self.stack.sources, &self.stack.project.folder);
        let mut all: Vec<ThirdParty> = Vec::new();
        let mut add = |name: &str, span: Span, setting: Option<&'static str>| {
            let root = name.split('.').next().unwrap_or("");
            let Some(package) = facts::package_of_module(root) else { return };
            if !brings(packages, package.name, package.brought_by)
                && !all.iter().any(|t| t.module == root)
                && !self.is_local(service, &fs, root)
            {
                all.push(ThirdParty {
                    module: root.to_owned(),
                    span,
                    setting,
                    install: package.name,
                });
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
        for (setting, key) in LOADED {
            let Some(binding) = settings.get(setting).filter(|b| b.is_certain()) else { continue };
            let mut named: Vec<&Value> = Vec::new();
            match key {
                // A mapping of aliases to backends.
                Some(key) => {
                    if let ValueKind::Dict { entries, .. } = &binding.value.kind {
                        named.extend(entries.iter().filter_map(|(_, v)| v.entry(key)));
                    }
                }
                None => match binding.value.items() {
                    Some(items) => named.extend(items),
                    None => named.push(&binding.value),
                },
            }
            for value in named.into_iter().filter(|v| v.reads.is_empty()) {
                if let Some(text) = value.as_str() {
                    add(text, value.span, Some(setting));
                }
            }
        }
        for file in &settings.files {
            let file = self.stack.sources.file(*file);
            // An import that fails in a parent package is a parent package's.
            if file.path.file_name() == "__init__.py" && file.id != settings.file {
                continue;
            }
            for statement in &self.stack.repository().parsed(&file).body {
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
                !matches!(
                    fs.find(&path::join(folder, n)),
                    PathLookup::Missing | PathLookup::Unknown(_)
                )
            })
        };
        service.python_path.iter().any(|p| own(p))
            || lies_in(self.stack.sources, &self.stack.project.folder, root).unwrap_or_else(|| {
                self.stack.note_limit(prose!("modules are looked for in {} folders; which of them are the project's own is not known", MAX_FOLDERS));
                true
            })
    }
}

/// Whether one of the distributions that bring a module is installed.
fn brings(packages: &Packages, install: &str, brought: &[&str]) -> bool {
    let named = |name: &str| {
        name == install || brought.iter().any(|b| !b.contains('<') && name.starts_with(b))
    };
    // An extra of the same name brings it as well: `celery[…]`, `django-health-check[celery]`.
    let extra = |e: &String| named(e) || e.contains(install) || install.ends_with(e.as_str());
    let python: BTreeSet<&str> = packages.python.iter().map(|p| p.name.as_str()).collect();
    python.iter().any(|p| named(p))
        || brought.iter().any(|b| packages.bring(b))
        || packages.locked.iter().any(|p| named(p))
        || packages.python.iter().any(|p| p.extras.iter().any(extra))
        || packages
            .system
            .iter()
            .any(|s| s.contains(install.trim_start_matches("django")) && s.contains("py"))
}

/// Whether a folder of the project, two deep, holds a module of this name; `None` where there are too many to tell.
fn lies_in(sources: &Sources<'_>, folder: &RelPath, root: &str) -> Option<bool> {
    let mut open = vec![(folder.clone(), 0)];
    let mut seen = 0;
    while let Some((folder, depth)) = open.pop() {
        seen += 1;
        if seen > MAX_FOLDERS {
            return None;
        }
        for (name, kind) in sources.listed(&folder) {
            if kind == EntryKind::File && name.strip_suffix(".py") == Some(root) {
                return Some(true);
            }
            // A folder of templates of that name is no package.
            if kind == EntryKind::Folder
                && name == root
                && folder.join(&name).is_some_and(|f| {
                    sources.listed(&f).iter().any(|(inner, _)| inner.ends_with(".py"))
                })
            {
                return Some(true);
            }
            if depth < 2
                && kind == EntryKind::Folder
                && !name.starts_with('.')
                && name != "node_modules"
            {
                open.extend(folder.join(&name).map(|f| (f, depth + 1)));
            }
        }
    }
    Some(false)
}
