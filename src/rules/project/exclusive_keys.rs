//! Keys that exclude each other.

use crate::model::compose::FaultKind;
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule = Rule { meta: &meta::EXCLUSIVE_KEYS, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    super::report_removable(FaultKind::Exclusive, RULE.meta, stack, sink, "remove one of the two");
}
