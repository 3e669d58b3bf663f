//! Words of a shell, and what a host does to the characters of its text.

/// A word as a shell reads it back.
pub(super) fn word(word: &str) -> String {
    let safe = |c: char| c.is_alphanumeric() || "-_./:=@%+,~".contains(c);
    if !word.is_empty() && word.chars().all(safe) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

/// An argument of the exec form as a word of a shell. What Compose replaces (`${NAME}`) it replaces before.
pub(super) fn argument(argument: &str, compose: bool) -> String {
    let plain = argument.replace(['{', '}', '$'], "");
    if compose && argument.contains('$') && !argument.contains("$$") && word(&plain) == plain {
        argument.to_owned()
    } else {
        word(argument)
    }
}

/// A command line of words.
pub(super) fn line(words: &[String]) -> String {
    words.iter().map(|w| word(w)).collect::<Vec<_>>().join(" ")
}

/// What a host does to the characters of its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Escape {
    /// Nothing.
    None,
    /// `"` and `\` are escaped: JSON, YAML in double quotes.
    Double,
    /// `'` is doubled: YAML in single quotes.
    Single,
}

impl Escape {
    pub(super) fn apply(self, text: &str) -> String {
        match self {
            Self::None => text.to_owned(),
            Self::Double => text.replace('\\', "\\\\").replace('"', "\\\""),
            Self::Single => text.replace('\'', "''"),
        }
    }
}
