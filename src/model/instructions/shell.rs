//! Shell as it is written in texts: assignments, `cd`, and each command with what is known of its words.
//!
//! This is not the follower of start scripts ([`process`](crate::model::process)), which knows the container. Here
//! no value is certain: a variable keeps every value that the text gives it, and a branch is one that may be taken.

use super::expand::Value;
use super::words::{Piece, Word, base_name};
use super::{Folder, Form, Inside, Invocation};
use crate::source::{RelPath, Span, Text};
use crate::syntax::shell::{List, Script, Simple, Step};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The most commands that are taken from one text.
const MAX_INVOCATIONS: usize = 2_000;
/// The most values that a variable keeps, and the most commands that one written command becomes.
pub(super) const MAX_ALTERNATIVES: usize = 24;
/// How deep `sh -c`, `ssh` and `eval` are followed.
const MAX_DEPTH: usize = 6;

/// The values that variables may have.
pub(super) type Variables = BTreeMap<String, Vec<Value>>;

/// A shell on its way through a text.
pub(super) struct Shell {
    /// The folder of the text.
    pub(super) home: RelPath,
    pub(super) vars: Variables,
    /// What they are at the end of a script, for functions that are called after the assignments.
    later: Variables,
    /// Variables that Compose sees.
    pub(super) exported: BTreeSet<String>,
    pub(super) folder: Folder,
    pub(super) form: Form,
    pub(super) inside: Option<Arc<Inside>>,
    pub(super) depth: usize,
    pub(super) out: Vec<Invocation>,
}

impl Shell {
    /// A shell that starts where the reader of a text does.
    pub(super) fn new(home: RelPath, form: Form) -> Self {
        Self {
            home,
            vars: Variables::new(),
            later: Variables::new(),
            exported: BTreeSet::new(),
            folder: Folder::Start(String::new()),
            form,
            inside: None,
            depth: 0,
            out: Vec::new(),
        }
    }

    /// Takes what a text has run.
    pub(super) fn run(&mut self, text: &Text) {
        self.list(&Script::read(text).body);
    }

    /// Takes what a whole script has run. Its functions see what is set below them.
    pub(super) fn run_script(&mut self, text: &Text) {
        let script = Script::read(text);
        let mut first = Self::new(self.home.clone(), self.form);
        first.vars.clone_from(&self.vars);
        first.list(&script.body);
        self.later = first.vars;
        self.list(&script.body);
    }

    fn list(&mut self, list: &List) {
        let mut outside = None;
        for step in list.all_commands() {
            if step.context.in_subshell || step.context.in_substitution {
                outside.get_or_insert_with(|| self.folder.clone());
            } else if let Some(folder) = outside.take() {
                self.folder = folder;
            }
            self.step(&step);
        }
        if let Some(folder) = outside {
            self.folder = folder;
        }
    }

    fn step(&mut self, step: &Step<'_>) {
        if self.out.len() >= MAX_INVOCATIONS {
            return;
        }
        let Simple { assignments, words, .. } = step.command;
        let lasting = !step.context.in_substitution;
        let mut own = Variables::new();
        for (name, value) in assignments {
            let values = self.assigned(value);
            if words.is_empty() && lasting {
                self.set(name.as_str(), values, may_not_run(step));
            } else {
                own.insert(name.as_str().to_owned(), values);
            }
        }
        let builtin = words.first().and_then(crate::syntax::shell::Word::literal);
        match builtin.as_deref() {
            Some("export" | "declare" | "local" | "readonly" | "typeset") if lasting => {
                let export = builtin.as_deref() == Some("export")
                    || words[1..].iter().any(|w| w.literal().is_some_and(|w| w == "-x"));
                for word in &words[1..] {
                    self.declare(word, export, may_not_run(step));
                }
            }
            Some("cd" | "pushd") => self.change_folder(words.get(1)),
            Some("popd") => self.folder = Folder::Unknown,
            _ => {
                let span = step.item.span;
                for words in self.argv(words) {
                    self.invoke(words, &own, span);
                }
            }
        }
    }

    /// `export NAME=value`, `declare NAME=(…)`
    fn declare(&mut self, word: &crate::syntax::shell::Word, export: bool, conditional: bool) {
        let raw = word.raw.as_str();
        let name = raw.split('=').next().unwrap_or("");
        if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
            return;
        }
        if export {
            self.exported.insert(name.to_owned());
        }
        if raw.len() == name.len() {
            return;
        }
        let array = raw[name.len() + 1..].starts_with('(');
        let values = if array {
            self.array(&word.raw.slice(name.len() + 1..raw.len()), Vec::new())
        } else {
            let all = self.expand(word).into_iter();
            all.map(|words| Value::joined(&words, name.len() + 1)).collect()
        };
        self.set(name, values, conditional);
    }

    /// Sets a variable; where that may not happen, what it was stays possible.
    fn set(&mut self, name: &str, mut values: Vec<Value>, conditional: bool) {
        if conditional && let Some(before) = self.vars.remove(name) {
            values.extend(before);
        }
        let mut kept: Vec<Value> = Vec::new();
        for mut value in values {
            value.cap();
            if kept.len() < MAX_ALTERNATIVES && !kept.contains(&value) {
                kept.push(value);
            }
        }
        self.vars.insert(name.to_owned(), kept);
    }

    /// What a variable may hold; `None` where the text does not set it.
    pub(super) fn values(&self, name: &str) -> Option<&[Value]> {
        self.vars.get(name).or_else(|| self.later.get(name)).map(Vec::as_slice)
    }

    /// The commands that a written one may be.
    fn argv(&self, words: &[crate::syntax::shell::Word]) -> Vec<Vec<Word>> {
        let mut all: Vec<Vec<Word>> = vec![Vec::new()];
        for word in words {
            let expanded = self.expand(word);
            let mut next = Vec::new();
            for start in &all {
                for more in &expanded {
                    if next.len() < MAX_ALTERNATIVES {
                        next.push(start.iter().chain(more).cloned().collect());
                    }
                }
            }
            all = next;
        }
        all.retain(|words| !words.is_empty());
        all.dedup();
        all
    }

    fn change_folder(&mut self, to: Option<&crate::syntax::shell::Word>) {
        let mut all = to.map(|word| self.expand(word)).unwrap_or_default();
        let target = match (all.pop(), all.is_empty()) {
            (Some(mut words), true) if words.len() == 1 => words.remove(0),
            _ => Word::unknown(""),
        };
        self.folder = self.folder_at(&target);
    }

    /// The folder that a path leads to.
    pub(super) fn folder_at(&self, path: &Word) -> Folder {
        let (start, rest) = match path.pieces.as_slice() {
            [Piece::Folder(folder)] => (Some(Folder::Exact(folder.clone())), ""),
            [Piece::Folder(folder), Piece::Known(rest)] if rest.starts_with('/') => {
                (Some(Folder::Exact(folder.clone())), rest.trim_start_matches('/'))
            }
            [Piece::Known(rest)] if !rest.starts_with(['/', '~', '-']) => (None, rest.as_str()),
            _ => return Folder::Unknown,
        };
        match start.unwrap_or_else(|| self.folder.clone()) {
            Folder::Exact(folder) => folder.join(rest).map_or(Folder::Unknown, Folder::Exact),
            Folder::Start(before) if before.is_empty() => Folder::Start(rest.to_owned()),
            Folder::Start(before) => Folder::Start(format!("{before}/{rest}")),
            Folder::Unknown => Folder::Unknown,
        }
    }

    /// Runs the text that a command is handed: `sh -c`, `eval`, what `ssh` runs elsewhere.
    pub(super) fn nested(&mut self, text: &Word, folder: Option<Folder>, form: Form, span: Span) {
        if self.depth >= MAX_DEPTH {
            return;
        }
        let mut source = String::new();
        for (i, piece) in text.pieces.iter().enumerate() {
            match piece {
                Piece::Known(text) => source.push_str(text),
                Piece::Folder(_) => {
                    let name = format!("_folder{i}");
                    source.extend(["${", name.as_str(), "}"]);
                    self.vars.insert(name, vec![Value::word(Word { pieces: vec![piece.clone()] })]);
                }
                Piece::Unknown(name) if name.is_empty() => source.push_str("${_}"),
                Piece::Unknown(name) => source.extend(["${", name.as_str(), "}"]),
            }
        }
        let before = (self.folder.clone(), self.form);
        self.folder = folder.unwrap_or_else(|| self.folder.clone());
        self.form = self.form.min(form);
        self.depth += 1;
        self.run(&Text::derived(source, span));
        self.depth -= 1;
        (self.folder, self.form) = before;
    }

    /// What Compose gets of a variable: from the words before a command, or what the text exports.
    pub(super) fn seen_by_compose(&self, own: &Variables, name: &str) -> Option<Word> {
        let of_shell = || self.values(name).filter(|_| self.exported.contains(name));
        let values = own.get(name).map(Vec::as_slice).or_else(of_shell)?;
        values.first().map(Value::as_word)
    }
}

fn may_not_run(step: &Step<'_>) -> bool {
    step.context.conditional || step.context.in_function.is_some() || step.context.in_loop
}

/// Whether a word names a program that reads shell.
pub(super) fn is_shell(word: &Word) -> bool {
    word.known().is_some_and(|w| {
        matches!(base_name(w), "sh" | "bash" | "dash" | "ash" | "zsh" | "ksh" | "fish")
    })
}
