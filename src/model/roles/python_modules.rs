//! Python modules of a container: where they are found and what they define.

use crate::model::container::{Container, Filesystem};
use crate::model::django::ModuleFile;
use crate::model::exec_context::{ExecContext, PathLookup};
use crate::model::path;
use crate::model::process::{Step, StepKind};
use crate::source::{EntryKind, Limit, Reason, RelPath, Sources, Text, Unknown};
use crate::syntax::python::Module;
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

/// Python modules that were read, shared by all services of a project.
#[derive(Default)]
pub(in crate::model) struct Modules {
    read: RefCell<HashMap<RelPath, Option<Rc<Module>>>>,
}

/// Whether a module surely or possibly binds a name at its top level.
pub(in crate::model) fn defines(module: &Module, name: &str) -> bool {
    use crate::syntax::python::{ExprKind, StmtKind};
    module.body.iter().any(|s| match &s.kind {
        StmtKind::Assign(targets, _) => targets.iter().any(|t| match &t.kind {
            ExprKind::Name(n) => n == name,
            _ => true,
        }),
        StmtKind::Annotated { target, .. } => target.dotted().is_some_and(|n| n == name),
        StmtKind::Function { name: n, .. } | StmtKind::Class { name: n, .. } => n.value == name,
        StmtKind::Import(names) | StmtKind::ImportFrom { names, .. } => names
            .iter()
            .any(|(n, alias)| n.value == "*" || alias.as_ref().unwrap_or(n).value == name),
        kind => !kind.blocks().is_empty(),
    })
}

/// The folders Python imports from: the folder of `manage.py` or the working folder, and `PYTHONPATH`.
pub(in crate::model) fn python_path(container: &Container<'_>, step: &Step) -> Vec<String> {
    let mut all = Vec::new();
    let workdir = step.workdir.as_deref();
    let at = |p: &str| {
        if p.starts_with('/') {
            Some(path::join("/", p))
        } else {
            workdir.map(|w| path::join(w, p))
        }
    };
    let server = step.server();
    if let Some(chdir) = server.and_then(|s| s.chdir.as_ref()?.resolved()) {
        all.extend(at(chdir));
    }
    let manage = match &step.kind {
        StepKind::Manage { manage_py, .. } => manage_py.as_ref(),
        StepKind::Server(server) => server.manage_py.as_ref(),
        _ => None,
    };
    match manage {
        Some(word) => all.extend(word.resolved().and_then(at).map(|p| path::parent(&p).to_owned())),
        None if all.is_empty() => all.extend(workdir.map(str::to_owned)),
        None => {}
    }
    for option in ["--pythonpath", "--python-path"] {
        all.extend(step.option(option).and_then(|p| at(p.resolved()?)));
    }
    let from_script = step.vars.get("PYTHONPATH").filter(|v| v.is_resolved());
    if let Some(value) = from_script.or_else(|| container.env("PYTHONPATH")) {
        all.extend(value.split(':').filter(|p| !p.is_empty()).filter_map(at));
    }
    all.dedup();
    all
}

/// Finds modules in a container, remembering whether one might be where we cannot see.
pub(in crate::model) struct Finder<'f> {
    pub(in crate::model) fs: &'f Filesystem<'f>,
    pub(in crate::model) sources: &'f Sources<'f>,
    pub(in crate::model) path: &'f [String],
    /// Why a module that was looked for last may be where it cannot be seen.
    pub(in crate::model) unknown: RefCell<Option<Unknown>>,
}

impl Modules {
    pub(in crate::model) fn get(
        &self,
        sources: &Sources<'_>,
        path: &RelPath,
    ) -> Option<Rc<Module>> {
        if let Some(known) = self.read.borrow().get(path) {
            return known.clone();
        }
        let module = sources.read(path, Limit::Code).ok().map(|file| Rc::new(Module::read(&file)));
        self.read.borrow_mut().insert(path.clone(), module.clone());
        module
    }

    pub(in crate::model) fn all(&self) -> Vec<(RelPath, Rc<Module>)> {
        let mut all: Vec<_> =
            self.read.borrow().iter().filter_map(|(p, m)| Some((p.clone(), m.clone()?))).collect();
        all.sort_by(|a, b| a.0.cmp(&b.0));
        all
    }
}

impl Finder<'_> {
    pub(in crate::model) fn find(&self, module: &str) -> Option<ModuleFile> {
        let nowhere = self.path.is_empty().then(|| Reason::WorkingFolder.into());
        self.unknown.replace(nowhere);
        let relative = module.replace('.', "/");
        for base in self.path {
            for (tail, package) in [("/__init__.py", true), (".py", false)] {
                let at = path::join(base, &format!("{relative}{tail}"));
                match self.fs.find(&at) {
                    PathLookup::Host(host) if self.sources.kind(&host) == EntryKind::File => {
                        return Some(ModuleFile { path: host, container: at, package });
                    }
                    PathLookup::Unknown(why) => {
                        self.unknown.borrow_mut().get_or_insert(why);
                    }
                    _ => {}
                }
            }
        }
        None
    }
}

/// `celery -A proj`: `proj.celery`, or `proj` itself.
pub(in crate::model) fn celery_module(
    app: &Text,
    finder: &Finder<'_>,
) -> Option<(ModuleFile, String)> {
    let app = app.resolved()?.split(':').next().unwrap_or("");
    [
        format!("{app}.celery"),
        app.to_owned(),
        app.rsplit_once('.').map_or(String::new(), |(m, _)| m.to_owned()),
    ]
    .into_iter()
    .filter(|m| !m.is_empty())
    .find_map(|m| Some((finder.find(&m)?, m)))
}
