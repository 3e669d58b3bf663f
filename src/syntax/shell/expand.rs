//! The text of a word once its variables are known (POSIX shell, 2.6.2 and 2.6.5).

use super::{Part, Variable, Word};
use crate::source::{Known, Reason, Span, Text, Unknown};

/// Bytes that a word may grow to.
const MAX_WORD_BYTES: usize = 64 * 1024;

/// Looks up what a variable holds that is used at a place: nothing where it is not set.
pub type Lookup<'l> = &'l dyn Fn(&str, Span) -> Known<Text>;

/// The word's text with its variables replaced, as far as it is known. Literals keep their places, and what a variable
/// stands for has the variable's.
///
/// `:-`, `-`, `:=`, `=`, `:?`, `?`, `:+` and `+` are followed; a variable of which nothing is known counts as unset for
/// them. Unresolved are substitutions, other operators and variables that are not known and have no default; a word of
/// more than 64 KiB is unresolved as a whole.
pub fn expand(word: &Word, lookup: Lookup<'_>) -> Text {
    let mut out = Fields { split: false, ..Fields::new(word) };
    match out.word(word, lookup, true) {
        Ok(()) => {
            out.fields.pop().unwrap_or_else(|| Text::empty(word.span())).with_span(word.span())
        }
        Err(TooLong) => Text::unresolved(Reason::Limit("one word"), word.span()),
    }
}

/// The fields that the shell makes of a word, as far as they are known: what stands for an unquoted variable is split at
/// white space (no other `IFS`), and nothing is left of it when it is empty. What is not known is one unresolved piece
/// of a field, although it may be several fields to the shell, or none. Of `"$@"` in quotes, which is as many fields as
/// there are arguments, nothing is known here.
pub fn fields(word: &Word, lookup: Lookup<'_>) -> Vec<Text> {
    let mut out = Fields::new(word);
    match out.word(word, lookup, true) {
        Ok(()) => out.fields,
        Err(TooLong) => vec![Text::unresolved(Reason::Limit("one word"), word.span())],
    }
}

/// The word is longer than it may be.
struct TooLong;

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

    fn add(&mut self, text: &Text) -> Result<(), TooLong> {
        self.size = self.size.saturating_add(text.len());
        if self.size > MAX_WORD_BYTES {
            return Err(TooLong);
        }
        if let Some(field) = self.field() {
            field.push_text(text);
        }
        Ok(())
    }

    /// Adds something that is not known.
    fn unresolved(&mut self, why: impl Into<Unknown>, span: Span) {
        if let Some(field) = self.field() {
            field.push_unresolved(why, span);
        }
    }

    /// Adds text, in fields of its own where it is split.
    fn value(&mut self, text: &Text, quoted: bool) -> Result<(), TooLong> {
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
        if start < text.len() { self.add(&text.slice(start..text.len())) } else { Ok(()) }
    }

    /// Adds the parts of a word. `own`: the word itself, whose literals are never split.
    fn word(&mut self, word: &Word, lookup: Lookup<'_>, own: bool) -> Result<(), TooLong> {
        for part in &word.parts {
            match part {
                Part::Literal { text, quoted } => self.value(text, own || *quoted)?,
                Part::Variable(v) => self.variable(v, lookup, own)?,
                Part::Substitution { .. } => self.unresolved(Reason::CommandOutput, word.span()),
                Part::Arithmetic(_) | Part::Process(_) | Part::Array(_) | Part::Unknown => {
                    self.unresolved(Reason::ShellForm("this form"), word.span())
                }
            }
        }
        Ok(())
    }

    fn variable(&mut self, v: &Variable, lookup: Lookup<'_>, own: bool) -> Result<(), TooLong> {
        if v.quoted && self.split && v.name == "@" {
            self.unresolved(Reason::ShellForm("\"$@\" within a word"), v.span);
            return Ok(());
        }
        let value = lookup(&v.name, v.span);
        // With a colon, empty counts as unset.
        let counts = |text: &&Text| !(v.operator.starts_with(':') && text.is_empty());
        let given = value.partly().filter(counts).is_some();
        if v.index.is_some() {
            self.unresolved(Reason::ShellForm("an array"), v.span);
            return Ok(());
        }
        let argument = match v.operator.as_str() {
            ":?" if !given && value.why().is_none() => {
                self.unresolved(Reason::RequiredNotSet(v.name.clone()), v.span);
                return Ok(());
            }
            "" | "?" | ":?" => return self.put(&value, v),
            "-" | ":-" | "=" | ":=" if given => return self.put(&value, v),
            "-" | ":-" | "=" | ":=" => v.argument.as_deref(),
            "+" | ":+" => v.argument.as_deref().filter(|_| given),
            _ => {
                self.unresolved(Reason::ShellForm("this form of a variable"), v.span);
                return Ok(());
            }
        };
        if v.quoted {
            self.field();
        }
        match argument {
            Some(word) => self.word(word, lookup, own && v.quoted),
            None => Ok(()),
        }
    }

    /// Adds what a variable holds.
    fn put(&mut self, value: &Known<Text>, v: &Variable) -> Result<(), TooLong> {
        let value = match value {
            Known::Known(value) | Known::Partly(value, _) => value,
            Known::Unknown(why) => {
                self.unresolved(why.clone(), v.span);
                return Ok(());
            }
        };
        if value.len() > MAX_WORD_BYTES {
            return Err(TooLong);
        }
        if v.quoted {
            self.field();
        }
        self.value(&value.seen_at(v.span), v.quoted)
    }
}
