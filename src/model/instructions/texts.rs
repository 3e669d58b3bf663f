//! Which files tell people and machines what to run, and what each of them says, read once.

use super::{Invocation, readers};
use crate::finding::prose;
use crate::model::sample::is_sample;
use crate::model::search_limit::SearchLimit;
use crate::source::{EntryKind, FileId, Limit, RelPath, SourceFile, Sources, Span};
use crate::syntax::prose::Markup;
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;
use std::sync::{Arc, PoisonError, RwLock};

/// The most manuals that are taken of those that a walk over the checked folder found.
const MAX_FOUND: usize = 500;
/// The most entries of a folder outside the project that are looked through.
pub(in crate::model) const MAX_ENTRIES: usize = 128;
/// The most files in which something is looked for.
const MAX_FILES: usize = 1_000;
/// The most bytes of them.
const MAX_BYTES: usize = 8 * 1024 * 1024;
/// Folders that hold scripts, CI files and manuals.
pub(in crate::model) const FOLDERS: [&str; 17] = [
    "",
    "scripts",
    "script",
    "bin",
    "docs",
    "doc",
    "ci",
    ".ci",
    "deploy",
    "docker",
    "tools",
    "hack",
    "install",
    "setup",
    ".circleci",
    ".github/workflows",
    ".devcontainer",
];
/// Files in which a project's commands are written that do not say so by their ending.
const COMMANDS: [&str; 9] = [
    "makefile",
    "justfile",
    "package.json",
    "dockerfile",
    "tasks.py",
    "fabfile.py",
    "vagrantfile",
    ".envrc",
    ".travis.yml",
];
/// Endings of a README.
const READMES: [&str; 9] = ["", "md", "markdown", "rst", "txt", "adoc", "asciidoc", "mkd", "org"];

/// What a text is read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Makefile,
    Justfile,
    Manual(Markup),
    Script,
    Workflow,
    Python,
    Package,
    ComposeFile,
}

impl Kind {
    /// By the file's path; `None` for one that runs nothing by itself.
    fn of(path: &RelPath) -> Option<Self> {
        let name = path.file_name().to_ascii_lowercase();
        let (stem, ending) = name.rsplit_once('.').unwrap_or((&name, ""));
        let parent = path.parent();
        Some(match (stem, ending) {
            _ if name.starts_with("makefile") || name == "gnumakefile" || ending == "mk" => {
                Self::Makefile
            }
            _ if matches!(name.as_str(), "justfile" | ".justfile") || ending == "just" => {
                Self::Justfile
            }
            ("tasks" | "fabfile", "py") => Self::Python,
            ("package", "json") => Self::Package,
            (_, "rst") => Self::Manual(Markup::Rst),
            (_, "adoc" | "asciidoc") => Self::Manual(Markup::AsciiDoc),
            (_, "md" | "markdown" | "mkd") => Self::Manual(Markup::Markdown),
            _ if is_readme(&name) => Self::Manual(Markup::Markdown),
            (_, "txt") if is_for_manuals(&parent) => Self::Manual(Markup::Markdown),
            (_, "sh" | "bash" | "zsh" | "ps1" | "bat" | "cmd") => Self::Script,
            ("" | ".envrc" | "run", "" | "envrc") => Self::Script,
            (_, "") if matches!(parent.file_name(), "bin" | "scripts" | "script") => Self::Script,
            (_, "yml" | "yaml") if is_workflow(path, stem) => Self::Workflow,
            _ => return None,
        })
    }
}

fn is_for_manuals(folder: &RelPath) -> bool {
    folder.as_str().split('/').any(|f| matches!(f, "docs" | "doc"))
}

fn is_readme(name: &str) -> bool {
    name.strip_prefix("readme").is_some_and(|rest| {
        let (language, ending) = rest.rsplit_once('.').unwrap_or((rest, ""));
        READMES.contains(&ending) && !language.contains(".txt")
    })
}

/// Whether a text is a script, which may be what a container starts.
pub(in crate::model) fn is_script(path: &RelPath) -> bool {
    Kind::of(path) == Some(Kind::Script)
}

/// Whether a text runs its lines one after the other with one command: a script, a Makefile or a Justfile.
pub(in crate::model) fn is_recipe(path: &RelPath) -> bool {
    matches!(Kind::of(path), Some(Kind::Script | Kind::Makefile | Kind::Justfile))
}

/// Whether a text is a README or a manual.
pub(in crate::model) fn is_manual(path: &RelPath) -> bool {
    matches!(Kind::of(path), Some(Kind::Manual(_)))
}

/// Whether a text is what a CI runs on a machine of its own; a Taskfile is none.
pub(in crate::model) fn is_ci(path: &RelPath) -> bool {
    let name = path.file_name().to_ascii_lowercase();
    Kind::of(path) == Some(Kind::Workflow) && !name.starts_with("taskfile")
}

fn is_workflow(path: &RelPath, stem: &str) -> bool {
    let parent = path.parent();
    let lower = stem.to_ascii_lowercase();
    parent.as_str().ends_with(".github/workflows")
        || matches!(parent.file_name(), ".circleci" | ".gitlab" | ".buildkite" | ".semaphore")
        || [
            ".gitlab-ci",
            ".travis",
            "taskfile",
            "azure-pipelines",
            "bitbucket-pipelines",
            ".drone",
            "buildspec",
            ".pre-commit-config",
            ".woodpecker",
        ]
        .iter()
        .any(|name| lower.starts_with(name))
        || lower.contains("gitlab-ci")
        || lower.contains("pipeline")
        || lower.contains("task")
}

/// Whether a file of this name may tell people or machines what to run; [`Instructions::is_wanted`] asks where it is, too.
pub fn is_instructions_name(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let named = |list: &[&str]| list.contains(&lower.as_str());
    is_readme(&lower)
        || named(&[
            "makefile",
            "gnumakefile",
            "justfile",
            ".justfile",
            "taskfile.yml",
            "taskfile.yaml",
            ".gitlab-ci.yml",
            "procfile",
            "fabfile.py",
            "tasks.py",
            "run",
        ])
        || [".sh", ".mk", ".rst", ".md", ".txt", ".adoc"].iter().any(|e| lower.ends_with(e))
}

/// What every text has people and machines run, by file. All threads share it.
#[derive(Debug, Default)]
pub struct Readings(RwLock<HashMap<FileId, Arc<[Invocation]>>>);

impl Readings {
    fn of(&self, file: &SourceFile, kind: Kind) -> Arc<[Invocation]> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner).get(&file.id).cloned();
        known.unwrap_or_else(|| {
            let read: Arc<[Invocation]> = readers::read(file, kind).into();
            self.0.write().unwrap_or_else(PoisonError::into_inner).insert(file.id, read.clone());
            read
        })
    }
}

/// READMEs, manuals, Makefiles, scripts and CI files, as seen from some folders of the checkout.
#[derive(Debug, Default)]
pub struct Instructions {
    /// The folder that is checked.
    checked: RelPath,
    files: Vec<Arc<SourceFile>>,
    /// Whether a limit ended the reading of them.
    full: bool,
    /// Compose files, whose comments may say how they are used.
    compose: Vec<RelPath>,
    readings: Arc<Readings>,
    /// All texts around a project folder, once they were asked for.
    around: RefCell<BTreeMap<RelPath, Rc<Vec<Arc<SourceFile>>>>>,
    /// The names in a folder that say that what they name is there to be copied, once they were asked for.
    samples: RefCell<BTreeMap<RelPath, Rc<[String]>>>,
}

impl Instructions {
    /// Reads what a walk over the checked folder found, those near its top first. `compose` are Compose files.
    pub fn read(
        sources: &Sources<'_>,
        checked: &RelPath,
        found: &[RelPath],
        compose: &[RelPath],
        readings: Arc<Readings>,
    ) -> Self {
        let mut paths: Vec<&RelPath> = found.iter().filter(|p| Self::is_wanted(p)).collect();
        paths.sort_by_key(|p| (p.as_str().matches('/').count(), *p));
        let mut files: Vec<Arc<SourceFile>> = Vec::new();
        let (mut manuals, mut bytes, mut full) = (0, 0, false);
        for file in paths.into_iter().filter_map(|p| sources.read(p, Limit::Code).ok()) {
            if matches!(Kind::of(&file.path), Some(Kind::Manual(_))) {
                manuals += 1;
                if manuals > MAX_FOUND {
                    let message = prose!(
                        "more than {} manuals speak of the stacks here; the rest is not read",
                        MAX_FOUND
                    );
                    SearchLimit::note(Span::new(file.id, 0, 0), message);
                    full = true;
                    break;
                }
            }
            if files.len() == MAX_FILES || bytes > MAX_BYTES {
                too_many(&file);
                full = true;
                break;
            }
            bytes += file.text.len();
            files.push(file);
        }
        Self {
            checked: checked.clone(),
            files,
            full,
            compose: compose.to_vec(),
            readings,
            ..Self::default()
        }
    }

    /// Whether a file is one of those that are read: a manual that is no README must lie in a folder for manuals.
    fn is_wanted(path: &RelPath) -> bool {
        let name = path.file_name().to_ascii_lowercase();
        let manual = name.ends_with(".txt") || matches!(Kind::of(path), Some(Kind::Manual(_)));
        !manual || is_readme(&name) || is_for_manuals(&path.parent())
    }

    /// Whether any of the files that the walk found has these words.
    pub fn has(&self, words: &str) -> bool {
        self.files.iter().any(|f| f.text.contains(words))
    }

    /// The files of a folder that are there to be copied, by their names. Every stack of a folder asks.
    pub(in crate::model) fn samples(
        &self,
        sources: &Sources<'_>,
        folder: &RelPath,
    ) -> Rc<[String]> {
        if let Some(known) = self.samples.borrow().get(folder) {
            return known.clone();
        }
        let entries = sources.list(folder);
        let samples =
            entries.iter().filter(|(name, kind)| *kind == EntryKind::File && is_sample(name));
        let names: Rc<[String]> = samples.map(|(name, _)| name.clone()).collect();
        self.samples.borrow_mut().insert(folder.clone(), names.clone());
        names
    }

    /// The texts around a project folder: those that the walk found, and manuals, scripts, Makefiles and CI files of the
    /// project folder, the checked folder and the root.
    pub(in crate::model) fn around(
        &self,
        sources: &Sources<'_>,
        folder: &RelPath,
    ) -> Rc<Vec<Arc<SourceFile>>> {
        if let Some(known) = self.around.borrow().get(folder) {
            return known.clone();
        }
        let all = Rc::new(self.gathered(sources, folder));
        self.around.borrow_mut().insert(folder.clone(), all.clone());
        all
    }

    /// What the texts around a folder have people and machines run, each text with its commands in order.
    pub(in crate::model) fn invocations(
        &self,
        sources: &Sources<'_>,
        folder: &RelPath,
    ) -> Vec<(Arc<SourceFile>, Arc<[Invocation]>)> {
        let mut all = Vec::new();
        for file in self.around(sources, folder).iter() {
            if let Some(kind) = Kind::of(&file.path) {
                all.push((file.clone(), self.readings.of(file, kind)));
            }
        }
        for path in self.compose.iter().take(MAX_FOUND) {
            if let Ok(file) = sources.read(path, Limit::Config) {
                let read = self.readings.of(&file, Kind::ComposeFile);
                all.push((file, read));
            }
        }
        all.retain(|(_, read)| !read.is_empty());
        all
    }

    fn gathered(&self, sources: &Sources<'_>, folder: &RelPath) -> Vec<Arc<SourceFile>> {
        let mut all: Vec<Arc<SourceFile>> = self.files.clone();
        if self.full {
            return all;
        }
        let mut bytes: usize = all.iter().map(|f| f.text.len()).sum();
        let mut homes =
            vec![folder.clone(), folder.parent(), self.checked.clone(), RelPath::root()];
        homes.sort();
        homes.dedup();
        for place in homes.iter().flat_map(|home| FOLDERS.iter().filter_map(|f| home.join(f))) {
            let entries = sources.list(&place);
            // A folder of very many projects is looked through by each of them, and holds no manual of any.
            if entries.len() > MAX_ENTRIES && place != *folder {
                continue;
            }
            for (name, kind) in entries.iter() {
                if *kind == EntryKind::File
                    && let Some(path) = place.join(name)
                    && (Kind::of(&path).is_some() || is_command_file(name))
                    && !all.iter().any(|f| f.path == path)
                    && let Ok(file) = sources.read(&path, Limit::Code)
                {
                    if all.len() >= MAX_FILES || bytes > MAX_BYTES {
                        too_many(&file);
                        return all;
                    }
                    bytes += file.text.len();
                    all.push(file);
                }
            }
        }
        all
    }
}

/// Notes that a text is not read because there are too many.
fn too_many(file: &SourceFile) {
    let message = prose!(
        "more than {} manuals and scripts, or more than {} MiB of them, tell what to do; the rest is not read",
        MAX_FILES,
        MAX_BYTES >> 20
    );
    SearchLimit::note(Span::new(file.id, 0, 0), message);
}

fn is_command_file(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    COMMANDS.iter().any(|c| lower.starts_with(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_told_by_name_and_place() {
        let kind = |path: &str| RelPath::new(path).and_then(|p| Kind::of(&p));
        for (path, wanted) in [
            ("Makefile", Some(Kind::Makefile)),
            ("Makefile.docker", Some(Kind::Makefile)),
            ("justfile", Some(Kind::Justfile)),
            ("README", Some(Kind::Manual(Markup::Markdown))),
            ("README.ko.md", Some(Kind::Manual(Markup::Markdown))),
            ("docs/a/b.rst", Some(Kind::Manual(Markup::Rst))),
            ("readme.gif", None),
            ("README.en.txt.gz", None),
            ("bin/dev", Some(Kind::Script)),
            ("dev", None),
            (".github/workflows/ci.yml", Some(Kind::Workflow)),
            ("ci.yml", None),
            (".gitlab-ci.yml", Some(Kind::Workflow)),
            ("Taskfile.yml", Some(Kind::Workflow)),
        ] {
            assert_eq!(kind(path), wanted, "{path}");
        }
    }
}
