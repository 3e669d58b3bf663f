//! Tests: `[ … ]`, `test`, `[[ … ]]` (POSIX `test`; Bash manual, 3.2.5.2 and 6.4).

use super::files::Found;
use super::follow::{Follower, Guess};
use super::output::absolute;
use super::patterns::{Pattern, regular};
use super::state::{Shell, Status};
use crate::model::exec_context::Dialect;
use crate::source::Text;
use crate::syntax::shell::Word;

/// How deep brackets may stand in each other.
const MAX_DEPTH: usize = 32;

/// What is not known of a test.
type Truth = Option<bool>;

impl Follower<'_> {
    /// A status that may rest on a guess which was made while words were expanded.
    pub(super) fn tested(&mut self, truth: Truth) -> Status {
        match (self.guessed.take(), truth) {
            (_, None) | (Some(Guess::Unset), _) => Status::UNKNOWN,
            (Some(Guess::Success), Some(ok)) => Status { ok: Some(ok), assumed: true },
            (None, Some(ok)) => Status::known(ok),
        }
    }

    /// `[ … ]` or `test …`, whose words are expanded already.
    pub(super) fn test_builtin(&mut self, words: &[Text], sh: &Shell) -> Status {
        let inner = match words.first().map(Text::as_str) {
            Some("[") => words.get(1..words.len().saturating_sub(1)).unwrap_or_default(),
            _ => words.get(1..).unwrap_or_default(),
        };
        let truth = self.test(inner, sh);
        self.tested(truth)
    }

    fn test(&self, words: &[Text], sh: &Shell) -> Truth {
        // What is not known may be several words, or none.
        match words {
            [] => Some(false),
            [one] => one.resolved().map(|t| !t.is_empty()).or_else(|| partly_filled(one)),
            [not, rest @ ..] if not.as_str() == "!" && words.len() != 3 => {
                self.test(rest, sh).map(|t| !t)
            }
            [op, value] => self.unary(op.resolved()?, value, sh),
            [a, op, b] if op.resolved().is_some_and(is_binary) => {
                self.binary(a, op.as_str(), b, sh)
            }
            [not, rest @ ..] if not.as_str() == "!" => self.test(rest, sh).map(|t| !t),
            [open, inner @ .., close] if open.as_str() == "(" && close.as_str() == ")" => {
                self.test(inner, sh)
            }
            _ => self.connected(words, sh),
        }
    }

    /// `-o` binds less tightly than `-a`.
    fn connected(&self, words: &[Text], sh: &Shell) -> Truth {
        for (operator, decides) in [("-o", true), ("-a", false)] {
            let Some(at) = words.iter().position(|w| w.as_str() == operator) else { continue };
            let left = self.test(words.get(..at)?, sh);
            let right = self.test(words.get(at + 1..)?, sh);
            return match (left, right) {
                (Some(l), _) if l == decides => Some(decides),
                (_, Some(r)) if r == decides => Some(decides),
                (Some(_), Some(_)) => Some(!decides),
                _ => None,
            };
        }
        // Too many words: the shell complains, and the test fails.
        words.iter().all(Text::is_resolved).then_some(false)
    }

    fn unary(&self, op: &str, value: &Text, sh: &Shell) -> Truth {
        match op {
            "-z" => {
                value.resolved().map(str::is_empty).or_else(|| partly_filled(value).map(|t| !t))
            }
            "-n" => value.resolved().map(|t| !t.is_empty()).or_else(|| partly_filled(value)),
            "-v" => match sh.vars.contains_key(value.resolved()?) {
                true => Some(true),
                false => match self.place.env(value.resolved()?) {
                    crate::model::django::EnvAnswer::Set(_) => Some(true),
                    crate::model::django::EnvAnswer::Unset if sh.open.is_none() => Some(false),
                    _ => None,
                },
            },
            "-a" | "-e" | "-f" | "-d" | "-s" | "-r" | "-x" => self.file(op, value, sh),
            _ => None,
        }
    }

    /// A test of a file. A file may come with a volume or be made by a program: only presence is sure, and what the
    /// process itself removed.
    fn file(&self, op: &str, value: &Text, sh: &Shell) -> Truth {
        let name = value.resolved()?;
        if name.is_empty() {
            return Some(false);
        }
        let at = absolute(name, sh)?;
        match self.find(&at, sh) {
            Found::Host(file) => {
                let text = self.place.text(&file);
                match op {
                    "-d" => Some(text.is_none() && self.place.entries(&file).is_some()),
                    "-f" if text.is_none() => Some(self.place.entries(&file).is_none()),
                    "-s" => text.map(|t| !t.is_empty()),
                    "-x" if text.is_some() => self.place.executable(&at, &file),
                    _ => Some(true),
                }
            }
            Found::Written(text) => match op {
                "-d" => Some(false),
                "-s" => Some(!text.is_empty()),
                "-x" => None,
                _ => Some(true),
            },
            Found::Made if matches!(op, "-e" | "-a") => Some(true),
            Found::Removed => Some(false),
            Found::Made | Found::Missing | Found::Unknown(_) => None,
        }
    }

    fn binary(&self, a: &Text, op: &str, b: &Text, sh: &Shell) -> Truth {
        let same = || a.same(b);
        let number = |t: &Text| t.resolved()?.trim().parse::<i64>().ok();
        let compared = |holds: fn(i64, i64) -> bool| match (number(a), number(b)) {
            (Some(a), Some(b)) => Some(holds(a, b)),
            // What is no number is an error, and the test fails.
            _ if a.is_resolved() && b.is_resolved() => Some(false),
            _ => None,
        };
        match op {
            "=" => same(),
            // dash knows no `==`: an error, and the test fails.
            "==" if sh.dialect == Dialect::Dash => Some(false),
            "==" => same(),
            "!=" => same().map(|t| !t),
            "-eq" => compared(|a, b| a == b),
            "-ne" => compared(|a, b| a != b),
            "-gt" => compared(|a, b| a > b),
            "-ge" => compared(|a, b| a >= b),
            "-lt" => compared(|a, b| a < b),
            "-le" => compared(|a, b| a <= b),
            "<" => Some(a.resolved()? < b.resolved()?),
            ">" => Some(a.resolved()? > b.resolved()?),
            "-a" => match (partly(a), partly(b)) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (Some(true), Some(true)) => Some(true),
                _ => None,
            },
            "-o" => match (partly(a), partly(b)) {
                (Some(true), _) | (_, Some(true)) => Some(true),
                (Some(false), Some(false)) => Some(false),
                _ => None,
            },
            _ => None,
        }
    }

    /// `[[ … ]]`
    pub(super) fn double_brackets(&mut self, words: &[Word], sh: &mut Shell) -> Status {
        if sh.dialect == Dialect::Dash {
            // dash looks for a program of this name, and there is none.
            return Status::FALSE;
        }
        self.guessed = None;
        let mut at = 0;
        let truth = self.any(words, &mut at, 0, sh);
        self.tested(truth)
    }

    fn any(&mut self, words: &[Word], at: &mut usize, depth: usize, sh: &mut Shell) -> Truth {
        let mut truth = self.all(words, at, depth, sh);
        while is(words, *at, "||") {
            *at += 1;
            let right = self.all(words, at, depth, sh);
            truth = match (truth, right) {
                (Some(true), _) | (_, Some(true)) => Some(true),
                (Some(false), Some(false)) => Some(false),
                _ => None,
            };
        }
        truth
    }

    fn all(&mut self, words: &[Word], at: &mut usize, depth: usize, sh: &mut Shell) -> Truth {
        let mut truth = self.one(words, at, depth, sh);
        while is(words, *at, "&&") {
            *at += 1;
            let right = self.one(words, at, depth, sh);
            truth = match (truth, right) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (Some(true), Some(true)) => Some(true),
                _ => None,
            };
        }
        truth
    }

    fn one(&mut self, words: &[Word], at: &mut usize, depth: usize, sh: &mut Shell) -> Truth {
        let mut negated = false;
        while is(words, *at, "!") {
            negated = !negated;
            *at += 1;
        }
        if is(words, *at, "(") && depth < MAX_DEPTH {
            *at += 1;
            let truth = self.any(words, at, depth + 1, sh);
            *at += usize::from(is(words, *at, ")"));
            return truth.map(|t| t != negated);
        }
        let rest = words.get(*at..).unwrap_or_default();
        let stops = |w: &Word| matches!(w.literal().as_deref(), Some("&&" | "||" | ")"));
        let length = rest.iter().position(stops).unwrap_or(rest.len());
        *at += length;
        let truth = match rest.get(..length)? {
            [one] => {
                let text = self.text(one, sh);
                text.resolved().map(|t| !t.is_empty()).or_else(|| partly_filled(&text))
            }
            [op, value] => {
                let op = op.literal()?;
                let value = self.text(value, sh);
                self.unary(&op, &value, sh)
            }
            [a, op, b] => self.compared(a, &op.literal()?, b, sh),
            _ => None,
        };
        truth.map(|t| t != negated)
    }

    fn compared(&mut self, a: &Word, op: &str, b: &Word, sh: &mut Shell) -> Truth {
        let left = self.text(a, sh);
        let field = self.unsplit(b, sh);
        match op {
            "=" | "==" | "!=" => {
                let equal = if field.is_pattern() {
                    let pattern = Pattern::of_field(&field)?;
                    pattern.matches(left.resolved()?)
                } else {
                    left.same(&field.text(b.span()))?
                };
                Some(equal == (op != "!="))
            }
            "=~" => Some(regular(&field)?.is_match(left.resolved()?)),
            "-eq" | "-ne" | "-gt" | "-ge" | "-lt" | "-le" => {
                let right = field.text(b.span());
                let (left, right) = (left.resolved()?.to_owned(), right.resolved()?.to_owned());
                let (left, right) =
                    (self.sum(&left, a.span(), sh)?, self.sum(&right, b.span(), sh)?);
                Some(match op {
                    "-eq" => left == right,
                    "-ne" => left != right,
                    "-gt" => left > right,
                    "-ge" => left >= right,
                    "-lt" => left < right,
                    _ => left <= right,
                })
            }
            op => self.binary(&left, op, &field.text(b.span()), sh),
        }
    }
}

fn is(words: &[Word], at: usize, text: &str) -> bool {
    words.get(at).is_some_and(|w| w.raw.as_str() == text)
}

fn is_binary(op: &str) -> bool {
    matches!(
        op,
        "=" | "=="
            | "!="
            | "-eq"
            | "-ne"
            | "-gt"
            | "-ge"
            | "-lt"
            | "-le"
            | "<"
            | ">"
            | "-a"
            | "-o"
            | "-nt"
            | "-ot"
            | "-ef"
    )
}

/// Whether a text is surely not empty, although not all of it is known.
fn partly_filled(text: &Text) -> Truth {
    (!text.is_unresolved() && !text.is_resolved()).then_some(true)
}

fn partly(text: &Text) -> Truth {
    text.resolved().map(|t| !t.is_empty()).or_else(|| partly_filled(text))
}
