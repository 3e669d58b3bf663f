//! The configuration says something that means nothing.

use crate::finding::{ConfigLint, Finding};
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule = Rule { meta: &meta::CONFIG_INVALID, check: Check::Config(check) };

fn check(lint: &ConfigLint, sink: &mut Sink) {
    for problem in &lint.problems {
        sink.report(
            Finding::new(RULE.meta, problem.message.clone())
                .label(problem.span, "")
                .help(problem.help.clone()),
        );
    }
}
