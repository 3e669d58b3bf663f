//! Real cases, cases after BuildKit's behaviour, and hostile ones.

mod expanding;
mod forms;
mod heredocs;
mod hostile;
mod layout;

use super::{Command, Dockerfile, Instruction, Kind};
use crate::source::{MemoryFiles, SourceFile, Sources, Text};
use std::sync::Arc;

fn file(text: &str) -> Arc<SourceFile> {
    let files = MemoryFiles::new();
    Sources::new(&files).add("Dockerfile", text)
}

fn read(text: &str) -> Dockerfile {
    Dockerfile::read(&file(text))
}

/// Reads a file that has no errors.
fn clean(text: &str) -> Dockerfile {
    let found = read(text);
    assert!(found.errors.is_empty(), "{:?}", found.errors);
    found
}

/// Reads instructions behind a `FROM`, without errors.
fn after_from(text: &str) -> Vec<Instruction> {
    let mut all = clean(&format!("FROM a\n{text}")).instructions;
    all.remove(0);
    all
}

/// The error messages behind a `FROM`.
fn errors(text: &str) -> Vec<String> {
    read(&format!("FROM a\n{text}")).errors.into_iter().map(|e| e.message.unmasked()).collect()
}

fn strings(all: &[Text]) -> Vec<&str> {
    all.iter().map(Text::as_str).collect()
}

fn shell(kind: &Kind) -> &Text {
    match kind {
        Kind::Run(Command::Shell(text))
        | Kind::Cmd(Command::Shell(text))
        | Kind::Entrypoint(Command::Shell(text)) => text,
        other => panic!("not in shell form: {other:?}"),
    }
}

/// What stands in the source under the place of `needle` in `text`.
fn text_under<'s>(source: &'s str, text: &Text, needle: &str) -> &'s str {
    let at = text.find(needle).unwrap_or_else(|| panic!("{needle} is not in {text}"));
    &source[text.span_of(at..at + needle.len()).range()]
}
