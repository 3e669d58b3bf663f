//! What the calls in Python code do: which of them connect, pause, set up Django.

use crate::syntax::python::{Expr, ExprKind, FPart, Stmt, StmtKind};

/// `__name__ == "__main__"`
pub(super) fn is_main(test: &Expr) -> bool {
    matches!(&test.kind, ExprKind::Compare(left, _) if left.dotted().as_deref() == Some("__name__"))
}

/// The expressions of all statements, those in functions included.
fn expressions(body: &[Stmt]) -> Vec<&Expr> {
    let mut open: Vec<&Stmt> = body.iter().collect();
    let mut exprs: Vec<&Expr> = Vec::new();
    while let Some(stmt) = open.pop() {
        match &stmt.kind {
            StmtKind::Expr(e)
            | StmtKind::Return(Some(e))
            | StmtKind::Assign(_, e)
            | StmtKind::AugAssign(_, _, e) => exprs.push(e),
            StmtKind::If(arms, otherwise) => {
                for (test, body) in arms {
                    exprs.push(test);
                    open.extend(body);
                }
                open.extend(otherwise);
            }
            StmtKind::With(items, body) => {
                exprs.extend(items.iter().map(|(e, _)| e));
                open.extend(body);
            }
            StmtKind::Annotated { value: Some(e), .. } => exprs.push(e),
            StmtKind::Function { body, .. } | StmtKind::Class { body, .. } => open.extend(body),
            kind => open.extend(kind.blocks().into_iter().flatten()),
        }
    }
    exprs
}

/// Every call of the code, those in functions included.
fn calls(body: &[Stmt]) -> Vec<&Expr> {
    let mut found = Vec::new();
    let mut exprs = expressions(body);
    while let Some(expr) = exprs.pop() {
        match &expr.kind {
            ExprKind::Call { func, args, keywords } => {
                found.push(expr);
                exprs.push(func);
                exprs.extend(args);
                exprs.extend(keywords.iter().map(|(_, e)| e));
            }
            ExprKind::Attribute(inner, _)
            | ExprKind::Not(inner)
            | ExprKind::Subscript(inner, _) => exprs.push(inner),
            ExprKind::BoolOp(_, all) | ExprKind::List(all) | ExprKind::Tuple(all) => {
                exprs.extend(all)
            }
            ExprKind::Compare(first, rest) => {
                exprs.push(first);
                exprs.extend(rest.iter().map(|(_, e)| e));
            }
            _ => {}
        }
    }
    found
}

fn called(expr: &Expr) -> Option<String> {
    let ExprKind::Call { func, .. } = &expr.kind else { return None };
    func.dotted().or_else(|| match &func.kind {
        ExprKind::Attribute(_, method) => Some(method.value.clone()),
        _ => None,
    })
}

/// The call that connects to a server.
pub(super) fn connection(body: &[Stmt]) -> Option<Expr> {
    const ENDS: [&str; 5] =
        ["connect", "connect_ex", "create_connection", "ensure_connection", "ping"];
    let connects = |e: &&Expr| {
        called(e).is_some_and(|name| ENDS.contains(&name.rsplit('.').next().unwrap_or("")))
    };
    calls(body).into_iter().find(connects).cloned()
}

/// Whether the code pauses between tries.
pub(super) fn pauses(body: &[Stmt]) -> bool {
    calls(body).iter().any(|e| called(e).is_some_and(|n| n == "time.sleep" || n == "sleep"))
}

/// Whether the code tries to reach a database in a loop that pauses, and leaves the loop once it does.
pub(super) fn tries_in_a_loop(body: &[Stmt]) -> bool {
    const TRIES: [&str; 5] = ["connect", "cursor", "ensure_connection", "check", "ping"];
    loops(body).into_iter().any(|(body, ends)| {
        let tries = |e: &&Expr| {
            called(e).is_some_and(|name| TRIES.contains(&name.rsplit('.').next().unwrap_or("")))
        };
        ends && pauses(body) && calls(body).iter().any(tries)
    })
}

/// The bodies of all loops, each with whether it may end without an error.
fn loops(body: &[Stmt]) -> Vec<(&[Stmt], bool)> {
    let mut found = Vec::new();
    let mut open: Vec<&Stmt> = body.iter().collect();
    while let Some(stmt) = open.pop() {
        match &stmt.kind {
            StmtKind::For { body, .. } => found.push((body.as_slice(), true)),
            StmtKind::While { test, body, .. } => {
                let forever = matches!(test.kind, ExprKind::Bool(true) | ExprKind::Int(_));
                found.push((body.as_slice(), !forever || leaves(body)));
            }
            _ => {}
        }
        match &stmt.kind {
            StmtKind::Function { body, .. } | StmtKind::Class { body, .. } => open.extend(body),
            kind => open.extend(kind.blocks().into_iter().flatten()),
        }
    }
    found
}

/// Whether a body has a `break` or a `return`.
fn leaves(body: &[Stmt]) -> bool {
    body.iter().any(|stmt| {
        matches!(stmt.kind, StmtKind::Break | StmtKind::Return(_))
            || stmt.kind.blocks().into_iter().any(leaves)
    })
}

/// Whether the code sets up Django: `django.setup()`, or names the settings module.
pub(super) fn sets_up(body: &[Stmt]) -> bool {
    calls(body).iter().any(|e| {
        let ExprKind::Call { args, .. } = &e.kind else { return false };
        let name = called(e).unwrap_or_default();
        name == "django.setup"
            || name.ends_with("environ.setdefault")
                && args
                    .first()
                    .and_then(Expr::string)
                    .is_some_and(|t| t.as_str() == "DJANGO_SETTINGS_MODULE")
    })
}

/// Whether a call takes a lock that the database keeps for a connection (PostgreSQL, "Advisory Lock Functions"; MySQL,
/// `GET_LOCK`), by SQL or by a function that is named for it.
pub(super) fn takes_lock(call: &Expr) -> bool {
    const LOCKS: [&str; 3] = ["pg_advisory_lock", "pg_try_advisory_lock", "get_lock("];
    let ExprKind::Call { args, .. } = &call.kind else { return false };
    let name = called(call).unwrap_or_default();
    let name = name.rsplit('.').next().unwrap_or("");
    let sql = args.first().and_then(Expr::string).is_some_and(|text| {
        let text = text.to_ascii_lowercase();
        LOCKS.iter().any(|lock| text.contains(lock))
    });
    sql && name == "execute" || name == "advisory_lock"
}

/// Names that a branch or a loop binds.
pub(super) fn bound_inside(stmt: &Stmt) -> Vec<&str> {
    let blocks = match &stmt.kind {
        StmtKind::Function { .. } | StmtKind::Class { .. } => return Vec::new(),
        kind => kind.blocks(),
    };
    let mut names = Vec::new();
    for inner in blocks.into_iter().flatten() {
        if let StmtKind::Assign(targets, _) = &inner.kind {
            names.extend(targets.iter().filter_map(|target| match &target.kind {
                ExprKind::Name(name) => Some(name.as_str()),
                _ => None,
            }));
        }
        names.extend(bound_inside(inner));
    }
    names
}

/// Whether the code has a statement of SQL that makes users or databases.
pub(super) fn makes_logins(body: &[Stmt]) -> bool {
    let mut exprs = expressions(body);
    while let Some(expr) = exprs.pop() {
        match &expr.kind {
            ExprKind::Str(text) if is_sql_of_logins(text) => return true,
            ExprKind::FString(parts) => {
                let literals = parts.iter().filter_map(|part| match part {
                    FPart::Literal(text) => Some(text),
                    FPart::Value { .. } => None,
                });
                if literals.into_iter().any(|text| is_sql_of_logins(text)) {
                    return true;
                }
            }
            ExprKind::Call { func, args, keywords } => {
                exprs.push(func);
                exprs.extend(args);
                exprs.extend(keywords.iter().map(|(_, e)| e));
            }
            ExprKind::Attribute(inner, _) => exprs.push(inner),
            ExprKind::Binary(left, _, right) => exprs.extend([&**left, &**right]),
            ExprKind::List(all) | ExprKind::Tuple(all) => exprs.extend(all),
            _ => {}
        }
    }
    false
}

/// Whether SQL makes users or databases: `CREATE USER`, `CREATE ROLE`, `CREATE DATABASE`.
pub(super) fn is_sql_of_logins(text: &str) -> bool {
    let words: Vec<String> = text.split_whitespace().map(str::to_ascii_uppercase).collect();
    let made = |word: &str| matches!(word, "USER" | "ROLE" | "DATABASE");
    words.windows(2).any(|w| w[0].ends_with("CREATE") && made(&w[1]))
}
