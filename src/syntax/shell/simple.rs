//! Simple commands: assignments, words, redirects and here-documents (POSIX shell, 2.7 and 2.9.1).

use super::blanks::{is_meta, name_len};
use super::read::ShellReader;
use super::words::Mode;
use super::{Command, Item, Joined, List, Part, Redirect, Simple, Variable, Word};
use crate::finding::{Quote, prose};
use crate::source::Text;
use std::ops::Range;

/// An index in `NAME[index]=value` that is looked at, in bytes.
const MAX_INDEX_CHARS: usize = 256;

impl ShellReader<'_> {
    /// Words up to an operator or the end of the line; a function where `()` follows the first word.
    pub(super) fn simple(&mut self) -> Command {
        let mut simple = Simple::default();
        loop {
            self.skip_blanks();
            let start = self.at;
            if self.redirect(&mut simple.redirects) {
                continue;
            }
            match self.byte() {
                Some(b'(') => {
                    if let Some(name) = self.function_name(&simple) {
                        return self.function(name);
                    }
                    self.error(
                        start..start + 1,
                        "unexpected `(`",
                        "put it in quotes if it belongs to a word",
                    );
                    break;
                }
                Some(b'<' | b'>') => {}
                Some(b) if !is_meta(b) && self.break_len(start) == 0 => {}
                _ => break,
            }
            if simple.words.is_empty() && self.assignment(&mut simple) {
                continue;
            }
            let word = self.word(Mode::Command);
            if self.at == start {
                break;
            }
            simple.words.push(word);
        }
        Command::Simple(simple)
    }

    /// The name of a function, where the only word so far is followed by `()`.
    fn function_name(&mut self, simple: &Simple) -> Option<Text> {
        let [name] = simple.words.as_slice() else { return None };
        if !simple.assignments.is_empty() || !simple.redirects.is_empty() {
            return None;
        }
        self.parentheses().then(|| name.raw.clone())
    }

    /// Takes `()` if it comes next.
    fn parentheses(&mut self) -> bool {
        let inner = self.rest_at(self.at + 1);
        let blanks = inner.iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
        let found = self.byte() == Some(b'(') && inner.get(blanks) == Some(&b')');
        if found {
            self.at += blanks + 2;
            self.last = self.at;
        }
        found
    }

    /// `function name [()]`, after the word `function`.
    pub(super) fn function_keyword(&mut self) -> Command {
        self.skip_blanks();
        let name = self.word(Mode::Command).raw;
        self.skip_blanks();
        self.parentheses();
        self.function(name)
    }

    /// A function's body.
    fn function(&mut self, name: Text) -> Command {
        let body = if self.enter() { self.function_body(&name) } else { List::default() };
        self.leave();
        Command::Function { name, body }
    }

    fn function_body(&mut self, name: &Text) -> List {
        self.skip_space();
        let start = self.at;
        let mut redirects = Vec::new();
        let command = if self.at >= self.end || self.closer().is_some() {
            Command::Opaque
        } else {
            self.command(&mut redirects)
        };
        if self.at == start {
            self.error_at(
                name.span(),
                prose!("function `{}` has no body", name),
                "write the body as `{ …; }`",
            );
            return List::default();
        }
        match command {
            Command::Group(list) if redirects.is_empty() => list,
            command => {
                let span = self.text.span_of(start..self.last);
                List {
                    items: vec![Item {
                        joined: Joined::Then,
                        negated: false,
                        background: false,
                        command,
                        redirects,
                        span,
                    }],
                }
            }
        }
    }

    /// Takes `NAME=value`, `NAME+=value` or `NAME[index]=value`.
    fn assignment(&mut self, simple: &mut Simple) -> bool {
        let start = self.at;
        let rest = self.rest();
        let name = name_len(rest);
        if name == 0 {
            return false;
        }
        let index = match rest.get(name) {
            Some(b'[') => {
                let found = rest
                    .iter()
                    .take(name + MAX_INDEX_CHARS)
                    .skip(name)
                    .position(|b| matches!(b, b']' | b'\n'));
                found.filter(|len| rest.get(name + len) == Some(&b']')).map_or(0, |len| len + 1)
            }
            _ => 0,
        };
        let operator = match (rest.get(name + index), rest.get(name + index + 1)) {
            (Some(b'='), _) => 1,
            (Some(b'+'), Some(b'=')) => 2,
            _ => return false,
        };
        let value = start + name + index + operator;
        self.at = value;
        let mut word = match self.byte() {
            Some(b'(') => self.array_word(),
            _ => self.word(Mode::Command),
        };
        self.last = self.at;
        if index > 0 {
            word.parts.insert(0, Part::Unknown);
        } else if operator == 2 {
            // What `+=` adds to: the old value, or nothing.
            let name = self.text.get(start..start + name).unwrap_or_default().to_owned();
            let span = self.text.span_of(start..value);
            word.parts.insert(
                0,
                Part::Variable(Variable {
                    name,
                    index: None,
                    operator: "-".into(),
                    argument: None,
                    quoted: true,
                    span,
                }),
            );
        }
        simple.assignments.push((self.text.slice(start..start + name), word));
        true
    }

    fn array_word(&mut self) -> Word {
        let start = self.at;
        let values = self.array();
        Word { raw: self.text.slice(start..self.at), parts: vec![Part::Array(values)] }
    }

    /// Bytes of the redirect operator that comes next, with its descriptor.
    pub(super) fn redirect_len(&self) -> Option<usize> {
        let rest = self.rest();
        let descriptor = match rest.first()? {
            b'{' => {
                let name = name_len(rest.get(1..)?);
                if name == 0 || rest.get(1 + name) != Some(&b'}') {
                    return None;
                }
                name + 2
            }
            b'0'..=b'9' => rest.iter().take_while(|b| b.is_ascii_digit()).count(),
            b'<' | b'>' | b'&' => 0,
            _ => return None,
        };
        let operator = rest.get(descriptor..)?;
        // `<(` is a word unless a descriptor stands in front, where it means nothing at all.
        if operator.starts_with(b"<(") || operator.starts_with(b">(") {
            return None;
        }
        let both: &[&str] = if descriptor == 0 { &["&>>", "&>"] } else { &[] };
        let all = ["<<<", "<<-", "<<", "<&", "<>", "<", ">>", ">&", ">|", ">"];
        both.iter()
            .chain(&all)
            .find(|o| operator.starts_with(o.as_bytes()))
            .map(|o| descriptor + o.len())
    }

    /// Takes a redirect with its target.
    pub(super) fn redirect(&mut self, redirects: &mut Vec<Redirect>) -> bool {
        let Some(len) = self.redirect_len() else { return false };
        let range = self.at..self.at + len;
        self.at += len;
        self.last = self.at;
        self.skip_blanks();
        let operator = self.text.slice(range.clone());
        let target = self.word(Mode::Command);
        let bare = operator.trim_start_matches(|c: char| c != '<' && c != '>' && c != '&');
        let document = matches!(bare, "<<" | "<<-");
        if target.raw.is_empty() {
            let help = if document {
                "name the line that ends the here-document"
            } else {
                "name a file after it"
            };
            self.error(range.clone(), prose!("`{}` without a target", operator), help);
        }
        let body = (document && !target.raw.is_empty())
            .then(|| self.here_document(range, &target, bare == "<<-"));
        redirects.push(Redirect { operator, target, body });
        true
    }

    /// Reads the body, which starts on the next line, or after the bodies that this line has already.
    fn here_document(&mut self, operator: Range<usize>, target: &Word, tabs: bool) -> Text {
        let (line, start) = match self.bodies {
            Some((line, resume)) if self.at <= line => (line, resume),
            _ => {
                let line = self.logical_line_end();
                (line, line + self.break_len(line))
            }
        };
        let delimiter =
            target.literal().unwrap_or_else(|| target.raw.replace(['\'', '"', '\\'], ""));
        let mut body = Text::empty(self.text.span_of(start..start));
        let (mut at, mut kept) = (start, start);
        let (mut end, mut resume) = (self.end, None);
        while at < self.end {
            let stop = self.line_end(at);
            let next = stop + self.break_len(stop);
            let full = self.text.as_str().get(at..stop).unwrap_or_default();
            let content = if tabs { full.trim_start_matches('\t') } else { full };
            let from = stop - content.len();
            // `EOF)` ends a here-document in `$( … )` as well: shells warn and go on.
            let rest = content.strip_prefix(delimiter.as_str());
            if rest.is_some_and(|rest| rest.is_empty() || self.in_word() && rest.starts_with(')')) {
                end = at;
                resume = Some(if content.len() == delimiter.len() {
                    next
                } else {
                    from + delimiter.len()
                });
                break;
            }
            if from > at {
                // `<<-` takes the tabs away: what is before them is done.
                body.push_text(&self.text.slice(kept..at));
                kept = from;
            }
            at = next.max(at + 1);
        }
        body.push_text(&self.text.slice(kept..end));
        let body = body.with_span(self.text.span_of(start..end));
        if resume.is_none() && !self.again() {
            let help = prose!(
                "end it with a line that holds `{}` and nothing else",
                Quote::code(&delimiter)
            );
            self.error(
                operator.start..self.at,
                prose!("the here-document is never ended by `{}`", Quote::code(&delimiter)),
                help,
            );
        }
        self.bodies = Some((line, resume.unwrap_or(self.end)));
        body
    }

    /// Where the line break stands that ends this line, those in quotes and after `\` left out.
    fn logical_line_end(&self) -> usize {
        let mut at = self.at;
        let mut quote = None;
        while let Some(byte) = self.byte_at(at) {
            match (byte, quote) {
                (b'\\', Some(b'"' | b'`') | None) => at += self.break_len(at + 1).max(1),
                (b'\'' | b'"' | b'`', None) => quote = Some(byte),
                (_, Some(q)) if q == byte => quote = None,
                (b'#', None)
                    if at
                        .checked_sub(1)
                        .and_then(|b| self.byte_at(b))
                        .is_some_and(|b| matches!(b, b' ' | b'\t')) =>
                {
                    return self.line_end(at);
                }
                (b'\n' | b'\r', None) if self.break_len(at) > 0 => return at,
                _ => {}
            }
            at += 1;
        }
        // A quote that never ends: the body starts on the next line all the same.
        if quote.is_some() { self.line_end(self.at) } else { self.end }
    }
}
