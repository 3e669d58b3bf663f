//! Reading: ruff parses, this module lowers.

use super::depth::{Gauge, Step, too_deep};
use super::lower::Lower;
use super::{Module, SyntaxError};
use crate::finding::{Quote, prose};
use crate::source::{SourceFile, Span};
use ruff_python_ast::token::{TokenKind, Tokens};
use ruff_python_ast::{ModModule, PySourceType, PythonVersion};
use ruff_python_parser::{ParseOptions, Parsed, parse_unchecked};
use ruff_text_size::{Ranged, TextRange};
use std::mem::ManuallyDrop;

/// More errors than this say nothing new about a file.
const MAX_ERRORS: usize = 100;
/// Bytes of stack for taking down a tree that only turned out deep after it was read. Virtual until used.
const DEEP_STACK: usize = 512 * 1024 * 1024;

pub(super) fn read(file: &SourceFile) -> Module {
    let base = file.bom();
    let text = file.text.get(base..).unwrap_or_default();
    let refuse = |at: usize| {
        let span = Span::new(file.id, base + at, base + at + char_len(text, at));
        let error = SyntaxError::new(span, "nested too deeply to read")
            .help("this file is not checked; split the expression");
        Module { body: Vec::new(), errors: vec![error] }
    };
    if let Some(at) = too_deep(text) {
        return refuse(at);
    }
    // Without the newest version, syntax that newer Pythons take is reported as an error.
    let options =
        ParseOptions::from(PySourceType::Python).with_target_version(PythonVersion::PY315);
    let Some(parsed) = parse_unchecked(text, options).try_into_module() else {
        return Module::default();
    };
    if let Some(range) = deep_token(parsed.tokens()) {
        take_down(parsed);
        return refuse(usize::from(range.start()));
    }
    let mut lower = Lower::new(file, base, text);
    let body = lower.body(parsed.suite());
    let mut errors: Vec<SyntaxError> = parsed
        .errors()
        .iter()
        .take(MAX_ERRORS)
        .map(|e| {
            SyntaxError::new(
                lower.span(e.location),
                prose!("{}", Quote::value(&message(&e.error.to_string()))),
            )
        })
        .collect();
    errors.append(&mut lower.errors);
    Module { body, errors }
}

/// Where the comments stand.
pub(super) fn comments(file: &SourceFile) -> Vec<Span> {
    let base = file.bom();
    let text = file.text.get(base..).unwrap_or_default();
    if too_deep(text).is_some() {
        return Vec::new();
    }
    let options =
        ParseOptions::from(PySourceType::Python).with_target_version(PythonVersion::PY315);
    let parsed = parse_unchecked(text, options);
    let comments = parsed.tokens().iter().filter(|token| token.kind() == TokenKind::Comment);
    let found = comments
        .map(|t| Span::new(file.id, base + usize::from(t.start()), base + usize::from(t.end())))
        .collect();
    if let Some(parsed) = parsed.try_into_module().filter(|p| deep_token(p.tokens()).is_some()) {
        take_down(parsed);
    }
    found
}

/// Where the tokens ruff really used nest too deeply (its recovery after errors may see other tokens
/// than a scan does).
fn deep_token(tokens: &Tokens) -> Option<TextRange> {
    let mut gauge = Gauge::default();
    tokens.iter().find(|token| !gauge.step(Step::of_token(token.kind()))).map(Ranged::range)
}

/// Drops a deep tree where the stack surely suffices. Where no thread is to be had, the tree is lost
/// memory, which is better than a lost process.
fn take_down(parsed: Parsed<ModModule>) {
    let parsed = ManuallyDrop::new(parsed);
    let work = move || drop(ManuallyDrop::into_inner(parsed));
    if let Ok(thread) = std::thread::Builder::new().stack_size(DEEP_STACK).spawn(work) {
        // A panic in there would have been reported already; there is nothing to do about it here.
        let _ = thread.join();
    }
}

/// Our messages begin in lower case and do not end in a full stop.
fn message(text: &str) -> String {
    let text = text.trim().trim_end_matches('.');
    let mut chars = text.chars();
    match (chars.next(), chars.next()) {
        // `Expected …` but not `EOF …` or `` `print` …``.
        (Some(first), Some(second)) if first.is_uppercase() && !second.is_uppercase() => {
            first.to_lowercase().chain(std::iter::once(second)).chain(chars).collect()
        }
        _ => text.to_owned(),
    }
}

fn char_len(text: &str, at: usize) -> usize {
    text.get(at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8)
}
