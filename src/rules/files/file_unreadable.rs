//! A file that something names and that cannot be used.

use crate::finding::{Finding, Quote, Severity, prose};
use crate::model::stack::{Problem, Stack};
use crate::rules::{Check, Rule, Sink, meta};
use crate::source::{ReadError, Span};

pub(super) static RULE: Rule = Rule { meta: &meta::FILE_UNREADABLE, check: Check::Stack(check) };

/// The most places that are shown of one file.
const MAX_SHOWN: usize = 5;

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    let mut of_host: Vec<(&str, Vec<Span>)> = Vec::new();
    for problem in &stack.problems {
        let Problem::Unusable(span, path, why) = problem else { continue };
        // A file that is merely missing may be made by whoever runs the stack.
        if *why == ReadError::Missing {
            continue;
        }
        // An env file of the host, by its full path, is kept outside on purpose: secrets on the machine that serves.
        if *why == ReadError::Outside && path.starts_with('/') && is_env_file(stack, *span) {
            match of_host.iter_mut().find(|(p, _)| *p == path) {
                Some((_, spans)) if spans.contains(span) => {}
                Some((_, spans)) => spans.push(*span),
                None => of_host.push((path, vec![*span])),
            }
            continue;
        }
        sink.report(finding(*span, path, why));
    }
    for (path, spans) in of_host {
        let Some((first, others)) = spans.split_first() else { continue };
        let mut finding = finding(*first, path, &ReadError::Outside).at_most(Severity::Info);
        for other in others.iter().take(MAX_SHOWN - 1) {
            finding = finding.label(*other, "and here");
        }
        sink.report(finding);
    }
}

/// Whether this is where a service names an env file.
fn is_env_file(stack: &Stack<'_>, span: Span) -> bool {
    stack.containers.iter().flat_map(|c| &c.service.env_files).any(|f| f.path.span() == span)
}

/// A file that cannot be used.
pub(in crate::rules) fn finding(span: Span, path: &str, why: &ReadError) -> Finding {
    let help = match why {
        ReadError::Outside => {
            "keep what the stack needs inside the project: a checkout elsewhere has no such file"
        }
        ReadError::TooLarge(_) => "it was not analysed; what it says is not known here",
        ReadError::NotUtf8(_) => "save it as UTF-8",
        ReadError::Binary(_) => "is the right file named here?",
        ReadError::Missing => "put the file there, or take the line away",
        _ => "make it a regular file that can be read",
    };
    let finding =
        Finding::new(&meta::FILE_UNREADABLE, prose!("{} {}", Quote::path(path).or_at(span), why))
            .label(span, "named here")
            .help(help);
    if matches!(why, ReadError::TooLarge(_)) { finding.at_most(Severity::Info) } else { finding }
}
