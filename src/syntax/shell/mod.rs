//! Shell scripts and `sh -c` strings as located commands (POSIX shell, with the bash words people
//! use). It reads structure, it does not run anything; what it does not know is [`Command::Opaque`].

mod blanks;
mod commands;
mod dollar;
mod escapes;
mod expand;
#[cfg(test)]
mod hostile_tests;
mod lists;
mod read;
mod simple;
#[cfg(test)]
mod tests;
mod walk;
mod words;

pub use expand::{Lookup, expand, fields};
pub use walk::{Context, Step, Steps};

use super::SyntaxError;
use crate::source::{Span, Text};

/// A script, or the text given to `sh -c`.
#[derive(Debug, Clone, Default)]
pub struct Script {
    /// The line after `#!`, without it.
    pub shebang: Option<Text>,
    /// Its commands.
    pub body: List,
    /// The first carriage return that ends a line: to Linux, `#!/bin/sh\r` names no program.
    pub windows_line_ends: Option<Span>,
    /// What could not be read, in order; the reader goes on after it.
    pub errors: Vec<SyntaxError>,
}

/// Commands in order.
#[derive(Debug, Clone, Default)]
pub struct List {
    /// In the order they stand in.
    pub items: Vec<Item>,
}

/// A command and how it hangs on the one before it.
#[derive(Debug, Clone)]
pub struct Item {
    /// What joins it to the item before it in the list.
    pub joined: Joined,
    /// Written `! command`.
    pub negated: bool,
    /// Followed by `&`. (For `a && b &` every item of the and-or list has it.)
    pub background: bool,
    pub command: Command,
    /// Redirects after a compound command (`done < file`); a simple command has its own.
    pub redirects: Vec<Redirect>,
    /// From its first word to its last redirect.
    pub span: Span,
}

/// What stands between two commands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Joined {
    /// Nothing, `;` or a line break.
    Then,
    /// `&&`
    And,
    /// `||`
    Or,
    /// `|` or `|&`
    Pipe,
}

#[derive(Debug, Clone)]
pub enum Command {
    /// Words, maybe with assignments in front.
    Simple(Simple),
    /// `{ …; }`
    Group(List),
    /// `( … )`
    Subshell(List),
    /// `if`/`elif` conditions with their bodies, and `else`.
    If {
        /// Condition and body, in order.
        arms: Vec<(List, List)>,
        /// The `else` body.
        otherwise: Option<List>,
    },
    /// `while`, `until`
    While {
        /// `until` rather than `while`.
        until: bool,
        /// What is tested.
        condition: List,
        /// What is repeated.
        body: List,
    },
    /// `for name in words` or `select`.
    For {
        /// The variable.
        name: Text,
        /// The words; `"$@"` is one word here. `None` where `in` is missing, which means `"$@"`.
        words: Option<Vec<Word>>,
        /// `select`: a person chooses, until the body breaks.
        select: bool,
        /// What is repeated.
        body: List,
    },
    /// `for (( init; condition; step ))`
    ForArithmetic {
        /// What stands between the brackets.
        header: Text,
        /// The same as words, for what is substituted in it.
        words: Vec<Word>,
        /// What is repeated.
        body: List,
    },
    /// `case word in pattern) … ;; esac`
    Case {
        /// What is compared.
        word: Word,
        /// In order.
        arms: Vec<CaseArm>,
    },
    /// `name() { … }` or `function name { … }`
    Function { name: Text, body: List },
    /// `[[ … ]]`: the words between, unread operators included.
    Test(Vec<Word>),
    /// `(( … ))`
    Arithmetic {
        /// What stands between the brackets.
        text: Text,
        /// The same as words, for what is substituted in it.
        words: Vec<Word>,
    },
    /// Something this reader does not know.
    Opaque,
}

/// An arm of `case`.
#[derive(Debug, Clone)]
pub struct CaseArm {
    /// Its patterns, any of which is enough.
    pub patterns: Vec<Word>,
    /// What runs.
    pub body: List,
    /// How it ends.
    pub end: ArmEnd,
}

/// What comes after an arm of `case` that ran.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArmEnd {
    /// `;;`: the `case` is done.
    Done,
    /// `;&`: the next arm runs, whatever its patterns are (Bash).
    RunsNext,
    /// `;;&`: the next arms are compared (Bash).
    TestsNext,
}

/// `NAME=value word word >file`
#[derive(Debug, Clone, Default)]
pub struct Simple {
    /// `NAME=value` in front of the first word. `NAME+=value` reads as `NAME=${NAME-}value`; the value of an array is a
    /// [`Part::Array`], that of one element (`NAME[index]=value`) begins with [`Part::Unknown`].
    pub assignments: Vec<(Text, Word)>,
    /// The command's name and its arguments.
    pub words: Vec<Word>,
    /// Redirects, here-documents included.
    pub redirects: Vec<Redirect>,
}

/// `2>&1`, `> file`, `<<EOF`
#[derive(Debug, Clone)]
pub struct Redirect {
    /// The operator with its descriptor, as written.
    pub operator: Text,
    /// The file, descriptor or here-document delimiter.
    pub target: Word,
    /// The here-document's body.
    pub body: Option<Text>,
}

/// A word: what one argument is made of.
#[derive(Debug, Clone)]
pub struct Word {
    /// As written, quotes included.
    pub raw: Text,
    /// Its parts in order. Quotes are gone; adjacent literals are one part, but quoted and unquoted ones stay apart
    /// (only the latter are patterns).
    pub parts: Vec<Part>,
}

/// A part of a word.
#[derive(Debug, Clone)]
pub enum Part {
    /// Text without its quotes and escapes. `quoted` when it stood in quotes (or was escaped).
    Literal {
        text: Text,
        /// Whether it stood in quotes.
        quoted: bool,
    },
    /// `$NAME`, `${NAME}`, `${NAME:-word}`, `$1`, `$@`, `$#` …
    Variable(Variable),
    /// `$( … )` or `` ` … ` ``
    Substitution {
        /// What runs.
        body: List,
        /// Stood in double quotes.
        quoted: bool,
    },
    /// `$(( … ))`: what stands between the brackets.
    Arithmetic(Text),
    /// `<( … )`, `>( … )`: the name of a file that only the running shell knows.
    Process(List),
    /// `( … )` after `NAME=`: the values of an array.
    Array(Vec<Word>),
    /// What has no value here.
    Unknown,
}

/// A variable in a word.
#[derive(Debug, Clone)]
pub struct Variable {
    /// `NAME`, or one of `1`…, `@`, `*`, `#`, `?`, `$`, `!`, `-`.
    pub name: String,
    /// The index of `${NAME[index]}`: a number, `@`, `*`.
    pub index: Option<Text>,
    /// `:-`, `-`, `:=`, `:?`, `:+`, `+`, `%`, `##`, … as written; empty for none. `#` without an argument
    /// is the length (`${#NAME}`), and `!` is `${!NAME}`.
    pub operator: String,
    /// The word after the operator, maybe empty.
    pub argument: Option<Box<Word>>,
    /// Stood in double quotes.
    pub quoted: bool,
    /// From `$` to its end.
    pub span: Span,
}

impl Script {
    /// The comments that begin with `marker` (blanks and further `#` before it do not count), each from `#` to the end of
    /// its line. What only looks like one, in quotes or a here-document, is none.
    pub fn comments(text: &Text, marker: &str) -> Vec<Span> {
        read::comments(text, marker)
    }

    /// Reads a script or a command line. `text` keeps the places of a YAML scalar or a Dockerfile argument.
    pub fn read(text: &Text) -> Self {
        read::read(text)
    }
}

impl Redirect {
    /// What a here-document gives to the command: a quoted delimiter makes it a literal; otherwise `$`, backquotes and
    /// backslashes mean what they mean in double quotes (POSIX 2.7.4). `None` for any other redirect.
    pub fn document(&self) -> Option<Word> {
        let body = self.body.as_ref()?;
        let quoted = self.target.raw.contains(['\'', '"', '\\']);
        Some(if quoted {
            let literal = Part::Literal { text: body.clone(), quoted: true };
            Word { raw: body.clone(), parts: vec![literal] }
        } else {
            words::document(body)
        })
    }
}

impl Word {
    /// A text in which `$`, backquotes and backslashes mean what they mean in double quotes: a sum, a here-document.
    pub fn of_quoted(text: &Text) -> Self {
        words::document(text)
    }

    /// A word of one literal.
    pub fn of_literal(text: &Text) -> Self {
        Self { raw: text.clone(), parts: vec![Part::Literal { text: text.clone(), quoted: true }] }
    }

    /// Where the word stands, quotes included.
    pub fn span(&self) -> Span {
        self.raw.span()
    }

    /// The word's text when it holds nothing but literals that are known.
    pub fn literal(&self) -> Option<String> {
        self.parts
            .iter()
            .map(|p| match p {
                Part::Literal { text, .. } => text.resolved(),
                _ => None,
            })
            .collect()
    }

    /// The variable's name when the word is one variable and nothing else.
    pub fn variable(&self) -> Option<&Variable> {
        match self.parts.as_slice() {
            [Part::Variable(v)] => Some(v),
            _ => None,
        }
    }
}
