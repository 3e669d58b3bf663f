//! What the words of a command become.

use super::follow::{Cx, Follower};
use crate::model::budget::Budget;
use crate::model::search_limit::SearchLimit;
use crate::source::{Span, Text};
use crate::syntax::shell::{Part, Word, fields};

/// The most words of a command.
pub(super) const MAX_WORDS: usize = 4_096;
/// What a word costs of the folder's budget beside its text, in bytes.
const WORD_COST: usize = 256;

impl Follower<'_> {
    /// The arguments that a word becomes; `None` when it is not known.
    pub(super) fn fields(&self, word: &Word, cx: &Cx) -> Option<Vec<Text>> {
        if matches!(word.parts.as_slice(), [Part::Variable(v)] if v.operator.is_empty() && (v.name == "@" || v.name == "*"))
        {
            return Some(cx.args.clone());
        }
        let fields = fields(word, &|name| self.lookup(name, cx))?;
        if !fields.iter().all(Text::is_resolved) {
            return None;
        }
        // The places of a word that a variable stands in are those of the word.
        Some(
            fields
                .into_iter()
                .map(|f| {
                    if f.pieces().iter().all(|p| p.verbatim()) {
                        f
                    } else {
                        f.with_span(word.span())
                    }
                })
                .collect(),
        )
    }

    /// The arguments of a command; one that is not known is empty.
    pub(super) fn argv(&self, words: &[Word], cx: &Cx) -> Vec<Text> {
        let mut argv = Vec::new();
        for word in words {
            let fields = self.fields(word, cx).unwrap_or_else(|| vec![Text::empty(word.span())]);
            let affordable = Budget::charge(fields.iter().map(|f| f.len() + WORD_COST).sum());
            argv.extend(fields);
            // `set -- "$@" "$@"` doubles each time.
            if argv.len() > MAX_WORDS {
                too_many(word.span());
            }
            if argv.len() > MAX_WORDS || !affordable {
                break;
            }
        }
        argv.truncate(MAX_WORDS);
        argv
    }
}

/// Notes that a command has too many words; the note.
pub(super) fn too_many(span: Span) -> String {
    let message = format!("a command has more than {MAX_WORDS} words; the rest is not read");
    SearchLimit::note(span, message.as_str());
    message
}
