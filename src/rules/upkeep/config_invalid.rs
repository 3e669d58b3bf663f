//! The configuration says something that means nothing.

use crate::finding::{Finding, Upkeep};
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule = Rule { meta: &meta::CONFIG_INVALID, check: Check::Upkeep(check) };

fn check(upkeep: &Upkeep, sink: &mut Sink) {
    for problem in &upkeep.problems {
        sink.report(
            Finding::new(RULE.meta, problem.message.as_str())
                .label(problem.span, "")
                .help(problem.help.as_str()),
        );
    }
}
