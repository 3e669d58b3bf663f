//! `${…}` in Compose files (Compose specification, "Interpolation").

use super::variables::{Unset, Variables};
use crate::finding::{Prose, Quote, prose};
use crate::model::compose::tree::{Fault, FaultKind, Scalar, VarSource, VarUse};
use crate::source::{Reason, Span, Text, Unknown};
use std::ops::Range;
/// The deepest nesting of `${A:-${B:-…}}`.
const MAX_DEPTH: usize = 32;
/// The longest text an interpolation may grow to, in bytes.
const MAX_TEXT_BYTES: usize = 64 * 1024;

/// One interpolation of a text.
pub(crate) struct Interpolation<'a> {
    pub(crate) env: &'a Variables,
    pub(crate) unset: Unset,
    /// The variables that were put in.
    pub(crate) vars: Vec<VarUse>,
    /// Variables about which Compose warns that they are not set; also those in a default that is not used.
    pub(crate) warned: Vec<(String, Span)>,
    pub(crate) faults: Vec<Fault>,
}

impl<'a> Interpolation<'a> {
    pub(crate) fn new(env: &'a Variables, unset: Unset) -> Self {
        Self { env, unset, vars: Vec::new(), warned: Vec::new(), faults: Vec::new() }
    }

    /// The scalar with its variables replaced.
    pub(crate) fn scalar(&mut self, scalar: &Scalar) -> Scalar {
        let text = self.substitute(&scalar.text, 0);
        let text = if text.as_str().is_empty() { text.with_span(scalar.text.span()) } else { text };
        Scalar { text, vars: std::mem::take(&mut self.vars), ..scalar.clone() }
    }

    /// The text with its variables replaced. What is wrong is noted, and stays as it is written.
    pub(crate) fn substitute(&mut self, text: &Text, depth: usize) -> Text {
        let s = text.as_str();
        let mut out = Text::empty(text.span());
        let mut at = 0;
        while let Some(dollar) = s[at..].find('$').map(|i| at + i) {
            out.push_text(&text.slice(at..dollar));
            let rest = &s[dollar + 1..];
            let named = name_len(rest);
            at = if rest.starts_with('$') {
                out.push_derived("$", text.span_of(dollar..dollar + 2));
                dollar + 2
            } else if rest.starts_with('{') {
                match end_of_braces(rest) {
                    Some(len) => {
                        let end = dollar + 1 + len;
                        self.braced(text, dollar..end, &mut out, depth);
                        end
                    }
                    None => {
                        let line = rest.find('\n').map_or(s.len(), |i| dollar + 1 + i);
                        self.invalid(text.span_of(dollar..line));
                        out.push_text(&text.slice(dollar..s.len()));
                        return out;
                    }
                }
            } else if named > 0 {
                let end = dollar + 1 + named;
                self.put(&rest[..named], text.span_of(dollar..end), &mut out);
                end
            } else {
                // Compose leaves a `$` alone that no name follows.
                out.push_text(&text.slice(dollar..dollar + 1));
                dollar + 1
            };
            if out.len() > MAX_TEXT_BYTES {
                self.faults.push(
                    Fault::new(
                        FaultKind::Limit,
                        text.span(),
                        "variables make this value longer than 64 KiB; the rest is not read",
                    )
                    .label("the value that grows"),
                );
                return out;
            }
        }
        out.push_text(&text.slice(at..s.len()));
        out
    }

    fn invalid(&mut self, span: Span) {
        self.faults.push(
            Fault::new(FaultKind::Value, span, "this is no variable that Compose can read")
                .label("refused by Compose")
                .help("write `${NAME}`, `${NAME:-default}`, `${NAME:?message}` or `${NAME:+value}`; a dollar sign that is meant is `$$`"),
        );
    }

    /// `$NAME` or `${NAME}`
    fn put(&mut self, name: &str, span: Span, out: &mut Text) {
        let len = self.env.get(name).map_or(0, |(value, _)| value.len());
        if !self.may_put(len, span) {
            return self.not_put(name, span, out);
        }
        let source = match self.env.get(name) {
            Some((value, place)) => {
                out.push_text(&value.seen_at(span));
                place.map_or(VarSource::Shell, VarSource::EnvFile)
            }
            None if self.unset == Unset::Open && Variables::is_shells_own(name) => {
                self.leave_open(Reason::NotSet(name.to_owned()), span, out);
                VarSource::Shell
            }
            None => {
                self.leave_open(Reason::NotSet(name.to_owned()), span, out);
                self.warned.push((name.to_owned(), span));
                VarSource::Unset
            }
        };
        self.vars.push(VarUse { name: name.to_owned(), span, source });
    }

    /// Whether a value may still be put in.
    fn may_put(&mut self, len: usize, span: Span) -> bool {
        match self.env.put_in.one(len, span) {
            Ok(()) => true,
            Err(fault) => {
                self.faults.extend(fault.map(|f| *f));
                false
            }
        }
    }

    /// What stands at `span` is not known, unless blanks take its place.
    fn leave_open(&self, reason: Reason, span: Span, out: &mut Text) {
        if self.unset == Unset::Open {
            out.push_unresolved(Unknown::at(reason, span), span);
        }
    }

    /// What is not put in is not known.
    fn not_put(&mut self, name: &str, span: Span, out: &mut Text) {
        if self.unset == Unset::Open && !out.ends_unresolved() {
            self.leave_open(Reason::Limit("values of variables"), span, out);
            self.vars.push(VarUse { name: name.to_owned(), span, source: VarSource::Unset });
        }
    }

    fn braced(&mut self, text: &Text, range: Range<usize>, out: &mut Text, depth: usize) {
        let inner = range.start + 2..range.end - 1;
        let body = &text.as_str()[inner.clone()];
        let len = name_len(body);
        let span = text.span_of(range.clone());
        if depth > MAX_DEPTH {
            self.faults.push(
                Fault::new(
                    FaultKind::Limit,
                    span,
                    prose!(
                        "variables are nested more than {} deep; the rest is not read",
                        MAX_DEPTH
                    ),
                )
                .label("too deep"),
            );
            self.leave_open(Reason::Limit("variables in variables"), span, out);
            return;
        }
        let operator = body.get(len..).unwrap_or_default();
        let width = match operator.as_bytes() {
            [] => 0,
            [b':', b'-' | b'?' | b'+', ..] => 2,
            [b'-' | b'?' | b'+', ..] => 1,
            _ => usize::MAX,
        };
        if len == 0 || width == usize::MAX {
            self.invalid(span);
            out.push_text(&text.slice(range));
            return;
        }
        let name = &body[..len];
        if width == 0 {
            return self.put(name, span, out);
        }
        // Compose works out the argument even where it is not used, and complains about what is in it.
        let used = self.vars.len();
        let argument =
            self.substitute(&text.slice(inner.start + len + width..inner.end), depth + 1);
        let set = self.env.get(name).map(|(value, place)| (value.clone(), place));
        let counts = set.as_ref().is_some_and(|(value, _)| width == 1 || !value.is_empty());
        let source = |place: Option<Span>| place.map_or(VarSource::Shell, VarSource::EnvFile);
        let var = |source| VarUse { name: name.to_owned(), span, source };
        match operator.as_bytes()[width - 1] {
            b'+' if counts => out.push_text(&argument),
            b'-' if !counts => {
                if argument.is_empty() {
                    out.push_derived("", span);
                }
                out.push_text(&argument);
                self.vars.push(var(VarSource::Default));
            }
            b'?' if !counts => {
                self.vars.truncate(used);
                let message = if argument.is_empty() {
                    Prose::default()
                } else {
                    let text = argument.without_unresolved();
                    prose!(": {}", Quote::value(&text).or_at(argument.span()))
                };
                self.faults.push(
                    Fault::new(
                        FaultKind::RequiredVariable,
                        span,
                        prose!(
                            "the required variable `{}` is not set{}",
                            Quote::name(name),
                            message
                        ),
                    )
                    .about_variable(name)
                    .label("Compose stops here")
                    .help(prose!("set `{}` in .env", Quote::name(name))),
                );
                let reason = if width == 2 { Reason::MustBeSet } else { Reason::NotSet };
                self.leave_open(reason(name.to_owned()), span, out);
                self.vars.push(var(VarSource::Unset));
            }
            operator => {
                self.vars.truncate(used);
                match set {
                    Some((value, _)) if !self.may_put(value.len(), span) => {
                        self.not_put(name, span, out)
                    }
                    Some((value, place)) => {
                        // With `+` a variable that is empty gives its own, empty text.
                        out.push_text(&value.seen_at(span));
                        self.vars.push(var(source(place)));
                    }
                    None if operator == b'+' => self.vars.push(var(VarSource::Default)),
                    None => {}
                }
            }
        }
    }
}

fn name_len(text: &str) -> usize {
    let bytes = text.as_bytes();
    match bytes.first() {
        Some(b) if *b == b'_' || b.is_ascii_alphabetic() => bytes
            .iter()
            .position(|b| !(*b == b'_' || b.is_ascii_alphanumeric()))
            .unwrap_or(bytes.len()),
        _ => 0,
    }
}

/// Bytes from the opening brace to the one that closes it, both included. Compose counts every brace, but not
/// the character after an opening one; it looks no further than the line, and where braces do not
/// match, the last closing one of the line is taken.
fn end_of_braces(rest: &str) -> Option<usize> {
    let name = name_len(&rest[1..]);
    // Without an operator only a brace may follow the name.
    if rest[1 + name..].starts_with('}') {
        return Some(name + 2);
    }
    let line = &rest[..rest.find('\n').unwrap_or(rest.len())];
    let last = line.rfind('}')? + 1;
    let bytes = &line.as_bytes()[..last];
    let (mut depth, mut i) = (0i32, 0);
    while let Some(byte) = bytes.get(i) {
        match byte {
            b'}' => {
                depth -= 1;
                if depth == 0 {
                    return Some(i + 1);
                }
            }
            b'{' => {
                depth += 1;
                i += 1;
            }
            _ => {}
        }
        i += 1;
    }
    Some(last)
}
