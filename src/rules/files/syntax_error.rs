//! A place that cannot be read.

use crate::finding::Finding;
use crate::model::stack::{Problem, Stack};
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule = Rule { meta: &meta::SYNTAX_ERROR, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    for problem in &stack.problems {
        let Problem::Syntax(error) = problem else { continue };
        let file = stack.file_name(error.span);
        let help = error.help.clone().unwrap_or_else(|| format!("the rest of {file} was checked as far as it could be read"));
        sink.report(Finding::new(&meta::SYNTAX_ERROR, format!("{file}: {}", error.message)).label(error.span, "here").help(help));
    }
}
