//! Values of an account for people: as Python writes them, cut where there is more than a person reads.

use super::guard::MASK;
use super::ledger::Show;
use super::safe::SafeText;
use crate::finding::{PlainKey, PlainValue};
use crate::source::Text;

/// Items of a list that are shown, and keys of a dict inside of a value.
const MAX_ITEMS: usize = 4;
/// Entries of a dict that are shown.
const MAX_ENTRIES: usize = 8;
/// Characters of a string that are shown.
const MAX_CHARS: usize = 160;

/// A value as people write it. `outer` is the value itself, not a part of it.
pub(super) fn value(show: &Show<'_>, shown: &PlainValue, outer: bool) -> SafeText {
    match shown {
        PlainValue::None => SafeText::own("None"),
        PlainValue::Bool(true) => SafeText::own("True"),
        PlainValue::Bool(false) => SafeText::own("False"),
        PlainValue::Int(number) => show.guard.value(&number.to_string()),
        PlainValue::Float(number) => show.guard.value(&number.to_string()),
        PlainValue::Text(text) => self::text(show, text),
        PlainValue::Secret { .. } => SafeText::own(MASK),
        PlainValue::Words(words) => show.guard.line(words),
        PlainValue::List { items, more } => {
            let items: Vec<SafeText> = items.iter().map(|i| part(show, i)).collect();
            list(&items, MAX_ITEMS, more.is_some(), "[", "]")
        }
        // The entries of the outermost one are what a person looks for.
        PlainValue::Dict { entries, more } if outer => {
            let entry = |(key, value): &(PlainKey, PlainValue)| {
                let mut text = self::key(show, key);
                text.push_own(" ").push(&self::value(show, value, false));
                text
            };
            let entries: Vec<SafeText> = entries.iter().map(entry).collect();
            list(&entries, MAX_ENTRIES, more.is_some(), "", "")
        }
        PlainValue::Dict { entries, more } => {
            let keys: Vec<SafeText> = entries.iter().map(|(k, _)| key(show, k)).collect();
            list(&keys, MAX_ITEMS, more.is_some(), "{", "}")
        }
        PlainValue::Unknown(_) => SafeText::own("?"),
    }
}

fn key(show: &Show<'_>, key: &PlainKey) -> SafeText {
    match key {
        PlainKey::Own(word) => SafeText::own(word),
        PlainKey::Text(text) => show.guard.text(text),
    }
}

/// An item of a list: a string is quoted, so that it is seen where it ends.
fn part(show: &Show<'_>, value_of: &PlainValue) -> SafeText {
    let shown = value(show, value_of, false);
    match value_of {
        PlainValue::Text(text) if !text.is_empty() => {
            let mut quoted = SafeText::own("'");
            quoted.push(&shown).push_own("'");
            quoted
        }
        _ => shown,
    }
}

fn text(show: &Show<'_>, text: &Text) -> SafeText {
    let shown = show.guard.pieces(text);
    match shown.char_indices().nth(MAX_CHARS) {
        // Cut after masking: half a secret would not be recognised.
        Some(_) => {
            let whole = show.guard.value(&shown);
            let mut cut = SafeText::composed(whole.as_str().chars().take(MAX_CHARS).collect());
            cut.push_own("…");
            cut
        }
        None if shown.is_empty() => SafeText::own("''"),
        None => show.guard.value(&shown),
    }
}

/// An argument as a shell would take it.
pub(super) fn quoted(show: &Show<'_>, word: &Text) -> String {
    let shown = show.guard.pieces(word);
    let plain = !shown.is_empty() && !shown.contains([' ', '\'', '"', '\n', '\t', ';', '|', '&']);
    if plain { shown } else { format!("'{}'", shown.replace('\'', "'\\''")) }
}

/// The first items between brackets, and how many more there are.
fn list(
    items: &[SafeText],
    most: usize,
    more: bool,
    open: &'static str,
    close: &'static str,
) -> SafeText {
    let mut out = SafeText::own(open);
    for (index, item) in items.iter().take(most).enumerate() {
        out.push_own(if index > 0 { ", " } else { "" }).push(item);
    }
    if items.len() > most {
        out.push_own(" and ").push_number(items.len() - most).push_own(" more");
    }
    if more {
        out.push_own(if items.is_empty() { "?" } else { ", ?" });
    }
    out.push_own(close);
    out
}
