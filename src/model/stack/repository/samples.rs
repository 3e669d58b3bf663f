//! Which file stands for an env file that is not in the checkout: what the project's texts have people copy, or a sample by
//! its name.

use super::Repository;
use crate::model::assumptions::Template;
use crate::model::instructions::{Folder, Invocation, MAX_ENTRIES, Word, is_manual};
use crate::model::sample::{self, Purpose, SAMPLE, is_sample, words};
use crate::source::{EntryKind, Limit, RelPath, SourceFile};
use crate::syntax::dotenv::EnvFile;

/// A copy that a text has people or machines make.
struct Copy {
    source: RelPath,
    /// Whether it is made for a run in containers.
    place: Place,
}

/// What the commands around a copy are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    /// A virtual environment, and nowhere in the text a container.
    OnlyHost,
    /// A virtual environment; the text has containers as well.
    Host,
    /// Neither is told.
    Unsaid,
    /// Containers.
    Containers,
}

impl Repository<'_> {
    /// The file to copy where `missing` is not there: what the project's texts copy to it, or a sample by its name:
    /// `.env.example` for `.env`, `example.env`, `env.dist`. A sample is in the same folder, in one above, or in the
    /// project folder.
    pub fn sample_of(&self, missing: &RelPath) -> Option<RelPath> {
        self.template_of(missing).map(|template| template.path)
    }

    /// The same, and whether the sample is one of this file and of no other.
    pub fn template_of(&self, missing: &RelPath) -> Option<Template> {
        let copied = self.copied_to(missing);
        let mut template = copied.or_else(|| self.named_for(missing))?;
        template.exact &= !self.is_of_other_purpose(&template.path, missing);
        Some(template)
    }

    /// The file that a text has people or machines copy to one that is not there: `cp .env.example .env.prod`.
    fn copied_to(&self, missing: &RelPath) -> Option<Template> {
        let texts = self.invocations();
        let mut best: Option<Copy> = None;
        for (text, read) in &texts {
            for (at, invocation) in read.iter().enumerate() {
                let Some(source) = self.copy_source(text, invocation, missing) else { continue };
                // What a script or a CI prepares for itself says nothing of what people do.
                let place = match place_of(read, at) {
                    Place::OnlyHost if !is_manual(&text.path) => Place::Host,
                    place => place,
                };
                if best.as_ref().is_none_or(|known| known.place < place) {
                    best = Some(Copy { source, place });
                }
            }
        }
        best.map(|copy| Template { path: copy.source, exact: copy.place > Place::OnlyHost })
    }

    /// What a command copies to a path.
    fn copy_source(
        &self,
        text: &SourceFile,
        invocation: &Invocation,
        missing: &RelPath,
    ) -> Option<RelPath> {
        let sources = self.stack.sources;
        let (program, rest) = invocation.words.split_first()?;
        if !matches!(program.known()?, "cp" | "copy" | "mv" | "rename" | "move") {
            return None;
        }
        let mut operands = rest.iter().filter_map(Word::known).filter(|w| !w.starts_with('-'));
        let (from, to) = (operands.next()?, operands.next()?);
        let starts = match &invocation.folder {
            Folder::Exact(folder) => vec![folder.clone()],
            Folder::Start(below) => {
                let homes = [&self.stack.project.folder, &text.path.parent(), &self.stack.checked];
                homes.into_iter().filter_map(|home| self.reached(home, below)).collect()
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
            fits.then_some(source)
        })
    }

    /// The folder that the reader of a text has gone to. One that is not there may be the checkout itself, after
    /// `git clone`.
    fn reached(&self, home: &RelPath, below: &str) -> Option<RelPath> {
        let folder = home.join(below)?;
        if self.stack.sources.kind(&folder) != EntryKind::Missing {
            return Some(folder);
        }
        let (_, rest) = below.trim_start_matches("./").split_once('/').unwrap_or((below, ""));
        home.join(rest)
    }

    /// A sample by its name.
    fn named_for(&self, missing: &RelPath) -> Option<Template> {
        if let Some(path) = self.in_sample_folder(missing) {
            return Some(Template { path, exact: true });
        }
        let wanted = words(missing.file_name());
        let mut folders =
            vec![missing.parent(), missing.parent().parent(), self.stack.project.folder.clone()];
        folders.dedup();
        // `.envs/.production/.env` is another file than the `.env` that a sample further up is for.
        let bound = sample::purpose(missing.parent().file_name());
        let mut near: Option<(usize, RelPath)> = None;
        for folder in folders {
            let entries = self.stack.sources.list(&folder);
            if entries.len() > MAX_ENTRIES && folder != self.stack.project.folder {
                continue;
            }
            let names = self.stack.instructions.samples(self.stack.sources, &folder);
            for name in names.iter() {
                // A file of defaults that a service reads as it is, is no sample.
                let read = |p: &RelPath| {
                    self.stack.containers.iter().any(|c| c.environment.files.contains(p))
                };
                if folder.join(name).is_some_and(|p| read(&p)) {
                    continue;
                }
                let stem = without_sample_words(name);
                let mut sorted = (stem.clone(), wanted.clone());
                sorted.0.sort();
                sorted.1.sort();
                if sorted.0 == sorted.1 {
                    let exact = bound.is_none() || folder == missing.parent();
                    return folder.join(name).map(|path| Template { path, exact });
                }
                // `.env.example` serves for `.env.prod` as well, but `.env.prod.example` for `.env.prod.local` sooner.
                let nearer = near.as_ref().is_none_or(|(words, _)| *words < stem.len());
                if nearer && !stem.is_empty() && stem.iter().all(|w| wanted.contains(w)) {
                    near = folder.join(name).map(|path| (stem.len(), path));
                }
            }
        }
        near.map(|(_, path)| Template { path, exact: false })
    }

    /// The file of the same name where a whole folder is the sample: `.production(example)/.django` for
    /// `.production/.django`, `.envs/env.example/.django` for `.envs/.django`.
    fn in_sample_folder(&self, missing: &RelPath) -> Option<RelPath> {
        let within = missing.parent();
        if within.is_root() {
            return None;
        }
        let plain = |name: &str| name.replace(['(', ')', ' '], "-");
        let own = words(&plain(within.file_name()));
        let inner = |name: &str| {
            let stem = without_sample_words(&plain(name));
            is_sample(&plain(name))
                && (stem == own || stem.iter().all(|w| matches!(w.as_str(), "env" | "envs")))
        };
        let beside =
            |name: &str| name != within.file_name() && without_sample_words(&plain(name)) == own;
        let find = |folder: &RelPath, fits: &dyn Fn(&str) -> bool| {
            self.stack.sources.listed(folder).into_iter().find_map(|(name, kind)| {
                let there = folder.join(&name)?.join(missing.file_name())?;
                let is = kind == EntryKind::Folder && fits(&name);
                (is && self.stack.sources.kind(&there) == EntryKind::File).then_some(there)
            })
        };
        match self.stack.sources.kind(&within) {
            EntryKind::Missing => find(&within.parent(), &beside),
            EntryKind::Folder => find(&within, &inner),
            _ => None,
        }
    }

    /// Whether a sample is filled in for another purpose than that of the file it stands for: the settings of development
    /// for what production reads.
    fn is_of_other_purpose(&self, template: &RelPath, missing: &RelPath) -> bool {
        let names = [missing.file_name().to_owned(), missing.parent().file_name().to_owned()];
        let files = self.stack.project.files.iter().rev().map(|f| f.path.file_name().to_owned());
        let Some(wanted) = names.into_iter().chain(files).find_map(|n| sample::purpose(&n)) else {
            return false;
        };
        // `.env.prod.example` beside it is the one for production.
        let beside =
            self.stack.sources.listed(&template.parent()).into_iter().any(|(name, kind)| {
                kind == EntryKind::File
                    && is_sample(&name)
                    && sample::purpose(&name) == Some(wanted)
            });
        if beside && sample::purpose(template.file_name()) != Some(wanted) {
            return true;
        }
        let Ok(file) = self.stack.sources.read(template, Limit::Code) else { return false };
        let read = EnvFile::read(&file.body());
        let chosen = read.entries.iter().filter(|e| sample::chooses(e.name.as_str()));
        let mut purposes = chosen.filter_map(|e| Purpose::of_value(e.value.as_ref()?.as_str()));
        purposes.any(|purpose| purpose != wanted)
    }
}

/// The words of a name but those by which it is a sample.
fn without_sample_words(name: &str) -> Vec<String> {
    words(name).into_iter().filter(|w| !SAMPLE.contains(&w.as_str())).collect()
}

/// What the commands after a copy are about; where nothing tells, those before it.
fn place_of(read: &[Invocation], at: usize) -> Place {
    let told = |step: &Invocation| {
        let first = step.words.first().and_then(Word::known).unwrap_or_default();
        let has = |word: &str| step.words.iter().any(|w| w.known() == Some(word));
        if step.call.is_some()
            || step.inside.is_some()
            || matches!(first, "docker" | "docker-compose" | "podman" | "podman-compose")
        {
            return Some(Place::Containers);
        }
        let installs = matches!(first, "pip" | "pip3") && has("install");
        let enters = matches!(first, "virtualenv" | "source" | ".") || has("venv");
        let serves = has("runserver") || has("migrate");
        (installs || enters || serves).then_some(Place::Host)
    };
    let place =
        read[at + 1..].iter().find_map(told).or_else(|| read[..at].iter().rev().find_map(told));
    match place {
        Some(Place::Host) if !read.iter().any(|s| told(s) == Some(Place::Containers)) => {
            Place::OnlyHost
        }
        Some(place) => place,
        None => Place::Unsaid,
    }
}
