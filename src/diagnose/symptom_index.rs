//! All patterns of all pages, ready to be held against a million lines.
//!
//! A line is first looked through for words that some pattern cannot do without. Only where one is found, the patterns
//! that need it are tried, and a pattern is compiled when it is tried for the first time: most never are. So the start
//! costs little, and a line that is no symptom costs one search.

use super::pattern::Shape;
use crate::finding::RuleMeta;
use crate::rules::meta;
use regex::{Regex, RegexBuilder, RegexSet, RegexSetBuilder};
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// The most bytes of a compiled pattern.
const SIZE: usize = 4 << 20;
/// The most bytes of the tables that a search makes as it goes on.
const TABLES: usize = 8 << 20;

/// A pattern, as one or more pages have it.
pub(super) struct Pattern {
    pub(super) text: &'static str,
    /// Characters of it that are written out.
    pub(super) fixed: usize,
    /// The rules, with the place it has in their lists.
    pub(super) rules: Vec<(&'static RuleMeta, usize)>,
    compiled: OnceLock<Option<Regex>>,
}

impl Pattern {
    /// Where it matches, in bytes.
    fn find(&self, line: &str) -> Option<usize> {
        let compile =
            || RegexBuilder::new(self.text).size_limit(SIZE).dfa_size_limit(SIZE).build().ok();
        self.compiled.get_or_init(compile).as_ref()?.find(line).map(|m| m.start())
    }
}

/// The patterns of all rules.
pub(super) struct SymptomIndex {
    patterns: Vec<Pattern>,
    /// Finds out whether any word is there; `None` where every line has to be tried.
    any: Option<Regex>,
    words: RegexSet,
    /// For each word the patterns that need it.
    needed: Vec<Vec<usize>>,
    /// Patterns that need no word.
    always: Vec<usize>,
}

impl SymptomIndex {
    /// That of this program's rules, made when it is first asked for.
    pub(super) fn of_rules() -> &'static Self {
        static INDEX: OnceLock<SymptomIndex> = OnceLock::new();
        INDEX.get_or_init(|| Self::new(meta::ALL))
    }

    fn new(rules: &[&'static RuleMeta]) -> Self {
        let mut by_text: BTreeMap<&'static str, Vec<(&'static RuleMeta, usize)>> = BTreeMap::new();
        for rule in rules {
            for (place, text) in rule.symptoms.iter().enumerate() {
                by_text.entry(text).or_default().push((rule, place));
            }
        }
        let mut patterns = Vec::new();
        let mut words: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        let mut always = Vec::new();
        for (text, rules) in by_text {
            let shape = Shape::of_pattern(text);
            if shape.words.is_empty() {
                always.push(patterns.len());
            }
            for word in shape.words {
                words.entry(word).or_default().push(patterns.len());
            }
            patterns.push(Pattern { text, fixed: shape.fixed, rules, compiled: OnceLock::new() });
        }
        let escaped: Vec<String> = words.keys().map(|w| regex::escape(w)).collect();
        let set = RegexSetBuilder::new(&escaped)
            .unicode(false)
            .size_limit(SIZE)
            .dfa_size_limit(TABLES)
            .build();
        match set {
            Ok(set) => {
                let any = RegexBuilder::new(&escaped.join("|"))
                    .unicode(false)
                    .size_limit(SIZE)
                    .dfa_size_limit(TABLES)
                    .build()
                    .ok();
                Self {
                    patterns,
                    any: any.filter(|_| always.is_empty()),
                    words: set,
                    needed: words.into_values().collect(),
                    always,
                }
            }
            // Words cannot be too many, but if they were, every pattern would still be tried.
            Err(_) => {
                let always = (0..patterns.len()).collect();
                Self { patterns, any: None, words: RegexSet::empty(), needed: Vec::new(), always }
            }
        }
    }

    /// The patterns that match a line, with the byte at which they do.
    pub(super) fn matches(&self, line: &str) -> Vec<(&Pattern, usize)> {
        if self.any.as_ref().is_some_and(|any| !any.is_match(line)) {
            return Vec::new();
        }
        let found = self.words.matches(line);
        let mut tried: Vec<usize> = found
            .iter()
            .flat_map(|w| self.needed[w].iter().copied())
            .chain(self.always.iter().copied())
            .collect();
        tried.sort_unstable();
        tried.dedup();
        tried
            .into_iter()
            .filter_map(|p| Some((&self.patterns[p], self.patterns[p].find(line)?)))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_has_a_word_that_it_cannot_do_without() {
        let index = SymptomIndex::of_rules();
        let without: Vec<_> = index.always.iter().map(|p| index.patterns[*p].text).collect();
        assert!(
            without.is_empty(),
            "these are tried on every line; write out four characters in a row: {without:?}"
        );
        assert!(index.any.is_some());
    }

    #[test]
    fn every_pattern_compiles() {
        for pattern in &SymptomIndex::of_rules().patterns {
            pattern.find("x");
            assert!(pattern.compiled.get().is_some_and(Option::is_some), "{}", pattern.text);
        }
    }
}
