//! What can be assumed of what the checkout does not have.

use super::Repository;
use crate::model::assumptions::{Assumptions, Template};
use crate::source::{EntryKind, Limit, ReadError, Reason, RelPath};
use crate::syntax::dotenv::EnvFile;

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
        for path in missing {
            if !all.templates.contains_key(&path)
                && let Some(template) = self.template_of(&path)
            {
                all.templates.insert(path, template);
            }
        }
        // Compose reads it for `${…}` where it is there. A template in a folder above is one of another project.
        let folder = &self.stack.project.folder;
        let own = folder.join(".env").filter(|path| {
            !self.stack.project.unset.is_empty()
                && !all.templates.contains_key(path)
                && self.stack.sources.kind(path) == EntryKind::Missing
        });
        if let Some(path) = own
            && let Some(template) = self.template_of(&path)
            && template.path.parent() == *folder
            && self.sets_what_is_unset(&template)
        {
            all.templates.insert(path, template);
        }
        all.defaults = self.stack.containers.iter().any(|c| {
            let open = c.environment.open.as_ref();
            open.is_some_and(|why| matches!(why.reason, Reason::FileMissing(_)))
        });
        all
    }

    /// Whether a template sets a variable that the Compose files put in and that nothing sets: else it is one for another
    /// reader.
    fn sets_what_is_unset(&self, template: &Template) -> bool {
        let Ok(file) = self.stack.sources.read(&template.path, Limit::Code) else { return false };
        let read = EnvFile::read(&file.body());
        let unset = &self.stack.project.unset;
        read.entries.iter().any(|e| unset.iter().any(|(name, _)| name == e.name.as_str()))
    }
}
