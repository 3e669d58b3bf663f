//! Modules that every developer has for themselves.

use super::Django;
use crate::model::exec_context::{ExecContext, PathLookup};
use crate::model::path;
use crate::model::roles::django::DjangoService;
use crate::source::RelPath;

impl Django<'_> {
    /// The file of a missing module, where git ignores it: whoever works on the project makes one.
    pub fn ignored_module(&self, service: &DjangoService, module: &str) -> Option<RelPath> {
        let container = self.stack.container(service.container);
        let fs = container.filesystem(self.stack.sources, &self.stack.project.folder);
        let file = format!("{}.py", module.replace('.', "/"));
        service.python_path.iter().find_map(|base| {
            let at = path::join(base, &file);
            let PathLookup::Host(folder) = fs.find(path::parent(&at)) else { return None };
            let file = folder.join(at.rsplit('/').next()?)?;
            self.stack.repository().is_ignored(&file).then_some(file)
        })
    }
}
