//! What can be assumed of what the checkout does not have.

use super::Repository;
use crate::model::assumptions::Assumptions;
use crate::source::{EntryKind, ReadError, Reason, RelPath};

impl Repository<'_> {
    /// What can be assumed in the place of env files that are not in the checkout: the templates beside them, and where
    /// there is none, that they set nothing which the image or `manage.py` sets.
    pub fn assumptions(&self) -> Assumptions {
        let mut all = Assumptions::default();
        let mut missing: Vec<RelPath> = Vec::new();
        for container in &self.stack.containers {
            let files = container.environment.unusable.iter();
            missing.extend(
                files.filter(|f| f.why == ReadError::Missing).filter_map(|f| f.path.clone()),
            );
        }
        // Compose reads it for `${…}` where it is there. A template in a folder above is one of another project.
        let folder = &self.stack.project.folder;
        let own = folder.join(".env").filter(|path| {
            !self.stack.project.unset.is_empty()
                && self.stack.sources.kind(path) == EntryKind::Missing
                && self.sample_of(path).is_some_and(|t| t.parent() == *folder)
        });
        for path in missing.into_iter().chain(own) {
            if !all.templates.contains_key(&path)
                && let Some(template) = self.template_of(&path)
            {
                all.templates.insert(path, template);
            }
        }
        all.defaults = self.stack.containers.iter().any(|c| {
            let open = c.environment.open.as_ref();
            open.is_some_and(|why| matches!(why.reason, Reason::FileMissing(_)))
        });
        all
    }
}
