//! Changes of a command, wherever it is written: a string or a list of Compose, either form of a Dockerfile, a script.

mod host;
mod items;
mod line;
mod quoting;
#[cfg(test)]
mod tests;

use super::Place;
use super::draft::Draft;
use super::statement;
use crate::finding::{CommandChange, CommandEdit, StatementEdit};
use crate::syntax::comments::Language;
use host::Host;

/// Changes a command; `None` where that does not fit.
pub(super) fn change(draft: &mut Draft, language: Language, change: &CommandChange) -> Option<()> {
    let words: Vec<Place> =
        change.words.iter().map(|w| Place::of(draft, w)).collect::<Option<_>>()?;
    let host = Host::find(draft, language, &words)?;
    if language == Language::Dockerfile
        && change.edits == [CommandEdit::Drop]
        && let (Host::Line(line), Some(first)) = (&host, words.first())
        && line::is_all(line, first.start)
    {
        let at = change.words.first()?.span();
        return statement::change(draft, language, at, &StatementEdit::Remove);
    }
    let edits =
        resolved(&change.words.iter().map(|w| w.as_str()).collect::<Vec<_>>(), &change.edits);
    match host {
        Host::List(list) => items::change(draft, &list, &words, &edits),
        Host::Line(line) => line::change(draft, language, &line, &words, &edits),
    }
}

/// An edit without options: they are words that are replaced or appended.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Edit {
    Before(Vec<String>),
    Word(usize, String),
    Insert(usize, Vec<String>),
    Append(Vec<String>),
    Replace(Vec<String>),
    Remove(std::ops::Range<usize>),
    Shell,
    Exec,
    Tolerate,
    Foreground,
    Drop,
}

fn resolved(words: &[&str], edits: &[CommandEdit]) -> Vec<Edit> {
    let texts =
        |all: &[crate::finding::Prose]| all.iter().map(|p| p.unmasked()).collect::<Vec<_>>();
    edits
        .iter()
        .map(|edit| match edit {
            CommandEdit::Before(words) => Edit::Before(texts(words)),
            CommandEdit::Word(index, word) => Edit::Word(*index, word.unmasked()),
            CommandEdit::Insert(index, words) => Edit::Insert(*index, texts(words)),
            CommandEdit::Append(words) => Edit::Append(texts(words)),
            CommandEdit::Replace(words) => Edit::Replace(texts(words)),
            CommandEdit::Remove(range) => Edit::Remove(range.clone()),
            CommandEdit::Shell => Edit::Shell,
            CommandEdit::Exec => Edit::Exec,
            CommandEdit::Tolerate => Edit::Tolerate,
            CommandEdit::Foreground => Edit::Foreground,
            CommandEdit::Drop => Edit::Drop,
            CommandEdit::Option(names, value) => option(words, names, &value.unmasked()),
        })
        .collect()
}

/// Where an option is set: in the word that has its value, else behind the command.
fn option(words: &[&str], names: &[&str], value: &str) -> Edit {
    for (index, word) in words.iter().enumerate().skip(1) {
        for name in names {
            let long = name.starts_with("--");
            match word.strip_prefix(name) {
                Some("") if index + 1 < words.len() => {
                    return Edit::Word(index + 1, value.to_owned());
                }
                Some(rest) if long && rest.starts_with('=') => {
                    return Edit::Word(index, format!("{name}={value}"));
                }
                Some(rest) if !long && !rest.is_empty() && name.len() == 2 => {
                    return Edit::Word(index, format!("{name}{value}"));
                }
                _ => {}
            }
        }
    }
    let name = names.first().copied().unwrap_or_default();
    Edit::Append(vec![name.to_owned(), value.to_owned()])
}
