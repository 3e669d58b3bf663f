//! Commands (Compose specification, `command`, `entrypoint`).

use super::{Decoder, Out};
use crate::finding::{Quote, prose};
use crate::model::compose::project::command_split::split;
use crate::model::compose::tree::{Kind, Node, Value};

impl Decoder<'_> {
    /// A command: a list of words, or a text that is split into them.
    pub(super) fn command(&mut self, node: &Node, name: &str) -> Option<Out> {
        match &node.kind {
            Kind::Scalar(scalar) if scalar.value == Value::Text => match split(&scalar.text) {
                Some(words) => Some(Out::List(
                    words.iter().map(|w| Out::Text(w.without_unresolved())).collect(),
                )),
                None => {
                    let message = prose!(
                        "`{}` cannot be split into words: a quote or a bracket stays open",
                        Quote::name(name)
                    );
                    self.unreadable(node.span, message, "close it, or write the words as a list")
                }
            },
            // Of a single value that is no text Compose makes nothing.
            Kind::Scalar(_) | Kind::Null => None,
            _ => self.list(node, name, |d, item| d.pure_text(item, name).map(Out::Text)),
        }
    }
}
