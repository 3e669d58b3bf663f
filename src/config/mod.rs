//! What a project asks for: which rules are shown, where, how bad they are, which stacks there are.
//!
//! A configuration is `compose-doctor.toml`, `.compose-doctor.toml` or the table `tool.compose-doctor` of
//! `pyproject.toml`; the one nearest to the checked folder counts, and none above the root is looked for. It is read
//! like every other file of a project: through [`Sources`], and without trust.

mod file;
mod pattern;
mod read;
mod resolve;
#[cfg(test)]
mod schema;
mod selector;
#[cfg(test)]
mod tests;

pub use pattern::Pattern;
pub use selector::{Selection, Selector, groups, names, rule};

use crate::finding::{Confidence, Insert, Intent, Prose, Remark, RuleMeta, Severity, prose};
use crate::rules::meta;
use crate::source::{EntryKind, Limit, RelPath, SourceFile, Sources, Span};

/// What a run is asked for, by a file and by the command line.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// The configuration file, if there is one.
    pub file: Option<RelPath>,
    /// Which rules the file shows.
    pub selection: Selection,
    /// Which rules the command line shows; it has the last word.
    pub asked: Selection,
    /// Rules that are not shown for some files.
    pub path_ignores: Vec<PathIgnore>,
    /// Rules whose findings are worse or milder than they say.
    pub severity: Vec<(&'static RuleMeta, Severity)>,
    /// What the stacks are for; `None` to infer it.
    pub intent: Option<Intent>,
    /// Stacks named by hand.
    pub stacks: Vec<NamedStack>,
    /// Where no stack is looked for.
    pub exclude: Vec<Pattern>,
    /// What makes a run fail.
    pub fail_on: Option<FailOn>,
    /// Findings that are less sure are not shown.
    pub min_confidence: Option<Confidence>,
    /// The file of findings that are known.
    pub baseline: Option<Baseline>,
    /// Whether a comment that silences a rule must say why.
    pub require_suppression_reason: bool,
    /// Whether comments that silence rules are not heeded.
    pub no_ignores: bool,
    /// What is wrong with the file.
    pub problems: Vec<Remark>,
}

/// The file of findings that are known.
#[derive(Debug, Clone)]
pub struct Baseline {
    /// Where it lies.
    pub path: RelPath,
    /// Where the configuration names it; `None` where the command line does.
    pub named: Option<Span>,
}

/// Rules that are not shown where a finding has a place in a file that matches.
#[derive(Debug, Clone)]
pub struct PathIgnore {
    /// The files.
    pub pattern: Pattern,
    pub rules: Vec<Selector>,
}

impl Settings {
    /// The name of the configuration file that shows no rule, where the command line asks for none either.
    pub fn shows_nothing(&self) -> Option<&'static str> {
        let shows = |rule: &RuleMeta| {
            let asked = self.asked.shows(rule);
            asked.or_else(|| self.selection.shows(rule)).unwrap_or(!rule.opt_in)
        };
        let name =
            NAMES.into_iter().find(|n| self.file.as_ref().is_some_and(|f| f.file_name() == *n));
        name.filter(|_| !self.selection.is_empty() && !meta::ALL.iter().any(|rule| shows(rule)))
    }

    /// The same stacks with every finding, whatever people chose not to see: for who looks for the cause of a trouble.
    #[must_use]
    pub fn unfiltered(self) -> Self {
        let Self { file, severity, intent, stacks, exclude, .. } = self;
        Self { file, severity, intent, stacks, exclude, no_ignores: true, ..Self::default() }
    }
}

/// A stack named by hand.
#[derive(Debug, Clone)]
pub struct NamedStack {
    /// Its Compose files, each laid over those before it; at least one.
    pub files: Vec<RelPath>,
    /// What it is for; `None` to infer it.
    pub intent: Option<Intent>,
}

/// What makes a run fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailOn {
    /// A finding that is as bad, or worse.
    At(Severity),
    /// Nothing.
    Never,
}

/// Warnings and errors.
impl Default for FailOn {
    fn default() -> Self {
        Self::At(Severity::Warning)
    }
}

impl FailOn {
    /// Whether a finding of that severity counts.
    pub fn counts(self, severity: Severity) -> bool {
        matches!(self, Self::At(bar) if severity >= bar)
    }
}

/// Bytes of the longest name that is compared with others.
const MAX_NAME_BYTES: usize = 200;
/// How alike two names must be for one to be offered, from 0 to 1.
const ALIKE: f64 = 0.82;
/// How alike a name is to one that it is a part of.
const PART: f64 = 0.9;

/// The known names that are like enough to `name` to have been meant, the most alike first.
pub fn alike<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> Vec<&'n str> {
    if name.len() > MAX_NAME_BYTES {
        return Vec::new();
    }
    let plain = |n: &str| n.to_lowercase().replace('_', "-");
    let wanted = plain(name);
    let score = |other: &str| {
        // A part of a name that is long enough to mean it counts as well.
        let part = wanted.len() >= 4 && other.contains(&wanted);
        if part { PART } else { strsim::jaro_winkler(&wanted, other) }
    };
    let mut scored: Vec<(f64, &str)> =
        known.map(|k| (score(&plain(k)), k)).filter(|(score, _)| *score >= ALIKE).collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    scored.into_iter().map(|(_, k)| k).collect()
}

/// The known name most like `name`, if one is like enough to have been meant.
pub fn nearest<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    alike(name, known).into_iter().next()
}

/// A remark with the name that is most like the one that was written, or else what there is.
fn offering<'n, T: Insert>(
    remark: Remark,
    name: &str,
    known: impl Iterator<Item = &'n str>,
    show: impl FnOnce(&'n str) -> T,
    otherwise: impl FnOnce() -> Prose,
) -> Remark {
    let help = nearest(name, known)
        .map_or_else(otherwise, |near| prose!("did you mean `{}`?", show(near)));
    remark.help(help)
}

/// Names of configuration files, the first that is there counts.
const NAMES: [&str; 3] = ["compose-doctor.toml", ".compose-doctor.toml", "pyproject.toml"];
/// The table of `pyproject.toml`.
const TABLE: [&str; 2] = ["tool", "compose-doctor"];

/// The configuration that counts for a folder: the nearest, from the folder up to the root. None is a configuration
/// that says nothing.
pub fn find(sources: &Sources<'_>, folder: &RelPath) -> Settings {
    let mut place = folder.clone();
    loop {
        for name in NAMES {
            let Some(path) = place.join(name).filter(|p| sources.kind(p) != EntryKind::Missing)
            else {
                continue;
            };
            if let Some(settings) = load(sources, &path) {
                return settings;
            }
        }
        if place.is_root() {
            return Settings::default();
        }
        place = place.parent();
    }
}

/// The way to our table in a file.
fn table_of(path: &RelPath) -> &'static [&'static str] {
    if path.file_name() == "pyproject.toml" { &TABLE } else { &[] }
}

/// Reads a configuration file; `None` for a `pyproject.toml` that has no table for us.
pub fn load(sources: &Sources<'_>, path: &RelPath) -> Option<Settings> {
    let file = match sources.read(path, Limit::Config) {
        Ok(file) => file,
        // What cannot be read of a pyproject.toml is likely not about us.
        Err(_) if !table_of(path).is_empty() => return None,
        Err(why) => {
            let file = sources.add(path.as_str(), "");
            let problem = Remark::new(
                Span::whole(file.id),
                prose!("the configuration cannot be read: {}", why),
            );
            return Some(Settings {
                file: Some(path.clone()),
                problems: vec![problem],
                ..Settings::default()
            });
        }
    };
    of_file(sources, &file)
}

/// Reads a configuration that lies outside of the root. `path` is where it counts as lying.
pub fn load_text(sources: &Sources<'_>, path: &RelPath, text: &str) -> Option<Settings> {
    of_file(sources, &sources.add(path.as_str(), text))
}

fn of_file(sources: &Sources<'_>, file: &SourceFile) -> Option<Settings> {
    let mut problems = Vec::new();
    let table = table_of(&file.path);
    // Most have no such table, and TOML takes longer to read than to search.
    if !table.is_empty() && !file.text.contains(TABLE[1]) {
        return None;
    }
    let config = match read::read(file, table, &mut problems) {
        Some(config) => config,
        None if !table.is_empty() => return None,
        None => file::ConfigFile::default(),
    };
    Some(resolve::settings(config, file, sources, problems))
}
