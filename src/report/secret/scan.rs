//! Names of secrets in any text, and what follows each: the value is looked for as far as the name reaches, whatever
//! the language. Where it is not clear, more is masked rather than less.

use super::{blank, run, run_back, word};
use crate::facts::{
    Telling, identifies, instruction, keyed, redis_directives, takes_password, telling_name,
};
use std::collections::HashSet;
use std::ops::Range;

/// Bytes before a name in which the start of its line is looked for.
const NEAR: usize = 64;
/// Bytes before a name in which a quote that is open is looked for.
const FAR: usize = 512;

/// What stands around a name, by which it is told where a value ends that no quote closes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Around {
    /// It begins its line.
    Line,
    /// It begins a text in quotes that goes on.
    Quoted(u8),
    /// It is in quotes of its own.
    Key,
    /// It stands behind a bracket or comma.
    Inline,
    /// It is a word among others.
    Word,
}

/// A name and the sign behind it.
#[derive(Debug, Clone)]
pub(super) struct Named {
    pub(super) name: Range<usize>,
    pub(super) around: Around,
    /// Whether a colon is the sign.
    pub(super) colon: bool,
}

/// Looks through a text.
pub(super) struct Values<'t> {
    pub(super) text: &'t [u8],
    pub(super) found: Vec<Range<usize>>,
    /// All before is done with.
    pub(super) done: usize,
    /// Whether the name is that of a password, not of a key or token.
    pub(super) password: bool,
    line: Range<usize>,
    /// The line without the blanks around it.
    shown: Range<usize>,
    /// Where a quote closes that was looked for last: the quote, from where, and the place.
    pub(super) closed: (u8, Range<usize>, Option<usize>),
    anchors: Option<HashSet<&'t [u8]>>,
}

/// A byte of a name.
pub(super) fn of_name(byte: u8) -> bool {
    word(byte) || matches!(byte, b'-' | b'.')
}

impl<'t> Values<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self {
            text: text.as_bytes(),
            found: Vec::new(),
            done: 0,
            password: false,
            line: 0..0,
            shown: 0..0,
            closed: (0, 0..0, None),
            anchors: None,
        }
    }

    /// The values, in the order of their names.
    pub(super) fn find(mut self) -> Vec<Range<usize>> {
        let mut at = 0;
        while at < self.text.len() {
            if !of_name(self.text[at]) {
                at += 1;
                continue;
            }
            // In `${KEY-v}` the name ends before the sign.
            let braced = self.text[..at].ends_with(b"${");
            let end = run(self.text, at, if braced { word } else { of_name }).max(at + 1);
            let name = self.trimmed_name(at..end);
            at = end;
            if name.is_empty() || name.start < self.done {
                continue;
            }
            match telling_name(&self.text[name.clone()]) {
                Some(telling) => self.after_name(name, telling),
                None => self.after_word(name),
            }
        }
        self.found
    }

    /// A name without the points and dashes at its end that belong to the sentence.
    fn trimmed_name(&self, name: Range<usize>) -> Range<usize> {
        let end = run_back(self.text, name.end, |b| matches!(b, b'.' | b'-')).max(name.start);
        name.start..end
    }

    pub(super) fn byte(&self, at: usize) -> Option<u8> {
        self.text.get(at).copied()
    }

    pub(super) fn blanks(&self, at: usize) -> usize {
        run(self.text, at, blank)
    }

    pub(super) fn slice(&self, range: Range<usize>) -> &'t [u8] {
        self.text.get(range).unwrap_or_default()
    }

    /// The line that holds `at`, without its break.
    pub(super) fn line(&mut self, at: usize) -> Range<usize> {
        if !(self.line.start <= at && at <= self.line.end && self.line.end > 0) {
            let start = run_back(self.text, at, |b| b != b'\n');
            self.line = start..run(self.text, start, |b| b != b'\n');
            let text = self.slice(self.line.clone());
            let first = start + text.len() - text.trim_ascii_start().len();
            self.shown = first..first + text.trim_ascii().len();
        }
        self.line.clone()
    }

    /// The end of the line, without blanks and the break.
    pub(super) fn line_end(&mut self, at: usize) -> usize {
        let line = self.line(at);
        self.shown.end.max(at.min(line.end))
    }

    /// Whether an anchor of that name is set anywhere.
    pub(super) fn anchored(&mut self, name: &[u8]) -> bool {
        let text = self.text;
        let anchors = self.anchors.get_or_insert_with(|| {
            let signs = text.iter().enumerate().filter(|(_, b)| **b == b'&');
            signs.map(|(at, _)| &text[at + 1..run(text, at + 1, of_name)]).collect()
        });
        anchors.contains(name)
    }

    /// What stands between the start of the line and `at`, where that is near, without signs of lists and comments.
    pub(super) fn prefix(&mut self, at: usize) -> Option<&'t [u8]> {
        let line = self.line(at);
        let prefix = (at - line.start <= NEAR).then(|| self.slice(line.start..at))?;
        let mut prefix = prefix.strip_prefix(b"\xef\xbb\xbf").unwrap_or(prefix).trim_ascii();
        while let Some((first, rest)) = prefix.split_first() {
            // A dash that is one of an option stays.
            let sign = matches!(first, b'#' | b'/' | b'*' | b';' | b'>' | b'?' | b'!' | b'+')
                || *first == b'-' && rest.first().is_none_or(|b| blank(*b));
            if !sign {
                break;
            }
            prefix = rest.trim_ascii();
        }
        Some(prefix)
    }

    fn around(&mut self, name: &Range<usize>, closed: bool) -> Around {
        let before = name.start.checked_sub(1).and_then(|at| self.byte(at));
        if let Some(quote @ (b'"' | b'\'' | b'`')) = before {
            return if closed { Around::Key } else { Around::Quoted(quote) };
        }
        self.line(name.start);
        let commented = self.byte(self.shown.start) == Some(b'#');
        if let Some(prefix) = self.prefix(name.start) {
            let mut words = prefix.split(|b| blank(*b)).filter(|w| !w.is_empty());
            let lead = |w: &[u8]| {
                let lower = w.to_ascii_lowercase();
                w.starts_with(b"-") && w.len() == 2
                    || matches!(
                        lower.as_slice(),
                        b"export"
                            | b"env"
                            | b"arg"
                            | b"label"
                            | b"set"
                            | b"declare"
                            | b"local"
                            | b"readonly"
                            | b"setx"
                            | b"typeset"
                            | b"const"
                            | b"let"
                            | b"var"
                            | b"define"
                            | b"override"
                    )
            };
            let docker = words.clone().next().is_some_and(|w| w.starts_with(b"-"));
            if words.all(lead) && !docker || commented {
                return Around::Line;
            }
        }
        let shown = run_back(self.text, name.start, blank);
        match shown.checked_sub(1).and_then(|at| self.byte(at)) {
            Some(b'{' | b'[' | b'(' | b',') => Around::Inline,
            _ => Around::Word,
        }
    }

    /// The quote that is open before `at` on its line.
    pub(super) fn open_quote(&mut self, at: usize) -> Option<u8> {
        let line = self.line(at);
        let mut open = None;
        let mut before = b' ';
        for byte in self.slice(line.start.max(at.saturating_sub(FAR))..at) {
            match open {
                Some(quote) if *byte == quote && before != b'\\' => open = None,
                None if matches!(byte, b'"' | b'\'') && !word(before) => open = Some(*byte),
                _ => {}
            }
            before = *byte;
        }
        open
    }

    /// Looks at what follows a name that tells of a secret.
    fn after_name(&mut self, name: Range<usize>, telling: Telling) {
        self.password = telling.password;
        let (start, end) = (name.start, name.end);
        if self.text[..start].ends_with(b"${") {
            let line = self.line_end(end);
            self.reference(start - 2, line);
            return;
        }
        let option = self.text[start] == b'-';
        let quoted = matches!(self.byte(end), Some(b'"' | b'\'' | b'`'))
            || self.byte(end) == Some(b'\\') && matches!(self.byte(end + 1), Some(b'"' | b'\''));
        let around = self.around(&name, quoted);
        // A part of a path names a place.
        let in_path = start > 0 && self.text[start - 1] == b'/' && around != Around::Line;
        let closed =
            run(self.text, end, |b| matches!(b, b'"' | b'\'' | b'`' | b'\\' | b']' | b')' | b'*'));
        let next = self.blanks(closed);
        let named = Named { name: name.clone(), around, colon: false };
        let sign = match (self.byte(next), self.byte(next + 1), self.byte(next + 2)) {
            (Some(b'<'), Some(b'<'), Some(b'<')) => 3,
            (Some(b':' | b'?' | b'+' | b'!' | b'='), Some(b'='), _) => 2,
            (Some(b'='), Some(b'>' | b'~'), _) | (Some(b'-'), Some(b'>'), _) => 2,
            (Some(b':' | b'='), ..) => 1,
            _ => 0,
        };
        let colon = sign == 1 && self.byte(next) == Some(b':');
        if telling.faint {
            // `auth: x` is a service more often than a secret.
            let value = self.blanks(next + sign);
            let literal = matches!(self.byte(value), Some(b'"' | b'\'' | b'('));
            if sign == 0 || !literal {
                return;
            }
        }
        if sign > 0 {
            let capitals = !self.slice(name.clone()).iter().any(u8::is_ascii_lowercase);
            let attached = colon && self.byte(next + 1).is_some_and(|b| !b.is_ascii_whitespace());
            let doubtful = attached
                && !capitals
                && (self.slice(name).contains(&b'-') || around == Around::Word)
                && !quoted;
            if !(doubtful || in_path && attached) {
                self.assigned(&Named { colon, ..named }, next + sign);
            }
            return;
        }
        if in_path || self.marked(&named, next) {
            return;
        }
        match self.byte(next) {
            Some(b',') => self.after_comma(&named, next + 1, quoted, option),
            Some(b'(') if next == end => self.call(next),
            Some(b'"' | b'\'' | b'`') if next > closed || quoted && closed == next => {
                self.string(next, &named);
            }
            Some(b'|') if self.prefix(start) == Some(b"|") => self.cell(next + 1),
            None | Some(b'\n' | b'\r') => self.end_of_line(&named, closed, option),
            Some(_) if closed > end && (quoted || self.byte(end) != Some(b'*')) => {
                self.operator(next, &named);
                self.spoken(next);
            }
            Some(_) if next > end => self.spaced(&named, next, option),
            _ => {}
        }
    }

    /// Looks at what follows a word that tells of no secret by itself.
    fn after_word(&mut self, name: Range<usize>) {
        if name.len() < 3 || name.len() > NEAR {
            return;
        }
        let next = self.byte(name.end);
        if !matches!(next, Some(b'(' | b' ' | b'\t')) {
            return;
        }
        let lower = self.slice(name.clone()).to_ascii_lowercase();
        let last = lower.rsplit(|b| *b == b'.').next().unwrap_or_default();
        let Ok(lower) = std::str::from_utf8(last) else { return };
        if next == Some(b'(') {
            if takes_password(lower) {
                self.call(name.end);
            }
        } else if keyed(lower) {
            let end = self.line_end(name.end);
            self.mask(self.blanks(name.end)..end);
        } else if identifies(lower) {
            self.identified(name.end);
        }
    }

    /// Takes a value that follows a name after white space.
    fn spaced(&mut self, named: &Named, at: usize, option: bool) {
        let first = named.name.start;
        if option {
            if self.byte(at) != Some(b'-') {
                self.shell_word(at, named);
            }
            return;
        }
        let prefix = self.prefix(first);
        // Several directives may share a line.
        let lead = prefix.unwrap_or_default().rsplit(|b| matches!(b, b'{' | b';')).next();
        let lead = lead.unwrap_or_default().trim_ascii().to_ascii_lowercase();
        if lead == b"map $" {
            self.entries(at);
            return;
        }
        let directive = std::str::from_utf8(&lead)
            .is_ok_and(|w| instruction(w.trim_end_matches('$').trim_end()));
        let name = self.slice(named.name.clone()).to_ascii_lowercase();
        let redis = redis_directives().any(|d| d.as_bytes() == name.as_slice());
        // `# set_token v;`, a directive that was put out of use.
        let line = self.line_end(at);
        let rest = self.slice(at..line);
        let unused = self.byte(self.shown.start) == Some(b'#')
            && !(name.ends_with(b"_pass") && is_nginx_directive(&name))
            && rest.ends_with(b";")
            && !rest.iter().any(|b| blank(*b));
        if directive || redis || unused {
            self.rest_of_directive(at, named);
            return;
        }
        let capitals = !self.slice(named.name.clone()).iter().any(u8::is_ascii_lowercase);
        let word = self.word_of_sentence(at);
        let begins = matches!(prefix, Some(b"" | b"export"));
        if begins && capitals && !word.1 && !self.names_variable(at) {
            self.plain(at, named);
        } else {
            self.spoken(at);
        }
    }

    /// Whether what stands there is the name of a variable.
    pub(super) fn names_variable(&self, at: usize) -> bool {
        let end = run(self.text, at, |b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_');
        end > at + 2 && self.byte(end).is_none_or(|b| b.is_ascii_whitespace())
    }

    /// `set $api_token "v";`, `ENV KEY v`, `requirepass v`.
    fn rest_of_directive(&mut self, at: usize, named: &Named) {
        if matches!(self.byte(at), Some(b'"' | b'\'')) {
            self.string(at, named);
            return;
        }
        let line = self.line_end(at);
        let rest = self.slice(at..line);
        let ends = rest.windows(1).position(|w| w == b";").filter(|i| i + 1 == rest.len());
        self.segments(at..ends.map_or(line, |i| at + i), 0);
        self.done = self.done.max(line);
    }
}

/// Whether nginx has a directive of this name: what `proxy_pass` names is an address.
fn is_nginx_directive(name: &[u8]) -> bool {
    std::str::from_utf8(name).is_ok_and(|name| !crate::facts::nginx_directives(name).is_empty())
}
