//! A build that refers to what is not there.

use crate::model::compose::FaultKind;
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::BUILD_REFERENCE_UNKNOWN, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    super::report(FaultKind::BuildReference, RULE.meta, stack, sink);
}
