//! Python files of the checkout, each read once.

use super::Repository;
use crate::source::SourceFile;
use crate::syntax::python::Module;
use std::rc::Rc;

impl<'s> Repository<'s> {
    /// A Python file's tree, read once.
    pub(in crate::model::stack) fn parsed(&self, file: &SourceFile) -> Rc<Module> {
        self.stack
            .repository
            .modules
            .borrow_mut()
            .entry(file.id)
            .or_insert_with(|| Rc::new(Module::read(file)))
            .clone()
    }
}
