//! The evaluator as others see it: what it asks the world, what it answers.

use super::Binding;
use super::evaluator::Evaluator;
use crate::source::{FileId, Known, Limit, RelPath, Sources, Span, Text, Unknown};
use crate::syntax::python::Module;
use std::collections::BTreeMap;
use std::rc::Rc;

/// A Python module as the container sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModuleFile {
    /// Where it lies in the project.
    pub path: RelPath,
    /// Where it lies in the container: what `__file__` is.
    pub container: String,
    /// Whether it is a package (`__init__.py`).
    pub package: bool,
}

/// What the environment of the process says about a variable.
#[derive(Debug, Clone, PartialEq)]
pub enum EnvAnswer {
    /// Set: to this text, as far as it is known, with the place where it is set.
    Set(Known<Text>),
    /// Surely not set.
    Unset,
    /// It is not known whether it is set (an env file that is not there).
    Unknown(Unknown),
}

impl EnvAnswer {
    /// Set to a text that is known as far as its pieces are.
    pub fn of(text: Text) -> Self {
        Self::Set(text.known())
    }

    /// The text, where it is set to one that is wholly known.
    pub fn text(self) -> Option<Text> {
        match self {
            Self::Set(Known::Known(text)) => Some(text),
            _ => None,
        }
    }
}

/// Everything an evaluation may ask for.
pub struct World<'w> {
    /// The files.
    pub sources: &'w Sources<'w>,
    /// The module file for a dotted name (`config.settings.base`), as Python's path in the container finds it.
    pub find: &'w dyn Fn(&str) -> Option<ModuleFile>,
    /// A file by its absolute path in the container (for `env.read_env`, `load_dotenv`).
    pub file: &'w dyn Fn(&str) -> Option<RelPath>,
    /// A variable of the process.
    pub env: &'w dyn Fn(&str) -> EnvAnswer,
    /// Reads a module, cached by the caller.
    pub module: &'w dyn Fn(&RelPath) -> Option<Rc<Module>>,
}

/// A settings module, evaluated.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Its dotted name.
    pub module: String,
    /// The file of the module itself.
    pub file: FileId,
    /// Every file that was read for it, the module itself first.
    pub files: Vec<FileId>,
    /// Its upper-case names.
    pub names: BTreeMap<String, Binding>,
    /// How many names stayed unknown.
    pub unknown: usize,
    /// Every read of the environment met on the way, also those that no setting kept.
    pub reads: Vec<super::EnvRead>,
    /// Why there may be other names than those that are listed: `from x import *` of a module that is not in the
    /// project, a call that may bind what it likes.
    pub open: Option<Unknown>,
    /// Variables without which loading surely ends in an error, each with the first read that needs it.
    pub lacks: Vec<(String, Span)>,
    /// Whether the settings look for an env file that is not in the checkout, so that any variable may be set by it.
    pub absent: bool,
    /// Where loading surely ends in an error: a `raise` that nothing guards.
    pub raises: Option<Span>,
}

/// Why a settings module could not be evaluated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EvaluateError {
    /// No such module in the container (the project's mistake, or an installed package).
    NotFound,
    /// It imports a local module that is not there (the project's mistake): dotted name and place.
    ImportNotFound(String, Span),
}

impl Settings {
    /// Evaluates `module` in `world`.
    ///
    /// # Errors
    /// When the module is not found.
    pub fn evaluate(world: &World<'_>, module: &str) -> Result<Self, EvaluateError> {
        let found = (world.find)(module).ok_or(EvaluateError::NotFound)?;
        let file =
            world.sources.read(&found.path, Limit::Code).map_err(|_| EvaluateError::NotFound)?;
        Evaluator::new(world, file.id).settings(module)
    }

    /// What a name is bound to.
    pub fn get(&self, name: &str) -> Option<&Binding> {
        self.names.get(name)
    }
}
