//! Tags of Django's templates (Django docs, "The Django template language"), which end on the line they start on. What is
//! commented out, and what `verbatim` leaves alone, has none.

#[cfg(test)]
mod tests;

use crate::source::{SourceFile, Span, Text};

/// `{% name argument 'argument' %}`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// From brace to brace.
    pub span: Span,
    /// The first word.
    pub name: Text,
    /// What follows, split at blanks outside quotes; quotes stay.
    pub arguments: Vec<Text>,
}

impl Tag {
    /// The argument of that number where it is a string: without its quotes.
    pub fn literal(&self, number: usize) -> Option<Text> {
        let argument = self.arguments.get(number)?;
        let text = argument.as_str();
        let quote = text.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
        // A filter may follow, or the string may go on behind an escaped quote.
        let inner = text.get(1..text.len().checked_sub(1)?)?;
        let plain = text.len() > 1 && text.ends_with(quote) && !inner.contains([quote, '\\']);
        plain.then(|| argument.slice(1..text.len() - 1))
    }
}

/// The tags of a template, in order.
pub fn tags(file: &SourceFile) -> Vec<Tag> {
    let body = file.body();
    let text = body.as_str();
    let mut tags = Vec::new();
    // The tag that ends a block in which nothing is read.
    let mut until: Option<String> = None;
    let mut at = 0;
    while let Some(start) = text.get(at..).and_then(|t| t.find('{')).map(|i| at + i) {
        let close = match text.as_bytes().get(start + 1) {
            Some(b'%') => "%}",
            Some(b'#') => "#}",
            Some(b'{') => "}}",
            _ => {
                at = start + 1;
                continue;
            }
        };
        let rest = &text[start + 2..];
        let line = rest.split('\n').next().unwrap_or_default();
        let Some(end) = line.find(close).map(|i| start + 2 + i) else {
            at = start + 1;
            continue;
        };
        at = end + 2;
        if close != "%}" {
            continue;
        }
        let mut words = words(&body, start + 2, end).into_iter();
        let Some(name) = words.next() else { continue };
        let arguments: Vec<Text> = words.collect();
        match &until {
            Some(wanted) => {
                let ends = std::iter::once(&name).chain(&arguments).map(Text::as_str);
                if ends.collect::<Vec<_>>().join(" ") == *wanted {
                    until = None;
                }
                continue;
            }
            None if name.as_str() == "comment" => until = Some("endcomment".to_owned()),
            // `{% verbatim name %}` ends with the same name.
            None if name.as_str() == "verbatim" => {
                let words =
                    std::iter::once("endverbatim").chain(arguments.iter().map(Text::as_str));
                until = Some(words.collect::<Vec<_>>().join(" "));
            }
            None => {}
        }
        tags.push(Tag { span: body.span_of(start..end + 2), name, arguments });
    }
    tags
}

/// The words between two places, split at blanks outside quotes.
fn words(body: &Text, from: usize, to: usize) -> Vec<Text> {
    let text = body.as_str();
    let mut words = Vec::new();
    let mut start: Option<usize> = None;
    let mut quote: Option<char> = None;
    let mut escaped = false;
    for (offset, c) in text[from..to].char_indices() {
        let at = from + offset;
        if let Some(open) = quote {
            if escaped {
                escaped = false;
            } else if c == '\\' {
                escaped = true;
            } else if c == open {
                quote = None;
            }
        } else if c.is_whitespace() {
            if let Some(start) = start.take() {
                words.push(body.slice(start..at));
            }
            continue;
        } else if matches!(c, '\'' | '"') {
            quote = Some(c);
        }
        start.get_or_insert(at);
    }
    if let Some(start) = start {
        words.push(body.slice(start..to));
    }
    words
}
