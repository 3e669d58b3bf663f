//! From what is written to what is meant: names to rules, texts to patterns and paths.

use super::file::{Bar, ConfigFile, Level, Purpose, StackTable, Sureness};
use super::read::MAX_COMPLAINTS;
use super::selector::{self, Selection, Selector};
use super::{Baseline, FailOn, NamedStack, PathIgnore, Pattern, Settings, offering};
use crate::finding::{Confidence, Intent, Own, Quote, Remark, RuleMeta, Severity, prose};
use crate::rules::meta;
use crate::source::{EntryKind, RelPath, SourceFile, Sources, Span, Spanned};

type Name = toml::Spanned<String>;

/// The most patterns that count: each is tried on each file.
const MAX_PATTERNS: usize = 1000;
/// The most names of a list that are looked at: there are not so many rules.
const MAX_NAMES: usize = 1000;
/// What to do about a name that is like no other.
const LIST: &str = "`compose-doctor rules` lists all rules";

/// What a file asks for.
pub(super) fn settings(
    config: ConfigFile,
    file: &SourceFile,
    sources: &Sources<'_>,
    problems: Vec<Remark>,
) -> Settings {
    let mut r = Resolver { file, sources, folder: file.path.parent(), problems, patterns: 0 };
    let selection = Selection {
        select: config.select.as_deref().map(|names| r.selectors(names)),
        extend_select: r.selectors(&config.extend_select),
        ignore: r.selectors(&config.ignore),
    };
    let path_ignores = config
        .per_path_ignores
        .iter()
        .filter_map(|(pattern, rules)| {
            let rules = r.selectors(rules);
            Some(PathIgnore { pattern: r.pattern(pattern)?, rules })
        })
        .collect();
    let severity = config
        .severity
        .iter()
        .filter_map(|(name, level)| Some((r.rule(name)?, severity_of(*level))))
        .collect();
    let stacks = config.stack.iter().filter_map(|s| r.stack(s)).collect();
    let exclude = config.exclude.iter().filter_map(|p| r.pattern(p)).collect();
    let baseline = config.baseline.as_ref().and_then(|b| r.path(b));
    let baseline = baseline.map(|b| Baseline { path: b.value, named: Some(b.span) });
    Settings {
        file: Some(file.path.clone()),
        selection,
        asked: Selection::default(),
        path_ignores,
        severity,
        intent: config.intent.map(intent_of),
        stacks,
        exclude,
        fail_on: config.fail_on.map(fail_on_of),
        min_confidence: config.min_confidence.map(confidence_of),
        baseline,
        require_suppression_reason: config.require_suppression_reason,
        no_ignores: false,
        problems: r.problems,
    }
}

struct Resolver<'a> {
    file: &'a SourceFile,
    sources: &'a Sources<'a>,
    folder: RelPath,
    problems: Vec<Remark>,
    patterns: usize,
}

impl Resolver<'_> {
    fn span(&self, name: &Name) -> Span {
        let base = self.file.bom();
        Span::new(self.file.id, base + name.span().start, base + name.span().end)
    }

    fn selectors(&mut self, names: &[Name]) -> Vec<Selector> {
        let mut selectors = Vec::new();
        for name in names.iter().take(MAX_NAMES) {
            match self.selector(name) {
                Some(selector) if !selectors.contains(&selector) => selectors.push(selector),
                _ => {}
            }
        }
        selectors
    }

    /// Notes a problem. What to say is worked out only where there is room for it: comparing names takes time.
    fn wrong(&mut self, problem: impl FnOnce() -> Remark) {
        if self.problems.len() < MAX_COMPLAINTS {
            self.problems.push(problem());
        }
    }

    fn selector(&mut self, name: &Name) -> Option<Selector> {
        let found = Selector::of_name(name.get_ref());
        if found.is_none() {
            let problem = Remark::new(
                self.span(name),
                prose!("there is no rule `{}`", short(name.get_ref())),
            );
            self.wrong(|| {
                offering(problem, name.get_ref(), selector::names(), Own, || LIST.into())
            });
        }
        found
    }

    fn rule(&mut self, name: &Name) -> Option<&'static RuleMeta> {
        let found = selector::rule(name.get_ref());
        if found.is_none() {
            let problem = Remark::new(
                self.span(name),
                prose!("there is no rule `{}`", short(name.get_ref())),
            );
            self.wrong(|| {
                offering(problem, name.get_ref(), meta::ALL.iter().map(|r| r.name), Own, || {
                    LIST.into()
                })
            });
        }
        found
    }

    fn pattern(&mut self, text: &Name) -> Option<Pattern> {
        let span = self.span(text);
        let read = if self.patterns < MAX_PATTERNS {
            Pattern::read(text.get_ref(), span, &self.folder)
        } else {
            Err(prose!("more than {} patterns", MAX_PATTERNS))
        };
        self.patterns += 1;
        read.map_err(|why| self.wrong(|| Remark::new(span, why))).ok()
    }

    /// A path below the folder of the file.
    fn path(&mut self, text: &Name) -> Option<Spanned<RelPath>> {
        let span = self.span(text);
        let path = self.folder.join(text.get_ref()).filter(|p| !p.is_root());
        if path.is_none() {
            let problem =
                Remark::new(span, prose!("`{}` leaves the project", short(text.get_ref())));
            self.wrong(|| problem.help("write a path relative to this file's folder"));
        }
        path.map(|p| Spanned::new(p, span))
    }

    fn stack(&mut self, table: &StackTable) -> Option<NamedStack> {
        let named: Vec<(&str, Spanned<RelPath>)> = table
            .files
            .iter()
            .filter_map(|f| Some((f.get_ref().as_str(), self.path(f)?)))
            .collect();
        for (text, path) in named.iter().take(MAX_COMPLAINTS) {
            if self.sources.kind(&path.value) != EntryKind::File {
                let problem = Remark::new(path.span, prose!("there is no file `{}`", short(text)));
                let beside = self.sources.list(&path.value.parent());
                let name = path.value.file_name();
                self.wrong(|| {
                    offering(
                        problem,
                        name,
                        beside.iter().map(|(n, _)| n.as_str()),
                        Quote::path,
                        || {
                            "a stack names its Compose files relative to the folder of this file"
                                .into()
                        },
                    )
                });
            }
        }
        let files: Vec<RelPath> = named.into_iter().map(|(_, p)| p.value).collect();
        (!files.is_empty()).then(|| NamedStack { files, intent: table.intent.map(intent_of) })
    }
}

/// The beginning of a name, enough to know it by.
pub(super) fn short(name: &str) -> Quote {
    const MAX_SHOWN: usize = 80;
    let mut text: String = name.chars().take(MAX_SHOWN).collect();
    if text.len() < name.len() {
        text.push('…');
    }
    Quote::name(&text)
}

fn severity_of(level: Level) -> Severity {
    match level {
        Level::Error => Severity::Error,
        Level::Warning => Severity::Warning,
        Level::Info => Severity::Info,
    }
}

fn fail_on_of(bar: Bar) -> FailOn {
    match bar {
        Bar::Error => FailOn::At(Severity::Error),
        Bar::Warning => FailOn::At(Severity::Warning),
        Bar::Info => FailOn::At(Severity::Info),
        Bar::Never => FailOn::Never,
    }
}

fn confidence_of(sureness: Sureness) -> Confidence {
    match sureness {
        Sureness::Low => Confidence::Low,
        Sureness::Medium => Confidence::Medium,
        Sureness::High => Confidence::High,
    }
}

fn intent_of(purpose: Purpose) -> Intent {
    match purpose {
        Purpose::Development => Intent::Development,
        Purpose::Production => Intent::Production,
    }
}
