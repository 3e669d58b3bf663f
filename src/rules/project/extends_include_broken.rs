//! `extends` or `include` that leads nowhere.

use crate::model::compose::FaultKind;
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::EXTENDS_INCLUDE_BROKEN, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    super::report(FaultKind::ExtendsInclude, RULE.meta, stack, sink);
}
