//! What of a working copy is not in version control: files that git ignores, and files that the project's own texts tell
//! people (or its CI) to make.

use super::Repository;
use super::own_image::is_dockerfile_name;
use crate::model::instructions::is_manual;
use crate::model::submodules::submodule;
use crate::source::{EntryKind, Limit, RelPath, SourceFile, Span};
use ignore::Match;
use ignore::gitignore::GitignoreBuilder;
use std::path::Path;

/// Words before the name of a file by which a command reads it.
const READING: [&str; 24] = [
    "-r",
    "--requirement",
    "-c",
    "--constraint",
    "-f",
    "--file",
    "--env-file",
    "--config",
    "python",
    "python3",
    "sh",
    "bash",
    "source",
    ".",
    "cat",
    "head",
    "tail",
    "less",
    "grep",
    "chmod",
    "COPY",
    "ADD",
    "-",
    "paths:",
];

/// Words by which a sentence of a manual has people make a file.
const MAKING: [&str; 18] = [
    "create", "copy", "cp ", "mv ", "rename", "download", "generat", "write", "put ", "place",
    "make ", "add ", "touch", "export", "build", "curl", "wget", ">",
];

impl<'s> Repository<'s> {
    /// Whether git ignores a path, by the `.gitignore` files of the folders above it (gitignore(5): the
    /// nearest file decides, and in it the last pattern that fits).
    pub fn is_ignored(&self, path: &RelPath) -> bool {
        self.ignored(path) == Some(true)
    }

    /// Whether a pattern with `!` keeps git from ignoring a path.
    pub fn is_taken_in(&self, path: &RelPath) -> bool {
        self.ignored(path) == Some(false)
    }

    /// What the patterns say of a path; `None` where none of them fits.
    fn ignored(&self, path: &RelPath) -> Option<bool> {
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
                    Ok(Match::Ignore(())) => return Some(true),
                    Ok(Match::Whitelist(())) => return Some(false),
                    _ => {}
                }
            }
            if folder.is_root() {
                return None;
            }
            folder = folder.parent();
        }
    }

    /// Whether a path that is missing is in a folder that git fetches from elsewhere.
    pub fn is_in_submodule(&self, path: &RelPath) -> bool {
        submodule(self.stack.sources, path).is_some()
    }

    /// The line of a manual, script or CI file that names the file, so that people are told of it: a line
    /// that only uses it (`--env-file`) does not count.
    pub fn line_on_file(&self, path: &RelPath) -> Option<Span> {
        let name = path.file_name();
        self.mention(name, &|_, before, after| {
            if is_in_other_folder(path, folder_before(before)) {
                return false;
            }
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

    /// The line of a manual, script or CI file that may make the file: one that only reads it (`pip install -r`), or a
    /// manual that only speaks of it, does not.
    pub fn line_making(&self, path: &RelPath) -> Option<Span> {
        self.mention(path.file_name(), &|file, before, after| {
            let folder = folder_before(before);
            let whole = !before.ends_with(|c: char| is_of_path(c) && c != '/')
                && !after
                    .starts_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '/'))
                && !after.strip_prefix('.').is_some_and(|a| a.starts_with(char::is_alphanumeric));
            let lead =
                before[..before.len() - folder.len()].trim_end_matches(['"', '\'', '`', ' ']);
            let reads = || {
                let last = lead.rsplit([' ', '=', '\t']).next().unwrap_or("");
                READING.contains(&last)
                    || lead.ends_with("hashFiles(")
                    || lead.ends_with("checksum")
            };
            let line = [before, after].map(str::to_ascii_lowercase);
            let tells = || MAKING.iter().any(|w| line.iter().any(|part| part.contains(w)));
            let speaks = is_manual(&file.path) && !tells();
            whole && !is_in_other_folder(path, folder) && !reads() && !speaks
        })
    }

    /// Whether a manual tells people to copy the stack's Compose files to another folder, or a missing file to its
    /// place, before they start it.
    pub fn is_copied_first(&self, missing: &RelPath) -> bool {
        let copies = |file: &SourceFile, before: &str, _: &str| {
            let before = before.to_ascii_lowercase();
            let mut words = before.split(|c: char| !c.is_ascii_alphanumeric());
            is_manual(&file.path)
                && words.any(|w| matches!(w, "copy" | "cp" | "move" | "mv" | "put" | "place"))
        };
        let folder = &self.stack.project.folder;
        let below = folder.relative_to(&self.stack.checked).filter(|rest| !rest.is_empty());
        below.is_some_and(|rest| self.mention(&format!("{rest}/"), &copies).is_some())
            && self.found_from_above(missing).is_some()
            || folder_and_name(missing).is_some_and(|name| self.mention(&name, &copies).is_some())
    }

    /// The line of a manual, script or CI file that names the variable: whoever runs the stack sets it there
    /// or reads there that it is to be set.
    pub fn line_on_variable(&self, name: &str) -> Option<Span> {
        self.mention(name, &|_, before, after| {
            let part = |c: char| c.is_ascii_alphanumeric() || c == '_';
            !before.chars().next_back().is_some_and(part) && !after.chars().next().is_some_and(part)
        })
    }

    /// The same without Dockerfiles, which set a variable for the build alone.
    pub fn line_telling_variable(&self, name: &str) -> Option<Span> {
        self.mention(name, &|file, before, after| {
            let part = |c: char| c.is_ascii_alphanumeric() || c == '_';
            !is_dockerfile_name(file.path.file_name())
                && !before.chars().next_back().is_some_and(part)
                && !after.chars().next().is_some_and(part)
        })
    }

    /// The line of a manual, script or CI file that has these words.
    pub fn line_with(&self, words: &str) -> Option<Span> {
        self.mention(words, &|_, _, _| true)
    }

    /// The first line, in any text people or machines follow, that has `word` where `fits` says so (it is
    /// given the file, and the line before the word and after it).
    fn mention(&self, word: &str, fits: &dyn Fn(&SourceFile, &str, &str) -> bool) -> Option<Span> {
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
                fits(file, &file.text[start..at], &file.text[at + word.len()..end])
                    .then(|| Span::new(file.id, start + indent, start + line.len()))
            })
        })
    }
}

fn is_of_path(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '/' | '.' | '_' | '-' | '$' | '{' | '}' | '*' | '~')
}

/// The folders that are written before a name: `.envs/.local/`.
fn folder_before(before: &str) -> &str {
    let start = before
        .rfind(|c| !is_of_path(c))
        .map_or(0, |at| at + before[at..].chars().next().map_or(1, char::len_utf8));
    if before.ends_with('/') { &before[start..] } else { "" }
}

/// Whether folders that are written before the name of a path are not those that it is in.
fn is_in_other_folder(path: &RelPath, written: &str) -> bool {
    let folder = path.parent();
    let named = written.split('/').filter(|part| !matches!(*part, "" | "." | ".."));
    let named: Vec<&str> = named.collect();
    let own = folder.as_str().rsplit('/').filter(|part| !part.is_empty());
    named.iter().rev().zip(own).any(|(named, own)| {
        let known = !named.contains(['$', '{', '*', '~']);
        known && *named != own
    })
}

/// The last two parts of a path: a name alone, such as `Dockerfile`, is in every text.
fn folder_and_name(path: &RelPath) -> Option<String> {
    let parent = path.parent();
    let folder = parent.as_str().rsplit('/').next().filter(|folder| !folder.is_empty())?;
    Some(format!("{folder}/{}", path.file_name()))
}
