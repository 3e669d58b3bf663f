//! Where Celery finds the application it is told of (Celery's `celery.app.utils.find_app`).

use super::Workers;
use crate::model::django::EnvAnswer;
use crate::model::exec_context::{ExecContext, PathLookup};
use crate::model::path;
use crate::model::process::{Step, StepKind};
use crate::model::roles::python_modules::{Finder, defines, python_path};
use crate::source::{EntryKind, Known, Limit, RelPath};
use crate::syntax::python::Module;
use std::cell::RefCell;
use std::rc::Rc;

/// What is known of the application that `celery -A` names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CeleryApp {
    /// Its module is there, and may have an application.
    Found,
    /// There is surely no such module.
    Missing,
    /// The module is there and surely has no application: its file or folder.
    NoApp(RelPath),
    /// Not known.
    Unknown,
}

/// Names of files in which people keep the application.
const FILES: [&str; 4] = ["celery.py", "celery_app.py", "celeryconf.py", "celeryapp.py"];

impl<'s> Workers<'s> {
    /// What is known of the application that a step of a container names.
    pub fn celery_app(&self, container: usize, step: &Step) -> CeleryApp {
        let StepKind::Celery { app: Some(app), .. } = &step.kind else { return CeleryApp::Unknown };
        if !app.is_resolved() {
            return CeleryApp::Unknown;
        }
        let folders = self.celery_path(container, step);
        let Some(folders) = folders.filter(|_| !app.is_empty()) else { return CeleryApp::Unknown };
        let fs = self
            .stack
            .container(container)
            .filesystem(self.stack.sources, &self.stack.project.folder);
        let finder = Finder {
            fs: &fs,
            sources: self.stack.sources,
            path: &folders,
            unknown: RefCell::default(),
        };
        let (module, name) =
            app.as_str().split_once(':').map_or((app.as_str(), None), |(m, n)| (m, Some(n)));
        if module.is_empty() || module.contains('/') {
            return CeleryApp::Unknown;
        }
        match (self.module(&finder, module), name) {
            (Ok(At::File(file)), Some(name)) => match self.read(&file) {
                Some(parsed)
                    if !defines(&parsed, name.split(['(', '.']).next().unwrap_or(name)) =>
                {
                    self.no_app(&finder, module, name, file)
                }
                _ => CeleryApp::Found,
            },
            (Ok(At::Package(file)), Some(name)) => match self.read(&file) {
                Some(parsed) if !defines(&parsed, name) => self.no_app(&finder, module, name, file),
                _ => CeleryApp::Found,
            },
            (Ok(At::Folder(folder)), Some(name)) => self.no_app(&finder, module, name, folder),
            (Ok(At::File(file)), None) if self.says_nothing_of_celery(&file) => {
                CeleryApp::NoApp(file)
            }
            (Ok(At::Package(file)), None) if self.says_nothing_of_celery(&file) => {
                self.no_app(&finder, module, "celery", file)
            }
            (Ok(At::Folder(folder)), None) => self.no_app(&finder, module, "celery", folder),
            (Ok(_), _) => CeleryApp::Found,
            (Err(Absent::Unknown), _) => CeleryApp::Unknown,
            // `package.name` may mean a name that the package binds.
            (Err(Absent::Surely), _) => match module
                .rsplit_once('.')
                .map(|(outer, last)| (self.module(&finder, outer), last))
            {
                Some((Ok(At::File(file) | At::Package(file)), last))
                    if self.read(&file).is_none_or(|m| defines(&m, last)) =>
                {
                    CeleryApp::Found
                }
                Some((Err(Absent::Unknown), _)) => CeleryApp::Unknown,
                _ if self.may_be_installed(container, module) => CeleryApp::Unknown,
                _ => CeleryApp::Missing,
            },
        }
    }

    /// Applications of Celery in the project that the step could name, as it would name them, with their files.
    pub fn celery_apps(&self, container: usize, step: &Step) -> Vec<(String, RelPath)> {
        let Some(folders) = self.celery_path(container, step) else { return Vec::new() };
        let fs = self
            .stack
            .container(container)
            .filesystem(self.stack.sources, &self.stack.project.folder);
        let finder = Finder {
            fs: &fs,
            sources: self.stack.sources,
            path: &folders,
            unknown: RefCell::default(),
        };
        let context = self
            .stack
            .container(container)
            .built()
            .map_or_else(|| self.stack.project.folder.clone(), |i| i.context.clone());
        let mut all = Vec::new();
        for file in FILES.iter().flat_map(|name| self.stack.repository().find_files(&context, name))
        {
            if !self
                .stack
                .sources
                .read(&file, Limit::Code)
                .is_ok_and(|f| f.text.contains("Celery("))
            {
                continue;
            }
            let parts: Vec<&str> = file.as_str().trim_end_matches(".py").split('/').collect();
            let names = (0..parts.len()).rev().map(|from| parts[from..].join("."));
            if let Some(name) = names
                .filter(|n| n != "celery")
                .find(|n| finder.find(n).is_some_and(|m| m.path == file))
            {
                all.push((name.strip_suffix(".celery").map_or(name.clone(), str::to_owned), file));
            }
        }
        all
    }

    /// The folders that are imported from; `None` where they are not known.
    fn celery_path(&self, index: usize, step: &Step) -> Option<Vec<String>> {
        let container = self.stack.container(index);
        if matches!(container.environment.answer("PYTHONPATH"), EnvAnswer::Set(Known::Unknown(_)))
            || step.vars.get("PYTHONPATH").is_some_and(|p| !p.is_resolved())
        {
            return None;
        }
        let mut folders = python_path(container, step);
        if let Some(to) = step.celery_workdir() {
            folders.insert(0, path::join(step.workdir.as_deref()?, to.resolved()?));
        }
        Some(folders).filter(|f| !f.is_empty())
    }

    /// Whether a module may come with an installed package rather than with the project's files.
    fn may_be_installed(&self, index: usize, module: &str) -> bool {
        let top = module.split('.').next().unwrap_or(module);
        let plain = |name: &str| name.to_ascii_lowercase().replace(['-', '.'], "_");
        let container = self.stack.container(index);
        // A project that installs itself is imported from wherever its source lies.
        let itself = |word: &str| {
            matches!(word, "." | "-e" | "--editable")
                || word.starts_with("./")
                || word.starts_with(".[")
        };
        let installs = |words: &[&str]| match words {
            ["poetry" | "uv" | "pdm" | "hatch" | "pipx" | "flit", ..] => {
                !words.iter().any(|w| matches!(*w, "--no-root" | "--no-install-project" | "pip"))
            }
            [_, rest @ ..] => {
                rest.iter().any(|w| *w == "install" || *w == "develop")
                    && rest.iter().any(|w| itself(w) || *w == "develop" || *w == "setup.py")
            }
            [] => false,
        };
        let by_itself = container.built().is_some_and(|image| {
            let mut steps = image.runs.iter().flat_map(|r| &r.process.steps);
            steps.any(|s| installs(&s.words.iter().map(|w| w.as_str()).collect::<Vec<_>>()))
        });
        by_itself
            || container
                .packages
                .as_ref()
                .is_none_or(|p| p.python.iter().any(|p| plain(&p.name) == plain(top)))
    }

    fn module(&self, finder: &Finder<'_>, module: &str) -> Result<At, Absent> {
        if let Some(found) = finder.find(module) {
            return Ok(if found.package { At::Package(found.path) } else { At::File(found.path) });
        }
        if finder.unknown.borrow().is_some() {
            return Err(Absent::Unknown);
        }
        // A folder without `__init__.py` is a package as well (PEP 420).
        let relative = module.replace('.', "/");
        finder
            .path
            .iter()
            .find_map(|base| match finder.fs.find(&path::join(base, &relative)) {
                PathLookup::Host(host) if self.stack.sources.kind(&host) == EntryKind::Folder => {
                    Some(Ok(At::Folder(host)))
                }
                // A folder that a build may have made (`collectstatic`) matters where Python may lie in it.
                PathLookup::Unknown(_) | PathLookup::Made(_)
                    if finder.fs.find(&path::join(base, &format!("{relative}/celery.py")))
                        != PathLookup::Missing =>
                {
                    Some(Err(Absent::Unknown))
                }
                _ => None,
            })
            .unwrap_or(Err(Absent::Surely))
    }

    /// What a package is that does not bind `name` itself: `name` may be a module of it.
    fn no_app(&self, finder: &Finder<'_>, module: &str, name: &str, at: RelPath) -> CeleryApp {
        match self.module(finder, &format!("{module}.{name}")) {
            Ok(_) => CeleryApp::Found,
            Err(Absent::Unknown) => CeleryApp::Unknown,
            Err(Absent::Surely) => CeleryApp::NoApp(at),
        }
    }

    fn read(&self, path: &RelPath) -> Option<Rc<Module>> {
        let file = self.stack.sources.read(path, Limit::Code).ok()?;
        let module = self.stack.repository().parsed(&file);
        // What could not be read may bind the name.
        module.errors.is_empty().then_some(module)
    }

    /// Whether a module surely binds no application: any object made by `Celery` would do, whatever its name.
    fn says_nothing_of_celery(&self, path: &RelPath) -> bool {
        let Ok(file) = self.stack.sources.read(path, Limit::Code) else { return false };
        !file.text.to_ascii_lowercase().contains("celery")
            && !file.text.contains("import *")
            && self.read(path).is_some_and(|m| !defines(&m, "app"))
    }
}

/// A module.
enum At {
    /// `name.py`
    File(RelPath),
    /// `name/__init__.py`
    Package(RelPath),
    /// A folder without `__init__.py`.
    Folder(RelPath),
}

/// Why there is no module.
enum Absent {
    Surely,
    Unknown,
}
