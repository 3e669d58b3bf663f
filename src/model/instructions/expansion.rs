//! Text with the variables of make, just or a CI put in, before a shell sees it.

use super::shell::MAX_ALTERNATIVES;
use crate::source::{Span, Text};
use std::cell::Cell;
use std::ops::Range;

/// The most bytes that a text may become.
const MAX_BYTES: usize = 64 * 1024;
/// How many variables may be put in of one text, those in the values of others included.
const MAX_PUT_IN: usize = 5_000;

/// What may still be put in: variables that are made of others can grow without end.
pub(super) struct Fuel(Cell<usize>);

impl Fuel {
    pub(super) fn new() -> Self {
        Self(Cell::new(MAX_PUT_IN))
    }

    /// Takes one; `false` where none is left.
    pub(super) fn take(&self) -> bool {
        let left = self.0.get();
        self.0.set(left.saturating_sub(1));
        left > 0
    }
}

/// A place in a text that is replaced.
pub(super) struct Mark {
    /// With what is around the name.
    pub(super) range: Range<usize>,
    /// What it may stand for; empty where that is not known.
    pub(super) values: Vec<Text>,
    /// The name of a variable that stands in for what is not known.
    pub(super) name: String,
}

/// The texts that one may become. What is not known becomes a variable that no shell has set.
pub(super) fn put_in(text: &Text, marks: &[Mark]) -> Vec<Text> {
    let mut all = vec![Text::empty(text.span())];
    let mut at = 0;
    for mark in marks {
        let before = text.slice(at..mark.range.start);
        all.iter_mut().for_each(|t| t.push_text(&before));
        let span = text.span_of(mark.range.clone());
        let values = if mark.values.is_empty() {
            vec![unknown(&mark.name, span)]
        } else {
            mark.values.clone()
        };
        let mut next = Vec::new();
        for start in &all {
            let fits = |v: &&Text| start.len() + v.len() <= MAX_BYTES;
            for value in values.iter().filter(fits).take(MAX_ALTERNATIVES - next.len()) {
                let mut whole = start.clone();
                whole.push_derived(value.as_str(), span);
                next.push(whole);
            }
        }
        all = next;
        at = mark.range.end;
    }
    let rest = text.slice(at..text.len());
    all.iter_mut().for_each(|t| t.push_text(&rest));
    all
}

/// `${NAME}`
fn unknown(name: &str, span: Span) -> Text {
    let name: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    let name =
        if name.starts_with(|c: char| c.is_ascii_digit()) { format!("_{name}") } else { name };
    let name = if name.is_empty() { "_" } else { name.as_str() };
    Text::derived(format!("${{{name}}}"), span)
}

/// The places between `open` and `close`, such as `{{ name }}`, with what is between.
pub(super) fn between(text: &str, open: &str, close: &str) -> Vec<(Range<usize>, Range<usize>)> {
    let mut all = Vec::new();
    let mut at = 0;
    while let Some(start) = text[at..].find(open).map(|i| at + i) {
        let inner = start + open.len();
        let Some(end) = text[inner..].find(close).map(|i| inner + i) else { break };
        let content = &text[inner..end];
        let lead = content.len() - content.trim_start().len();
        let name = inner + lead..inner + lead + content.trim().len();
        at = end + close.len();
        all.push((start..at, name));
    }
    all
}
