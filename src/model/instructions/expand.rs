//! The words that a shell makes of what is written (POSIX shell, 2.6), with everything a variable may hold.

use super::Folder;
use super::shell::{MAX_ALTERNATIVES, Shell};
use super::words::{Piece, Word, base_name};
use crate::source::{RelPath, Text};
use crate::syntax::shell::{self, Command, List, Part, Script, Variable};

/// The most bytes that a variable holds.
const MAX_BYTES: usize = 8 * 1024;

/// What a variable may hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Value {
    /// One word, or those of an array.
    words: Vec<Word>,
    array: bool,
}

impl Value {
    pub(super) fn word(word: Word) -> Self {
        Self { words: vec![word], array: false }
    }

    pub(super) fn literal(text: &str) -> Self {
        Self::word(Word::literal(text))
    }

    /// Words as one, without the first bytes (`NAME=`).
    pub(super) fn joined(words: &[Word], without: usize) -> Self {
        let word = join(words);
        let prefix = word.head().get(..without).unwrap_or("").to_owned();
        Self::word(word.strip_prefix(&prefix).unwrap_or(word))
    }

    /// Forgets a value that has grown beyond use.
    pub(super) fn cap(&mut self) {
        let known = |p: &Piece| if let Piece::Known(text) = p { text.len() } else { 1 };
        let bytes: usize = self.words.iter().flat_map(|w| &w.pieces).map(known).sum();
        if bytes + self.words.len() > MAX_BYTES {
            self.words = vec![Word::unknown("")];
        }
    }

    pub(super) fn as_word(&self) -> Word {
        join(&self.words)
    }
}

/// Words with a blank between each two.
pub(super) fn join(words: &[Word]) -> Word {
    let mut out = Word::default();
    for (i, word) in words.iter().enumerate() {
        if i > 0 {
            out.push(Piece::Known(" ".to_owned()));
        }
        out.push_word(word);
    }
    out
}

/// Words that are being put together.
#[derive(Clone, Default)]
struct Partial {
    done: Vec<Word>,
    open: Option<Word>,
}

impl Partial {
    fn push(&mut self, piece: Piece) {
        self.open.get_or_insert_default().push(piece);
    }

    /// Appends a word, in words of its own where it is split at blanks.
    fn value(&mut self, word: &Word, quoted: bool) {
        if quoted {
            return self.open.get_or_insert_default().push_word(word);
        }
        for piece in &word.pieces {
            let Piece::Known(text) = piece else {
                self.push(piece.clone());
                continue;
            };
            for (i, part) in text.split([' ', '\t', '\n']).enumerate() {
                if i > 0 {
                    self.done.extend(self.open.take());
                }
                if !part.is_empty() {
                    self.push(Piece::Known(part.to_owned()));
                }
            }
        }
    }

    fn array(&mut self, words: &[Word]) {
        for (i, word) in words.iter().enumerate() {
            if i > 0 {
                self.done.extend(self.open.take());
            }
            self.open.get_or_insert_default().push_word(word);
        }
    }
}

impl Shell {
    /// The words that a written one may become.
    pub(super) fn expand(&self, word: &shell::Word) -> Vec<Vec<Word>> {
        let mut all = vec![Partial::default()];
        self.parts(&word.parts, &mut all);
        let close = |mut p: Partial| {
            p.done.extend(p.open.take());
            p.done
        };
        all.into_iter().map(close).collect()
    }

    fn parts(&self, parts: &[Part], all: &mut Vec<Partial>) {
        for part in parts {
            match part {
                Part::Literal { text, .. } => {
                    let piece = Piece::Known(text.as_str().to_owned());
                    all.iter_mut().for_each(|p| p.push(piece.clone()));
                }
                Part::Variable(variable) => self.variable(variable, all),
                Part::Substitution { body, .. } => {
                    let path = self.path_of(body).unwrap_or_else(|| Word::unknown(""));
                    all.iter_mut().for_each(|p| p.value(&path, true));
                }
                Part::Arithmetic(_) | Part::Process(_) | Part::Array(_) | Part::Unknown => {
                    all.iter_mut().for_each(|p| p.push(Piece::Unknown(String::new())));
                }
            }
        }
    }

    fn variable(&self, variable: &Variable, all: &mut Vec<Partial>) {
        let name = variable.name.as_str();
        let argument = variable.argument.as_deref();
        let known = self.values(name).filter(|v| !v.is_empty());
        let unknown = [Value::word(match name {
            "PWD" => self.here(),
            // The script itself: what is above it is the folder it lies in.
            "0" | "BASH_SOURCE" => {
                let mut word = folder(self.home.clone());
                word.push(Piece::Known("/.".to_owned()));
                word
            }
            _ => Word::unknown(name),
        })];
        let operator = match &variable.index {
            Some(_) if variable.operator.is_empty() => "[",
            _ => variable.operator.as_str(),
        };
        let values = match (operator, known, argument) {
            ("" | "?" | ":?", known, _) => known.unwrap_or(&unknown),
            // `${A[0]}`, `${A[@]}`
            ("[", known, _) if name == "BASH_SOURCE" || known.is_none() => &unknown,
            ("[", Some(known), _) => known,
            ("-" | ":-" | "=" | ":=", Some(known), _) => known,
            ("-" | ":-" | "=" | ":=", None, argument) => {
                if let Some(word) = argument {
                    self.parts(&word.parts, all);
                } else {
                    all.iter_mut().for_each(|p| p.value(&Word::default(), true));
                }
                return;
            }
            ("%", _, _) if matches!(name, "0" | "BASH_SOURCE") => &unknown,
            _ => &[Value { words: vec![Word::unknown("")], array: false }],
        };
        let each = variable.index.as_ref().is_some_and(|a| a.as_str() == "@");
        let mut next = Vec::new();
        for partial in all.iter() {
            for value in values {
                if next.len() == MAX_ALTERNATIVES {
                    break;
                }
                let mut partial = partial.clone();
                if value.array && each {
                    partial.array(&value.words);
                } else {
                    partial.value(&value.as_word(), variable.quoted);
                }
                next.push(partial);
            }
        }
        *all = next;
    }

    /// What a variable is set to.
    pub(super) fn assigned(&self, word: &shell::Word) -> Vec<Value> {
        let raw = &word.raw;
        if raw.starts_with('(') {
            let before = match word.parts.first() {
                Some(Part::Variable(old)) => self
                    .values(&old.name)
                    .unwrap_or_default()
                    .iter()
                    .map(|v| v.words.clone())
                    .collect(),
                _ => Vec::new(),
            };
            return self.array(raw, before);
        }
        let all = self.expand(word).into_iter();
        all.map(|words| Value::word(join(&words))).collect()
    }

    /// `(a "$b" c)`, after what was there before.
    pub(super) fn array(&self, raw: &Text, before: Vec<Vec<Word>>) -> Vec<Value> {
        let inner = raw.slice(1..raw.trim_end_matches(')').len().max(1));
        // Line breaks separate items as blanks do.
        let items = Script::read(&inner).body;
        let mut all = if before.is_empty() { vec![Vec::new()] } else { before };
        let words = items.items.iter().filter_map(|item| match &item.command {
            Command::Simple(simple) => Some(&simple.words),
            _ => None,
        });
        for word in words.flatten() {
            let more = self.expand(word);
            let next = all.iter().flat_map(|start| {
                more.iter().map(move |m| start.iter().chain(m).cloned().collect::<Vec<_>>())
            });
            all = next.take(MAX_ALTERNATIVES).collect();
        }
        all.into_iter().map(|words| Value { words, array: true }).collect()
    }

    /// The folder that the shell is in, as a path.
    fn here(&self) -> Word {
        match &self.folder {
            Folder::Exact(path) => folder(path.clone()),
            Folder::Start(below) if below.is_empty() => Word::literal("."),
            _ => Word::unknown("PWD"),
        }
    }

    /// The path that a substitution gives: `$(dirname "$0")`, `$(cd … && pwd)`, `$(pwd)`; `None` for anything else.
    fn path_of(&self, list: &List) -> Option<Word> {
        let mut inner = Self::new(self.home.clone(), self.form);
        inner.folder = self.folder.clone();
        let mut found = None;
        for step in list.simple_commands() {
            let mut words = Vec::new();
            for word in &step.command.words {
                words.extend(self.expand(word).into_iter().next()?);
            }
            let name = words.first()?.known()?.to_owned();
            let argument = || words.iter().skip(1).find(|w| !w.head().starts_with('-')).cloned();
            found = match base_name(&name) {
                "cd" => {
                    inner.folder = inner.folder_at(&argument()?);
                    None
                }
                "pwd" => Some(inner.here()),
                "realpath" | "readlink" => argument(),
                "git" if words.iter().any(|w| w.known() == Some("--show-toplevel")) => {
                    Some(folder(RelPath::root()))
                }
                "dirname" => Some(folder(parent(&argument()?)?)),
                _ => return None,
            };
        }
        found.filter(|word| !word.has_unknown())
    }
}

/// The folder above a path below a folder of the checkout.
fn parent(path: &Word) -> Option<RelPath> {
    match path.pieces.as_slice() {
        [Piece::Folder(folder)] => Some(folder.parent()),
        [Piece::Folder(folder), Piece::Known(rest)] => {
            let rest = rest.strip_prefix('/')?;
            // The script itself is `/.` of its folder.
            let above =
                if rest == "." { "" } else { rest.rsplit_once('/').map_or("", |(above, _)| above) };
            folder.join(above)
        }
        _ => None,
    }
}

fn folder(path: RelPath) -> Word {
    Word { pieces: vec![Piece::Folder(path)] }
}
