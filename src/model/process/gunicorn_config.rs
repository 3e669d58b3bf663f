//! The configuration file of gunicorn, as far as it says what is served: gunicorn docs, "Settings", `config`, `wsgi_app`.

use super::{Server, option};
use crate::model::exec_context::{ExecContext, PathLookup};
use crate::model::path;
use crate::source::{SourceFile, Text};
use crate::syntax::python::{ExprKind, Module, StmtKind};

/// Where the configuration is, as gunicorn looks for it, and whether it is named; `None` where that is not known.
pub(crate) fn path_of(argv: &[Text], workdir: Option<&str>) -> Option<(Vec<String>, bool)> {
    let named = option(argv, "--config").or_else(|| option(argv, "-c"));
    let Some(named) = named else {
        return Some((vec![path::join(workdir?, "gunicorn.conf.py")], false));
    };
    let name = named.resolved()?;
    if let Some(module) = name.strip_prefix("python:") {
        let stem = path::join(workdir?, &module.replace('.', "/"));
        return Some((vec![format!("{stem}.py"), format!("{stem}/__init__.py")], true));
    }
    let name = name.strip_prefix("file:").unwrap_or(name);
    let at = if name.starts_with('/') { path::join("/", name) } else { path::join(workdir?, name) };
    Some((vec![at], true))
}

/// The application and folder that the configuration names, where the command line names none.
pub(super) fn complete(
    server: &mut Server,
    place: &dyn ExecContext,
    argv: &[Text],
    workdir: Option<&str>,
) {
    if server.app.is_some() {
        return;
    }
    let Some((paths, _)) = path_of(argv, workdir) else { return };
    let file = paths.iter().find_map(|at| match place.find(at) {
        PathLookup::Host(file) => Some(file),
        _ => None,
    });
    let Some(text) = file.and_then(|file| place.text(&file)) else { return };
    let module = Module::read(&SourceFile::of_part(&text));
    for stmt in &module.body {
        let StmtKind::Assign(targets, value) = &stmt.kind else { continue };
        let ExprKind::Str(text) = &value.kind else { continue };
        for target in targets {
            match &target.kind {
                ExprKind::Name(name) if name == "wsgi_app" => server.app = Some(text.clone()),
                ExprKind::Name(name) if name == "chdir" && server.chdir.is_none() => {
                    server.chdir = Some(text.clone());
                }
                _ => {}
            }
        }
    }
}
