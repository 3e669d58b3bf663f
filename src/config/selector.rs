//! Which rules are meant: one by its name, a group, or all.

use crate::finding::RuleMeta;
use crate::rules::meta;

/// Names that groups had before, each with the one it has now: a configuration that uses one keeps its meaning.
const FORMER_GROUPS: [(&str, &str); 1] = [("upkeep", "config")];

/// What names rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Selector {
    /// `ALL`: every rule that is on by default.
    All,
    /// The rules of a group.
    Group(&'static str),
    Rule(&'static RuleMeta),
}

impl Selector {
    /// The rules that a name means: `ALL`, a group, a rule or an alias of one, in any case.
    pub fn of_name(name: &str) -> Option<Self> {
        let same = |other: &str| other.eq_ignore_ascii_case(name);
        if same("all") {
            return Some(Self::All);
        }
        let former = || FORMER_GROUPS.iter().find(|(old, _)| same(old)).map(|(_, new)| *new);
        rule(name)
            .map(Self::Rule)
            .or_else(|| groups().find(|g| same(g)).or_else(former).map(Self::Group))
    }

    /// How exactly it names the rule, if it does: 0 for all, 1 for its group, 2 for itself.
    pub fn names(self, rule: &RuleMeta) -> Option<u8> {
        match self {
            // What is off by default is asked for by name.
            Self::All => (!rule.opt_in).then_some(0),
            Self::Group(group) => (rule.group == group).then_some(1),
            Self::Rule(meta) => std::ptr::eq(meta, rule).then_some(2),
        }
    }

    /// As it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::All => "ALL",
            Self::Group(group) => group,
            Self::Rule(rule) => rule.name,
        }
    }
}

/// The rule of that name or alias, in any case.
pub fn rule(name: &str) -> Option<&'static RuleMeta> {
    let same = |other: &str| other.eq_ignore_ascii_case(name);
    meta::ALL.iter().find(|r| same(r.name) || r.aliases.iter().any(|a| same(a))).copied()
}

/// The groups of rules, each once, sorted.
pub fn groups() -> impl Iterator<Item = &'static str> {
    let mut all: Vec<&'static str> = meta::ALL.iter().map(|r| r.group).collect();
    all.sort_unstable();
    all.dedup();
    all.into_iter()
}

/// Every name that [`Selector::of_name`] knows.
pub fn names() -> impl Iterator<Item = &'static str> {
    let rules = meta::ALL.iter().flat_map(|r| r.aliases.iter().copied().chain([r.name]));
    rules.chain(groups()).chain(FORMER_GROUPS.map(|(old, _)| old)).chain(["ALL"])
}

/// Which rules are shown.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// What is shown; `None` for everything.
    pub select: Option<Vec<Selector>>,
    /// What is shown besides.
    pub extend_select: Vec<Selector>,
    /// What is not shown.
    pub ignore: Vec<Selector>,
}

impl Selection {
    /// Whether nothing is asked for.
    pub fn is_empty(&self) -> bool {
        self.select.is_none() && self.extend_select.is_empty() && self.ignore.is_empty()
    }

    /// Whether the rule is shown; `None` where nothing here names it. Of what is shown and what is not, the name that is
    /// more exact counts, and that which hides where both are as exact.
    pub fn shows(&self, rule: &RuleMeta) -> Option<bool> {
        let best = |of: &[Selector]| of.iter().filter_map(|s| s.names(rule)).max();
        let shown = best(&self.extend_select).max(self.select.as_deref().and_then(best));
        match (shown, best(&self.ignore)) {
            (_, Some(hidden)) if shown.is_none_or(|s| s <= hidden) => Some(false),
            (Some(_), _) => Some(true),
            (None, _) => self.select.is_some().then_some(false),
        }
    }
}
