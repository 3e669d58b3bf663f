//! Files near a path: of a similar name, or of one name anywhere below a folder.

use super::Repository;
use crate::model::sample;
use crate::source::{EntryKind, RelPath};

impl Repository<'_> {
    /// A file beside a path that is not there, with a name much like it.
    pub fn similar_file(&self, missing: &RelPath) -> Option<RelPath> {
        let folder = missing.parent();
        let wanted = missing.file_name().to_ascii_lowercase();
        let mut best: Option<(f64, String)> = None;
        for (name, kind) in self.stack.sources.listed(&folder) {
            // `.env.dev` is not what `.env.prod` was meant to be.
            let purposes = (sample::purpose(&name), sample::purpose(missing.file_name()));
            if matches!(purposes, (Some(one), Some(other)) if one != other) {
                continue;
            }
            let score = strsim::jaro_winkler(&wanted, &name.to_ascii_lowercase());
            if kind != EntryKind::Missing
                && score > 0.8
                && best.as_ref().is_none_or(|(s, _)| score > *s)
            {
                best = Some((score, name));
            }
        }
        folder.join(&best?.1)
    }

    /// The folder above that of the project from which a path that is not there would be found: `deploy/Dockerfile` is
    /// `Dockerfile` there, and that stands at the top.
    pub fn found_from_above(&self, missing: &RelPath) -> Option<RelPath> {
        let rest = missing.relative_to(&self.stack.project.folder)?;
        let mut folder = self.stack.project.folder.clone();
        while folder != self.stack.checked && !folder.is_root() {
            folder = folder.parent();
            let there = folder.join(rest).filter(|p| !rest.is_empty() && p != missing);
            if there.is_some_and(|p| self.stack.sources.kind(&p) != EntryKind::Missing) {
                return Some(folder);
            }
        }
        None
    }

    /// Files called `name` below a folder, three folders deep, nearest first.
    pub fn find_files(&self, folder: &RelPath, name: &str) -> Vec<RelPath> {
        let mut found = Vec::new();
        let mut open = vec![folder.clone()];
        for _ in 0..=3 {
            let mut next = Vec::new();
            for folder in open {
                for (entry, kind) in self.stack.sources.listed(&folder) {
                    let Some(path) = folder.join(&entry) else { continue };
                    match kind {
                        EntryKind::File if entry == name => found.push(path),
                        EntryKind::Folder
                            if !entry.starts_with('.')
                                && !matches!(
                                    entry.as_str(),
                                    "node_modules" | "venv" | "site-packages"
                                )
                                && next.len() < 200 =>
                        {
                            next.push(path)
                        }
                        _ => {}
                    }
                }
            }
            open = next;
        }
        found
    }
}
