//! Names of modules of the project.

use super::Value;
use super::evaluator::Evaluator;
use super::failure::Cause;
use super::object::Object;
use crate::source::{Reason, Span};

impl Evaluator<'_> {
    /// `module.name` of a local module.
    pub(super) fn module_attribute(&mut self, module: usize, name: &str, span: Span) -> Object {
        let Some(loaded) = self.modules.get(module) else {
            return Object::unknown(Reason::NotAValue("a module"), span);
        };
        match name {
            "__file__" => return Value::text(loaded.container.clone(), span).into(),
            "__name__" => return Value::text(loaded.name.clone(), span).into(),
            "__package__" => {
                let parent = loaded.name.rsplit_once('.').map_or("", |(parent, _)| parent);
                let package = if loaded.package { &loaded.name } else { parent };
                return Value::text(package, span).into();
            }
            "__doc__" => return Object::unknown(Reason::NotEvaluated("a docstring"), span),
            "__dict__" => return self.names_as_dict(module, span),
            _ => {}
        }
        if let Some(bound) = loaded.names.get(name) {
            let (object, uncertain) = (bound.object.clone(), bound.uncertain.clone());
            self.doubt(uncertain);
            return object;
        }
        let dotted = format!("{}.{name}", loaded.name);
        match self.by_name.get(&dotted) {
            Some(Some(module)) => Object::Module(*module),
            _ => {
                let dynamic = loaded.names.contains_key("__getattr__");
                if self.open.is_none() && !dynamic && !name.starts_with("__") {
                    let words = format!("module '{}' has no attribute '{name}'", loaded.name);
                    self.fail("AttributeError", words, Cause::Name(name.to_owned()), span);
                }
                Object::unknown(Reason::NotInModule(dotted), span)
            }
        }
    }
}
