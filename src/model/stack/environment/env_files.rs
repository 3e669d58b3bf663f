//! Env files of a project: which of them Compose itself reads, which go into containers, which only lie
//! there, and what is lost of their values because of a `$`.

use super::Environments;
use crate::model::compose::{DotEnv, VarSource};
use crate::model::sample::is_sample;
use crate::source::{EntryKind, Limit, RelPath, SourceFile, Span};
use crate::syntax::dotenv::EnvFile;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

/// An assignment in an env file that Compose does not read for `${…}`.
#[derive(Debug, Clone)]
pub struct Definition {
    pub file: RelPath,
    /// The name in the file.
    pub span: Span,
    /// Services that get the file through `env_file`.
    pub read_by: Vec<String>,
    /// Where they name it.
    pub named_at: Option<Span>,
    /// Whether it is the `.env` of a folder above the project folder, which Compose does not read when it is
    /// given a file below with `-f` (measured with Compose v2.40.3).
    pub above: bool,
}

/// What stands in env files that Compose does not read for `${…}`.
#[derive(Debug, Clone, Default)]
pub struct Definitions {
    by_name: BTreeMap<String, Vec<Definition>>,
}

impl Definitions {
    /// The assignments of a variable that give it a value, those that a service gets first.
    pub fn of_name(&self, name: &str) -> &[Definition] {
        self.by_name.get(name).map_or(&[], Vec::as_slice)
    }
}

/// A `$NAME` that Compose takes out of an env file's value.
#[derive(Debug, Clone)]
pub struct UnescapedDollar {
    /// The variable whose value it stands in.
    pub of: String,
    /// The assignment's name in the file.
    pub name_span: Span,
    /// The `$NAME`.
    pub span: Span,
    /// The name after the dollar sign.
    pub name: String,
    /// Whether something reads the value: a `${…}`, or a service through `env_file`.
    pub used: bool,
}

impl<'s> Environments<'s> {
    /// Every env file of the stack beside the `.env` that Compose reads for itself: those of `env_file`, and those
    /// that lie in the project folder; samples are no env files. With the services that read it.
    pub(super) fn env_files(&self) -> Vec<(Arc<SourceFile>, Vec<String>, Option<Span>)> {
        let own = |path: &RelPath| self.stack.project.dotenv.files.iter().any(|f| f.path == *path);
        let mut all: Vec<(Arc<SourceFile>, Vec<String>, Option<Span>)> = Vec::new();
        for container in &self.stack.containers {
            for path in container.environment.files.iter().filter(|p| !own(p)) {
                let named = container
                    .service
                    .env_files
                    .iter()
                    .find(|f| f.folder.join(f.path.as_str()).as_ref() == Some(path));
                let named = named.map(|f| f.path.span());
                match all.iter_mut().find(|(f, ..)| f.path == *path) {
                    Some((_, by, _)) => by.push(container.name().to_owned()),
                    None => {
                        if let Ok(file) = self.stack.sources.read(path, Limit::Code) {
                            all.push((file, vec![container.name().to_owned()], named));
                        }
                    }
                }
            }
        }
        let folder = &self.stack.project.folder;
        let is_env = |name: &str| is_env_name(name) && !is_sample(name);
        for name in self.stack.sources.chosen(folder, "env files", is_env).iter() {
            let Some(path) = folder.join(name) else { continue };
            if !own(&path)
                && !all.iter().any(|(f, ..)| f.path == path)
                && let Ok(file) = self.stack.sources.read(&path, Limit::Code)
            {
                all.push((file, Vec::new(), None));
            }
        }
        all
    }

    /// What env files say that Compose does not read for `${…}`.
    pub fn definitions(&self) -> Definitions {
        let mut all = Definitions::default();
        let above = self.dotenv_above().map(|file| (file, Vec::new(), None));
        for (file, read_by, named_at) in self.env_files().into_iter().chain(above) {
            let read = EnvFile::read(&file.body());
            let above = read_by.is_empty() && file.path.parent() != self.stack.project.folder;
            let mut seen = BTreeSet::new();
            // The last assignment counts.
            for entry in read.entries.iter().rev().filter(|e| seen.insert(e.name.as_str())) {
                if entry.value.as_ref().is_some_and(|v| !v.is_empty()) {
                    all.by_name.entry(entry.name.as_str().to_owned()).or_default().push(
                        Definition {
                            file: file.path.clone(),
                            span: entry.name.span(),
                            read_by: read_by.clone(),
                            named_at,
                            above,
                        },
                    );
                }
            }
        }
        all
    }

    /// The nearest `.env` in a folder above the project folder, where that has none.
    fn dotenv_above(&self) -> Option<Arc<SourceFile>> {
        let mut folder = self.stack.project.folder.clone();
        while self.stack.project.dotenv.files.is_empty()
            && !folder.is_root()
            && folder != self.stack.checked
        {
            folder = folder.parent();
            let path = folder.join(".env")?;
            if self.stack.sources.kind(&path) == EntryKind::File {
                return self.stack.sources.read(&path, Limit::Code).ok();
            }
        }
        None
    }

    /// The names that a sample of the project's `.env` lists; `None` where there is no sample.
    pub fn sample_names(&self) -> Option<(RelPath, Vec<String>)> {
        // One in a folder above is the sample of another project.
        let sample = self
            .stack
            .repository()
            .sample_of(&self.stack.project.folder.join(".env")?)
            .filter(|s| s.parent() == self.stack.project.folder)?;
        let file = self.stack.sources.read(&sample, Limit::Code).ok()?;
        // Commented-out lines are offers as well: `# TAG=latest`.
        let mut names: Vec<String> = EnvFile::read(&file.body())
            .entries
            .iter()
            .map(|e| e.name.as_str().to_owned())
            .collect();
        let offers = file.text.lines().filter_map(|l| {
            l.trim().strip_prefix('#')?.split_once('=').map(|(n, _)| n.trim().to_owned())
        });
        names.extend(offers);
        Some((sample, names))
    }

    /// The `$NAME`s in values of `.env` and `env_file` files that Compose replaces by nothing (Docker docs,
    /// "Interpolation" in env files: not within single quotes).
    pub fn unescaped_dollars(&self) -> Vec<UnescapedDollar> {
        let mut all = Vec::new();
        let containers = self
            .env_files()
            .into_iter()
            .filter(|(_, by, _)| !by.is_empty())
            .map(|(f, ..)| (f, true));
        let own = self.stack.project.dotenv.files.iter().map(|f| {
            let passed =
                self.stack.containers.iter().any(|c| c.environment.files.contains(&f.path));
            (f.clone(), passed)
        });
        let interpolated = self.interpolated();
        for (file, passed) in own.chain(containers) {
            let read = EnvFile::read(&file.body());
            let names: BTreeSet<&str> = read.entries.iter().map(|e| e.name.as_str()).collect();
            for entry in read.entries.iter().filter(|e| e.interpolated) {
                let Some(value) = &entry.value else { continue };
                let used = passed || interpolated.contains(&value.span());
                for (range, name) in dollars(value.as_str()) {
                    if !names.contains(name) && self.stack.project.dotenv.get(name).is_none() {
                        all.push(UnescapedDollar {
                            of: entry.name.as_str().to_owned(),
                            name_span: entry.name.span(),
                            span: value.span_of(range),
                            name: name.to_owned(),
                            used,
                        });
                    }
                }
            }
        }
        all
    }

    /// The places of `.env` values that a `${…}` of a service's `environment` or `image` takes.
    fn interpolated(&self) -> HashSet<Span> {
        let vars = self
            .stack
            .containers
            .iter()
            .flat_map(|c| c.environment.vars.values())
            .flat_map(|v| v.via.iter().copied());
        let images =
            self.stack.containers.iter().flat_map(|c| &c.service.image).flat_map(|i| &i.vars);
        let images = images.filter_map(|v| {
            if let VarSource::EnvFile(span) = v.source { Some(span) } else { None }
        });
        vars.chain(images).collect()
    }

    /// What Compose reads from `.env` for `${…}`.
    pub fn dotenv(&self) -> &'s DotEnv {
        &self.stack.project.dotenv
    }

    /// The entry of the project's `.env` for `name`: the place of its value.
    pub fn dotenv_entry(&self, name: &str) -> Option<Span> {
        let dotenv: &DotEnv = &self.stack.project.dotenv;
        dotenv.get(name).and_then(|(_, span)| span)
    }
}

/// Whether a file is an env file by its name: `.env.prod`, `web.env`, `env.dev`.
fn is_env_name(name: &str) -> bool {
    name == ".env"
        || name.starts_with(".env.")
        || name.starts_with(".env-")
        || name.ends_with(".env")
        || name.starts_with("env.")
}

/// The `$NAME`s of a text (no `$$`, no `${…}`), with their places.
fn dollars(text: &str) -> Vec<(std::ops::Range<usize>, &str)> {
    let bytes = text.as_bytes();
    let mut all = Vec::new();
    let mut at = 0;
    while let Some(dollar) = text[at..].find('$').map(|i| at + i) {
        let rest = &text[dollar + 1..];
        at = dollar + 1;
        if rest.starts_with('$') {
            at += 1;
            continue;
        }
        let escaped = dollar > 0 && bytes[dollar - 1] == b'\\';
        let len = rest.bytes().take_while(|b| b.is_ascii_alphanumeric() || *b == b'_').count();
        if len > 0 && !rest.as_bytes()[0].is_ascii_digit() && !escaped {
            all.push((dollar..dollar + 1 + len, &rest[..len]));
            at += len;
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_after_a_dollar_are_found() {
        let found: Vec<&str> =
            dollars("ab$cd(e$#f$$no$2y${x}한$국$z1").into_iter().map(|(_, n)| n).collect();
        assert_eq!(found, ["cd", "z1"]);
    }
}
