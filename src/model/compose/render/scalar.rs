//! Single values: texts, numbers, booleans, sizes, spans of time, and the small forms made of them.

use super::{Decoder, Out, duration, path};
use crate::finding::{Quote, prose};
use crate::model::compose::tree::{Kind, Node, Scalar, Value, bytes, number};

impl Decoder<'_> {
    /// A scalar as text: a path from its root on, and nothing for what is not known.
    pub(super) fn shown(&self, scalar: &Scalar) -> String {
        match &scalar.base {
            Some(base) => path::absolute(self.frame, base, &scalar.text.without_unresolved()),
            None if scalar.value == Value::Text => scalar.text.without_unresolved(),
            None => scalar.display(),
        }
    }

    /// A text; a whole number is written as one.
    pub(super) fn text(&mut self, node: &Node, name: &str) -> Option<String> {
        match &node.kind {
            Kind::Scalar(s) if matches!(s.value, Value::Text | Value::Int(_)) => {
                Some(self.shown(s))
            }
            _ => self.wrong(name, "a text", node),
        }
    }

    /// An item of a list of texts, where nothing is the empty one.
    pub(super) fn text_or_empty(&mut self, node: &Node, name: &str) -> String {
        if matches!(node.kind, Kind::Null) {
            String::new()
        } else {
            self.text(node, name).unwrap_or_default()
        }
    }

    /// A text only, of which Compose makes nothing else.
    pub(super) fn pure_text(&mut self, node: &Node, name: &str) -> Option<String> {
        match &node.kind {
            Kind::Scalar(s) if s.value == Value::Text => Some(self.shown(s)),
            _ => self.wrong(name, "a text", node),
        }
    }

    /// A boolean. A text may be one, also in the words of YAML 1.1.
    pub(super) fn bool(&mut self, node: &Node, name: &str) -> Option<Out> {
        let Kind::Scalar(scalar) = &node.kind else {
            return self.wrong(name, "`true` or `false`", node);
        };
        if let Value::Bool(truth) = scalar.value {
            return Some(Out::Bool(truth));
        }
        if scalar.value != Value::Text {
            return self.wrong(name, "`true` or `false`", node);
        }
        match self.shown(scalar).to_lowercase().as_str() {
            "true" | "y" | "yes" | "on" => Some(Out::Bool(true)),
            "false" | "n" | "no" | "off" => Some(Out::Bool(false)),
            text => self.unreadable(
                node.span,
                prose!("`{}` is `{}`, which is no boolean", Quote::name(name), Quote::value(text)),
                "write `true` or `false`",
            ),
        }
    }

    /// A whole number; a fraction is cut off.
    pub(super) fn int(&mut self, node: &Node, name: &str) -> Option<Out> {
        let Kind::Scalar(scalar) = &node.kind else {
            return self.wrong(name, "a whole number", node);
        };
        match scalar.value {
            Value::Int(number) => Some(Out::Int(number::wrapped(number))),
            Value::Float(number) => Some(Out::Int(number::whole(number).into())),
            Value::Text => match number::parse_int(&self.shown(scalar), 10) {
                Some(number) => Some(Out::Int(number.into())),
                None => self.no_number(scalar, node, name),
            },
            _ => self.wrong(name, "a whole number", node),
        }
    }

    /// A whole number that is not negative. Without `bits` a text may be one.
    pub(super) fn unsigned(&mut self, node: &Node, name: &str, bits: Option<u32>) -> Option<Out> {
        let Kind::Scalar(scalar) = &node.kind else {
            return self.wrong(name, "a whole number", node);
        };
        let number = match scalar.value {
            Value::Int(number) => number,
            Value::Float(number) => number::whole(number).into(),
            Value::Text if bits.is_none() => match number::parse_int(&self.shown(scalar), 10) {
                Some(number) => number.into(),
                None => return self.no_number(scalar, node, name),
            },
            _ => return self.wrong(name, "a whole number", node),
        };
        if number < 0 {
            return self.unreadable(
                node.span,
                prose!("`{}` is {}, and cannot be negative", Quote::name(name), number),
                "write 0 or more",
            );
        }
        // What does not fit loses its upper bits, as it does in Compose.
        Some(Out::Int(bits.map_or(number, |bits| number & ((1 << bits) - 1))))
    }

    /// A number of single precision. Infinity is one to Compose, but nothing that it could print as JSON.
    pub(super) fn float(&mut self, node: &Node, name: &str) -> Option<Out> {
        let Kind::Scalar(scalar) = &node.kind else { return self.wrong(name, "a number", node) };
        let number = match scalar.value {
            Value::Int(number) => Some(number as f32),
            Value::Float(number) => Some(number as f32),
            Value::Text => number::parse_float(&self.shown(scalar)).map(|number| number as f32),
            _ => return self.wrong(name, "a number", node),
        };
        match number.filter(|n| n.is_finite()) {
            Some(number) => Some(Out::Float32(number)),
            None => self.no_number(scalar, node, name),
        }
    }

    fn no_number<T>(&mut self, scalar: &Scalar, node: &Node, name: &str) -> Option<T> {
        let text = scalar.text.without_unresolved();
        self.unreadable(
            node.span,
            prose!("`{}` is `{}`, which is no number", Quote::name(name), Quote::value(&text)),
            "write a number",
        )
    }

    /// A size in bytes. Of anything but a text and a whole number Compose makes nothing, without a word.
    pub(super) fn bytes(&mut self, node: &Node, name: &str) -> Option<Out> {
        let Kind::Scalar(scalar) = &node.kind else { return Some(Out::from("0")) };
        let size = match scalar.value {
            Value::Int(number) => i64::try_from(number::wrapped(number)).unwrap_or(0),
            Value::Text => {
                let text = self.shown(scalar);
                match bytes::parse(&text) {
                    Some(size) => size,
                    None => {
                        let message = prose!(
                            "`{}` is `{}`, which is no size",
                            Quote::name(name),
                            Quote::value(&text)
                        );
                        return self.unreadable(
                            node.span,
                            message,
                            "write a number and a unit, such as `512m` or `2gb`",
                        );
                    }
                }
            }
            _ => 0,
        };
        Some(Out::Text(size.to_string()))
    }

    /// A span of time.
    pub(super) fn duration(&mut self, node: &Node, name: &str) -> Option<Out> {
        let Kind::Scalar(scalar) = &node.kind else {
            return self.wrong(name, "a span of time", node);
        };
        let text = self.shown(scalar);
        match duration::parse(&text) {
            Some(span) => Some(Out::Text(duration::show(span))),
            None => {
                let bare = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
                let message = if bare {
                    prose!(
                        "`{}` is `{}`, which lacks a unit",
                        Quote::name(name),
                        Quote::value(&text)
                    )
                } else {
                    prose!(
                        "`{}` is `{}`, which is no span of time",
                        Quote::name(name),
                        Quote::value(&text)
                    )
                };
                let help = if bare {
                    prose!("write `{}s` if seconds are meant", Quote::value(&text))
                } else {
                    "write numbers with units, such as `30s` or `1m30s`".into()
                };
                self.unreadable(node.span, message, help)
            }
        }
    }

    /// Permissions of a file.
    pub(super) fn mode(&mut self, node: &Node, name: &str) -> Option<Out> {
        let Kind::Scalar(scalar) = &node.kind else {
            return self.wrong(name, "a text of octal digits", node);
        };
        let mode = match scalar.value {
            Value::Int(number) => i64::try_from(number::wrapped(number)).unwrap_or(0),
            Value::Text => {
                let text = self.shown(scalar);
                match number::parse_int(&text, 8) {
                    Some(mode) => mode,
                    None => {
                        let message = prose!(
                            "`{}` is `{}`, which is no octal number",
                            Quote::name(name),
                            Quote::value(&text)
                        );
                        return self.unreadable(
                            node.span,
                            message,
                            "write octal digits in quotes, such as `\"0440\"`",
                        );
                    }
                }
            }
            _ => return self.wrong(name, "a text of octal digits", node),
        };
        let sign = if mode < 0 { "-" } else { "" };
        Some(Out::Text(format!("0{sign}{:o}", mode.unsigned_abs())))
    }

    /// A number of devices; `all` is −1.
    pub(super) fn device_count(&mut self, node: &Node, name: &str) -> Option<Out> {
        let Kind::Scalar(scalar) = &node.kind else {
            return self.wrong(name, "a number or `all`", node);
        };
        match scalar.value {
            Value::Int(number) => Some(Out::Int(number::wrapped(number))),
            Value::Text => {
                let text = self.shown(scalar);
                if text.to_lowercase() == "all" {
                    return Some(Out::Int(-1));
                }
                match number::parse_int(&text, 10) {
                    Some(number) => Some(Out::Int(number.into())),
                    None => self.unreadable(
                        node.span,
                        prose!(
                            "`{}` is `{}`, which is no number",
                            Quote::name(name),
                            Quote::value(&text)
                        ),
                        "write a number or `all`",
                    ),
                }
            }
            _ => self.wrong(name, "a number or `all`", node),
        }
    }

    /// A list of texts, or one alone; here a number is none.
    pub(super) fn text_or_list(&mut self, node: &Node, name: &str) -> Option<Out> {
        if matches!(node.kind, Kind::Scalar(_)) {
            return self.pure_text(node, name).map(|text| Out::List(vec![Out::Text(text)]));
        }
        self.list(node, name, |d, item| d.pure_text(item, name).map(Out::Text))
    }

    /// A list of anything, written as texts.
    pub(super) fn numbers(&mut self, node: &Node, name: &str) -> Option<Out> {
        if matches!(node.kind, Kind::Scalar(_)) {
            return self.pure_text(node, name).map(|text| Out::List(vec![Out::Text(text)]));
        }
        self.list(node, name, |d, item| Some(Out::Text(d.written(item))))
    }

    /// A test of health.
    pub(super) fn test(&mut self, node: &Node, name: &str) -> Option<Out> {
        if matches!(node.kind, Kind::Scalar(_)) {
            return self
                .pure_text(node, name)
                .map(|text| Out::List(vec![Out::from("CMD-SHELL"), Out::Text(text)]));
        }
        self.list(node, name, |d, item| d.pure_text(item, name).map(Out::Text))
    }

    /// A limit. JSON leaves out zeros, YAML does not.
    pub(super) fn ulimit(&mut self, node: &Node, name: &str) -> Option<Out> {
        let mut limits = [("soft", 0), ("hard", 0)];
        match &node.kind {
            Kind::Map(_) => {
                for (key, limit) in &mut limits {
                    if let Some(value) = node.get(key) {
                        *limit = self.limit(value, name)?;
                    }
                }
            }
            _ => match self.limit(node, name)? {
                0 => {}
                single => return Some(Out::Int(single)),
            },
        }
        let shown = limits.iter().filter(|(_, limit)| !self.is_json() || *limit != 0);
        Some(Out::Map(shown.map(|(key, limit)| ((*key).to_owned(), Out::Int(*limit))).collect()))
    }

    fn limit(&mut self, node: &Node, name: &str) -> Option<i128> {
        match node.scalar().map(|s| s.value) {
            Some(Value::Int(number)) => Some(number::wrapped(number)),
            Some(Value::Text) => {
                match node.scalar().and_then(|s| number::parse_int(&self.shown(s), 10)) {
                    Some(number) => Some(number.into()),
                    None => self.wrong(name, "a whole number", node),
                }
            }
            _ => self.wrong(name, "a whole number", node),
        }
    }

    /// A file of variables: its path alone where the file must exist.
    pub(super) fn env_file(&mut self, node: &Node, name: &str) -> Option<Out> {
        let Kind::Map(_) = &node.kind else { return self.wrong(name, "a mapping", node) };
        let path = node.get("path").map(|n| self.text_or_empty(n, "path")).unwrap_or_default();
        let required = node.get("required").and_then(|n| self.bool(n, "required"));
        if required == Some(Out::Bool(true)) {
            return Some(Out::Text(path));
        }
        let mut entries =
            vec![("path".to_owned(), Out::Text(path)), ("required".to_owned(), Out::Bool(false))];
        if self.is_json()
            && let Some(format) = node.get("format")
        {
            entries.push(("format".to_owned(), Out::Text(self.text_or_empty(format, "format"))));
        }
        Some(Out::Map(entries))
    }
}
