//! The account of a stack: what was worked out of each service, how much of it is known, and where each part comes
//! from. Plain data; values are kept here as they are, and masked where they are shown.

use super::{Prose, StackGraph};
use crate::source::{FileId, Known, Span, Text, Unknown};

/// A value of the settings, as far as it is known.
#[derive(Debug, Clone, PartialEq)]
pub enum PlainValue {
    /// `None`
    None,
    /// `True`, `False`
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A float.
    Float(f64),
    /// A string or a path; pieces of it may not be known.
    Text(Text),
    /// A string that is a secret, or that the name says to be one.
    Secret {
        /// The string.
        text: Text,
        /// Whether it protects nothing: a placeholder, or a word that everyone tries.
        weak: bool,
    },
    /// What this program says of it in its own words.
    Words(Prose),
    /// A list, tuple or set.
    List {
        /// The items that are surely in it, in order.
        items: Vec<Self>,
        /// Why there may be more, at any place; `None` when these are all.
        more: Option<Unknown>,
    },
    /// A dict.
    Dict {
        /// Keys and values.
        entries: Vec<(PlainKey, Self)>,
        /// Why there may be more; `None` when these are all.
        more: Option<Unknown>,
    },
    /// Not known, and why.
    Unknown(Unknown),
}

impl PlainValue {
    /// Why not all of it is known, that of its items included; what is found first.
    pub fn why(&self) -> Option<Unknown> {
        match self {
            Self::Unknown(why) => Some(why.clone()),
            Self::Text(text) | Self::Secret { text, .. } => text.why(),
            Self::List { items, more } => more.clone().or_else(|| items.iter().find_map(Self::why)),
            Self::Dict { entries, more } => {
                more.clone().or_else(|| entries.iter().find_map(|(_, v)| v.why()))
            }
            _ => None,
        }
    }

    /// The value, as far as it is known.
    pub fn known(&self) -> Known<&Self> {
        match (self, self.why()) {
            (_, None) => Known::Known(self),
            (Self::Unknown(_), Some(why)) => Known::Unknown(why),
            (Self::Text(text) | Self::Secret { text, .. }, Some(why)) if text.is_unresolved() => {
                Known::Unknown(why)
            }
            (_, Some(why)) => Known::Partly(self, why),
        }
    }
}

/// A key of a dict.
#[derive(Debug, Clone, PartialEq)]
pub enum PlainKey {
    /// A word of this program for a part of a value.
    Own(&'static str),
    /// A key of the project.
    Text(Text),
}

impl PlainKey {
    /// The key.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Own(word) => word,
            Self::Text(text) => text.as_str(),
        }
    }
}

/// A read of a variable by settings.
#[derive(Debug, Clone, PartialEq)]
pub struct ReadAccount {
    /// The variable.
    pub name: String,
    /// Where it is read.
    pub at: Span,
    /// What is taken where it is not set.
    pub default: Option<PlainValue>,
    /// Whether loading fails where it is not set.
    pub required: bool,
    /// Where it is set; `None` where it is not, or where that is not known.
    pub set_at: Option<Span>,
}

/// One thing that was worked out, such as the base image, a port or a setting.
#[derive(Debug, Clone, PartialEq)]
pub struct Fact {
    /// What it is about: the name of a setting, a port, a path, or a word for it.
    pub subject: Prose,
    /// The value; where another one is possible, the last that may hold.
    pub value: PlainValue,
    /// Why another value is possible.
    pub uncertain: Option<Unknown>,
    /// Where the value is written.
    pub at: Option<Span>,
    /// What the value came through, in order.
    pub route: Vec<RouteStep>,
}

/// Something that a value came through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouteStep {
    /// What it is: the name of a variable, `COPY`, `bind mount`.
    pub by: Prose,
    /// Where.
    pub at: Span,
}

impl Fact {
    /// Something that is not known.
    pub fn unknown(subject: impl Into<Prose>, why: Unknown) -> Self {
        Self {
            subject: subject.into(),
            at: None,
            value: PlainValue::Unknown(why),
            uncertain: None,
            route: Vec::new(),
        }
    }

    /// Something that the program says in its own words, for a place.
    pub fn words(subject: impl Into<Prose>, words: impl Into<Prose>, at: Span) -> Self {
        Self {
            subject: subject.into(),
            value: PlainValue::Words(words.into()),
            uncertain: None,
            at: Some(at),
            route: Vec::new(),
        }
    }

    /// The same, come through something.
    #[must_use]
    pub fn through(mut self, by: impl Into<Prose>, at: Span) -> Self {
        self.route.push(RouteStep { by: by.into(), at });
        self
    }

    /// The value, as far as it is known; one that may be another is not.
    pub fn known(&self) -> Known<&PlainValue> {
        match &self.uncertain {
            Some(why) => Known::Unknown(why.clone()),
            None => self.value.known(),
        }
    }
}

/// Where loading a settings module surely ends in an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The name of the error's class, such as `KeyError`.
    pub kind: String,
    /// What it says.
    pub message: Prose,
    /// The line that raises it.
    pub at: Option<Span>,
}

/// A settings module, as far as it was followed.
#[derive(Debug, Clone, PartialEq)]
pub struct SettingsAccount {
    /// Its dotted name.
    pub module: String,
    /// The files that were read for it, the module itself first.
    pub files: Vec<FileId>,
    /// Its upper-case names, sorted.
    pub values: Vec<Fact>,
    /// Why there may be other names.
    pub open: Option<Unknown>,
    /// What is read from the environment, in the order of reading.
    pub reads: Vec<ReadAccount>,
    /// Where loading fails.
    pub fails: Option<Failure>,
}

/// A command that a container runs.
#[derive(Debug, Clone, PartialEq)]
pub struct StepAccount {
    /// The command with its arguments; one that is not known is unresolved, and may be several arguments or none.
    pub argv: Vec<Text>,
    /// The folder it runs in; `None` when it is not known.
    pub cwd: Option<String>,
    /// Whether it takes the place of the process that starts it.
    pub exec: bool,
    /// Whether the next step does not wait for it.
    pub background: bool,
    /// Whether it may not run at all.
    pub conditional: bool,
    /// Whether its output goes into a pipe or `$( )`.
    pub captured: bool,
    /// Where the command is written.
    pub at: Span,
    /// Commands that this one starts, where it is no shell: those of `supervisord`, of a Python script.
    pub starts: Vec<Self>,
}

/// A stack, as it was brought up on paper.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct StackAccount {
    /// Its services, in file order.
    pub services: Vec<ServiceAccount>,
    /// The same services with what joins them.
    pub graph: StackGraph,
}

/// A service, as it was brought up on paper.
#[derive(Debug, Clone, PartialEq)]
pub struct ServiceAccount {
    /// Its name.
    pub name: String,
    /// Where it is defined.
    pub at: Span,
    /// The image, and of one that is built here the Dockerfile, the stage and the base.
    pub image: Vec<Fact>,
    /// Where its files come from, and what hides them.
    pub files: Vec<Fact>,
    /// Why more variables may be set than the files show.
    pub more_variables: Option<Unknown>,
    /// What it runs.
    pub process: ProcessAccount,
    /// The ports that it listens on.
    pub listens: Vec<Fact>,
    /// The ports of the host and the services through which requests come.
    pub reached_by: Vec<Fact>,
    /// What it is as a Django service; `None` where it is not known to be one.
    pub django: Option<DjangoAccount>,
}

/// A service that runs Django.
#[derive(Debug, Clone, PartialEq)]
pub struct DjangoAccount {
    /// The name of its settings module.
    pub module: Fact,
    /// What the settings set, of what rules read; the reason why they are not known otherwise.
    pub settings: Known<SettingsAccount>,
    /// The entries of `DATABASES`.
    pub databases: Vec<Fact>,
    /// The servers of messages and caches that the settings name.
    pub brokers: Vec<Fact>,
    /// The way of the static files.
    pub static_files: Vec<Fact>,
    /// The way of uploaded files.
    pub media: Vec<Fact>,
}

/// What a container runs, in order.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ProcessAccount {
    /// The steps.
    pub steps: Vec<StepAccount>,
    /// Why there may be more or others; empty when these are all.
    pub unknown: Vec<Unknown>,
}

impl ProcessAccount {
    /// Whether the steps are all there is.
    pub fn is_known(&self) -> bool {
        self.unknown.is_empty()
    }
}
