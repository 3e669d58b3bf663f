//! Values that Compose keeps as they are: what stands below `x-` keys.

use super::super::node::{Kind, Node};
use super::super::value::Value;
use super::{Decoder, Out};

impl Decoder<'_> {
    /// A value as YAML reads it.
    pub(super) fn free(&self, node: &Node) -> Out {
        match &node.kind {
            Kind::Null => Out::Null,
            Kind::Scalar(scalar) => match scalar.value {
                Value::Text => Out::Text(self.shown(scalar)),
                Value::Int(number) => Out::Int(number),
                Value::Float(number) => Out::Float(number),
                Value::Bool(truth) => Out::Bool(truth),
                Value::Date => Out::Text(moment(&scalar.text)),
            },
            // Compose has lost the difference between an empty list and none, which only JSON shows.
            Kind::List(items) if items.is_empty() && self.is_json() => Out::Null,
            Kind::List(items) => Out::List(items.iter().map(|i| self.free(i)).collect()),
            Kind::Map(entries) => self.in_order(
                entries.iter().map(|e| (e.key.to_string(), self.free(&e.value))).collect(),
            ),
        }
    }
}

/// A date or a date with a time in full (RFC 3339): `2024-1-5` is `2024-01-05T00:00:00Z`.
pub(in crate::model::compose) fn moment(text: &str) -> String {
    let (date, time) = text.split_once([' ', 'T', 't']).unwrap_or((text, "0:0:0"));
    let two = |text: &str, separator: &str| {
        text.split(separator).map(|p| format!("{p:0>2}")).collect::<Vec<_>>().join(separator)
    };
    let end = time.find(['.', 'Z', '+', '-']).unwrap_or(time.len());
    let (clock, rest) = time.split_at(end);
    let zone = rest.find(['Z', '+', '-']).unwrap_or(rest.len());
    let (fraction, zone) = rest.split_at(zone);
    let fraction = fraction.trim_end_matches('0').trim_end_matches('.');
    let zone = if zone.is_empty() { "Z" } else { zone };
    format!("{}T{}{fraction}{zone}", two(date, "-"), two(clock, ":"))
}
