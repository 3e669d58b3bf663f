//! A service that waits for one that is not there, or for itself.

use crate::model::compose::FaultKind;
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::DEPENDS_ON_UNKNOWN_OR_CYCLE, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    super::report(FaultKind::Dependency, RULE.meta, stack, sink);
    super::report(FaultKind::Circle, RULE.meta, stack, sink);
}
