//! Values of the project that know where each of their bytes was written: what is secret there is secret here.

use super::guard::{Guard, MASK};
use super::safe::SafeText;
use super::secret;
use crate::finding::{Quote, QuoteKind, prose};
use crate::source::{Piece, Text};
use std::ops::Range;

impl Guard<'_> {
    /// A value on one line, cut as a sentence is.
    pub(super) fn text(&self, text: &Text) -> SafeText {
        self.value(&self.pieces(text))
    }

    /// What of a value is secret at its places.
    pub(super) fn secret_parts(&self, text: &Text) -> Vec<Range<usize>> {
        let of_piece = |piece: &Piece| {
            let (at, len) = (piece.at as usize, piece.len as usize);
            let shown = text.as_str().get(at..at + len).unwrap_or_default();
            let local = match piece.verbatim() {
                true => self.local(piece),
                false if self.covers(piece) && !secret::harmless(shown) => {
                    std::iter::once(0..len).collect()
                }
                false => Vec::new(),
            };
            local.into_iter().map(move |r| at + r.start..at + r.end)
        };
        text.pieces().iter().flat_map(of_piece).collect()
    }

    /// A value with what is secret at its places masked, and with the reasons for what is not known of it between `«`
    /// and `»`.
    pub(super) fn pieces(&self, text: &Text) -> String {
        let mut out = String::with_capacity(text.as_str().len());
        for piece in text.pieces() {
            let (at, len) = (piece.at as usize, piece.len as usize);
            let shown = text.as_str().get(at..at + len).unwrap_or_default();
            match piece.unknown() {
                Some(_) if self.covers(piece) => out.push_str(&format!("«{MASK}»")),
                Some(why) => {
                    out.push('«');
                    out.push_str(self.line(&prose!("{}", why)).as_str());
                    out.push('»');
                }
                None if piece.verbatim() => {
                    out.push_str(&secret::masked(shown, &self.local(piece)));
                }
                None if self.covers(piece) && !secret::harmless(shown) => out.push_str(MASK),
                None => out.push_str(shown),
            }
        }
        out
    }

    /// What is shown of a quote whose bytes were taken from files, where some of them are secret there.
    pub(super) fn with_pieces(&self, quote: &Quote) -> Option<String> {
        let text = quote.text.as_str();
        let mut found: Vec<Range<usize>> = Vec::new();
        for (at, span) in &quote.pieces {
            let (file, range) = (self.file(span.file), span.range());
            let first = file.ranges.partition_point(|m| m.end <= range.start);
            let rest = file.ranges.get(first..).unwrap_or_default();
            found.extend(rest.iter().take_while(|m| m.start < range.end).map(|m| {
                at + m.start.max(range.start) - range.start..at + m.end.min(range.end) - range.start
            }));
        }
        found.retain(|r| text.get(r.clone()).is_some());
        if found.is_empty() {
            return None;
        }
        if quote.kind != QuoteKind::Name {
            found.extend(self.ranges_of_text(text));
        }
        Some(secret::masked(text, &secret::merge(found)))
    }

    /// The secret ranges of a file that touch a place in it.
    fn touching(&self, piece: &Piece) -> Vec<Range<usize>> {
        let (file, range) = (self.file(piece.src.file), piece.src.range());
        let first = file.ranges.partition_point(|m| m.end <= range.start);
        let rest = file.ranges.get(first..).unwrap_or_default();
        rest.iter().take_while(|m| m.start < range.end).cloned().collect()
    }

    fn covers(&self, piece: &Piece) -> bool {
        !self.touching(piece).is_empty()
    }

    /// What is secret of a piece that stands in its file byte for byte: ranges of the piece.
    fn local(&self, piece: &Piece) -> Vec<Range<usize>> {
        let (start, len) = (piece.src.start as usize, piece.len as usize);
        let local =
            |m: &Range<usize>| m.start.saturating_sub(start).min(len)..(m.end - start).min(len);
        self.touching(piece).iter().map(local).collect()
    }

    /// The words of a command line with its secrets masked. They are looked at together as well: an option tells that
    /// the next word is a password.
    pub(super) fn words(&self, words: &[String]) -> Vec<String> {
        let line = words.join(" ");
        let found = secret::ranges(&line, &[]);
        let mut next = 0;
        let masked = |word: &String| {
            let (start, end) = (next, next + word.len());
            next = end + 1;
            let (mut out, mut at) = (String::new(), start);
            for range in found.iter().filter(|r| r.start < end && r.end > start) {
                out.push_str(line.get(at..range.start.max(at)).unwrap_or_default());
                out.push_str(MASK);
                at = range.end.clamp(at, end);
            }
            out.push_str(line.get(at..end).unwrap_or_default());
            self.masked(&out)
        };
        words.iter().map(masked).collect()
    }
}
