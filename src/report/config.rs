//! A project as `docker compose config` (v2.40.3) prints it: JSON, or YAML in the layout of Compose's writer.
//!
//! The YAML is written here and not by a library: none of those at hand indents lists below their key, quotes a
//! text the way Compose does (`"y"`, `"N"`, `'a: b'`, `"12:30"`), or puts long keys on lines of their own, and
//! the output is of use only when it compares equal.
//!
//! Every `$` becomes `$$`, so that what is printed is a Compose file with the same meaning.

mod quoting;

use super::SafeText;
use quoting::Style;
use serde::Serialize;
use serde_json::{Number, Value};
use std::fmt::Write as _;

/// Columns by which each level stands further in.
const STEP: usize = 2;
/// The longest key in bytes that stands on one line with its value.
const MAX_KEY_BYTES: usize = 128;

/// A document as JSON, indented by two spaces, without a line break at its end (Compose prints none). Compose
/// writes `<`, `>` and `&` as escapes, which mean the same; here they stay.
pub fn config_json(document: &impl Serialize) -> SafeText {
    let mut text = String::new();
    json(&plain(document), 0, &mut text);
    asked_for(&visible(&text))
}

/// A document as YAML, with a line break at its end.
pub fn config_yaml(document: &impl Serialize) -> SafeText {
    let mut text = String::new();
    match plain(document) {
        Value::Object(entries) if !entries.is_empty() => mapping(&entries, 0, true, &mut text),
        value => node(&value, 0, true, &mut text),
    }
    end_line(&mut text);
    asked_for(&text)
}

fn plain(document: &impl Serialize) -> Value {
    serde_json::to_value(document).unwrap_or(Value::Null)
}

/// The text as it is, passwords and all, which is what was asked for; control characters are escaped by the
/// notation itself. Compose reads `$$` as `$`.
fn asked_for(text: &str) -> SafeText {
    SafeText::composed(text.replace('$', "$$"))
}

/// JSON whose characters beyond ASCII that steer a terminal are escapes. Outside of texts there are none of them.
fn visible(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for c in json.chars() {
        if matches!(c, '\u{7f}'..='\u{9f}') || quoting::steers(c) {
            let _ = write!(text, "\\u{:04x}", u32::from(c));
        } else {
            text.push(c);
        }
    }
    text
}

fn line_break(level: usize, text: &mut String) {
    text.push('\n');
    text.extend(std::iter::repeat_n(' ', level * STEP));
}

fn json(value: &Value, level: usize, text: &mut String) {
    match value {
        Value::Number(number) => text.push_str(&json_number(number)),
        Value::Array(items) if !items.is_empty() => {
            text.push('[');
            for (i, item) in items.iter().enumerate() {
                text.push_str(if i > 0 { "," } else { "" });
                line_break(level + 1, text);
                json(item, level + 1, text);
            }
            line_break(level, text);
            text.push(']');
        }
        Value::Object(entries) if !entries.is_empty() => {
            text.push('{');
            for (i, (key, value)) in entries.iter().enumerate() {
                text.push_str(if i > 0 { "," } else { "" });
                line_break(level + 1, text);
                let _ = write!(text, "{}: ", Value::from(key.as_str()));
                json(value, level + 1, text);
            }
            line_break(level, text);
            text.push('}');
        }
        other => {
            let _ = write!(text, "{other}");
        }
    }
}

/// A number as Go's JSON has it: an exponent only below 10⁻⁶ and from 10²¹ on.
fn json_number(number: &Number) -> String {
    let float = match number.as_f64() {
        Some(float) if number.is_f64() => float,
        _ => return number.to_string(),
    };
    if float != 0.0 && !(1e-6..1e21).contains(&float.abs()) {
        let text = format!("{float:e}");
        return if text.contains("e-") { text } else { text.replace('e', "e+") };
    }
    format!("{float}")
}

/// A number as Go writes one by itself: an exponent of two digits below 10⁻⁴ and from 10⁶ on (Go's `%v`), hence
/// `1e+06`.
fn yaml_number(number: &Number) -> String {
    let float = match number.as_f64() {
        Some(float) if number.is_f64() => float,
        _ => return number.to_string(),
    };
    if float == 0.0 || (1e-4..1e6).contains(&float.abs()) {
        return format!("{float}");
    }
    let text = format!("{float:e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let sign = if exponent.starts_with('-') { '-' } else { '+' };
    format!("{mantissa}e{sign}{:0>2}", exponent.trim_start_matches('-'))
}

/// A mapping at a level. The first key stands where the line already is when `inline`.
fn mapping(
    entries: &serde_json::Map<String, Value>,
    level: usize,
    inline: bool,
    text: &mut String,
) {
    for (i, (key, value)) in entries.iter().enumerate() {
        if i > 0 || !inline {
            line_start(level, text);
        }
        if key.len() <= MAX_KEY_BYTES && !quoting::breaks_lines(key) {
            scalar(key, level, true, text);
            text.push(':');
            node(value, level, false, text);
        } else {
            // Too long or too tall to be followed by a colon.
            text.push_str("? ");
            scalar(key, level, false, text);
            line_start(level, text);
            text.push(':');
            node(value, level, true, text);
        }
    }
}

/// A value after `key:`, `- ` or at the start: a collection begins on the same line where `inline`.
fn node(value: &Value, level: usize, inline: bool, text: &mut String) {
    match value {
        Value::Object(entries) if !entries.is_empty() => {
            if inline {
                blank(text);
            }
            mapping(entries, level + 1, inline, text);
        }
        Value::Array(items) if !items.is_empty() => {
            if inline {
                blank(text);
            }
            for (i, item) in items.iter().enumerate() {
                if i > 0 || !inline {
                    line_start(level + 1, text);
                }
                text.push('-');
                node(item, level + 1, true, text);
            }
        }
        other => {
            blank(text);
            match other {
                Value::String(s) => scalar(s, level, false, text),
                Value::Number(number) => text.push_str(&yaml_number(number)),
                Value::Array(_) => text.push_str("[]"),
                Value::Object(_) => text.push_str("{}"),
                other => text.push_str(&other.to_string()),
            }
        }
    }
}

/// One space after an indicator; none at the start of the document.
fn blank(text: &mut String) {
    if !text.is_empty() && !text.ends_with([' ', '\n']) {
        text.push(' ');
    }
}

fn end_line(text: &mut String) {
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
}

fn line_start(level: usize, text: &mut String) {
    end_line(text);
    text.extend(std::iter::repeat_n(' ', level * STEP));
}

/// A text in the style that it needs.
fn scalar(s: &str, level: usize, key: bool, text: &mut String) {
    match quoting::style(s, key) {
        Style::Plain => text.push_str(s),
        Style::Single => {
            let _ = write!(text, "'{}'", s.replace('\'', "''"));
        }
        Style::Double => quoting::double(s, text),
        Style::Literal => literal(s, level + 1, text),
    }
}

/// A block of lines. Its indent is said where the first line begins with a blank, and its end where it is not
/// one line break.
fn literal(s: &str, level: usize, text: &mut String) {
    text.push('|');
    if s.starts_with([' ', '\n']) {
        let _ = write!(text, "{STEP}");
    }
    let body = s.strip_suffix('\n');
    match body {
        None => text.push('-'),
        Some(body) if body.is_empty() || body.ends_with('\n') => text.push('+'),
        Some(_) => {}
    }
    for line in body.unwrap_or(s).split('\n') {
        text.push('\n');
        if !line.is_empty() {
            text.extend(std::iter::repeat_n(' ', level * STEP));
            text.push_str(line);
        }
    }
    text.push('\n');
}

#[cfg(test)]
mod tests;
