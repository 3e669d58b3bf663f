//! Cures become edits, and help that shows them.

use super::draft::Draft;
use super::{command, env, help, python, replace, requirement, statement, yaml};
use crate::finding::{
    Change, CommandChange, Confidence, Cure, Edit, Finding, Fix, NewFile, Prose, PythonEdit, Quote,
    Report, YamlEdit, YamlMap, prose,
};
use crate::source::{EntryKind, FileId, Limit, RelPath, Sources, Span};
use crate::syntax::comments::Language;
use std::collections::BTreeMap;

/// What the files are written in, as far as a run knows.
pub type Languages = BTreeMap<RelPath, Language>;

/// Turns the cures of a report's findings into edits, and their help into what shows those edits. A cure that does not
/// fit leaves the help as it was.
pub fn resolve(report: &mut Report, sources: &Sources<'_>, languages: &Languages) {
    let cures: Vec<Option<Cure>> = report.findings.iter_mut().map(|f| f.cure.take()).collect();
    if cures.iter().all(Option::is_none) {
        return;
    }
    let folder = report.folder.clone().unwrap_or_else(RelPath::root);
    let shared = Shared::of(&report.findings, &cures);
    for (index, cure) in cures.iter().enumerate() {
        let Some(cure) = cure else { continue };
        let write = |changes: &[&Change]| Written::of(changes, sources, languages);
        let own: Vec<&Change> = cure.changes.iter().collect();
        let Some(written) = write(&own) else { continue };
        // The first shows the command with the changes of all, where they fit together; else each shows its own.
        let merged = |first: usize, others: &[usize]| {
            let own = cures[first].as_ref().into_iter().flat_map(|c| &c.changes);
            let more = others.iter().filter_map(|o| cures[*o].as_ref()).flat_map(commands);
            let all = one_for_each_command(own.chain(more));
            write(&all.iter().collect::<Vec<_>>())
        };
        let (shown, with) = match shared.beside(index) {
            Beside::Alone => (None, None),
            Beside::Shown(rule, first, others) => {
                (None, merged(first, &others).is_some().then_some(rule))
            }
            Beside::First(others) => (merged(index, &others), None),
        };
        let finding = &mut report.findings[index];
        finding.help = match with {
            Some(first) => {
                let rest = written.without_commands(cure, &write);
                help::beside(cure, rest.as_ref(), first, &folder)
            }
            None => help::shown(cure, shown.as_ref().unwrap_or(&written), &folder),
        };
        finding.fixes.push(written.fix(cure));
    }
    yaml::forget();
}

/// The changes of commands among a cure's changes.
fn commands(cure: &Cure) -> impl Iterator<Item = &Change> {
    cure.changes.iter().filter(|c| matches!(c, Change::Command(_)))
}

/// The changes, those of one command put together: each counts the words of the command as it was read.
fn one_for_each_command<'c>(changes: impl Iterator<Item = &'c Change>) -> Vec<Change> {
    let mut all: Vec<Change> = Vec::new();
    for change in changes {
        let Change::Command(more) = change else {
            all.push(change.clone());
            continue;
        };
        let same = all.iter_mut().find_map(|c| match c {
            Change::Command(first) if first.words == more.words => Some(first),
            _ => None,
        });
        match same {
            Some(first) => {
                let new = more.edits.iter().filter(|e| !first.edits.contains(e));
                let new: Vec<_> = new.cloned().collect();
                first.edits.extend(new);
            }
            None => all.push(change.clone()),
        }
    }
    all
}

/// Which findings change the same command.
struct Shared {
    /// Indices of findings by the place of the command's first word; the one that shows it comes first.
    groups: Vec<(&'static str, Vec<usize>)>,
}

/// What is beside a finding that changes a command.
enum Beside {
    Alone,
    /// It shows the changes of these as well.
    First(Vec<usize>),
    /// The finding of this rule shows it, with the changes of those others.
    Shown(&'static str, usize, Vec<usize>),
}

impl Shared {
    fn of(findings: &[Finding], cures: &[Option<Cure>]) -> Self {
        let mut by_place: BTreeMap<Span, Vec<usize>> = BTreeMap::new();
        for (index, cure) in cures.iter().enumerate() {
            let places = cure.iter().flat_map(commands).filter_map(|c| match c {
                Change::Command(CommandChange { words, .. }) => words.first().map(|w| w.span()),
                _ => None,
            });
            for place in places {
                let group = by_place.entry(place).or_default();
                if !group.contains(&index) {
                    group.push(index);
                }
            }
        }
        let groups = by_place.into_values().filter(|g| g.len() > 1).map(|mut group| {
            // One that may be hidden must not be the one that shows it.
            let sure = |i: &usize| {
                std::cmp::Reverse(findings.get(*i).map_or(Confidence::Low, |f| f.confidence))
            };
            group.sort_by_key(|i| (sure(i), *i));
            let rule = group.first().and_then(|i| findings.get(*i)).map_or("", |f| f.rule.name);
            (rule, group)
        });
        Self { groups: groups.collect() }
    }

    fn beside(&self, finding: usize) -> Beside {
        match self.groups.iter().find(|(_, group)| group.contains(&finding)) {
            None => Beside::Alone,
            Some((rule, group)) => match group.split_first() {
                Some((first, others)) if *first == finding => Beside::First(others.to_vec()),
                Some((first, others)) => Beside::Shown(rule, *first, others.to_vec()),
                None => Beside::Alone,
            },
        }
    }
}

/// Changes that fit, written out.
pub(super) struct Written {
    pub(super) drafts: BTreeMap<FileId, Draft>,
    pub(super) new_files: Vec<(RelPath, String)>,
    /// The mappings of each file that were changed, as long as nothing else of it was.
    maps: BTreeMap<FileId, Vec<YamlMap>>,
}

impl Written {
    fn of(changes: &[&Change], sources: &Sources<'_>, languages: &Languages) -> Option<Self> {
        let mut written =
            Self { drafts: BTreeMap::new(), new_files: Vec::new(), maps: BTreeMap::new() };
        for change in changes {
            written.make(change, sources, languages)?;
        }
        let changed = written.drafts.values().any(|d| !d.is_unchanged());
        (changed || !written.new_files.is_empty()).then_some(written)
    }

    /// The rest of a cure, where another finding shows its command.
    fn without_commands(
        &self,
        cure: &Cure,
        write: &impl Fn(&[&Change]) -> Option<Self>,
    ) -> Option<Self> {
        let rest: Vec<&Change> =
            cure.changes.iter().filter(|c| !matches!(c, Change::Command(_))).collect();
        write(&rest)
    }

    /// Changes a mapping that no change before touched, by the tree of the file as it was read: to read a changed file again
    /// takes as long as all the rest. `None` where that cannot be, which says nothing of the change.
    fn make_apart(&mut self, of: YamlMap, edit: &YamlEdit, sources: &Sources<'_>) -> Option<()> {
        let file = file_of(of);
        let draft = self.drafts.get(&file)?;
        if draft.is_unchanged() || !self.maps.get(&file)?.iter().all(|m| *m != of) {
            return None;
        }
        let mut alone = Draft::new(sources.file(file));
        yaml::change(&mut alone, of, edit)?;
        let merged = draft.beside(&alone)?;
        self.drafts.insert(file, merged);
        Some(())
    }

    fn make(
        &mut self,
        change: &Change,
        sources: &Sources<'_>,
        languages: &Languages,
    ) -> Option<()> {
        if let Change::Yaml(of, edit) = change
            && adds(*of, edit)
        {
            let file = file_of(*of);
            let fresh = self.drafts.get(&file).is_none_or(Draft::is_unchanged);
            let apart = self.make_apart(*of, edit, sources);
            if apart.is_none() {
                self.make_in_turn(change, sources, languages)?;
            }
            if fresh {
                self.maps.insert(file, vec![*of]);
            } else if apart.is_some() {
                self.maps.entry(file).or_default().push(*of);
            } else {
                self.maps.remove(&file);
            }
            return Some(());
        }
        self.maps.clear();
        self.make_in_turn(change, sources, languages)
    }

    fn make_in_turn(
        &mut self,
        change: &Change,
        sources: &Sources<'_>,
        languages: &Languages,
    ) -> Option<()> {
        match change {
            Change::Yaml(of, edit) => yaml::change(self.draft(file_of(*of), sources), *of, edit),
            Change::YamlNode(at, edit) => {
                yaml::change_node(self.draft(at.file, sources), *at, edit)
            }
            Change::Command(change) => {
                let file = change.words.first()?.span().file;
                let draft = self.draft(file, sources);
                let language = language(draft, languages);
                command::change(draft, language, change)
            }
            Change::Statement(at, edit) => {
                let draft = self.draft(at.file, sources);
                let language = language(draft, languages);
                statement::change(draft, language, *at, edit)
            }
            Change::Python(edit) => {
                let at = match edit {
                    PythonEdit::Assign { after, .. } => after,
                    PythonEdit::Replace(at, _) | PythonEdit::Remove(at) => at,
                    PythonEdit::AddItem { list, .. } => list,
                    PythonEdit::SetItem { dict, .. } => dict,
                };
                python::change(self.draft(at.file, sources), edit)
            }
            Change::Replace { at, with } => {
                let draft = self.draft(at.file, sources);
                let language = language(draft, languages);
                replace::replace(draft, language, *at, &with.unmasked())
            }
            Change::Bytes { at, with } => {
                let draft = self.draft(at.file, sources);
                let start = match at.is_empty() {
                    // A point is where the byte before it ends.
                    true => {
                        draft.now(Span { start: at.start.checked_sub(1)?, ..*at })?.end as usize
                    }
                    false => draft.now(*at)?.start as usize,
                };
                draft.replace(start..start + at.len(), &with.unmasked());
                Some(())
            }
            Change::Requirement { file, package } => {
                requirement::add(self.draft(*file, sources), &package.unmasked())
            }
            Change::EnvLine { path, name, value } => match self.existing(path, sources)? {
                Some(draft) => env::set(draft, name, &value.unmasked()),
                None => self.create_line(path, &env::assignment(name, &value.unmasked())?),
            },
            Change::Line { path, line } => match self.existing(path, sources)? {
                Some(draft) => {
                    let line = line.unmasked();
                    if !draft.text().lines().any(|l| l.trim() == line) {
                        draft.add_at_end(&line);
                    }
                    Some(())
                }
                None => self.create_line(path, &line.unmasked()),
            },
            Change::UnixLineEndings { file } => {
                let draft = self.draft(*file, sources);
                let text = draft.text().to_owned();
                for (at, _) in text.rmatch_indices("\r\n") {
                    draft.replace(at..at + 1, "");
                }
                Some(())
            }
            Change::CopyFile { from, to } => {
                let text = sources.read(from, Limit::Code).ok()?.text.to_string();
                let free = sources.kind(to) == EntryKind::Missing;
                free.then(|| self.new_files.push((to.clone(), text)))
            }
            Change::NewFile { path, text } => {
                let free = sources.kind(path) == EntryKind::Missing
                    && !self.new_files.iter().any(|(p, _)| p == path);
                free.then(|| self.new_files.push((path.clone(), text.unmasked())))
            }
        }
    }

    fn draft(&mut self, file: FileId, sources: &Sources<'_>) -> &mut Draft {
        self.drafts.entry(file).or_insert_with(|| Draft::new(sources.file(file)))
    }

    /// The draft of a file that may not be read yet; `Some(None)` where there is no file, `None` where it cannot be used.
    fn existing(&mut self, path: &RelPath, sources: &Sources<'_>) -> Option<Option<&mut Draft>> {
        if sources.kind(path) == EntryKind::Missing {
            return Some(None);
        }
        let file = sources.read(path, Limit::Code).ok()?;
        Some(Some(self.draft(file.id, sources)))
    }

    fn create_line(&mut self, path: &RelPath, line: &str) -> Option<()> {
        match self.new_files.iter_mut().find(|(p, _)| p == path) {
            Some((_, text)) => {
                text.push_str(line);
                text.push('\n');
            }
            None => self.new_files.push((path.clone(), format!("{line}\n"))),
        }
        Some(())
    }

    fn fix(&self, cure: &Cure) -> Fix {
        let edits = self.drafts.iter().flat_map(|(file, draft)| {
            draft.edits().into_iter().map(|(range, text)| {
                let span = Span::new(*file, range.start, range.end);
                let replacement = match text.is_empty() {
                    true => Prose::default(),
                    false => prose!("{}", Quote::code(&text).or_at(span)),
                };
                Edit { span, replacement }
            })
        });
        let new_file = |(path, text): &(RelPath, String)| NewFile {
            path: path.clone(),
            text: prose!("{}", Quote::code(text)),
        };
        Fix {
            title: cure.lead.clone(),
            safety: cure.safety,
            edits: edits.collect(),
            new_files: self.new_files.iter().map(new_file).collect(),
        }
    }
}

fn file_of(map: YamlMap) -> FileId {
    match map {
        YamlMap::Top(file) => file,
        YamlMap::Of(span) => span.file,
    }
}

/// Whether a change only adds to a mapping, which no other mapping of the file holds where it is one of a service.
fn adds(of: YamlMap, edit: &YamlEdit) -> bool {
    match (of, edit) {
        (YamlMap::Top(_), YamlEdit::Set(path, _) | YamlEdit::Default(path, _)) => {
            path.first().is_some_and(|first| first != "services")
        }
        (YamlMap::Top(_), _) | (_, YamlEdit::Remove(_) | YamlEdit::RemoveVariable(_)) => false,
        (YamlMap::Of(_), _) => true,
    }
}

fn language(draft: &Draft, languages: &Languages) -> Language {
    let path = &draft.original().path;
    languages.get(path).copied().unwrap_or_else(|| Language::of_name(path.file_name()))
}
