//! The JSON form: an array of strings.

use super::words::Builder;
use crate::source::Text;
use serde::de::IgnoredAny;

/// What an argument is when it is tried as JSON.
#[derive(Debug)]
pub(super) enum Json {
    /// An array of strings, each with its place (quotes included).
    Strings(Vec<Text>),
    /// A JSON array with something else in it: Docker refuses it.
    NotStrings,
    /// No JSON array: Docker takes it for the shell form without a word.
    No,
}

/// Tries `text` as a JSON array of strings (Dockerfile reference: "Shell and exec form").
pub(super) fn read(text: &Text) -> Json {
    if !text.trim_start().starts_with('[') {
        return Json::No;
    }
    match strings(text) {
        Some(all) => Json::Strings(all),
        // The depth of nested arrays is capped by the library, at 128.
        None if serde_json::from_str::<Vec<IgnoredAny>>(text).is_ok() => Json::NotStrings,
        None => Json::No,
    }
}

/// The items of a list that was meant as JSON and is none, so that Docker hands the line to a shell: another kind of
/// quotes, or a comma before the closing bracket. `None` where a shell may be meant, as in `[ "$MODE" ]`.
pub(super) fn meant(line: &Text) -> Option<Vec<String>> {
    let inner = line.as_str().trim().strip_prefix('[')?.strip_suffix(']')?;
    let is_test = inner.starts_with([' ', '\t']);
    let mut rest = inner.trim();
    let mut items = Vec::new();
    while !rest.is_empty() {
        let open = rest.chars().next()?;
        let close = QUOTES.iter().find(|(o, _)| *o == open)?.1;
        let body = rest.get(open.len_utf8()..)?;
        let end = body.find(close)?;
        items.push(body.get(..end)?.to_owned());
        rest = body.get(end + close.len_utf8()..)?.trim_start();
        match rest.strip_prefix(',') {
            Some(next) => rest = next.trim_start(),
            None if rest.is_empty() => {}
            None => return None,
        }
    }
    (!items.is_empty() && (!is_test || items.len() > 1)).then_some(items)
}

/// Quotes that people and their word processors write around an item, opening and closing.
const QUOTES: [(char, char); 6] = [
    ('"', '"'),
    ('\'', '\''),
    ('\u{201c}', '\u{201d}'),
    ('\u{201d}', '\u{201d}'),
    ('\u{2018}', '\u{2019}'),
    ('`', '`'),
];

fn strings(text: &Text) -> Option<Vec<Text>> {
    let bytes = text.as_bytes();
    let blank = |mut at: usize| {
        while matches!(bytes.get(at), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            at += 1;
        }
        at
    };
    let mut out = Vec::new();
    // Docker drops any white space in front, not only JSON's.
    let mut at = blank(text.len() - text.trim_start().len() + 1);
    if bytes.get(at) == Some(&b']') {
        return (blank(at + 1) == bytes.len()).then_some(out);
    }
    loop {
        let (string, next) = string(text, at)?;
        out.push(string);
        at = blank(next);
        match bytes.get(at)? {
            b',' => at = blank(at + 1),
            b']' => return (blank(at + 1) == bytes.len()).then_some(out),
            _ => return None,
        }
    }
}

/// The string whose opening quote stands at `start`, and the offset behind its closing quote.
fn string(text: &Text, start: usize) -> Option<(Text, usize)> {
    let rest = text.get(start..)?;
    let close = close(rest.as_bytes())?;
    let mut out = Builder::new(text, start..start + close + 1);
    out.skip(start..start + 1);
    let mut at = start + 1;
    while let Some(found) = text.get(at..start + close)?.find('\\') {
        let from = at + found;
        let (c, len) = escape(text.as_bytes().get(from + 1..start + close)?)?;
        at = from + 1 + len;
        out.replace(from..at, c.encode_utf8(&mut [0; 4]));
    }
    Some((
        out.finish(start + close).with_span(text.span_of(start..start + close + 1)),
        start + close + 1,
    ))
}

/// Offset of the quote that closes the string at the start of `bytes`; `None` where there is none
/// or a control character stands in between, which JSON does not allow.
fn close(bytes: &[u8]) -> Option<usize> {
    if bytes.first() != Some(&b'"') {
        return None;
    }
    let mut at = 1;
    loop {
        match bytes.get(at)? {
            b'"' => return Some(at),
            b'\\' => at += 2,
            0..=0x1f => return None,
            _ => at += 1,
        }
    }
}

/// The character an escape stands for, and the bytes of it behind the `\`. Half a surrogate pair
/// is U+FFFD, as Go's JSON reader has it.
fn escape(bytes: &[u8]) -> Option<(char, usize)> {
    let plain = match bytes.first()? {
        b'u' => {
            let high = hex(bytes.get(1..5)?)?;
            if let 0xd800..=0xdbff = high
                && let Some(b"\\u") = bytes.get(5..7)
                && let Some(low @ 0xdc00..=0xdfff) = bytes.get(7..11).and_then(hex)
            {
                return Some((
                    char::from_u32(0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00))?,
                    11,
                ));
            }
            return Some((char::from_u32(high).unwrap_or('\u{fffd}'), 5));
        }
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        c @ (b'"' | b'\\' | b'/') => char::from(*c),
        _ => return None,
    };
    Some((plain, 1))
}

fn hex(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0, |value, d| Some(value * 16 + char::from(*d).to_digit(16)?))
}
