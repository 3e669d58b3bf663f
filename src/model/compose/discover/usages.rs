//! Which files the project's own texts hand to Compose.

use super::shape::is_default_name;
use crate::facts::{FileKind, file_names};
use crate::model::compose::values::dotenv::DotEnv;
use crate::model::instructions::{
    ComposeCall, Folder, Form, Instructions, Invocation, Piece, Verb, Word,
};
use crate::source::{EntryKind, RelPath, Sources, Span};
use std::collections::{BTreeMap, BTreeSet};

/// The most sets of files that one command with unknown parts may stand for.
const MAX_SETS: usize = 8;

/// A call of Compose in a text, with the files of the checkout that it takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Usage {
    /// The files, in the order they are laid over each other; at least one.
    pub files: Vec<RelPath>,
    /// The folder that `--project-directory` names.
    pub folder: Option<RelPath>,
    /// The profiles that it switches on, as far as they are known.
    pub profiles: Vec<String>,
    /// What Compose is to do.
    pub verb: Verb,
    /// The services that it names.
    pub services: Vec<Word>,
    /// How it is written down.
    pub form: Form,
    /// Whether the files are certain: none of them comes from something unknown, and the folder is known.
    pub exact: bool,
    /// Its place.
    pub span: Span,
}

impl Usage {
    /// Whether it brings up these files as they are, as far as the text tells.
    fn brings_up(&self) -> bool {
        self.exact && self.verb == Verb::Up && self.form >= Form::Shown
    }
}

/// What the texts of the checked folder hand to Compose.
#[derive(Debug, Default)]
pub struct Usages {
    all: Vec<Usage>,
    /// By the folder of the first file.
    by_folder: BTreeMap<RelPath, Vec<usize>>,
    /// By each file.
    by_file: BTreeMap<RelPath, Vec<usize>>,
}

impl Usages {
    /// Of what was found around several folders: the same call may be found more than once.
    pub fn new(found: impl IntoIterator<Item = Usage>) -> Self {
        let mut usages = Self::default();
        let mut seen = BTreeSet::new();
        for usage in found {
            let Some(first) = usage.files.first() else { continue };
            if !seen.insert((usage.span, usage.files.clone())) {
                continue;
            }
            let number = usages.all.len();
            usages.by_folder.entry(first.parent()).or_default().push(number);
            for file in usage.files.iter().collect::<BTreeSet<_>>() {
                usages.by_file.entry(file.clone()).or_default().push(number);
            }
            usages.all.push(usage);
        }
        usages
    }

    /// Those whose first file is in a folder.
    pub fn in_folder(&self, folder: &RelPath) -> impl Iterator<Item = &Usage> {
        self.by_folder.get(folder).into_iter().flatten().map(|n| &self.all[*n])
    }

    /// The folders of first files.
    pub fn folders(&self) -> impl Iterator<Item = &RelPath> {
        self.by_folder.keys()
    }

    /// Those that take a file, alone or with others.
    pub fn with_file(&self, file: &RelPath) -> impl Iterator<Item = &Usage> {
        self.by_file.get(file).into_iter().flatten().map(|n| &self.all[*n])
    }

    /// Those that take exactly these files.
    pub fn of_files<'u>(&'u self, files: &'u [RelPath]) -> impl Iterator<Item = &'u Usage> {
        files.first().into_iter().flat_map(|f| self.with_file(f)).filter(move |u| u.files == files)
    }

    /// Whether a text brings up exactly these files.
    pub fn brings_up(&self, files: &[RelPath]) -> bool {
        self.of_files(files).any(Usage::brings_up)
    }

    /// Whether a file is laid over another one in a call that runs something.
    pub fn is_laid_over(&self, file: &RelPath) -> bool {
        self.with_file(file).any(|u| u.verb != Verb::Images && u.files.first() != Some(file))
    }

    /// Whether all that the texts do with a file is to build, pull or push its images.
    pub fn is_for_images(&self, file: &RelPath) -> bool {
        let mut any = false;
        self.with_file(file).all(|u| {
            any = true;
            u.verb == Verb::Images
        }) && any
    }

    /// The project folder that the calls with these files name.
    pub fn project_folder(&self, files: &[RelPath]) -> Option<(RelPath, Span)> {
        self.of_files(files).find_map(|u| Some((u.folder.clone()?, u.span)))
    }
}

/// The calls of Compose in the texts around a folder. `candidates` are the Compose files of the checked folder, sorted.
pub fn usages(
    sources: &Sources<'_>,
    place: &RelPath,
    checked: &RelPath,
    candidates: &[RelPath],
    instructions: &Instructions,
) -> Vec<Usage> {
    let mut all = Vec::new();
    for (text, invocations) in instructions.invocations(sources, place) {
        let home = text.path.parent();
        let reader = Reader { sources, home, place, checked, candidates, text: &text.path };
        for invocation in invocations.iter() {
            if let Some(call) = &invocation.call {
                reader.read(invocation, call, &mut all);
            }
        }
    }
    all
}

struct Reader<'r> {
    sources: &'r Sources<'r>,
    /// The folder of the text.
    home: RelPath,
    place: &'r RelPath,
    checked: &'r RelPath,
    /// Sorted.
    candidates: &'r [RelPath],
    text: &'r RelPath,
}

impl Reader<'_> {
    fn read(&self, invocation: &Invocation, call: &ComposeCall, all: &mut Vec<Usage>) {
        let known_folder = invocation.folder != Folder::Unknown;
        for start in self.starts(&invocation.folder) {
            let (sets, exact) = if call.files.is_empty() {
                // A Compose file that speaks of no other one speaks of itself.
                if call.more_files || self.is_candidate(self.text) {
                    return;
                }
                (self.taken_by_default(&start).into_iter().collect(), known_folder)
            } else {
                (self.sets(&call.files, &start), !call.more_files)
            };
            let folder = call.project_directory.as_ref().and_then(|w| path(w, &start));
            let certain = sets.len() == 1 && !call.files.iter().any(Word::has_unknown);
            let found = !sets.is_empty();
            all.extend(sets.into_iter().map(|files| Usage {
                files,
                folder: folder.clone(),
                profiles:
                    call.profiles.iter().filter_map(|p| p.known().map(str::to_owned)).collect(),
                verb: call.verb,
                services: call.services.clone(),
                form: invocation.form,
                exact: exact && certain,
                span: invocation.span,
            }));
            if found {
                return;
            }
        }
    }

    /// The folders that a command may start from, the nearest first.
    fn starts(&self, folder: &Folder) -> Vec<RelPath> {
        let mut homes = Vec::new();
        let mut home = self.home.clone();
        loop {
            homes.push(home.clone());
            if home.is_root() {
                break;
            }
            home = home.parent();
        }
        homes.extend([self.place.clone(), self.checked.clone()]);
        let mut starts: Vec<RelPath> = match folder {
            Folder::Exact(folder) => vec![folder.clone()],
            Folder::Start(below) => homes.iter().filter_map(|home| home.join(below)).collect(),
            Folder::Unknown => homes,
        };
        let mut seen = BTreeSet::new();
        starts.retain(|start| seen.insert(start.clone()));
        starts
    }

    fn is_candidate(&self, path: &RelPath) -> bool {
        self.candidates.binary_search(path).is_ok()
    }

    /// What Compose takes in a folder by itself.
    fn taken_by_default(&self, folder: &RelPath) -> Option<Vec<RelPath>> {
        let there = |p: &RelPath| self.is_candidate(p);
        default_files(folder, &there).map(|own| set_in_env(self.sources, folder).unwrap_or(own))
    }

    /// The sets of files that words may stand for, where every one of them is there.
    fn sets(&self, words: &[Word], start: &RelPath) -> Vec<Vec<RelPath>> {
        let mut sets: Vec<Vec<RelPath>> = vec![Vec::new()];
        for word in words {
            let files = self.files(word, start);
            let next = sets.iter().flat_map(|set| {
                let new = files.iter().filter(|f| !set.contains(f));
                new.map(|f| set.iter().chain([f]).cloned().collect::<Vec<_>>()).collect::<Vec<_>>()
            });
            sets = next.take(MAX_SETS).collect();
        }
        sets
    }

    fn files(&self, word: &Word, start: &RelPath) -> Vec<RelPath> {
        if let Some(path) = path(word, start) {
            let there = self.sources.kind(&path) == EntryKind::File;
            return there.then_some(path).into_iter().collect();
        }
        let known = |p: &Piece| matches!(p, Piece::Known(t) if t.chars().any(char::is_alphanumeric) && t != ".yml" && t != ".yaml");
        if !word.pieces.iter().any(known) {
            return Vec::new();
        }
        let below = |f: &&RelPath| f.relative_to(start).is_some_and(|rest| word.may_be(rest));
        self.candidates.iter().filter(below).take(MAX_SETS).cloned().collect()
    }
}

/// The path that a word is, as seen from a folder; a folder in front that is not known may be any.
fn path(word: &Word, start: &RelPath) -> Option<RelPath> {
    match word.pieces.as_slice() {
        [Piece::Known(text)] => start.join(text),
        [Piece::Folder(folder)] => Some(folder.clone()),
        [Piece::Folder(folder), Piece::Known(rest)] => folder.join(rest.strip_prefix('/')?),
        [Piece::Unknown(_), Piece::Known(rest)] => start.join(rest.strip_prefix('/')?),
        _ => None,
    }
}

/// The default file of a folder, with the override beside it.
pub(super) fn default_files(
    folder: &RelPath,
    there: &dyn Fn(&RelPath) -> bool,
) -> Option<Vec<RelPath>> {
    let first =
        |kind: FileKind| file_names(kind).iter().filter_map(|n| folder.join(n)).find(|p| there(p));
    let base = first(FileKind::Compose)?;
    Some(std::iter::once(base).chain(first(FileKind::Override)).collect())
}

/// The files that `COMPOSE_FILE` in a folder's `.env` names (Compose CLI reference, "Pre-defined environment variables").
pub(super) fn set_in_env(sources: &Sources<'_>, folder: &RelPath) -> Option<Vec<RelPath>> {
    let env = DotEnv::of_folder(sources, folder);
    let separator = env
        .get("COMPOSE_PATH_SEPARATOR")
        .map(|(s, _)| s.as_str().to_owned())
        .filter(|s| !s.is_empty())
        .unwrap_or_else(|| ":".into());
    let (list, _) = env.get("COMPOSE_FILE").filter(|(list, _)| !list.is_empty())?;
    list.split(separator.as_str()).map(|file| folder.join(file)).collect()
}

/// Whether files are those that Compose takes in their folder by itself.
pub(super) fn are_default(files: &[RelPath]) -> bool {
    files.first().is_some_and(|f| is_default_name(f.file_name()))
}
