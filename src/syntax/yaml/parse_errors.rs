//! What a parser error means to the person who wrote the line.

use super::build::Failure;
use super::page::{Line, Page, break_len, byte};
use super::recover::{Blank, bracket, key_end};
use crate::finding::{Prose, Quote, prose};
use granit_parser::ErrorKind as Kind;
use std::ops::Range;

/// An error in our words.
pub(super) struct ParseError {
    /// The guilty bytes.
    pub(super) at: Range<usize>,
    /// What is wrong.
    pub(super) message: Prose,
    /// What to do about it.
    pub(super) help: Option<Prose>,
    /// What to blank before the next round.
    pub(super) blank: Blank,
    /// Whether a tab is the problem.
    pub(super) tab: bool,
}

fn parse_error(at: Range<usize>, message: impl Into<Prose>, help: impl Into<Prose>) -> ParseError {
    let blank = Blank::Line(at.start);
    ParseError {
        at,
        message: message.into(),
        help: Some(help.into()).filter(|h| !h.is_empty()),
        blank,
        tab: false,
    }
}

const INDENTATION: &str = "indent it as far as the lines it belongs with";
const QUOTE_IT: &str = "put the value in quotes";

/// Explains why the parser stopped.
pub(super) fn explain(page: &Page<'_>, failure: &Failure) -> ParseError {
    let error = reason(page, failure);
    // Half a list in brackets would read as a whole one.
    match (&error.blank, failure.bracket) {
        (Blank::Line(_), Some(open)) => ParseError { blank: Blank::Bracket(open), ..error },
        _ => error,
    }
}

fn reason(page: &Page<'_>, failure: &Failure) -> ParseError {
    let body = page.body;
    let at = failure.at;
    match failure.kind {
        Kind::TabInIndentation
        | Kind::TabInBlockIndentation
        | Kind::TabNotAllowed
        | Kind::TabInPlainScalar
        | Kind::TabAtBlockScalarStart
        | Kind::InvalidBlockEntryWhitespace => {
            tab(body, at, failure.kind == Kind::TabInPlainScalar)
        }
        Kind::UnexpectedCharacter { character } => unexpected_character(body, at, character),
        Kind::UnclosedQuotedScalar | Kind::DocumentIndicatorInQuotedScalar => quote(body, at),
        Kind::InvalidTrailingSingleQuotedScalar => trailing(body, at, '\''),
        Kind::InvalidTrailingDoubleQuotedScalar => trailing(body, at, '"'),
        Kind::UnknownQuotedScalarEscape
        | Kind::InvalidQuotedScalarHexEscape
        | Kind::InvalidUnicodeEscape => escape(body, at),
        Kind::MismatchedFlowCollectionEnd { open, close } => ParseError {
            blank: Blank::Bracket(at),
            ..parse_error(
                one(body, at),
                prose!("`{}` is closed by `{}`", open, close),
                "close each bracket with its own kind",
            )
        },
        Kind::MisplacedFlowCollectionEnd => {
            let help = "remove it, or put the value in quotes if it is part of the text";
            parse_error(
                one(body, at),
                prose!("`{}` closes nothing", char::from(byte(body, at))),
                help,
            )
        }
        Kind::UnclosedFlowCollection { .. } => unclosed(body, at),
        _ => match failure.bracket {
            Some(open) => in_bracket(body, open, at),
            None => structure(body, failure),
        },
    }
}

/// Mistakes in how lines follow each other.
fn structure(body: &str, failure: &Failure) -> ParseError {
    let line = occupied(body, failure.at);
    let at = if (line.content..line.end).contains(&failure.at) { failure.at } else { line.content };
    let rest = at..line.end.max(at);
    match &failure.kind {
        Kind::MappingValueNotAllowed | Kind::InvalidColonPlacement => colon(body, failure),
        Kind::SimpleKeyExpected | Kind::InvalidSimpleKey => no_key(body, line),
        Kind::ExpectedBlockMappingKey if line.is_item(body) => ParseError {
            blank: Blank::Items(line.content),
            ..parse_error(
                line.content..line.end,
                "a list item where a `key: value` is expected",
                "give the list a key, or indent it below one",
            )
        },
        Kind::ExpectedBlockMappingKey => {
            parse_error(rest, "this line is not aligned with the keys above it", INDENTATION)
        }
        Kind::ExpectedBlockSequenceEntry => {
            parse_error(rest, "a list item `- …` is expected here", INDENTATION)
        }
        Kind::BlockSequenceEntryNotAllowed => parse_error(
            rest,
            "a list cannot begin on the line of its key",
            "begin the list on the next line",
        ),
        Kind::InvalidIndentation
        | Kind::InvalidBlockScalarIndent
        | Kind::InvalidQuotedScalarIndent => {
            parse_error(rest, "this line is indented less than the text it belongs to", INDENTATION)
        }
        Kind::CommentInterceptedScalar => parse_error(
            rest,
            "a comment stands inside a value of several lines",
            "put the value in quotes, or the comment above it",
        ),
        Kind::ExpectedNodeContent | Kind::UnexpectedEndOfPlainScalar => {
            parse_error(rest, "a value cannot start like this", QUOTE_IT)
        }
        Kind::InvalidBlockScalarHeader => parse_error(
            rest,
            "text on the line of a block header (`|` or `>`)",
            "begin the text on the next line",
        ),
        Kind::ExpectedDocumentStart => {
            parse_error(rest, "this line does not belong to the document above it", INDENTATION)
        }
        Kind::MissingAnchorOrAliasName => parse_error(
            rest,
            "`&` and `*` at the start of a value need a name after them",
            QUOTE_IT,
        ),
        Kind::BomInsideDocument => parse_error(
            rest,
            "a byte order mark inside the file",
            "remove this invisible character",
        ),
        Kind::UndeclaredTagHandle
        | Kind::InvalidTagTerminator
        | Kind::MissingTagUri
        | Kind::UnclosedVerbatimTag
        | Kind::InvalidTagEscape => parse_error(
            rest,
            "this is not a tag",
            "put the value in quotes if the `!` is part of it",
        ),
        other => {
            parse_error(rest, prose!("{}", Quote::value(&other.to_string().to_lowercase())), "")
        }
    }
}

/// The line of `at`, or the closest one above that has something on it.
fn occupied(body: &str, at: usize) -> Line {
    let line = Line::containing(body, at);
    if !line.is_blank() {
        return line;
    }
    let above = body.get(..line.start).unwrap_or_default().trim_ascii_end();
    Line::containing(body, above.len().saturating_sub(1))
}

/// The character at `at`.
fn one(body: &str, at: usize) -> Range<usize> {
    let len = body.get(at..).and_then(|s| s.chars().next()).map_or(0, char::len_utf8);
    at..at + len
}

fn tab(body: &str, at: usize, later: bool) -> ParseError {
    // For text of several lines the parser names its start; else the tab stands before `at`.
    let start = Line::containing(body, at).start;
    let before = body.get(start..at).and_then(|s| s.rfind('\t')).map(|i| start + i..start + i + 1);
    let mut line = Some(Line::containing(body, at));
    let found = loop {
        let Some(now) = line else { break None };
        let indent = body.get(now.start..now.content).unwrap_or_default();
        if let Some(tab) = indent.find('\t').filter(|_| !now.is_blank()) {
            break Some((now.start + tab)..now.content);
        }
        line = now.following(body);
    };
    let at = before.filter(|_| !later).or(found).unwrap_or_else(|| one(body, at));
    ParseError {
        tab: true,
        blank: Blank::Tabs(at.start),
        ..parse_error(
            at,
            "a tab where only spaces may stand",
            "indent with spaces: YAML does not take tabs",
        )
    }
}

fn unexpected_character(body: &str, at: usize, character: char) -> ParseError {
    // For a block scalar the parser names its start.
    let found = body.get(at..).and_then(|s| s.find(character)).map_or(at, |i| at + i);
    let place = one(body, found);
    if character.is_control() || matches!(character, '\u{fffe}' | '\u{ffff}' | '\u{feff}') {
        let code = format!("U+{:04X}", u32::from(character));
        let message = prose!("a character that YAML does not take: {}", Quote::code(&code));
        return parse_error(
            place,
            message,
            "remove it, or write it as an escape inside double quotes",
        );
    }
    let shown = if character == '`' { prose!("a backtick") } else { prose!("`{}`", character) };
    parse_error(place, prose!("a value cannot start with {}", shown), QUOTE_IT)
}

fn quote(body: &str, at: usize) -> ParseError {
    let help = "end the value with the same quote, or leave the quote out";
    parse_error(one(body, at), "this quote is never closed", help)
}

/// Text after a closing quote. Often that quote was meant to open a value, and the one that is
/// missing its partner stands on a line above.
fn trailing(body: &str, at: usize, quote_char: char) -> ParseError {
    let line = Line::containing(body, at);
    let closing = body.get(line.start..at).unwrap_or_default().trim_end();
    let quotes = |s: &str| s.matches(quote_char).count();
    if quotes(closing) % 2 == 1 {
        let mut end = line.start;
        while end > 0 {
            let above = Line::containing(body, end - 1);
            let text = body.get(above.start..above.end).unwrap_or_default();
            if quotes(text) % 2 == 1
                && let Some(open) = text.rfind(quote_char)
            {
                let help = prose!("add a `{}` at the end of the value", quote_char);
                return parse_error(
                    one(body, above.start + open),
                    "this quote is not closed on its line",
                    help,
                );
            }
            end = above.start;
        }
    }
    let help = if quote_char == '"' {
        "write a quote inside the value as `\\\"`"
    } else {
        "write a quote inside the value as `''`"
    };
    parse_error(at..line.end.max(at), "text after the closing quote", help)
}

fn escape(body: &str, at: usize) -> ParseError {
    const KNOWN: &str = "0abt\tnvfre \"/\\N_LPxuU\r\n";
    let mut from = at + 1;
    let mut bad = at;
    while let Some(i) = body.get(from..).and_then(|s| s.find('\\')) {
        bad = from + i;
        let next = body.get(bad + 1..).and_then(|s| s.chars().next());
        let digits = match next {
            Some('x') => 2,
            Some('u') => 4,
            Some('U') => 8,
            _ => 0,
        };
        let whole = (2..2 + digits).all(|i| byte(body, bad + i).is_ascii_hexdigit());
        if !next.is_some_and(|c| KNOWN.contains(c)) || !whole {
            break;
        }
        from = bad + 2 + digits;
    }
    let end = one(body, bad + 1).end.max(bad);
    parse_error(
        bad..end,
        "unknown escape inside double quotes",
        "write `\\\\` for a backslash, or use single quotes",
    )
}

fn unclosed(body: &str, open: usize) -> ParseError {
    let message = prose!("this `{}` is never closed", char::from(byte(body, open)));
    ParseError {
        blank: Blank::Bracket(open),
        ..parse_error(one(body, open), message, "close the bracket, or put the value in quotes")
    }
}

fn in_bracket(body: &str, open: usize, at: usize) -> ParseError {
    let (lines, closed) = bracket(body, open);
    if !closed && !lines.contains(&at) {
        return unclosed(body, open);
    }
    let close = if byte(body, open) == b'[' { ']' } else { '}' };
    let line = Line::containing(body, at);
    let message = prose!("`,` or `{}` is expected here", close);
    ParseError {
        blank: Blank::Bracket(open),
        ..parse_error(
            at..line.end.max(at),
            message,
            "separate the items with commas, and quote text with `: ` or brackets in it",
        )
    }
}

/// A `: ` where none may stand.
fn colon(body: &str, failure: &Failure) -> ParseError {
    let line = Line::containing(body, failure.at);
    let scalar = Line::containing(body, failure.scalar.start);
    let joined = failure.scalar.end <= failure.at
        && scalar.start < line.start
        && failure.scalar.end > line.start;
    if joined && scalar.content == failure.scalar.start {
        return no_key(body, scalar);
    }
    if joined || key_end(body, line, failure.at).is_none() {
        let message = "this line is indented deeper than its neighbours, but the line above already has a value";
        return parse_error(line.content..line.end, message, INDENTATION);
    }
    parse_error(
        one(body, failure.at),
        "a colon and a space inside a value without quotes",
        QUOTE_IT,
    )
}

/// A line that should be `key: value` and is not.
fn no_key(body: &str, line: Line) -> ParseError {
    let text = body.get(line.content..line.end).unwrap_or_default();
    let glued = text.find(':').is_some_and(|i| break_len(text, i + 1) == 0 && i + 1 < text.len());
    let help = if glued {
        "put a space after the colon"
    } else {
        "add a colon and a value, or remove the line"
    };
    parse_error(line.content..line.end, "this line is not a `key: value`", help)
}
