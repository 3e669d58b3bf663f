//! A variable that must have a value and has none.

use crate::model::compose::FaultKind;
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::REQUIRED_VAR_MISSING, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    super::report(FaultKind::RequiredVariable, RULE.meta, stack, sink);
}
