//! What can be assumed of what the checkout does not have.

use super::Repository;
use crate::model::assumptions::{Assumptions, Template};
use crate::model::instructions::{Folder, Word};
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
                && let Some(template) = self.copied_to(&path).or_else(|| self.template_of(&path))
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

    /// The file that a text has people or machines copy to one that is not there: `cp .env.example .env.prod`.
    fn copied_to(&self, missing: &RelPath) -> Option<Template> {
        let sources = self.stack.sources;
        let texts = self.invocations();
        texts.iter().find_map(|(text, read)| {
            read.iter().find_map(|invocation| {
                let (program, rest) = invocation.words.split_first()?;
                if !matches!(program.known()?, "cp" | "copy") {
                    return None;
                }
                let mut operands =
                    rest.iter().filter_map(Word::known).filter(|w| !w.starts_with('-'));
                let (from, to) = (operands.next()?, operands.next()?);
                let starts = match &invocation.folder {
                    Folder::Exact(folder) => vec![folder.clone()],
                    Folder::Start(below) => {
                        let homes =
                            [&self.stack.project.folder, &text.path.parent(), &self.stack.checked];
                        homes.into_iter().filter_map(|home| home.join(below)).collect()
                    }
                    Folder::Unknown => Vec::new(),
                };
                starts.iter().find_map(|start| {
                    let source = start.join(from)?;
                    let target = start.join(to)?;
                    let target = match sources.kind(&target) {
                        EntryKind::Folder => target.join(source.file_name())?,
                        _ => target,
                    };
                    let fits = target == *missing && sources.kind(&source) == EntryKind::File;
                    fits.then_some(Template { path: source, exact: true })
                })
            })
        })
    }
}
