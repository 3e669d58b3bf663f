//! `{a,b}` and `{1..5}` (Bash manual, 3.5.1).

use crate::model::exec_context::Dialect;
use crate::source::Text;
use crate::syntax::shell::{Part, Word};
use std::borrow::Cow;

/// The most words that braces become.
const MAX_WORDS: usize = 256;

/// The words that braces make of one.
pub(super) fn expand(word: &Word, dialect: Dialect) -> Vec<Cow<'_, Word>> {
    let open = |p: &Part| matches!(p, Part::Literal { text, quoted: false } if text.contains('{'));
    if dialect == Dialect::Dash || dialect == Dialect::Ash || !word.parts.iter().any(open) {
        return vec![Cow::Borrowed(word)];
    }
    let mut done = Vec::new();
    let mut left = vec![word.clone()];
    while let Some(word) = left.pop() {
        match first(&word) {
            Some(words) if done.len() + left.len() + words.len() <= MAX_WORDS => {
                left.extend(words.into_iter().rev());
            }
            _ => done.push(Cow::Owned(word)),
        }
    }
    done
}

/// The words that the first braces make, where they stand in one literal.
fn first(word: &Word) -> Option<Vec<Word>> {
    for (i, part) in word.parts.iter().enumerate() {
        let Part::Literal { text, quoted: false } = part else { continue };
        let bytes = text.as_bytes();
        for start in (0..bytes.len()).filter(|at| bytes[*at] == b'{') {
            let Some((commas, end)) = inside(bytes, start) else { continue };
            let choices: Vec<Text> = if commas.is_empty() {
                let range = text.slice(start + 1..end);
                match numbers(&range) {
                    Some(all) => all.into_iter().map(|n| Text::derived(n, text.span())).collect(),
                    None => continue,
                }
            } else {
                let mut from = start + 1;
                let ends = commas.into_iter().chain([end]);
                ends.map(|to| text.slice(std::mem::replace(&mut from, to + 1)..to)).collect()
            };
            let made = |choice: &Text| {
                let mut all = text.slice(0..start);
                all.push_text(choice);
                all.push_text(&text.slice(end + 1..text.len()));
                let mut parts = word.parts.clone();
                parts[i] = Part::Literal { text: all, quoted: false };
                Word { raw: word.raw.clone(), parts }
            };
            return Some(choices.iter().map(made).collect());
        }
    }
    None
}

/// Where the commas stand in braces that open at `start`, and where they close.
fn inside(bytes: &[u8], start: usize) -> Option<(Vec<usize>, usize)> {
    let mut commas = Vec::new();
    let mut depth = 0_usize;
    for (at, byte) in bytes.iter().enumerate().skip(start) {
        match byte {
            b'{' => depth += 1,
            b'}' if depth == 1 => return Some((commas, at)),
            b'}' => depth -= 1,
            b',' if depth == 1 => commas.push(at),
            _ => {}
        }
    }
    None
}

/// `1..5`, `5..1`, `0..10..2`
fn numbers(text: &str) -> Option<Vec<String>> {
    let mut parts = text.split("..");
    let (from, to): (i64, i64) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    let by = parts.next().map_or(Some(1), |by| by.parse::<i64>().ok())?.abs().max(1);
    let mut all = Vec::new();
    let mut at = from;
    while all.len() < MAX_WORDS && if from <= to { at <= to } else { at >= to } {
        all.push(at.to_string());
        at = if from <= to { at.checked_add(by)? } else { at.checked_sub(by)? };
    }
    Some(all)
}
