//! Files of data that settings read: JSON, YAML, TOML, INI.

use super::evaluator::{Evaluator, MAX_ITEMS};
use super::functions::empty_dict;
use super::object::{Args, Object};
use super::value::Form;
use super::{Value, ValueKind, operators};
use crate::source::{Limit, Reason, RelPath, Span, Text, Unknown};
use crate::syntax::yaml::{NodeId, NodeKind, Style, Yaml};

/// The lines of a text with their ends, as a file gives them.
pub(super) fn lines(text: &Text, span: Span) -> Vec<Value> {
    let mut at = 0;
    let mut out = Vec::new();
    for line in text.as_str().split_inclusive('\n').take(MAX_ITEMS) {
        out.push(Value::new(ValueKind::Str(text.slice(at..at + line.len())), span));
        at += line.len();
    }
    out
}

impl Evaluator<'_> {
    /// `json.load(file)`, `yaml.safe_load(text)` and the like.
    pub(super) fn load_data(&mut self, kind: &str, from: &Object, span: Span) -> Object {
        let (text, reads) = match from {
            Object::File(file) => match &file.text {
                Ok(text) => (text.clone(), Vec::new()),
                Err(why) => return Object::unknown(why.clone(), span),
            },
            // `toml.load(path)`
            Object::Value(value) if matches!(value.kind, ValueKind::Path(_)) => {
                let args = Args::of_positional(vec![from.clone()], span);
                match self.open_file(&args) {
                    Object::File(file) => match &file.text {
                        Ok(text) => (text.clone(), value.reads.clone()),
                        Err(why) => return Object::unknown(why.clone(), span),
                    },
                    other => return other,
                }
            }
            Object::Value(value) => match &value.kind {
                ValueKind::Str(text) if text.is_resolved() => (text.clone(), value.reads.clone()),
                ValueKind::None | ValueKind::Bool(_) | ValueKind::Int(_) if kind == "json" => {
                    let name = operators::type_name(value);
                    let words =
                        format!("the JSON object must be str, bytes or bytearray, not {name}");
                    let why = self.failed("TypeError", words, span);
                    return Object::unknown(why, span);
                }
                _ => {
                    let why = operators::why_value(value);
                    return Value::unknown(why, span).with_reads(&value.reads).into();
                }
            },
            other => return Object::unknown(other.why(span), span),
        };
        let made = match kind {
            "json" => match super::data_files::json(text.as_str(), span) {
                Some(value) => Some(value),
                None => {
                    let why = self.failed("JSONDecodeError", "Expecting value", span);
                    Some(Value::unknown(why, span))
                }
            },
            "yaml" => self.yaml(&text, span),
            _ => text.as_str().parse::<toml::Table>().ok().map(|t| toml_table(&t, span)),
        };
        let made = made.unwrap_or_else(|| {
            Value::unknown(Unknown::at(Reason::NotA("a data file"), span), span)
        });
        let made = self.sane(made.with_reads(&reads));
        self.recast_data(made)
    }

    fn recast_data(&mut self, value: Value) -> Object {
        self.recast(value, super::Cast::Other).into()
    }

    fn yaml(&mut self, text: &Text, span: Span) -> Option<Value> {
        let file = self.world.sources.add("data.yaml", text.as_str());
        let yaml = Yaml::read(&file);
        if !yaml.errors.is_empty() || !yaml.later.is_empty() {
            return None;
        }
        match yaml.root {
            Some(root) => yaml_value(&yaml, root, span, 0),
            None => Some(Value::new(ValueKind::None, span)),
        }
    }

    /// The text of a file of the container; `None` where there surely is none.
    pub(super) fn text_at(&mut self, path: &str, span: Span) -> Result<Option<Text>, Unknown> {
        use super::evaluate::FileAnswer;
        let Some(path) = self.absolute_path(path) else {
            return Err(Unknown::at(Reason::WorkingFolder, span));
        };
        if self.is_made(&path) {
            return Err(Unknown::at(Reason::NotEvaluated("a file that is written"), span));
        }
        match (self.world.file)(&path) {
            FileAnswer::Found(host) => self.read_host(&host, span).map(Some),
            FileAnswer::Missing => Ok(None),
            FileAnswer::Untracked => Err(Unknown::at(Reason::FileMissing(path), span)),
            FileAnswer::Unknown(why) => Err(why.or_at(span)),
        }
    }

    fn read_host(&mut self, host: &RelPath, span: Span) -> Result<Text, Unknown> {
        match self.world.sources.read(host, Limit::Code) {
            Ok(file) => {
                if !self.files.contains(&file.id) {
                    self.work(file.text.len() / 64);
                }
                Ok(file.body())
            }
            Err(_) => {
                let reason = Reason::FileUnreadable(host.as_str().to_owned());
                Err(Unknown::at(reason, span))
            }
        }
    }
}

fn toml_table(table: &toml::Table, span: Span) -> Value {
    let mut dict = empty_dict(span);
    if let ValueKind::Dict { entries, .. } = &mut dict.kind {
        entries
            .extend(table.iter().map(|(k, v)| (Value::text(k.clone(), span), toml_value(v, span))));
    }
    dict
}

fn toml_value(value: &toml::Value, span: Span) -> Value {
    let kind = match value {
        toml::Value::String(text) => return Value::text(text.clone(), span),
        toml::Value::Integer(int) => ValueKind::Int(*int),
        toml::Value::Float(float) => ValueKind::Float(*float),
        toml::Value::Boolean(b) => ValueKind::Bool(*b),
        toml::Value::Datetime(_) => {
            return Value::unknown(Reason::NotEvaluated("a date"), span);
        }
        toml::Value::Array(items) => ValueKind::List {
            items: items.iter().map(|v| toml_value(v, span)).collect(),
            open: None,
        },
        toml::Value::Table(table) => return toml_table(table, span),
    };
    Value::new(kind, span)
}

/// A YAML node as PyYAML makes it: YAML 1.1, `yes` and `on` are booleans.
fn yaml_value(yaml: &Yaml, id: NodeId, span: Span, depth: usize) -> Option<Value> {
    if depth > 32 {
        return None;
    }
    let id = yaml.resolve(id)?;
    let node = yaml.node(id);
    if node.tag.is_some() {
        return Some(Value::unknown(Reason::NotEvaluated("a tag of YAML"), span));
    }
    match &node.kind {
        NodeKind::Mapping(_) => {
            let mut dict = empty_dict(span);
            for (key, value) in yaml.pairs(id) {
                let key = yaml_value(yaml, *key, span, depth + 1)?;
                if key.as_str() == Some("<<") {
                    return Some(Value::unknown(Reason::NotEvaluated("a merge key"), span));
                }
                let value = yaml_value(yaml, *value, span, depth + 1)?;
                operators::set_entry(&mut dict, &key, value);
            }
            Some(dict)
        }
        NodeKind::Sequence(_) => {
            let items = yaml.items(id).iter().map(|i| yaml_value(yaml, *i, span, depth + 1));
            Some(Value::list(Form::List, items.collect::<Option<_>>()?, None, span))
        }
        _ => match yaml.scalar(id) {
            Some((text, Style::Plain)) => yaml_plain(text.as_str(), span),
            Some((text, _)) => Some(Value::text(text.as_str(), span)),
            None => Some(Value::new(ValueKind::None, span)),
        },
    }
}

fn yaml_plain(text: &str, span: Span) -> Option<Value> {
    let kind = match text {
        "" | "~" | "null" | "Null" | "NULL" => ValueKind::None,
        "true" | "True" | "TRUE" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" => {
            ValueKind::Bool(true)
        }
        "false" | "False" | "FALSE" | "no" | "No" | "NO" | "off" | "Off" | "OFF" => {
            ValueKind::Bool(false)
        }
        _ => {
            let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
            let decimal = digits.bytes().all(|b| b.is_ascii_digit());
            if decimal && (digits == "0" || !digits.starts_with('0')) {
                ValueKind::Int(text.trim_start_matches('+').parse().ok()?)
            } else if digits.starts_with(|c: char| c.is_ascii_digit())
                && digits.bytes().all(|b| b.is_ascii_digit() || b"._:-abcdefxobTZeE+".contains(&b))
            {
                // Octal, hexadecimal, sexagesimal numbers, floats and dates.
                match text.parse::<f64>() {
                    Ok(float) if text.contains('.') && !text.contains(['e', 'E']) => {
                        ValueKind::Float(float)
                    }
                    _ => return Some(Value::unknown(Reason::NotEvaluated("a number"), span)),
                }
            } else {
                return Some(Value::text(text, span));
            }
        }
    };
    Some(Value::new(kind, span))
}

/// A JSON text as a value.
pub(super) fn json(text: &str, span: Span) -> Option<Value> {
    fn value_of(json: serde_json::Value, span: Span) -> Value {
        let kind = match json {
            serde_json::Value::Null => ValueKind::None,
            serde_json::Value::Bool(b) => ValueKind::Bool(b),
            serde_json::Value::Number(n) => n
                .as_i64()
                .map_or_else(|| ValueKind::Float(n.as_f64().unwrap_or(0.0)), ValueKind::Int),
            serde_json::Value::String(text) => return Value::text(text, span),
            serde_json::Value::Array(items) => ValueKind::List {
                items: items.into_iter().map(|i| value_of(i, span)).collect(),
                open: None,
            },
            serde_json::Value::Object(map) => ValueKind::Dict {
                entries: map
                    .into_iter()
                    .map(|(k, v)| (Value::text(k, span), value_of(v, span)))
                    .collect(),
                open: None,
            },
        };
        Value::new(kind, span)
    }
    // serde_json stops at 128 levels by itself.
    serde_json::from_str(text).ok().map(|json| value_of(json, span))
}
