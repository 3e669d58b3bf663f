//! The errors of a file, few of them: a file that is no Dockerfile has an error in every line.

use crate::finding::{Prose, Quote, prose};
use crate::source::Span;
use crate::syntax::SyntaxError;

/// The most characters of a word that a message repeats: enough to find it by.
const MAX_SHOWN_CHARS: usize = 32;

/// How many errors are told one by one.
pub(super) const MAX_ERRORS: usize = 20;

/// Collects errors up to [`MAX_ERRORS`].
#[derive(Debug, Default)]
pub(super) struct Report {
    errors: Vec<SyntaxError>,
    /// The place of the first error that was left out, and how many were.
    left_out: Option<(Span, usize)>,
}

impl Report {
    /// Adds an error, or counts it where there are too many.
    pub(super) fn push(&mut self, span: Span, message: Prose, help: Option<Prose>) {
        if self.errors.len() < MAX_ERRORS {
            let error = SyntaxError::new(span, message);
            self.errors.push(match help {
                Some(help) => error.help(help),
                None => error,
            });
        } else {
            self.left_out.get_or_insert((span, 0)).1 += 1;
        }
    }

    /// Adds an error that is about the file as such and therefore stands before the others.
    pub(super) fn push_front(&mut self, error: SyntaxError) {
        self.errors.insert(0, error);
        if self.errors.len() > MAX_ERRORS
            && let Some(last) = self.errors.pop()
        {
            let count = self.left_out.map_or(0, |(_, count)| count);
            self.left_out = Some((last.span, count + 1));
        }
    }

    /// The errors, with one that says how many were left out.
    pub(super) fn finish(mut self) -> Vec<SyntaxError> {
        if let Some((span, count)) = self.left_out {
            let more = if count == 1 {
                "1 more error is left out".into()
            } else {
                prose!("{} more errors are left out", count)
            };
            self.errors.push(
                SyntaxError::new(span, more)
                    .help("mend the first ones; if this is no Dockerfile, take it off the list"),
            );
        }
        self.errors
    }
}

/// Text from the file for a message: short, and without characters that move the cursor.
pub(super) fn shown(text: &str) -> Quote {
    let mut out: String = text
        .chars()
        .take(MAX_SHOWN_CHARS)
        .map(|c| if c.is_control() { '\u{fffd}' } else { c })
        .collect();
    if text.chars().nth(32).is_some() {
        out.push('…');
    }
    Quote::code(&out)
}
