//! The files that choose the settings of a process: `manage.py`, a script that sets up Django by itself.

use super::python_modules::Finder;
use crate::model::container::Filesystem;
use crate::model::django::ModuleFile;
use crate::model::exec_context::{ExecContext, PathLookup};
use crate::model::path;
use crate::model::process::{Step, StepKind};
use crate::source::Text;

/// `manage.py`, where a step names it and it is there.
pub(super) fn manage_py(step: &Step, fs: &Filesystem<'_>) -> Option<ModuleFile> {
    let word = match &step.kind {
        StepKind::Manage { manage_py, .. } => manage_py.as_ref(),
        StepKind::Server(server) => server.manage_py.as_ref(),
        _ => None,
    }?;
    named(step, word, fs)
}

/// The Python file that a step runs and that sets up Django by itself, by its path or as a module.
pub(super) fn script(step: &Step, finder: &Finder<'_>) -> Option<ModuleFile> {
    let file = step.django.as_ref()?;
    let words = || step.words.iter().filter(|w| w.is_resolved());
    let by_path = words().filter(|w| w.ends_with(".py")).find_map(|w| named(step, w, finder.fs));
    let module = |word: &Text| {
        let inside = format!("{}.__main__", word.as_str());
        [inside.as_str(), word.as_str()].into_iter().find_map(|name| finder.find(name))
    };
    let plain = |word: &&Text| {
        let name = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
        !word.is_empty() && !word.starts_with('.') && word.chars().all(name)
    };
    by_path.or_else(|| words().filter(plain).find_map(module)).filter(|found| found.path == *file)
}

fn named(step: &Step, word: &Text, fs: &Filesystem<'_>) -> Option<ModuleFile> {
    let at = if word.starts_with('/') {
        path::join("/", word)
    } else {
        path::join(step.workdir.as_deref()?, word)
    };
    match fs.find(&at) {
        PathLookup::Host(path) => Some(ModuleFile { path, container: at, package: false }),
        _ => None,
    }
}
