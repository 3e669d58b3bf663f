//! The INI file that uWSGI is given, as it comes out with the variables of the process: uWSGI docs, "Configuring uWSGI",
//! "Magic variables", "Placeholders" and "Configuration logic". Held against uWSGI 2.0.30 (`--show-config`).

use super::option;
use crate::model::django::EnvAnswer;
use crate::model::exec_context::{ExecContext, PathLookup};
use crate::model::path;
use crate::source::{Known, Reason, Text, Unknown};
use crate::syntax::ini::{Entry, Ini};
use std::collections::BTreeMap;

/// The lines that apply.
#[derive(Debug, Default)]
pub(crate) struct UwsgiIni {
    /// In order, with what stands for their placeholders.
    pub(crate) entries: Vec<Entry>,
    /// Why there may be more, or others.
    pub(crate) open: Option<Unknown>,
    /// Whether a file was read.
    pub(crate) is_read: bool,
}

/// The block that a line stands in: a condition, or a loop with its items.
enum Block {
    If(Option<bool>, Option<Text>),
    For(Vec<Text>),
}

/// Reads the file that is named on the command line. `vars` win over the variables of `place`.
pub(crate) fn read(
    place: &dyn ExecContext,
    argv: &[Text],
    workdir: Option<&str>,
    vars: &BTreeMap<String, Text>,
) -> UwsgiIni {
    let mut out = UwsgiIni::default();
    let named = option(argv, "--ini")
        .or_else(|| option(argv, "-i"))
        .or_else(|| argv.iter().skip(1).find(|a| a.ends_with(".ini")).cloned());
    let Some(named) = named else { return out };
    let absolute = match (named.starts_with('/'), workdir) {
        (true, _) => path::join("/", &named),
        (false, Some(workdir)) => path::join(workdir, &named),
        (false, None) => {
            out.open = Some(Unknown::at(Reason::WorkingFolder, named.span()));
            return out;
        }
    };
    let text = match place.find(&absolute) {
        PathLookup::Host(file) => place.text(&file),
        _ => None,
    };
    let Some(text) = text else {
        out.open = Some(Unknown::at(Reason::FileElsewhere(absolute), named.span()));
        return out;
    };
    out.is_read = true;
    let mut reader = Reader { place, vars, at: &absolute, known: Vec::new() };
    let mut block: Option<Block> = None;
    for entry in Ini::read(&text, '=').entries {
        let key = entry.key.as_str();
        if matches!(key, "endif" | "end-if" | "endfor" | "end-for") {
            block = None;
            continue;
        }
        if let Some(condition) = key.strip_prefix("if-") {
            block = Some(reader.condition(condition, &entry.value));
            continue;
        }
        if matches!(key, "for" | "for-glob" | "for-readline" | "for-times") {
            let words = entry.value.split_whitespace().map(|w| entry.value.slice_of(w));
            block = Some(match key {
                "for" => Block::For(words.collect()),
                _ => Block::If(None, None),
            });
            continue;
        }
        if matches!(key, "ini" | "include" | "inherit" | "import") {
            let reason = Reason::FilePartlyRead(absolute.clone());
            out.open.get_or_insert(Unknown::at(reason, entry.value.span()));
        }
        let items = match &block {
            None => vec![None],
            Some(Block::If(Some(true), item)) => vec![item.clone()],
            Some(Block::If(Some(false), _)) => continue,
            Some(Block::If(None, _)) => {
                out.open.get_or_insert(Unknown::at(Reason::Condition, entry.key.span()));
                continue;
            }
            Some(Block::For(items)) => items.iter().cloned().map(Some).collect(),
        };
        for item in items {
            let value = reader.filled(&entry.value, item.as_ref());
            let set = if matches!(key, "set" | "set-ph" | "set-placeholder") {
                value
                    .split_once('=')
                    .map(|(name, _)| (name.to_owned(), value.slice(name.len() + 1..value.len())))
            } else {
                Some((key.to_owned(), value.clone()))
            };
            reader.known.extend(set);
            out.entries.push(Entry { value, ..entry.clone() });
        }
    }
    out
}

/// What placeholders stand for.
struct Reader<'r> {
    place: &'r dyn ExecContext,
    vars: &'r BTreeMap<String, Text>,
    /// The file's path in the container.
    at: &'r str,
    /// Lines above, by key.
    known: Vec<(String, Text)>,
}

impl Reader<'_> {
    fn variable(&self, name: &str) -> EnvAnswer {
        match self.vars.get(name) {
            Some(text) => EnvAnswer::of(text.clone()),
            None => self.place.env(name),
        }
    }

    /// A condition, and what `%(_)` is below it.
    fn condition(&self, condition: &str, value: &Text) -> Block {
        let (negated, what) = match condition.strip_prefix("not-") {
            Some(what) => (true, what),
            None => (false, condition),
        };
        let (holds, item) = match what {
            "env" => {
                let (name, wanted) = match value.split_once('=') {
                    Some((name, wanted)) => (name, Some(wanted)),
                    None => (value.as_str(), None),
                };
                match self.variable(name.trim()) {
                    EnvAnswer::Unset => (Some(false), None),
                    EnvAnswer::Set(Known::Known(text)) => {
                        let same = wanted.is_none_or(|w| w == text.as_str());
                        (Some(same), Some(text.seen_at(value.span())))
                    }
                    EnvAnswer::Set(_) if wanted.is_none() => (Some(true), None),
                    EnvAnswer::Set(_) | EnvAnswer::Unknown(_) => (None, None),
                }
            }
            _ => (None, None),
        };
        Block::If(holds.map(|holds| holds != negated), item)
    }

    /// A value with what its placeholders stand for; one that stands for nothing stays as it is.
    fn filled(&self, value: &Text, item: Option<&Text>) -> Text {
        let mut out = Text::empty(value.span());
        let mut from = 0;
        while let Some(at) = value.as_str()[from..].find(['%', '$']).map(|i| from + i) {
            let rest = &value.as_str()[at + 1..];
            let name = rest.strip_prefix('(').and_then(|r| r.split_once(')')).map(|(n, _)| n);
            let magic = value.as_bytes().get(at) == Some(&b'%');
            let end = match name {
                Some(name) => at + name.len() + 3,
                None => at + 1 + rest.chars().next().filter(|_| magic).map_or(0, char::len_utf8),
            };
            let place = value.span_of(at..end);
            out.push_text(&value.slice(from..at));
            match (name, magic) {
                (Some("_"), true) if item.is_some() => {
                    item.iter().for_each(|item| out.push_text(&item.seen_at(place)));
                }
                (Some(name), true) => {
                    match self.known.iter().rev().find(|(known, _)| known == name) {
                        Some((_, text)) => out.push_text(&text.seen_at(place)),
                        None => out.push_text(&value.slice(at..end)),
                    }
                }
                (Some(name), false) => match self.variable(name) {
                    EnvAnswer::Unset => out.push_text(&value.slice(at..end)),
                    EnvAnswer::Set(Known::Known(text) | Known::Partly(text, _)) => {
                        out.push_text(&text.seen_at(place));
                    }
                    EnvAnswer::Set(Known::Unknown(why)) | EnvAnswer::Unknown(why) => {
                        out.push_unresolved(why, place);
                    }
                },
                (None, true) => match self.magic(rest) {
                    Some(text) => out.push_derived(&text, place),
                    None => out.push_text(&value.slice(at..end)),
                },
                (None, false) => out.push_text(&value.slice(at..end)),
            }
            from = end;
        }
        out.push_text(&value.slice(from..value.len()));
        out
    }

    /// `%n` and the like, by what comes after the `%`.
    fn magic(&self, rest: &str) -> Option<String> {
        let (folder, file) = self.at.rsplit_once('/')?;
        Some(match rest.chars().next()? {
            'p' | 'P' => self.at.to_owned(),
            's' | 'S' => file.to_owned(),
            'd' | 'D' => format!("{folder}/"),
            'n' | 'N' => file.rsplit_once('.').map_or(file, |(stem, _)| stem).to_owned(),
            'e' | 'E' => file.rsplit_once('.').map_or("", |(_, end)| end).to_owned(),
            'c' | 'C' => folder.rsplit('/').next().unwrap_or(folder).to_owned(),
            _ => return None,
        })
    }
}

/// The command of `attach-daemon2 = cmd=…,pidfile=…`; that of the others is the whole value.
pub(super) fn daemon_command(key: &str, value: &Text) -> Option<Text> {
    if !key.ends_with('2') {
        return Some(value.clone());
    }
    let part = value.split(',').find(|part| part.trim_start().starts_with("cmd="))?;
    let part = value.slice_of(part).trim();
    Some(part.slice("cmd=".len()..part.len()))
}
