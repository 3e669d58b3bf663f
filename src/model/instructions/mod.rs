//! What the project's own texts have people and machines run: READMEs, manuals, Makefiles, justfiles, scripts, CI files,
//! comments at the head of Compose files.
//!
//! A text is read as what it is (a Makefile's recipe with its variables put in, the code of a README, the `run:` of a
//! workflow), and each command in it becomes an [`Invocation`]: its words, as far as they are known. A variable that may
//! hold several values gives several invocations. What is not known stays a [`Piece::Unknown`], never a guess.

mod call;
mod expand;
mod expansion;
mod hints;
mod readers;
mod shell;
#[cfg(test)]
mod tests;
mod texts;
mod unwrap;
mod words;

pub use call::{ComposeCall, Verb};
pub(in crate::model) use texts::{FOLDERS, MAX_ENTRIES, is_ci, is_manual, is_recipe, is_script};
pub use texts::{Instructions, Readings, is_instructions_name};
pub use words::{Piece, Word};

use crate::source::{RelPath, Span};
use std::sync::Arc;

/// A command that a text has people or machines run.
#[derive(Debug, Clone)]
pub struct Invocation {
    /// The program and its arguments, what only starts it (`sudo`, `poetry run`, `sh -c`) left out.
    pub words: Vec<Word>,
    /// From which folder it is run.
    pub folder: Folder,
    /// How it is written down.
    pub form: Form,
    /// The container that it runs in, where it is handed to one.
    pub inside: Option<Arc<Inside>>,
    /// The call of Compose that it is.
    pub call: Option<Arc<ComposeCall>>,
    /// Its place: in the text that has it.
    pub span: Span,
}

/// How a command is written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Form {
    /// Spoken of in a sentence, or printed by a script.
    Mentioned,
    /// As code: in a sentence of a manual, or in a comment.
    Shown,
    /// A line of a script, a recipe, a CI file, or a block of a manual.
    Written,
}

/// Where a command is handed to with `docker compose exec` and the like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inside {
    /// The service, or the container of `docker exec`.
    pub name: Word,
    /// It is a new container of the image of this name.
    pub is_image: bool,
    /// The call of Compose that hands it over.
    pub call: Option<Arc<ComposeCall>>,
}

/// The folder that a command is run from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Folder {
    /// Below the one that the reader of the text starts from.
    Start(String),
    /// This one.
    Exact(RelPath),
    /// Not known: somewhere else, or another machine.
    Unknown,
}
