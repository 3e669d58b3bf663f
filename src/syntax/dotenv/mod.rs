//! Env files as Docker Compose reads them (Compose spec "env_file format"; compose-go `dotenv`).

mod read;
#[cfg(test)]
mod tests;

use super::SyntaxError;
use crate::source::{Span, Text};

#[derive(Debug, Clone, Default)]
pub struct EnvFile {
    /// Assignments in file order, a later one winning over an earlier one of the same name.
    pub entries: Vec<Entry>,
    /// What could not be read.
    pub errors: Vec<SyntaxError>,
    /// A last line that is no more than a word and has no line break: Compose reads it as a variable without a name, which
    /// does nothing in `.env`, and which no container starts with.
    pub nameless: Option<SyntaxError>,
}

/// `NAME=value`
#[derive(Debug, Clone)]
pub struct Entry {
    pub name: Text,
    /// The value without quotes and with escapes resolved; `None` for a bare `NAME` (taken from
    /// the environment of whoever runs Compose).
    ///
    /// Where [`interpolated`](Self::interpolated) is set, `$` has the meaning it has in a Compose file: `$X`
    /// and `${X}` are as written, `$$` stands for one `$`, and `\$` in double quotes is given as `$$`.
    /// A `\$` without quotes keeps its backslash and is interpolated. Else the value is final.
    pub value: Option<Text>,
    /// Whether `$X` in the value is replaced: not in single quotes.
    pub interpolated: bool,
    /// The assignment from the name to the end of the value.
    pub span: Span,
}

impl EnvFile {
    /// Reads a file's text.
    pub fn read(text: &Text) -> Self {
        read::read(text)
    }

    /// The last entry called `name`.
    pub fn get(&self, name: &str) -> Option<&Entry> {
        self.entries.iter().rev().find(|e| e.name.as_str() == name)
    }
}
