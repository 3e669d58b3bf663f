//! Blocks of the configuration from the outside in, and what holds in the innermost.

use crate::source::Text;
use crate::syntax::nginx::Directive;

/// What a block is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Http,
    Server,
    Location,
    /// `if` in a location.
    If,
    LimitExcept,
}

/// A block.
#[derive(Debug, Clone, Copy)]
pub(super) struct Level<'w> {
    pub(super) kind: Kind,
    pub(super) directives: &'w [Directive],
    /// The directive of the block; `None` for `http`.
    pub(super) block: Option<&'w Directive>,
}

impl<'w> Level<'w> {
    pub(super) fn of_block(kind: Kind, block: &'w Directive) -> Self {
        Self { kind, directives: block.block.as_deref().unwrap_or_default(), block: Some(block) }
    }

    /// Its own directives of a name.
    pub(super) fn named(&self, name: &str) -> impl Iterator<Item = &'w Directive> {
        let name = name.to_owned();
        self.directives.iter().filter(move |d| d.name.as_str() == name)
    }
}

/// Blocks inside each other, the outermost first.
#[derive(Debug, Clone)]
pub(super) struct Chain<'w>(pub(super) Vec<Level<'w>>);

impl<'w> Chain<'w> {
    /// With one more block inside.
    pub(super) fn with(&self, level: Level<'w>) -> Self {
        let mut levels = self.0.clone();
        levels.push(level);
        Self(levels)
    }

    pub(super) fn innermost(&self) -> Option<Level<'w>> {
        self.0.last().copied()
    }

    /// The directives of a name that hold: those of the innermost block that has one.
    pub(super) fn all(&self, name: &str) -> Vec<&'w Directive> {
        let found = self.0.iter().rev().map(|level| level.named(name).collect::<Vec<_>>());
        found.into_iter().find(|all| !all.is_empty()).unwrap_or_default()
    }

    /// The directive of a name that holds.
    pub(super) fn last(&self, name: &str) -> Option<&'w Directive> {
        self.all(name).pop()
    }

    /// The first argument of the directive that holds.
    pub(super) fn value(&self, name: &str) -> Option<&'w Text> {
        self.last(name).and_then(|d| d.arg(0))
    }

    /// Whether a switch is on; `usual` where it is not written.
    pub(super) fn is_on(&self, name: &str, usual: bool) -> bool {
        self.value(name).map_or(usual, |v| v.eq_ignore_ascii_case("on"))
    }

    /// The innermost blocks that share one handler: a location, with the `if` and `limit_except` that were entered.
    pub(super) fn handler(&self, names: &[&'static str]) -> Option<(&'static str, &'w Directive)> {
        for level in self.0.iter().rev() {
            let found = level
                .directives
                .iter()
                .rev()
                .find_map(|d| names.iter().find(|n| **n == d.name.as_str()).map(|n| (*n, d)));
            if found.is_some() || !matches!(level.kind, Kind::If | Kind::LimitExcept) {
                return found;
            }
        }
        None
    }

    /// The `root` or `alias` that holds.
    pub(super) fn root(&self) -> Option<(&'static str, &'w Directive)> {
        self.0.iter().rev().find_map(|level| {
            level.directives.iter().rev().find_map(|d| match d.name.as_str() {
                "root" => Some(("root", d)),
                "alias" => Some(("alias", d)),
                _ => None,
            })
        })
    }

    /// The directive of the location that is entered.
    pub(super) fn location(&self) -> Option<&'w Directive> {
        self.0.iter().rev().find(|l| l.kind == Kind::Location).and_then(|l| l.block)
    }
}
