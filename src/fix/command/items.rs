//! A command that is a list of arguments.

use super::Edit;
use super::host::{List, ListForm};
use super::quoting;
use crate::fix::Place;
use crate::fix::draft::Draft;
use crate::fix::yaml::scalar;
use crate::syntax::yaml::Style;

/// An argument as it will be.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Argument {
    /// As it is written.
    Old(usize),
    New(String),
}

pub(super) fn change(
    draft: &mut Draft,
    list: &List,
    words: &[Place],
    edits: &[Edit],
) -> Option<()> {
    let count = list.items.len();
    let first = list.first;
    // Words of a command that is replaced are counted no more.
    let counts = |e: &Edit| {
        matches!(e, Edit::Word(..) | Edit::Insert(..) | Edit::Append(_) | Edit::Remove(_))
    };
    if edits.iter().any(|e| matches!(e, Edit::Replace(_))) && edits.iter().any(counts) {
        return None;
    }
    let mut all: Vec<Vec<Argument>> = (first..count).map(|i| vec![Argument::Old(i)]).collect();
    // A word of the command is an argument from the first one on.
    let slot = |word: usize| {
        let at = words.get(word)?.start;
        list.items[first..].iter().position(|item| item.span().range().contains(&at))
    };
    let mut before: Vec<String> = Vec::new();
    let mut appended = Vec::new();
    let mut wrapped = false;
    for edit in edits {
        match edit {
            Edit::Before(words) => before.push(quoting::line(words)),
            Edit::Word(index, word) => {
                *all.get_mut(slot(*index)?)? = vec![Argument::New(word.clone())]
            }
            Edit::Insert(index, words) => {
                let new = words.iter().cloned().map(Argument::New);
                all.get_mut(slot(*index)?)?.splice(0..0, new);
            }
            Edit::Append(words) => appended.extend(words.iter().cloned().map(Argument::New)),
            Edit::Replace(words) => {
                all.iter_mut().for_each(Vec::clear);
                *all.first_mut()? = words.iter().cloned().map(Argument::New).collect();
            }
            Edit::Remove(range) => {
                for word in range.clone() {
                    all.get_mut(slot(word)?)?.clear();
                }
            }
            Edit::Shell => wrapped = true,
            Edit::Exec | Edit::Tolerate | Edit::Foreground | Edit::Drop => return None,
        }
    }
    let mut arguments: Vec<Argument> = all.concat();
    arguments.extend(appended);
    if wrapped {
        let words = arguments.iter().map(|a| match a {
            Argument::Old(index) => {
                let text = list.items[*index].as_str();
                let operator = matches!(text, "&&" | "||" | ";" | "|" | "&" | ">" | ">>" | "<");
                if operator { text.to_owned() } else { quoting::argument(text, true) }
            }
            Argument::New(word) => quoting::word(word),
        });
        let line = words.collect::<Vec<_>>().join(" ");
        arguments = ["sh".to_owned(), "-c".to_owned(), line].map(Argument::New).into();
    }
    if !before.is_empty() {
        let compose = list.form != ListForm::Json;
        let words = arguments.iter().map(|a| match a {
            Argument::Old(index) => quoting::argument(&list.items[*index], compose),
            Argument::New(word) => quoting::word(word),
        });
        let line = words.collect::<Vec<_>>().join(" ");
        before.push(format!("exec {line}"));
        arguments =
            ["sh".to_owned(), "-c".to_owned(), before.join(" && ")].map(Argument::New).into();
    }
    write(draft, list, &arguments)
}

/// Writes the arguments in place of those from the first one on.
fn write(draft: &mut Draft, list: &List, arguments: &[Argument]) -> Option<()> {
    let start = list.items[list.first].span().start as usize;
    let end = list.items.last()?.span().end as usize;
    let source = |index: usize| &draft.text()[list.items[index].span().range()];
    // A comment between the items would be lost.
    let gaps = (list.first + 1..list.items.len()).map(|i| {
        let range = list.items[i - 1].span().end as usize..list.items[i].span().start as usize;
        (i, &draft.text()[range])
    });
    let gaps: Vec<(usize, String)> = gaps.map(|(i, g)| (i, g.to_owned())).collect();
    if gaps.iter().any(|(_, gap)| gap.contains('#')) {
        return None;
    }
    let written = |argument: &Argument| match argument {
        Argument::Old(index) => Some(source(*index).to_owned()),
        Argument::New(word) => match list.form {
            ListForm::Json => serde_json::to_string(word).ok(),
            ListForm::Block { style, .. } => scalar(word, style),
            ListForm::Flow { style } => {
                let special = word.contains([',', '[', ']', '{', '}']);
                scalar(word, if special { Style::Double } else { style })
            }
        },
    };
    let words: Vec<String> = arguments.iter().map(written).collect::<Option<_>>()?;
    let separator = match list.form {
        ListForm::Block { column, .. } => format!("\n{}- ", " ".repeat(column)),
        // A list with an item on each line keeps that.
        _ => gaps.first().map_or_else(|| ", ".to_owned(), |(_, gap)| gap.replace('\r', "")),
    };
    draft.write(start..end, &words.join(&separator));
    Some(())
}
