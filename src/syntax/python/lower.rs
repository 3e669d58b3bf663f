//! ruff's statements as ours.

use super::{BinOp, Case, Expr, ExprKind, Handler, Pattern, Stmt, StmtKind, SyntaxError};
use crate::source::{SourceFile, Span, Spanned};
use ruff_python_ast as ast;
use ruff_text_size::{Ranged, TextRange};

/// Expressions in expressions and blocks in blocks beyond this are left out: real settings stay below
/// 15, and everything above walks these trees by recursion.
const MAX_DEPTH: usize = 100;

/// A file that is being lowered.
pub(super) struct Lower<'f> {
    file: &'f SourceFile,
    /// Bytes before `text` in the file.
    pub(super) base: usize,
    /// What ruff read.
    pub(super) text: &'f str,
    depth: usize,
    /// Whether the function under way has a `yield`.
    pub(super) suspends: bool,
    /// What was left out.
    pub(super) errors: Vec<SyntaxError>,
}

impl<'f> Lower<'f> {
    /// Nothing lowered yet.
    pub(super) fn new(file: &'f SourceFile, base: usize, text: &'f str) -> Self {
        Self { file, base, text, depth: 0, suspends: false, errors: Vec::new() }
    }

    /// A range of ruff's as a place in the file, on character boundaries.
    pub(super) fn span(&self, range: TextRange) -> Span {
        let clamp = |at: usize| {
            (0..=at.min(self.text.len()))
                .rev()
                .find(|at| self.text.is_char_boundary(*at))
                .unwrap_or(0)
        };
        Span::new(
            self.file.id,
            self.base + clamp(range.start().into()),
            self.base + clamp(range.end().into()),
        )
    }

    /// Goes one level down, unless that is too deep.
    pub(super) fn deeper<T>(
        &mut self,
        range: TextRange,
        work: impl FnOnce(&mut Self) -> T,
    ) -> Option<T> {
        if self.depth >= MAX_DEPTH {
            // Once is enough: the first place says it.
            if self.errors.is_empty() {
                self.errors.push(
                    SyntaxError::new(self.span(range), "nested too deeply to read")
                        .help("the rest of this expression is not checked"),
                );
            }
            return None;
        }
        self.depth += 1;
        let out = work(self);
        self.depth -= 1;
        Some(out)
    }

    /// Statements in order.
    pub(super) fn body(&mut self, body: &[ast::Stmt]) -> Vec<Stmt> {
        body.iter().map(|stmt| self.stmt(stmt)).collect()
    }

    fn stmt(&mut self, stmt: &ast::Stmt) -> Stmt {
        let kind = self.deeper(stmt.range(), |l| l.stmt_kind(stmt)).unwrap_or(StmtKind::Other);
        Stmt { kind, span: self.span(stmt.range()) }
    }

    fn stmt_kind(&mut self, stmt: &ast::Stmt) -> StmtKind {
        match stmt {
            ast::Stmt::Assign(s) => StmtKind::Assign(
                s.targets.iter().map(|t| self.expr(t)).collect(),
                self.expr(&s.value),
            ),
            ast::Stmt::AnnAssign(s) => StmtKind::Annotated {
                target: self.expr(&s.target),
                annotation: self.expr(&s.annotation),
                value: s.value.as_deref().map(|v| self.expr(v)),
            },
            ast::Stmt::AugAssign(s) => {
                StmtKind::AugAssign(self.expr(&s.target), operator(s.op), self.expr(&s.value))
            }
            ast::Stmt::Return(s) => StmtKind::Return(s.value.as_deref().map(|v| self.expr(v))),
            ast::Stmt::Expr(s) => StmtKind::Expr(self.expr(&s.value)),
            ast::Stmt::Raise(s) => StmtKind::Raise(s.exc.as_deref().map(|e| self.expr(e))),
            ast::Stmt::Assert(s) => {
                StmtKind::Assert(self.expr(&s.test), s.msg.as_deref().map(|m| self.expr(m)))
            }
            ast::Stmt::Delete(s) => {
                StmtKind::Delete(s.targets.iter().map(|t| self.expr(t)).collect())
            }
            ast::Stmt::Global(s) => StmtKind::Global(names(&s.names)),
            ast::Stmt::Nonlocal(s) => StmtKind::Global(names(&s.names)),
            ast::Stmt::Break(_) => StmtKind::Break,
            ast::Stmt::Continue(_) => StmtKind::Continue,
            ast::Stmt::Import(s) => StmtKind::Import(self.aliases(&s.names)),
            ast::Stmt::ImportFrom(s) => self.import_from(s),
            ast::Stmt::If(s) => self.if_(s),
            ast::Stmt::Try(s) => self.try_(s),
            ast::Stmt::With(s) => {
                let items = s.items.iter().map(|i| {
                    (self.expr(&i.context_expr), i.optional_vars.as_deref().map(|v| self.expr(v)))
                });
                StmtKind::With(items.collect(), self.body(&s.body))
            }
            ast::Stmt::FunctionDef(s) => self.function(s),
            ast::Stmt::ClassDef(s) => StmtKind::Class {
                name: self.identifier(&s.name),
                bases: s
                    .arguments
                    .iter()
                    .flat_map(|a| a.args.iter())
                    .map(|b| self.expr(b))
                    .collect(),
                decorators: self.decorators(&s.decorator_list),
                body: self.body(&s.body),
            },
            ast::Stmt::For(s) => StmtKind::For {
                target: self.expr(&s.target),
                iterable: self.expr(&s.iter),
                body: self.body(&s.body),
                otherwise: self.body(&s.orelse),
            },
            ast::Stmt::While(s) => StmtKind::While {
                test: self.expr(&s.test),
                body: self.body(&s.body),
                otherwise: self.body(&s.orelse),
            },
            ast::Stmt::Match(s) => {
                let cases = s.cases.iter().map(|case| Case {
                    pattern: self.pattern(&case.pattern),
                    guard: case.guard.as_deref().map(|g| self.expr(g)),
                    body: self.body(&case.body),
                });
                let cases = cases.collect();
                StmtKind::Match(self.expr(&s.subject), cases)
            }
            _ => StmtKind::Other,
        }
    }

    fn pattern(&mut self, pattern: &ast::Pattern) -> Pattern {
        let lowered = self.deeper(pattern.range(), |l| match pattern {
            ast::Pattern::MatchValue(p) => Pattern::Value(l.expr(&p.value)),
            ast::Pattern::MatchSingleton(p) => {
                let kind = match p.value {
                    ast::Singleton::None => ExprKind::None,
                    ast::Singleton::True => ExprKind::Bool(true),
                    ast::Singleton::False => ExprKind::Bool(false),
                };
                Pattern::Value(Expr { kind, span: l.span(p.range) })
            }
            ast::Pattern::MatchAs(p) => Pattern::Capture(
                p.pattern.as_deref().map(|p| Box::new(l.pattern(p))),
                p.name.as_ref().map(|n| l.identifier(n)),
            ),
            ast::Pattern::MatchOr(p) => {
                Pattern::Or(p.patterns.iter().map(|p| l.pattern(p)).collect())
            }
            _ => Pattern::Other,
        });
        lowered.unwrap_or(Pattern::Other)
    }

    fn decorators(&mut self, decorators: &[ast::Decorator]) -> Vec<Expr> {
        decorators.iter().map(|d| self.expr(&d.expression)).collect()
    }

    fn if_(&mut self, s: &ast::StmtIf) -> StmtKind {
        let mut branches = vec![(self.expr(&s.test), self.body(&s.body))];
        let mut otherwise = Vec::new();
        for clause in &s.elif_else_clauses {
            match &clause.test {
                Some(test) => branches.push((self.expr(test), self.body(&clause.body))),
                None => otherwise = self.body(&clause.body),
            }
        }
        StmtKind::If(branches, otherwise)
    }

    fn try_(&mut self, s: &ast::StmtTry) -> StmtKind {
        let handlers = s.handlers.iter().map(|handler| {
            let ast::ExceptHandler::ExceptHandler(handler) = handler;
            Handler {
                errors: handler.type_.as_deref().map(|e| self.expr(e)),
                name: handler.name.as_ref().map(|n| self.identifier(n)),
                body: self.body(&handler.body),
            }
        });
        let handlers = handlers.collect();
        StmtKind::Try {
            body: self.body(&s.body),
            handlers,
            otherwise: self.body(&s.orelse),
            finally: self.body(&s.finalbody),
        }
    }

    fn import_from(&mut self, s: &ast::StmtImportFrom) -> StmtKind {
        let module = match &s.module {
            Some(name) => self.identifier(name),
            None => Spanned::new(String::new(), self.span(TextRange::empty(s.range.start()))),
        };
        StmtKind::ImportFrom { level: s.level, module, names: self.aliases(&s.names) }
    }

    fn aliases(&self, names: &[ast::Alias]) -> Vec<(Spanned<String>, Option<Spanned<String>>)> {
        names
            .iter()
            .map(|a| (self.identifier(&a.name), a.asname.as_ref().map(|n| self.identifier(n))))
            .collect()
    }

    fn function(&mut self, s: &ast::StmtFunctionDef) -> StmtKind {
        let p = &s.parameters;
        let params = p.posonlyargs.iter().chain(&p.args).chain(&p.kwonlyargs);
        let params = params
            .map(|p| (p.parameter.name.id.to_string(), p.default.as_deref().map(|d| self.expr(d))))
            .collect();
        let rest = p
            .vararg
            .as_ref()
            .map(|rest| (p.posonlyargs.len() + p.args.len(), rest.name.id.to_string()));
        let decorators = self.decorators(&s.decorator_list);
        let outer = std::mem::replace(&mut self.suspends, s.is_async);
        let body = self.body(&s.body);
        let suspends = std::mem::replace(&mut self.suspends, outer);
        StmtKind::Function {
            name: self.identifier(&s.name),
            params,
            rest,
            keywords: p.kwarg.as_ref().map(|k| k.name.id.to_string()),
            decorators,
            suspends,
            body,
        }
    }

    /// A name and its place.
    pub(super) fn identifier(&self, name: &ast::Identifier) -> Spanned<String> {
        let span = self.span(name.range);
        // The parser makes up an empty name where an expression stands in a name's place (`f(a.b=c)`).
        let made_up = self.file.text.get(span.range()) != Some(name.id.as_str());
        Spanned::new(
            name.id.to_string(),
            if made_up && name.id.is_empty() {
                Span::new(span.file, span.start as usize, span.start as usize)
            } else {
                span
            },
        )
    }

    /// An expression.
    pub(super) fn expr(&mut self, expr: &ast::Expr) -> Expr {
        let kind = self.deeper(expr.range(), |l| l.expr_kind(expr)).unwrap_or(ExprKind::Other);
        Expr { kind, span: self.span(expr.range()) }
    }
}

fn names(names: &[ast::Identifier]) -> Vec<String> {
    names.iter().map(|n| n.id.to_string()).collect()
}

/// An operator of ours.
pub(super) fn operator(op: ast::Operator) -> BinOp {
    match op {
        ast::Operator::Add => BinOp::Add,
        ast::Operator::Sub => BinOp::Sub,
        ast::Operator::Mult => BinOp::Mult,
        ast::Operator::Div => BinOp::Div,
        ast::Operator::Mod => BinOp::Mod,
        ast::Operator::FloorDiv => BinOp::FloorDiv,
        ast::Operator::Pow => BinOp::Pow,
        ast::Operator::BitOr => BinOp::BitOr,
        ast::Operator::BitAnd => BinOp::BitAnd,
        ast::Operator::BitXor => BinOp::BitXor,
        ast::Operator::LShift => BinOp::LeftShift,
        ast::Operator::RShift => BinOp::RightShift,
        _ => BinOp::Other,
    }
}
