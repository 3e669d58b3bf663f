//! Sums: `$(( … ))`, `(( … ))`, `let` (POSIX shell, 2.6.4; Bash manual, 6.5). `None` is a value that is not known.

use super::follow::Follower;
use super::params::Value;
use super::state::{Shell, Status};
use crate::source::{Reason, Span, Text};
use crate::syntax::shell::Word;

/// How deep brackets may stand in each other.
const MAX_DEPTH: usize = 32;

/// Operators of two operands with how tightly they bind, longer ones first.
const BINARY: [(&str, u8); 19] = [
    ("**", 12),
    ("<<", 9),
    (">>", 9),
    ("<=", 8),
    (">=", 8),
    ("==", 7),
    ("!=", 7),
    ("&&", 3),
    ("||", 2),
    ("*", 11),
    ("/", 11),
    ("%", 11),
    ("+", 10),
    ("-", 10),
    ("<", 8),
    (">", 8),
    ("&", 6),
    ("^", 5),
    ("|", 4),
];

/// Operators that assign.
const ASSIGN: [&str; 11] = ["<<=", ">>=", "+=", "-=", "*=", "/=", "%=", "&=", "^=", "|=", "="];

impl Follower<'_> {
    /// The value of `$(( text ))`, whose variables are put in first.
    pub(super) fn arithmetic(&mut self, text: &Text, sh: &mut Shell) -> Option<i64> {
        let word = Word::of_quoted(text);
        let text_span = text.span();
        let text = self.text(&word, sh);
        match text.resolved() {
            Some(text) => {
                let (text, span) = (text.to_owned(), text_span);
                self.sum(&text, span, sh)
            }
            None => {
                forget(&text, sh);
                None
            }
        }
    }

    /// How `(( text ))` ends.
    pub(super) fn arithmetic_status(&mut self, text: &Text, sh: &mut Shell) -> Status {
        match self.arithmetic(text, sh) {
            Some(value) => Status::known(value != 0),
            None => Status::UNKNOWN,
        }
    }

    /// The value of a sum in which names stand for variables.
    pub(super) fn sum(&mut self, text: &str, span: Span, sh: &mut Shell) -> Option<i64> {
        let mut parser = Sum { follower: self, sh, text, span, at: 0, depth: 0 };
        let mut value = parser.expression(0);
        while parser.eat(",") {
            value = parser.expression(0);
        }
        parser.blanks();
        if parser.at == text.len() { value? } else { None }
    }
}

/// What a sum may have assigned that could not be read is not known from here on.
fn forget(text: &Text, sh: &mut Shell) {
    let known = text.as_str();
    let names = known.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    for name in names.filter(|n| !n.is_empty() && !n.starts_with(|c: char| c.is_ascii_digit())) {
        if known.contains('=') || known.contains("++") || known.contains("--") {
            sh.set(name, Text::unresolved(Reason::ShellForm("this sum"), text.span()));
        }
    }
}

struct Sum<'f, 'p, 't> {
    follower: &'f mut Follower<'p>,
    sh: &'f mut Shell,
    text: &'t str,
    span: Span,
    at: usize,
    depth: usize,
}

/// A value: `None` in the outer option is text that cannot be read, in the inner one a value that is not known.
type Read = Option<Option<i64>>;

impl Sum<'_, '_, '_> {
    fn blanks(&mut self) {
        let rest = &self.text[self.at..];
        self.at += rest.len() - rest.trim_start().len();
    }

    fn rest(&mut self) -> &str {
        self.blanks();
        &self.text[self.at..]
    }

    fn eat(&mut self, word: &str) -> bool {
        let found = self.rest().starts_with(word);
        if found {
            self.at += word.len();
        }
        found
    }

    /// An expression whose operators bind at least as tightly as `least`.
    fn expression(&mut self, least: u8) -> Read {
        if self.depth >= MAX_DEPTH {
            return None;
        }
        self.depth += 1;
        let value = self.operators(least);
        self.depth -= 1;
        value
    }

    fn operators(&mut self, least: u8) -> Read {
        let mut left = self.operand()?;
        loop {
            let rest = self.rest().to_owned();
            if rest.starts_with('?') && least <= 1 {
                self.at += 1;
                let yes = self.expression(0)?;
                if !self.eat(":") {
                    return None;
                }
                let no = self.expression(1)?;
                left = left.and_then(|l| if l != 0 { yes } else { no });
                continue;
            }
            let found = BINARY.iter().find(|(o, _)| rest.starts_with(o));
            let Some((operator, binds)) = found.filter(|(_, b)| *b >= least) else {
                return Some(left);
            };
            self.at += operator.len();
            let right = self.expression(if *operator == "**" { *binds } else { binds + 1 })?;
            left = left.zip(right).and_then(|(a, b)| calculate(a, operator, b));
        }
    }

    fn operand(&mut self) -> Read {
        let rest = self.rest().to_owned();
        for (sign, step) in [("++", 1), ("--", -1)] {
            if rest.starts_with(sign) && rest[2..].trim_start().starts_with(is_name_start) {
                self.at += 2;
                let name = self.name()?;
                let value = self.value(&name).and_then(|v| v.checked_add(step));
                self.assign(&name, value);
                return Some(value);
            }
        }
        match rest.chars().next()? {
            '!' => {
                self.at += 1;
                Some(self.expression(13)?.map(|v| i64::from(v == 0)))
            }
            '~' => {
                self.at += 1;
                Some(self.expression(13)?.map(|v| !v))
            }
            '-' => {
                self.at += 1;
                Some(self.expression(13)?.and_then(i64::checked_neg))
            }
            '+' => {
                self.at += 1;
                self.expression(13)
            }
            '(' => {
                self.at += 1;
                let value = self.expression(0)?;
                self.eat(")").then_some(value)
            }
            c if c.is_ascii_digit() => self.number().map(Some),
            c if is_name_start(c) => self.variable(),
            _ => None,
        }
    }

    fn number(&mut self) -> Option<i64> {
        let rest = self.rest();
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '#').unwrap_or(rest.len());
        let text = rest[..end].to_owned();
        self.at += end;
        let hex = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"));
        match (hex, text.split_once('#')) {
            (Some(hex), _) => i64::from_str_radix(hex, 16).ok(),
            (None, Some((base, digits))) => {
                let base = base.parse().ok().filter(|b| (2..=36).contains(b))?;
                i64::from_str_radix(digits, base).ok()
            }
            _ if text.len() > 1 && text.starts_with('0') => i64::from_str_radix(&text, 8).ok(),
            _ => text.parse().ok(),
        }
    }

    fn name(&mut self) -> Option<String> {
        let rest = self.rest();
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
        let name = rest[..end].to_owned();
        self.at += end;
        (!name.is_empty()).then_some(name)
    }

    /// A variable, and what is done to it.
    fn variable(&mut self) -> Read {
        let name = self.name()?;
        let rest = self.rest().to_owned();
        if rest.starts_with('[') {
            return None;
        }
        for (sign, step) in [("++", 1), ("--", -1)] {
            if rest.starts_with(sign) {
                self.at += 2;
                let value = self.value(&name);
                self.assign(&name, value.and_then(|v| v.checked_add(step)));
                return Some(value);
            }
        }
        let assigns =
            ASSIGN.iter().find(|o| rest.starts_with(*o)).filter(|_| !rest.starts_with("=="));
        let Some(operator) = assigns else { return Some(self.value(&name)) };
        self.at += operator.len();
        let right = self.expression(0)?;
        let value = match operator.strip_suffix('=').filter(|o| !o.is_empty()) {
            None => right,
            Some(o) => self.value(&name).zip(right).and_then(|(a, b)| calculate(a, o, b)),
        };
        self.assign(&name, value);
        Some(value)
    }

    fn value(&mut self, name: &str) -> Option<i64> {
        match self.follower.lookup(name, self.span, self.sh) {
            Value::Unset => Some(0),
            Value::Set(text) => match text.resolved()?.trim() {
                "" => Some(0),
                text => text.parse().ok(),
            },
            Value::Unknown(_) => None,
        }
    }

    fn assign(&mut self, name: &str, value: Option<i64>) {
        let span = self.span;
        let text = match value {
            Some(value) => Text::derived(value.to_string(), span),
            None => Text::unresolved(Reason::ShellForm("this sum"), span),
        };
        self.sh.set(name, text);
    }
}

fn is_name_start(c: char) -> bool {
    c.is_ascii_alphabetic() || c == '_'
}

fn calculate(a: i64, operator: &str, b: i64) -> Option<i64> {
    match operator {
        "**" => a.checked_pow(u32::try_from(b).ok()?),
        "*" => a.checked_mul(b),
        "/" => a.checked_div(b),
        "%" => a.checked_rem(b),
        "+" => a.checked_add(b),
        "-" => a.checked_sub(b),
        "<<" => a.checked_shl(u32::try_from(b).ok()?),
        ">>" => a.checked_shr(u32::try_from(b).ok()?),
        "<" => Some(i64::from(a < b)),
        ">" => Some(i64::from(a > b)),
        "<=" => Some(i64::from(a <= b)),
        ">=" => Some(i64::from(a >= b)),
        "==" => Some(i64::from(a == b)),
        "!=" => Some(i64::from(a != b)),
        "&" => Some(a & b),
        "^" => Some(a ^ b),
        "|" => Some(a | b),
        "&&" => Some(i64::from(a != 0 && b != 0)),
        "||" => Some(i64::from(a != 0 || b != 0)),
        _ => None,
    }
}
