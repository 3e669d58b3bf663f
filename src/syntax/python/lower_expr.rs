//! ruff's expressions as ours.

use super::lower::{Lower, operator};
use super::{CmpOp, Expr, ExprKind, FPart};
use crate::source::{Spanned, Text};
use ruff_python_ast as ast;

impl Lower<'_> {
    pub(super) fn expr_kind(&mut self, expr: &ast::Expr) -> ExprKind {
        match expr {
            // What the parser puts in where an expression is missing, `a[]`.
            ast::Expr::Name(e) if e.id.is_empty() => ExprKind::Other,
            ast::Expr::Name(e) => ExprKind::Name(e.id.to_string()),
            ast::Expr::StringLiteral(e) => ExprKind::Str(self.string(e.range, e.value.iter())),
            ast::Expr::NumberLiteral(e) => number(&e.value),
            ast::Expr::BooleanLiteral(e) => ExprKind::Bool(e.value),
            ast::Expr::NoneLiteral(_) => ExprKind::None,
            ast::Expr::List(e) => ExprKind::List(self.exprs(&e.elts)),
            ast::Expr::Tuple(e) => ExprKind::Tuple(self.exprs(&e.elts)),
            ast::Expr::Set(e) => ExprKind::Set(self.exprs(&e.elts)),
            ast::Expr::Dict(e) => ExprKind::Dict(
                e.items
                    .iter()
                    .map(|i| (i.key.as_ref().map(|k| self.expr(k)), self.expr(&i.value)))
                    .collect(),
            ),
            ast::Expr::Call(e) => self.call(e),
            ast::Expr::Attribute(e) => {
                ExprKind::Attribute(self.boxed(&e.value), self.identifier(&e.attr))
            }
            ast::Expr::Subscript(e) if matches!(*e.slice, ast::Expr::Slice(_)) => ExprKind::Slice,
            ast::Expr::Subscript(e) => {
                ExprKind::Subscript(self.boxed(&e.value), self.boxed(&e.slice))
            }
            ast::Expr::BinOp(e) => {
                ExprKind::Binary(self.boxed(&e.left), operator(e.op), self.boxed(&e.right))
            }
            ast::Expr::BoolOp(e) => {
                ExprKind::BoolOp(e.op == ast::BoolOp::And, self.exprs(&e.values))
            }
            ast::Expr::Compare(e) => self.compare(e),
            ast::Expr::UnaryOp(e) => self.unary(e),
            ast::Expr::If(e) => {
                ExprKind::IfExp(self.boxed(&e.body), self.boxed(&e.test), self.boxed(&e.orelse))
            }
            ast::Expr::FString(e) => self.fstring(e),
            ast::Expr::ListComp(e) => self.comprehension(&e.elt, &e.generators, true),
            ast::Expr::SetComp(e) => self.comprehension(&e.elt, &e.generators, true),
            ast::Expr::Generator(e) => self.comprehension(&e.elt, &e.generators, true),
            ast::Expr::DictComp(e) => self.comprehension(&e.value, &e.generators, false),
            ast::Expr::Lambda(e) => {
                let params = e
                    .parameters
                    .iter()
                    .flat_map(|p| p.posonlyargs.iter().chain(&p.args).chain(&p.kwonlyargs));
                ExprKind::Lambda(
                    params.map(|p| p.parameter.name.id.to_string()).collect(),
                    self.boxed(&e.body),
                )
            }
            ast::Expr::Named(e) => match &*e.target {
                ast::Expr::Name(name) if !name.id.is_empty() => {
                    let target = Spanned::new(name.id.to_string(), self.span(name.range));
                    ExprKind::Walrus(target, self.boxed(&e.value))
                }
                _ => ExprKind::Other,
            },
            ast::Expr::Starred(e) => ExprKind::Starred(self.boxed(&e.value)),
            _ => ExprKind::Other,
        }
    }

    fn boxed(&mut self, expr: &ast::Expr) -> Box<Expr> {
        Box::new(self.expr(expr))
    }

    fn exprs(&mut self, exprs: &[ast::Expr]) -> Vec<Expr> {
        exprs.iter().map(|e| self.expr(e)).collect()
    }

    fn call(&mut self, e: &ast::ExprCall) -> ExprKind {
        let func = self.boxed(&e.func);
        let args = self.exprs(&e.arguments.args);
        let keywords = e
            .arguments
            .keywords
            .iter()
            .map(|k| (k.arg.as_ref().map(|n| self.identifier(n)), self.expr(&k.value)))
            .collect();
        ExprKind::Call { func, args, keywords }
    }

    fn unary(&mut self, e: &ast::ExprUnaryOp) -> ExprKind {
        match e.op {
            ast::UnaryOp::Not => ExprKind::Not(self.boxed(&e.operand)),
            ast::UnaryOp::USub => ExprKind::Negative(self.boxed(&e.operand)),
            ast::UnaryOp::UAdd | ast::UnaryOp::Invert => ExprKind::Other,
        }
    }

    fn compare(&mut self, e: &ast::ExprCompare) -> ExprKind {
        let left = self.boxed(&e.left);
        ExprKind::Compare(
            left,
            e.ops
                .iter()
                .zip(&e.comparators)
                .map(|(op, right)| (comparison(*op), self.expr(right)))
                .collect(),
        )
    }

    fn comprehension(
        &mut self,
        element: &ast::Expr,
        generators: &[ast::Comprehension],
        list: bool,
    ) -> ExprKind {
        let Some(first) = generators.first() else { return ExprKind::Other };
        ExprKind::Comprehension {
            element: self.boxed(element),
            target: self.boxed(&first.target),
            iterable: self.boxed(&first.iter),
            conditions: self.exprs(&first.ifs),
            simple: list && generators.len() == 1 && !first.is_async,
        }
    }

    fn fstring(&mut self, e: &ast::ExprFString) -> ExprKind {
        let mut parts = Vec::new();
        for part in e.value.as_slice() {
            match part {
                ast::FStringPart::Literal(literal) => {
                    parts.push(FPart::Literal(self.string(literal.range, std::iter::once(literal))))
                }
                ast::FStringPart::FString(fstring) => {
                    let raw = fstring.flags.prefix().is_raw();
                    for element in &fstring.elements {
                        parts.push(self.fpart(element, raw));
                    }
                }
            }
        }
        ExprKind::FString(parts)
    }

    fn fpart(&mut self, element: &ast::InterpolatedStringElement, raw: bool) -> FPart {
        match element {
            ast::InterpolatedStringElement::Literal(literal) => {
                let mut text = Text::empty(self.span(literal.range));
                self.push(&mut text, literal.range, &literal.value, raw);
                FPart::Literal(text)
            }
            ast::InterpolatedStringElement::Interpolation(e) => FPart::Value {
                plain: e.debug_text.is_none()
                    && e.format_spec.is_none()
                    && e.conversion == ast::ConversionFlag::None,
                value: self.expr(&e.expression),
            },
        }
    }
}

fn number(value: &ast::Number) -> ExprKind {
    match value {
        ast::Number::Int(int) => int.as_i64().map_or(ExprKind::Other, ExprKind::Int),
        ast::Number::Float(float) => ExprKind::Float(*float),
        ast::Number::Complex { .. } => ExprKind::Other,
    }
}

fn comparison(op: ast::CmpOp) -> CmpOp {
    match op {
        ast::CmpOp::Eq => CmpOp::Eq,
        ast::CmpOp::NotEq => CmpOp::NotEq,
        ast::CmpOp::Lt => CmpOp::Lt,
        ast::CmpOp::LtE => CmpOp::LtE,
        ast::CmpOp::Gt => CmpOp::Gt,
        ast::CmpOp::GtE => CmpOp::GtE,
        ast::CmpOp::Is => CmpOp::Is,
        ast::CmpOp::IsNot => CmpOp::IsNot,
        ast::CmpOp::In => CmpOp::In,
        ast::CmpOp::NotIn => CmpOp::NotIn,
    }
}
