//! What of a working copy is not in version control: files that git ignores, files that stand as a sample
//! to copy, and files that the project's own texts tell people (or its CI) to make.

use super::Repository;
use crate::model::assumptions::Template;
use crate::model::instructions::MAX_ENTRIES;
use crate::model::sample::{SAMPLE, is_sample, words};
use crate::source::{EntryKind, Limit, RelPath, Span};
use ignore::Match;
use ignore::gitignore::GitignoreBuilder;
use std::path::Path;

impl<'s> Repository<'s> {
    /// Whether git ignores a path, by the `.gitignore` files of the folders above it (gitignore(5): the
    /// nearest file decides, and in it the last pattern that fits).
    pub fn is_ignored(&self, path: &RelPath) -> bool {
        let mut folder = path.parent();
        loop {
            if let (Some(file), Some(rest)) = (folder.join(".gitignore"), path.relative_to(&folder))
                && self.stack.sources.kind(&file) == EntryKind::File
                && let Ok(file) = self.stack.sources.read(&file, Limit::Code)
            {
                let mut builder = GitignoreBuilder::new("");
                for line in file.text[file.bom()..].lines() {
                    // A pattern that cannot be read fits nothing.
                    let _ = builder.add_line(None, line);
                }
                match builder
                    .build()
                    .map(|i| i.matched_path_or_any_parents(Path::new(rest), false).map(|_| ()))
                {
                    Ok(Match::Ignore(())) => return true,
                    Ok(Match::Whitelist(())) => return false,
                    _ => {}
                }
            }
            if folder.is_root() {
                return false;
            }
            folder = folder.parent();
        }
    }

    /// Whether a path lies in a folder that git fetches from elsewhere: one that `.gitmodules` names, or may name
    /// where that file cannot be read (gitmodules(5)).
    pub fn is_in_submodule(&self, path: &RelPath) -> bool {
        let mut folder = path.parent();
        loop {
            if let Some(file) = folder.join(".gitmodules")
                && self.stack.sources.kind(&file) == EntryKind::File
            {
                let Ok(file) = self.stack.sources.read(&file, Limit::Code) else { return true };
                let named = file
                    .text
                    .lines()
                    .filter_map(|l| l.trim().strip_prefix("path")?.trim().strip_prefix('='));
                let within = |sub: &str| {
                    folder.join(sub.trim()).is_some_and(|at| path.relative_to(&at).is_some())
                };
                return file.text.trim().is_empty() || named.into_iter().any(within);
            }
            if folder.is_root() {
                return false;
            }
            folder = folder.parent();
        }
    }

    /// The file to copy where `missing` is not there: `.env.example` for `.env`, `example.env`, `env.dist`.
    /// It stands in the same folder, in one above, or in the project folder.
    pub fn sample_of(&self, missing: &RelPath) -> Option<RelPath> {
        self.template_of(missing).map(|template| template.path)
    }

    /// The same, and whether the sample is one of this file and of no other.
    pub(super) fn template_of(&self, missing: &RelPath) -> Option<Template> {
        let wanted = words(missing.file_name());
        // A whole folder may be the sample: `.production(example)/.django`.
        let within = missing.parent();
        if self.stack.sources.kind(&within) == EntryKind::Missing && !within.is_root() {
            let plain = |name: &str| words(&name.replace(['(', ')', ' '], "-"));
            for (name, kind) in self.stack.sources.listed(&within.parent()) {
                let stem: Vec<String> =
                    plain(&name).into_iter().filter(|w| !SAMPLE.contains(&w.as_str())).collect();
                let sample =
                    within.parent().join(&name).and_then(|folder| folder.join(missing.file_name()));
                if kind == EntryKind::Folder
                    && name != within.file_name()
                    && stem == plain(within.file_name())
                    && sample
                        .as_ref()
                        .is_some_and(|p| self.stack.sources.kind(p) == EntryKind::File)
                {
                    return sample.map(|path| Template { path, exact: true });
                }
            }
        }
        let mut folders =
            vec![missing.parent(), missing.parent().parent(), self.stack.project.folder.clone()];
        folders.dedup();
        let mut near: Option<(usize, RelPath)> = None;
        for folder in folders {
            let entries = self.stack.sources.list(&folder);
            if entries.len() > MAX_ENTRIES && folder != self.stack.project.folder {
                continue;
            }
            for (name, kind) in entries.iter().map(|(name, kind)| (name.clone(), *kind)) {
                // A file of defaults that a service reads as it is, is no sample.
                let read = |p: &RelPath| {
                    self.stack.containers.iter().any(|c| c.environment.files.contains(p))
                };
                if kind != EntryKind::File
                    || !is_sample(&name)
                    || folder.join(&name).is_some_and(|p| read(&p))
                {
                    continue;
                }
                let stem: Vec<String> =
                    words(&name).into_iter().filter(|w| !SAMPLE.contains(&w.as_str())).collect();
                let mut sorted = (stem.clone(), wanted.clone());
                sorted.0.sort();
                sorted.1.sort();
                if sorted.0 == sorted.1 {
                    return folder.join(&name).map(|path| Template { path, exact: true });
                }
                // `.env.example` serves for `.env.prod` as well, but `.env.prod.example` for `.env.prod.local` sooner.
                let nearer = near.as_ref().is_none_or(|(words, _)| *words < stem.len());
                if nearer && !stem.is_empty() && stem.iter().all(|w| wanted.contains(w)) {
                    near = folder.join(&name).map(|path| (stem.len(), path));
                }
            }
        }
        near.map(|(_, path)| Template { path, exact: false })
    }

    /// The line of a manual, script or CI file that names the file, so that people are told of it: a line
    /// that only uses it (`--env-file`) does not count.
    pub fn line_on_file(&self, path: &RelPath) -> Option<Span> {
        let name = path.file_name();
        self.mention(name, &|before, after| {
            // In `.env.example` or `my.env` it is another file's name.
            // Markdown's marks of emphasis stand on both sides.
            let marked = |mark: char| before.ends_with(mark) && after.starts_with(mark);
            let starred = marked('*') || marked('_');
            let part = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '*' | '~');
            let other_before = !starred && before.chars().next_back().is_some_and(part);
            let mut next = after.chars();
            let other_after = match next.next() {
                Some('.') => next.next().is_some_and(char::is_alphanumeric),
                Some('*' | '_') if starred => false,
                Some('*') => true,
                Some(c) => c.is_alphanumeric() || matches!(c, '_' | '-' | '/'),
                None => false,
            };
            let only_used = ["--env-file", "env_file:", "include", "wildcard"]
                .iter()
                .any(|w| before.trim_end().ends_with(w));
            !other_before && !other_after && !only_used
        })
    }

    /// The line of a manual, script or CI file that names the variable: whoever runs the stack sets it there
    /// or reads there that it is to be set.
    pub fn line_on_variable(&self, name: &str) -> Option<Span> {
        self.mention(name, &|before, after| {
            let part = |c: char| c.is_ascii_alphanumeric() || c == '_';
            !before.chars().next_back().is_some_and(part) && !after.chars().next().is_some_and(part)
        })
    }

    /// The line of a manual, script or CI file that has these words.
    pub fn line_with(&self, words: &str) -> Option<Span> {
        self.mention(words, &|_, _| true)
    }

    /// The first line, in any text people or machines follow, that has `word` where `fits` says so (it is
    /// given the line before the word and after it).
    fn mention(&self, word: &str, fits: &dyn Fn(&str, &str) -> bool) -> Option<Span> {
        if word.is_empty() {
            return None;
        }
        let texts = self.stack.instructions.around(self.stack.sources, &self.stack.project.folder);
        texts.iter().find_map(|file| {
            file.text.match_indices(word).find_map(|(at, _)| {
                let start = file.text[..at].rfind('\n').map_or(0, |i| i + 1);
                let end = file.text[at..].find('\n').map_or(file.text.len(), |i| at + i);
                let line = file.text[start..end].trim_end();
                let indent = line.len() - line.trim_start().len();
                fits(&file.text[start..at], &file.text[at + word.len()..end])
                    .then(|| Span::new(file.id, start + indent, start + line.len()))
            })
        })
    }
}
