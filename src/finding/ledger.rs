//! The environment ledger: for every service each variable with who sets it, who reads it, and what is wrong.
//! Plain data; values are kept here as they are, and masked where they are shown.

use crate::source::{Span, Text, Unknown};

/// The variables of every service of a stack.
#[derive(Debug, Clone, Default)]
pub struct Ledger {
    /// In file order.
    pub services: Vec<ServiceLedger>,
}

/// The variables of one service.
#[derive(Debug, Clone)]
pub struct ServiceLedger {
    /// Its name.
    pub service: String,
    /// By name.
    pub variables: Vec<Variable>,
    /// Why more may be set than is listed (an env file that is not in the checkout); `None` when these are all.
    pub open: Option<Unknown>,
    /// Why it is not known what is read (an image from elsewhere); `None` when all readers are known.
    pub unread: Option<Unknown>,
}

/// A variable of one service.
#[derive(Debug, Clone)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// What became of it.
    pub state: State,
    /// Whether its value is a secret as a whole, by name or by shape.
    pub secret: bool,
    /// Who sets it, weakest first: the last one wins.
    pub set: Vec<Setting>,
    /// Who reads it.
    pub read: Vec<Reading>,
}

/// What became of a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It has a value.
    Set,
    /// Nobody sets it; who reads it has a default.
    Default,
    /// It is set to nothing.
    Blank,
    /// Nobody sets it, and what reads it fails without.
    Missing,
    /// Nobody sets it, and what reads it can do without.
    Unset,
    /// It is set, and nothing reads it.
    NeverRead,
    /// It may be set by something that is not in the checkout.
    Unknown,
}

impl State {
    /// The word for it in data.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Set => "set",
            Self::Default => "default",
            Self::Blank => "blank",
            Self::Missing => "missing",
            Self::Unset => "unset",
            Self::NeverRead => "never-read",
            Self::Unknown => "unknown",
        }
    }
}

/// A place that sets a variable.
#[derive(Debug, Clone)]
pub struct Setting {
    /// What it is.
    pub by: Setter,
    /// Where.
    pub span: Span,
    /// To what.
    pub worth: Worth,
    /// Where its text comes from when the place only names a variable: entries of `.env`.
    pub via: Vec<Span>,
    /// Whether part of its text comes from the shell that runs Compose.
    pub shell: bool,
}

/// What sets variables, weakest first (Docker docs, "Environment variables precedence in Docker Compose").
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Setter {
    /// An env file that the settings read themselves, where nothing else sets the variable.
    Settings,
    /// `ENV` of the image.
    Image,
    /// A file of `env_file`.
    EnvFile,
    /// `environment` of Compose.
    Compose,
    /// A script that the container runs first.
    Script,
}

impl Setter {
    /// The word for it in data.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Settings => "settings",
            Self::Image => "image",
            Self::EnvFile => "env_file",
            Self::Compose => "environment",
            Self::Script => "script",
        }
    }
}

/// A value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Worth {
    /// A text that is not blank.
    Text(Text),
    /// Nothing.
    Blank,
    /// Not known, and why.
    Unknown(Unknown),
}

/// A place that reads a variable.
#[derive(Debug, Clone)]
pub struct Reading {
    /// What it is.
    pub by: Reader,
    /// Where; `None` for a program of the image.
    pub span: Option<Span>,
    /// What its text is made into (`bool`, `list`); `None` where it stays a text.
    pub cast: Option<&'static str>,
    /// What counts where it is not set.
    pub default: Option<Worth>,
    /// Whether the read fails when it is not set.
    pub required: bool,
}

/// What reads variables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reader {
    /// The Django settings.
    Settings,
    /// Another file of the project that names it.
    Code,
    /// A script or command line.
    Script,
    /// A template of nginx.
    Nginx,
    /// The program of a known image, or a known tool.
    Program(&'static str),
}

impl Reader {
    /// The word for it in data.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Settings => "settings",
            Self::Code => "code",
            Self::Script => "script",
            Self::Nginx => "nginx",
            Self::Program(_) => "program",
        }
    }
}
