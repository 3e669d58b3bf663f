//! Values as Python writes them, in the habits of a module.

use crate::finding::PyValue;
use crate::syntax::python::{Expr, ExprKind, Module, Stmt, StmtKind};

/// What a module has that values can use.
#[derive(Debug, Clone, Copy)]
pub(super) struct Habits {
    /// The quote that its strings have.
    pub(super) quote: char,
    /// What `BASE_DIR` is.
    base_dir: Option<BaseDir>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum BaseDir {
    /// A `Path`: `BASE_DIR / 'x'`.
    Path,
    /// A string: `os.path.join(BASE_DIR, 'x')`.
    Text,
}

impl Habits {
    pub(super) fn of(text: &str, module: &Module) -> Self {
        let count = |q: char| text.chars().filter(|c| *c == q).count();
        let quote = if count('\'') > count('"') { '\'' } else { '"' };
        let assigned = assigned(&module.body, "BASE_DIR");
        let base_dir = assigned.map(|value| {
            let text = &text[value.span.range()];
            let of_os = ["os.path", "dirname(", "abspath("].iter().any(|p| text.contains(p));
            if of_os && !text.starts_with("Path(") { BaseDir::Text } else { BaseDir::Path }
        });
        Self { quote, base_dir }
    }

    /// A string.
    fn text(self, text: &str) -> Option<String> {
        if text.chars().any(|c| c.is_control() || c == '\\') {
            return None;
        }
        let other = if self.quote == '"' { '\'' } else { '"' };
        let quote = [self.quote, other].into_iter().find(|q| !text.contains(*q))?;
        Some(format!("{quote}{text}{quote}"))
    }

    /// The value as an expression; `None` where this module cannot write it.
    pub(super) fn expression(self, value: &PyValue) -> Option<String> {
        let joined = |items: Option<Vec<String>>| items.map(|i| i.join(", "));
        Some(match value {
            PyValue::Text(text) => self.text(&text.unmasked())?,
            PyValue::Bool(true) => "True".to_owned(),
            PyValue::Bool(false) => "False".to_owned(),
            PyValue::Int(number) => number.to_string(),
            PyValue::List(items) => {
                format!("[{}]", joined(items.iter().map(|i| self.expression(i)).collect())?)
            }
            PyValue::Dict(entries) => {
                let entry = |(k, v): &(&'static str, PyValue)| {
                    Some(format!("{}: {}", self.text(k)?, self.expression(v)?))
                };
                format!("{{{}}}", joined(entries.iter().map(entry).collect())?)
            }
            PyValue::Environ(name, None) => format!("os.environ[{}]", self.text(name)?),
            PyValue::Environ(name, Some(default)) => {
                format!("os.environ.get({}, {})", self.text(name)?, self.text(&default.unmasked())?)
            }
            PyValue::BelowBaseDir(parts) => {
                let parts: Option<Vec<String>> =
                    parts.iter().map(|p| self.text(&p.unmasked())).collect();
                match self.base_dir? {
                    BaseDir::Path => format!("BASE_DIR / {}", parts?.join(" / ")),
                    BaseDir::Text => format!("os.path.join(BASE_DIR, {})", parts?.join(", ")),
                }
            }
            PyValue::Code(code) => code.unmasked(),
        })
    }
}

/// The value that a name is given at the top of a module.
fn assigned<'m>(body: &'m [Stmt], name: &str) -> Option<&'m Expr> {
    body.iter().rev().find_map(|stmt| match &stmt.kind {
        StmtKind::Assign(targets, value) => targets
            .iter()
            .any(|t| matches!(&t.kind, ExprKind::Name(n) if n == name))
            .then_some(value),
        _ => None,
    })
}
