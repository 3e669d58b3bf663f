//! Dockerfiles as located instructions, read as BuildKit reads them
//! (Dockerfile reference: format, parser directives, here-documents, shell and exec form).

mod read;

use super::SyntaxError;
use crate::source::{SourceFile, Span, Spanned, Text};

/// A Dockerfile.
#[derive(Debug, Clone, Default)]
pub struct Dockerfile {
    /// Instructions in file order, those with errors left out.
    pub instructions: Vec<Instruction>,
    /// What could not be read.
    pub errors: Vec<SyntaxError>,
}

/// One instruction.
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
    /// The lines between, without leading tabs where `<<-` was written.
    pub body: Text,
}

/// What an instruction says. Arguments are raw: variables (`$X`, `${X:-d}`) are not expanded;
/// continuation lines are joined and comments between them removed, each byte keeping its place.
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
