//! The account of a stack: what was worked out of each service, how much of it is known, and where each part comes
//! from. Plain data; values are kept here as they are, and masked where they are shown.

use super::Prose;
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
    Secret(Text),
    /// A list, tuple or set.
    List {
        /// The items that are surely in it, in order.
        items: Vec<Self>,
        /// Why there may be more, at any place; `None` when these are all.
        more: Option<Unknown>,
    },
    /// A dict.
    Dict {
        /// Keys, written as text, and values.
        entries: Vec<(String, Self)>,
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
            Self::Text(text) | Self::Secret(text) => text.why(),
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
            (Self::Text(text) | Self::Secret(text), Some(why)) if text.is_unresolved() => {
                Known::Unknown(why)
            }
            (_, Some(why)) => Known::Partly(self, why),
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

/// A name of a settings module.
#[derive(Debug, Clone, PartialEq)]
pub struct SettingAccount {
    /// The name.
    pub name: String,
    /// The value; where another one is possible, the last that may be assigned.
    pub value: PlainValue,
    /// Where the value is written.
    pub at: Span,
    /// Why another value is possible.
    pub uncertain: Option<Unknown>,
    /// The variables that decided it, in the order they were read.
    pub reads: Vec<ReadAccount>,
}

impl SettingAccount {
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
    pub values: Vec<SettingAccount>,
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
    /// Where the command is written.
    pub at: Span,
}

/// A stack, as it was brought up on paper.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct StackAccount {
    /// Its services, in file order.
    pub services: Vec<ServiceAccount>,
}

/// A service, as it was brought up on paper.
#[derive(Debug, Clone, PartialEq)]
pub struct ServiceAccount {
    /// Its name.
    pub name: String,
    /// Where it is defined.
    pub at: Span,
    /// What it runs.
    pub process: ProcessAccount,
    /// The settings it loads; `None` where it runs no Django, or where they are not known.
    pub settings: Option<SettingsAccount>,
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
