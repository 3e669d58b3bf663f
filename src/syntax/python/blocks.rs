//! Blocks in statements.

use super::{Stmt, StmtKind};

impl StmtKind {
    /// The blocks that run where the statement is, if they run at all: not those of functions and classes.
    pub fn blocks(&self) -> Vec<&[Stmt]> {
        match self {
            Self::If(branches, otherwise) => {
                branches.iter().map(|(_, body)| body.as_slice()).chain([&**otherwise]).collect()
            }
            Self::Try { body, handlers, otherwise, finally } => {
                let handlers = handlers.iter().map(|h| h.body.as_slice());
                [&**body].into_iter().chain(handlers).chain([&**otherwise, finally]).collect()
            }
            Self::For { body, otherwise, .. } | Self::While { body, otherwise, .. } => {
                vec![body, otherwise]
            }
            Self::Match(_, cases) => cases.iter().map(|c| c.body.as_slice()).collect(),
            Self::With(_, body) => vec![body],
            _ => Vec::new(),
        }
    }
}
