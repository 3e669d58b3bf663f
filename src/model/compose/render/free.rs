//! Values that Compose keeps as they are: what stands below `x-` keys.

use super::{Decoder, Out};
use crate::model::compose::tree::value::moment;
use crate::model::compose::tree::{Kind, Node, Value};

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
