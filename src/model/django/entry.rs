//! Which settings `manage.py`, `wsgi.py`, `asgi.py` and `celery.py` choose by themselves.

use crate::source::Text;
use crate::syntax::python::{Expr, ExprKind, Module, Stmt, StmtKind};

/// The literal settings module that the file sets where none is set:
/// `os.environ.setdefault("DJANGO_SETTINGS_MODULE", "x.y")`, or one it sets in any case:
/// `os.environ["DJANGO_SETTINGS_MODULE"] = "x.y"`. Of several, the first that stands under no
/// condition (a function's body is none), otherwise the last.
pub fn settings_default(module: &Module) -> Option<Text> {
    let mut found = Vec::new();
    collect(&module.body, false, &mut found);
    let first = found.iter().position(|(conditional, _)| !conditional);
    let index = first.or(found.len().checked_sub(1))?;
    found.into_iter().nth(index).map(|(_, text)| text)
}

/// The syntax tree is at most 100 levels deep, so recursion is safe.
fn collect(body: &[Stmt], conditional: bool, found: &mut Vec<(bool, Text)>) {
    for stmt in body {
        match &stmt.kind {
            StmtKind::Expr(expr) => found.extend(set_default(expr).map(|t| (conditional, t))),
            StmtKind::Assign(targets, value) => {
                let set = targets.iter().any(is_variable);
                found.extend(value.string().filter(|_| set).map(|t| (conditional, t.clone())));
            }
            StmtKind::If(branches, otherwise) => {
                for (test, body) in branches {
                    let main = matches!(&test.kind, ExprKind::Compare(left, _) if left.dotted().as_deref() == Some("__name__"));
                    collect(body, conditional || !main, found);
                }
                collect(otherwise, true, found);
            }
            StmtKind::Try { body, handlers, otherwise, finally } => {
                collect(body, conditional, found);
                handlers.iter().for_each(|h| collect(h, true, found));
                collect(otherwise, conditional, found);
                collect(finally, conditional, found);
            }
            StmtKind::Function { body, .. }
            | StmtKind::Class { body, .. }
            | StmtKind::With(_, body) => collect(body, conditional, found),
            StmtKind::Maybe(body) => collect(body, true, found),
            _ => {}
        }
    }
}

fn is_environ(expr: &Expr) -> bool {
    matches!(expr.dotted().as_deref(), Some("os.environ" | "environ"))
}

fn is_name(expr: &Expr) -> bool {
    expr.string().is_some_and(|t| t.as_str() == "DJANGO_SETTINGS_MODULE")
}

fn is_variable(target: &Expr) -> bool {
    matches!(&target.kind, ExprKind::Subscript(holder, key) if is_environ(holder) && is_name(key))
}

fn set_default(expr: &Expr) -> Option<Text> {
    let ExprKind::Call { func, args, .. } = &expr.kind else { return None };
    let ExprKind::Attribute(holder, method) = &func.kind else { return None };
    let [name, value, ..] = &args[..] else { return None };
    (method.value == "setdefault" && is_environ(holder) && is_name(name))
        .then(|| value.string().cloned())
        .flatten()
}
