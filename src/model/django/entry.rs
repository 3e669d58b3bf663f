//! Which settings `manage.py`, `wsgi.py`, `asgi.py` and `celery.py` choose by themselves: they are evaluated like
//! settings, as the program that is started or as the module that a server imports.

use super::Value;
use super::evaluate::{EnvAnswer, ModuleFile, World};
use super::evaluator::Evaluator;
use super::operators::to_text;
use crate::source::{Known, Limit, Reason, Text, Unknown};
use std::collections::BTreeMap;

/// The variable that names the settings module.
pub const VARIABLE: &str = "DJANGO_SETTINGS_MODULE";

/// What a file that chooses settings leaves behind.
#[derive(Debug)]
pub struct Chosen {
    /// The settings module in the environment; `None` where there is none.
    pub module: Option<Known<Text>>,
    /// Whether the file looks for an env file that is not in the checkout, or changes the environment in a way that
    /// is not followed.
    pub absent: bool,
    /// Variables that it sets, or takes out, for what it starts.
    pub variables: BTreeMap<String, EnvAnswer>,
    /// Folders that it adds to `sys.path`, each with whether they come before the others.
    pub search: Vec<(String, bool)>,
}

/// What a file leaves behind that chooses settings. `name` is the module's name, `__main__` for a program.
/// `None` where it cannot be read.
pub fn chosen(world: &World<'_>, file: &ModuleFile, name: &str) -> Option<Chosen> {
    let source = world.sources.read(&file.path, Limit::Code).ok()?;
    let evaluator = Evaluator::new(world, source.id);
    evaluator.leaves(file, name)
}

/// What a file of Python binds to a name when it is run: `Ok(None)` where it surely binds none.
///
/// # Errors
/// Why that is not known.
pub fn bound_name(
    world: &World<'_>,
    file: &ModuleFile,
    name: &str,
) -> Result<Option<super::Binding>, Unknown> {
    let unreadable = || Unknown::from(Reason::FileUnreadable(file.container.clone()));
    let source = world.sources.read(&file.path, Limit::Code).map_err(|_| unreadable())?;
    let mut evaluator = Evaluator::new(world, source.id);
    evaluator.run_as(file, "__config__").ok_or_else(unreadable)?;
    let bound = evaluator.modules.first().and_then(|m| m.names.get(name));
    match (bound.map(super::object::Bound::binding), evaluator.open.take()) {
        (None, Some(why)) => Err(why),
        (binding, _) => Ok(binding),
    }
}

impl Evaluator<'_> {
    fn leaves(mut self, file: &ModuleFile, name: &str) -> Option<Chosen> {
        self.run_as(file, name)?;
        let module = match self.environ.get(VARIABLE) {
            Some(Some(value)) => Some(known(value)),
            Some(None) => None,
            None => match (self.from_files.get(VARIABLE), (self.world.env)(VARIABLE)) {
                (Some((text, _)), EnvAnswer::Unset) => Some(text.clone().known()),
                (_, EnvAnswer::Set(text)) => Some(text),
                (_, EnvAnswer::Unknown(why)) => Some(Known::Unknown(why)),
                (None, EnvAnswer::Unset) => None,
            },
        };
        let absent = self.absent || self.hidden.is_some();
        let mut variables = BTreeMap::new();
        for (name, (text, wins)) in &self.from_files {
            if *wins || (self.world.env)(name) == EnvAnswer::Unset {
                variables.insert(name.clone(), EnvAnswer::of(text.clone()));
            }
        }
        for (name, value) in &self.environ {
            let answer = value.as_deref().map_or(EnvAnswer::Unset, |v| EnvAnswer::Set(known(v)));
            variables.insert(name.clone(), answer);
        }
        variables.remove(VARIABLE);
        Some(Chosen { module, absent, variables, search: self.search })
    }
}

fn known(value: &Value) -> Known<Text> {
    match to_text(value) {
        Some(text) => text.known(),
        None => {
            let why = value.why().unwrap_or(Unknown::at(Reason::Condition, value.span));
            Known::Unknown(why)
        }
    }
}
