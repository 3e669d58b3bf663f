//! Files with repairs laid over them, and the way back from places in them to places in the files as they are.

use super::repair::Repair;
use super::tokens::kept;
use crate::source::{FileId, LayeredFiles, RelPath, Sources, Span};
use std::collections::BTreeMap;
use std::ops::Range;

/// What repairs make of some files.
pub(super) struct Layer {
    /// Each file that is another, or new.
    files: BTreeMap<RelPath, Laid>,
    /// Files below this number are those of the level below.
    shared: u32,
}

/// A file with edits.
struct Laid {
    text: String,
    /// The file that it is made of; `None` for one that is made up.
    origin: Option<FileId>,
    /// Runs of the text, in order: where they are now, where they were, and whether they are the same.
    runs: Vec<Run>,
    /// What was added, with the place that stands for it.
    added: Vec<(Range<usize>, Span)>,
}

/// An edit of a file.
struct LaidEdit<'r> {
    range: Range<usize>,
    with: &'r str,
    stands_at: Option<Span>,
}

struct Run {
    now: Range<usize>,
    was: Range<usize>,
    kept: bool,
}

/// A place that was looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// It is written there.
    Written(Span),
    /// A repair wrote it in the place of what is there.
    Replaced(Span),
    /// Nothing of it is in the files.
    Invented,
}

impl Layer {
    /// Lays repairs over files; `None` where they do not fit.
    pub(super) fn new(sources: &Sources<'_>, repairs: &[&Repair]) -> Option<Self> {
        let mut edits: BTreeMap<FileId, Vec<LaidEdit<'_>>> = BTreeMap::new();
        let mut files = BTreeMap::new();
        for repair in repairs {
            for (span, with) in &repair.edits {
                let edit = LaidEdit { range: span.range(), with, stands_at: repair.stands_at };
                edits.entry(span.file).or_default().push(edit);
            }
            for new in &repair.new_files {
                let origin = new.origin.as_ref().and_then(|path| sources.known(path));
                let runs = origin.as_ref().map(|_| Run {
                    now: 0..new.text.len(),
                    was: 0..new.text.len(),
                    kept: true,
                });
                let laid = Laid {
                    text: new.text.clone(),
                    origin: origin.map(|file| file.id),
                    runs: Vec::from_iter(runs),
                    added: Vec::new(),
                };
                files.insert(new.path.clone(), laid);
            }
        }
        for (id, mut edits) in edits {
            let file = sources.file(id);
            edits.sort_by_key(|edit| (edit.range.start, edit.range.end));
            files.insert(file.path.clone(), Laid::new(id, &file.text, &edits)?);
        }
        (!files.is_empty()).then_some(Self { files, shared: 0 })
    }

    /// The files as they are with the repairs.
    pub(super) fn over<'f>(&self, sources: &Sources<'f>) -> LayeredFiles<'f> {
        let bytes = |(path, laid): (&RelPath, &Laid)| (path.clone(), laid.text.clone().into());
        LayeredFiles::new(sources.files(), self.files.iter().map(bytes).collect())
    }

    /// The same with what was read of the others.
    pub(super) fn read<'l>(
        &mut self,
        sources: &Sources<'_>,
        files: &'l LayeredFiles<'_>,
    ) -> Sources<'l> {
        let changed: Vec<&RelPath> = self.files.keys().collect();
        let layered = sources.layered(files, &changed);
        self.shared = u32::try_from(layered.count()).unwrap_or(u32::MAX);
        layered
    }

    /// Where a place of the layered files is in the files below.
    pub(super) fn below(
        &self,
        place: Span,
        layered: &Sources<'_>,
        sources: &Sources<'_>,
    ) -> Origin {
        if place.file.0 < self.shared {
            return Origin::Written(place);
        }
        let file = layered.file(place.file);
        match self.files.get(&file.path) {
            Some(laid) => laid.below(place),
            None => match sources.adopt(&file) {
                Some(id) => Origin::Written(Span { file: id, ..place }),
                None => Origin::Invented,
            },
        }
    }
}

impl Laid {
    /// `None` where edits share bytes or lie beyond the text.
    fn new(id: FileId, old: &str, edits: &[LaidEdit<'_>]) -> Option<Self> {
        let mut laid =
            Self { text: String::new(), origin: Some(id), runs: Vec::new(), added: Vec::new() };
        let mut at = 0;
        for LaidEdit { range, with, stands_at } in edits {
            let (before, replaced) = (old.get(at..range.start)?, old.get(range.clone())?);
            laid.keep(before, at);
            let start = laid.text.len();
            laid.replace(replaced, range.start, with);
            laid.added.extend(stands_at.map(|place| (start..laid.text.len(), place)));
            at = range.end;
        }
        laid.keep(old.get(at..)?, at);
        Some(laid)
    }

    fn keep(&mut self, text: &str, was: usize) {
        self.push(text, was..was + text.len(), true);
    }

    fn push(&mut self, text: &str, was: Range<usize>, kept: bool) {
        let start = self.text.len();
        self.text.push_str(text);
        if !text.is_empty() {
            self.runs.push(Run { now: start..self.text.len(), was, kept });
        }
    }

    /// What is in both texts keeps its places: the words of a command that is put into quotes.
    fn replace(&mut self, old: &str, start: usize, new: &str) {
        let (mut old_at, mut new_at) = (0, 0);
        for (was, now) in kept(old, new) {
            let between = start + old_at..start + was.start;
            self.push(&new[new_at..now.start], between, false);
            self.keep(&old[was.clone()], start + was.start);
            (old_at, new_at) = (was.end, now.end);
        }
        self.push(&new[new_at..], start + old_at..start + old.len(), false);
    }

    fn below(&self, place: Span) -> Origin {
        let Some(file) = self.origin else { return Origin::Invented };
        let range = place.range();
        let span = |start, end| Span::new(file, start, end);
        if range.is_empty() {
            let at = |run: &&Run| run.now.contains(&range.start) || run.now.end == range.start;
            let whole = range.start == 0 && self.runs.is_empty();
            return match self.runs.iter().find(|r| r.kept && at(r)) {
                Some(run) => {
                    let point = run.was.start + range.start - run.now.start;
                    Origin::Written(span(point, point))
                }
                None if whole || range.start == 0 => Origin::Written(span(0, 0)),
                None => Origin::Invented,
            };
        }
        let within = |run: &&Run| run.now.start < range.end && range.start < run.now.end;
        let runs: Vec<&Run> = self.runs.iter().filter(within).collect();
        let (Some(first), Some(last)) = (runs.first(), runs.last()) else {
            return Origin::Invented;
        };
        let start = match first.kept {
            true => first.was.start + range.start - first.now.start,
            false => first.was.start,
        };
        let end = match last.kept {
            true => last.was.start + range.end - last.now.start,
            false => last.was.end,
        };
        match runs.iter().any(|r| r.kept) {
            true => Origin::Written(span(start, end)),
            false if start < end => Origin::Replaced(span(start, end)),
            false => {
                let holds =
                    |added: &Range<usize>| added.start <= range.start && range.end <= added.end;
                let added = self.added.iter().find(|(added, _)| holds(added));
                added.map_or(Origin::Invented, |(_, place)| Origin::Written(*place))
            }
        }
    }
}
