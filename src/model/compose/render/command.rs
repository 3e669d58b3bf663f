//! Commands (Compose specification, `command`, `entrypoint`).

use super::super::node::{Kind, Node};
use super::super::value::Value;
use super::super::{HOLE, split_words};
use super::{Decoder, Out};

impl Decoder<'_> {
    /// A command: a list of words, or a text that is split into them.
    pub(super) fn command(&mut self, node: &Node, name: &str) -> Option<Out> {
        match &node.kind {
            Kind::Scalar(scalar) if scalar.value == Value::Text => {
                if !closed(&scalar.text) {
                    let message = format!("`{name}` cannot be split into words");
                    let help = "close every quote and bracket, or write the words as a list";
                    return self.unreadable(node.span, message, help);
                }
                let words = split_words(&scalar.text);
                Some(Out::List(words.iter().map(|w| Out::Text(w.replace(HOLE, ""))).collect()))
            }
            // Of a single value that is no text Compose makes nothing.
            Kind::Scalar(_) | Kind::Null => None,
            _ => self.list(node, name, |d, item| d.pure_text(item, name).map(Out::Text)),
        }
    }
}

/// Whether every quote, backquote and `$(` is closed, up to the operator at which Compose stops reading, and
/// no bracket opens without a `$`.
fn closed(text: &str) -> bool {
    let (mut escaped, mut quote, mut bracket) = (false, None, false);
    let mut before = ' ';
    for c in text.chars() {
        if std::mem::take(&mut escaped) {
            before = ' ';
            continue;
        }
        match (quote, c) {
            (None | Some('"'), '\\') => escaped = true,
            (Some(open), c) if open == c => quote = None,
            (None, '`' | '\'' | '"') if !bracket => quote = Some(c),
            (None, ')') => bracket = !bracket,
            (None, '(') if !bracket && before == '$' => bracket = true,
            (None, '(') => return false,
            (None, ';' | '&' | '|' | '<' | '>') if !bracket => return true,
            _ => {}
        }
        before = c;
    }
    quote.is_none() && !bracket && !escaped
}
