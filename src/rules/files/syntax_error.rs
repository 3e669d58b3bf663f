//! A place that cannot be read.

use crate::finding::{Finding, prose};
use crate::model::stack::{Problem, Stack};
use crate::rules::{Check, Rule, Sink, meta};
use crate::source::FileId;
use crate::syntax::SyntaxError;
use std::collections::BTreeMap;

pub(super) static RULE: Rule = Rule { meta: &meta::SYNTAX_ERROR, check: Check::Stack(check) };

/// The most places that are shown of one file.
const MAX_SHOWN: usize = 10;

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    let mut seen: BTreeMap<FileId, usize> = BTreeMap::new();
    for problem in &stack.problems {
        let Problem::Syntax(error) = problem else { continue };
        let file = stack.repository().file_name(error.span);
        let count = seen.entry(error.span.file).or_default();
        *count += 1;
        if *count > MAX_SHOWN {
            if *count == MAX_SHOWN + 1 {
                let message = prose!(
                    "{}: more places cannot be read; mend the first {} and look again",
                    file,
                    MAX_SHOWN
                );
                sink.report(
                    Finding::new(&meta::SYNTAX_ERROR, message)
                        .label(error.span, "the next one")
                        .help("is this the file that is meant?"),
                );
            }
            continue;
        }
        let help = error.help.clone().unwrap_or_else(|| {
            prose!("the rest of {} was checked as far as it could be read", file)
        });
        sink.report(
            Finding { message: prose!("{}: {}", file, error.message), ..finding(error) }.help(help),
        );
    }
}

/// A place that cannot be read.
pub(in crate::rules) fn finding(error: &SyntaxError) -> Finding {
    let finding =
        Finding::new(&meta::SYNTAX_ERROR, error.message.clone()).label(error.span, "here");
    match &error.help {
        Some(help) => finding.help(help.clone()),
        None => finding,
    }
}
