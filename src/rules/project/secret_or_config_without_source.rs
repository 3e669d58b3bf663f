//! A secret or config that comes from nowhere.

use crate::model::compose::FaultKind;
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::SECRET_OR_CONFIG_WITHOUT_SOURCE, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    super::report(FaultKind::NoSource, RULE.meta, stack, sink);
}
