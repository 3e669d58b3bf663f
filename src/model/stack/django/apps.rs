//! The apps of a project that lie in it: their models and their migrations (Django docs, "Migrations").

use super::Django;
use crate::finding::prose;
use crate::model::compose::MountKind;
use crate::model::container::Filesystem;
use crate::model::exec_context::{ExecContext, PathLookup};
use crate::model::path;
use crate::model::roles::django::DjangoService;
use crate::model::roles::python_modules::Finder;
use crate::model::search_limit::SearchLimit;
use crate::source::{EntryKind, Limit, RelPath, Span};
use crate::syntax::python::{Expr, ExprKind, Stmt, StmtKind};
use std::cell::RefCell;

/// An app of the project.
#[derive(Debug, Clone)]
pub struct LocalApp {
    /// Its label: the last part of its name.
    pub label: String,
    /// Its entry in `INSTALLED_APPS`.
    pub entry: Span,
    pub folder: RelPath,
    /// The first model that has a table of its own; `None` where it surely or possibly has none.
    pub model: Option<Model>,
    /// Whether it has a module or package `models`, without which Django knows no model of it.
    pub has_models: bool,
    pub migrations: Migrations,
}

/// A model that has a table of its own.
#[derive(Debug, Clone)]
pub struct Model {
    pub name: String,
    /// Its name in the class statement.
    pub span: Span,
    /// `db_table`, where it names a table; `None` for `app_model`.
    pub table: Option<String>,
}

/// What is known of an app's migrations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Migrations {
    /// There are some, or they may be where we cannot look.
    Found,
    /// The package is there and has none: the place is its `__init__.py`.
    Empty(Span),
    /// There is no such folder.
    NoPackage,
    /// There are some, but no `__init__.py`, without which Django passes over them (seen with Django 5.2): the place is
    /// the first.
    Ignored(Span),
}

/// The most apps that are looked at.
const MAX_APPS: usize = 500;

impl Django<'_> {
    /// The apps of `INSTALLED_APPS` that lie in the project; empty where the settings are not known.
    pub fn local_apps(&self, service: &DjangoService) -> Vec<LocalApp> {
        let Some(settings) = service.settings() else { return Vec::new() };
        let Some(binding) = settings.get("INSTALLED_APPS").filter(|b| b.is_certain()) else {
            return Vec::new();
        };
        let container = self.stack.container(service.container);
        let fs = container.filesystem(self.stack.sources, &self.stack.project.folder);
        let finder = Finder {
            fs: &fs,
            sources: self.stack.sources,
            path: &service.python_path,
            unknown: RefCell::default(),
        };
        // Migrations that are kept elsewhere.
        let moved = settings.get("MIGRATION_MODULES").is_some();
        let mut apps = Vec::new();
        for (number, item) in binding.value.items().unwrap_or_default().iter().enumerate() {
            if number == MAX_APPS {
                let message =
                    prose!("more than {} apps are installed; the rest is not looked at", MAX_APPS);
                SearchLimit::note(item.span, message);
                break;
            }
            let Some((package, within)) =
                item.as_str().and_then(|name| self.package(&finder, name))
            else {
                continue;
            };
            let folder = package.parent();
            let at = path::join(&within, "migrations");
            // A volume there may hold migrations that were made once.
            let kept = container.service.mounts.iter().any(|m| {
                m.kind != MountKind::Bind
                    && path::relative_to(&at, m.target.trim_end_matches('/')).is_some()
            });
            let migrations =
                if moved || kept { Migrations::Found } else { self.migrations(&folder, &fs, &at) };
            let label = folder.file_name().to_owned();
            apps.push(LocalApp {
                label,
                entry: item.span,
                model: self.model(&folder),
                has_models: ["models.py", "models"].iter().any(|name| {
                    let path = folder.join(name);
                    path.is_some_and(|p| self.stack.sources.kind(&p) != EntryKind::Missing)
                }),
                migrations,
                folder,
            });
        }
        apps
    }

    /// The package that an entry of `INSTALLED_APPS` names (itself, or by its configuration class), and its folder in
    /// the container.
    fn package(&self, finder: &Finder<'_>, name: &str) -> Option<(RelPath, String)> {
        let found = match finder.find(name) {
            Some(found) => found,
            // `shop.apps.ShopConfig`: the class names the app, which is its own package but for rare cases.
            None => {
                let module = name.rsplit_once('.')?.0;
                let config = finder.find(module).filter(|c| !c.package)?;
                let text = self.stack.sources.read(&config.path, Limit::Code).ok()?;
                let outer = module.rsplit_once('.').map_or(module, |(outer, _)| outer);
                (text.text.contains(outer) || text.text.trim().is_empty())
                    .then(|| finder.find(outer))
                    .flatten()?
            }
        };
        found.package.then(|| (found.path, path::parent(&found.container).to_owned()))
    }

    /// The migrations of an app whose folder is `app`; `at` is where they are in the container.
    fn migrations(&self, app: &RelPath, fs: &Filesystem<'_>, at: &str) -> Migrations {
        let Some(folder) = app.join("migrations") else { return Migrations::Found };
        match self.stack.sources.kind(&folder) {
            EntryKind::Folder => {}
            // A module of that name is an older way to say that there are none.
            EntryKind::Missing
                if app
                    .join("migrations.py")
                    .is_some_and(|p| self.stack.sources.kind(&p) == EntryKind::Missing) =>
            {
                return Migrations::NoPackage;
            }
            _ => return Migrations::Found,
        }
        let entries = self.stack.sources.listed(&folder);
        let init = entries.iter().any(|(name, _)| name == "__init__.py");
        let own = |name: &str, kind: EntryKind| match kind {
            EntryKind::Folder => name != "__pycache__",
            EntryKind::File => name.ends_with(".py") && name != "__init__.py",
            _ => true,
        };
        if let Some((name, _)) = entries.iter().find(|(name, kind)| own(name, *kind)) {
            let file = folder.join(name).filter(|_| !init);
            let file = file.and_then(|p| self.stack.sources.read(&p, Limit::Code).ok());
            let is_migration = |s: &Stmt| matches!(&s.kind, StmtKind::Class { name, .. } if name.value == "Migration");
            // A step of the build may write it.
            let missing = fs.find(&path::join(at, "__init__.py")) == PathLookup::Missing;
            return match file {
                Some(file)
                    if missing
                        && self.stack.repository().parsed(&file).body.iter().any(is_migration) =>
                {
                    Migrations::Ignored(Span::whole(file.id))
                }
                _ => Migrations::Found,
            };
        }
        let file = folder
            .join("__init__.py")
            .filter(|_| init)
            .and_then(|p| self.stack.sources.read(&p, Limit::Code).ok());
        match file {
            Some(file) => Migrations::Empty(Span::whole(file.id)),
            None => Migrations::NoPackage,
        }
    }

    /// The first model of an app that surely has a table of its own.
    fn model(&self, app: &RelPath) -> Option<Model> {
        let mut files: Vec<RelPath> = app.join("models.py").into_iter().collect();
        if let Some(folder) =
            app.join("models").filter(|f| self.stack.sources.kind(f) == EntryKind::Folder)
        {
            // Models count where the package brings them in.
            let init = folder
                .join("__init__.py")
                .and_then(|p| self.stack.sources.read(&p, Limit::Code).ok())?;
            let listed = self.stack.sources.listed(&folder);
            let brought = listed.into_iter().filter(|(name, _)| {
                name.strip_suffix(".py").is_some_and(|m| init.text.contains(m))
            });
            files.extend(brought.filter_map(|(name, _)| folder.join(&name)));
            files.extend(folder.join("__init__.py"));
        }
        files.into_iter().filter(|p| self.stack.sources.kind(p) == EntryKind::File).find_map(
            |path| {
                let file = self.stack.sources.read(&path, Limit::Code).ok()?;
                let module = self.stack.repository().parsed(&file);
                module.body.iter().find_map(concrete)
            },
        )
    }
}

/// A class that is a model with a table: neither abstract, nor a proxy, nor one whose table is somebody else's.
fn concrete(stmt: &Stmt) -> Option<Model> {
    let StmtKind::Class { name, bases, body, .. } = &stmt.kind else { return None };
    let model = |base: &Expr| {
        let dotted = base.dotted();
        dotted.is_some_and(|d| {
            matches!(
                d.as_str(),
                "models.Model" | "AbstractUser" | "AbstractBaseUser" | "db.models.Model"
            )
        })
    };
    if !bases.iter().any(model) {
        return None;
    }
    let off = |stmt: &Stmt| match &stmt.kind {
        StmtKind::Assign(targets, value) => targets.iter().any(|t| {
            let name = t.dotted();
            match name.as_deref() {
                Some("managed") => !matches!(value.kind, ExprKind::Bool(true)),
                Some("abstract" | "proxy") => !matches!(value.kind, ExprKind::Bool(false)),
                Some("app_label") => true,
                _ => false,
            }
        }),
        _ => false,
    };
    let meta = body.iter().find_map(|s| match &s.kind {
        StmtKind::Class { name, body, .. } if name.value == "Meta" => Some(body),
        _ => None,
    });
    if meta.is_some_and(|m| m.iter().any(off)) {
        return None;
    }
    let table = meta.and_then(|m| m.iter().find_map(table));
    Some(Model { name: name.value.clone(), span: name.span, table })
}

/// The table that a statement of `Meta` names.
fn table(stmt: &Stmt) -> Option<String> {
    let StmtKind::Assign(targets, value) = &stmt.kind else { return None };
    let named = targets.iter().any(|t| t.dotted().as_deref() == Some("db_table"));
    named.then(|| value.string().map(|t| t.as_str().to_owned())).flatten()
}

#[cfg(test)]
mod tests {
    use super::concrete;
    use crate::source::{MemoryFiles, Sources};
    use crate::syntax::python::Module;

    #[test]
    fn a_table_may_be_named_by_the_model() {
        let meta = |meta: &str| {
            let files = MemoryFiles::new();
            let text =
                format!("class Soil(models.Model):\n    x = 1\n    class Meta:\n        {meta}\n");
            let module = Module::read(&Sources::new(&files).add("models.py", text.as_str()));
            module.body.iter().find_map(concrete).map(|m| (m.name, m.table))
        };
        let soil = |table: Option<&str>| Some(("Soil".to_owned(), table.map(str::to_owned)));
        assert_eq!(meta("db_table = 'dsmw'"), soil(Some("dsmw")));
        assert_eq!(meta("ordering = ['x']"), soil(None));
        assert_eq!(meta("managed = False"), None);
    }
}
