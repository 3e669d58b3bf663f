//! Env files that settings read themselves: python-dotenv's, django-environ's, environs' and
//! decouple's `.env`, and decouple's `settings.ini`. (Compose's own reading of env files is another one.)

use super::env_grammar::{self, Grammar};
use super::environment::Set;
use super::evaluate::FileAnswer;
use super::evaluator::Evaluator;
use super::object::{Args, Object};
use super::{Value, ValueKind, paths};
use crate::source::{Limit, Reason, Span, Text, Unknown};

/// Folders that are looked through upwards.
const MAX_FOLDERS: usize = 32;

/// The variables of a file, in order.
type Entries = Vec<(String, Text)>;

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
    /// where the process does not set them. Whether there was such a file.
    pub(super) fn load_env_file(&mut self, args: &Args, search: Search, form: Grammar) -> Object {
        let named = ["dotenv_path", "env_file", "path"].iter().find_map(|n| args.named(n));
        let given = args.positional.first().or(named);
        let given = given.filter(|g| g.known().is_none_or(|v| v.kind != ValueKind::None));
        let entries = match given {
            None => self.search_env_file(".env", search, form),
            Some(given) => match given.as_str().map(str::to_owned) {
                // `find_dotenv()` that found nothing.
                Some(path) if path.is_empty() => self.search_env_file(".env", search, form),
                Some(path) => self.env_file_at(&path, form, args.span),
                None => {
                    self.hidden = Some(given.why(args.span));
                    None
                }
            },
        };
        let wins = ["override", "overwrite"].iter().any(|n| {
            args.named(n).and_then(Object::known).and_then(super::Value::as_bool) == Some(true)
        });
        let found = entries.is_some();
        if self.maybe > 0 && found {
            self.hidden = Some(Unknown::at(Reason::Condition, args.span));
        }
        let entries = entries.unwrap_or_default();
        for (name, text) in self.interpolated(entries, form, wins) {
            // The first file to set a variable keeps it, unless a later one is to win.
            if wins || !self.from_files.contains_key(&name) {
                self.from_files.insert(name, (text, wins));
            }
        }
        Object::plain(ValueKind::Bool(found), args.span)
    }

    /// The variables of a file at a path, which may be relative to the folder that the process is started in.
    fn env_file_at(&mut self, path: &str, form: Grammar, span: Span) -> Option<Entries> {
        if let Some(path) = self.absolute_path(path) {
            return self.entries(&path, form, span);
        }
        self.search_env_file(path, Search::Upwards, form)
    }

    /// The variables of a file that is looked for from the module under way.
    fn search_env_file(&mut self, name: &str, search: Search, form: Grammar) -> Option<Entries> {
        let folders = self.folders(search);
        let span = self.here();
        for folder in folders {
            let path = paths::join(&folder, name);
            if let Some(entries) = self.entries(&path, form, span) {
                return Some(entries);
            }
        }
        None
    }

    fn folders(&self, search: Search) -> Vec<String> {
        let mut folders = Vec::new();
        let Some(module) = self.modules.get(self.frame.module) else { return folders };
        let mut folder = paths::parent(&module.container).to_owned();
        for _ in 0..MAX_FOLDERS {
            folders.push(folder.clone());
            if folder == "/" || folder == "." || search == Search::Here {
                break;
            }
            folder = paths::parent(&folder).to_owned();
        }
        folders
    }

    /// `find_dotenv(…)`: where a file lies in the container, looked for from the module under way.
    pub(super) fn find_env_file(&mut self, name: &str, search: Search) -> String {
        for folder in self.folders(search) {
            let path = paths::join(&folder, name);
            match (self.world.file)(&path) {
                FileAnswer::Found(_) => return path,
                FileAnswer::Missing => {}
                FileAnswer::Untracked | FileAnswer::Unknown(_) => self.absent = true,
            }
        }
        String::new()
    }

    /// The variables of a file by its path in the container; notes whether one may be there that is not seen.
    pub(super) fn entries(&mut self, path: &str, form: Grammar, span: Span) -> Option<Entries> {
        match (self.world.file)(path) {
            FileAnswer::Found(host) => match self.world.sources.read(&host, Limit::Code) {
                Ok(file) => Some(env_grammar::parse(&file.body(), form)),
                Err(_) => {
                    let reason = Reason::FileUnreadable(path.to_owned());
                    self.hidden.get_or_insert_with(|| Unknown::at(reason, span));
                    None
                }
            },
            FileAnswer::Missing => None,
            FileAnswer::Untracked | FileAnswer::Unknown(_) => {
                self.absent = true;
                None
            }
        }
    }

    /// `${NAME}` and `${NAME:-default}` in the values of python-dotenv's files: of the process first, unless the file
    /// wins.
    fn interpolated(&mut self, entries: Entries, form: Grammar, wins: bool) -> Entries {
        if form != Grammar::Dotenv || !entries.iter().any(|(_, t)| t.as_str().contains("${")) {
            return entries;
        }
        let mut out: Entries = Vec::new();
        for (name, text) in entries {
            let span = text.span();
            let mut made = Text::empty(span);
            let mut at = 0;
            while let Some(start) = text.as_str()[at..].find("${").map(|f| at + f) {
                let Some(end) = text.as_str()[start..].find('}').map(|f| start + f) else { break };
                made.push_text(&text.slice(at..start));
                let inner = &text.as_str()[start + 2..end];
                let (wanted, default) = inner.split_once(":-").unwrap_or((inner, ""));
                let here = out.iter().rev().find(|(n, _)| n == wanted).map(|(_, t)| t.clone());
                let set = match (&here, wins) {
                    (Some(text), true) => Set::To(text.clone()),
                    _ => self.variable(wanted),
                };
                match (set, here) {
                    (Set::To(text), _) | (Set::No, Some(text)) => made.push_text(&text),
                    (Set::No, None) => made.push_derived(default, span),
                    (Set::Maybe(why), _) => made.push_unresolved(why, span),
                }
                at = end + 1;
            }
            made.push_text(&text.slice(at..text.as_str().len()));
            out.push((name, made));
        }
        out
    }

    /// decouple looks for `settings.ini` and `.env` in the calling module's folder and above it, once.
    pub(super) fn load_decouple(&mut self) {
        let span = self.here();
        for folder in self.folders(Search::Upwards) {
            if !self.decouple_seen.insert(folder.clone()) {
                return;
            }
            for name in ["settings.ini", ".env"] {
                let form = if name == ".env" { Grammar::Decouple } else { Grammar::Ini };
                if let Some(entries) = self.entries(&paths::join(&folder, name), form, span) {
                    self.decouple.extend(entries);
                    return;
                }
            }
        }
    }

    /// `dotenv_values(path)`
    pub(super) fn dotenv_values(&mut self, args: &Args) -> Object {
        let given = args.get(0, "dotenv_path").cloned();
        let before = std::mem::replace(&mut self.absent, false);
        let mut open = None;
        let entries = match given.as_ref().map(|p| p.as_str().map(str::to_owned)) {
            None => self.search_env_file(".env", Search::Upwards, Grammar::Dotenv),
            Some(Some(path)) if !path.is_empty() => {
                self.env_file_at(&path, Grammar::Dotenv, args.span)
            }
            Some(Some(_)) => self.search_env_file(".env", Search::Upwards, Grammar::Dotenv),
            Some(None) => {
                open = Some(args.why());
                None
            }
        };
        // A file that is not there now may be there later.
        if self.absent && entries.is_none() {
            open = Some(Unknown::at(Reason::FileMissing(".env".to_owned()), args.span));
        }
        self.absent |= before;
        let entries = self.interpolated(entries.unwrap_or_default(), Grammar::Dotenv, true);
        let entries = entries.into_iter().map(|(name, text)| {
            (Value::text(name, args.span), Value::new(ValueKind::Str(text), args.span))
        });
        let dict = Value::new(ValueKind::Dict { entries: entries.collect(), open }, args.span);
        self.sane(dict).into()
    }
}
