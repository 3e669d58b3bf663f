//! Python source as the part of its tree that settings, `manage.py`, `wsgi.py` and `urls.py` need.
//!
//! ruff's parser does the reading (and goes on after errors); this module lowers its tree to one of
//! our own, with our spans and a cap on depth, so that nothing above depends on ruff. Nothing here
//! evaluates anything.

mod blocks;
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
    /// `a = b = value`. Targets as expressions.
    Assign(Vec<Expr>, Expr),
    /// `target: annotation = value`
    Annotated {
        /// What is assigned to.
        target: Expr,
        /// Its type.
        annotation: Expr,
        /// The value, where one is given.
        value: Option<Expr>,
    },
    /// `target op= value`
    AugAssign(Expr, BinOp, Expr),
    /// `if`/`elif` tests with their bodies, and `else`.
    If(Vec<(Expr, Vec<Stmt>)>, Vec<Stmt>),
    /// `try`: body, handlers' bodies, `else`, `finally`.
    Try {
        /// The guarded statements.
        body: Vec<Stmt>,
        /// One an `except`.
        handlers: Vec<Handler>,
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
        /// The name of `**kwargs`.
        keywords: Option<String>,
        /// Its decorators.
        decorators: Vec<Expr>,
        /// Whether it is a generator or a coroutine: a call of it runs nothing.
        suspends: bool,
        /// Its body.
        body: Vec<Stmt>,
    },
    /// `class`
    Class {
        name: Spanned<String>,
        /// Base classes.
        bases: Vec<Expr>,
        /// Its decorators.
        decorators: Vec<Expr>,
        /// Its body.
        body: Vec<Stmt>,
    },
    /// `for target in iterable: body`, also `async for`.
    For {
        /// The loop variable.
        target: Expr,
        /// What it goes over.
        iterable: Expr,
        /// What is done with each item.
        body: Vec<Stmt>,
        /// `else`
        otherwise: Vec<Stmt>,
    },
    /// `while test: body`
    While {
        /// How long it goes on.
        test: Expr,
        /// What is repeated.
        body: Vec<Stmt>,
        /// `else`
        otherwise: Vec<Stmt>,
    },
    /// `match subject: cases`
    Match(Expr, Vec<Case>),
    /// `with a as b: body`: context expressions with their targets; the body runs once.
    With(Vec<(Expr, Option<Expr>)>, Vec<Stmt>),
    /// `return value`
    Return(Option<Expr>),
    /// An expression on its own.
    Expr(Expr),
    /// `raise error`
    Raise(Option<Expr>),
    /// `assert test, message`
    Assert(Expr, Option<Expr>),
    /// `del a, b`
    Delete(Vec<Expr>),
    /// `global a, b`, also `nonlocal`.
    Global(Vec<String>),
    /// `break`
    Break,
    /// `continue`
    Continue,
    /// `pass` and whatever else.
    Other,
}

/// One `except` of a `try`.
#[derive(Debug, Clone)]
pub struct Handler {
    /// The errors it catches, a class or a tuple of some; all without it.
    pub errors: Option<Expr>,
    /// The name that the error is bound to.
    pub name: Option<Spanned<String>>,
    /// What it does.
    pub body: Vec<Stmt>,
}

/// One `case` of a `match`.
#[derive(Debug, Clone)]
pub struct Case {
    /// What it looks for.
    pub pattern: Pattern,
    /// `if guard`
    pub guard: Option<Expr>,
    /// What it does.
    pub body: Vec<Stmt>,
}

/// What a `case` looks for.
#[derive(Debug, Clone)]
pub enum Pattern {
    /// A literal or a dotted name: equal to this.
    Value(Expr),
    /// `pattern as name`; without a pattern anything, without a name it is not bound.
    Capture(Option<Box<Self>>, Option<Spanned<String>>),
    /// `a | b`
    Or(Vec<Self>),
    /// A sequence, mapping or class.
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
    /// `value[lower:upper:step]`
    Slice(Box<Expr>, Box<Bounds>),
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
    /// `+a`
    Positive(Box<Expr>),
    /// `body if test else otherwise`, in this order.
    IfExp(Box<Expr>, Box<Expr>, Box<Expr>),
    /// `[element for target in iterable if …]`, also generator, set and dict comprehensions.
    Comprehension {
        /// What is made.
        makes: Makes,
        /// What each item becomes; of a dict the value.
        element: Box<Expr>,
        /// Every `for` with its conditions, the outer first.
        clauses: Vec<Clause>,
    },
    /// `lambda x, y=1, *rest: body`
    Lambda(Box<Lambda>),
    /// `(name := value)`
    Walrus(Spanned<String>, Box<Expr>),
    /// `*value`
    Starred(Box<Expr>),
    /// Anything else (`await`, `yield`, bytes, complex numbers, too deep).
    Other,
}

/// A function that is written as an expression.
#[derive(Debug, Clone)]
pub struct Lambda {
    /// Names of its parameters in order, with defaults.
    pub params: Vec<(String, Option<Expr>)>,
    /// The name of `*args`, and how many parameters stand before it.
    pub rest: Option<(usize, String)>,
    /// The name of `**kwargs`.
    pub keywords: Option<String>,
    /// What it returns.
    pub body: Expr,
}

/// Where a slice starts and ends.
#[derive(Debug, Clone)]
pub struct Bounds {
    /// The first index.
    pub lower: Option<Expr>,
    /// The index after the last.
    pub upper: Option<Expr>,
    /// How far apart.
    pub step: Option<Expr>,
}

/// What a comprehension makes.
#[derive(Debug, Clone)]
pub enum Makes {
    /// `[…]`, also `(…)`
    List,
    /// `{…}`
    Set,
    /// `{key: …}`, with the key.
    Dict(Box<Expr>),
}

/// A `for` of a comprehension.
#[derive(Debug, Clone)]
pub struct Clause {
    /// The loop variable.
    pub target: Expr,
    /// What it goes over.
    pub iterable: Expr,
    /// Which items it takes.
    pub conditions: Vec<Expr>,
}

/// A part of an f-string.
#[derive(Debug, Clone)]
pub enum FPart {
    /// Text.
    Literal(Text),
    /// `{value!r:format}`
    Value {
        /// The expression.
        value: Expr,
        /// `r`, `s` or `a` after `!`.
        conversion: Option<char>,
        /// The parts of the format after `:`.
        format: Vec<Self>,
        /// `{value=}`: the expression is written out before the value.
        written: bool,
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
    FloorDiv,
    Pow,
    BitOr,
    BitAnd,
    BitXor,
    LeftShift,
    RightShift,
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
