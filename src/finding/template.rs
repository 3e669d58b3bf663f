//! A template of an env file (`.env.example`), held against what a project takes from the file that is made of it.
//! Plain data; values are kept here as they are, and masked where they are shown.

use crate::source::{RelPath, Span, Text};

/// A template, with what it has and lacks.
#[derive(Debug, Clone)]
pub struct TemplateDiff {
    /// The template.
    pub template: RelPath,
    /// The file that people make of it.
    pub file: RelPath,
    /// What the project takes from that file and the template does not list, in the order of first use.
    pub lacks: Vec<TemplateLack>,
    /// What the template lists and nothing reads, with the place of the name.
    pub unread: Vec<(String, Span)>,
    /// Values that differ from the default that the project has.
    pub defaults: Vec<DefaultDiff>,
}

impl TemplateDiff {
    /// Whether something is missing that a person has to fill in.
    pub fn is_incomplete(&self) -> bool {
        self.lacks.iter().any(|l| l.demand.want() > Want::Optional)
    }
}

/// A variable that a template does not list.
#[derive(Debug, Clone)]
pub struct TemplateLack {
    /// What is taken.
    pub demand: Demand,
    /// A name of the template that nothing else takes, and that was most likely meant to be this one.
    pub similar: Option<(String, Span)>,
}

/// A value of a template that differs from the default of the project.
#[derive(Debug, Clone)]
pub struct DefaultDiff {
    /// The variable.
    pub name: String,
    /// What the template sets it to.
    pub value: Text,
    /// What it is where nothing sets it.
    pub default: Text,
}

/// A variable that a project takes from an env file.
#[derive(Debug, Clone)]
pub struct Demand {
    /// The variable.
    pub name: String,
    /// Other variables that serve as well, such as `POSTGRES_PASSWORD_FILE`.
    pub instead: Vec<String>,
    /// Whether its value is a secret, by its name.
    pub secret: bool,
    /// Who takes it, the first use first; at least one.
    pub takers: Vec<Taker>,
}

impl Demand {
    /// What happens where it is not set, at worst.
    pub fn want(&self) -> Want {
        self.takers.iter().map(|t| t.want).max().unwrap_or(Want::Optional)
    }

    /// What counts where it is not set, for the first that has something.
    pub fn default(&self) -> Option<&Text> {
        self.takers.iter().find_map(|t| t.default.as_ref())
    }
}

/// Who takes a variable.
#[derive(Debug, Clone)]
pub struct Taker {
    /// What it is.
    pub by: TakenBy,
    /// The service it is taken for; `None` where that is no single one.
    pub service: Option<String>,
    /// Where; `None` for a program of an image.
    pub span: Option<Span>,
    /// What happens where it is not set.
    pub want: Want,
    /// What counts where it is not set.
    pub default: Option<Text>,
}

/// What takes a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TakenBy {
    /// A Compose file, which puts it in for `${…}`.
    Compose,
    /// The Django settings.
    Settings,
    /// The program of a known image.
    Image(&'static str),
}

impl TakenBy {
    /// The word for it in data.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Compose => "compose",
            Self::Settings => "settings",
            Self::Image(_) => "program",
        }
    }
}

/// What happens where a variable is not set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Want {
    /// There is a default.
    Optional,
    /// It is blank, or `None`.
    Blank,
    /// What takes it fails.
    Required,
}

impl Want {
    /// The word for it in data.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Optional => "optional",
            Self::Blank => "blank",
            Self::Required => "required",
        }
    }
}
