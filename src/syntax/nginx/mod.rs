//! nginx configuration as located directives (nginx docs: "Configuration file's structure").
//! Templates (`*.template`, `${VAR}`) read the same; variables stay as written.

mod lexer;
mod names;
mod read;
mod template;
#[cfg(test)]
mod tests;

use super::SyntaxError;
use crate::source::{Span, Text};

/// A configuration file.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// Top-level directives in file order.
    pub directives: Vec<Directive>,
    /// What could not be read.
    pub errors: Vec<SyntaxError>,
}

/// `name arg arg;` or `name arg { … }`
#[derive(Debug, Clone)]
pub struct Directive {
    pub name: Text,
    /// Its arguments, without their quotes.
    pub args: Vec<Text>,
    /// The directives between braces.
    pub block: Option<Vec<Self>>,
    /// From the name to `;` or the opening brace, neither included.
    pub span: Span,
}

impl Config {
    /// Reads a file's text.
    pub fn read(text: &Text) -> Self {
        read::read(text)
    }

    /// Every directive called `name`, at any depth, with the directives it stands in (outermost first).
    pub fn find<'c>(&'c self, name: &str) -> Vec<(Vec<&'c Directive>, &'c Directive)> {
        let mut found = Vec::new();
        let mut open: Vec<(Vec<&Directive>, &Directive)> =
            self.directives.iter().rev().map(|d| (Vec::new(), d)).collect();
        while let Some((path, directive)) = open.pop() {
            for child in directive.block.iter().flatten().rev() {
                let mut path = path.clone();
                path.push(directive);
                open.push((path, child));
            }
            if directive.name.as_str() == name {
                found.push((path, directive));
            }
        }
        found
    }
}

impl Directive {
    /// The first argument, or nothing.
    pub fn arg(&self, index: usize) -> Option<&Text> {
        self.args.get(index)
    }

    /// Children called `name`.
    pub fn children<'d>(&'d self, name: &str) -> impl Iterator<Item = &'d Self> {
        let name = name.to_owned();
        self.block.iter().flatten().filter(move |d| d.name.as_str() == name)
    }
}
