//! Values that neither a sign nor a blank joins to their name: cells of a table, the item behind a name in a list, the word
//! behind a dash or in brackets, the patterns of `case` and of nginx's `map`.

use super::scan::{Around, Named, Values};
use super::{blank, harmless, run, run_back, space, unlike_word};
use crate::facts::{between, of_sentence};
use std::ops::Range;

/// Lines of a table, a `map` or a `case` that are looked at.
const MAX_ROWS: usize = 60;

impl Values<'_> {
    /// `IDENTIFIED BY 'v'`: what is quoted up to the end of the statement.
    pub(super) fn identified(&mut self, at: usize) {
        let line = self.line_end(at);
        let end = run(&self.text[..line], at, |b| b != b';');
        let quote = |b: u8| matches!(b, b'"' | b'\'');
        let first = run(&self.text[..end], at, |b| !quote(b));
        let last = run_back(&self.text[..end], end, |b| !quote(b));
        if first + 1 < last {
            self.mask(first + 1..last - 1);
        }
        self.done = self.done.max(end);
    }

    /// `| password | v |`
    pub(super) fn cell(&mut self, at: usize) {
        let start = self.blanks(at);
        let end = self.line_end(at);
        let end = run(self.slice(0..end), start, |b| b != b'|');
        let cell = self.slice(start..end).trim_ascii_end().len();
        let rule = self.slice(start..start + cell).iter().all(|b| matches!(b, b'-' | b':'));
        if !rule {
            self.mask(start..start + cell);
        }
    }

    /// Looks at what stands behind a name where it is joined in a way of its own; whether it is.
    pub(super) fn marked(&mut self, named: &Named, next: usize) -> bool {
        let capitals = !self.slice(named.name.clone()).iter().any(u8::is_ascii_lowercase);
        let begins = named.around == Around::Line || self.prefix(named.name.start) == Some(b"");
        let spaced = next > named.name.end;
        match self.byte(next) {
            Some(b';') if capitals && self.prefix(named.name.start) == Some(b"") => {
                self.last_word(next + 1)
            }
            Some(0xe2)
                if begins && matches!(self.slice(next..next + 3), [_, 0x80, 0x93 | 0x94]) =>
            {
                self.last_word(next + 3)
            }
            Some(b'-') if begins && spaced && self.byte(next + 1).is_some_and(blank) => {
                self.last_word(next + 1)
            }
            Some(b'(') if spaced => self.in_brackets(next),
            Some(b'|') if self.prefix(named.name.start) != Some(b"|") => self.column(named),
            Some(b',') if capitals => self.next_item(named, next),
            None | Some(b'\n' | b'\r') if capitals => self.item_below(named),
            Some(_) => self.pattern(next),
            None => false,
        }
    }

    /// The only word up to the end of the line.
    fn last_word(&mut self, at: usize) -> bool {
        let end = self.line_end(at);
        let start = self.blanks(at);
        if self.slice(start..end).iter().any(|b| blank(*b)) {
            return false;
        }
        let (word, plain) = self.word_of_sentence(start);
        if plain || harmless::bare(self.slice(word.clone())) {
            return false;
        }
        self.segments(word, 0)
    }

    /// `The password (v) must be changed.`
    fn in_brackets(&mut self, open: usize) -> bool {
        let end = self.line_end(open);
        let close = run(&self.text[..end], open + 1, |b| b != b')');
        let word = self.slice(open + 1..close);
        let secret = close < end && unlike_word(word);
        if secret {
            self.mask(open + 1..close);
        }
        secret
    }

    /// `| user | password |` above the line that makes it a table: the cells below the name.
    fn column(&mut self, named: &Named) -> bool {
        let line = self.line(named.name.start);
        let bars = |text: &[u8]| text.iter().filter(|b| **b == b'|').count();
        let column = bars(self.slice(line.start..named.name.start));
        let mut rows = 0;
        let mut at = line.end + 1;
        while rows < MAX_ROWS && at < self.text.len() {
            let end = run(self.text, at, |b| b != b'\n');
            let row = self.slice(at..end);
            let rule = row.iter().all(|b| matches!(b, b'|' | b'-' | b':' | b' ' | b'\r'));
            if !row.contains(&b'|') || rule != (rows == 0) {
                break;
            }
            let mut cells = row.split(|b| *b == b'|').scan(at, |start, cell| {
                let from = *start;
                *start += cell.len() + 1;
                Some(from..from + cell.len())
            });
            if let Some(cell) = cells.nth(column).filter(|_| !rule) {
                let (word, plain) = self.word_of_sentence(self.blanks(cell.start));
                let shown = self.slice(cell).trim_ascii();
                if !plain && !shown.is_empty() && !harmless::bare(shown) {
                    let end = word.start + shown.len();
                    let end = run_back(&self.text[..end], end, |b| {
                        matches!(b, b' ' | b'|' | b'`' | b'*' | b'\r')
                    });
                    self.mask(word.start..end.max(word.end));
                }
            }
            rows += 1;
            at = end + 1;
        }
        rows > 1
    }

    /// `[DB_PASSWORD, v]`, a list whose items should have been one.
    fn next_item(&mut self, named: &Named, comma: usize) -> bool {
        let first =
            run_back(self.text, named.name.start, |b| blank(b) || matches!(b, b'"' | b'\''));
        let list = first.checked_sub(1).filter(|at| self.text[*at] == b'[');
        let key = list.map(|at| run_back(self.text, at, blank));
        if key.and_then(|at| at.checked_sub(1)).is_none_or(|at| self.text[at] != b':') {
            return false;
        }
        let quote = |b: u8| matches!(b, b'"' | b'\'');
        let at = run(self.text, self.blanks(comma + 1), quote);
        let end = run(self.text, at, |b| !space(b) && !quote(b) && !matches!(b, b',' | b']'));
        let value = at..end;
        if self.is_item(value.clone()) { self.segments(value, 0) } else { false }
    }

    /// A name that is an item by itself, and the item below it that is its value.
    fn item_below(&mut self, named: &Named) -> bool {
        let line = self.line(named.name.start);
        if !self.slice(line.start..named.name.start).trim_ascii().ends_with(b"-") {
            return false;
        }
        let indent = run(self.text, line.start, blank) - line.start;
        let next = line.end + 1;
        let dash = run(self.text, next, blank);
        if dash - next.min(dash) != indent || !self.slice(dash..dash + 2).starts_with(b"- ") {
            return false;
        }
        let at = self.blanks(dash + 1);
        let end = self.line_end(at);
        if self.is_item(at..end) { self.segments(at..end, 0) } else { false }
    }

    /// Whether an item can be the value of the one before it, rather than the name of another variable.
    fn is_item(&self, item: Range<usize>) -> bool {
        let text = self.slice(item.clone());
        !text.is_empty()
            && !text.iter().any(|b| blank(*b) || matches!(b, b'=' | b':'))
            && !harmless::bare(text)
            && !text.iter().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || *b == b'_')
    }

    /// `case "$DB_PASSWORD" in v)`
    fn pattern(&mut self, at: usize) -> bool {
        if !self.text[at..].starts_with(b"in") || !self.byte(at + 2).is_some_and(space) {
            return false;
        }
        let line = self.line(at);
        let before = self.slice(line.start..at).trim_ascii_start();
        if !before.starts_with(b"case ") {
            return false;
        }
        let mut next = at + 2;
        for _ in 0..MAX_ROWS {
            let start = run(self.text, next, |b| space(b) || matches!(b, b'(' | b'"' | b'\''));
            let end = run(self.text, start, |b| !space(b) && b != b')');
            if self.byte(end) != Some(b')') {
                break;
            }
            let shown = run_back(&self.text[..end], end, |b| matches!(b, b'"' | b'\''));
            let pattern = self.slice(start..shown.max(start));
            if !pattern.starts_with(b"*") && !harmless::bare(pattern) {
                self.segments(start..shown, 0);
            }
            let body = self.slice(end..self.text.len().min(end + 2_000));
            let Some(done) = body.windows(2).position(|w| w == b";;") else { break };
            next = end + done + 2;
        }
        self.done = self.done.max(at);
        true
    }

    /// `map $http_x_token $ok { "v" 1; default 0; }`: what a variable that tells of a secret is compared with.
    pub(super) fn entries(&mut self, at: usize) {
        let open = run(self.text, at, |b| !matches!(b, b'{' | b';' | b'\n'));
        let line = self.line_end(at);
        let open = if self.byte(open) == Some(b'\n') { run(self.text, line, space) } else { open };
        if self.byte(open) != Some(b'{') {
            return;
        }
        let mut next = open + 1;
        for _ in 0..MAX_ROWS {
            let start = run(self.text, next, space);
            if matches!(self.byte(start), None | Some(b'}')) {
                break;
            }
            let end = match self.byte(start) {
                Some(b'#') => run(self.text, start, |b| b != b'\n'),
                Some(quote @ (b'"' | b'\'')) => {
                    let close = run(self.text, start + 1, |b| b != quote && b != b'\n');
                    self.entry(start + 1..close);
                    close
                }
                _ => {
                    let end = run(self.text, start, |b| !space(b) && b != b';');
                    self.entry(start..end);
                    end
                }
            };
            next = run(self.text, end, |b| !matches!(b, b';' | b'}' | b'\n'));
            next += usize::from(self.byte(next) == Some(b';'));
        }
        self.done = self.done.max(next.min(self.text.len()));
    }

    fn entry(&mut self, word: Range<usize>) {
        let text = self.slice(word.clone());
        let keyword = matches!(text, b"default" | b"hostnames" | b"include" | b"volatile" | b"");
        if !keyword && text.iter().any(u8::is_ascii_alphanumeric) {
            self.mask(word);
        }
    }

    /// `the password of the database is v`: where the word follows that precedes the value.
    pub(super) fn after_genitive(&self, at: usize) -> Option<usize> {
        const MAX_WORDS: usize = 6;
        let mut next = at;
        for index in 0..MAX_WORDS {
            let (word, _) = self.word_of_sentence(next);
            let lower = self.slice(word.clone()).to_ascii_lowercase();
            let lower = std::str::from_utf8(&lower).ok()?;
            match index {
                0 if !matches!(lower, "of" | "for" | "to" | "in" | "on") => return None,
                0 => {}
                _ if between(lower) => return Some(next),
                _ if matches!(self.byte(word.end), None | Some(b'.' | b';' | b'\n')) => {
                    return None;
                }
                _ => {}
            }
            next = self.blanks(word.end);
            if of_sentence(lower) && index > 3 {
                return None;
            }
        }
        None
    }

    /// The word of a command below an option that ends its line: a command over lines.
    pub(super) fn word_below(&mut self, named: &Named, at: usize) {
        let line = self.line(named.name.start);
        let indent = |start: usize| run(self.text, start, blank) - start;
        let start = run_back(self.text, at, blank);
        let item = self.slice(line.clone()).trim_ascii_start();
        let end = run(self.text, at, |b| !space(b));
        let word = self.slice(at..end);
        let own = item.starts_with(b"-") && !item.starts_with(b"- ");
        let same = own && indent(start) >= indent(line.start);
        if same && !word.starts_with(b"-") && !word.ends_with(b":") {
            self.shell_word(at, named);
        }
    }
}
