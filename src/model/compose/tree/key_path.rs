//! Where in a project a value stands, as a path of keys: what the special cases of merging, casting and
//! notation are looked up by.

use crate::finding::{Insert, Prose, Quote};

/// A path of keys from the top of a project; items of a list are all `[]`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct KeyPath<'a> {
    above: Option<&'a Self>,
    key: &'a str,
    len: usize,
}

/// The key of a list's items.
pub(crate) const ITEM: &str = "[]";

impl<'a> KeyPath<'a> {
    /// The top of a project.
    pub(crate) const TOP: KeyPath<'static> = KeyPath { above: None, key: "", len: 0 };

    /// The path of an entry below this one.
    pub(crate) fn next(&'a self, key: &'a str) -> Self {
        Self { above: Some(self), key, len: self.len + 1 }
    }

    /// Whether the path is that of a pattern, in which `*` stands for any key.
    pub(crate) fn is(&self, pattern: &[&str]) -> bool {
        if pattern.len() != self.len {
            return false;
        }
        let mut here = Some(self);
        pattern.iter().rev().all(|want| {
            let Some(step) = here else { return false };
            here = step.above;
            *want == "*" || *want == step.key
        })
    }

    /// The value that a table of patterns has for this path.
    pub(crate) fn find<T: Copy>(&self, table: &[(&[&str], T)]) -> Option<T> {
        table.iter().find(|(pattern, _)| self.is(pattern)).map(|(_, value)| *value)
    }

    /// The last key.
    pub(crate) fn last(&self) -> &'a str {
        self.key
    }

    /// The keys from the top.
    fn keys(&self) -> Vec<&'a str> {
        let mut keys = self.above.map(KeyPath::keys).unwrap_or_default();
        if self.len > 0 {
            keys.push(self.key);
        }
        keys
    }
}

impl Insert for KeyPath<'_> {
    fn insert_into(&self, prose: &mut Prose) {
        prose.push(&Quote::name(&self.keys().join(".")));
    }
}
