//! Values of settings, each with the places it came from.

use crate::finding::{Insert, Prose, Quote, Quoted};
use crate::source::{Known, Span, Text, Unknown};

/// A value and where it comes from.
#[derive(Debug, Clone, PartialEq)]
pub struct Value {
    /// What it is.
    pub kind: ValueKind,
    /// The expression that wrote it (in the settings file), most useful place first.
    pub span: Span,
    /// Environment variables that decided it, in the order they were read.
    pub reads: Vec<EnvRead>,
    /// What kind of list it is.
    pub(super) form: Form,
    /// Which list or dict it is, wherever else it is held; 0 where it is held once.
    pub(super) identity: u32,
    /// Of a value that is not known: whether Python takes it for true, where that is known.
    pub(super) truth: Option<bool>,
}

/// What kind of list a [`ValueKind::List`] is, or of path a [`ValueKind::Path`] or
/// [`ValueKind::Str`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Form {
    /// A list; a path of `pathlib`.
    #[default]
    List,
    /// A tuple: it cannot be changed.
    Tuple,
    /// A set or frozenset: it has no order.
    Set,
    /// `environ.Path`: `+` and `-` join it and go up.
    EnvironPath,
    /// `unipath.Path`: a string with methods.
    Unipath,
    /// The path of a file that need not be there.
    Optional,
    /// A section of an INI file: a dict whose keys are in lower case.
    Section,
}

/// What a value is.
#[derive(Debug, Clone, PartialEq)]
pub enum ValueKind {
    /// `None`
    None,
    /// `True`, `False`
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A float.
    Float(f64),
    /// A string. Literals keep their place byte for byte.
    Str(Text),
    /// A `pathlib.Path` (or a string known to be a path in the container): absolute, normalised.
    Path(String),
    /// A list, tuple, set or frozenset. `open` when something unknown was added to it: the items are
    /// those that are surely there.
    List {
        /// The items.
        items: Vec<Value>,
        /// Why there may be more; `None` when these are all.
        open: Option<Unknown>,
    },
    /// A dict. `open` when something unknown was merged into it.
    Dict {
        /// Keys and values; a later key wins.
        entries: Vec<(Value, Value)>,
        /// Why there may be more; `None` when these are all.
        open: Option<Unknown>,
    },
    /// A `datetime.timedelta`, in seconds.
    Duration(f64),
    /// An object that a package makes, by its dotted class: `celery.schedules.crontab`.
    Object(String),
    /// A string that is known in part: its host, but not its password. While settings are evaluated it is a
    /// [`Str`](Self::Str); a rule that asks for a string does not get it.
    Partly(Text),
    /// Not known, and why.
    Unknown(Unknown),
}

/// One read of an environment variable by the settings.
#[derive(Debug, Clone, PartialEq)]
pub struct EnvRead {
    /// The variable.
    pub name: String,
    /// The call or subscript that reads it.
    pub span: Span,
    /// How the read turns the text into a value.
    pub cast: Cast,
    /// The default, where one is written.
    pub default: Option<Box<Value>>,
    /// Where the variable is set for this process; `None` where the default (or nothing) applies.
    pub set_at: Option<Text>,
    /// Whether the read fails when the variable is not set (`os.environ["X"]`, `env("X")` without default).
    pub required: bool,
}

/// How a read turns a variable's text into a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cast {
    /// The text as it is (`os.environ.get`, `env("X")`).
    Raw,
    /// `bool(text)`: true for everything but the empty text.
    BoolOfText,
    /// A real parse of booleans (`env.bool`, `cast=bool` of decouple, `strtobool`, `== "True"`, `in (…)`).
    Bool,
    /// `int(text)`
    Int,
    /// A list (`env.list`, `.split(",")`, `Csv()`).
    List,
    /// A database or other URL taken apart (`env.db`, `dj_database_url`).
    Url,
    /// Something else.
    Other,
}

/// In a sentence it is the string that it is.
impl Quoted for Value {
    fn text(&self) -> &str {
        self.as_str().unwrap_or("")
    }

    fn origin(&self) -> Option<Span> {
        match &self.kind {
            ValueKind::Str(text) => Some(text.span()),
            _ => Some(self.span),
        }
    }
}

/// In a sentence it is the variable's name.
impl Insert for EnvRead {
    fn insert_into(&self, prose: &mut Prose) {
        prose.push(&Quote::name(&self.name).or_at(self.span));
    }
}

/// What a name of the settings module is bound to.
#[derive(Debug, Clone, PartialEq)]
pub struct Binding {
    /// The value.
    pub value: Value,
    /// The name where it was last assigned.
    pub name_span: Span,
    /// Why another value is possible, with the place of what decides: a condition that is not known
    /// (`if os.path.exists(…)`). The value is then the last one assigned, unless it is `Unknown`.
    pub uncertain: Option<Unknown>,
}

impl Binding {
    /// Whether no other value is possible.
    pub fn is_certain(&self) -> bool {
        self.uncertain.is_none()
    }
}

/// More reads than this are not kept with one value.
const MAX_READS: usize = 64;

impl Value {
    /// A value that is written at `span` and that no variable decided.
    pub fn new(kind: ValueKind, span: Span) -> Self {
        Self { kind, span, reads: Vec::new(), form: Form::List, identity: 0, truth: None }
    }

    /// A value that is not known, with the reason; one without a place gets that of the value.
    pub fn unknown(why: impl Into<Unknown>, span: Span) -> Self {
        Self::new(ValueKind::Unknown(why.into().or_at(span)), span)
    }

    /// A string that is not written as such anywhere.
    pub fn text(text: impl Into<String>, span: Span) -> Self {
        Self::new(ValueKind::Str(Text::derived(text, span)), span)
    }

    /// A list, tuple or set.
    pub(super) fn list(form: Form, items: Vec<Self>, open: Option<Unknown>, span: Span) -> Self {
        Self { form, ..Self::new(ValueKind::List { items, open }, span) }
    }

    /// Whether it is known (its items may still not be).
    pub fn is_known(&self) -> bool {
        !matches!(self.kind, ValueKind::Unknown(_) | ValueKind::Partly(_))
    }

    /// How much of it is known, that of its items included.
    pub fn known(&self) -> Known<&Self> {
        match (&self.kind, self.why()) {
            (_, None) => Known::Known(self),
            (ValueKind::Unknown(_), Some(why)) => Known::Unknown(why),
            (_, Some(why)) => Known::Partly(self, why),
        }
    }

    /// Why not all of it is known, that of its items included; what is found first.
    pub fn why(&self) -> Option<Unknown> {
        match &self.kind {
            ValueKind::Unknown(why) => Some(why.clone()),
            ValueKind::Str(text) | ValueKind::Partly(text) => text.why(),
            ValueKind::List { items, open } => {
                open.clone().or_else(|| items.iter().find_map(Self::why))
            }
            ValueKind::Dict { entries, open } => {
                open.clone().or_else(|| entries.iter().find_map(|(_, v)| v.why()))
            }
            _ => None,
        }
    }

    /// The string or path, when it is one that is wholly known.
    pub fn as_str(&self) -> Option<&str> {
        match &self.kind {
            ValueKind::Str(text) => text.resolved(),
            ValueKind::Path(path) => Some(path),
            _ => None,
        }
    }

    /// The truth value, when it is a boolean.
    pub fn as_bool(&self) -> Option<bool> {
        match self.kind {
            ValueKind::Bool(b) => Some(b),
            _ => None,
        }
    }

    /// The items of a list, tuple or set.
    pub fn items(&self) -> Option<&[Self]> {
        match &self.kind {
            ValueKind::List { items, .. } => Some(items),
            _ => None,
        }
    }

    /// What a dict has under a string key; the last one wins.
    pub fn entry(&self, key: &str) -> Option<&Self> {
        match &self.kind {
            ValueKind::Dict { entries, .. } => {
                entries.iter().rev().find(|(k, _)| k.as_str() == Some(key)).map(|(_, v)| v)
            }
            _ => None,
        }
    }

    /// Why something may have been added to a list or dict.
    pub fn open(&self) -> Option<&Unknown> {
        match &self.kind {
            ValueKind::List { open, .. } | ValueKind::Dict { open, .. } => open.as_ref(),
            _ => None,
        }
    }

    /// Whether something unknown may have been added to a list or dict.
    pub fn is_open(&self) -> bool {
        self.open().is_some()
    }

    /// Adds reads that flowed into the value, each once.
    pub(super) fn add_reads(&mut self, reads: &[EnvRead]) {
        for read in reads {
            if self.reads.len() >= MAX_READS {
                return;
            }
            if !self.reads.iter().any(|r| r.name == read.name && r.span == read.span) {
                self.reads.push(read.clone());
            }
        }
    }

    /// The same value with more reads.
    pub(super) fn with_reads(mut self, reads: &[EnvRead]) -> Self {
        self.add_reads(reads);
        self
    }

    /// All reads in it, those of items and entries included.
    pub fn all_reads(&self) -> Vec<&EnvRead> {
        let mut reads: Vec<&EnvRead> = self.reads.iter().collect();
        match &self.kind {
            ValueKind::List { items, .. } => reads.extend(items.iter().flat_map(Self::all_reads)),
            ValueKind::Dict { entries, .. } => {
                reads.extend(entries.iter().flat_map(|(_, v)| v.all_reads()))
            }
            _ => {}
        }
        reads
    }
}
