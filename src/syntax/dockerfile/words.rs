//! Words: splitting arguments and taking away quotes and escapes as Docker does.

use crate::source::{Span, Text};
use std::ops::Range;

/// Puts a text together from runs of another one and from replaced characters.
#[derive(Debug)]
pub(super) struct Builder<'a> {
    from: &'a Text,
    out: Text,
    /// Start of the run that was seen but not copied yet.
    run: usize,
}

impl<'a> Builder<'a> {
    /// A text that takes the place of the bytes `range` of `from`.
    pub(super) fn new(from: &'a Text, range: Range<usize>) -> Self {
        Self { from, run: range.start, out: Text::empty(from.span_of(range)) }
    }

    /// Copies what was seen up to `at`.
    fn flush(&mut self, at: usize) {
        if at > self.run {
            self.out.push_text(&self.from.slice(self.run..at));
        }
    }

    /// Leaves out the bytes `range`.
    pub(super) fn skip(&mut self, range: Range<usize>) {
        self.flush(range.start);
        self.run = range.end;
    }

    /// Writes `text` for the bytes `range`.
    pub(super) fn replace(&mut self, range: Range<usize>, text: &str) {
        self.flush(range.start);
        self.out.push_derived(text, self.from.span_of(range.clone()));
        self.run = range.end;
    }

    /// The text, with what was seen up to `end`.
    pub(super) fn finish(mut self, end: usize) -> Text {
        self.flush(end);
        self.out
    }
}

/// White space between the words of most instructions.
pub(super) fn is_blank(c: char) -> bool {
    matches!(c, '\t' | '\u{b}' | '\u{c}' | '\r' | ' ')
}

/// Splits at blanks, quotes or not: `FROM`, `EXPOSE`, and `COPY`, `ADD`, `VOLUME` outside their
/// JSON form. A path with a blank needs the JSON form (Dockerfile reference: "COPY").
pub(super) fn fields(text: &Text) -> Vec<Text> {
    let mut out = Vec::new();
    let mut at = 0;
    for field in text.split(is_blank) {
        if !field.is_empty() {
            out.push(text.slice(at..at + field.len()));
        }
        at += field.len() + 1;
    }
    out
}

/// Splits at white space outside quotes: `ENV`, `ARG`, `LABEL`. Quotes and escapes stay in the words.
pub(super) fn words(text: &Text, escape: char) -> Vec<Text> {
    let mut out = Vec::new();
    let mut start = None;
    let mut quote = None;
    let mut chars = text.char_indices();
    while let Some((i, c)) = chars.next() {
        if c.is_whitespace() && quote.is_none() {
            if let Some(start) = start.take() {
                out.push(text.slice(start..i));
            }
            continue;
        }
        start.get_or_insert(i);
        match quote {
            // Nothing can be escaped between single quotes.
            Some('\'') | None if c == '\'' => quote = if quote.is_none() { Some(c) } else { None },
            Some('"') | None if c == '"' => quote = if quote.is_none() { Some(c) } else { None },
            Some('"') | None if c == escape => {
                chars.next();
            }
            _ => {}
        }
    }
    if let Some(start) = start {
        out.push(text.slice(start..text.len()));
    }
    out
}

/// A word without its quotes and escapes.
#[derive(Debug)]
pub(super) struct Unquoted {
    /// The word. A `$` or escape character that was quoted or escaped is a derived piece: this is
    /// how [`expand`](super::expand()) tells the `$` of `'$X'` from the one of `$X`.
    pub(super) text: Text,
    /// The quote that is never closed: Docker refuses the instruction.
    pub(super) unclosed: Option<Span>,
}

/// Takes away quotes and escapes (Dockerfile reference: "Environment replacement"). An escape
/// character makes any character plain; between double quotes only `"`, `$` and itself.
pub(super) fn unquote(word: &Text, escape: char) -> Unquoted {
    let mut out = Builder::new(word, 0..word.len());
    let mut quote: Option<(char, usize)> = None;
    let mut chars = word.char_indices().peekable();
    while let Some((i, c)) = chars.next() {
        let end = i + c.len_utf8();
        match quote {
            Some((q, _)) if c == q => {
                quote = None;
                out.skip(i..end);
            }
            Some(('\'', _)) if c == '$' || c == escape => {
                out.replace(i..end, word.get(i..end).unwrap_or_default())
            }
            Some(('\'', _)) => {}
            None if c == '\'' || c == '"' => {
                quote = Some((c, i));
                out.skip(i..end);
            }
            _ if c == escape => match chars.peek().copied() {
                None => out.skip(i..end),
                Some((j, next)) => {
                    if quote.is_none() || next == '"' || next == '$' || next == escape {
                        let end = j + next.len_utf8();
                        out.replace(i..end, word.get(j..end).unwrap_or_default());
                        chars.next();
                    }
                }
            },
            _ => {}
        }
    }
    let unclosed = quote.map(|(_, at)| word.span_of(at..at + 1));
    Unquoted { text: out.finish(word.len()), unclosed }
}
