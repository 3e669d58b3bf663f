//! Arguments of a build: which are declared, and where they are meant but not there (Dockerfile reference, `ARG`).

use super::Image;
use crate::model::image::Base;
use crate::source::{Span, Text};
use crate::syntax::dockerfile::{Command, Kind, expand};
use crate::syntax::shell::{Part, Script, Word};
use std::collections::BTreeSet;

/// Arguments that a build knows without an `ARG` (Dockerfile reference, "Predefined ARGs" and "BuildKit built-in build args").
const PREDEFINED: [&str; 6] =
    ["HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY", "ALL_PROXY", "SOURCE_DATE_EPOCH"];

/// What a Dockerfile does with an argument.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ArgumentUse {
    /// It declares it, or BuildKit knows it.
    Declared,
    /// It uses it without an `ARG`: where.
    Lacking(Span),
    /// It does not name it; the declared argument whose name is much like it.
    Unnamed(Option<String>),
}

/// An argument that is declared before the first `FROM` only, and used in a stage, where it is empty.
#[derive(Debug, Clone)]
pub struct Argument {
    /// Its declaration.
    pub declared: Text,
    /// Where it is used.
    pub used: Span,
}

/// What a walk through the Dockerfile finds.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// Names of `ARG` before the first `FROM`.
    global: Vec<Text>,
    /// Names of `ARG` in stages.
    inner: BTreeSet<String>,
    /// Variables that have no value where they are used.
    unset: Vec<(String, Span)>,
}

impl Image {
    /// What the Dockerfile does with an argument that Compose passes.
    pub fn argument(&self, name: &str) -> ArgumentUse {
        let upper = name.to_ascii_uppercase();
        if PREDEFINED.contains(&upper.as_str()) || upper.starts_with("BUILDKIT_") {
            return ArgumentUse::Declared;
        }
        let names = self.names.get_or_init(|| self.walk());
        if names.inner.contains(name) || names.global.iter().any(|g| g.as_str() == name) {
            return ArgumentUse::Declared;
        }
        if let Some((_, span)) = names.unset.iter().find(|(n, _)| n == name) {
            return ArgumentUse::Lacking(*span);
        }
        let declared =
            names.inner.iter().map(String::as_str).chain(names.global.iter().map(|g| g.as_str()));
        let near = declared.map(|d| (strsim::damerau_levenshtein(d, name), d)).min();
        ArgumentUse::Unnamed(
            near.filter(|(distance, d)| *distance <= 2 && d.len() > 4).map(|(_, d)| d.to_owned()),
        )
    }

    /// Arguments that stages use and that only stand before the first `FROM`.
    pub fn outer_arguments(&self) -> Vec<Argument> {
        let names = self.names.get_or_init(|| self.walk());
        let mut all: Vec<Argument> = Vec::new();
        for declared in names.global.iter().filter(|g| !names.inner.contains(g.as_str())) {
            if let Some((_, used)) = names.unset.iter().find(|(n, _)| n == declared.as_str()) {
                all.push(Argument { declared: declared.clone(), used: *used });
            }
        }
        all
    }

    fn walk(&self) -> Names {
        let mut names = Names::default();
        let built: BTreeSet<usize> = self.contributing().iter().map(|s| s.index).collect();
        // What each stage has set, for those that are built on it.
        let mut known: Vec<BTreeSet<String>> = Vec::new();
        let escape = self.tree.escape;
        for instruction in &self.tree.instructions {
            if matches!(instruction.kind, Kind::From { .. }) {
                let base = match self.stages.get(known.len()).map(|s| &s.base) {
                    Some(Base::Stage(base)) => known.get(*base).cloned().unwrap_or_default(),
                    _ => BTreeSet::new(),
                };
                known.push(base);
                continue;
            }
            let stage = known.len().checked_sub(1);
            let Some(set) = known.last_mut() else {
                if let Kind::Arg(list) = &instruction.kind {
                    names.global.extend(list.iter().map(|(n, _)| n.clone()));
                }
                continue;
            };
            // Another base may set what it likes; a name of a version is set by those of languages.
            let bare = stage.is_some_and(|s| {
                built.contains(&s)
                    && self.outer_base(s).is_some_and(|b| super::stage::known_base(b))
            });
            let mut unset = Vec::new();
            let mut look = |text: &Text| {
                let mut lookup = |n: &str| set.contains(n).then(|| Text::empty(text.span()));
                unset.extend(expand(text, escape, &mut lookup).unset);
            };
            match &instruction.kind {
                Kind::Arg(list) => {
                    list.iter().filter_map(|(_, value)| value.as_ref()).for_each(&mut look);
                    names.inner.extend(list.iter().map(|(n, _)| n.as_str().to_owned()));
                    set.extend(list.iter().map(|(n, _)| n.as_str().to_owned()));
                }
                Kind::Env(list) => {
                    list.iter().for_each(|(_, value)| look(value));
                    set.extend(list.iter().map(|(n, _)| n.as_str().to_owned()));
                }
                Kind::Workdir(text) | Kind::User(text) => look(text),
                Kind::Copy { sources, dest } => sources.iter().chain([dest]).for_each(look),
                Kind::Run(Command::Shell(text)) if instruction.heredocs.is_empty() => {
                    unset = shell_uses(&Script::read(text))
                        .into_iter()
                        .filter(|(n, _)| !set.contains(n))
                        .collect();
                }
                _ => {}
            }
            if bare {
                names.unset.extend(unset.into_iter().filter(|(n, _)| !n.ends_with("VERSION")));
            }
        }
        names
    }
}

/// Plain variables that the words of a script use and that it does not set itself.
fn shell_uses(script: &Script) -> Vec<(String, Span)> {
    let mut own: BTreeSet<String> = BTreeSet::new();
    let mut used = Vec::new();
    let mut word = |word: &Word| {
        used.extend(word.parts.iter().filter_map(|p| match p {
            Part::Variable(v) if v.operator.is_empty() => Some((v.name.clone(), v.span)),
            _ => None,
        }));
    };
    for step in script.body.all_commands() {
        step.command.words.iter().for_each(&mut word);
        step.command.assignments.iter().for_each(|(_, value)| word(value));
        own.extend(step.command.assignments.iter().map(|(name, _)| name.as_str().to_owned()));
        // `read X`, `export X=…` and `for X` set it as well.
        own.extend(
            step.command
                .words
                .iter()
                .filter_map(Word::literal)
                .map(|w| w.split('=').next().unwrap_or("").to_owned()),
        );
    }
    used.retain(|(name, _)| !own.contains(name));
    used
}
