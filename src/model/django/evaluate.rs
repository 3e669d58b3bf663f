//! The evaluator as others see it: what it asks the world, what it answers.

use super::Binding;
use super::evaluator::Evaluator;
use super::failure::Failure;
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

/// What is at a path of the container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileAnswer {
    /// A file or folder of the project.
    Found(RelPath),
    /// Surely nothing.
    Missing,
    /// Nothing in this checkout. A `COPY` or a mount would bring it: people keep such files out of git.
    Untracked,
    /// Not known, and why.
    Unknown(Unknown),
}

/// Everything an evaluation may ask for.
pub struct World<'w> {
    /// The files.
    pub sources: &'w Sources<'w>,
    /// The module file for a dotted name (`config.settings.base`), as Python's path in the container finds it.
    pub find: &'w dyn Fn(&str) -> Option<ModuleFile>,
    /// A file or folder by its absolute path in the container.
    pub file: &'w dyn Fn(&str) -> FileAnswer,
    /// Whether a package that is not in the project is installed, by the first part of its module's name; `None`
    /// where that is not known.
    pub installed: &'w dyn Fn(&str) -> Option<bool>,
    /// The folder that the process is started in, where it is known.
    pub folder: Option<&'w str>,
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
    /// The error that loading surely ends in. What follows it is evaluated all the same, as if it were mended.
    pub failure: Option<Failure>,
}

/// Why a settings module could not be evaluated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EvaluateError {
    /// No such module in the container (the project's mistake, or an installed package).
    NotFound,
}

impl Settings {
    /// Evaluates `module` in `world`.
    ///
    /// # Errors
    /// When the module is not found.
    pub fn evaluate(world: &World<'_>, module: &str) -> Result<Self, EvaluateError> {
        Self::evaluate_class(world, module, None)
    }

    /// Evaluates `module` in `world`; of django-configurations the class that is named.
    ///
    /// # Errors
    /// When the module is not found.
    pub fn evaluate_class(
        world: &World<'_>,
        module: &str,
        class: Option<&str>,
    ) -> Result<Self, EvaluateError> {
        let found = (world.find)(module).ok_or(EvaluateError::NotFound)?;
        let file =
            world.sources.read(&found.path, Limit::Code).map_err(|_| EvaluateError::NotFound)?;
        Evaluator::new(world, file.id).settings(module, class)
    }

    /// The reads that come before the error that loading ends in; all where it ends in none.
    pub fn reads_before_failure(&self) -> &[super::EnvRead] {
        let end = self.failure.as_ref().map_or(self.reads.len(), |f| f.reads);
        self.reads.get(..end).unwrap_or(&self.reads)
    }

    /// What a name is bound to.
    pub fn get(&self, name: &str) -> Option<&Binding> {
        self.names.get(name)
    }
}
