//! The text of a word once its variables are known (POSIX shell, 2.6.2 and 2.6.5).

use super::{Part, Variable, Word};
use crate::source::Text;

/// Bytes that a word may grow to.
const MAX_WORD_BYTES: usize = 64 * 1024;

/// Looks up what a variable holds; `None` where that is not known.
pub type Lookup<'l> = &'l dyn Fn(&str) -> Option<Text>;

/// The word's text with its variables replaced. Literals keep their places, and what a variable
/// stands for has the variable's.
///
/// `:-`, `-`, `:=`, `=`, `:?`, `?`, `:+` and `+` are followed; a variable that is not known counts as
/// unset for them. `None` where anything is unknown: a substitution, another operator, a variable
/// that is not known and has no default; also past 64 KiB.
pub fn expand(word: &Word, lookup: Lookup<'_>) -> Option<Text> {
    let mut out = Fields { split: false, ..Fields::new(word) };
    out.word(word, lookup, true)?;
    Some(out.fields.pop().unwrap_or_else(|| Text::empty(word.span())).with_span(word.span()))
}

/// The fields that the shell makes of a word: what stands for an unquoted variable is split at white
/// space (no other `IFS`), and nothing is left of it when it is empty. `None` as in [`expand`], and for
/// `"$@"` in quotes, which is as many fields as there are arguments.
pub fn fields(word: &Word, lookup: Lookup<'_>) -> Option<Vec<Text>> {
    let mut out = Fields::new(word);
    out.word(word, lookup, true)?;
    Some(out.fields)
}

struct Fields<'w> {
    whole: &'w Word,
    fields: Vec<Text>,
    /// The last field is still being put together.
    open: bool,
    split: bool,
    size: usize,
}

impl<'w> Fields<'w> {
    fn new(whole: &'w Word) -> Self {
        Self { whole, fields: Vec::new(), open: false, split: true, size: 0 }
    }

    /// The field that is being put together.
    fn field(&mut self) -> Option<&mut Text> {
        if !self.open {
            self.fields.push(Text::empty(self.whole.span()));
            self.open = true;
        }
        self.fields.last_mut()
    }

    fn add(&mut self, text: &Text) -> Option<()> {
        self.size = self.size.checked_add(text.len()).filter(|size| *size <= MAX_WORD_BYTES)?;
        self.field()?.push_text(text);
        Some(())
    }

    /// Adds text, in fields of its own where it is split.
    fn value(&mut self, text: &Text, quoted: bool) -> Option<()> {
        if quoted || !self.split {
            return self.add(text);
        }
        let mut start = 0;
        for (at, byte) in text.bytes().enumerate() {
            if matches!(byte, b' ' | b'\t' | b'\n') {
                if at > start {
                    self.add(&text.slice(start..at))?;
                }
                self.open = false;
                start = at + 1;
            }
        }
        if start < text.len() { self.add(&text.slice(start..text.len())) } else { Some(()) }
    }

    /// Adds the parts of a word. `own`: the word itself, whose literals are never split.
    fn word(&mut self, word: &Word, lookup: Lookup<'_>, own: bool) -> Option<()> {
        for part in &word.parts {
            match part {
                Part::Literal { text, quoted } => self.value(text, own || *quoted)?,
                Part::Variable(v) => self.variable(v, lookup, own)?,
                Part::Substitution(_) | Part::Unknown => return None,
            }
        }
        Some(())
    }

    fn variable(&mut self, v: &Variable, lookup: Lookup<'_>, own: bool) -> Option<()> {
        if v.quoted && self.split && v.name == "@" {
            return None;
        }
        let value = lookup(&v.name);
        // With a colon, empty counts as unset.
        let value =
            if v.operator.starts_with(':') { value.filter(|text| !text.is_empty()) } else { value };
        let argument = match v.operator.as_str() {
            "" | "?" | ":?" => return self.known(&value?, v),
            "-" | ":-" | "=" | ":=" => match value {
                Some(value) => return self.known(&value, v),
                None => v.argument.as_deref(),
            },
            "+" | ":+" => v.argument.as_deref().filter(|_| value.is_some()),
            _ => return None,
        };
        if v.quoted {
            self.field()?;
        }
        match argument {
            Some(word) => self.word(word, lookup, own && v.quoted),
            None => Some(()),
        }
    }

    fn known(&mut self, value: &Text, v: &Variable) -> Option<()> {
        if value.len() > MAX_WORD_BYTES {
            return None;
        }
        if v.quoted {
            self.field()?;
        }
        self.value(&value.seen_at(v.span), v.quoted)
    }
}
