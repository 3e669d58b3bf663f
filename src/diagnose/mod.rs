//! From a log to what caused it.
//!
//! A log of any size is read line by line ([`read`]): what stands around a line is taken off (`log_prefix`), code that a
//! traceback only quotes is passed over (`traceback`), and the rest is held against the patterns that the rule pages
//! list as symptoms (`symptom_index`, `pattern`). What is kept is a few lines, so memory does not grow with the log. Then the
//! rules that were recognised are held against what the check of a project found ([`explain`]).
//!
//! # The order of causes
//!
//! Each question is asked only where those before it leave two causes level.
//!
//! 1. **Is it so here?** A cause that the check found in the project comes before one that it did not find.
//! 2. **How exactly does its pattern fit?** A pattern is the more exact the more of its characters are written out. On
//!    each line the most exact patterns fit [best](Fit::Best), the others [partly](Fit::Partly). A pattern is
//!    [vague](Fit::Vague) if fewer than [`VAGUE`] characters of it are written out (`Is a directory`), because many
//!    troubles say so, or if a healthy stack says it as well ([`EVERYDAY`]). A cause fits as well as on its best line.
//! 3. **Is it about the one who said it?** A finding whose primary label lies in the service that wrote the line, or
//!    that names it, comes before one that only touches it, and that before one about another service.
//! 4. **How sure is the finding?** High before medium before low. Low ones count here, although `check` hides them: the
//!    log is a second witness. So do findings that are suppressed or stand in a baseline.
//! 5. **How early in the log?** The first failure is usually the cause of those after it.
//! 6. **How common is it?** Of the same line: more characters written out, then how often the rule was found in public
//!    projects, then how bad it is, then the place in the page's list of symptoms, then how sure the rule is at best,
//!    then the name.

mod lines;
mod log_prefix;
mod order;
mod pattern;
mod places;
mod symptom_index;
mod traceback;

pub use places::Places;

use crate::finding::{Diagnosis, Fit, Report, RuleMeta, Symptom};
use lines::Lines;
use log_prefix::{Bare, PrefixStripper};
use std::borrow::Cow;
use std::collections::HashMap;
use std::io::{self, BufRead};
use symptom_index::{Pattern, SymptomIndex};
use traceback::{TracebackLine, Tracebacks};

/// A pattern with fewer characters written out says little.
const VAGUE: usize = 15;
/// What a healthy stack says as well. It tells something only where the project has the finding.
const EVERYDAY: [&str; 11] = [
    "exited with code 0",
    "Starting development server at http",
    r"Starting development server at http://127\.0\.0\.1:\d+/",
    r"WARNING: This is a development server\. Do not use it in a production setting",
    r"Listening at: http://127\.0\.0\.1:\d+",
    r"Uvicorn running on http://127\.0\.0\.1:\d+",
    r"Listening on TCP address 127\.0\.0\.1:\d+",
    "Waiting for (postgres|db|database|PostgreSQL).*",
    "received fast shutdown request",
    "the attribute `version` is obsolete",
    r#"The "?[A-Za-z_][A-Za-z_0-9]*"? variable is not set\. Defaulting to a blank string"#,
];
/// The most kinds of recognised lines that are kept.
const MAX_SYMPTOMS: usize = 100;

/// What was recognised in a log.
#[derive(Debug, Default)]
pub struct LogScan {
    lines: u64,
    cut: u64,
    symptoms: Vec<Symptom>,
    more: u64,
    /// For each symptom the rules that have a pattern for it.
    readings: Vec<Vec<Reading>>,
}

/// How a rule reads a line.
#[derive(Debug, Clone)]
struct Reading {
    rule: &'static RuleMeta,
    fit: Fit,
    /// Characters written out in its pattern.
    fixed: usize,
    /// The place of the pattern in the page's list.
    place: usize,
}

/// Reads a log to its end.
///
/// # Errors
/// Those of the input. A line that is too long or no text is no error.
pub fn read(log: impl BufRead) -> io::Result<LogScan> {
    let mut scanner = LogScanner::default();
    let mut lines = Lines::new(log);
    let mut number = 0;
    while let Some(line) = lines.next()? {
        number += 1;
        scanner.scan_line(number, &line);
    }
    let LogScanner { mut scan, .. } = scanner;
    (scan.lines, scan.cut) = (lines.count, lines.cut);
    Ok(scan)
}

/// Holds what was recognised against what the check of a project found; `None` where there is no project.
pub fn explain(scan: LogScan, project: Option<(&Report, &Places)>) -> Diagnosis {
    let causes = order::causes(&scan, project);
    let LogScan { lines, cut, symptoms, more, .. } = scan;
    Diagnosis { lines, cut, symptoms, more, checked: project.is_some(), causes }
}

/// What tells kinds of lines apart: who says it, and the patterns that match, by where they stand in memory.
type Kind = (Option<String>, Vec<usize>);

#[derive(Default)]
struct LogScanner {
    scan: LogScan,
    prefixes: PrefixStripper,
    tracebacks: Tracebacks,
    /// The kinds that are known, with the traceback that said it last.
    known: HashMap<Kind, (usize, Option<u64>)>,
}

impl LogScanner {
    fn scan_line(&mut self, number: u64, line: &str) {
        let Bare { service, text } = self.prefixes.strip(line);
        let raised = match self.tracebacks.part(service.as_deref(), &text) {
            TracebackLine::Quoted => return,
            TracebackLine::Raised(number) => Some(number),
            TracebackLine::Outside => None,
        };
        let matches = SymptomIndex::of_rules().matches(&unescaped(&text));
        let Some((_, at)) = matches.iter().max_by_key(|(p, _)| p.fixed) else { return };
        let kind = (
            service,
            matches.iter().map(|(p, _)| std::ptr::from_ref::<Pattern>(p).addr()).collect(),
        );
        if let Some((index, last)) = self.known.get_mut(&kind) {
            if raised.is_none() || *last != raised {
                self.scan.symptoms[*index].count += 1;
            }
            *last = raised;
            return;
        }
        if self.scan.symptoms.len() >= MAX_SYMPTOMS {
            self.scan.more += 1;
            return;
        }
        let index = self.scan.symptoms.len();
        let symptom = Symptom {
            service: kind.0.clone(),
            line: number,
            text: unescaped(&text).into_owned(),
            at: *at,
            count: 1,
        };
        self.scan.symptoms.push(symptom);
        self.scan.readings.push(readings(&matches));
        self.known.insert(kind, (index, raised));
    }
}

/// How each rule reads a line that these patterns match.
fn readings(matches: &[(&Pattern, usize)]) -> Vec<Reading> {
    let most = matches.iter().map(|(p, _)| p.fixed).max().unwrap_or(0);
    let mut all: Vec<Reading> = Vec::new();
    for (pattern, _) in matches {
        let fit = match pattern.fixed {
            fixed if fixed < VAGUE || EVERYDAY.contains(&pattern.text) => Fit::Vague,
            fixed if fixed < most => Fit::Partly,
            _ => Fit::Best,
        };
        for (rule, place) in &pattern.rules {
            let new = Reading { rule, fit, fixed: pattern.fixed, place: *place };
            match all.iter_mut().find(|r| std::ptr::eq(r.rule, *rule)) {
                Some(known) if known.fixed >= new.fixed => {}
                Some(known) => *known = new,
                None => all.push(new),
            }
        }
    }
    all
}

/// Programs that log as JSON put a backslash before each quote, and Docker more than one where it quotes an error.
fn unescaped(text: &str) -> Cow<'_, str> {
    if !text.contains("\\\"") {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut slashes = 0;
    for c in text.chars() {
        match c {
            '\\' => {
                slashes += 1;
                continue;
            }
            '"' => {}
            _ => out.extend(std::iter::repeat_n('\\', slashes)),
        }
        slashes = 0;
        out.push(c);
    }
    out.extend(std::iter::repeat_n('\\', slashes));
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::meta;

    #[test]
    fn backslashes_before_quotes_are_taken_away() {
        for (text, plain) in [
            (r#"a \"b\" \\\"c\\\" \d\\"#, r#"a "b" "c" \d\\"#),
            (r"no \ quote", r"no \ quote"),
            (r#"\""#, "\""),
        ] {
            assert_eq!(unescaped(text), plain);
        }
    }

    #[test]
    fn everyday_patterns_are_patterns_of_pages() {
        for text in EVERYDAY {
            assert!(meta::ALL.iter().any(|r| r.symptoms.contains(&text)), "{text}");
        }
    }
}
