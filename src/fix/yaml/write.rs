//! YAML values as lines, in the form that a file uses. Scalars are written by `serde_yaml`.

use crate::finding::YamlValue;
use crate::syntax::yaml::Style;
use serde_yaml::{Mapping, Value};

/// How a file indents and quotes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Form {
    /// Columns from a key to the keys below it.
    pub(super) step: usize,
    /// Columns from a key to the dashes of its list.
    pub(super) dash: usize,
    /// How the neighbours of a new item are quoted.
    pub(super) quotes: Style,
}

impl Default for Form {
    fn default() -> Self {
        Self { step: 2, dash: 2, quotes: Style::Plain }
    }
}

/// The value without its places, for what it does not hold as a collection.
fn plain(value: &YamlValue) -> Value {
    match value {
        YamlValue::Text(text) => Value::String(text.unmasked()),
        YamlValue::Int(number) => Value::Number((*number).into()),
        YamlValue::Bool(bool) => Value::Bool(*bool),
        YamlValue::Null => Value::Null,
        YamlValue::List(items) | YamlValue::Row(items) => {
            Value::Sequence(items.iter().map(plain).collect())
        }
        YamlValue::Map(entries) => {
            let pairs = entries.iter().map(|(k, v)| (Value::String(k.clone()), plain(v)));
            Value::Mapping(Mapping::from_iter(pairs))
        }
    }
}

fn serialized(value: &Value) -> Option<Vec<String>> {
    let text = serde_yaml::to_string(value).ok()?;
    Some(text.trim_end().lines().map(str::to_owned).collect())
}

/// A string on one line, in the given quotes; plain where that reads as the same string.
pub(in crate::fix) fn scalar(text: &str, quotes: Style) -> Option<String> {
    let double = || serde_json::to_string(text).ok();
    if text.contains(['\n', '\r']) || quotes == Style::Double {
        return double();
    }
    if quotes == Style::Single && !text.chars().any(char::is_control) {
        return Some(format!("'{}'", text.replace('\'', "''")));
    }
    serialized(&Value::String(text.to_owned()))?.into_iter().next()
}

/// A value on one line.
pub(super) fn flow(value: &YamlValue, quotes: Style) -> Option<String> {
    match value {
        YamlValue::Text(text) => {
            let text = text.unmasked();
            let plain = scalar(&text, quotes)?;
            // What ends a plain scalar between brackets (YAML 1.2, 7.3.3).
            if text.contains([',', '[', ']', '{', '}']) {
                scalar(&text, Style::Double)
            } else {
                Some(plain)
            }
        }
        YamlValue::Int(_) | YamlValue::Bool(_) => serialized(&plain(value))?.into_iter().next(),
        YamlValue::Null => Some("null".to_owned()),
        YamlValue::List(items) | YamlValue::Row(items) => {
            let items: Option<Vec<String>> = items.iter().map(|i| flow(i, quotes)).collect();
            Some(format!("[{}]", items?.join(", ")))
        }
        YamlValue::Map(entries) => {
            let entries: Option<Vec<String>> =
                entries.iter().map(|(k, v)| flow_entry(k, v, quotes)).collect();
            Some(format!("{{{}}}", entries?.join(", ")))
        }
    }
}

/// An entry between braces.
pub(super) fn flow_entry(key: &str, value: &YamlValue, quotes: Style) -> Option<String> {
    Some(format!("{}: {}", scalar(key, Style::Plain)?, flow(value, quotes)?))
}

/// An entry as lines, the first one without indentation.
pub(super) fn entry(key: &str, value: &YamlValue, form: Form) -> Option<Vec<String>> {
    let head = format!("{}:", scalar(key, Style::Plain)?);
    let below = |lines: Vec<String>, columns: usize| {
        let indent = " ".repeat(columns);
        std::iter::once(head.clone())
            .chain(lines.into_iter().map(|l| indented(&indent, &l)))
            .collect()
    };
    match value {
        YamlValue::Null => Some(vec![head]),
        YamlValue::List(list) if !list.is_empty() => Some(below(items(list, form)?, form.dash)),
        YamlValue::Map(map) if !map.is_empty() => Some(below(entries(map, form)?, form.step)),
        YamlValue::Row(_) => Some(vec![format!("{head} {}", flow(value, Style::Double)?)]),
        YamlValue::Text(text) if form.quotes != Style::Plain => {
            Some(vec![format!("{head} {}", scalar(&text.unmasked(), form.quotes)?)])
        }
        other => serialized(&Value::Mapping(Mapping::from_iter([(
            Value::String(key.to_owned()),
            plain(other),
        )]))),
    }
}

/// Entries as lines.
pub(super) fn entries(map: &[(String, YamlValue)], form: Form) -> Option<Vec<String>> {
    let all: Option<Vec<_>> = map.iter().map(|(key, value)| entry(key, value, form)).collect();
    Some(all?.concat())
}

/// Items as lines, each with its dash.
pub(super) fn items(list: &[YamlValue], form: Form) -> Option<Vec<String>> {
    let all: Option<Vec<_>> = list.iter().map(|value| item(value, form)).collect();
    Some(all?.concat())
}

fn item(value: &YamlValue, form: Form) -> Option<Vec<String>> {
    let lines = match value {
        YamlValue::Map(map) if !map.is_empty() => entries(map, form)?,
        YamlValue::List(list) if !list.is_empty() => items(list, form)?,
        YamlValue::Text(text) if form.quotes != Style::Plain => {
            vec![scalar(&text.unmasked(), form.quotes)?]
        }
        other => return serialized(&Value::Sequence(vec![plain(other)])),
    };
    let mark = |(index, line): (usize, String)| match index {
        0 => format!("- {line}"),
        _ => indented("  ", &line),
    };
    Some(lines.into_iter().enumerate().map(mark).collect())
}

/// The line behind white space; an empty one stays empty.
pub(super) fn indented(indent: &str, line: &str) -> String {
    if line.is_empty() { String::new() } else { format!("{indent}{line}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &'static str) -> YamlValue {
        YamlValue::text(text)
    }

    #[test]
    fn strings_stay_strings() {
        for (value, plain) in [
            ("web", "web"),
            ("true", "'true'"),
            ("5432", "'5432'"),
            ("a: b", "'a: b'"),
            ("", "''"),
            ("웹서비스", "웹서비스"),
            ("it's", "it's"),
            ("*x", "'*x'"),
        ] {
            assert_eq!(scalar(value, Style::Plain).as_deref(), Some(plain));
            for quotes in [Style::Plain, Style::Single, Style::Double] {
                let written = scalar(value, quotes).unwrap_or_default();
                assert_eq!(serde_yaml::from_str::<String>(&written).ok().as_deref(), Some(value));
            }
        }
        assert_eq!(scalar("a\nb", Style::Single).as_deref(), Some("\"a\\nb\""));
    }

    #[test]
    fn values_are_lines() {
        let value = YamlValue::Map(vec![
            ("image".into(), text("postgres:17")),
            ("ports".into(), YamlValue::List(vec![text("80:80")])),
            (
                "volumes".into(),
                YamlValue::List(vec![YamlValue::Map(vec![
                    ("type".into(), text("bind")),
                    ("ro".into(), YamlValue::Bool(true)),
                ])]),
            ),
            ("data".into(), YamlValue::Null),
            ("empty".into(), YamlValue::List(Vec::new())),
            ("block".into(), text("a\nb")),
        ]);
        let lines = entry("db", &value, Form::default()).unwrap_or_default().join("\n");
        assert_eq!(
            lines,
            "db:\n  image: postgres:17\n  ports:\n    - 80:80\n  volumes:\n    - type: bind\n      ro: true\n  data:\n  empty: []\n  block: |-\n    a\n    b"
        );
        let tight = Form { dash: 0, quotes: Style::Double, ..Form::default() };
        let list = YamlValue::List(vec![text("80:80"), YamlValue::Int(1)]);
        assert_eq!(
            entry("ports", &list, tight).unwrap_or_default(),
            ["ports:", "- \"80:80\"", "- 1"]
        );
        assert_eq!(flow(&list, Style::Plain).as_deref(), Some("[80:80, 1]"));
        let map = YamlValue::Map(vec![("a".into(), text("x,y")), ("b".into(), YamlValue::Null)]);
        assert_eq!(flow(&map, Style::Plain).as_deref(), Some("{a: \"x,y\", b: null}"));
    }
}
