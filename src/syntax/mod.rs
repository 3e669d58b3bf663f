//! Located trees: what a file says, each part with its place. Reading never fails and never
//! panics; what cannot be read is a [`SyntaxError`] beside whatever could be read of the rest.
//!
//! Every reader caps its nesting, because a tree that is too deep to walk is as good as none.

pub mod caddyfile;
pub mod comments;
pub mod dockerfile;
pub mod dotenv;
pub mod ini;
pub mod justfile;
pub mod makefile;
pub mod nginx;
pub mod prose;
pub mod python;
pub mod requirements;
pub mod route;
pub mod shell;
pub mod template;
pub mod yaml;

use crate::finding::Prose;
use crate::source::{SourceFile, Span};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Reads a file with a parser that is not ours. Should it panic, the file counts as one that cannot be read, and
/// everything else goes on. (A stack that overflows cannot be caught: depth is capped before.)
fn contained<T>(
    file: &SourceFile,
    read: impl FnOnce() -> T,
    unread: impl FnOnce(SyntaxError) -> T,
) -> T {
    let work = || {
        #[cfg(test)]
        assert!(!file.text.contains("fault-in-the-reader"), "injected: planted-payload");
        read()
    };
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
        let error = SyntaxError::new(Span::whole(file.id), "could not be read because of a fault in compose-doctor");
        unread(error.help("please report it with the file, or what is left of it when what is private is taken out"))
    })
}

/// A place that could not be read as what the file claims to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    /// The place.
    pub span: Span,
    /// What is wrong there, in lower case, without a full stop.
    pub message: Prose,
    /// What to do about it, where that is clear.
    pub help: Option<Prose>,
}

impl SyntaxError {
    /// An error without advice. What it quotes is taken to stand at its place.
    pub fn new(span: Span, message: impl Into<Prose>) -> Self {
        Self { span, message: message.into().or_at(span), help: None }
    }

    /// Adds advice.
    #[must_use]
    pub fn help(mut self, help: impl Into<Prose>) -> Self {
        self.help = Some(help.into().or_at(self.span));
        self
    }
}
