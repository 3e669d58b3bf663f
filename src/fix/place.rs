//! Where a word of a command is in a file that is being changed.

use super::draft::Draft;
use crate::source::Text;
use std::ops::Range;

/// Bytes of the current text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) start: usize,
    pub(super) end: usize,
}

impl Place {
    /// Where a text is written now.
    pub(super) fn of(draft: &Draft, text: &Text) -> Option<Self> {
        if text.span().file != draft.original().id {
            // It comes from elsewhere, such as a variable: nothing can be changed there.
            return Some(Self { start: usize::MAX, end: usize::MAX });
        }
        let now = draft.now(text.span())?;
        Some(Self { start: now.start as usize, end: now.end as usize })
    }

    /// The bytes of a text that are written here; `None` where it is not written in it byte for byte.
    pub(super) fn within(self, text: &Text) -> Option<Range<usize>> {
        let last = self.end.checked_sub(1).filter(|l| *l >= self.start)?;
        Some(offset(text, self.start)?..offset(text, last)? + 1)
    }
}

/// The byte of a text that is written at a place.
fn offset(text: &Text, place: usize) -> Option<usize> {
    text.pieces().iter().find_map(|piece| {
        let src = piece.src.range();
        if !src.contains(&place) {
            return None;
        }
        Some(piece.at as usize + if piece.verbatim() { place - src.start } else { 0 })
    })
}
