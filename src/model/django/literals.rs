//! Texts that are read as Python: `eval`, `ast.literal_eval`.

use super::builtins::python_int;
use super::evaluator::Evaluator;
use super::object::{Args, Object};
use super::{Cast, Value, ValueKind};

impl Evaluator<'_> {
    /// `eval(text)` of a plain literal or a name; `None` for other texts.
    pub(super) fn evaluated(&mut self, text: &Value, args: &Args) -> Option<Object> {
        let span = args.span;
        if args.positional.len() > 1 || !args.named.is_empty() {
            return None;
        }
        if matches!(text.kind, ValueKind::None | ValueKind::Bool(_) | ValueKind::Int(_)) {
            let words = "eval() arg 1 must be a string, bytes or code object";
            let why = self.failed("TypeError", words, span);
            return Some(Object::unknown(why, span));
        }
        let written = text.as_str()?.trim();
        if let Some(kind) = literal(written) {
            let made = Value::new(kind, span).with_reads(&text.reads);
            return Some(self.recast(made, Cast::Other).into());
        }
        if written.is_empty() || is_keyword(written) {
            let why = self.failed("SyntaxError", "invalid syntax", span);
            return Some(Object::unknown(why, span));
        }
        let is_name = written.starts_with(|c: char| c.is_ascii_alphabetic())
            && written.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        is_name.then(|| self.name(written, span))
    }
}

/// Python's keywords in lower case. Python language reference, "Keywords".
fn is_keyword(word: &str) -> bool {
    matches!(
        word,
        "and"
            | "as"
            | "assert"
            | "async"
            | "await"
            | "break"
            | "class"
            | "continue"
            | "def"
            | "del"
            | "elif"
            | "else"
            | "except"
            | "finally"
            | "for"
            | "from"
            | "global"
            | "if"
            | "import"
            | "in"
            | "is"
            | "lambda"
            | "nonlocal"
            | "not"
            | "or"
            | "pass"
            | "raise"
            | "return"
            | "try"
            | "while"
            | "with"
            | "yield"
    )
}

/// A plain literal as `ast.literal_eval` reads it.
pub(super) fn literal(text: &str) -> Option<ValueKind> {
    Some(match text.trim() {
        "True" => ValueKind::Bool(true),
        "False" => ValueKind::Bool(false),
        "None" => ValueKind::None,
        number => ValueKind::Int(python_int(number)?),
    })
}
