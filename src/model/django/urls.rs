//! Routes of a `urls.py` that serve files.
//! Django: "Managing static files", "Serving files in development"; `django.views.static.serve`.

use crate::source::Span;
use crate::syntax::python::{Expr, ExprKind, FPart, Module, Stmt, StmtKind};

/// A route that serves files from a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StaticRoute {
    /// How it serves.
    pub kind: StaticKind,
    /// Which URL.
    pub target: StaticTarget,
    /// The call.
    pub span: Span,
    /// Whether it stands under `if settings.DEBUG`.
    pub debug_only: bool,
}

/// How files are served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StaticKind {
    /// `django.conf.urls.static.static(…)`: no routes at all unless `DEBUG` is on.
    StaticHelper,
    /// `staticfiles_urlpatterns()`: no routes at all unless `DEBUG` is on.
    StaticfilesUrlpatterns,
    /// A route to `django.views.static.serve`: serves whatever `DEBUG` is.
    ServeView,
}

/// Which URL a route is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StaticTarget {
    /// `settings.STATIC_URL`, or a prefix that says static.
    StaticUrl,
    /// `settings.MEDIA_URL`, or a prefix that says media.
    MediaUrl,
    /// Another one.
    Other,
}

/// The routes of a `urls.py` that serve files, in the order they are written.
pub fn static_routes(module: &Module) -> Vec<StaticRoute> {
    let mut routes = Vec::new();
    statements(&module.body, false, &mut routes);
    routes
}

/// The name of the list of routes, where all of it is written out in this file, as lists of calls.
pub fn route_list(module: &Module) -> Option<Span> {
    let is_list = |e: &Expr| matches!(&e.kind, ExprKind::Name(name) if name == "urlpatterns");
    let mut found = None;
    for stmt in &module.body {
        match &stmt.kind {
            StmtKind::Assign(targets, value) if targets.iter().any(is_list) => {
                let ExprKind::List(items) = &value.kind else { return None };
                if !items.iter().all(|i| matches!(i.kind, ExprKind::Call { .. })) {
                    return None;
                }
                found = targets.iter().find(|t| is_list(t)).map(|t| t.span);
            }
            StmtKind::ImportFrom { names, .. } if names.iter().any(|(n, _)| n.value == "*") => {
                return None;
            }
            _ => {}
        }
    }
    found
}

/// The syntax tree is at most 100 levels deep, so recursion is safe.
fn statements(body: &[Stmt], debug_only: bool, routes: &mut Vec<StaticRoute>) {
    for stmt in body {
        match &stmt.kind {
            StmtKind::Assign(_, value)
            | StmtKind::AugAssign(_, _, value)
            | StmtKind::Annotated { value: Some(value), .. }
            | StmtKind::Expr(value) => expression(value, debug_only, routes),
            StmtKind::If(branches, otherwise) => {
                let mut otherwise_debug = debug_only;
                for (test, body) in branches {
                    statements(body, debug_only || is_debug(test), routes);
                    otherwise_debug |=
                        matches!(&test.kind, ExprKind::Not(inner) if is_debug(inner));
                }
                statements(otherwise, otherwise_debug, routes);
            }
            StmtKind::Try { body, handlers, otherwise, finally } => {
                statements(body, debug_only, routes);
                handlers.iter().for_each(|h| statements(&h.body, debug_only, routes));
                statements(otherwise, debug_only, routes);
                statements(finally, debug_only, routes);
            }
            kind => kind.blocks().into_iter().for_each(|body| statements(body, debug_only, routes)),
        }
    }
}

/// `settings.DEBUG`, alone or as one of several conditions.
fn is_debug(test: &Expr) -> bool {
    match &test.kind {
        ExprKind::BoolOp(true, parts) => parts.iter().any(is_debug),
        ExprKind::Compare(left, rest) => {
            is_debug(left) && rest.iter().all(|(_, e)| matches!(e.kind, ExprKind::Bool(true)))
        }
        ExprKind::Call { args, .. } => args.iter().any(is_debug),
        _ => last(test).is_some_and(|name| name == "DEBUG"),
    }
}

fn last(expr: &Expr) -> Option<&str> {
    match &expr.kind {
        ExprKind::Name(name) => Some(name),
        ExprKind::Attribute(_, name) => Some(&name.value),
        _ => None,
    }
}

fn expression(expr: &Expr, debug_only: bool, routes: &mut Vec<StaticRoute>) {
    match &expr.kind {
        ExprKind::Call { func, args, keywords } => {
            let kind = match last(func) {
                Some("static") => Some(StaticKind::StaticHelper),
                Some("staticfiles_urlpatterns") => Some(StaticKind::StaticfilesUrlpatterns),
                Some("path" | "re_path" | "url") if args.get(1).is_some_and(is_serve) => {
                    Some(StaticKind::ServeView)
                }
                _ => None,
            };
            if let Some(kind) = kind {
                let root = keywords
                    .iter()
                    .find(|(n, _)| n.as_ref().is_some_and(|n| n.value == "document_root"))
                    .map(|(_, v)| v);
                let target = target(kind, args.first(), root);
                routes.push(StaticRoute { kind, target, span: expr.span, debug_only });
                return;
            }
            args.iter().for_each(|a| expression(a, debug_only, routes));
        }
        ExprKind::List(items) | ExprKind::Tuple(items) => {
            items.iter().for_each(|i| expression(i, debug_only, routes))
        }
        ExprKind::Binary(left, _, right) => {
            expression(left, debug_only, routes);
            expression(right, debug_only, routes);
        }
        ExprKind::IfExp(body, test, otherwise) => {
            expression(body, debug_only || is_debug(test), routes);
            expression(otherwise, debug_only, routes);
        }
        ExprKind::Starred(inner) => expression(inner, debug_only, routes),
        _ => {}
    }
}

/// `serve`, `static.serve`, `django.views.static.serve`, also inside a decorator's call.
fn is_serve(view: &Expr) -> bool {
    match &view.kind {
        ExprKind::Call { args, .. } => args.first().is_some_and(is_serve),
        _ => last(view) == Some("serve"),
    }
}

fn target(kind: StaticKind, prefix: Option<&Expr>, root: Option<&Expr>) -> StaticTarget {
    let of = |expr: &Expr| match &expr.kind {
        ExprKind::Str(text) => of_word(text.as_str()),
        ExprKind::FString(parts) => parts.iter().find_map(|part| match part {
            FPart::Literal(text) => of_word(text.as_str()),
            FPart::Value { value, .. } => last(value).and_then(of_word),
        }),
        _ => words(expr),
    };
    let found = prefix.and_then(of).or_else(|| root.and_then(of));
    let usual = if kind == StaticKind::StaticfilesUrlpatterns {
        StaticTarget::StaticUrl
    } else {
        StaticTarget::Other
    };
    found.unwrap_or(usual)
}

/// What the names in an expression say: `settings.MEDIA_URL.lstrip("/")`.
fn words(expr: &Expr) -> Option<StaticTarget> {
    match &expr.kind {
        ExprKind::Name(name) => of_word(name),
        ExprKind::Attribute(value, name) => of_word(&name.value).or_else(|| words(value)),
        ExprKind::Call { func, args, .. } => words(func).or_else(|| args.iter().find_map(words)),
        ExprKind::Binary(left, _, right) => words(left).or_else(|| words(right)),
        ExprKind::Subscript(value, _) => words(value),
        ExprKind::Str(text) => of_word(text.as_str()),
        _ => None,
    }
}

fn of_word(word: &str) -> Option<StaticTarget> {
    let word = word.to_ascii_lowercase();
    if word.contains("media") || word.contains("upload") {
        Some(StaticTarget::MediaUrl)
    } else if word.contains("static") {
        Some(StaticTarget::StaticUrl)
    } else {
        None
    }
}
