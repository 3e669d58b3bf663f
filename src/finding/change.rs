//! What removes a finding's cause, as data: rules name places and values of the project, [`crate::fix`] writes the text.

use super::{Prose, Safety};
use crate::source::{FileId, RelPath, Span, Text};
use std::ops::Range;

/// What removes the cause of a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cure {
    /// What to do: one sentence in the imperative, lower case, without a full stop or colon.
    pub lead: Prose,
    /// How far the changes can be trusted.
    pub safety: Safety,
    /// The changes, made in this order, all or none.
    pub changes: Vec<Change>,
    /// What a person must decide or do besides; may be empty.
    pub also: Prose,
}

impl Cure {
    /// A cure that needs a look before it is applied.
    pub fn new(lead: impl Into<Prose>) -> Self {
        Self {
            lead: lead.into(),
            safety: Safety::Unsafe,
            changes: Vec::new(),
            also: Prose::default(),
        }
    }

    /// Says that it is deterministic, has no effect on data or secrets, and changes nothing beyond the finding.
    #[must_use]
    pub fn safe(self) -> Self {
        Self { safety: Safety::Safe, ..self }
    }

    /// Adds a change.
    #[must_use]
    pub fn change(mut self, change: Change) -> Self {
        self.changes.push(change);
        self
    }

    /// Adds changes.
    #[must_use]
    pub fn changes(mut self, changes: impl IntoIterator<Item = Change>) -> Self {
        self.changes.extend(changes);
        self
    }

    /// Says what a person must decide or do besides.
    #[must_use]
    pub fn also(self, also: impl Into<Prose>) -> Self {
        Self { also: also.into(), ..self }
    }
}

/// One change. Spans are places in the files as they were read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Changes a YAML file.
    Yaml(YamlMap, YamlEdit),
    /// Changes what is at a place of a YAML file.
    YamlNode(Span, NodeEdit),
    /// Changes a command where it is written: in a Compose file, a Dockerfile or a script.
    Command(CommandChange),
    /// Changes a statement: an instruction of a Dockerfile, a directive of nginx, a command of a script, a statement of
    /// Python, a line of an env file.
    Statement(Span, StatementEdit),
    /// Changes a Python module.
    Python(PythonEdit),
    /// Sets a variable of an env file, which is created where it does not exist.
    EnvLine {
        /// The file.
        path: RelPath,
        /// The variable.
        name: String,
        /// Its value.
        value: Prose,
    },
    /// Adds a package to a file of requirements.
    Requirement {
        /// The file.
        file: FileId,
        /// The requirement, such as `gunicorn`.
        package: Prose,
    },
    /// Replaces text in place: a value or a part of one, without its quotes unless the span covers them.
    Replace {
        /// The bytes to replace.
        at: Span,
        /// The value to write there; it is quoted and escaped as the place needs it.
        with: Prose,
    },
    /// Replaces bytes as they are, such as a `$` that is doubled.
    Bytes {
        /// The bytes; empty to insert.
        at: Span,
        /// What is written there.
        with: Prose,
    },
    /// Creates a file with the text of another.
    CopyFile {
        /// The file that exists.
        from: RelPath,
        /// The file to create.
        to: RelPath,
    },
    /// Adds a line to a file that may not exist yet, such as `.dockerignore`.
    Line {
        /// The file.
        path: RelPath,
        /// The line, without its break.
        line: Prose,
    },
    /// Rewrites every line ending of a file as LF.
    UnixLineEndings {
        /// The file.
        file: FileId,
    },
    /// Creates a file; the change does not fit where there is one.
    NewFile {
        /// Where.
        path: RelPath,
        /// Its text.
        text: Prose,
    },
}

/// A mapping of a YAML file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum YamlMap {
    /// The top level of a file.
    Top(FileId),
    /// The value of the entry whose key is at this place, such as the name of a service.
    Of(Span),
}

/// A change of a mapping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum YamlEdit {
    /// Sets the value below the keys; those that are missing are added.
    Set(Vec<String>, YamlValue),
    /// Sets the value below the keys where none is set.
    Default(Vec<String>, YamlValue),
    /// Removes the entry below the keys, and what holds nothing else.
    Remove(Vec<String>),
    /// Appends an item to the list below the keys, which is added where it is missing.
    Append(Vec<String>, YamlValue),
    /// Sets a variable in `environment`, in the form that is used there.
    SetVariable(String, YamlValue),
    /// Removes a variable from `environment`.
    RemoveVariable(String),
    /// Makes a service depend on another; the condition is one of Compose's.
    DependOn(String, Option<&'static str>),
}

/// A change of what is at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NodeEdit {
    /// Replaces the value.
    Replace(YamlValue),
    /// Replaces the key of an entry, or a scalar that is an item.
    Rename(Prose),
    /// Adds an item before the item that it is.
    InsertBefore(YamlValue),
    /// Says of an env file that it may be missing, in either notation.
    MakeOptional,
    /// Removes the entry whose key or value it is, or the item, and what holds nothing else.
    Remove,
}

/// A value to write into a YAML file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum YamlValue {
    /// A string.
    Text(Prose),
    /// An integer.
    Int(i64),
    /// `true`, `false`
    Bool(bool),
    /// Nothing, as below `volumes`.
    Null,
    /// Items.
    List(Vec<Self>),
    /// Items on one line, such as the words of a health check.
    Row(Vec<Self>),
    /// Entries.
    Map(Vec<(String, Self)>),
}

impl YamlValue {
    /// A string.
    pub fn text(text: impl Into<Prose>) -> Self {
        Self::Text(text.into())
    }

    /// A list of strings on one line.
    pub fn row(texts: impl IntoIterator<Item: Into<Prose>>) -> Self {
        Self::Row(texts.into_iter().map(Self::text).collect())
    }
}

/// A change of a command. Changes of the same command that several findings ask for are shown together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandChange {
    /// The command's words as written, in order.
    pub words: Vec<Text>,
    /// What changes.
    pub edits: Vec<CommandEdit>,
}

/// A change of a command; indices count its words as they were read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CommandEdit {
    /// Runs another command first, which must succeed.
    Before(Vec<Prose>),
    /// Sets an option: the first name is written where none of them is there.
    Option(&'static [&'static str], Prose),
    /// Replaces a word.
    Word(usize, Prose),
    /// Inserts words before the word of that index.
    Insert(usize, Vec<Prose>),
    /// Appends words.
    Append(Vec<Prose>),
    /// Replaces the whole command.
    Replace(Vec<Prose>),
    /// Removes words.
    Remove(Range<usize>),
    /// Lets a shell read it, with what Compose cuts off or hands on as it is.
    Shell,
    /// Lets it take the place of the shell that runs it.
    Exec,
    /// Lets what follows run even where it fails: `|| true`.
    Tolerate,
    /// Lets the shell wait for it: without the `&` behind it.
    Foreground,
    /// Removes the whole command, and what joins it to the next one.
    Drop,
}

/// A change of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StatementEdit {
    /// Adds lines before it.
    Before(Prose),
    /// Adds lines after it.
    After(Prose),
    /// Adds lines at the start of its block.
    Inside(Prose),
    /// Replaces it.
    Replace(Prose),
    /// Removes it.
    Remove,
}

/// A change of a Python module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PythonEdit {
    /// Adds `name = value` after the statement at a place.
    Assign {
        /// A place in the statement.
        after: Span,
        /// The name.
        name: &'static str,
        /// Its value.
        value: PyValue,
    },
    /// Replaces an expression.
    Replace(Span, PyValue),
    /// Adds an item to a list or tuple, before the item at a place or at the end.
    AddItem {
        /// The list.
        list: Span,
        /// The item that follows it.
        before: Option<Span>,
        /// The item.
        item: PyValue,
    },
    /// Removes an item of a list, a tuple or a dict (its key is at the place), or a statement.
    Remove(Span),
    /// Sets a key of a dict.
    SetItem {
        /// The dict.
        dict: Span,
        /// The key, a string.
        key: &'static str,
        /// The value.
        value: PyValue,
    },
}

/// A value to write into a Python module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PyValue {
    /// A string.
    Text(Prose),
    /// `True`, `False`
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A list.
    List(Vec<Self>),
    /// A dict with strings as keys.
    Dict(Vec<(&'static str, Self)>),
    /// A variable of the environment, with what holds where it is not set; without, loading fails.
    Environ(String, Option<Prose>),
    /// A path below the folder of the project, from what `BASE_DIR` is.
    BelowBaseDir(Vec<Prose>),
    /// An expression as it is; `import os` is added where it needs that.
    Code(Prose),
}
