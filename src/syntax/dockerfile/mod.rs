//! Dockerfiles as located instructions, read as BuildKit reads them
//! (Dockerfile reference: format, parser directives, here-documents, shell and exec form).

mod directives;
mod expand;
mod flags;
mod heredoc;
mod instruction;
mod json;
mod lines;
mod pairs;
mod read;
mod report;
#[cfg(test)]
mod tests;
mod words;

pub use expand::{Expanded, expand};

use super::SyntaxError;
use crate::source::{SourceFile, Span, Spanned, Text};

#[derive(Debug, Clone)]
pub struct Dockerfile {
    /// Instructions in file order, those with errors left out. Where an error leaves the sense
    /// clear (a missing end of a here-document, one bad pair of an `ENV`), the rest is kept, and a
    /// `FROM` is kept whenever it names an image, because what follows belongs to its stage.
    pub instructions: Vec<Instruction>,
    /// What could not be read: at most 20 errors and one that counts the rest.
    pub errors: Vec<SyntaxError>,
    /// The escape character (`# escape=`): `\` or a backtick. [`expand()`] wants it.
    pub escape: char,
    /// The image of the Dockerfile frontend (`# syntax=`); never fetched.
    pub syntax: Option<Text>,
    /// Empty lines inside continued instructions. BuildKit passes over them and warns that they
    /// will be errors in a future release.
    pub empty_continuations: Vec<Span>,
}

impl Default for Dockerfile {
    fn default() -> Self {
        Self {
            instructions: Vec::new(),
            errors: Vec::new(),
            escape: '\\',
            syntax: None,
            empty_continuations: Vec::new(),
        }
    }
}

#[derive(Debug, Clone)]
pub struct Instruction {
    /// The keyword as written, upper-cased, with its place.
    pub keyword: Spanned<String>,
    /// `--name=value` flags in front of the arguments, e.g. `from`, `chown`, `mount`, `platform`.
    pub flags: Vec<Flag>,
    /// Bodies of here-documents that belong to the instruction.
    pub heredocs: Vec<Heredoc>,
    /// From the keyword to the end of the last argument (here-documents left out).
    pub span: Span,
    /// What it says.
    pub kind: Kind,
}

/// `--name=value`
#[derive(Debug, Clone)]
pub struct Flag {
    /// Without the dashes.
    pub name: Text,
    /// The text after `=`.
    pub value: Option<Text>,
}

/// A here-document.
#[derive(Debug, Clone)]
pub struct Heredoc {
    /// The word after `<<`, without quotes.
    pub delimiter: String,
    /// Whether variables in it are expanded (the delimiter had no quotes).
    pub expand: bool,
    /// The `<<word` that opens it.
    pub word: Span,
    /// The lines between, without leading tabs where `<<-` was written.
    pub body: Text,
}

/// What an instruction says. Arguments are raw: variables (`$X`, `${X:-d}`) are not expanded;
/// continuation lines are joined and comments between them removed, each byte keeping its place.
///
/// Quotes and escapes are taken away wherever Docker takes them away (everywhere but in commands,
/// the JSON form and here-document words). A `$` that was quoted or escaped becomes a derived
/// piece, so that [`expand()`] leaves it alone.
#[derive(Debug, Clone)]
pub enum Kind {
    /// `FROM image [AS name]` (the platform is a flag).
    From {
        /// Image or stage name.
        image: Text,
        /// The stage's name.
        alias: Option<Text>,
    },
    /// `RUN`; a here-document form (`RUN <<EOF`) has an empty shell command and the body in `heredocs`.
    Run(Command),
    /// `CMD`
    Cmd(Command),
    /// `ENTRYPOINT`
    Entrypoint(Command),
    /// `SHELL ["…"]`
    Shell(Vec<Text>),
    /// `COPY` or `ADD` (told apart by the keyword): sources and destination, JSON form included.
    Copy {
        /// Everything but the last argument; here-document words (`<<EOF`) included.
        sources: Vec<Text>,
        /// The last argument.
        dest: Text,
    },
    /// `ENV a=b c="d e"` or `ENV a b c`; values without their quotes and escapes.
    Env(Vec<(Text, Text)>),
    /// `ARG a=b c`; values without their quotes.
    Arg(Vec<(Text, Option<Text>)>),
    /// `LABEL`
    Label(Vec<(Text, Text)>),
    /// `WORKDIR`
    Workdir(Text),
    /// `USER`
    User(Text),
    /// `VOLUME`, either form.
    Volume(Vec<Text>),
    /// `EXPOSE`, one word each.
    Expose(Vec<Text>),
    /// `HEALTHCHECK`: `None` for `HEALTHCHECK NONE`.
    Healthcheck(Option<Command>),
    /// `ONBUILD …`
    Onbuild(Box<Instruction>),
    /// `STOPSIGNAL`, `MAINTAINER`, and keywords that are not known (those are errors as well).
    Other(Text),
}

/// A command in one of its two forms.
#[derive(Debug, Clone)]
pub enum Command {
    /// A line for the shell.
    Shell(Text),
    /// A JSON array of strings, run without a shell.
    Exec(Vec<Text>),
}

impl Command {
    /// The line, or the arguments.
    pub fn texts(&self) -> Vec<Text> {
        match self {
            Self::Shell(line) => vec![line.clone()],
            Self::Exec(words) => words.clone(),
        }
    }

    /// The items of a shell form that was meant as a list, such as `['gunicorn', 'app']`: Docker reads JSON only
    /// (Dockerfile reference, "Exec form").
    pub fn meant_as_list(&self) -> Option<Vec<String>> {
        match self {
            Self::Shell(line) => json::meant(line),
            Self::Exec(_) => None,
        }
    }
}

impl Dockerfile {
    /// Reads a file.
    pub fn read(file: &SourceFile) -> Self {
        read::read(file)
    }
}

impl Instruction {
    /// The value of the first flag called `name`.
    pub fn flag(&self, name: &str) -> Option<&Text> {
        self.flags.iter().find(|f| f.name.as_str() == name)?.value.as_ref()
    }
}
