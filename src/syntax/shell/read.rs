//! The reader's state: where it is, how deep, and what was found so far.
//!
//! One pass over the bytes, by recursive descent with depth counters: POSIX "Shell Command Language",
//! 2.9 and 2.10, and the parts of the Bash manual that people write. Reading again is needed only
//! where something is never closed, and is paid from [`ShellReader::patience`], so time stays linear.

use super::blanks::Stops;
use super::*;
use crate::finding::{Prose, Quote, prose};
use std::collections::BTreeSet;
use std::ops::Range;

/// `if`, `{`, `(`, functions … inside each other; deeper, the rest is not read.
const MAX_COMPOUNDS: u32 = 200;
/// `$(`, `` ` `` and `${` inside each other; deeper, they are [`Part::Unknown`].
const MAX_WORDS: u32 = 32;
/// Errors that are kept of one script.
const MAX_ERRORS: usize = 64;
/// Bytes that may be read a second time because something before them is never closed.
const PATIENCE: usize = 256 * 1024 + 1;

/// A place in a text, and what was found so far.
pub(super) struct ShellReader<'t> {
    /// The text, with its places.
    pub(super) text: &'t Text,
    /// The next byte.
    pub(super) at: usize,
    /// Where reading stops: the end of the text, or of a line that is read again.
    pub(super) end: usize,
    /// The end of the last word, operator or closing word that was read.
    pub(super) last: usize,
    /// What could not be read.
    pub(super) errors: Vec<SyntaxError>,
    /// Closing words that the commands around this place wait for.
    pub(super) wanted: Stops,
    /// Here-documents of the current line: where the line ends, and where reading goes on after their bodies.
    pub(super) bodies: Option<(usize, usize)>,
    /// Bytes that may still be read again.
    pub(super) patience: usize,
    compounds: u32,
    words: u32,
    /// Things never closed that were reported; what holds them is not reported as well.
    unclosed: usize,
    /// A line is being read for the second time.
    again: bool,
    /// A limit was hit: stop, and blame nothing else.
    gave_up: bool,
    /// Comments that are looked for: what they begin with, and where they were found.
    pub(super) wanted_comments: Option<(&'t str, BTreeSet<(usize, usize)>)>,
}

/// Reads a whole script.
pub(super) fn read(text: &Text) -> Script {
    let mut r = ShellReader::new(text);
    let mut script = Script { windows_line_ends: windows_line_ends(text), ..Script::default() };
    if let Some(span) = script.windows_line_ends {
        let error = SyntaxError::new(
            span,
            "windows line endings: the shell takes the carriage return as part of the last word",
        );
        r.errors.push(error.help("save the file with unix line endings (LF), and keep them so with `*.sh text eol=lf` in .gitattributes"));
    }
    if text.starts_with('\u{feff}') {
        r.at = '\u{feff}'.len_utf8();
    }
    if r.starts("#!") {
        let start = r.at + 2;
        r.skip_comment();
        script.shebang = Some(text.slice(start..r.at).trim());
    }
    script.body = r.list(Stops::NONE);
    script.errors = r.errors;
    script.errors.sort_by_key(|e| e.span.start);
    script
}

/// Where comments stand that begin with `marker`.
pub(super) fn comments(text: &Text, marker: &str) -> Vec<Span> {
    let mut r = ShellReader::new(text);
    r.wanted_comments = Some((marker, BTreeSet::new()));
    r.list(Stops::NONE);
    let found = r.wanted_comments.map(|(_, found)| found).unwrap_or_default();
    found.into_iter().map(|(start, end)| text.span_of(start..end)).collect()
}

/// The first carriage return that ends a line.
fn windows_line_ends(text: &Text) -> Option<Span> {
    let at = text.find("\r\n").or_else(|| text.ends_with('\r').then(|| text.len() - 1))?;
    Some(text.span_of(at..at + 1))
}

impl<'t> ShellReader<'t> {
    pub(super) fn new(text: &'t Text) -> Self {
        Self {
            text,
            at: 0,
            end: text.len(),
            last: 0,
            errors: Vec::new(),
            wanted: Stops::NONE,
            bodies: None,
            patience: PATIENCE,
            compounds: 0,
            words: 0,
            unclosed: 0,
            again: false,
            gave_up: false,
            wanted_comments: None,
        }
    }

    /// Reads the commands of another text (a backquoted command without its escapes) with the limits of this one.
    #[inline(never)]
    pub(super) fn nested(&mut self, text: &Text) -> List {
        let mut inner = ShellReader::new(text);
        (inner.compounds, inner.words) = (self.compounds, self.words);
        (inner.patience, inner.again, inner.gave_up) = (self.patience, self.again, self.gave_up);
        inner.errors = std::mem::take(&mut self.errors);
        let list = inner.list(Stops::NONE);
        self.errors = inner.errors;
        (self.patience, self.gave_up) = (inner.patience, inner.gave_up);
        if self.gave_up {
            self.at = self.end;
        }
        list
    }

    /// Notes an error at a range of the text. `help` may be empty.
    pub(super) fn error(
        &mut self,
        range: Range<usize>,
        message: impl Into<Prose>,
        help: impl Into<Prose>,
    ) {
        self.error_at(self.text.span_of(range), message, help);
    }

    /// Notes an error at a place. `help` may be empty.
    pub(super) fn error_at(
        &mut self,
        span: Span,
        message: impl Into<Prose>,
        help: impl Into<Prose>,
    ) {
        if self.gave_up || self.errors.len() > MAX_ERRORS {
            return;
        }
        if self.errors.len() == MAX_ERRORS {
            self.errors
                .push(SyntaxError::new(span, "more errors than are worth a list from here on"));
            return;
        }
        let (error, help) = (SyntaxError::new(span, message), help.into());
        self.errors.push(if help.is_empty() { error } else { error.help(help) });
    }

    /// One step down into a compound command; `false`, and the end of reading, where that is too deep.
    pub(super) fn enter(&mut self) -> bool {
        self.compounds += 1;
        if self.compounds <= MAX_COMPOUNDS {
            return true;
        }
        let here = self.at..self.end.min(self.at + 1);
        self.error(
            here,
            prose!(
                "commands are nested deeper than {} levels; the rest is not read",
                MAX_COMPOUNDS
            ),
            "",
        );
        self.gave_up = true;
        self.at = self.end;
        false
    }

    /// One step back up.
    pub(super) fn leave(&mut self) {
        self.compounds = self.compounds.saturating_sub(1);
    }

    /// Runs `work` one step down into a word; `None` where that is too deep.
    pub(super) fn deeper<T>(
        &mut self,
        open: Range<usize>,
        work: impl FnOnce(&mut Self) -> T,
    ) -> Option<T> {
        if self.words >= MAX_WORDS {
            let message = prose!(
                "substitutions are nested deeper than {} levels; these are not read",
                MAX_WORDS
            );
            if !self.errors.iter().any(|e| e.message == message) {
                self.error(open, message, "");
            }
            return None;
        }
        self.words += 1;
        let value = work(self);
        self.words -= 1;
        Some(value)
    }

    /// Whether this place stands inside a `$( … )` or `${ … }`.
    pub(super) fn in_word(&self) -> bool {
        self.words > 0
    }

    /// Whether a line is being read for the second time, cut off from those below.
    pub(super) fn again(&self) -> bool {
        self.again
    }

    /// Runs `work` after an opener, which says whether it met the closer. Where it did not, the
    /// line alone is read again, so that the commands on the lines below are not lost in a quote.
    pub(super) fn closed<T>(
        &mut self,
        open: Range<usize>,
        what: &'static str,
        work: impl Fn(&mut Self) -> (T, bool),
    ) -> T {
        let (at, last, errors, bodies, unclosed) =
            (self.at, self.last, self.errors.len(), self.bodies, self.unclosed);
        let (value, closed) = work(self);
        if closed || self.gave_up {
            return value;
        }
        let wasted = self.at.saturating_sub(at) + 1;
        let line = self.line_end(open.end);
        if self.again || line >= self.end || self.patience < wasted {
            if self.unclosed == unclosed && !self.again {
                self.never_closed(open, what);
            }
            return value;
        }
        self.patience -= wasted;
        (self.at, self.last, self.bodies, self.unclosed) = (at, last, bodies, unclosed);
        self.errors.truncate(errors);
        self.never_closed(open, what);
        let end = std::mem::replace(&mut self.end, line);
        self.again = true;
        let (value, _) = work(self);
        self.again = false;
        self.at = line;
        self.end = end;
        value
    }

    fn never_closed(&mut self, open: Range<usize>, what: &'static str) {
        self.unclosed += 1;
        let opener = Quote::code(self.text.get(open.clone()).unwrap_or_default());
        self.error(open, prose!("`{}` is never closed", opener), what);
    }
}
