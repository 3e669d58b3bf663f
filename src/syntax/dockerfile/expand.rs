//! Variables in arguments (Dockerfile reference: "Environment replacement").

use crate::source::{Span, Text};
use std::ops::Range;

/// How long an expanded text may get, in bytes: `ARG B=$A$A` in a row doubles each time.
const MAX_TEXT_BYTES: usize = 64 * 1024;
/// How deep defaults may stand in defaults: `${A:-${B:-…}}`.
const MAX_DEPTH: usize = 64;

/// An argument with its variables replaced.
#[derive(Debug, Clone)]
pub struct Expanded {
    /// The text. A value that took the place of a variable is a derived piece whose source is the
    /// whole `$…`; a default (`${X:-d}`) keeps the places of its own bytes.
    pub text: Text,
    /// Variables that have no value and no default there, each with the place of its `$…`; they
    /// read as nothing, as they do in Docker (which refuses `${X?}` and, if empty, `${X:?}`).
    pub unset: Vec<(String, Span)>,
    /// Whether a part of the text is not known: a form that is not evaluated (`${X#p}`, `${X%p}`,
    /// `${X/a/b}`) or not understood stands there as written, or the text was cut at 64 KiB.
    pub unknown: bool,
}

/// Replaces `$X`, `${X}`, `${X:-d}`, `${X-d}`, `${X:+d}`, `${X+d}`, `${X:?m}` and `${X?m}` by what
/// `lookup` says; values are not looked through again.
///
/// Only a `$` that stands in the file as such begins a variable: one that was quoted or escaped is
/// a derived piece. An escape character in front of `$` or of itself is taken away.
pub fn expand(text: &Text, escape: char, lookup: &mut dyn FnMut(&str) -> Option<Text>) -> Expanded {
    let out = Expanded { text: Text::empty(text.span()), unset: Vec::new(), unknown: false };
    let mut expander = Expander { from: text, escape, lookup, out };
    let mut whole = Text::empty(text.span());
    let mut at = 0;
    if expander.run(&mut at, &mut whole, 0, true).is_none() {
        // Docker refuses a word it does not understand; from there on it stands as written.
        expander.out.unknown = true;
        let from = at.min(text.len());
        expander.add(&mut whole, &text.slice(from..text.len()));
    }
    expander.out.text = whole;
    expander.out
}

struct Expander<'a> {
    from: &'a Text,
    escape: char,
    lookup: &'a mut dyn FnMut(&str) -> Option<Text>,
    out: Expanded,
}

/// A `$…` up to its name.
struct Variable {
    name: String,
    /// Offset behind the name.
    end: usize,
    braces: bool,
}

impl Expander<'_> {
    /// Reads from `at` to the end, or inside braces (`depth` > 0) to the closing one and past it.
    /// Without `live` nothing is looked up and nothing written. `None` where the text makes no
    /// sense: `at` is then where the outermost variable begins, and all before it is in `to`.
    fn run(&mut self, at: &mut usize, to: &mut Text, depth: usize, live: bool) -> Option<()> {
        let from = self.from;
        let mut copied = *at;
        let mut i = *at;
        while let Some(c) = from.get(i..).and_then(|rest| rest.chars().next()) {
            let special = matches!(c, '$' | '}') || c == self.escape;
            if !special || !is_verbatim(from, i) {
                i += c.len_utf8();
                continue;
            }
            if c == '}' && depth > 0 {
                self.copy(to, copied..i, live);
                *at = i + 1;
                return Some(());
            }
            if c == self.escape {
                let after = i + c.len_utf8();
                let next = from.get(after..).and_then(|rest| rest.chars().next());
                i = after;
                if let Some(next) = next.filter(|next| {
                    *next == '$' || *next == self.escape || (depth > 0 && *next == '}')
                }) {
                    self.copy(to, copied..after - c.len_utf8(), live);
                    copied = after;
                    i = after + next.len_utf8();
                }
                continue;
            }
            if c == '$' {
                self.copy(to, copied..i, live);
                copied = i;
                *at = i;
                let end = self.variable(i, to, depth, live)?;
                copied = end.max(copied);
                i = copied;
                continue;
            }
            i += 1;
        }
        if depth > 0 {
            return None;
        }
        self.copy(to, copied..from.len(), live);
        *at = from.len();
        Some(())
    }

    /// Writes what the variable at `start` stands for; the offset behind it.
    fn variable(&mut self, start: usize, to: &mut Text, depth: usize, live: bool) -> Option<usize> {
        let from = self.from;
        let found = name(from, start)?;
        // Where there is no room left, values need not be asked for.
        let full = live && to.len() >= MAX_TEXT_BYTES;
        self.out.unknown |= full;
        let live = live && !full;
        let rest = from.get(found.end..).unwrap_or_default();
        if found.name.is_empty() && !found.braces {
            self.copy(to, start..start + 1, live);
            return Some(start + 1);
        }
        if !found.braces || rest.starts_with('}') {
            let end = found.end + usize::from(found.braces);
            if live {
                let value = (self.lookup)(&found.name);
                self.put(to, value, &found.name, start..end);
            }
            return Some(end);
        }
        if depth >= MAX_DEPTH {
            return None;
        }
        let colon = rest.starts_with(':');
        let operator = rest.chars().nth(usize::from(colon))?;
        let mut at = found.end + usize::from(colon) + operator.len_utf8();
        let mut word = Text::empty(from.span_of(at..at));
        match operator {
            '-' | '+' | '?' => {
                let value = if live { (self.lookup)(&found.name) } else { None };
                let given = value.as_ref().is_some_and(|value| !(colon && value.is_empty()));
                let wanted = live && ((operator == '-' && !given) || (operator == '+' && given));
                self.run(&mut at, &mut word, depth + 1, wanted)?;
                if wanted {
                    self.add(to, &word);
                } else if live && operator != '+' {
                    self.put(to, value.filter(|_| given), &found.name, start..at);
                }
            }
            '#' | '%' | '/' => {
                self.run(&mut at, &mut word, depth + 1, false)?;
                if live {
                    self.out.unknown = true;
                    self.copy(to, start..at, true);
                }
            }
            _ => return None,
        }
        Some(at)
    }

    /// Writes a value that was looked up for the bytes `range`, or notes that there is none.
    fn put(&mut self, to: &mut Text, value: Option<Text>, name: &str, range: Range<usize>) {
        let span = self.from.span_of(range);
        let Some(value) = value else {
            self.out.unset.push((name.to_owned(), span));
            return;
        };
        let room = MAX_TEXT_BYTES.saturating_sub(to.len());
        self.out.unknown |= value.len() > room;
        to.push_derived(&value[..value.floor_char_boundary(room)], span);
    }

    /// Copies the bytes `range` as they stand.
    fn copy(&mut self, to: &mut Text, range: Range<usize>, live: bool) {
        if live && !range.is_empty() {
            let text = self.from.slice(range);
            self.add(to, &text);
        }
    }

    /// Adds text as long as there is room.
    fn add(&mut self, to: &mut Text, text: &Text) {
        let room = MAX_TEXT_BYTES.saturating_sub(to.len());
        if text.len() > room {
            self.out.unknown = true;
            to.push_text(&text.slice(0..room));
        } else {
            to.push_text(text);
        }
    }
}

/// The name behind the `$` at `start`: letters, digits and `_`; only digits where it begins with
/// one; or one of the shell's special parameters, which have no value in a build. `None` for
/// braces without a name.
fn name(from: &Text, start: usize) -> Option<Variable> {
    let braces = from.get(start + 1..).is_some_and(|rest| rest.starts_with('{'));
    let at = start + 1 + usize::from(braces);
    let rest = from.get(at..)?;
    let first = rest.chars().next();
    let len = match first {
        Some(c) if c.is_ascii_digit() => {
            rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len())
        }
        Some('@' | '*' | '#' | '?' | '-' | '$' | '!') => 1,
        _ => rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len()),
    };
    if braces && len == 0 {
        return None;
    }
    Some(Variable { name: rest.get(..len)?.to_owned(), end: at + len, braces })
}

/// Whether the byte stands in the file as such.
fn is_verbatim(text: &Text, offset: usize) -> bool {
    let pieces = text.pieces();
    let index = pieces.partition_point(|piece| (piece.at + piece.len) as usize <= offset);
    pieces.get(index).is_some_and(|piece| piece.verbatim())
}
