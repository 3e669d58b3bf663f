//! Python source as the part of its tree that settings, `manage.py`, `wsgi.py` and `urls.py` need.
//!
//! ruff's parser does the reading (and goes on after errors); this module lowers its tree to one of
//! our own, with our spans and a cap on depth, so that nothing above depends on ruff. Nothing here
//! evaluates anything.

mod depth;
mod lower;
mod lower_expr;
mod read;
mod strings;
#[cfg(test)]
mod tests;

use super::SyntaxError;
use crate::source::{SourceFile, Span, Spanned, Text};

#[derive(Debug, Clone, Default)]
pub struct Module {
    /// Statements in order.
    pub body: Vec<Stmt>,
    /// What could not be read.
    pub errors: Vec<SyntaxError>,
}

/// A statement and its place.
#[derive(Debug, Clone)]
pub struct Stmt {
    pub kind: StmtKind,
    /// The whole statement.
    pub span: Span,
}

/// What a statement is.
#[derive(Debug, Clone)]
pub enum StmtKind {
    /// `a = b = value` (an annotated assignment with a value too). Targets as expressions.
    Assign(Vec<Expr>, Expr),
    /// `target op= value`
    AugAssign(Expr, BinOp, Expr),
    /// `if`/`elif` tests with their bodies, and `else`.
    If(Vec<(Expr, Vec<Stmt>)>, Vec<Stmt>),
    /// `try`: body, handlers' bodies, `else`, `finally`.
    Try {
        /// The guarded statements.
        body: Vec<Stmt>,
        /// One body an `except`.
        handlers: Vec<Vec<Stmt>>,
        /// `else`
        otherwise: Vec<Stmt>,
        /// `finally`
        finally: Vec<Stmt>,
    },
    /// `import a.b as c`: dotted name and alias.
    Import(Vec<(Spanned<String>, Option<Spanned<String>>)>),
    /// `from ..module import name as alias`; `import *` has the single name `*`.
    ImportFrom {
        /// Leading dots.
        level: u32,
        /// Dotted name after the dots; empty for `from . import x`.
        module: Spanned<String>,
        /// Names and aliases.
        names: Vec<(Spanned<String>, Option<Spanned<String>>)>,
    },
    /// `def`, also `async def`.
    Function {
        name: Spanned<String>,
        /// Names of its parameters in order, with defaults (`*args`, `**kwargs` left out).
        params: Vec<(String, Option<Expr>)>,
        /// The name of `*args`, and how many parameters stand before it.
        rest: Option<(usize, String)>,
        body: Vec<Stmt>,
    },
    /// `class`
    Class {
        name: Spanned<String>,
        /// Base classes.
        bases: Vec<Expr>,
        body: Vec<Stmt>,
    },
    /// `with items: body`, `for … : body`, `while … : body`, `match`: the statements inside, of which
    /// it is not known whether or how often they run.
    Maybe(Vec<Stmt>),
    /// `with a as b: body`: context expressions with their targets; the body runs once.
    With(Vec<(Expr, Option<Expr>)>, Vec<Stmt>),
    /// `return value`
    Return(Option<Expr>),
    /// An expression on its own.
    Expr(Expr),
    /// `raise`
    Raise,
    /// `pass`, `del`, `global`, `assert` and whatever else.
    Other,
}

/// An expression and its place.
#[derive(Debug, Clone)]
pub struct Expr {
    pub kind: ExprKind,
    /// The whole expression.
    pub span: Span,
}

/// What an expression is.
#[derive(Debug, Clone)]
pub enum ExprKind {
    Name(String),
    /// `value.attr`
    Attribute(Box<Expr>, Spanned<String>),
    /// `func(args, name=value, **rest)`; `*rest` is a [`ExprKind::Starred`] argument, `**rest` has no name.
    Call {
        /// What is called.
        func: Box<Expr>,
        /// Positional arguments.
        args: Vec<Expr>,
        /// Keyword arguments.
        keywords: Vec<(Option<Spanned<String>>, Expr)>,
    },
    /// `value[index]`
    Subscript(Box<Expr>, Box<Expr>),
    /// `value[a:b]` and other slices, of whatever value.
    Slice,
    /// A string (implicit concatenation joined), escapes resolved. Its text's span includes the quotes.
    Str(Text),
    /// `f"…{x}…"`
    FString(Vec<FPart>),
    /// An integer that fits.
    Int(i64),
    Float(f64),
    /// `True`, `False`
    Bool(bool),
    /// `None`
    None,
    /// `[a, b]`
    List(Vec<Expr>),
    /// `(a, b)`
    Tuple(Vec<Expr>),
    /// `{a, b}`
    Set(Vec<Expr>),
    /// `{k: v, **rest}`; `**rest` has no key.
    Dict(Vec<(Option<Expr>, Expr)>),
    /// `a op b`
    Binary(Box<Expr>, BinOp, Box<Expr>),
    /// `a and b and c` (`true`) or `a or b or c` (`false`).
    BoolOp(bool, Vec<Expr>),
    /// `a op b op c`
    Compare(Box<Expr>, Vec<(CmpOp, Expr)>),
    /// `not a`
    Not(Box<Expr>),
    /// `-a`
    Negative(Box<Expr>),
    /// `body if test else otherwise`, in this order.
    IfExp(Box<Expr>, Box<Expr>, Box<Expr>),
    /// `[element for target in iterable if …]`, also generator, set and dict comprehensions (element is the value).
    Comprehension {
        /// What each item becomes.
        element: Box<Expr>,
        /// The loop variable of the first `for`.
        target: Box<Expr>,
        /// What the first `for` goes over.
        iterable: Box<Expr>,
        /// Conditions of the first `for`.
        conditions: Vec<Expr>,
        /// Whether there is only one `for` and it is not a dict comprehension.
        simple: bool,
    },
    /// `lambda x: body`, parameters by name.
    Lambda(Vec<String>, Box<Expr>),
    /// `(name := value)`
    Walrus(Spanned<String>, Box<Expr>),
    /// `*value`
    Starred(Box<Expr>),
    /// Anything else (`await`, `yield`, bytes, complex numbers, too deep).
    Other,
}

/// A part of an f-string.
#[derive(Debug, Clone)]
pub enum FPart {
    /// Text.
    Literal(Text),
    /// `{value}`; `plain` when it has no conversion and no format.
    Value {
        /// The expression.
        value: Expr,
        /// Neither `!r` nor `:format`.
        plain: bool,
    },
}

/// A binary operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BinOp {
    Add,
    Sub,
    Mult,
    Div,
    Mod,
    BitOr,
    Other,
}

/// A comparison operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CmpOp {
    Eq,
    NotEq,
    Lt,
    LtE,
    Gt,
    GtE,
    Is,
    IsNot,
    In,
    NotIn,
}

impl Module {
    /// The comments of a file, each from `#` to the end of its line; none where it nests too deeply to be read.
    pub fn comments(file: &SourceFile) -> Vec<Span> {
        read::comments(file)
    }

    /// Reads a file.
    pub fn read(file: &SourceFile) -> Self {
        super::contained(
            file,
            || read::read(file),
            |error| Self { body: Vec::new(), errors: vec![error] },
        )
    }
}

impl Expr {
    /// The dotted name of a chain of names and attributes: `os.environ.get`.
    pub fn dotted(&self) -> Option<String> {
        match &self.kind {
            ExprKind::Name(name) => Some(name.clone()),
            ExprKind::Attribute(value, attr) => Some(format!("{}.{}", value.dotted()?, attr.value)),
            _ => None,
        }
    }

    /// The string, when it is one.
    pub fn string(&self) -> Option<&Text> {
        match &self.kind {
            ExprKind::Str(text) => Some(text),
            _ => None,
        }
    }
}
