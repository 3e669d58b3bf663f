//! Env files that settings read themselves: python-dotenv's, django-environ's, environs' and
//! decouple's `.env`, and decouple's `settings.ini`. (Compose's own reading of env files is another one.)

use super::evaluator::Evaluator;
use super::object::{Args, Object};
use super::paths;
use crate::finding::prose;
use crate::model::search_limit::SearchLimit;
use crate::source::{Limit, Text};

/// Folders that are looked through upwards.
const MAX_FOLDERS: usize = 32;
/// Variables of one file.
const MAX_ENTRIES: usize = 10_000;

/// Which folders a library looks through for a file that is not named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Search {
    /// The calling module's alone (django-environ).
    Here,
    /// The calling module's and those above it (python-dotenv, environs, decouple).
    Upwards,
}

impl Evaluator<'_> {
    /// `load_dotenv(path, override=…)`, `env.read_env(path, overwrite=…)`: variables of the file are set
    /// where the process does not set them.
    pub(super) fn load_env_file(&mut self, args: &Args, search: Search) -> Object {
        let named = ["dotenv_path", "env_file", "path"].iter().find_map(|n| args.named(n));
        let path = match args.positional.first().or(named) {
            None => self.find_env_file(".env", search),
            Some(Object::Value(value)) if value.kind == super::ValueKind::None => {
                self.find_env_file(".env", search)
            }
            Some(given) => match given.as_str() {
                Some(path) if path.starts_with('/') => Some(path.to_owned()),
                // `find_dotenv()` that found nothing.
                Some("") => None,
                // Relative to the working directory, which is mostly the project's.
                Some(path) => self.find_env_file(path, Search::Upwards),
                None => {
                    self.hidden = Some(given.why(args.span));
                    None
                }
            },
        };
        let wins = ["override", "overwrite"].iter().any(|n| {
            args.named(n).and_then(Object::known).and_then(super::Value::as_bool) == Some(true)
        });
        let entries = path.and_then(|p| self.entries(&p));
        self.absent |= entries.is_none();
        for (name, text) in entries.unwrap_or_default() {
            // The first file to set a variable keeps it, unless a later one is to win.
            if wins || !self.from_files.contains_key(&name) {
                self.from_files.insert(name, (text, wins));
            }
        }
        Object::plain(super::ValueKind::None, args.span)
    }

    /// Where a file lies in the container, looked for from the module under way.
    pub(super) fn find_env_file(&self, name: &str, search: Search) -> Option<String> {
        let mut folder = paths::parent(&self.modules.get(self.frame.module)?.container).to_owned();
        for _ in 0..MAX_FOLDERS {
            let path = paths::join(&folder, name);
            if (self.world.file)(&path).is_some() {
                return Some(path);
            }
            if folder == "/" || folder == "." || search == Search::Here {
                return None;
            }
            folder = paths::parent(&folder).to_owned();
        }
        None
    }

    /// The variables of a file by its path in the container.
    pub(super) fn entries(&self, path: &str) -> Option<Vec<(String, Text)>> {
        let file = self.world.sources.read(&(self.world.file)(path)?, Limit::Code).ok()?;
        Some(parse(&file.body()))
    }

    /// decouple looks for `settings.ini` and `.env` in the calling module's folder and above it, once.
    pub(super) fn load_decouple(&mut self) {
        let Some(module) = self.modules.get(self.frame.module) else { return };
        let mut folder = paths::parent(&module.container).to_owned();
        for _ in 0..MAX_FOLDERS {
            if !self.decouple_seen.insert(folder.clone()) {
                return;
            }
            for name in ["settings.ini", ".env"] {
                if let Some(entries) = self.entries(&paths::join(&folder, name)) {
                    self.decouple.extend(entries);
                    return;
                }
            }
            if folder == "/" || folder == "." {
                break;
            }
            folder = paths::parent(&folder).to_owned();
        }
        self.absent = true;
    }
}

/// `NAME=value` lines; `[sections]`, comments and anything else are passed over.
fn parse(text: &Text) -> Vec<(String, Text)> {
    let mut entries = Vec::new();
    let mut start = 0;
    for line in text.as_str().split_inclusive('\n') {
        let line_start = start;
        start += line.len();
        if entries.len() >= MAX_ENTRIES {
            let message =
                prose!("more than {} variables are set; the rest is not read", MAX_ENTRIES);
            SearchLimit::note(text.span_of(line_start..start), message);
            break;
        }
        let trimmed = line.trim_start();
        let trimmed = trimmed.strip_prefix("export ").unwrap_or(trimmed);
        let Some((name, value)) = trimmed.split_once('=') else { continue };
        let name = name.trim();
        if name.is_empty()
            || name.starts_with(['#', ';', '['])
            || name.contains(char::is_whitespace)
        {
            continue;
        }
        let at = line_start + line.len() - value.len();
        entries.push((name.to_owned(), value_of(text, at, value)));
    }
    entries
}

/// The value that begins at `at`: without quotes, or without a comment.
fn value_of(text: &Text, at: usize, value: &str) -> Text {
    let start = at + (value.len() - value.trim_start().len());
    let value = value.trim();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''));
    if let Some(quote) = quote
        && let Some(end) = value[1..].find(quote)
    {
        return text.slice(start + 1..start + 1 + end);
    }
    let end = value.find(" #").or(value.find("\t#")).unwrap_or(value.len());
    text.slice(start..start + value[..end].trim_end().len())
}
