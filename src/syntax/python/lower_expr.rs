//! ruff's expressions as ours.

use super::lower::{Lower, operator};
use super::{Bounds, Clause, CmpOp, Expr, ExprKind, FPart, Lambda, Makes};
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
            ast::Expr::Subscript(e) => match &*e.slice {
                ast::Expr::Slice(slice) => {
                    let bounds = Bounds {
                        lower: slice.lower.as_deref().map(|b| self.expr(b)),
                        upper: slice.upper.as_deref().map(|b| self.expr(b)),
                        step: slice.step.as_deref().map(|b| self.expr(b)),
                    };
                    ExprKind::Slice(self.boxed(&e.value), Box::new(bounds))
                }
                index => ExprKind::Subscript(self.boxed(&e.value), self.boxed(index)),
            },
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
            ast::Expr::ListComp(e) => self.comprehension(Makes::List, &e.elt, &e.generators),
            ast::Expr::SetComp(e) => self.comprehension(Makes::Set, &e.elt, &e.generators),
            ast::Expr::Generator(e) => self.comprehension(Makes::List, &e.elt, &e.generators),
            ast::Expr::DictComp(e) => {
                let Some(key) = &e.key else { return ExprKind::Other };
                let makes = Makes::Dict(self.boxed(key));
                self.comprehension(makes, &e.value, &e.generators)
            }
            ast::Expr::Yield(_) | ast::Expr::YieldFrom(_) => {
                self.suspends = true;
                ExprKind::Other
            }
            ast::Expr::Lambda(e) => {
                let params = e
                    .parameters
                    .iter()
                    .flat_map(|p| p.posonlyargs.iter().chain(&p.args).chain(&p.kwonlyargs));
                let params = params.map(|p| {
                    let default = p.default.as_deref().map(|d| self.expr(d));
                    (p.parameter.name.id.to_string(), default)
                });
                let params = params.collect();
                let stars = e.parameters.as_deref();
                let rest = stars.and_then(|p| {
                    let name = p.vararg.as_ref()?.name.id.to_string();
                    Some((p.posonlyargs.len() + p.args.len(), name))
                });
                let keywords = stars.and_then(|p| Some(p.kwarg.as_ref()?.name.id.to_string()));
                let body = self.expr(&e.body);
                ExprKind::Lambda(Box::new(Lambda { params, rest, keywords, body }))
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
            ast::UnaryOp::UAdd => ExprKind::Positive(self.boxed(&e.operand)),
            ast::UnaryOp::Invert => ExprKind::Other,
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
        makes: Makes,
        element: &ast::Expr,
        generators: &[ast::Comprehension],
    ) -> ExprKind {
        if generators.iter().any(|g| g.is_async) {
            return ExprKind::Other;
        }
        let clauses = generators.iter().map(|g| Clause {
            target: self.expr(&g.target),
            iterable: self.expr(&g.iter),
            conditions: self.exprs(&g.ifs),
        });
        let clauses = clauses.collect();
        ExprKind::Comprehension { makes, element: self.boxed(element), clauses }
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
                value: self.expr(&e.expression),
                conversion: match e.conversion {
                    ast::ConversionFlag::None => None,
                    ast::ConversionFlag::Str => Some('s'),
                    ast::ConversionFlag::Ascii => Some('a'),
                    ast::ConversionFlag::Repr => Some('r'),
                },
                format: e.format_spec.as_deref().map_or_else(Vec::new, |format| {
                    let parts = format.elements.iter().map(|part| {
                        let part = self.deeper(e.range, |l| l.fpart(part, raw));
                        part.unwrap_or_else(|| FPart::Literal(Text::empty(self.span(e.range))))
                    });
                    parts.collect()
                }),
                written: e.debug_text.is_some(),
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
