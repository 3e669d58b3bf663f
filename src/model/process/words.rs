//! What the words of a command become.

use super::follow::{Cx, Follower};
use crate::finding::prose;
use crate::model::budget::Budget;
use crate::model::search_limit::SearchLimit;
use crate::source::{Piece, Reason, Span, Text, Unknown};
use crate::syntax::shell::{Part, Word, fields};

/// The most words of a command.
pub(super) const MAX_WORDS: usize = 4_096;
/// What a word costs of the folder's budget beside its text, in bytes.
const WORD_COST: usize = 256;

impl Follower<'_> {
    /// The arguments that a word becomes. One that is not known as a whole is one unresolved argument.
    pub(super) fn fields(&self, word: &Word, cx: &Cx) -> Vec<Text> {
        if matches!(word.parts.as_slice(), [Part::Variable(v)] if v.operator.is_empty() && (v.name == "@" || v.name == "*"))
        {
            return cx.args.clone();
        }
        let fields = fields(word, &|name, span| self.lookup(name, span, cx));
        // Nothing here judges by a part of an argument.
        if let Some(why) = fields.iter().find_map(Text::why) {
            return vec![Text::unresolved(why, word.span())];
        }
        // The places of a word that a variable stands in are those of the word.
        let at_word = |f: Text| {
            if f.pieces().iter().all(Piece::verbatim) { f } else { f.with_span(word.span()) }
        };
        fields.into_iter().map(at_word).collect()
    }

    /// The arguments of a command.
    pub(super) fn argv(&self, words: &[Word], cx: &Cx) -> Vec<Text> {
        let mut argv = Vec::new();
        for word in words {
            let fields = self.fields(word, cx);
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

/// Notes that a command has too many words; what follows is not known.
pub(super) fn too_many(span: Span) -> Unknown {
    SearchLimit::note(
        span,
        prose!("a command has more than {} words; the rest is not read", MAX_WORDS),
    );
    Unknown::at(Reason::Limit("words of a command"), span)
}
