//! How each library reads the lines of an env file.
//! Sources: django-environ `Env.read_env`, python-dotenv `parser.py`, python-decouple `RepositoryEnv`, `RepositoryIni`.

use crate::finding::prose;
use crate::model::search_limit::SearchLimit;
use crate::source::Text;

/// Variables of one file.
const MAX_ENTRIES: usize = 10_000;

/// Whose grammar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Grammar {
    /// django-environ.
    Environ,
    /// python-dotenv, also of environs and django-configurations.
    Dotenv,
    /// python-decouple's `.env`.
    Decouple,
    /// python-decouple's `settings.ini`.
    Ini,
}

/// The variables of a file in order. What a library passes over is passed over.
pub(super) fn parse(text: &Text, grammar: Grammar) -> Vec<(String, Text)> {
    let mut entries = Vec::new();
    let mut start = 0;
    let mut section = grammar != Grammar::Ini;
    while start < text.as_str().len() {
        let rest = &text.as_str()[start..];
        let line = rest.split_inclusive('\n').next().unwrap_or(rest);
        let line_start = start;
        start += line.len();
        if entries.len() >= MAX_ENTRIES {
            let message =
                prose!("more than {} variables are set; the rest is not read", MAX_ENTRIES);
            SearchLimit::note(text.span_of(line_start..start), message);
            break;
        }
        let body = line.trim_end_matches(['\n', '\r']);
        if grammar == Grammar::Ini && body.trim_start().starts_with('[') {
            section = body.trim() == "[settings]";
            continue;
        }
        let Some((name, value)) = body.split_once('=') else { continue };
        let at = line_start + name.len() + 1;
        let Some(name) = name_of(name, grammar).filter(|_| section) else { continue };
        let value = match grammar {
            Grammar::Environ => environ_value(text, at, value),
            Grammar::Decouple => unquoted(text.slice(at..at + value.len()).trim(), true),
            Grammar::Ini => text.slice(at..at + value.len()).trim(),
            Grammar::Dotenv => {
                let (value, end) = dotenv_value(text, at, value);
                start = start.max(end);
                // A line that python-dotenv cannot parse sets nothing.
                let Some(value) = value else { continue };
                value
            }
        };
        entries.push((name, value));
    }
    entries
}

fn name_of(name: &str, grammar: Grammar) -> Option<String> {
    let word = |name: &str| {
        !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
    };
    match grammar {
        // Neither blanks around the sign nor before the name.
        Grammar::Environ => {
            let name = name.strip_prefix("export ").unwrap_or(name);
            word(name).then(|| name.to_owned())
        }
        Grammar::Dotenv => {
            let name = name.trim();
            let name = name.strip_prefix("export ").map_or(name, str::trim_start);
            let name = name.trim_matches('\'');
            let plain = !name.is_empty() && !name.starts_with('#');
            (plain && !name.contains(char::is_whitespace)).then(|| name.to_owned())
        }
        Grammar::Decouple | Grammar::Ini => {
            let name = name.trim();
            (!name.is_empty() && !name.starts_with(['#', ';'])).then(|| name.to_owned())
        }
    }
}

/// Without the quotes around it.
fn unquoted(text: Text, both: bool) -> Text {
    let string = text.as_str();
    let quoted = |q: char| string.len() >= 2 && string.starts_with(q) && string.ends_with(q);
    if quoted('"') || (both && quoted('\'')) {
        let end = string.len() - 1;
        return text.slice(1..end);
    }
    text
}

/// Quotes count only where they are around the whole value.
fn environ_value(text: &Text, at: usize, value: &str) -> Text {
    let whole = text.slice(at..at + value.len());
    let single = value.len() >= 2 && value.starts_with('\'') && value.ends_with('\'');
    let inner = if single { whole.slice(1..value.len() - 1) } else { whole };
    let double = inner.as_str().len() >= 2
        && inner.as_str().starts_with('"')
        && inner.as_str().ends_with('"');
    if !double {
        return inner;
    }
    let end = inner.as_str().len() - 1;
    let inner = inner.slice(1..end);
    if !inner.as_str().contains('\\') {
        return inner;
    }
    let mut out = String::new();
    let mut chars = inner.as_str().chars();
    while let Some(c) = chars.next() {
        match (c, c == '\\') {
            (_, true) => match chars.next() {
                Some(escaped @ ('r' | 'n' | 't')) => {
                    out.push('\\');
                    out.push(escaped);
                }
                Some(escaped) => out.push(escaped),
                None => out.push('\\'),
            },
            (c, false) => out.push(c),
        }
    }
    Text::derived(out, inner.span())
}

/// A value and where it ends: in quotes, over several lines perhaps, or up to a comment.
fn dotenv_value(text: &Text, at: usize, value: &str) -> (Option<Text>, usize) {
    let start = at + (value.len() - value.trim_start_matches([' ', '\t']).len());
    let value = value.trim_start_matches([' ', '\t']);
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''));
    if let Some(quote) = quote {
        let inside = &text.as_str()[start + 1..];
        let mut escaped = false;
        let end = inside.char_indices().find(|(_, c)| {
            let ends = *c == quote && !escaped;
            escaped = *c == '\\' && !escaped;
            ends
        });
        if let Some((end, _)) = end {
            let whole = text.slice(start + 1..start + 1 + end);
            let line_end = inside[end..].find('\n').map_or(inside.len(), |n| end + n + 1);
            let rest = inside[end + 1..line_end].trim();
            let closed = rest.is_empty() || rest.starts_with('#');
            return (closed.then(|| unescaped(whole, quote)), start + 1 + line_end);
        }
        return (None, 0);
    }
    let comment =
        value.char_indices().find(|(i, c)| *c == '#' && value[..*i].ends_with(char::is_whitespace));
    let end = comment.map_or(value.len(), |(i, _)| i);
    (Some(text.slice(start..start + value[..end].trim_end().len())), 0)
}

fn unescaped(text: Text, quote: char) -> Text {
    if !text.as_str().contains('\\') {
        return text;
    }
    let mut out = String::new();
    let mut chars = text.as_str().chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match (quote, chars.next()) {
            (_, Some(c @ ('\\' | '\''))) => out.push(c),
            ('"', Some('"')) => out.push('"'),
            ('"', Some('n')) => out.push('\n'),
            ('"', Some('r')) => out.push('\r'),
            ('"', Some('t')) => out.push('\t'),
            (_, Some(c)) => {
                out.push('\\');
                out.push(c);
            }
            (_, None) => out.push('\\'),
        }
    }
    Text::derived(out, text.span())
}
