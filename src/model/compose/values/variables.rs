//! The variables that Compose puts into texts, each with the place of its value.

use super::put_in::PutIn;
use crate::source::{Span, Text};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A variable's text, and the place of its value where a file has it.
pub(super) type Value = (Text, Option<Span>);

/// What stands for a variable that is set nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unset {
    /// An unresolved piece: the person who runs Compose may have it set.
    Open,
    /// Nothing, as Compose does where it runs here and now.
    Blank,
}

/// Variables, those of `outer` (whoever runs Compose, the project around an included one) before the own ones.
#[derive(Debug, Clone)]
pub struct Variables {
    /// The own ones.
    pub(super) values: Arc<BTreeMap<String, Value>>,
    /// The first that has a variable wins. Shared, because every service looks things up here.
    outer: Vec<Arc<BTreeMap<String, Value>>>,
    unset: Unset,
    /// How much was put into texts so far.
    pub(super) put_in: Arc<PutIn>,
}

impl Default for Variables {
    fn default() -> Self {
        Self {
            values: Arc::default(),
            outer: Vec::new(),
            unset: Unset::Open,
            put_in: Arc::default(),
        }
    }
}

impl Variables {
    /// The variables of a shell, in which Compose itself would run; what is set nowhere is blank.
    pub(super) fn of_shell(vars: impl IntoIterator<Item = (String, String)>) -> Self {
        let outer: BTreeMap<String, Value> =
            vars.into_iter().map(|(name, value)| (name, (of_shell(value), None))).collect();
        Self { outer: vec![Arc::new(outer)], unset: Unset::Blank, ..Self::default() }
    }

    /// Nothing yet; what is added may use the variables of `outer`, which win where both have one.
    pub(super) fn with_outer(outer: &Self) -> Self {
        let all = outer
            .outer
            .iter()
            .chain([&outer.values])
            .filter(|vars| !vars.is_empty())
            .cloned()
            .collect();
        Self { outer: all, unset: outer.unset, put_in: outer.put_in.clone(), ..Self::default() }
    }

    /// What stands for a variable that is set nowhere.
    pub fn unset(&self) -> Unset {
        self.unset
    }

    /// Sets a variable over all others, as if the shell had it.
    pub(super) fn set(&mut self, name: &str, value: &str) {
        let one = BTreeMap::from([(name.to_owned(), (of_shell(value), None))]);
        self.outer.insert(0, Arc::new(one));
    }

    /// Sets a variable that files may use and may set again.
    pub(super) fn give(&mut self, name: &str, text: &Text) {
        Arc::make_mut(&mut self.values).insert(name.to_owned(), (text.clone(), Some(text.span())));
    }

    /// A variable's text and the place of its value, where a file has it.
    pub fn get(&self, name: &str) -> Option<(&Text, Option<Span>)> {
        self.outer
            .iter()
            .chain([&self.values])
            .find_map(|vars| vars.get(name))
            .map(|(value, span)| (value, *span))
    }

    /// Every variable that its files set, sorted by name, with its text at the place of its value.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Text)> {
        let seen = |value: &Text, span: Span| {
            let own = value.span() == span && value.pieces().iter().all(|p| p.verbatim());
            if own { value.clone() } else { value.seen_at(span) }
        };
        self.values
            .iter()
            .filter_map(move |(name, (value, span))| Some((name.as_str(), seen(value, (*span)?))))
    }

    /// Whether every shell has the variable, so that it is unknown here but not blank there.
    pub fn is_shells_own(name: &str) -> bool {
        matches!(
            name,
            "PWD" | "HOME" | "USER" | "LOGNAME" | "PATH" | "SHELL" | "LANG" | "TERM" | "TMPDIR"
        )
    }
}

/// A value that no file has.
fn of_shell(value: impl Into<String>) -> Text {
    Text::derived(value, Span::nowhere())
}
