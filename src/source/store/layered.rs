//! Files that are those of another run but for some.

use super::{SourceFile, Sources};
use crate::source::{FileId, Files, RelPath};
use std::sync::{Arc, PoisonError, RwLock};

impl Sources<'_> {
    /// The files of `files`, which are those of this one but for `changed`. What was read of the others is not read
    /// again and keeps its [`FileId`]; what is read from now on has ids of its own.
    pub(crate) fn layered<'l>(&self, files: &'l dyn Files, changed: &[&RelPath]) -> Sources<'l> {
        fn copy<T: Clone>(of: &RwLock<T>) -> T {
            of.read().unwrap_or_else(PoisonError::into_inner).clone()
        }
        let (mut store, mut lists, mut kinds) =
            (copy(&self.store), copy(&self.lists), copy(&self.kinds));
        for path in changed {
            store.by_path.remove(*path);
            let mut at = (*path).clone();
            // A file that is new may make folders that were not there.
            loop {
                kinds.remove(&at);
                lists.remove(&at);
                if at.is_root() {
                    break;
                }
                at = at.parent();
            }
        }
        Sources {
            files,
            store: RwLock::new(store),
            lists: RwLock::new(lists),
            kinds: RwLock::new(kinds),
            derived: RwLock::new(copy(&self.derived)),
            chosen: RwLock::default(),
            index: self.index.clone(),
        }
    }

    /// The number of a file that was read elsewhere and is the same here; `None` where it cannot be used here.
    pub(crate) fn adopt(&self, file: &SourceFile) -> Option<FileId> {
        let mut store = self.store.write().unwrap_or_else(PoisonError::into_inner);
        match store.by_path.get(&file.path) {
            Some(known) => known.as_ref().ok().copied(),
            None => {
                let id = FileId(store.files.len() as u32);
                store.files.push(Arc::new(SourceFile { id, ..file.clone() }));
                store.by_path.insert(file.path.clone(), Ok(id));
                Some(id)
            }
        }
    }
}
