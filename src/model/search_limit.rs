//! Searches that ended before they were through.
//!
//! What was not looked at may hold what a rule asks for: a rule that is silent then means nothing. So each search that
//! stops at a limit notes the place where it stopped, and `limit-reached` reports it. Limits are far above what people
//! write. A folder is worked out by one thread, so the notes are the thread's own, like its [`Budget`](super::budget::Budget).

use crate::finding::Prose;
use crate::source::Span;
use std::cell::RefCell;

/// The most places that are noted of one stack: they are reported one by one.
const MAX_NOTES: usize = 100;

thread_local! {
    static NOTES: RefCell<Vec<SearchLimit>> = const { RefCell::new(Vec::new()) };
}

/// A search that ended early.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchLimit {
    /// The first place that was not looked at, or what asked for the search.
    pub span: Span,
    /// What was more than the limit, in lower case, without a full stop.
    pub message: Prose,
}

impl SearchLimit {
    /// Notes that a search ended at a place; each once.
    pub(crate) fn note(span: Span, message: impl Into<Prose>) {
        let note = Self { span, message: message.into() };
        NOTES.with_borrow_mut(|notes| {
            if notes.len() < MAX_NOTES && !notes.contains(&note) {
                notes.push(note);
            }
        });
    }

    /// What was noted since it was last asked for.
    pub fn take() -> Vec<Self> {
        NOTES.take()
    }
}
