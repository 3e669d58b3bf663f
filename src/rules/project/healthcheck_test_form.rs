//! A health check whose list starts with the program.

use crate::model::compose::FaultKind;
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::HEALTHCHECK_TEST_FORM, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    super::report(FaultKind::HealthcheckForm, RULE.meta, stack, sink);
}
