//! What the Compose specification says of every place of a file, as statics that the build script writes
//! from `data/compose-spec.txt`.

use crate::model::compose::tree::{Kind, Value};

/// Kinds of value, as bits: each is one bit, and a place may take several.
pub(super) type Kinds = u8;

/// Nothing.
pub(super) const NULL: Kinds = 1;
/// `true` or `false`.
pub(super) const BOOL: Kinds = 2;
/// A whole number.
pub(super) const INT: Kinds = 4;
/// Any number.
pub(super) const NUM: Kinds = 8;
pub(super) const TEXT: Kinds = 16;
pub(super) const LIST: Kinds = 32;
/// A mapping.
pub(super) const MAP: Kinds = 64;
/// A date, which only a place takes that takes anything.
pub(super) const DATE: Kinds = 128;
/// All of them.
pub(super) const ANY: Kinds = NULL | BOOL | INT | NUM | TEXT | LIST | MAP | DATE;

/// What may stand at a place. What is said of mappings, lists, numbers and texts holds where one stands.
#[derive(Debug)]
pub(super) struct Shape {
    /// The kinds of value it takes.
    pub(super) types: Kinds,
    /// The least number.
    pub(super) min: Option<i128>,
    /// The greatest number.
    pub(super) max: Option<i128>,
    /// The texts it takes; all where there are none here.
    pub(super) words: &'static [&'static str],
    /// What a text must be like.
    pub(super) like: Option<Pattern>,
    /// What the items of a list are.
    pub(super) items: Option<&'static Self>,
    /// Whether no item of a list may stand there twice.
    pub(super) unique: bool,
    /// The keys of a mapping, sorted, and what they hold.
    pub(super) keys: &'static [(&'static str, &'static Self)],
    /// What keys hold that are like a pattern.
    pub(super) patterns: &'static [(Pattern, &'static Self)],
    /// Whether a mapping may have no other keys.
    pub(super) closed: bool,
    /// The keys it must have.
    pub(super) required: &'static [&'static str],
}

/// What a shape is where nothing is said of it.
const OPEN: Shape = Shape {
    types: ANY,
    min: None,
    max: None,
    words: &[],
    like: None,
    items: None,
    unique: false,
    keys: &[],
    patterns: &[],
    closed: false,
    required: &[],
};

impl Shape {
    /// What the key `name` holds, where it is known by its name.
    pub(super) fn key(&self, name: &str) -> Option<&'static Self> {
        let at = self.keys.binary_search_by(|(key, _)| (*key).cmp(name)).ok()?;
        self.keys.get(at).map(|(_, shape)| *shape)
    }
}

/// The regular expressions of the schema. Like there, a text need only contain what is not tied to its ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pattern {
    /// `^x-`: keys for whatever one likes.
    Extension,
    /// `^[a-zA-Z0-9._-]+$`: names of services, networks, volumes.
    Name,
    /// `.+`: something in one of its lines.
    Filled,
    /// `^.+$`: one line that is not empty.
    Line,
    /// `^[a-z]+$`: small letters.
    Lower,
    /// `[a-zA-Z0-9][a-zA-Z0-9_.-]+`
    ContainerName,
    /// `always|never|build|if_not_present|missing|refresh|daily|weekly|every_([0-9]+[wdhms])+`
    PullPolicy,
}

impl Pattern {
    /// Whether `text` is like it.
    pub(super) fn matches(self, text: &str) -> bool {
        let bytes = text.as_bytes();
        let name = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-');
        match self {
            Self::Extension => text.starts_with("x-"),
            Self::Name => !text.is_empty() && bytes.iter().all(name),
            Self::Filled => bytes.iter().any(|b| *b != b'\n'),
            Self::Line => !text.is_empty() && !text.contains('\n'),
            Self::Lower => !text.is_empty() && bytes.iter().all(u8::is_ascii_lowercase),
            Self::ContainerName => bytes
                .windows(2)
                .any(|two| matches!(two, [a, b] if a.is_ascii_alphanumeric() && name(b))),
            Self::PullPolicy => {
                let words = [
                    "always",
                    "never",
                    "build",
                    "if_not_present",
                    "missing",
                    "refresh",
                    "daily",
                    "weekly",
                ];
                words.iter().any(|w| text.contains(w))
                    || text.split("every_").skip(1).any(starts_with_time)
            }
        }
    }
}

/// Whether a text starts with a number and a unit of time.
fn starts_with_time(text: &str) -> bool {
    let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
    rest.len() < text.len() && rest.starts_with(['w', 'd', 'h', 'm', 's'])
}

/// The kinds that a value counts as: a whole number is a number too, as is `1.0` a whole one.
pub(super) fn kinds(kind: &Kind) -> Kinds {
    match kind {
        Kind::Null => NULL,
        Kind::List(_) => LIST,
        Kind::Map(_) => MAP,
        Kind::Scalar(scalar) => match scalar.value {
            Value::Text => TEXT,
            Value::Bool(_) => BOOL,
            Value::Int(_) => INT | NUM,
            Value::Float(number) if number.is_finite() && number.fract() == 0.0 => INT | NUM,
            Value::Float(_) => NUM,
            Value::Date => DATE,
        },
    }
}

include!(concat!(env!("OUT_DIR"), "/compose_spec.rs"));
