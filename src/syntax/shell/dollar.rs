//! What `$`, `` ` `` and `<(` start: variables, substitutions, arithmetic (POSIX shell, 2.6).

use super::blanks::{Stops, name_len};
use super::read::ShellReader;
use super::words::{Mode, Parts};
use super::{List, Part, Variable, Word};
use crate::source::Text;

/// Operators after a variable's name, longer ones first (POSIX 2.6.2; Bash, 3.5.3).
const OPERATORS: [&str; 23] = [
    ":-", ":=", ":?", ":+", "##", "%%", "//", "/#", "/%", "^^", ",,", "~~", "-", "=", "?", "+",
    "#", "%", "/", "^", ",", "@", ":",
];

fn is_special(byte: u8) -> bool {
    matches!(byte, b'@' | b'*' | b'#' | b'?' | b'$' | b'!' | b'-')
}

impl ShellReader<'_> {
    /// Reads what stands at a `$`.
    pub(super) fn dollar(&mut self, parts: &mut Parts, quoted: bool) {
        let start = self.at;
        match self.byte_at(start + 1) {
            Some(b'(') => {
                if self.byte_at(start + 2) == Some(b'(')
                    && let Some(end) = self.arithmetic_end(start + 3)
                {
                    parts.push(Part::Arithmetic(self.text.slice(start + 3..end)));
                    self.at = end + 2;
                    return;
                }
                let body = self.substitution(2);
                let part = body.map_or(Part::Unknown, |body| Part::Substitution { body, quoted });
                parts.push(part);
            }
            Some(b'{') => {
                let part = self.braced(quoted);
                parts.push(part);
            }
            Some(b'\'') if !quoted => self.ansi_quoted(parts),
            // `$"…"` is a string to be translated.
            Some(b'"') if !quoted => {
                self.at += 1;
                self.double_quoted(parts);
            }
            Some(b) => {
                let name = name_len(self.rest_at(start + 1));
                let len = if name == 0 && (b.is_ascii_digit() || is_special(b)) { 1 } else { name };
                self.at = start + 1 + len;
                if len == 0 {
                    parts.plain(self.text, start..self.at, quoted);
                } else {
                    let variable = self.variable(start, start + 1..self.at, quoted);
                    parts.push(Part::Variable(variable));
                }
            }
            None => {
                self.at = start + 1;
                parts.plain(self.text, start..self.at, quoted);
            }
        }
    }

    fn variable(&self, start: usize, name: std::ops::Range<usize>, quoted: bool) -> Variable {
        let name = self.text.get(name).unwrap_or_default().to_owned();
        Variable {
            name,
            index: None,
            operator: String::new(),
            argument: None,
            quoted,
            span: self.text.span_of(start..self.at),
        }
    }

    /// `$( … )` or `<( … )`, whose opener takes `len` bytes. `None` where it is nested too deep.
    fn substitution(&mut self, len: usize) -> Option<List> {
        let open = self.at..self.at + len;
        self.at += len;
        let list = self.deeper(open.clone(), |r| {
            r.closed(open, "close it with `)`", |r| {
                // Closing words of the commands around mean nothing in here.
                let outer = std::mem::replace(&mut r.wanted, Stops::NONE);
                let list = r.list(Stops::PAREN);
                r.wanted = outer;
                let closed = r.byte() == Some(b')');
                r.at += usize::from(closed);
                (list, closed)
            })
        });
        if list.is_none() {
            self.skip_to(b')');
        }
        list
    }

    /// Passes content that is not read, with its closing bracket; everything where that is missing.
    fn skip_to(&mut self, close: u8) {
        let end = if self.patience > 0 { self.balanced(self.at, close) } else { None };
        if end.is_none() {
            self.patience = self.patience.saturating_sub(self.end - self.at + 1);
        }
        self.at = end.map_or(self.end, |end| end + 1);
    }

    /// `<( … )` and `>( … )`: a file name that only the running shell knows (Bash, 3.5.6).
    pub(super) fn process(&mut self, parts: &mut Parts) {
        let list = self.substitution(2);
        parts.push(list.map_or(Part::Unknown, Part::Process));
    }

    /// `( … )` after `NAME=`: the values (Bash, 6.7).
    pub(super) fn array(&mut self) -> Vec<Word> {
        let open = self.at..self.at + 1;
        self.at += 1;
        self.closed(open, "close the array with `)`", |r| {
            let mut values = Vec::new();
            loop {
                r.skip_space();
                match r.byte() {
                    Some(b')') => {
                        r.at += 1;
                        return (values, true);
                    }
                    None => return (values, false),
                    Some(_) => {
                        let at = r.at;
                        let value = r.word(Mode::Element);
                        if r.at > at {
                            values.push(value);
                        } else {
                            r.error(
                                at..at + 1,
                                "unexpected operator in an array",
                                "put it in quotes",
                            );
                            r.at += r.char_len();
                        }
                    }
                }
            }
        })
    }

    /// `` `…` ``: `\` keeps its meaning only before `$`, `` ` `` and `\` (POSIX 2.6.3), and before `"` in double quotes.
    pub(super) fn backquoted(&mut self, parts: &mut Parts, quoted: bool) {
        let open = self.at..self.at + 1;
        self.at += 1;
        let content =
            self.closed(open.clone(), "close it with `` ` ``, or write `$( … )`", |r| {
                r.in_backquotes(quoted)
            });
        let list = self.deeper(open, |r| r.nested(&content));
        parts.push(list.map_or(Part::Unknown, |body| Part::Substitution { body, quoted }));
    }

    fn in_backquotes(&mut self, quoted: bool) -> (Text, bool) {
        let start = self.at;
        let mut content = Text::empty(self.text.span_of(start..start));
        let mut from = start;
        let mut closed = false;
        while let Some(byte) = self.byte() {
            match (byte, self.byte_at(self.at + 1)) {
                (b'`', _) => {
                    closed = true;
                    break;
                }
                (b'\\', Some(next)) => {
                    if matches!(next, b'$' | b'`' | b'\\') || quoted && next == b'"' {
                        content.push_text(&self.text.slice(from..self.at));
                        from = self.at + 1;
                    }
                    self.at += 2;
                }
                _ => self.at += 1,
            }
        }
        self.at = self.at.min(self.end);
        content.push_text(&self.text.slice(from..self.at));
        let content = content.with_span(self.text.span_of(start..self.at));
        self.at += usize::from(closed);
        (content, closed)
    }

    /// `${ … }`.
    fn braced(&mut self, quoted: bool) -> Part {
        let start = self.at;
        let open = start..start + 2;
        self.at += 2;
        let part = self.deeper(open.clone(), |r| {
            r.closed(open, "close it with `}`", |r| {
                let part = r.in_braces(start, quoted);
                let closed = r.byte() == Some(b'}');
                r.at += usize::from(closed);
                let part = match part {
                    Some(v) => Part::Variable(Variable { span: r.text.span_of(start..r.at), ..v }),
                    None => Part::Unknown,
                };
                (part, closed)
            })
        });
        part.unwrap_or_else(|| {
            self.skip_to(b'}');
            Part::Unknown
        })
    }

    /// Reads up to the `}`. `None`, still at the `}`, for forms that have no name here.
    fn in_braces(&mut self, start: usize, quoted: bool) -> Option<Variable> {
        let at = self.at;
        let after = self.parameter_len(at + 1);
        let prefix = match self.byte() {
            // `${#NAME}`, but `${#}` and `${#:-word}` are about `$#`.
            Some(b'#')
                if after > 0 && matches!(self.byte_at(at + 1 + after), Some(b'}' | b'[')) =>
            {
                "#"
            }
            Some(b'!') if after > 0 => "!",
            _ => "",
        };
        self.at += prefix.len();
        let name = self.parameter_len(self.at);
        let mut variable = self.variable(start, self.at..self.at + name, quoted);
        self.at += name;
        prefix.clone_into(&mut variable.operator);
        match self.byte() {
            Some(b'}') if name > 0 => return Some(variable),
            Some(b'[') if name > 0 => {
                variable.index = Some(self.subscript());
                if self.byte() == Some(b'}') {
                    return Some(variable);
                }
            }
            _ => {}
        }
        let operator = OPERATORS.iter().find(|o| self.starts(o));
        let Some(operator) = operator.filter(|_| name > 0 && prefix.is_empty()) else {
            self.pass_braces();
            return None;
        };
        self.at += operator.len();
        (*operator).clone_into(&mut variable.operator);
        let pattern = operator.starts_with(['#', '%', '/', '^', ',', '~']);
        variable.argument =
            Some(Box::new(self.word(Mode::Argument { quoted, plain_quotes: quoted && !pattern })));
        Some(variable)
    }

    /// Bytes of the name, number or special character at `at`.
    fn parameter_len(&self, at: usize) -> usize {
        let rest = self.rest_at(at);
        let digits = rest.iter().take_while(|b| b.is_ascii_digit()).count();
        match (name_len(rest), digits) {
            (0, 0) => usize::from(rest.first().is_some_and(|b| is_special(*b))),
            (name, digits) => name.max(digits),
        }
    }

    /// Takes `[index]`; everything up to the end of the line where `]` is missing.
    fn subscript(&mut self) -> Text {
        let start = self.at + 1;
        let end = self.line_end(start);
        let inner = self.text.as_bytes().get(start..end).unwrap_or_default();
        let close = inner.iter().position(|b| *b == b']').map(|len| start + len);
        self.at = close.map_or(end, |close| close + 1);
        self.text.slice(start..close.unwrap_or(start))
    }

    /// Goes to the `}` that closes the braces; stays where it is missing or patience is out.
    fn pass_braces(&mut self) {
        self.skip_to(b'}');
        if self.at > 0
            && self.text.as_bytes().get(self.at - 1) == Some(&b'}')
            && self.at <= self.end
        {
            self.at -= 1;
        }
    }
}
