//! Conditions of a script that can be decided: `[ "$X" = "y" ]`, `[ -z "$X" ]`, `[ -f file ]`.

use crate::model::exec_context::{ExecContext, PathLookup};
use crate::model::path;
use crate::source::Text;
use crate::syntax::shell::{Command, Item, Joined, List, Word};

type Fields<'a> = &'a dyn Fn(&Word) -> Vec<Text>;

/// Whether a condition holds; `None` when that is not known.
pub(super) fn truth(
    list: &List,
    fields: Fields<'_>,
    place: &dyn ExecContext,
    workdir: Option<&str>,
) -> Option<bool> {
    let mut result: Option<bool> = None;
    for (i, item) in list.items.iter().enumerate() {
        let value = || one(item, fields, place, workdir);
        result = match (i, item.joined) {
            (0, _) => value(),
            (_, Joined::And) => match result {
                Some(false) => Some(false),
                Some(true) => value(),
                None => match value() {
                    Some(false) => Some(false),
                    _ => None,
                },
            },
            (_, Joined::Or) => match result {
                Some(true) => Some(true),
                Some(false) => value(),
                None => match value() {
                    Some(true) => Some(true),
                    _ => None,
                },
            },
            _ => None,
        };
    }
    result
}

/// How a command of an and-or list ends, where it is one that only tests: `Some(None)` when that cannot be
/// decided, `None` for a command that does something.
pub(super) fn outcome(
    item: &Item,
    fields: Fields<'_>,
    place: &dyn ExecContext,
    workdir: Option<&str>,
) -> Option<Option<bool>> {
    const PROBES: [&str; 8] = ["grep", "command", "which", "type", "pgrep", "getent", "id", "hash"];
    match &item.command {
        Command::Test(_) => Some(one(item, fields, place, workdir)),
        Command::Simple(simple) => match simple.words.first()?.literal()?.as_str() {
            "[" | "test" | "true" | ":" | "false" => Some(one(item, fields, place, workdir)),
            name if PROBES.contains(&name) => Some(None),
            _ => None,
        },
        _ => None,
    }
}

fn one(
    item: &Item,
    fields: Fields<'_>,
    place: &dyn ExecContext,
    workdir: Option<&str>,
) -> Option<bool> {
    let words = match &item.command {
        Command::Simple(simple) => &simple.words,
        Command::Test(words) => words,
        _ => return None,
    };
    let mut texts: Vec<Option<String>> = Vec::new();
    for word in words {
        match fields(word).as_slice() {
            // Nothing is the empty text to a test, quoted or not.
            [] => texts.push(Some(String::new())),
            fields => texts.extend(fields.iter().map(|f| f.resolved().map(str::to_owned))),
        }
    }
    let texts = match item.command {
        Command::Simple(_) => match texts.first().and_then(|t| t.as_deref()) {
            Some("[") => texts.get(1..texts.len().saturating_sub(1))?,
            Some("test") => texts.get(1..)?,
            Some("true" | ":") => return Some(!item.negated),
            Some("false") => return Some(item.negated),
            _ => return None,
        },
        _ => &texts[..],
    };
    let value = test(texts, place, workdir)?;
    Some(value != item.negated)
}

fn test(words: &[Option<String>], place: &dyn ExecContext, workdir: Option<&str>) -> Option<bool> {
    match words {
        [Some(not), rest @ ..] if not == "!" => test(rest, place, workdir).map(|t| !t),
        [one] => one.as_ref().map(|t| !t.is_empty()),
        [Some(op), value] => {
            let value = value.as_ref()?;
            match op.as_str() {
                "-z" => Some(value.is_empty()),
                "-n" => Some(!value.is_empty()),
                "-f" | "-e" | "-d" | "-s" | "-r" | "-x" => {
                    match place.find(&path::join(workdir?, value)) {
                        PathLookup::Host(_) => Some(true),
                        // A file may come with a volume or be made by an earlier step: only presence is sure.
                        _ => None,
                    }
                }
                _ => None,
            }
        }
        [a, Some(op), b] => {
            let (a, b) = (a.as_ref()?, b.as_ref()?);
            let number = |s: &str| s.parse::<i64>().ok();
            match op.as_str() {
                "=" | "==" => Some(if b.contains(['*', '?', '[']) { glob(b, a)? } else { a == b }),
                "!=" => Some(a != b),
                "-eq" => Some(number(a)? == number(b)?),
                "-ne" => Some(number(a)? != number(b)?),
                "-gt" => Some(number(a)? > number(b)?),
                "-ge" => Some(number(a)? >= number(b)?),
                "-lt" => Some(number(a)? < number(b)?),
                "-le" => Some(number(a)? <= number(b)?),
                _ => None,
            }
        }
        _ => {
            let at = words
                .iter()
                .position(|w| matches!(w.as_deref(), Some("&&" | "||" | "-a" | "-o")))?;
            let (left, right) =
                (test(&words[..at], place, workdir), test(&words[at + 1..], place, workdir));
            match words[at].as_deref() {
                Some("&&" | "-a") => match (left, right) {
                    (Some(false), _) | (_, Some(false)) => Some(false),
                    (Some(true), Some(true)) => Some(true),
                    _ => None,
                },
                _ => match (left, right) {
                    (Some(true), _) | (_, Some(true)) => Some(true),
                    (Some(false), Some(false)) => Some(false),
                    _ => None,
                },
            }
        }
    }
}

fn glob(pattern: &str, text: &str) -> Option<bool> {
    Some(globset::Glob::new(pattern).ok()?.compile_matcher().is_match(text))
}

/// Whether a pattern of a `case` matches.
pub(super) fn matches_pattern(pattern: &Word, value: &str) -> bool {
    match pattern.literal() {
        Some(text) if text.contains(['*', '?', '[']) => glob(&text, value).unwrap_or(false),
        Some(text) => text == value,
        None => false,
    }
}
