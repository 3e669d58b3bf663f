//! Lists, tuples and dicts of a module, with the places of their items.

use crate::source::Span;
use crate::syntax::python::{Expr, ExprKind, Module, Stmt, StmtKind};
use std::ops::Range;

/// A list, a tuple, a set or a dict.
#[derive(Debug, Clone)]
pub(super) struct Collection {
    pub(super) span: Range<usize>,
    /// Each item; an entry of a dict with its key and value.
    pub(super) items: Vec<Range<usize>>,
    /// Keys that are strings, with the places of their values.
    entries: Vec<(String, Range<usize>, Range<usize>)>,
}

impl Collection {
    fn of(expr: &Expr) -> Option<Self> {
        let span = expr.span.range();
        let (items, entries) = match &expr.kind {
            ExprKind::List(items) | ExprKind::Tuple(items) | ExprKind::Set(items) => {
                (items.iter().map(|i| i.span.range()).collect(), Vec::new())
            }
            ExprKind::Dict(pairs) => {
                let whole = |(key, value): &(Option<Expr>, Expr)| {
                    // `**rest` starts two bytes before its value.
                    let start =
                        key.as_ref().map_or(value.span.range().start.saturating_sub(2), |k| {
                            k.span.range().start
                        });
                    start..value.span.range().end
                };
                let entry = |(key, value): &(Option<Expr>, Expr)| {
                    let key = key.as_ref()?;
                    Some((key.string()?.as_str().to_owned(), key.span.range(), value.span.range()))
                };
                (pairs.iter().map(whole).collect(), pairs.iter().filter_map(entry).collect())
            }
            _ => return None,
        };
        Some(Self { span, items, entries })
    }

    /// Where the value of a key is.
    pub(super) fn value_of(&self, key: &str) -> Option<Range<usize>> {
        self.entries.iter().find(|(k, ..)| k == key).map(|(.., value)| value.clone())
    }
}

/// The collection of a place.
pub(super) fn collection_at(module: &Module, at: Span) -> Option<Collection> {
    all(module).into_iter().find(|c| c.span == at.range())
}

/// The collection of which a place is an item (an entry by its key), and which item it is.
pub(super) fn holder_of(module: &Module, at: &Range<usize>) -> Option<(Collection, usize)> {
    all(module).into_iter().find_map(|collection| {
        let keyed =
            collection.entries.iter().find(|(_, key, _)| key == at).map(|(_, key, _)| key.start);
        let index = collection.items.iter().position(|i| i == at || Some(i.start) == keyed)?;
        Some((collection, index))
    })
}

fn all(module: &Module) -> Vec<Collection> {
    let mut found = Vec::new();
    let mut statements: Vec<&Stmt> = module.body.iter().collect();
    let mut open: Vec<&Expr> = Vec::new();
    while let Some(stmt) = statements.pop() {
        match &stmt.kind {
            StmtKind::Assign(_, value)
            | StmtKind::AugAssign(_, _, value)
            | StmtKind::Annotated { value: Some(value), .. }
            | StmtKind::Expr(value) => {
                open.push(value);
            }
            StmtKind::Return(value) => open.extend(value),
            StmtKind::Function { body, .. } | StmtKind::Class { body, .. } => {
                statements.extend(body);
            }
            kind => statements.extend(kind.blocks().into_iter().flatten()),
        }
    }
    while let Some(expr) = open.pop() {
        found.extend(Collection::of(expr));
        match &expr.kind {
            ExprKind::List(items)
            | ExprKind::Tuple(items)
            | ExprKind::Set(items)
            | ExprKind::BoolOp(_, items) => {
                open.extend(items);
            }
            ExprKind::Dict(pairs) => {
                open.extend(pairs.iter().flat_map(|(k, v)| k.iter().chain([v])));
            }
            ExprKind::Call { func, args, keywords } => {
                open.push(func);
                open.extend(args.iter().chain(keywords.iter().map(|(_, v)| v)));
            }
            ExprKind::Binary(a, _, b) | ExprKind::Subscript(a, b) => {
                open.extend([a.as_ref(), b.as_ref()])
            }
            ExprKind::IfExp(a, b, c) => open.extend([a.as_ref(), b.as_ref(), c.as_ref()]),
            ExprKind::Attribute(value, _) | ExprKind::Starred(value) | ExprKind::Not(value) => {
                open.push(value);
            }
            _ => {}
        }
    }
    found
}
