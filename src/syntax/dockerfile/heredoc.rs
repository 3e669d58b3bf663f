//! Here-documents (Dockerfile reference: "Here-Documents").

use super::Heredoc;
use super::lines::Lines;
use super::report::{Report, shown};
use super::words::unquote;
use crate::finding::prose;
use crate::source::{Span, Text};

/// A `<<EOF` in an instruction.
#[derive(Debug)]
pub(super) struct Opening {
    /// The word, with `<<` and quotes.
    pub(super) word: Text,
    delimiter: String,
    expand: bool,
    /// `<<-`: leading tabs are no part of the body.
    tabs: bool,
}

/// The here-documents that `args` open. An unclosed quote hides them all: BuildKit reads the line
/// as shell words and finds none where it cannot.
pub(super) fn openings(args: &Text) -> Vec<Opening> {
    if !args.contains("<<") {
        return Vec::new();
    }
    shell_words(args).unwrap_or_default().into_iter().filter_map(opening).collect()
}

/// Words with their quotes and escapes, those with `<<` only; `None` where a quote is not closed.
/// Blanks behind `<<` do not end the word: `<< EOF` is one.
fn shell_words(args: &Text) -> Option<Vec<Text>> {
    let mut out = Vec::new();
    let mut start = None;
    let mut quote = None;
    let mut chars = args.char_indices().peekable();
    while let Some((i, c)) = chars.next() {
        if quote.is_none() && c.is_whitespace() {
            if let Some(start) = start.take() {
                out.push(start..i);
            }
            continue;
        }
        start.get_or_insert(i);
        if quote == Some(c) {
            quote = None;
        } else if quote.is_none() && matches!(c, '\'' | '"') {
            quote = Some(c);
        } else if quote.is_none() && c == '<' && chars.next_if(|(_, next)| *next == '<').is_some() {
            while chars.next_if(|(_, next)| next.is_whitespace()).is_some() {}
        } else if c == '\\' && quote != Some('\'') {
            chars.next();
        }
    }
    if let Some(start) = start {
        out.push(start..args.len());
    }
    let some = |range: &std::ops::Range<usize>| {
        args.get(range.clone()).is_some_and(|word| word.contains("<<"))
    };
    quote.is_none().then(|| out.into_iter().filter(some).map(|range| args.slice(range)).collect())
}

/// `[descriptor]<<[-]delimiter`, nothing before and no second `<` behind.
fn opening(word: Text) -> Option<Opening> {
    let rest = word.trim_start_matches(|c: char| c.is_ascii_digit()).strip_prefix("<<")?;
    let tabs = rest.starts_with('-');
    let rest = rest.strip_prefix('-').unwrap_or(rest).trim_start();
    if rest.contains('<') {
        return None;
    }
    let raw = word.slice(word.len() - rest.len()..word.len());
    let delimiter = unquote(&raw, '\\').text.as_str().to_owned();
    // A quote that is left was escaped and quotes nothing.
    let quotes = |text: &str| text.chars().filter(|c| matches!(c, '\'' | '"')).count();
    let expand = quotes(&raw) == quotes(&delimiter);
    (!delimiter.is_empty()).then_some(Opening { word, delimiter, expand, tabs })
}

/// Takes the bodies from the lines that follow the instruction, in order. Where an end is missing,
/// the body is what remains of the file.
pub(super) fn bodies(
    openings: Vec<Opening>,
    lines: &mut Lines<'_>,
    report: &mut Report,
) -> Vec<Heredoc> {
    let mut out = Vec::with_capacity(openings.len());
    let mut unterminated = false;
    for open in openings {
        let (body, closed) = body(&open, lines);
        if !closed && !unterminated {
            unterminated = true;
            report.push(
                open.word.span(),
                prose!("the here-document `{}` has no end", shown(&open.word)),
                Some(prose!(
                    "write `{}` alone on the line after its last one",
                    shown(&open.delimiter)
                )),
            );
        }
        out.push(Heredoc {
            delimiter: open.delimiter,
            expand: open.expand,
            word: open.word.span(),
            body,
        });
    }
    out
}

fn body(open: &Opening, lines: &mut Lines<'_>) -> (Text, bool) {
    let file = lines.file();
    let start = lines.offset();
    let mut body = Text::empty(Span::new(file.id, start, start));
    let mut closed = false;
    while let Some(line) = lines.take() {
        let text = if open.tabs { line.text.trim_start_matches('\t') } else { line.text };
        if text == open.delimiter {
            closed = true;
            break;
        }
        let from = line.start + (line.text.len() - text.len());
        body.push_verbatim(file.text.get(from..line.next).unwrap_or_default(), from);
        body = body.with_span(Span::new(file.id, start, line.next));
    }
    (body, closed)
}
