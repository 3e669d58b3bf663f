//! Reading: parse, and where that fails blank the guilty lines and parse again.
//!
//! Blanked bytes become spaces, so every offset of a later round is an offset of the file.

use super::build::{Built, build};
use super::page::{Page, line_start};
use super::parse_errors::explain;
use super::recover::{repair, untab};
use super::{NodeId, SyntaxError, Yaml};
use crate::source::{SourceFile, Span};
use granit_parser::ErrorKind;
use std::borrow::Cow;

/// How often a file is parsed again after an error. A file with more is not worth guessing at.
const ROUNDS: usize = 16;

/// Reads the documents of `file`.
pub(super) fn read(file: &SourceFile) -> Yaml {
    let base = file.bom();
    let written = file.text.get(base..).unwrap_or_default();
    let mut body = Cow::Borrowed(written);
    let mut errors: Vec<SyntaxError> = Vec::new();
    let mut guilty: Vec<usize> = Vec::new();
    let mut unread = Vec::new();
    let mut outside = false;
    let mut round = 0;
    let built = loop {
        let page = Page { file: file.id, base, written, body: &body };
        let built = build(&page);
        let Some(failure) = &built.failure else { break built };
        let error = explain(&page, failure);
        // A line is named once: what still fails there follows from the first error. So do further
        // lines outside the document.
        let line = line_start(written, error.at.start);
        let again = outside && matches!(failure.kind, ErrorKind::ExpectedDocumentStart);
        outside |= matches!(failure.kind, ErrorKind::ExpectedDocumentStart);
        if !guilty.contains(&line) && !again {
            guilty.push(line);
            errors.push(page.error(error.at.clone(), error.message, error.help));
        }
        if round == ROUNDS {
            let at = page.span(failure.at..failure.at);
            errors.push(SyntaxError::new(at, "too many errors, the rest of this file is not read"));
            break built;
        }
        let spaced = if error.tab { untab(&body) } else { None };
        let next = if let Some(spaced) = spaced {
            spaced
        } else {
            let Some((next, blanked)) = repair(&page, &error.blank) else { break built };
            unread.push(page.span(blanked));
            next
        };
        body = Cow::Owned(next);
        round += 1;
    };
    finish(built, errors, unread)
}

fn finish(built: Built, mut errors: Vec<SyntaxError>, mut unread: Vec<Span>) -> Yaml {
    errors.extend(built.errors);
    errors.sort_by_key(|e| e.span.start);
    unread.sort();
    let mut nodes = built.nodes;
    let mut roots = built.roots.into_iter();
    let root = roots.next().flatten();
    let later: Vec<Option<NodeId>> = roots.collect();
    if root.is_none() && later.iter().all(Option::is_none) {
        nodes.clear();
    }
    Yaml { nodes, root, later, errors, unread }
}
