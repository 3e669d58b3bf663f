//! Which Compose files of a folder are brought up together.

use super::shape::{Shape, entry_in_file, is_default_name, only_builds, shape, taken_in};
use super::usages::{Usages, are_default, default_files, set_in_env};
use crate::facts::{FileKind, is_named};
use crate::model::compose::load::load;
use crate::model::compose::project::{Project, Service};
use crate::model::compose::tree::FaultKind;
use crate::model::instructions::Verb;
use crate::source::{Limit, RelPath, Sources, Span};
use std::collections::BTreeSet;

/// The most other files in which something is looked for that a stack lacks.
const MAX_SIBLINGS: usize = 100;

/// The files of one stack, in merge order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StackFiles {
    /// At least one.
    pub files: Vec<RelPath>,
    /// The folder that relative paths start from: the first file's own (Compose specification, "Paths"), or the one that
    /// a text gives with `--project-directory`.
    pub folder: RelPath,
    /// Where a text gives that folder.
    pub folder_given: Option<Span>,
    /// Whether it lacks what only another file has, with which it was not seen together: nobody runs it as it is.
    pub is_part: bool,
}

impl StackFiles {
    /// Files that are named by hand, and whole.
    pub fn named(files: Vec<RelPath>) -> Self {
        let folder = files.first().map_or_else(RelPath::root, RelPath::parent);
        Self { files, folder, folder_given: None, is_part: false }
    }

    fn used(files: Vec<RelPath>, usages: &Usages) -> Self {
        let given = usages.project_folder(&files);
        let mut stack = Self::named(files);
        if let Some((folder, span)) = given {
            (stack.folder, stack.folder_given) = (folder, Some(span));
        }
        stack
    }
}

/// Groups the candidates of one folder into stacks. A candidate that is no Compose file (no
/// `services`) is left out, unless its name is one of Compose's own.
pub fn stacks(
    sources: &Sources<'_>,
    folder: &RelPath,
    candidates: &[RelPath],
    usages: &Usages,
) -> Vec<StackFiles> {
    let mut named: Vec<RelPath> = candidates.to_vec();
    named.extend(usages.in_folder(folder).flat_map(|u| u.files.iter().cloned()));
    named.sort();
    named.dedup();
    let handed = |p: &RelPath| usages.with_file(p).next().is_some();
    let files: Vec<(RelPath, Shape)> =
        named.into_iter().filter_map(|p| shape(sources, &p, handed(&p)).map(|s| (p, s))).collect();
    let takes: BTreeSet<(RelPath, RelPath)> = files
        .iter()
        .flat_map(|(p, _)| taken_in(sources, p).into_iter().map(|t| (p.clone(), t)))
        .collect();
    // Files that take each other in are in a circle, which one of them has to show.
    let circle = |by: &RelPath, of: &RelPath| takes.contains(&(of.clone(), by.clone()));
    let taken_in =
        takes.iter().filter(|(by, of)| !circle(by, of)).map(|(_, of)| of.clone()).collect();
    let grouping = Grouping { sources, folder, files, taken_in, usages };
    let mut stacks: Vec<StackFiles> = Vec::new();
    for files in grouping.by_default().into_iter().chain(grouping.combinations()) {
        if !stacks.iter().any(|s| s.files == files) {
            stacks.push(StackFiles::used(files, usages));
        }
    }
    grouping.others(&mut stacks);
    grouping.complete(stacks)
}

struct Grouping<'g> {
    sources: &'g Sources<'g>,
    folder: &'g RelPath,
    /// The Compose files of the folder, and those that are used with them.
    files: Vec<(RelPath, Shape)>,
    /// What those take in with `extends` and `include`.
    taken_in: BTreeSet<RelPath>,
    usages: &'g Usages,
}

impl Grouping<'_> {
    fn shape_of(&self, path: &RelPath) -> Option<Shape> {
        self.files.iter().find(|(p, _)| p == path).map(|(_, s)| *s)
    }

    fn base(&self) -> Option<RelPath> {
        self.taken()?.into_iter().next()
    }

    /// The default file of the folder, with its override.
    fn taken(&self) -> Option<Vec<RelPath>> {
        default_files(self.folder, &|p| self.shape_of(p).is_some())
    }

    /// What a plain `docker compose up` takes: what `COMPOSE_FILE` in `.env` names, or the default file and its override.
    fn by_default(&self) -> Option<Vec<RelPath>> {
        let readable = |files: &Vec<RelPath>| {
            files.iter().all(|f| self.sources.read(f, Limit::Config).is_ok())
        };
        set_in_env(self.sources, self.folder).filter(readable).or_else(|| self.taken())
    }

    /// What texts hand to Compose: several files, or one that is brought up as it is.
    fn combinations(&self) -> Vec<Vec<RelPath>> {
        let mut all: Vec<Vec<RelPath>> = Vec::new();
        for usage in self.usages.in_folder(self.folder) {
            // What is built together is run together, unless a file is there for builds alone.
            let runs = usage.verb != Verb::Images
                || usage.files.len() > 1 && !usage.files.iter().any(|f| self.is_for_images(f));
            let whole = || usage.files.len() > 1 || self.usages.brings_up(&usage.files);
            let known = || usage.files.iter().all(|f| self.shape_of(f).is_some());
            if runs && !all.contains(&usage.files) && whole() && known() {
                all.push(usage.files.clone());
            }
        }
        all
    }

    /// Adds what is in no stack yet.
    fn others(&self, stacks: &mut Vec<StackFiles>) {
        let base = self.base();
        for (path, shape) in &self.files {
            if path.parent() != *self.folder
                || stacks.iter().any(|s| s.files.contains(path))
                || is_named(path.file_name(), FileKind::Override) && base.is_some()
                || self.usages.is_laid_over(path)
                || self.is_for_images(path)
                // What another one takes in is judged there.
                || self.taken_in.contains(path)
            {
                continue;
            }
            let other_default = is_default_name(path.file_name());
            let files = match (&base, shape) {
                // Compose would never read it beside the better-named one.
                (Some(_), _) if other_default => continue,
                // Its services have no image of their own: it is meant to lie over the default file.
                (Some(base), Shape::Partial) => {
                    let below = self.files.iter().filter(|(p, s)| {
                        p.parent() == *self.folder && *s == Shape::Whole && extends_name(p, path)
                    });
                    let below = below.max_by_key(|(p, _)| p.as_str().len());
                    vec![below.map_or(base, |(p, _)| p).clone(), path.clone()]
                }
                // A part of something else, whose rest is not known.
                (None, Shape::Partial) => continue,
                (None, Shape::Whole) if is_override(path) => continue,
                (Some(base), Shape::Whole) if is_override(path) => {
                    vec![base.clone(), path.clone()]
                }
                _ => vec![path.clone()],
            };
            stacks.push(StackFiles::used(files, self.usages));
        }
    }

    /// Whether a file is only there to make images: the texts build, pull or push with it and nothing else, and its
    /// services do not say how to run.
    fn is_for_images(&self, path: &RelPath) -> bool {
        self.usages.is_for_images(path) && only_builds(self.sources, path)
    }

    /// Leaves out stacks that lack what only another file has, where they are a part of a whole one, or completes them
    /// with that file.
    fn complete(&self, stacks: Vec<StackFiles>) -> Vec<StackFiles> {
        // Each with its number, so that the default stack stays in front.
        let mut whole: Vec<(usize, StackFiles)> = Vec::new();
        let mut parts: Vec<(usize, StackFiles, Vec<RelPath>)> = Vec::new();
        for (number, stack) in stacks.into_iter().enumerate() {
            let suppliers = self.suppliers(&stack);
            if suppliers.is_empty() || self.usages.brings_up(&stack.files) {
                whole.push((number, stack));
            } else {
                parts.push((number, stack, suppliers));
            }
        }
        for (number, stack, suppliers) in parts {
            let within = |s: &StackFiles| stack.files.iter().all(|f| s.files.contains(f));
            if whole.iter().any(|(_, s)| within(s)) {
                continue;
            }
            let mut combined: Vec<StackFiles> = suppliers
                .iter()
                .filter(|_| stack.files.len() == 1)
                .map(|s| self.over(&stack.files[0], s))
                .filter(|s| self.lacks(s).is_empty())
                .collect();
            // Of several that would do, only the default file is sure to be meant.
            if combined.len() > 1 && !are_default(&stack.files) {
                combined.retain(|s| are_default(&s.files));
            }
            if combined.is_empty() {
                whole.push((number, StackFiles { is_part: true, ..stack }));
            }
            for new in combined {
                if !whole.iter().any(|(_, s)| s.files == new.files) {
                    whole.push((number, new));
                }
            }
        }
        whole.sort_by_key(|(number, _)| *number);
        whole.into_iter().map(|(_, stack)| stack).collect()
    }

    /// A file and one that has what it lacks, as they lie over each other.
    fn over(&self, part: &RelPath, supplier: &RelPath) -> StackFiles {
        let below = is_default_name(part.file_name()) || extends_name(part, supplier);
        let (first, second) = if below { (part, supplier) } else { (supplier, part) };
        StackFiles::used(vec![first.clone(), second.clone()], self.usages)
    }

    /// The other Compose files that have something that a stack lacks.
    fn suppliers(&self, stack: &StackFiles) -> Vec<RelPath> {
        let mut siblings: BTreeSet<&RelPath> =
            self.files.iter().map(|(p, _)| p).filter(|p| p.parent() == *self.folder).collect();
        let together = stack.files.iter().flat_map(|f| self.usages.with_file(f));
        siblings.extend(together.flat_map(|u| &u.files));
        siblings.retain(|p| !stack.files.contains(p));
        // Beside the default file another default name is never read.
        if are_default(&stack.files) {
            siblings.retain(|p| p.parent() != *self.folder || !is_default_name(p.file_name()));
        }
        if siblings.is_empty() {
            return Vec::new();
        }
        let lacks = self.lacks(stack);
        let has = |path: &RelPath| {
            let Ok(file) = self.sources.read(path, Limit::Config) else { return false };
            lacks
                .iter()
                .any(|(section, name)| entry_in_file(self.sources, &file, section, name).is_some())
        };
        let fits = |path: &&RelPath| has(path) && !self.is_alternative(stack, path, &lacks);
        siblings.into_iter().take(MAX_SIBLINGS).filter(fits).cloned().collect()
    }

    /// Whether a file is used in place of a stack, and not with it: it is whole, and it has all services of the stack, or
    /// some of them where none of the stack waits for its image.
    fn is_alternative(
        &self,
        stack: &StackFiles,
        path: &RelPath,
        lacks: &BTreeSet<(&'static str, String)>,
    ) -> bool {
        let mut together = stack.files.iter().flat_map(|f| self.usages.with_file(f));
        if together.any(|u| u.files.contains(path)) {
            return false;
        }
        let other = StackFiles::named(vec![path.clone()]);
        let of = |s: &StackFiles| load(self.sources, &s.folder, &s.files).services;
        let (own, others) = (of(stack), of(&other));
        let whole = |s: &&Service| s.image.is_some() || s.build.is_some();
        let in_both =
            |a: &Service| others.iter().filter(whole).any(|b| b.name.as_str() == a.name.as_str());
        // A service without an image wants to be laid over one that has it.
        let wants = own
            .iter()
            .any(|s| !whole(&s) && lacks.iter().any(|(_, name)| *name == s.name.as_str()));
        let both = own.iter().filter(whole).any(in_both);
        (own.iter().all(in_both) || both && !wants) && self.lacks(&other).is_empty()
    }

    /// What a stack names and does not have.
    fn lacks(&self, stack: &StackFiles) -> BTreeSet<(&'static str, String)> {
        let project: Project = load(self.sources, &stack.folder, &stack.files);
        let lacking = project.faults.iter().filter(|f| {
            matches!(f.kind, FaultKind::NoImage | FaultKind::Dependency | FaultKind::Undefined)
        });
        lacking
            .filter_map(|f| {
                let about = f.about.as_ref()?;
                Some((about.section?, about.name.clone()))
            })
            .collect()
    }
}

/// Whether a file's name says that it is laid over another one.
fn is_override(path: &RelPath) -> bool {
    path.file_name()
        .to_ascii_lowercase()
        .split(['.', '-', '_'])
        .any(|part| part == "override" || part == "overrides")
}

/// Whether `path` is named after `base`: `docker-compose.prod.local.yml` after `docker-compose.prod.yml`.
fn extends_name(base: &RelPath, path: &RelPath) -> bool {
    let stem = |p: &RelPath| {
        p.file_name().rsplit_once('.').map_or_else(String::new, |(s, _)| s.to_owned())
    };
    stem(path).strip_prefix(&stem(base)).is_some_and(|rest| rest.starts_with(['.', '-', '_']))
}
